"""Backups of earlier schemas are restored, brought up to date, and hold the same roots."""

import json
from pathlib import Path

import pytest
from django.core.management import call_command
from django.db import connection
from django.utils import timezone

from linli.ledger.models import Log
from linli.upkeep import backups, health
from linli.upkeep.archive import read_key
from tests.books import open_estate
from tests.databases import data_directory, pointed_at

RELEASED = Path(__file__).parent / "released"
KEY = RELEASED / "backup.key"
ROOTS = json.loads((RELEASED / "roots.json").read_text("utf-8"))


def heads():
    return {log.origin: [log.size, log.root] for log in Log.objects.order_by("origin")}


def test_every_released_backup_is_listed():
    assert {path.stem for path in RELEASED.glob("*.sealed")} == set(ROOTS)


@pytest.mark.parametrize("version", sorted(ROOTS))
def test_a_backup_of_a_released_version_gives_the_same_roots(version, elsewhere):
    other, place = elsewhere
    ran = other.run("restore", str(RELEASED / f"{version}.sealed"), "--key", str(KEY))
    assert ran.returncode == 0, ran.stdout + ran.stderr
    assert "全部成立" in ran.stdout
    with pointed_at(place):
        assert heads() == ROOTS[version]
        assert "migrations" not in health.lacking()


@pytest.fixture
def earlier(own_database, tmp_path):
    """A backup of an installation whose ledger has the tables of some migrations ago, and its
    heads."""
    estate = open_estate()
    estate.post(estate.draft())
    then = heads()
    ran = own_database.run("migrate", "ledger", "0001_initial", "-v0")
    assert ran.returncode == 0, ran.stderr
    path = tmp_path / "earlier.sealed"
    call_command("backup", to=path, key=KEY, verbosity=0)
    return path, then


def test_a_backup_of_an_earlier_schema_is_brought_up_to_date(earlier, elsewhere):
    (path, then), (other, place) = earlier, elsewhere
    assert health.lacking() == ["migrations"], "the backed-up tables are the earlier ones"
    ran = other.run("restore", str(path), "--key", str(KEY))
    assert ran.returncode == 0, ran.stdout + ran.stderr
    with pointed_at(place):
        assert heads() == then
        assert health.lacking() == []


def test_without_migrating_the_earlier_tables_would_stay(earlier, tmp_path, monkeypatch):
    """The control of the test before."""
    if connection.vendor != "sqlite":
        pytest.skip("needs SQLite: runs without LINLI_DATABASE_URL")
    monkeypatch.setattr(backups, "call_command", lambda *_args, **_options: None)
    data = tmp_path / "elsewhere"
    with data_directory(data), pointed_at({"NAME": str(data / "linli.sqlite3")}):
        backups.put_back(
            earlier[0],
            now=timezone.now(),
            secret=read_key(KEY),
            force=False,
            step=lambda *_told: None,
        )
        assert health.lacking() == ["migrations"]
