"""An estate with its people and a bank that says what a test wants it to say."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from datetime import UTC, date, datetime
from itertools import count

from linli.bank import services
from linli.bank.rules import BankLineDraft, StatementDraft
from linli.kernel import body as bodies
from linli.kernel import leaves
from linli.kernel.roles import APPROVER, BOOKKEEPER, CASHIER, RESIDENT
from linli.ledger import services as ledger
from linli.ledger.rules import DraftLine
from linli.people.models import User
from tests.books import ESTATE, NOW, open_estate
from tests.people import lay_places, make_person

__all__ = ["ESTATE", "NOW"]

LATER = datetime(2026, 12, 5, 2, 0, tzinfo=UTC)


def day(text):
    """ "0930" → 2026-09-30."""
    return date(2026, int(text[:2]), int(text[2:]))


def line(text, yuan, summary="", party="", balance=None, key=None):
    return BankLineDraft(
        on=day(text),
        amount_fen=round(yuan * 100),
        key=key or f"{text}|{yuan}|{summary}",
        summary=summary,
        counterparty=party,
        balance_fen=None if balance is None else round(balance * 100),
    )


def statement(*lines, from_="0901", to="0930", opening=1000, closing=None, name="bank.csv"):
    told = "\n".join([name, from_, to, *(item.key for item in lines)])
    return StatementDraft(
        sha256=hashlib.sha256(told.encode()).hexdigest(),
        file_name=name,
        profile="icbc",
        from_on=day(from_),
        to_on=day(to),
        opening_fen=None if opening is None else round(opening * 100),
        closing_fen=None if closing is None else round(closing * 100),
        lines=tuple(lines),
    )


@dataclass
class Desk:
    """The estate's bank account (1000.00 at the start of September) and who works on it."""

    estate: object
    bookkeeper: User
    cashier: User
    resident: User
    approver: User

    def __post_init__(self):
        self.serial = count(1)
        self.account = self.estate.accounts["common"]
        self.book = self.estate.book

    def post(self, text, yuan, summary="停车费", party="", category=None, account="common", **more):
        """One entry on the account: in if positive, out if negative."""
        fen = round(yuan * 100)
        money = self.estate.accounts[account]
        category = category or ("parking" if fen > 0 else "management")
        draft = self.estate.draft(
            key=f"row-{next(self.serial)}",
            date=day(text),
            lines=(
                DraftLine(fund=money.fund, account=money.code, amount_fen=fen),
                DraftLine(fund=money.fund, account=category, amount_fen=-fen),
            ),
            words={"summary": summary, "counterparty": party},
            **more,
        )
        return self.estate.post(draft, now=LATER).numbers[0]

    def keep(self, *lines, now=NOW, by=None, **more):
        draft = statement(*lines, **more)
        return services.keep_statement(
            by=by or self.bookkeeper, account=self.account, draft=draft, now=now
        )

    def auto(self, through="2026-09", by=None):
        return services.auto_match(
            by=by or self.bookkeeper, account=self.account, through=through, now=LATER
        )

    def match(self, *refs, by=None):
        return services.match(by=by or self.bookkeeper, account=self.account, refs=refs, now=LATER)

    def seal(self, period):
        def make(index, size, root, previous):
            told = leaves.seal(
                book=self.book.code,
                index=index,
                period=period,
                at=LATER,
                root=bytes.fromhex(root),
                files=dict.fromkeys(("statement.json", "statement.csv", "notice.pdf"), b"\0" * 32),
                chart=[],
                trial=[],
                previous=previous and (previous[0], bytes.fromhex(previous[1])),
            )
            return bodies.encode(told)

        return ledger.seal(by=None, book=self.book, period=period, make=make, now=LATER)

    def open_account(self, holder, name="现金", fund="common"):
        account = ledger.open_account(
            by=None, book=self.book, fund=fund, name=name, holder=holder, now=NOW
        )
        self.estate.accounts[name] = account
        return account


def open_desk():
    """The desk with its people, each with one role at the estate."""
    lay_places()
    roles = (BOOKKEEPER, CASHIER, RESIDENT, APPROVER)
    return Desk(open_estate(), *(make_person(r.code, r.name, r, ESTATE) for r in roles))
