"""Posting: an entry with all its invariants, against bare rows of the same shape."""

from __future__ import annotations

from functools import cache
from itertools import count

from django.db import connection, transaction

from bench import peers
from bench.frame import Aim, Bench, Run, Side
from linli.ledger.models import Entry
from linli.upkeep.database import as_owner
from tests.books import Estate, open_estate

NUMBERS = count(1)
EACH = 50
"""Entries that a peer posts in a round."""


@cache
def estate() -> Estate:
    """The book that all of them post into; it grows from round to round."""
    return open_estate()


def one_by_one() -> Run:
    """Each entry in a transaction of its own, as an approval posts it."""
    book = estate()

    def run(size: int) -> None:
        for _ in range(size):
            book.post(book.draft(key=f"bench:{next(NUMBERS)}"))

    return run


def together() -> Run:
    """All entries in one transaction, as an import posts them."""
    book = estate()

    def run(size: int) -> None:
        book.post(*(book.draft(key=f"bench:{next(NUMBERS)}") for _ in range(size)))

    return run


TABLES = {
    **{name: f"ledger_{name}" for name in ("leaf", "line", "entry", "wording", "balance", "log")},
    "trail": "trail_line",
}


def same_rows() -> Run:
    """The rows of one entry again, statement by statement, in plain tables with the same columns
    and keys: no rule, no guard, no reference, no hash. This is the floor."""
    book, mark = estate(), next(NUMBERS)
    name = {table: f"bench_{table}_{mark}" for table in TABLES}
    book.post(book.draft(key=f"bench:{mark}"))
    entry = Entry.objects.get(book=book.book, key=f"bench:{mark}")
    wanted = {
        "leaf": f"id = {entry.leaf_id}",
        "line": f"entry_id = {entry.pk}",
        "entry": f"id = {entry.pk}",
        "wording": f"entry_id = {entry.pk}",
        "trail": "id = (SELECT MAX(id) FROM trail_line)",
    }
    rows = {}
    with as_owner(), connection.cursor() as cursor:
        for table in TABLES:
            cursor.execute(
                f"CREATE TABLE {name[table]} AS SELECT * FROM {TABLES[table]} "
                f"WHERE {wanted.get(table, '1=1')}"
            )
            if table in wanted:
                cursor.execute(f"SELECT * FROM {name[table]}")
                columns = [column[0] for column in cursor.description]
                rows[table] = [dict(zip(columns, row, strict=True)) for row in cursor.fetchall()]
        for table, columns in KEYS:
            cursor.execute(
                f"CREATE UNIQUE INDEX {name[table]}_{columns[0]} "
                f"ON {name[table]} ({', '.join(columns)})"
            )
        if connection.vendor == "postgresql":
            cursor.execute(f"GRANT ALL ON {', '.join(name.values())} TO PUBLIC")

    def run(size: int) -> None:
        for _ in range(size):
            pk = next(NUMBERS) + (1 << 40)
            with transaction.atomic(), connection.cursor() as cursor:
                for table, some in rows.items():
                    cursor.execute(*_insert(name[table], _renumbered(some, pk)))
                cursor.execute(
                    f"INSERT INTO {name['balance']} AS b "
                    "(account_id, period, debit_fen, credit_fen, entry_count) "
                    "VALUES (%s, %s, 1, 0, 1), (%s, %s, 0, 1, 1) "
                    "ON CONFLICT (account_id, period) DO UPDATE SET "
                    "debit_fen = b.debit_fen + excluded.debit_fen, "
                    "credit_fen = b.credit_fen + excluded.credit_fen, "
                    "entry_count = b.entry_count + excluded.entry_count",
                    [v for row in rows["line"] for v in (row["account_id"], entry.period)],
                )
                cursor.execute(f"UPDATE {name['log']} SET size = size + 1 WHERE id = %s", [1])

    return run


KEYS = (
    ("leaf", ("id",)),
    ("line", ("id",)),
    ("entry", ("id",)),
    ("entry", ("key", "book_id")),
    ("wording", ("entry_id",)),
    ("balance", ("account_id", "period")),
    ("log", ("id",)),
    ("trail", ("id",)),
)


def _renumbered(rows: list[dict], pk: int) -> list[dict]:
    """The rows of the pattern under numbers and a key of their own."""
    key = {"key": f"bench:{pk}"} if "key" in rows[0] else {}
    first = next(iter(rows[0]))
    return [row | {first: pk * 4 + place} | key for place, row in enumerate(rows)]


def _insert(table: str, rows: list[dict]) -> tuple[str, list]:
    one = "(" + ", ".join(["%s"] * len(rows[0])) + ")"
    values = [value for row in rows for value in row.values()]
    return f"INSERT INTO {table} VALUES " + ", ".join([one] * len(rows)), values


BENCHES = (
    Bench(
        code="posting",
        title="post a voucher, one transaction each",
        unit="entries",
        sizes=(200,),
        sides=(
            Side("linli", one_by_one),
            Side("the same rows", same_rows),
            *(
                peers.side(name, "post", each=EACH)
                for name in peers.there("django-ledger", "django-hordak")
            ),
        ),
        target="at least half of the floor (the same rows); four times django-ledger on SQLite, "
        "one and a half times django-hordak on PostgreSQL",
        aims=(
            Aim(times=0.5, than="the same rows"),
            Aim(times=4, than="django-ledger", database="SQLite"),
            Aim(times=1.5, than="django-hordak", database="PostgreSQL"),
        ),
        tried="docs/adr/0012",
        durable="all sides commit to the disk each time, in the product's own mode",
    ),
    Bench(
        code="import",
        title="post many entries in one transaction",
        unit="entries",
        sizes=(1_000, 4_000),
        sides=(Side("linli", together),),
        target="5,000 a second on SQLite, 3,000 on PostgreSQL",
        aims=(Aim(rate=5_000, database="SQLite"), Aim(rate=3_000, database="PostgreSQL")),
    ),
)
