"""A backup put back elsewhere is the same installation."""

import json

import pytest
from django.conf import settings
from django.core.management import call_command
from django.db import connection
from django.utils import timezone

from linli.kernel.rulings import Refused
from linli.people.models import User
from linli.trail.guards import all_guards, standing
from linli.trail.models import Line
from linli.upkeep.database import rights_held
from tests.databases import OwnDatabase, pointed_at

NOW = timezone.now()


def fill():
    """A few rows of every kind of value, and files."""
    user = User.objects.create(username="jizhang", name="记账员", created_at=NOW)
    User.objects.create(username="gone", name="离任", is_active=False, created_at=NOW).delete()
    Line.objects.create(
        act="test.act", place="370614", by=user, at=NOW, facts={"说明": ["甲\t乙", None, "\\N"]}
    )
    for folder, name in (("files", "a.bin"), ("public/B000001", "statement.json"), ("keys", "k")):
        path = settings.DATA / folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(b"content of " + name.encode())


def content():
    return (
        list(User.objects.order_by("pk").values()),
        list(Line.objects.order_by("pk").values()),
    )


@pytest.fixture
def backup(own_database, tmp_path):
    fill()
    path = tmp_path / "linli.tar.gz"
    call_command("backup", to=path, verbosity=0)
    return path


def test_rows_files_guards_and_rights_come_back(backup, elsewhere):
    before = content()
    other, place = elsewhere
    ran = other.run("restore", str(backup))
    assert ran.returncode == 0, ran.stderr + ran.stdout
    assert (other.data / "files" / "a.bin").read_bytes() == b"content of a.bin"
    assert (other.data / "public" / "B000001" / "statement.json").exists()
    assert not (other.data / "keys" / "k").exists(), "keys travel only under a seal"
    with pointed_at(place):
        assert content() == before
        assert all(standing(all_guards()).values())
        if connection.vendor == "postgresql":
            assert rights_held()["trail_line"] == {"SELECT", "INSERT"}
        newer = User.objects.create(username="new", name="新", created_at=NOW)
        assert newer.pk > before[0][0]["id"]


def test_what_is_there_is_kept_until_it_is_replaced_by_force(own_database, elsewhere, tmp_path):
    fill()
    key = tmp_path / "backup.key"
    key.write_text("kT9" * 16)
    call_command("backup", to=tmp_path / "sealed", key=key, verbosity=0)
    other, place = elsewhere
    if connection.vendor == "sqlite":
        assert other.run("migrate", "-v0").returncode == 0
    (other.data / "files").mkdir(parents=True, exist_ok=True)
    (other.data / "files" / "later.bin").write_bytes(b"later")
    with pointed_at(place):
        User.objects.create(username="later", name="later", created_at=NOW)
    restore = ("restore", str(tmp_path / "sealed"), "--key", str(key))
    refused = other.run(*restore)
    assert refused.returncode == 1 and "--force" in refused.stderr
    with pointed_at(place):
        assert User.objects.filter(username="later").exists()
    forced = other.run(*restore, "--force")
    assert forced.returncode == 0, forced.stderr
    with pointed_at(place):
        assert [user.username for user in User.objects.all()] == ["jizhang"]
    assert len(list(other.data.glob("before-*/files/later.bin"))) == 1
    assert (other.data / "keys" / "k").read_bytes() == b"content of k"


def test_a_damaged_backup_changes_nothing(backup, elsewhere):
    other, place = elsewhere
    data = bytearray(backup.read_bytes())
    middle = len(data) // 2  # One bit may be one that the packing does not need; 64 bytes are not.
    data[middle : middle + 64] = bytes(byte ^ 255 for byte in data[middle : middle + 64])
    backup.write_bytes(data)
    assert other.run("restore", str(backup)).returncode == 1
    left = {path.name for path in other.data.iterdir()} if other.data.exists() else set()
    assert left <= {"keys"}
    if connection.vendor == "postgresql":
        with pointed_at(place):
            assert not User.objects.exists()


def test_a_backup_of_a_newer_version_is_refused(own_database, tmp_path, monkeypatch):
    from linli.upkeep import snapshots

    with pytest.raises(Refused, match="9999_later"):
        snapshots.known_here([["people", "0001_initial"], ["people", "9999_later"]])


def test_the_service_may_write_while_a_backup_is_made(own_database, tmp_path):
    fill()

    def write():
        for number in range(20):
            User.objects.create(username=f"u{number}", name="x", created_at=NOW)

    def save():
        call_command("backup", to=tmp_path / "b", verbosity=0)

    results = own_database.together(write, save)
    assert results == [None, None]
    assert User.objects.filter(username__startswith="u").count() == 20


def test_backup_names_what_it_made_as_json(own_database, capsys):
    fill()
    call_command("backup", "--json", "--keep", "1")
    call_command("backup", "--json", "--keep", "1")
    said = json.loads(capsys.readouterr().out.split("}\n")[0] + "}")
    assert said["with_keys"] is False
    assert len(list((settings.DATA / "backups").glob("linli-*.tar.gz"))) == 1


def test_a_pilot_on_sqlite_grows_into_postgresql(own_database, elsewhere, tmp_path):
    if connection.vendor != "postgresql":
        pytest.skip("needs PostgreSQL: runs with LINLI_DATABASE_URL")
    pilot = OwnDatabase(
        tmp_path / "pilot",
        {"LINLI_DATA": str(tmp_path / "pilot"), "LINLI_DATABASE_URL": "", "LINLI_OWNER_URL": ""},
    )
    assert pilot.run("migrate", "-v0").returncode == 0
    code = (
        "from linli.people.models import User; from linli.trail.models import Line;"
        "from datetime import datetime, UTC; at = datetime(2026, 11, 1, 8, 30, 0, 123, UTC);"
        "user = User.objects.create(pk=7, username='a', name='甲', is_active=False,"
        " must_change_password=True, created_at=at);"
        "Line.objects.create(act='x.y', place='370614', by=user, at=at, facts={'a': [1, None]})"
    )
    ran = pilot.run("shell", "-v0", "-c", code)
    assert ran.returncode == 0, ran.stderr
    assert pilot.run("backup", "--to", str(tmp_path / "pilot.tar.gz")).returncode == 0
    other, place = elsewhere
    ran = other.run("restore", str(tmp_path / "pilot.tar.gz"))
    assert ran.returncode == 0, ran.stderr
    with pointed_at(place):
        user = User.objects.get()
        assert (user.pk, user.is_active, user.must_change_password) == (7, False, True)
        assert user.created_at.isoformat() == "2026-11-01T08:30:00.000123+00:00"
        assert Line.objects.get().facts == {"a": [1, None]}
        assert User.objects.create(username="b", name="b", created_at=NOW).pk == 8
        assert all(standing(all_guards()).values())
    assert not (other.data / "linli.sqlite3").exists()
