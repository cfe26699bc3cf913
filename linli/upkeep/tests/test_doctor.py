"""The doctor finds what is broken, and says what to do."""

import json
from datetime import timedelta

import pytest
from django.conf import settings
from django.db import connection
from django.utils import timezone

from linli.people.models import User
from linli.trail.guards import Guard, all_guards, insert_only
from linli.trail.models import Line
from linli.upkeep import checks
from linli.upkeep.checks import FAULT, GOOD, WARNING, examine
from linli.upkeep.database import as_owner, rights
from linli.upkeep.snapshots import applied

NOW = timezone.now()


def states(*wanted, now=NOW):
    return {finding.state for finding in examine(wanted, now=now)}


def test_a_fresh_installation_is_sound(own_database):
    found = examine(checks.AT_START, now=NOW)
    assert not [finding for finding in found if finding.state == FAULT]


def test_a_missing_trigger_is_named(own_database):
    assert states(checks.guards) == {GOOD}
    guard = next(g for g in all_guards() if g.table == "trail_line" and g.event == "DELETE")
    with as_owner(), connection.cursor() as cursor:
        for statement in guard.drop(connection.vendor):
            cursor.execute(statement)
    (finding,) = examine((checks.guards,), now=NOW)
    assert finding.state == FAULT
    assert guard.trigger in finding.text


def test_a_trigger_that_was_emptied_is_named(own_database):
    guard = next(g for g in all_guards() if g.table == "trail_line" and g.event == "UPDATE")
    harmless = Guard(guard.name, guard.table, guard.event, "1=0")
    with as_owner(), connection.cursor() as cursor:
        for statement in [*guard.drop(connection.vendor), *harmless.sql(connection.vendor)]:
            cursor.execute(statement)
    assert states(checks.guards) == {FAULT}


def test_open_migrations_are_a_fault(own_database):
    with as_owner(), connection.cursor() as cursor:
        cursor.execute("DELETE FROM django_migrations WHERE app = 'people'")
    (finding,) = examine((checks.migrations,), now=NOW)
    assert finding.state == FAULT and "people.0001_initial" in finding.text


def test_a_key_that_others_can_read_is_a_fault(own_database):
    folder = settings.KEYS
    folder.mkdir(parents=True)
    key = folder / "B000001.key"
    key.write_text("secret")
    key.chmod(0o600)
    assert states(checks.keys) == {GOOD}
    key.chmod(0o640)
    assert states(checks.keys) == {FAULT}


@pytest.mark.django_db
def test_a_clock_that_went_back_is_a_fault():
    user = User.objects.create(username="a", name="a", created_at=NOW)
    Line.objects.create(act="x.y", place="37", by=user, at=NOW + timedelta(hours=1))
    assert FAULT in states(checks.clock)
    assert FAULT not in states(checks.clock, now=NOW + timedelta(hours=1))


def test_a_backup_that_is_too_old_is_a_warning(own_database):
    assert states(checks.backups) == {WARNING}
    folder = settings.DATA / "backups"
    folder.mkdir(parents=True)
    (folder / "linli-1.tar.gz").touch()
    assert states(checks.backups) == {GOOD}
    assert states(checks.backups, now=NOW + timedelta(days=9)) == {WARNING}


def test_trial_settings_do_not_reach_the_public(settings):
    settings.PUBLIC_URL, settings.SECURE, settings.DEMO = "http://linli.example", False, True
    assert states(checks.safety) == {FAULT}


def test_on_sqlite_careless_settings_are_a_fault(own_database):
    if connection.vendor != "sqlite":
        return
    assert FAULT not in states(checks.database)
    with connection.cursor() as cursor:
        cursor.execute("PRAGMA synchronous=OFF")
    assert FAULT in states(checks.database)


def test_on_postgresql_the_application_may_do_no_more_than_the_guards_leave(own_database):
    if connection.vendor != "postgresql":
        return
    assert states(checks.database, checks.grants) == {GOOD}
    with as_owner(), connection.cursor() as cursor:
        cursor.execute("GRANT DELETE ON trail_line TO PUBLIC")
    assert FAULT in states(checks.grants)


def test_on_postgresql_the_owner_is_a_fault_as_application(own_database):
    if connection.vendor != "postgresql":
        return
    with as_owner():
        assert FAULT in states(checks.database)


def test_rights_follow_from_the_guards():
    found = rights(["a", "b", "django_migrations"], (*insert_only("a"), Guard("b", "b", "DELETE")))
    assert found == {
        "a": ("SELECT", "INSERT"),
        "b": ("SELECT", "INSERT", "UPDATE"),
        "django_migrations": ("SELECT",),
    }
    assert rights(["a"], (Guard("a", "a", "UPDATE", "NEW.x <> OLD.x"),))["a"][2] == "UPDATE"


def test_the_command_tells_it_as_json_and_by_its_exit_code(own_database):
    ran = own_database.run("doctor", "--json")
    found = json.loads(ran.stdout)
    faults = [finding for finding in found if finding["state"] == FAULT]
    assert ran.returncode == (1 if faults else 0)
    assert {"subject", "state", "text", "remedy"} == set(found[0])


def test_the_applied_migrations_are_known(own_database):
    assert ["trail", "0001_initial"] in applied()
