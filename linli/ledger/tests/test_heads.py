"""Changing a log's key, and signing what no checkpoint covers yet."""

from __future__ import annotations

import json
from datetime import timedelta

import pytest
from django.db import transaction

from linli.kernel import note
from linli.kernel.keys import NoteError
from linli.kernel.rulings import Refused
from linli.keys import vault
from linli.ledger import log as logs
from linli.ledger import queries, services
from linli.ledger.models import Checkpoint, Leaf, Log
from linli.ledger.tests.test_reversal_and_seal import make_seal
from linli.trail.models import Line
from tests.books import NOW, open_estate

NEXT = NOW + timedelta(days=1)


def log_of(estate) -> Log:
    return Log.objects.get(pk=estate.book.log_id)


def county() -> Log:
    return Log.objects.get(origin="linli/370614")


def change(log: Log, now=NEXT):
    return services.change_key(by=None, log=log, now=now)


def head(log: Log) -> Checkpoint:
    return Checkpoint.objects.filter(log=log).latest("size")


def opens(checkpoint: Checkpoint, *keys) -> bool:
    try:
        note.open_checkpoint(checkpoint.note.encode(), [key.verifier for key in keys])
    except NoteError:
        return False
    return True


# --- a new key ----------------------------------------------------------------------------------


def test_a_new_key_is_announced_by_a_leaf_that_both_have_signed(estate):
    make_seal(estate, "2026-09")
    (first,) = queries.keys(queries.origin(estate.book))
    before = head(log_of(estate))
    done = change(log_of(estate))
    known = queries.keys(queries.origin(estate.book))
    assert known == [first, done.new] and done.old == first != done.new
    leaf = Leaf.objects.filter(log=log_of(estate), kind="key").latest("index")
    content = json.loads(leaf.body)
    assert note.open_key_leaf(content, first.verifier) == done.new.verifier
    assert (content["previous"], content["index"]) == (str(first.verifier), done.new.index)
    assert done.new.since == NEXT
    after = head(log_of(estate))
    assert after.size == leaf.index + 1 == log_of(estate).size
    assert opens(before, first) and not opens(before, done.new)
    assert opens(after, done.new) and not opens(after, first)
    assert Leaf.objects.filter(log=county(), body=after.note).exists()
    assert queries.key_at(leaf.log.origin, leaf.index) == first
    assert queries.key_at(leaf.log.origin, leaf.index + 1) == done.new


def test_a_change_stands_in_the_trail_with_both_fingerprints(estate):
    done = change(log_of(estate))
    line = Line.objects.get(act="ledger.change_key")
    assert line.facts == {"old": done.old.fingerprint, "new": done.new.fingerprint}
    assert line.place == estate.book.place


def test_what_comes_after_is_signed_by_the_new_key(estate):
    done = change(log_of(estate))
    make_seal(estate, "2026-09")
    assert opens(head(log_of(estate)), done.new)
    assert not opens(head(log_of(estate)), done.old)


def test_a_key_may_be_changed_again(estate):
    first, second = change(log_of(estate)), change(log_of(estate), NEXT + timedelta(days=1))
    assert second.old == first.new
    prints = [key.fingerprint for key in queries.keys(log_of(estate).origin)]
    assert prints == [one.fingerprint for one in (first.old, first.new, second.new)]
    assert len(set(prints)) == 3


def test_the_county_hands_its_log_over_too(estate):
    make_seal(estate, "2026-09")
    (first,) = queries.keys("linli/370614")
    assert first.since is None and opens(head(county()), first)
    done = change(county())
    assert queries.keys("linli/370614") == [first, done.new]
    assert opens(head(county()), done.new) and not opens(head(county()), first)
    make_seal(estate, "2026-10")
    assert opens(head(county()), done.new)
    assert Line.objects.get(act="ledger.change_key").place == "370614"


# --- a change that did not come to its end ------------------------------------------------------


def test_a_change_that_is_rolled_back_leaves_the_old_key_in_force(estate):
    log = log_of(estate)
    with pytest.raises(RuntimeError), transaction.atomic():
        undone = change(log).new
        raise RuntimeError
    assert log_of(estate).size == log.size
    assert vault.signer(undone.verifier), "its file is left over"
    (mine,) = queries.keys(log.origin)
    make_seal(estate, "2026-09")
    assert opens(head(log_of(estate)), mine) and not opens(head(log_of(estate)), undone)
    done = change(log_of(estate))
    assert done.old == mine and done.new.fingerprint != undone.fingerprint


def test_a_change_that_stops_before_its_leaf_leaves_the_old_key_in_force(estate, monkeypatch):
    log = log_of(estate)
    with monkeypatch.context() as stopped:
        stopped.setattr(logs, "append", lambda *_, **__: (_ for _ in ()).throw(OSError))
        with pytest.raises(OSError), transaction.atomic():
            change(log)
    assert len(queries.keys(log.origin)) == 1
    services.checkpoint(by=None, book=estate.book, now=NEXT)
    assert change(log_of(estate)).old == queries.keys(log.origin)[0]


def test_without_the_old_keys_file_nothing_is_signed_and_it_is_said_why(estate, monkeypatch):
    make_seal(estate, "2026-09")
    before = log_of(estate).size, head(log_of(estate)).pk
    (mine,) = queries.keys(log_of(estate).origin)
    held = vault.signer

    def lost(key):
        if key == mine.verifier:
            raise FileNotFoundError
        return held(key)

    monkeypatch.setattr(vault, "signer", lost)
    for act in (
        lambda: change(log_of(estate)),
        lambda: make_seal(estate, "2026-10"),
    ):
        with pytest.raises(Refused) as refused:
            act()
        (reason,) = refused.value.ruling.reasons
        assert reason.cites == ("linli:ledger.keys",)
        assert reason.values["print"] == mine.fingerprint
    assert (log_of(estate).size, head(log_of(estate)).pk) == before


def test_a_county_that_has_signed_makes_itself_no_other_first_key(estate, monkeypatch):
    make_seal(estate, "2026-09")
    monkeypatch.setattr(vault, "has_key", lambda origin: False)
    assert queries.keys("linli/370614") == []
    with pytest.raises(Refused):
        change(county())


# --- at the same moment -------------------------------------------------------------------------


@pytest.mark.own_database
def test_changes_and_postings_at_the_same_moment_come_one_after_the_other(own_database):
    estate = open_estate()
    log = log_of(estate)

    def post(n):
        return lambda: estate.post(estate.draft(fen=n), now=NEXT)

    done = own_database.together(
        lambda: change(log), post(1), lambda: change(log), post(2), lambda: change(log)
    )
    assert [one for one in done if isinstance(one, Exception)] == []
    known = queries.keys(log.origin)
    assert len(known) == 4 and len({key.fingerprint for key in known}) == 4
    current = None
    for body in queries.key_leaves(log.origin):
        current = note.open_key_leaf(json.loads(body), current)
    assert current == known[-1].verifier
    for signed in Checkpoint.objects.filter(log=log):
        assert opens(signed, queries.key_at(log.origin, signed.size))
