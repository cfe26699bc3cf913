"""The workbook of bad rows: mended by its owner, it is imported like the first."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from linli.intake.faults import Fault
from linli.intake.headings import Wanted, find_headings
from linli.intake.ledger_sheet import LedgerSheet
from linli.intake.words import aliases
from linli.sheets.model import Sheet, Value, Workbook
from linli.sheets.writing import BadRow, BadSheet, write_bad_rows

_FIGURES = ("income", "expense", "amount", "balance", "budget")


def rejected_workbook(book: Workbook, ledger: LedgerSheet) -> bytes | None:
    """The rows of a ledger (and of its list of projects) that have faults, as .xlsx.

    None where no fault belongs to a row. Days like ``10/3`` are written with the year they were
    given, since the rows around them are missing here; formulas are left empty.
    """
    sheets = [
        part
        for sheet in book.sheets
        if (part := _bad_sheet(sheet, ledger, [f for f in ledger.faults if f.sheet == sheet.name]))
    ]
    return write_bad_rows(sheets) if sheets else None


def _bad_sheet(sheet: Sheet, ledger: LedgerSheet, faults: Sequence[Fault]) -> BadSheet | None:
    last, figures = _headings(sheet, ledger)
    rows = sorted({fault.row for fault in faults if fault.row > last})
    if not last or not rows:
        return None
    by_row: dict[int, list[tuple[int | None, str]]] = {}
    for fault in faults:
        by_row.setdefault(fault.row, []).append((fault.column, fault.say()))
    return BadSheet(
        sheet,
        last,
        [BadRow(row, by_row[row]) for row in rows],
        _replaced(sheet, ledger, rows, last),
        figures,
    )


def _headings(sheet: Sheet, ledger: LedgerSheet) -> tuple[int, frozenset[int]]:
    """The last row of the headings and the columns of figures; 0 where there are none."""
    if sheet.name in ledger.heading_rows:
        columns = {use.field: use.column for use in ledger.column_map}
        last = ledger.heading_rows[sheet.name]
    else:
        found = find_headings(sheet, Wanted(aliases("projects"), ()))
        columns, last = (dict(found.columns), found.last_row) if found else ({}, 0)
    return last, frozenset(columns[name] for name in _FIGURES if name in columns)


def _replaced(
    sheet: Sheet, ledger: LedgerSheet, rows: Iterable[int], last: int
) -> dict[tuple[int, int], Value]:
    replaced: dict[tuple[int, int], Value] = {}
    day = next((use.column for use in ledger.column_map if use.field == "date"), None)
    wanted = set(rows)
    for top, left, bottom, _right in sheet.merged:
        if top > last and bottom > top:
            for row in wanted.intersection(range(top, bottom + 1)):
                replaced[row, left] = sheet.value(top, left)
    for row in wanted:
        if day is not None and (sheet.name, row) in ledger.resolved_days:
            replaced[row, day] = ledger.resolved_days[sheet.name, row]
        for column in range(sheet.width):
            if sheet.is_formula(row, column):
                replaced[row, column] = ""
    return replaced
