"""A change of key, seen by everyone who holds something: a notice, a receipt, a folder, a key."""

from __future__ import annotations

import io
from datetime import timedelta
from pathlib import Path

import pytest
from django.conf import settings
from django.core.management import call_command
from django.core.management.base import CommandError

from linli.disclosure import folder, receipts
from linli.disclosure.models import Release
from linli.kernel import note
from linli.kernel import receipts as small_trees
from linli.kernel.keys import fingerprint, parse_skey, parse_vkey
from linli.kernel.place import EVERYWHERE
from linli.kernel.rulings import Refused
from linli.kernel.tests.published import check
from linli.keys import vault
from linli.ledger import queries as ledger
from linli.ledger import services
from linli.ledger.models import Entry, Log
from linli.portal import pages
from linli.portal.tests.conftest import LATER, correct_september, open_custody_book
from linli.prints.tests.reading import text_of
from linli.proof import queries as proof

pytestmark = pytest.mark.django_db
CHANGED = LATER - timedelta(days=2)


@pytest.fixture
def changed(told):
    """Book and county have changed their keys after September and October were published."""
    told.old = {origin: ledger.keys(origin)[-1] for origin in origins(told)}
    for origin in origins(told):
        log = Log.objects.get(origin=origin)
        services.change_key(by=None, log=log, now=CHANGED)
    told.new = {origin: ledger.keys(origin)[-1] for origin in origins(told)}
    pages.forget()
    return told


def origins(told):
    return ledger.origin(told.book), ledger.county_origin(told.book)


def files() -> dict[str, bytes]:
    out = Path(settings.PUBLIC)
    return {
        path.relative_to(out).as_posix(): path.read_bytes()
        for path in out.rglob("*")
        if path.is_file()
    }


def holds() -> list[str]:
    """What `linli verify` and verify.py find wrong."""
    report = proof.verify()
    report.faults += proof.published(Path(settings.PUBLIC))
    return [str(one) for one in report.faults] + [one.text("en") for one in check(files()).faults]


def anchors(*keys) -> list[dict]:
    return [check(files(), trust=[text]).anchored for text in keys]


def test_everything_holds_before_and_after_and_once_more_is_published(changed):
    assert holds() == [], "the folder as it was, with the county's old key"
    folder.refresh_top(Path(settings.PUBLIC))
    assert holds() == []
    before = files()
    correct_september(changed)
    assert holds() == []
    changed.publish("2026-11", LATER)
    assert holds() == []
    kept = {
        name for name in before if name.startswith("B000001/") and before[name] == files()[name]
    }
    assert kept == {name for name in before if name.startswith("B000001/")}


def test_old_and_new_keys_anchor_the_folder(changed):
    folder.refresh_top(Path(settings.PUBLIC))
    book, county = origins(changed)
    trusted = {"B000001": "trust"}
    assert anchors(str(changed.old[county].verifier), changed.new[county].fingerprint) == [
        trusted,
        trusted,
    ]
    assert anchors(changed.old[book].fingerprint) == [trusted]
    changed.publish("2026-11", LATER)
    assert anchors(changed.old[book].fingerprint, changed.new[book].fingerprint) == [trusted] * 2
    assert check(files(), trust=["AAAA-AAAA-AAAA-AAAA-AAAA"]).faults


def test_an_old_head_still_anchors_it(changed):
    kept = files()
    changed.publish("2026-11", LATER)
    for name in ("B000001/2026-09/checkpoint", "county-checkpoint"):
        checker = check(files(), since=[kept[name]])
        assert checker.faults == [] and checker.anchored == {"B000001": "since"}, name


@pytest.mark.parametrize("destroyed", [False, True])
def test_a_month_published_before_may_be_written_again(changed, destroyed):
    """A word was erased. The old key signs the list of files again; once it was destroyed, and the
    new one published, the new one does."""
    before, name = files(), "B000001/2026-09/SHA256SUMS"
    mine = changed.old[ledger.origin(changed.book)]
    if destroyed:
        changed.publish("2026-11", LATER)
        lose(mine)
        mine = changed.new[ledger.origin(changed.book)]
    entry = Entry.objects.get(book=changed.book, wording__summary="九月车位费")
    services.erase(by=None, entry=entry, field="summary", ground="当事人要求", now=LATER)
    folder.write(list(Release.objects.filter(book=changed.book)), Path(settings.PUBLIC))
    assert files()[name] != before[name]
    note.open_note(files()[name], [mine.verifier])
    assert files()["B000001/2026-09/checkpoint"] == before["B000001/2026-09/checkpoint"]
    assert holds() == []


def test_an_old_receipt_proves_as_before(changed):
    before = receipts.find(changed.receipt.code).file
    changed.publish("2026-11", LATER)
    assert receipts.find(changed.receipt.code).file == before
    old = changed.old[origins(changed)[0]].verifier
    assert small_trees.open_proof(before, [old]).receipt["amount"] == 12_000


def test_the_next_notice_prints_both_fingerprints_and_the_one_after_only_the_new(changed):
    old, new = (some[origins(changed)[0]].fingerprint for some in (changed.old, changed.new))
    before = {r.period: bytes(r.notice) for r in Release.objects.filter(book=changed.book)}
    changed.publish("2026-11", LATER)
    october, november = (printed(changed, period) for period in ("2026-10", "2026-11"))
    assert old in october and new not in october
    assert new in november and old in november and "2026年12月2日换钥" in november
    changed.publish("2026-12", LATER + timedelta(days=40))
    assert new in printed(changed, "2026-12") and old not in printed(changed, "2026-12")
    for period, pdf in before.items():
        assert bytes(Release.objects.get(book=changed.book, period=period).notice) == pdf


