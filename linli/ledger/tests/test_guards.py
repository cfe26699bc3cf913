"""What the database itself refuses, told in SQL as the application's role could send it."""

from __future__ import annotations

import json

import pytest
from django.db import DatabaseError, connection, transaction

from linli.ledger import posting, services
from linli.ledger.log import leaf_id
from linli.ledger.models import Account, Book, Entry, Log, Paper, Project
from linli.ledger.rules import REVERSAL
from linli.people.models import User
from tests.books import ESTATE, NOW

REFUSED = "linli:|constraint|permission denied|integer|bigint|UNIQUE|CHECK|NOT NULL"


def _sql(table, row):
    names = ", ".join(f'"{name}"' for name in row)
    return f"INSERT INTO {table} ({names}) VALUES ({', '.join(['%s'] * len(row))})", [*row.values()]


def run(*statements):
    """Run statements in a transaction of their own, deferred constraints looked at."""
    with transaction.atomic(), connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            cursor.execute("SET CONSTRAINTS ALL DEFERRED")
        for statement in statements:
            cursor.execute(*statement) if isinstance(statement, tuple) else cursor.execute(
                statement
            )
        if connection.vendor == "postgresql":
            cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")


def forged(estate, lines, **more):
    """An entry with its leaf and lines, as somebody might write it past the posting function.

    `lines`: (account, fen, project id)."""
    book = Book.objects.get(pk=estate.book.pk)
    log = Log.objects.get(pk=book.log_id)
    number = more.pop("number", log.entry_count + 1)
    id_ = posting.entry_id(book.pk, number)
    leaf = leaf_id(log.pk, log.size)
    row = {
        "id": id_,
        "book_id": book.pk,
        "number": number,
        "leaf_id": leaf,
        "key": "forged",
        "content": "",
        "kind": "import",
        "date": "2026-09-20",
        "period": "2026-09",
        "recorded_at": "2026-11-05 02:00:00+00",
        "mark": "",
    } | more
    told = {"log_id": log.pk, "index": log.size, "kind": "entry", "body": "{}", "hash": "0" * 64}
    yield _sql("ledger_leaf", {"id": leaf} | told)
    for position, (account, fen, *project) in enumerate(lines):
        yield _sql(
            "ledger_line",
            {
                "id": posting.line_id(id_, position),
                "entry_id": id_,
                "position": position,
                "account_id": account.pk,
                "project_id": project[0] if project else None,
                "restriction": "",
                "amount_fen": fen,
            },
        )
    yield _sql("ledger_entry", row)


@pytest.fixture
def clerks(db):
    return [
        User.objects.create(username=f"clerk-{n}", name=f"张{n}", created_at=NOW) for n in range(3)
    ]


@pytest.fixture
def told(estate):
    estate.post(estate.draft())
    estate.other = open_other()
    return estate


def open_other():
    """Another book with an account and a project of its own."""
    book = services.open_book(
        by=None, name="钟楼小区", place=ESTATE[:-1] + "2", first_period="2026-09", now=NOW
    )
    services.open_account(by=None, book=book, fund="common", name="专户", holder="bank", now=NOW)
    services.add_project(by=None, book=book, code="P", name="路", budgets={"common": 1}, now=NOW)
    return book


def of(estate, code="parking", fund="common"):
    return Account.objects.get(book=estate.book, code=code, fund=fund)


def pair(estate, fen=100, fund="common"):
    return [(estate.accounts[fund], fen), (of(estate), -fen)]


def test_a_whole_entry_would_pass(told):
    run(*forged(told, pair(told)))
    assert Entry.objects.filter(key="forged").exists()


FORGERIES = {
    "one line": lambda e: forged(e, pair(e)[:1]),
    "no line": lambda e: forged(e, []),
    "out of balance": lambda e: forged(e, [(e.accounts["common"], 100), (of(e), -99)]),
    "balanced over two funds": lambda e: forged(
        e, [(e.accounts["common"], 100), (e.accounts["seed"], -100)]
    ),
    "another book's account": lambda e: forged(
        e, [(e.accounts["common"], 100), (Account.objects.get(book=e.other, name="专户"), -100)]
    ),
    "another book's project": lambda e: forged(
        e,
        [
            (e.accounts["common"], -100),
            (of(e, "common_project"), 100, Project.objects.get(book=e.other).pk),
        ],
    ),
    "half a fen": lambda e: forged(e, [(e.accounts["common"], 0.5), (of(e), -0.5)]),
    "nothing": lambda e: forged(e, [(e.accounts["common"], 0), (of(e), 0)]),
    "more than a machine counts": lambda e: forged(e, pair(e, 2**53)),
    "a number left out": lambda e: forged(e, pair(e), number=9),
    "a number taken": lambda e: forged(e, pair(e), number=2),
    "a key used": lambda e: forged(e, pair(e), key=Entry.objects.get(number=2).key),
    "in another month than its day": lambda e: forged(e, pair(e), period="2026-10"),
    "a voucher nobody approved": lambda e: forged(e, pair(e), kind="voucher"),
    "a reversal of nothing": lambda e: forged(e, pair(e), kind=REVERSAL),
}


@pytest.mark.parametrize("forgery", FORGERIES.values(), ids=FORGERIES.keys())
def test_the_database_refuses(told, forgery):
    statements = list(forgery(told))
    if connection.vendor == "postgresql" and any(0.5 in s[1] for s in statements):
        statements = [
            (sql, ["0.5" if v == 0.5 else "-0.5" if v == -0.5 else v for v in values])
            for sql, values in statements
        ]
    with pytest.raises(DatabaseError, match=REFUSED):
        run(*statements)


