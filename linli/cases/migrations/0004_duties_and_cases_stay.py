from django.db import migrations

from linli.trail.guards import Guard, Install, insert_only

GUARDS = (
    *insert_only("cases_dutydone"),
    Guard("case_stays", "cases_case", "DELETE"),
    Guard("cases_stay", "cases_case", "TRUNCATE"),
    Guard(
        "case_keeps_its_subject",
        "cases_case",
        "UPDATE",
        "NEW.flow <> OLD.flow OR NEW.subject <> OLD.subject OR NEW.place <> OLD.place "
        "OR NEW.opened_at <> OLD.opened_at OR NEW.stamp_count < OLD.stamp_count",
    ),
)


class Migration(migrations.Migration):
    dependencies = [("cases", "0003_duties_by_commands")]

    operations = [Install(GUARDS)]
