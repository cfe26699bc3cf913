"""What a bank statement says, as plain data: the result of reading it."""

from __future__ import annotations

import hashlib
import json
from dataclasses import dataclass
from datetime import date, datetime

from linli.intake.faults import Fault, Left
from linli.intake.ledger_sheet import AccountHint
from linli.sheets.headings import ColumnUse

Identity = tuple[str, str, int, int | None, int]


@dataclass(frozen=True, slots=True)
class BankLine:
    """One movement. `amount_fen`: money in is positive; `balance_fen` is what the bank states.

    `occurrence` counts lines that are alike in everything else (1, 2 …), so that the same line is
    known again in another statement and two equal payments of one day stay two.
    """

    on: date
    at: datetime | None
    amount_fen: int
    balance_fen: int | None
    summary: str
    counterparty: str
    serial: str
    source_row: int
    occurrence: int = 1

    @property
    def identity(self) -> Identity:
        """(serial, day, amount, balance, occurrence)."""
        day = self.on.isoformat()
        return self.serial, day, self.amount_fen, self.balance_fen, self.occurrence

    @property
    def key(self) -> str:
        """The identity as a short text, unique within an account."""
        text = json.dumps(self.identity, ensure_ascii=False, separators=(",", ":"))
        return "b:" + hashlib.sha256(text.encode()).hexdigest()[:40]


@dataclass(frozen=True, slots=True)
class Break:
    """A row whose balance does not follow from the line before it in time."""

    row: int
    expected_fen: int
    found_fen: int


@dataclass(frozen=True, slots=True)
class BankFile:
    """Everything that was read. `lines` are in order of time, whatever the order of the file.

    Every row of the sheet is a line, or in `left` with its reason, or has a fault. `warnings` are
    points that do not stop an import (a balance that is masked, a total that does not fit).
    `opening_fen` is the balance before the first line; None where the file states no balances.
    `covers_since`, `covers_until`: as the file says (`says_since`, `says_until`), else by its lines.
    """

    profile: str
    profile_name: str
    kind: str
    sheet: str
    account_hint: AccountHint
    lines: tuple[BankLine, ...]
    left: tuple[Left, ...]
    breaks: tuple[Break, ...]
    newest_first: bool
    opening_fen: int | None
    closing_fen: int | None
    faults: tuple[Fault, ...]
    warnings: tuple[Fault, ...] = ()
    covers_since: date | None = None
    covers_until: date | None = None
    says_since: bool = False
    says_until: bool = False
    column_map: tuple[ColumnUse, ...] = ()
    other_sheets: tuple[str, ...] = ()
    encoding: str = ""

    @property
    def good(self) -> bool:
        """Whether all of it may be taken in."""
        return not self.faults
