"""Posting: an entry with all its invariants, against bare rows of the same shape."""

from __future__ import annotations

from functools import cache
from itertools import count

from django.db import connection, transaction

from bench.frame import Bench, Run, Side
from linli.upkeep.database import as_owner
from tests.books import Estate, open_estate

NUMBERS = count(1)


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


def bare_rows() -> Run:
    """One row and two lines a transaction, no rule, no hash, no balance: the floor."""
    number = next(NUMBERS)
    entry, line = f"bench_entry_{number}", f"bench_line_{number}"
    with as_owner(), connection.cursor() as cursor:
        cursor.execute(f"CREATE TABLE {entry} (id BIGINT PRIMARY KEY, key VARCHAR(80) UNIQUE)")
        cursor.execute(f"CREATE TABLE {line} (entry_id BIGINT, account_id BIGINT, fen BIGINT)")
        if connection.vendor == "postgresql":
            cursor.execute(f"GRANT ALL ON {entry}, {line} TO PUBLIC")

    def run(size: int) -> None:
        for _ in range(size):
            pk = next(NUMBERS)
            with transaction.atomic(), connection.cursor() as cursor:
                cursor.execute(f"INSERT INTO {entry} VALUES (%s, %s)", [pk, f"bench:{pk}"])
                cursor.execute(f"INSERT INTO {line} VALUES (%s, 1, 100), (%s, 2, -100)", [pk, pk])

    return run


BENCHES = (
    Bench(
        code="posting",
        title="post a voucher, one transaction each",
        unit="entries",
        sizes=(200,),
        sides=(Side("linli", one_by_one), Side("bare rows", bare_rows)),
        target="at least half of the floor",
        durable="both sides commit to the disk each time, in the product's own mode",
    ),
    Bench(
        code="import",
        title="post many entries in one transaction",
        unit="entries",
        sizes=(1_000, 4_000),
        sides=(Side("linli", together),),
        target="5,000 a second on SQLite, 3,000 on PostgreSQL",
    ),
)
