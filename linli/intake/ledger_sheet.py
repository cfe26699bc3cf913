"""What a ledger sheet says, as plain data: the result of reading it."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, timedelta

from linli.intake.faults import Fault, Left
from linli.kernel.period import Period
from linli.sheets.headings import ColumnUse

TEXTS = ("counterparty", "summary", "decision", "document", "handler", "note")


@dataclass(frozen=True, slots=True)
class AccountHint:
    """What a sheet or statement says of the account it belongs to, as far as it says anything."""

    tail: str = ""  # Last figures of the number, at most four.
    name: str = ""
    bank: str = ""


@dataclass(frozen=True, slots=True)
class SheetLine:
    """One row of a voucher. `amount_fen`: money in is positive, money out negative.

    `contra`: against its category's direction (a refund). `account` is empty where the sheet
    names none: the fund's default.
    """

    row: int
    fund: str
    category: str
    side: str
    amount_fen: int
    contra: bool = False
    account: str = ""
    project: str = ""
    counterparty: str = ""
    summary: str = ""
    decision: str = ""
    document: str = ""
    handler: str = ""
    note: str = ""


@dataclass(frozen=True, slots=True)
class SheetEntry:
    """One voucher: its rows in order. `key` is unique within a book."""

    key: str
    sheet: str
    on: date
    voucher: str
    lines: tuple[SheetLine, ...]

    @property
    def rows(self) -> tuple[int, ...]:
        return tuple(line.row for line in self.lines)

    @property
    def content(self) -> str:
        """A hash of what the voucher says: the same again gives the same hash."""
        return content_of(self.on, self.lines)

    @property
    def amount_fen(self) -> int:
        """What the money accounts gain by it (negative: lose)."""
        return sum(line.amount_fen for line in self.lines)

    @property
    def period(self) -> Period:
        return Period.of(self.on)

    def words(self, name: str) -> str:
        """The texts of a field over all rows, each once, joined by ；."""
        return "；".join(dict.fromkeys(filter(None, (getattr(line, name) for line in self.lines))))


@dataclass(frozen=True, slots=True)
class Opening:
    """What a fund had before the first period."""

    sheet: str
    row: int
    fund: str
    amount_fen: int
    on: date | None = None


@dataclass(frozen=True, slots=True)
class SheetProject:
    """A project with what its agreement lets it draw from each fund."""

    code: str
    name: str
    budgets: Mapping[str, int]
    agreement: str = ""
    contractor: str = ""
    need: str = ""
    rows: tuple[int, ...] = ()


@dataclass(frozen=True, slots=True)
class Subtotal:
    """A subtotal or total row: what it states beside what the good rows add up to."""

    sheet: str
    row: int
    label: str
    income_fen: int | None
    expense_fen: int | None
    expected_income_fen: int
    expected_expense_fen: int
    holds: bool


@dataclass(frozen=True, slots=True)
class LedgerSheet:
    """Everything that was read, good and bad.

    Every row that holds money is counted in `rows_total` and is good or bad; `entries` and
    `openings` come from good rows only. `left` are the other rows (titles, headings, subtotals,
    remarks), each with its sheet. `voucher_scope` is ``year`` or ``month``. `column_map` is that
    of the first sheet, empty where no headings were found; `heading_rows` (sheet → last row of
    the headings) and `columns` (sheet → field → column) are those of all sheets that were read.
    `resolved_days` are the days of rows that were written without a year; `bad_days` those of
    the bad rows, None where a day cannot be read.
    """

    title: str
    years: tuple[int, ...]
    account_hint: AccountHint
    voucher_scope: str
    openings: tuple[Opening, ...]
    entries: tuple[SheetEntry, ...]
    projects: tuple[SheetProject, ...]
    faults: tuple[Fault, ...]
    warnings: tuple[Fault, ...]
    subtotals: tuple[Subtotal, ...]
    rows_total: int
    rows_good: int
    rows_bad: int
    column_map: tuple[ColumnUse, ...]
    sheets: tuple[str, ...] = ()
    left: tuple[tuple[str, Left], ...] = ()
    heading_rows: Mapping[str, int] = field(default_factory=dict)
    columns: Mapping[str, Mapping[str, int]] = field(default_factory=dict)
    resolved_days: Mapping[tuple[str, int], date] = field(default_factory=dict)
    bad_days: Mapping[tuple[str, int], date | None] = field(default_factory=dict)

    @property
    def good(self) -> bool:
        """Whether all of it may be taken in."""
        return not self.faults

    @property
    def periods(self) -> tuple[Period, ...]:
        """The months that have entries, in order."""
        months = {(entry.on.year, entry.on.month) for entry in self.entries}
        return tuple(Period(f"{year:04d}-{month:02d}") for year, month in sorted(months))

    @property
    def opening_on(self) -> date | None:
        """The day before the first period, on which the openings stand."""
        if periods := self.periods:
            return periods[0].first_on - timedelta(days=1)
        days = [opening.on for opening in self.openings if opening.on]
        if not days:
            return None
        period = Period.of(min(days))
        return min(days) if min(days) == period.last_on else period.first_on - timedelta(days=1)


def content_of(on: date, lines: tuple[SheetLine, ...]) -> str:
    """A hash of what a voucher says, rows' places apart: the same again gives the same hash."""
    said = [
        on.isoformat(),
        *(
            [
                line.fund,
                line.category,
                line.amount_fen,
                line.account,
                line.project,
                *(getattr(line, name) for name in TEXTS),
            ]
            for line in lines
        ),
    ]
    text = json.dumps(said, ensure_ascii=False, separators=(",", ":"))
    return hashlib.sha256(text.encode()).hexdigest()
