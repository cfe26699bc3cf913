"""The month's statement and the whole proof, while the book grows."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from functools import cache
from itertools import count

from django.db import connection

from bench import peers
from bench.frame import Aim, Bench, Run, Side
from linli.disclosure import queries as disclosure
from linli.kernel.period import Period
from linli.ledger.models import Entry, Line
from linli.proof import queries as proof
from linli.proof.management.commands.verify import PROCESSES
from linli.upkeep.database import as_owner
from tests.books import Estate, open_estate

SIZES, LARGE = (1_000, 10_000, 100_000), (1_000_000,)
FIRST, MONTH, A_MONTH, MONTHS = "2008-01", "2026-09", 500, 200
BATCH, EACH = 10_000, 20
NUMBERS = count(1)


@cache
def estate() -> Estate:
    """A book with the same number of entries in every month; the more it holds, the further back it
    goes (beyond 100,000 the months are gone through again). They go to an account in custody, which
    has no bank lines to be matched with."""
    return open_estate(code="B000002", place="370614001001002", first_period=FIRST)


def fill(size: int) -> None:
    """Bring the book to so many entries."""
    book = estate()
    there = Entry.objects.filter(book=book.book).count()
    for start in range(there, size, BATCH):
        book.post(*_drafts(book, min(BATCH, size - start)))


def _drafts(book: Estate, wanted: int) -> Iterator[object]:
    for number in (next(NUMBERS) for _ in range(wanted)):
        month = Period(MONTH).plus(-((number - 1) // A_MONTH % MONTHS))
        day = month.first_on + timedelta(days=number % 28)
        yield book.draft(
            "fiscal",
            category="grant",
            key=f"statement:{number}",
            date=day,
            fen=number % 900 + 100,
        )


def statements() -> Run:
    """All that `statement.json` says of one month."""
    book = estate().book

    def run(_size: int) -> None:
        for _ in range(EACH):
            disclosure.statement(book, MONTH)

    return run


def bare_sums() -> Run:
    """One sum over the bare lines of the month and of all before it, by account: the floor for
    whoever keeps no balances."""
    table = f"bench_sums_{next(NUMBERS)}"
    lines = Line.objects.filter(entry__book=estate().book)
    rows = list(lines.values_list("account_id", "entry__period", "amount_fen"))
    with as_owner(), connection.cursor() as cursor:
        cursor.execute(f"CREATE TABLE {table} (account BIGINT, period VARCHAR(7), fen BIGINT)")
        cursor.executemany(f"INSERT INTO {table} VALUES (%s, %s, %s)", rows)
        cursor.execute(f"CREATE INDEX {table}_month ON {table} (period, account, fen)")
        cursor.execute("ANALYZE")
        if connection.vendor == "postgresql":
            cursor.execute(f"GRANT ALL ON {table} TO PUBLIC")

    def run(_size: int) -> None:
        for _ in range(EACH):
            with connection.cursor() as cursor:
                for test in ("=", "<"):
                    cursor.execute(
                        f"SELECT account, SUM(fen) FROM {table} WHERE period {test} %s "
                        "GROUP BY account",
                        [MONTH],
                    )
                    cursor.fetchall()

    return run


def whole_proof() -> Run:
    """Every check of the book, from the first leaf."""
    code = estate().book.code

    def run(_size: int) -> None:
        report = proof.verify(book=code, processes=PROCESSES)
        assert report.holds, report.faults[:3]

    return run


BENCHES = (
    Bench(
        code="statement",
        title="a month's statement, in a book of so many entries",
        unit="statements",
        sizes=SIZES,
        large=LARGE,
        sides=(
            Side("linli", statements),
            Side("bare sums", bare_sums),
            *(
                peers.side(name, "statement", each=3, until=10_000, fill=True)
                for name in peers.there("django-ledger", "django-hordak", "beancount", "hledger")
            ),
        ),
        target="more than 100 a second (under 10 ms), the same at every size; five times the best "
        "peer at 10,000",
        aims=(
            Aim(rate=100),
            *(
                Aim(times=5, than=name, size=10_000)
                for name in ("django-ledger", "django-hordak", "beancount", "hledger")
            ),
        ),
        fill=fill,
        each=EACH,
    ),
    Bench(
        code="verify",
        title="prove a book",
        unit="entries",
        sizes=SIZES[-1:],
        large=LARGE,
        sides=(Side("linli", whole_proof),),
        target="100,000 a second",
        aims=(Aim(rate=100_000),),
        tried="docs/adr/0012",
        fill=fill,
    ),
)
