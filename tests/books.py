"""An estate's book to test with: told through the services, like everything else."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from itertools import count

import pytest

from linli.ledger import services
from linli.ledger.rules import IMPORT, Draft, DraftLine
from linli.upkeep.database import as_owner as as_owner

ESTATE = "370614001001001"
NOW = datetime(2026, 11, 5, 2, 0, tzinfo=UTC)


def salts() -> Callable[[], bytes]:
    """Salts that are the same in every run."""
    numbers = count(1)
    return lambda: next(numbers).to_bytes(32, "big")


@dataclass
class Estate:
    """A book with a bank account for common income and custody for the other two funds."""

    book: object
    accounts: dict[str, object]
    by: object
    salt: Callable[[], bytes] = field(default_factory=salts)

    def draft(self, fund: str = "common", **more: object) -> Draft:
        """An income of 100.00 yuan, imported, unless told otherwise."""
        category, fen = more.pop("category", "parking"), more.pop("fen", 10000)
        money = self.accounts[fund].code
        lines = (
            DraftLine(fund=fund, account=money, amount_fen=fen),
            DraftLine(
                fund=fund,
                account=category,
                amount_fen=-fen,
                project=more.pop("project", ""),
                restriction=more.pop("restriction", ""),
            ),
        )
        told = {
            "key": f"row:{more.get('date', '')}:{fen}:{category}",
            "kind": IMPORT,
            "date": date(2026, 9, 10),
            "lines": lines,
            "words": {"summary": "停车费", "counterparty": "业主"},
            "prepared_role": "bookkeeper",
        }
        return Draft(**(told | more))  # type: ignore[arg-type]

    def post(self, *drafts: Draft, now: datetime = NOW) -> object:
        return services.post(by=self.by, book=self.book, drafts=drafts, now=now, salt=self.salt)


def open_estate(
    by: object = None,
    *,
    opening: bool = True,
    code: str = "B000001",
    place: str = ESTATE,
    first_period: str = "2026-09",
) -> Estate:
    """Open the book; with an opening of 1000.00 yuan in each fund."""
    book = services.open_book(
        by=by, name="碧海家园", place=place, code=code, first_period=first_period, now=NOW
    )
    accounts = {
        fund: services.open_account(
            by=by, book=book, fund=fund, name=name, holder=holder, tail=tail, now=NOW
        )
        for fund, name, holder, tail in (
            ("common", "业委会专户", "bank", "9876"),
            ("seed", "慈善总会代管", "custody", ""),
            ("fiscal", "街道代管", "custody", ""),
        )
    }
    estate = Estate(book, accounts, by)
    if opening:
        services.post_opening(
            by=by,
            book=book,
            balances={account.pk: 100_000 for account in accounts.values()},
            now=NOW,
            salt=estate.salt,
        )
    return estate


@pytest.fixture
def estate(db: None) -> Estate:
    return open_estate()
