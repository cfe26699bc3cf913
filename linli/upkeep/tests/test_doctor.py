"""The doctor finds what is broken, and says what to do."""

import json
from datetime import date, timedelta

import pytest
from django.apps import apps
from django.conf import settings
from django.core.management import call_command, load_command_class
from django.core.management.commands.migrate import Command as Migrate
from django.db import connection
from django.utils import timezone

from linli import sources
from linli.ledger import queries, services
from linli.ledger.models import Account, Entry
from linli.people.models import User
from linli.trail.guards import Guard, all_guards, insert_only
from linli.trail.models import Line
from linli.upkeep import checks
from linli.upkeep.checks import FAULT, GOOD, WARNING, examine
from linli.upkeep.database import as_owner, rights
from linli.upkeep.snapshots import applied
from tests.books import NOW as AT

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


def test_a_trigger_that_nobody_knows_is_named(own_database):
    stranger = Guard("stranger", "trail_line", "DELETE")
    with as_owner(), connection.cursor() as cursor:
        for statement in stranger.sql(connection.vendor):
            cursor.execute(statement)
    (finding,) = examine((checks.guards,), now=NOW)
    assert finding.state == FAULT and "guard_stranger" in finding.text


def test_a_trigger_that_fires_elsewhere_is_named(own_database):
    """The name and the function are right, but it no longer watches what it should."""
    guard = next(g for g in all_guards() if g.table == "trail_line" and g.event == "DELETE")
    moved = Guard(guard.name, guard.table, "INSERT", "1=0")
    with as_owner(), connection.cursor() as cursor:
        if connection.vendor == "sqlite":
            cursor.execute(f"DROP TRIGGER {guard.trigger}")
            cursor.execute(moved.sql("sqlite")[0])
        else:
            cursor.execute(f"DROP TRIGGER {guard.trigger} ON {guard.table}")
            cursor.execute(moved.sql("postgresql")[1])
    assert states(checks.guards) == {FAULT}


def test_guards_outlive_a_migration_that_makes_a_table_anew(own_database, monkeypatch, capsys):
    """SQLite drops a table's triggers with it, and refuses the renaming while others name it."""

    def rebuild(command, *args, **options):
        command.migration_progress_callback("apply_start", None)
        with connection.schema_editor() as editor:
            for model in (Entry, Account):
                remake = getattr(editor, "_remake_table", None)
                if remake is not None:
                    remake(model)

    command = load_command_class("linli.upkeep", "migrate")
    monkeypatch.setattr(Migrate, "handle", rebuild)
    monkeypatch.setattr(Migrate, "migration_progress_callback", lambda *args: None)
    call_command(command, verbosity=0)
    assert states(checks.guards) == {GOOD}
    assert "触发器" not in capsys.readouterr().err


def test_migrate_puts_up_what_is_missing_and_says_so(own_database, capsys):
    guard = next(g for g in all_guards() if g.table == "ledger_entry" and g.event == "DELETE")
    with as_owner(), connection.cursor() as cursor:
        for statement in guard.drop(connection.vendor):
            cursor.execute(statement)
    call_command("migrate", "--plan", verbosity=0)
    assert states(checks.guards) == {FAULT}
    call_command("migrate", verbosity=0)
    assert states(checks.guards) == {GOOD}
    assert guard.trigger in capsys.readouterr().err


LOCAL = """
key = "登州公示办法"
title = "登州区小区账目公示办法"
issuer = "登州区住房和城乡建设局"
kind = "local"
place = "370614"
in_force = 2026-07-01
checked_on = 2026-07-01
confidence = "read"
[articles]
3 = { gist = "每月十日前公示，异议七个工作日内答复。" }
[numbers.objection_reply_work_days]
unit = "work_days"
cite = "登州公示办法:3"
since = { 2026-07-01 = 7 }
"""


@pytest.fixture
def local_folder():
    folder = settings.DATA / "local"
    folder.mkdir(parents=True)
    yield folder
    sources.use(None)


def test_a_county_s_own_rules_hold_from_the_start_and_are_named(own_database, local_folder):
    (local_folder / "dengzhou.toml").write_text(LOCAL, "utf-8")
    (finding,) = examine((checks.local_rules,), now=NOW)
    assert finding.state == GOOD and "dengzhou.toml" in finding.text
    apps.get_app_config("upkeep").ready()
    told = {"on": date(2026, 11, 22), "place": "370614001001001"}
    assert sources.number("objection_reply_work_days", **told) == 7


def test_a_county_s_own_rules_with_a_fault_keep_the_service_from_starting(
    own_database, local_folder
):
    (local_folder / "dengzhou.toml").write_text(LOCAL.replace("work_days", "moons"), "utf-8")
    assert checks.local_rules in checks.AT_START
    (finding,) = examine((checks.local_rules,), now=NOW)
    assert finding.state == FAULT and "dengzhou.toml" in finding.text


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


def test_records_that_wait_for_a_checkpoint_longer_than_a_day_are_named(estate):
    last = queries.book_log(estate.book).last_at

    def found(after):
        return [(one.state, one.text) for one in examine((checks.signatures,), now=last + after)]

    assert {state for state, _text in found(timedelta(hours=23))} == {GOOD}
    assert [state for state, _text in found(timedelta(hours=25))] == [GOOD, WARNING]
    assert "B000001" in found(timedelta(hours=25))[1][1]
    services.checkpoint(by=None, book=estate.book, now=last + timedelta(hours=26))
    assert {state for state, _text in found(timedelta(days=9))} == {GOOD}


def test_a_log_that_cannot_be_signed_is_named(estate):
    next(settings.KEYS.glob("linli_370614_B000001.*.key")).unlink()
    (fault, _late) = examine((checks.signatures,), now=AT)
    assert fault.state == FAULT and "linli/370614/B000001" in fault.text and fault.remedy
