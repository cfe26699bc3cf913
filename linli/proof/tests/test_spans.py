"""Entries are folded in spans, in other processes, from columns spelt as bodies: nothing that the
long way would see is missed, and who posts meanwhile raises no alarm."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from contextlib import contextmanager

import pytest
from django.contrib.auth import get_user_model
from django.db import DatabaseError, connection

from linli.ledger import services as ledger
from linli.ledger.models import Entry
from linli.proof import entries, queries, spread
from linli.proof.tests.test_verify import change, lift
from tests.books import NOW, open_estate

pytestmark = pytest.mark.own_database


@pytest.fixture
def told(own_database, monkeypatch):
    monkeypatch.setattr(spread, "SPAN", 3)
    estate = open_estate()
    project = {"code": "P-1", "name": "凉亭", "budgets": {"seed": 100_000}}
    ledger.add_project(by=None, book=estate.book, now=NOW, **project)
    for n in range(10):
        estate.post(estate.draft(key=f'第"{n}"号\\', fen=1000 + n, papers=("ab" * 32,)))
    gift = {"category": "donation", "restriction": 'G"1', "project": "P-1"}
    estate.post(estate.draft("seed", key="gift", **gift))
    return estate


def named(**how):
    found = queries.verify(book="B000001", **how).faults
    return {(f.where, f.field) for f in found if not f.where.startswith("trigger")}


def test_the_quick_way_takes_every_entry_and_folds_what_the_long_way_folds(told, monkeypatch):
    of = entries.Of("B000001", told.book.pk, told.book.log_id, queries._uses(1))
    long_way = monkeypatch.setattr(entries._Span, "_fits", lambda *_: False) or entries.fold(
        of, None, None
    )
    monkeypatch.undo()
    monkeypatch.setattr(entries._Span, "_faults", lambda *_: pytest.fail("not the quick way"))
    quick = entries.fold(of, None, None)
    assert quick.count == long_way.count == 12 and not long_way.faults
    assert quick.balances == long_way.balances and quick.tallies == long_way.tallies


@pytest.mark.parametrize("processes", [1, 2])
def test_spans_find_what_one_pass_finds(told, processes):
    assert not named(processes=processes)
    lift("ledger_line")
    change("UPDATE ledger_line SET amount_fen = 5 WHERE position = 0 AND amount_fen = 1004")
    leaf = Entry.objects.get(key__startswith='第"4').leaf.index
    assert named(processes=processes) == {(f"leaf {leaf}", "lines")}


@contextmanager
def beside(loop: asyncio.AbstractEventLoop | None) -> Iterator[None]:
    """As if this event loop were running in this thread (None: as if there were none)."""
    before = asyncio._get_running_loop()
    asyncio._set_running_loop(loop)
    try:
        yield
    finally:
        asyncio._set_running_loop(before)


def test_other_processes_use_no_connection_that_came_with_the_fork(told, monkeypatch):
    """Beside an event loop Django has connections that a fork, which has no loop, would not see
    closed: two processes on one socket wait for each other's answers."""
    monkeypatch.setenv("DJANGO_ALLOW_ASYNC_UNSAFE", "true")
    with beside(None):
        held = connection.cursor()
        held.execute("SELECT 1")
    loop = asyncio.new_event_loop()
    with beside(loop):
        assert not named(processes=2)
        connection.close()
    loop.close()
    with beside(None):
        held.execute("SELECT 2")
        assert held.fetchone() == (2,)


@pytest.fixture
def read_only(told, monkeypatch):
    """A copy on a medium that is read only; a role that may only read."""
    connection.close()
    if connection.vendor == "sqlite":
        name = f"file:{connection.settings_dict['NAME']}?mode=ro"
        monkeypatch.setitem(connection.settings_dict, "NAME", name)
        yield
    else:
        options = {**connection.settings_dict["OPTIONS"]}
        options["options"] = "-c default_transaction_read_only=on"
        monkeypatch.setitem(connection.settings_dict, "OPTIONS", options)
        yield
    connection.close()


@pytest.mark.parametrize("processes", [1, 2])
def test_it_verifies_where_nothing_can_be_written(read_only, processes):
    with pytest.raises(DatabaseError, match="readonly|read-only"):
        get_user_model().objects.create(username="x", name="x", created_at=NOW)
    assert not named(processes=processes)


def test_a_line_hidden_in_the_text_of_another_is_found(told, monkeypatch):
    """Were texts not quoted, the columns would spell the body again: the control."""
    if connection.vendor == "postgresql":
        pytest.skip("there a restriction has no room for it")
    lift("ledger_line")
    entry = Entry.objects.get(key="gift")
    hidden = '",10000],["seed","donation","P-1","G\\"1'
    change(
        f"DELETE FROM ledger_line WHERE entry_id = {entry.pk} AND position = 1",
        f"UPDATE ledger_line SET amount_fen = -10000, restriction = '{hidden}' "
        f"WHERE entry_id = {entry.pk}",
    )
    assert (f"leaf {entry.leaf.index}", "lines") in named()
    monkeypatch.setattr(entries, "quoted", lambda text: f'"{text}"')
    assert not any(field == "lines" for _where, field in named())


def test_entries_beyond_the_last_number_are_missed(told):
    lift("ledger_entry")
    change("UPDATE ledger_entry SET number = 9000 WHERE number = 12")
    assert {field for _where, field in named()} >= {"number"}


def test_an_entry_that_came_meanwhile_is_no_fault(told, monkeypatch):
    """It is folded in the end, when nobody may write."""

    def late(folding):
        def folded(parts):
            whole = folding(parts)
            told.post(told.draft(key="late", fen=7))
            ledger.checkpoint(by=None, book=told.book, now=NOW)
            return whole

        return folded

    monkeypatch.setattr(spread.Parts, "folded", late(spread.Parts.folded))
    report = queries.verify(book="B000001")
    assert report.holds, report.faults
    assert report.entries == 13 and report.checkpoints == 1


def test_nothing_is_folded_elsewhere_inside_a_transaction(told, monkeypatch):
    from django.db import transaction

    monkeypatch.setattr(spread, "ProcessPoolExecutor", lambda *_: pytest.fail("forked"))
    with transaction.atomic():
        assert not named(processes=2)


def test_moments_of_other_zones_are_not_taken_for_utc(told):
    if connection.vendor == "postgresql":
        pytest.skip("PostgreSQL keeps moments in UTC")
    lift("ledger_entry")
    change("UPDATE ledger_entry SET recorded_at = recorded_at || '+08' WHERE number = 3")
    assert {field for _where, field in named()} == {"at"}


def test_what_is_rare_goes_the_long_way(told):
    """A reversal, an erased word."""
    entry = Entry.objects.get(number=4)
    one, other = (
        get_user_model().objects.create(username=name, name=name, created_at=NOW).pk
        for name in "ab"
    )
    people = {"prepared_by": one, "prepared_role": "bookkeeper"}
    people |= {"approved_by": other, "approved_role": "approver"}
    ledger.reverse(by=None, entry=entry, on=entry.date, people=people, reason="错", now=NOW)
    ledger.erase(by=None, entry=entry, field="counterparty", ground="申请", now=NOW)
    assert not named()
