"""A bank statement read as a whole: the door through which other parts come."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import replace
from datetime import date
from itertools import pairwise

from linli.intake.bank_file import BankFile, BankLine, Break
from linli.intake.bank_rows import BankRowReader
from linli.intake.faults import Fault
from linli.intake.ledger_sheet import AccountHint
from linli.intake.mapping import FileMapping
from linli.intake.preamble import account_in, tail_of
from linli.intake.profiles import mapped, profiles
from linli.intake.recognise import Table, by_names, recognise
from linli.kernel.rulings import ALLOWED, Ruling, refuse
from linli.kernel.words import gettext_noop as _
from linli.sheets.dates import read_day
from linli.sheets.headings import ColumnUse
from linli.sheets.limits import LIMITS, Limits
from linli.sheets.model import Workbook, shown
from linli.sheets.reading import read_workbook


def read_bank_file(
    data: bytes,
    *,
    name: str = "",
    mapping: FileMapping | None = None,
    sheet: str = "",
    profile: str = "",
    limits: Limits = LIMITS,
) -> tuple[BankFile | None, Ruling]:
    """Read a statement from the bytes of an .xlsx, .xls or .csv.

    The layout is recognised by its headings, or read by `mapping`; `sheet` and `profile` choose
    where a guess would not do. Returns (file, ALLOWED), or (None, why not); faults of single
    rows are in the file. Never raises for anything that is in the bytes.
    """
    given = mapping.encoding if mapping and mapping.encoding else None
    book, ruling = read_workbook(data, name=name, encoding=given, limits=limits)
    if book is None:
        return None, ruling
    table, others, ruling = _table(book, mapping, sheet, profile)
    if table is None and book.kind == "csv" and not given:
        for encoding in _encodings(book.encoding):
            again, _wrong = read_workbook(data, name=name, encoding=encoding, limits=limits)
            found = _table(again, mapping, sheet, profile) if again else (None, (), ruling)
            if again and found[0]:
                book, (table, others, ruling) = again, found
                break
    if table is None:
        return None, ruling
    return replace(_read(table, others), encoding=book.encoding), ALLOWED


def read_bank_book(
    book: Workbook, *, mapping: FileMapping | None = None, sheet: str = "", profile: str = ""
) -> tuple[BankFile | None, Ruling]:
    """The same for a workbook that was read already."""
    table, others, ruling = _table(book, mapping, sheet, profile)
    if table is None:
        return None, ruling
    return replace(_read(table, others), encoding=book.encoding), ALLOWED


def _encodings(used: str) -> list[str]:
    """Encodings that profiles name, other than the one under which nothing was recognised."""
    named = dict.fromkeys(encoding for profile in profiles() for encoding in profile.encoding)
    return [encoding for encoding in named if encoding != used]


def _table(
    book: Workbook, mapping: FileMapping | None, sheet: str, profile: str
) -> tuple[Table | None, tuple[str, ...], Ruling]:
    """(the table to read, names of other sheets that would do as well, why there is none)."""
    if sheet and book.sheet(sheet) is None:
        return None, (), refuse(_("没有名为“%(sheet)s”的工作表"), sheet=sheet)
    if mapping and any(mapping.bank_columns.values()):
        shape = mapped(mapping)
        chosen = [one for one in book.sheets if (one.name == sheet if sheet else one.visible)]
        found = [by_names(one, shape, mapping.bank_columns) for one in chosen]
        tables = [table for table in found if table and not table.missing]
        if not tables:
            missing = sorted({h for table in found if table for _field, h in table.missing})
            text = _("映射文件中的栏目在对账单中没有找到：%(headings)s")
            headings = missing or [h for h in mapping.bank_columns.values() if h]
            return None, (), refuse(text, headings=headings)
    else:
        tables = recognise(book, sheet=sheet, profile=profile)
    if not tables:
        text = _(
            "认不出这份对账单的格式：没有找到日期、收入、支出或金额栏；请选择银行或制作映射文件"
        )
        return None, (), refuse(text)
    return tables[0], tuple(table.sheet.name for table in tables[1:]), ALLOWED


def _read(table: Table, others: Sequence[str]) -> BankFile:
    reader = BankRowReader(table)
    reader.read()
    events = reader.events
    newest_first = _newest_first([line for line in events if isinstance(line, BankLine)])
    if newest_first:
        events = events[::-1]
    lines = _counted([line for line in events if isinstance(line, BankLine)])
    lines.sort(key=lambda line: line.on)
    opening, closing, breaks = _follow(events)
    texts = _preamble(table)
    since, until = _covers(table, texts)
    warnings = [*reader.warnings, *reader.judge_totals()]
    if others:
        text = _("还有几张工作表也像对账单，没有读入：%(sheets)s")
        warnings.append(Fault(table.sheet.name, 0, "sheet", text, {"sheets": list(others)}))
    days = [line.on for line in lines]
    return BankFile(
        profile=table.profile.key,
        profile_name=table.profile.name,
        kind=table.profile.kind,
        sheet=table.sheet.name,
        account_hint=_account(table, texts, reader.accounts),
        lines=tuple(lines),
        left=tuple(sorted(reader.left, key=lambda left: left.row)),
        breaks=tuple(sorted(breaks, key=lambda one: one.row)),
        newest_first=newest_first,
        opening_fen=opening,
        closing_fen=closing,
        faults=tuple(reader.faults),
        warnings=tuple(warnings),
        covers_since=since or min(days, default=None),
        covers_until=until or max(days, default=None),
        says_since=since is not None,
        says_until=until is not None,
        column_map=tuple(
            ColumnUse(field, at, table.labels[at])
            for field, columns in table.columns.items()
            for at in columns
        ),
        other_sheets=tuple(others),
    )


def _newest_first(lines: Sequence[BankLine]) -> bool:
    """By which order lets more balances follow on; where that does not tell, by the dates."""
    down = up = 0
    for above, below in pairwise(lines):
        if above.balance_fen is not None and below.balance_fen is not None:
            down += above.balance_fen + below.amount_fen == below.balance_fen
            up += below.balance_fen + above.amount_fen == above.balance_fen
    if down != up:
        return up > down
    moments = [(line.on, line.at.time() if line.at else None) for line in lines]
    falling = rising = 0
    for (day, clock), (next_day, next_clock) in pairwise(moments):
        if day != next_day:
            falling, rising = falling + (day > next_day), rising + (day < next_day)
        elif clock and next_clock and clock != next_clock:
            falling, rising = falling + (clock > next_clock), rising + (clock < next_clock)
    return falling > rising


def _counted(lines: Sequence[BankLine]) -> list[BankLine]:
    seen: Counter[tuple[str, date, int, int | None]] = Counter()
    counted = []
    for line in lines:
        alike = (line.serial, line.on, line.amount_fen, line.balance_fen)
        seen[alike] += 1
        counted.append(line if seen[alike] == 1 else replace(line, occurrence=seen[alike]))
    return counted


def _follow(
    events: Sequence[BankLine | None],
) -> tuple[int | None, int | None, list[Break]]:
    """(balance before, balance after, breaks), in order of time; None is a row of unknown amount."""
    opening: int | None = None
    balance: int | None = None
    breaks = []
    moved, known = 0, True
    for line in events:
        if line is None:
            balance, known = None, False
            continue
        moved += line.amount_fen
        expected = None if balance is None else balance + line.amount_fen
        if line.balance_fen is None:
            balance = expected
            continue
        if opening is None and known:
            opening = line.balance_fen - moved
        if expected is not None and expected != line.balance_fen:
            breaks.append(Break(line.source_row, expected, line.balance_fen))
        balance, known = line.balance_fen, False
    return opening, balance, breaks


def _preamble(table: Table) -> list[str]:
    rows = table.sheet.rows[: table.first_row - 1]
    return [" ".join(filter(None, map(shown, cells))) for cells in rows]


def _covers(table: Table, texts: Sequence[str]) -> tuple[date | None, date | None]:
    """The days that the statement says it covers."""
    found = []
    for pattern in (table.profile.since, table.profile.until):
        matches = (pattern.search(text) for text in texts) if pattern else ()
        match = next(filter(None, matches), None)
        day = read_day(match[1])[0] if match else None
        found.append(day if isinstance(day, date) else None)
    return found[0], found[1]


def _account(table: Table, texts: Sequence[str], accounts: Sequence[str]) -> AccountHint:
    """From the texts above the headings, else from a column that names one account throughout."""
    profile = table.profile
    usual = account_in(texts)
    number = name = ""
    for text in texts:
        if profile.account_number and not number and (match := profile.account_number.search(text)):
            number = tail_of(match[1])
        if profile.account_name and not name and (match := profile.account_name.search(text)):
            name = match[1].strip()
    if not (number or usual.tail) and len(set(accounts)) == 1:
        number = tail_of(accounts[0])
    bank = profile.name if profile.columns else usual.bank
    return AccountHint(tail=number or usual.tail, name=name or usual.name, bank=bank)
