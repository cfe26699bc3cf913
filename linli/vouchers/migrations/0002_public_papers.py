from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("vouchers", "0001_initial")]

    operations = [
        migrations.AddField(
            model_name="voucherpaper", name="public", field=models.BooleanField(default=False)
        ),
    ]
