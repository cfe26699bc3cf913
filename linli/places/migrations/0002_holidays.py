"""Begin with the holiday tables that are published."""

from chinese_calendar import constants
from django.db import migrations


def seed(apps, schema_editor):
    Holiday = apps.get_model("places", "Holiday")
    HolidayYear = apps.get_model("places", "HolidayYear")
    names = {each.value: each.chinese for each in constants.Holiday}
    days = {day: Holiday(day=day, off=True, name=names.get(word, "")[:32]) for day, word in constants.holidays.items()}
    days |= {day: Holiday(day=day, off=False, name="上班") for day in constants.workdays}
    Holiday.objects.bulk_create([days[day] for day in sorted(days) if day.year >= 2018])
    HolidayYear.objects.bulk_create(
        HolidayYear(year=year, source="国务院办公厅关于%s年部分节假日安排的通知" % year)
        for year in sorted({day.year for day in constants.holidays if day.year >= 2018})
    )


class Migration(migrations.Migration):

    dependencies = [
        ('places', '0001_initial'),
    ]

    operations = [migrations.RunPython(seed, migrations.RunPython.noop)]
