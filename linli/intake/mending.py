"""The workbook of bad rows: mended by its owner, it is imported like the first."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

from linli.intake.faults import Fault
from linli.intake.ledger_rows import filled_down
from linli.intake.ledger_sheet import LedgerSheet
from linli.intake.words import aliases
from linli.sheets.headings import Wanted, find_headings
from linli.sheets.model import Sheet, Value, Workbook
from linli.sheets.writing import BadRow, BadSheet, write_bad_rows

_FIGURES = ("income", "expense", "amount", "balance", "budget")


def rejected_workbook(book: Workbook, ledger: LedgerSheet) -> bytes | None:
    """The rows of a ledger (and of its list of projects) that have faults, as .xlsx.

    None where no fault belongs to a row. Days like ``10/3`` are written with the year they were
    given, since the rows around them are missing here; a formula that stood for a day or an
    amount is replaced by the word 公式, so that it stays a fault until a value is put there.
    """
    sheets = [
        part
        for sheet in book.sheets
        if (part := _bad_sheet(sheet, ledger, [f for f in ledger.faults if f.sheet == sheet.name]))
    ]
    return write_bad_rows(sheets) if sheets else None


def _bad_sheet(sheet: Sheet, ledger: LedgerSheet, faults: Sequence[Fault]) -> BadSheet | None:
    columns, last = _headings(sheet, ledger)
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
        _replaced(sheet, ledger, rows, columns, last),
        frozenset(columns[name] for name in _FIGURES if name in columns),
    )


def _headings(sheet: Sheet, ledger: LedgerSheet) -> tuple[Mapping[str, int], int]:
    """The columns of a sheet and the last row of its headings; 0 where it has none."""
    if sheet.name in ledger.heading_rows:
        return ledger.columns[sheet.name], ledger.heading_rows[sheet.name]
    found = find_headings(sheet, Wanted(aliases("projects"), ()))
    return (found.columns, found.last_row) if found else ({}, 0)


def _replaced(
    sheet: Sheet,
    ledger: LedgerSheet,
    rows: Iterable[int],
    columns: Mapping[str, int],
    last: int,
) -> dict[tuple[int, int], Value]:
    replaced: dict[tuple[int, int], Value] = {}
    filled = filled_down(sheet, columns, below=last) if sheet.name in ledger.columns else {}
    judged = [columns[name] for name in (*_FIGURES, "date") if name in columns]
    for row in rows:
        for column, value in filled.get(row, {}).items():
            replaced[row, column] = value
        if (sheet.name, row) in ledger.resolved_days:
            replaced[row, columns["date"]] = ledger.resolved_days[sheet.name, row]
        for column in judged:
            if sheet.is_formula(row, column):
                replaced[row, column] = "公式"
    return replaced
