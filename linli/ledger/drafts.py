"""What is to be posted, and the book as far as the rules of posting ask. No database, no clock;
amounts are fen, debit positive."""

from __future__ import annotations

import hashlib
import json
import unicodedata
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date

VOUCHER, OPENING, REVERSAL, IMPORT = "voucher", "opening", "reversal", "import"
MONEY, INCOME, COST, USE, TRANSFER = "money", "income", "cost", "use", "transfer"
LIABILITY, NET_ASSETS = "liability", "net_assets"
NET, CLOSING = "net", "closing"
MATCH_OUT, MATCH_IN = "match_out", "match_in"
BETWEEN = "between_accounts"
RESTRICTED = frozenset({"seed", "fiscal"})
"""The funds of which parts may be given for one purpose only."""
LIMIT = 2**53


Day = date


@dataclass(frozen=True, slots=True, kw_only=True)
class DraftLine:
    """One line to post: fund and account code, amount (debit positive), project, restriction."""

    fund: str
    account: str
    amount_fen: int
    project: str = ""
    restriction: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Draft:
    """What is to become an entry.

    `words`: field → text (the fields of `models.WORDS`); `papers`: SHA-256 hex, in order;
    `receipts`: (n, sum in fen, root hex); people are user ids, roles role codes; `reverses` is an
    entry number; `original`: the booking date that a reversal or a replacement corrects;
    `person`: the counterparty is a natural person, so its name is withheld from the public.
    """

    key: str
    kind: str
    date: date
    lines: tuple[DraftLine, ...]
    words: Mapping[str, str] = field(default_factory=dict)
    papers: tuple[str, ...] = ()
    receipts: tuple[int, int, str] | None = None
    prepared_by: int | None = None
    prepared_role: str = ""
    approved_by: int | None = None
    approved_role: str = ""
    seconded_by: int | None = None
    seconded_role: str = ""
    reverses: int | None = None
    original: Day | None = None
    person: bool = False

    @property
    def period(self) -> str:
        return self.date.isoformat()[:7]


@dataclass(frozen=True, slots=True, kw_only=True)
class AccountFact:
    """What a rule needs to know of an account."""

    id: int
    fund: str
    code: str
    kind: str
    name: str
    opened_on: date | None = None
    closed_on: date | None = None


@dataclass(slots=True, kw_only=True)
class BookFacts:
    """The book as it stands under the lock; `after` moves it on entry by entry.

    `owed_fen`: what is held for others (deposits), by account.
    """

    accounts: dict[tuple[str, str], AccountFact]
    projects: dict[str, int]
    first_period: str
    sealed_through: str
    live_from: str
    limit_fen: int
    today: date
    money_fen: dict[int, int] = field(default_factory=dict)
    owed_fen: dict[int, int] = field(default_factory=dict)
    restricted_fen: dict[tuple[str, str], int] = field(default_factory=dict)
    budget_fen: dict[tuple[str, str], int] = field(default_factory=dict)
    paid_fen: dict[tuple[str, str], int] = field(default_factory=dict)

    def after(self, draft: Draft) -> None:
        """Move the running sums on by one entry."""
        for line in draft.lines:
            account = self.accounts[line.fund, line.account]
            if account.kind == MONEY:
                self.money_fen[account.id] = self.money_fen.get(account.id, 0) + line.amount_fen
                continue
            if account.kind == LIABILITY:
                self.owed_fen[account.id] = self.owed_fen.get(account.id, 0) - line.amount_fen
            if line.restriction:
                held = self.restricted_fen.get((line.fund, line.restriction), 0)
                self.restricted_fen[line.fund, line.restriction] = held - line.amount_fen
            if line.project and account.kind == USE:
                paid = self.paid_fen.get((line.project, line.fund), 0)
                self.paid_fen[line.project, line.fund] = paid + line.amount_fen


def tidy(text: str) -> str:
    """Text as the log may hold it: NFC, no control characters, no white space at the ends."""
    composed = unicodedata.normalize("NFC", text)
    if composed.isprintable():
        return composed.strip()
    return "".join(c if unicodedata.category(c)[0] != "C" else " " for c in composed).strip()


def content(draft: Draft) -> str:
    """The hash of what a draft says, without who approved it or when: for replays of a key."""
    said = {
        "kind": draft.kind,
        "date": draft.date.isoformat(),
        "lines": [
            [line.fund, line.account, line.project, line.restriction, line.amount_fen]
            for line in draft.lines
        ],
        "words": {name: text for name, text in draft.words.items() if text},
        "papers": list(draft.papers),
        "receipts": list(draft.receipts or ()),
        "reverses": draft.reverses or 0,
        "original": draft.original.isoformat() if draft.original else "",
    }
    text = json.dumps(said, sort_keys=True, ensure_ascii=False, separators=(",", ":"))
    return hashlib.sha256(text.encode()).hexdigest()


def inverse(lines: Iterable[DraftLine]) -> tuple[DraftLine, ...]:
    """The exact inverse, in the same order."""
    return tuple(
        DraftLine(
            fund=line.fund,
            account=line.account,
            amount_fen=-line.amount_fen,
            project=line.project,
            restriction=line.restriction,
        )
        for line in lines
    )