def test_the_database_refuses_one_person_in_two_parts(told, clerks):
    a, b, _c = (clerk.pk for clerk in clerks)
    for people in (
        {"prepared_by_id": a, "approved_by_id": a},
        {"prepared_by_id": a, "approved_by_id": b, "seconded_by_id": b},
        {"prepared_by_id": a, "approved_by_id": b, "seconded_by_id": a},
    ):
        with pytest.raises(DatabaseError, match=REFUSED):
            run(*forged(told, pair(told), kind="voucher", **people))


def undo(told, clerks, number=2, **more):
    """The exact inverse of an entry, prepared and approved."""
    lines = Entry.objects.get(number=number, book=told.book).lines.select_related("account")
    given = {
        "kind": REVERSAL,
        "reverses_id": posting.entry_id(told.book.pk, number),
        "original_on": "2026-09-10",
        "prepared_by_id": clerks[0].pk,
        "approved_by_id": clerks[1].pk,
    }
    return [*forged(told, [(line.account, -line.amount_fen) for line in lines], **(given | more))]


def test_the_database_takes_an_exact_reversal_once(told, clerks):
    run(*undo(told, clerks))
    reversal = Entry.objects.get(key="forged")
    Log.objects.filter(pk=told.book.log_id).update(size=4, entry_count=3)
    for number in (2, reversal.number):
        with pytest.raises(DatabaseError, match=REFUSED):
            run(*undo(told, clerks, number=number, key="again"))


@pytest.mark.parametrize(
    "wrong",
    [{"original_on": None}, {"number": 1, "reverses_id": None}, {"kind": "voucher"}],
    ids=["without its day", "without what it reverses", "called otherwise"],
)
def test_the_database_refuses_a_reversal_that_is_none(told, clerks, wrong):
    wrong = {k: v for k, v in wrong.items() if k != "number"}
    with pytest.raises(DatabaseError, match=REFUSED):
        run(*undo(told, clerks, **wrong))


def test_the_database_refuses_to_reverse_an_opening_or_by_another_sum(told, clerks):
    with pytest.raises(DatabaseError, match=REFUSED):
        run(*undo(told, clerks, number=1))
    given = {"kind": REVERSAL, "original_on": "2026-09-10", "prepared_by_id": clerks[0].pk}
    given |= {"approved_by_id": clerks[1].pk, "reverses_id": posting.entry_id(told.book.pk, 2)}
    with pytest.raises(DatabaseError, match="reversal_is_the_inverse"):
        run(*forged(told, [(told.accounts["common"], -9), (of(told), 9)], **given))


def test_the_database_refuses_an_entry_in_a_sealed_month_or_before_it(told):
    services.seal(by=None, book=told.book, period="2026-09", make=lambda *_: b"{}", now=NOW)
    for day in ("2026-09-30", "2026-08-31"):
        with pytest.raises(DatabaseError, match="entry_in_an_open_month"):
            run(*forged(told, pair(told), date=day, period=day[:7]))
    run(*forged(told, pair(told), date="2026-10-01", period="2026-10"))


def test_the_database_refuses_history_once_the_book_is_live(told):
    Book.objects.filter(pk=told.book.pk).update(live_from="2026-10")
    run(*forged(told, pair(told)))
    Log.objects.filter(pk=told.book.log_id).update(size=4, entry_count=3)
    with pytest.raises(DatabaseError, match="history_before"):
        run(*forged(told, pair(told), key="x", date="2026-10-01", period="2026-10"))


@pytest.mark.parametrize(
    "statement",
    [
        f"{verb} {table}"
        for table in (
            "ledger_leaf",
            "ledger_entry",
            "ledger_line",
            "ledger_paper",
            "ledger_checkpoint",
        )
        for verb in ("DELETE FROM", "UPDATE")
    ]
    + [
        "DELETE FROM ledger_wording",
        "DELETE FROM ledger_balance",
        "DELETE FROM ledger_account",
        "DELETE FROM ledger_project",
        "DELETE FROM ledger_budget",
        "DELETE FROM ledger_book",
        "DELETE FROM ledger_log",
        "UPDATE ledger_wording SET summary = '别的' WHERE summary <> ''",
        "UPDATE ledger_account SET kind = 'use' WHERE code = 'parking'",
        "UPDATE ledger_log SET size = 0",
        "UPDATE ledger_book SET code = 'B9'",
    ],
)
def test_the_database_keeps_what_is_there(told, statement):
    services.add_project(
        by=None, book=told.book, code="P", name="路", budgets={"common": 1}, now=NOW
    )
    services.checkpoint(by=None, book=told.book, now=NOW)
    Paper(entry=Entry.objects.get(number=2), position=0, sha256="0" * 64).save()
    if statement.startswith("UPDATE") and "SET" not in statement:
        statement += " SET id = id + 1"
    with pytest.raises(DatabaseError, match=REFUSED):
        run(statement)


def test_no_row_is_replaced_by_another_of_its_key(told):
    if connection.vendor != "sqlite":
        pytest.skip("REPLACE is SQLite's")
    for table in ("ledger_leaf", "ledger_entry", "ledger_line", "ledger_wording"):
        with pytest.raises(DatabaseError, match=REFUSED):
            run(f"REPLACE INTO {table} SELECT * FROM {table}")


def test_words_may_be_erased(told):
    run("UPDATE ledger_wording SET summary = '', salts = '{}'")
    entry = Entry.objects.select_related("wording").get(number=2)
    assert entry.wording.summary == "" and json.dumps(entry.wording.salts) == "{}"
