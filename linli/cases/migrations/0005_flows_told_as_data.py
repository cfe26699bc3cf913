from django.db import migrations, models

from linli.trail.guards import Install, insert_only


class Migration(migrations.Migration):
    dependencies = [("cases", "0004_duties_and_cases_stay")]
    operations = [
        migrations.CreateModel(
            name="KeptFlow",
            fields=[
                ("code", models.CharField(max_length=32, primary_key=True, serialize=False)),
                ("told", models.TextField()),
                ("kept_at", models.DateTimeField()),
            ],
        ),
        Install(insert_only("cases_keptflow")),
    ]
