"""A backup is believed only once it was restored elsewhere and holds what was published."""

import shutil

import pytest
from django.conf import settings
from django.core.management import call_command
from django.db import connection

from linli.ledger import queries as ledger
from linli.ledger import services
from linli.proof import queries as proof
from linli.upkeep import backups, drills
from linli.upkeep.archive import read_key, unpack
from tests.books import NOW, open_estate
from tests.databases import pointed_at
from tests.people import lay_places


def publish_head(book):
    """Sign the book's head and put the county's where the street fetches it."""
    services.checkpoint(by=None, book=book, now=NOW)
    county = ledger.county_log(book)
    settings.PUBLIC.mkdir(parents=True, exist_ok=True)
    new = settings.PUBLIC / ".new-head"
    new.write_text(ledger.newest_checkpoint(county).note)
    return new.replace(settings.PUBLIC / "county-checkpoint")


@pytest.fixture
def estate(own_database):
    lay_places()
    estate = open_estate()
    publish_head(estate.book)
    return estate


@pytest.fixture
def key(tmp_path):
    path = tmp_path / "backup.key"
    path.write_text("kT9" * 16)
    return path


def backup(tmp_path, key=None):
    path = tmp_path / "linli.backup"
    call_command("backup", to=path, key=key, verbosity=0)
    return path


def test_a_good_backup_is_believed_in_one_sentence(own_database, estate, spare, key, tmp_path):
    path = backup(tmp_path, key)
    before = sorted(settings.DATA.rglob("*"))
    ran = own_database.run("drill", str(path), "--key", str(key), *spare)
    assert ran.returncode == 0, ran.stdout + ran.stderr
    last = ran.stdout.strip().splitlines()[-1]
    root = ledger.newest_checkpoint(ledger.county_log(estate.book)).root
    assert "可以相信" in last and root in last
    assert sorted(settings.DATA.rglob("*")) == before, "a drill touches nothing that is in use"


def test_a_backup_without_keys_is_tried_with_those_that_are_here(own_database, estate, spare):
    call_command("backup", verbosity=0)
    ran = own_database.run("drill", *spare)
    assert ran.returncode == 0, ran.stdout + ran.stderr
    assert "借用本机的密钥" in ran.stdout


def test_an_old_backup_over_newer_heads_is_called_a_rollback(
    own_database, estate, spare, key, tmp_path
):
    path = backup(tmp_path, key)
    estate.post(estate.draft())
    publish_head(estate.book)
    ran = own_database.run("drill", str(path), "--key", str(key), *spare)
    assert ran.returncode == 1
    assert "回退" in ran.stdout and "全部成立" in ran.stdout, "the books hold, but are old"
    if connection.vendor == "sqlite":
        forced = own_database.run("restore", str(path), "--key", str(key), "--force")
        assert forced.returncode == 1 and "回退" in forced.stdout
        assert list(settings.DATA.glob("before-*/public/county-checkpoint"))


def test_a_copy_that_the_street_kept_is_compared(own_database, estate, spare, key, tmp_path):
    path = backup(tmp_path, key)
    estate.post(estate.draft())
    kept = shutil.copy(publish_head(estate.book), tmp_path / "kept")
    settings.PUBLIC.rename(tmp_path / "burnt")
    silent = own_database.run("drill", str(path), "--key", str(key), *spare)
    assert silent.returncode == 0, "the public folder inside the backup cannot tell: a control"
    assert "没有公示过的检查点可比" in silent.stdout
    if connection.vendor == "sqlite":
        ran = own_database.run("drill", str(path), "--key", str(key), "--published", str(kept))
        assert ran.returncode == 1 and "回退" in ran.stdout


def test_a_head_of_other_records_is_not_ours(estate):
    held = drills.compare(drills.heads(settings.PUBLIC))
    assert len(held.held) == 1 and not held.ahead and not held.foreign
    head = settings.PUBLIC / "county-checkpoint"
    lines = head.read_text().split("\n")
    lines[2] = "A" * 43 + "="
    head.write_text("\n".join(lines))
    assert len(drills.compare(drills.heads(settings.PUBLIC)).foreign) == 1


def test_a_writer_posts_while_the_backup_is_made(own_database, estate, elsewhere, key, tmp_path):
    """What was acknowledged before the backup began is in it, and no entry without those before."""
    for number in range(5):
        estate.post(estate.draft(key=f"before-{number}"))
    before = estate.book.log_id and ledger.book_log(estate.book).size
    acknowledged = []

    def write():
        for number in range(40):
            estate.post(estate.draft(key=f"during-{number}"))
            acknowledged.append(ledger.head(estate.book))

    path = tmp_path / "during"
    done = own_database.together(
        write, lambda: call_command("backup", to=path, key=key, verbosity=0)
    )
    assert done == [None, None]
    other, place = elsewhere
    ran = other.run("restore", str(path), "--key", str(key), "--force")
    assert ran.returncode == 0, ran.stdout + ran.stderr
    heads = dict(acknowledged)
    with pointed_at(place):
        size, root = ledger.head(estate.book)
        assert size >= before
        assert size == before or heads[size] == root, "a prefix of what was acknowledged"


def test_the_public_folder_of_a_backup_is_never_newer_than_its_database(
    own_database, estate, monkeypatch, key, tmp_path
):
    """Publishing goes on between the two; with the folder taken last the backup would accuse
    itself of a rollback."""
    taken = backups._take_database

    def publish_then_take(staging, step):
        facts = taken(staging, step)
        estate.post(estate.draft())
        publish_head(estate.book)
        return facts

    monkeypatch.setattr(backups, "_take_database", publish_then_take)
    path = backup(tmp_path, key)
    monkeypatch.undo()
    inside = tmp_path / "inside"
    inside.mkdir()
    unpack(path, inside, secret=read_key(key))
    old = drills.heads(inside / "public")[0].told.size
    assert old < drills.heads(settings.PUBLIC)[0].told.size
    assert proof.verify().holds
