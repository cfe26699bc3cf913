"""Verification finds every change made behind the program's back, and names the place."""

from __future__ import annotations

import pytest
from django.db import connection, transaction

from linli.proof import queries
from linli.trail.guards import all_guards
from tests.books import as_owner, open_estate

pytestmark = pytest.mark.own_database


@pytest.fixture
def told(own_database):
    estate = open_estate()
    for n in range(3):
        estate.post(estate.draft(fen=1000 + n))
    return estate


def lift(table: str) -> None:
    """Take the guards of a table away, as somebody who owns the database could."""
    with as_owner(), connection.cursor() as cursor:
        for guard in all_guards():
            if guard.table == table:
                for statement in guard.drop(connection.vendor):
                    cursor.execute(statement)


def change(*statements: str) -> None:
    """Change rows behind the program's back, in one transaction."""
    with as_owner(), transaction.atomic(), connection.cursor() as cursor:
        if connection.vendor == "sqlite":
            cursor.execute("PRAGMA defer_foreign_keys=ON")
        for statement in statements:
            cursor.execute(statement)


def faults() -> set[tuple[str, str]]:
    report = queries.verify()
    return {(f.where, f.field) for f in report.faults if not f.where.startswith("trigger")}


def tamper(table: str, sql: str) -> set[tuple[str, str]]:
    lift(table)
    change(sql)
    return faults()


def test_an_untouched_book_holds(told):
    report = queries.verify()
    assert report.holds and report.entries == 4 and report.leaves == 5


def test_two_books_hold(told):
    report = queries.verify(book="B000001")
    assert report.books == 1 and report.holds


CHANGES = {
    "amount": (
        "ledger_line",
        "UPDATE ledger_line SET amount_fen = amount_fen + 1 WHERE position = 0",
    ),
    "account of a line": (
        "ledger_line",
        "UPDATE ledger_line SET account_id = (SELECT id FROM ledger_account WHERE code = 'site') "
        "WHERE position = 1",
    ),
    "restriction": ("ledger_line", "UPDATE ledger_line SET restriction = 'X' WHERE position = 1"),
    "position": (
        "ledger_line",
        "UPDATE ledger_line SET position = position + 5 WHERE position = 0",
    ),
    "line gone": ("ledger_line", "DELETE FROM ledger_line WHERE position = 1"),
    "date": ("ledger_entry", "UPDATE ledger_entry SET date = '2026-09-11' WHERE number = 2"),
    "period": ("ledger_entry", "UPDATE ledger_entry SET period = '2026-10' WHERE number = 2"),
    "key": ("ledger_entry", "UPDATE ledger_entry SET key = 'other' WHERE number = 2"),
    "content": ("ledger_entry", "UPDATE ledger_entry SET content = 'other' WHERE number = 2"),
    "kind": ("ledger_entry", "UPDATE ledger_entry SET kind = 'opening' WHERE number = 2"),
    "moment": (
        "ledger_entry",
        "UPDATE ledger_entry SET recorded_at = '2026-11-05 03:00:00+00' WHERE number = 2",
    ),
    "original": (
        "ledger_entry",
        "UPDATE ledger_entry SET original_on = '2026-09-01' WHERE number = 2",
    ),
    "mark": ("ledger_entry", "UPDATE ledger_entry SET mark = 'x' WHERE number = 2"),
    "number": ("ledger_entry", "UPDATE ledger_entry SET number = 9 WHERE number = 4"),
    "body": ("ledger_leaf", "UPDATE ledger_leaf SET body = '{}' WHERE kind = 'entry'"),
    "hash": ("ledger_leaf", "UPDATE ledger_leaf SET hash = 'x' WHERE kind = 'entry'"),
    "leaf kind": ("ledger_leaf", "UPDATE ledger_leaf SET kind = 'seal' WHERE kind = 'key'"),
    "index": ("ledger_leaf", 'UPDATE ledger_leaf SET "index" = 77 WHERE "index" = 4'),
    "summary": ("ledger_wording", "UPDATE ledger_wording SET summary = '别的' WHERE summary <> ''"),
    "salt": ("ledger_wording", "UPDATE ledger_wording SET salts = '{}'"),
    "person": (
        "ledger_wording",
        "UPDATE ledger_wording SET person = NOT person WHERE summary <> ''",
    ),
    "words gone": ("ledger_wording", "DELETE FROM ledger_wording"),
    "debit": ("ledger_balance", "UPDATE ledger_balance SET debit_fen = debit_fen + 1"),
    "count": ("ledger_balance", "UPDATE ledger_balance SET entry_count = 9"),
    "balance gone": ("ledger_balance", "DELETE FROM ledger_balance"),
    "account name": (
        "ledger_account",
        "UPDATE ledger_account SET name = 'x' WHERE code = 'parking'",
    ),
    "tail": ("ledger_account", "UPDATE ledger_account SET tail = '1' WHERE kind = 'money'"),
    "size": ("ledger_log", "UPDATE ledger_log SET size = size - 1"),
    "root": ("ledger_log", "UPDATE ledger_log SET root = 'x'"),
    "frontier": ("ledger_log", "UPDATE ledger_log SET frontier = 'x'"),
    "origin": ("ledger_log", "UPDATE ledger_log SET origin = 'x'"),
    "book name": ("ledger_book", "UPDATE ledger_book SET name = 'x'"),
    "limit": ("ledger_book", "UPDATE ledger_book SET limit_fen = 1"),
}


@pytest.mark.parametrize(("table", "sql"), CHANGES.values(), ids=CHANGES.keys())
def test_a_change_is_found(told, table, sql):
    assert tamper(table, sql)


def test_the_fault_names_book_leaf_and_field(told):
    lift("ledger_line")
    change("UPDATE ledger_line SET amount_fen = 5 WHERE position = 0 AND amount_fen = 1001")
    named = {(f.book, f.where, f.field) for f in queries.verify().faults}
    assert ("B000001", "leaf 3", "lines") in named


def test_a_tail_cut_off_is_found(told):
    for table in ("ledger_entry", "ledger_line", "ledger_wording", "ledger_leaf"):
        lift(table)
    last = "(SELECT id FROM ledger_entry WHERE number = 4)"
    change(
        f"DELETE FROM ledger_wording WHERE entry_id IN {last}",
        f"DELETE FROM ledger_line WHERE entry_id IN {last}",
        "DELETE FROM ledger_entry WHERE number = 4",
        'DELETE FROM ledger_leaf WHERE "index" = 4',
    )
    assert ("log", "size") in faults()


def test_a_missing_guard_is_found(told):
    lift("ledger_line")
    assert any(f.where.startswith("trigger") for f in queries.verify().faults)


def test_a_book_with_only_its_opening_holds():
    open_estate()
    assert queries.verify().holds