def printed(told, period: str) -> str:
    pdf = bytes(Release.objects.get(book=told.book, period=period).notice)
    return "".join(text_of(pdf).split())


# --- on the site --------------------------------------------------------------------------------


def key_data(told) -> list[dict]:
    return told.client.get("/p/B000001/key").json()["keys"]


def test_the_pages_show_both_fingerprints_at_once(told):
    assert "换钥" not in told.text("2026-10/")
    log = Log.objects.get(origin=ledger.origin(told.book))
    done = services.change_key(by=None, log=log, now=CHANGED)
    for path in ("", "2026-10/"):
        said = told.text(path)
        assert done.new.fingerprint in said and done.old.fingerprint in said and "换钥" in said


def test_the_data_hands_a_browser_from_the_old_key_to_the_new(changed):
    for data, origin in zip(key_data(changed), origins(changed), strict=True):
        assert data["fingerprint"] == changed.new[origin].fingerprint == fingerprint(data["vkey"])
        leaves = [note.body.decode(leaf.encode()) for leaf in data["leaves"]]
        current = None if data["origin"].count("/") == 2 else changed.old[origin].verifier
        for leaf in leaves:
            current = note.open_key_leaf(leaf, current)
        assert current == parse_vkey(data["vkey"])
    head = changed.client.get("/p/B000001/checkpoint").content
    note.open_checkpoint(head, [parse_vkey(key_data(changed)[0]["vkey"])])


@pytest.mark.parametrize("path", ["key", "checkpoint"])
def test_key_and_head_are_asked_for_again_each_time(told, path):
    assert told.client.get(f"/p/B000001/{path}")["Cache-Control"] == "public, no-cache"


# --- the commands -------------------------------------------------------------------------------


def run(*words: str) -> str:
    said = io.StringIO()
    call_command(*words, stdout=said)
    return said.getvalue()


def test_the_command_changes_the_key_of_a_book_and_says_what_to_publish(told):
    book, county = origins(told)
    (old,) = ledger.keys(book)
    said = run("change-key", "--book", "B000001")
    new = ledger.keys(book)[-1]
    assert old.fingerprint in said and new.fingerprint in said and old != new
    assert "linli backup --key" in said and "公告栏" in said
    listed = run("change-key")
    assert new.fingerprint in listed and ledger.keys(county)[0].fingerprint in listed
    assert old.fingerprint not in listed
    assert holds() == []


def test_the_county_is_not_named_where_there_is_one_and_its_folder_follows(told):
    run("change-key", "--county")
    (_first, new) = ledger.keys("linli/370614")
    assert (Path(settings.PUBLIC) / "county.vkey").read_text() == f"{new.verifier}\n"
    assert holds() == []
    with pytest.raises(CommandError, match="370614"):
        run("change-key", "--county", "370615")
    with pytest.raises(CommandError, match="B000009"):
        run("change-key", "--book", "B000009")


def test_checkpoints_are_signed_for_what_was_posted_and_only_once(told):
    log = Log.objects.get(origin=ledger.origin(told.book))
    assert log.checked_size < log.size
    assert "1" in run("checkpoint")
    log.refresh_from_db()
    assert log.checked_size == log.size
    county = Log.objects.get(origin="linli/370614")
    head = Path(settings.PUBLIC) / "county-checkpoint"
    assert note.read_checkpoint(head.read_bytes()).size == county.size
    assert holds() == []
    before = files()
    assert "没有要签发的新记录" in run("checkpoint")
    county.refresh_from_db()
    assert note.read_checkpoint(head.read_bytes()).size == county.size and files() == before


def lose(key) -> None:
    """Delete the file of a key, as a restored backup without keys would."""
    for path in Path(settings.KEYS).glob("*.key"):
        if path.name != "rows.key" and parse_skey(path.read_text()).verifier == key.verifier:
            path.unlink()
    vault._find.cache_clear()


def test_a_book_that_cannot_be_signed_does_not_keep_others_waiting(told):
    lose(ledger.keys(ledger.origin(told.book))[-1])
    open_custody_book(code="B000002", place="370614001001002", name="海滨花园")
    with pytest.raises(Refused) as refused:
        run("checkpoint")
    assert "linli/370614/B000001" in str(refused.value.ruling.reasons[0].values)
    assert [book.code for book in ledger.unsigned(EVERYWHERE)] == ["B000001"]


def test_a_key_whose_file_is_gone_is_named(changed):
    for origin in origins(changed):
        lose(changed.old[origin])
    assert holds() == [] and ledger.lost() == [], "the old keys sign nothing any more"
    for origin in origins(changed):
        lose(changed.new[origin])
    assert sorted(ledger.lost()) == sorted(origins(changed))
    found = [(one.book, one.field) for one in proof.verify().faults]
    assert found == [("B000001", "vkey"), ("linli/370614", "vkey")]


def test_a_head_that_the_database_does_not_know_is_found(told):
    """The database was put back to before the last checkpoint; the folder was not."""
    run("checkpoint")
    head = Path(settings.PUBLIC) / "county-checkpoint"
    assert list(proof.published(head.parent)) == []
    head.write_bytes(head.read_bytes().replace(b"\n\n", b"\nlater\n\n", 1))
    assert [one.field for one in proof.published(head.parent)] == ["county-checkpoint"]
