"""The end of a month: sealing and publishing it for every book of a county, papers included."""

from __future__ import annotations

import hashlib
from datetime import UTC, date, datetime
from functools import cache
from itertools import count
from pathlib import Path

from django.conf import settings

from bench.frame import Aim, Bench, Run, Side
from linli.bank import services as bank
from linli.bank.rules import BankLineDraft, StatementDraft
from linli.disclosure import folder
from linli.disclosure import queries as disclosure
from linli.kernel.period import Period
from linli.ledger.rules import DraftLine
from linli.months import services as months
from linli.places.models import Place
from tests.books import NOW, Estate, open_estate

BOOKS, ENTRIES, MONTHS, FIRST = 300, 12, 7, Period("2025-01")
LATER = datetime(2026, 12, 5, 2, 0, tzinfo=UTC)
SPENT = "management"
LEVELS = ((6, "county"), (9, "street"), (12, "community"), (15, "estate"))
OPENINGS: dict[int, int] = {}
"""What each book's account holds at the end of the last month told, in fen."""
ENDED = count()


@cache
def estate(number: int) -> Estate:
    """One of the county's estates: an account at a bank, two funds in custody."""
    place = f"370614{number // 100 + 1:03d}{number // 10 % 10 + 1:03d}{number % 10 + 1:03d}"
    Place.objects.bulk_create(
        [Place(place=place[:n], level=level, name=f"{place[:n]}处") for n, level in LEVELS],
        ignore_conflicts=True,
    )
    return open_estate(code=f"M{number:06d}", place=place, first_period=FIRST.code)


def tell(number: int, month: Period) -> None:
    """A month of a book: a dozen entries, the bank's file for them, everything matched."""
    book = estate(number)
    account = book.accounts["common"]
    days = [date(month.first_on.year, month.first_on.month, 2 * n + 1) for n in range(ENTRIES)]
    sums = [(n * 37 + number) % 900 * 100 + 10_000 for n in range(ENTRIES)]
    signed = [-fen // 2 if n % 3 == 2 else fen for n, fen in enumerate(sums)]
    keys = [f"{month.code}:{n}" for n in range(ENTRIES)]
    book.post(
        *(
            book.draft(
                key=key,
                date=on,
                lines=(
                    DraftLine(fund="common", account=account.code, amount_fen=fen),  # type: ignore[attr-defined]
                    DraftLine(
                        fund="common", account="parking" if fen > 0 else SPENT, amount_fen=-fen
                    ),
                ),
            )
            for key, on, fen in zip(keys, days, signed, strict=True)
        )
    )
    opening = OPENINGS.get(number, 100_000)
    OPENINGS[number] = opening + sum(signed)
    lines = tuple(
        BankLineDraft(
            on=on, amount_fen=fen, key=key, summary="停车费", counterparty="业主", balance_fen=None
        )
        for key, on, fen in zip(keys, days, signed, strict=True)
    )
    bank.keep_statement(
        by=None,
        account=account,
        draft=StatementDraft(
            sha256=hashlib.sha256(f"{number}{month.code}".encode()).hexdigest(),
            file_name="bank.csv",
            profile="icbc",
            from_on=month.first_on,
            to_on=month.last_on,
            opening_fen=opening,
            closing_fen=OPENINGS[number],
            lines=lines,
        ),
        now=NOW,
    )
    bank.auto_match(by=None, account=account, through=month.code, now=LATER)


def fill(size: int) -> None:
    """Some months of each book, told and matched: one for each round, in which it is sealed."""
    for number in range(size):
        for month in range(MONTHS):
            tell(number, FIRST.plus(month))


def ended() -> Run:
    """Seal the next month of each book, render its papers, publish it, write the folders."""

    def run(size: int) -> None:
        month = FIRST.plus(next(ENDED)).code
        for number in range(size):
            book = estate(number).book
            months.seal_imported(by=None, book=book, period=month, now=LATER)
            months.publish(by=None, book=book, period=month, now=LATER, write=False)
        releases = disclosure.all_published().filter(period=month)
        folder.write(releases.iterator(), Path(settings.PUBLIC))

    return run


BENCHES = (
    Bench(
        code="months",
        title="seal and publish a month of every book, papers included",
        unit="books",
        sizes=(BOOKS,),
        sides=(Side("linli", ended),),
        target="300 books in less than a minute: more than five a second",
        aims=(Aim(rate=5),),
        fill=fill,
        most=MONTHS,
    ),
)
