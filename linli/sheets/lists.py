"""Lists that people keep in spreadsheets: found by their headings, looked through, mended."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from datetime import date

from linli.kernel.rulings import ALLOWED, Reason, Refused, Ruling, refuse, require
from linli.kernel.words import gettext_noop as _
from linli.sheets.dates import MonthDay, read_day
from linli.sheets.headings import Headings, Wanted, complete, find_headings
from linli.sheets.model import Sheet
from linli.sheets.reading import read_workbook
from linli.sheets.writing import BadRow, BadSheet, write_bad_rows


def open_list(data: bytes, *, name: str, names: Wanted) -> tuple[Sheet, Headings | None]:
    """The first visible sheet that has the headings, or else the first one that has any.

    Raises Refused where the file is no spreadsheet.
    """
    book, ruling = read_workbook(data, name=name)
    if book is None or not book.visible_sheets:
        raise Refused(ruling if not ruling.allowed else refuse(_("表里没有一行内容")))
    tried = [(sheet, find_headings(sheet, names)) for sheet in book.visible_sheets]
    whole = next((each for each in tried if complete(each[1], names)), None)
    return whole or next((each for each in tried if each[1]), tried[0])


def lacking(
    found: Headings | None, *, needed: Iterable[Collection[str]], fields: Mapping[str, str]
) -> Ruling:
    """Which columns are missing; nothing can be read without them."""
    there = set(found.columns) if found else set()
    gone = [
        " / ".join(fields[name] for name in fields if name in sign)
        for sign in needed
        if not set(sign) & there
    ]
    return require(not gone, _("没有找到这些栏目：%(names)s"), names=tuple(gone))


def read_date(sheet: Sheet, row: int, column: int | None) -> tuple[date | None, Ruling]:
    """A day in a cell, with its year; None where it is empty."""
    if column is None or not sheet.text(row, column):
        return None, ALLOWED
    day, ruling = read_day(sheet.value(row, column))
    if isinstance(day, MonthDay):
        return None, refuse(_("日期“%(value)s”没有年份"), value=sheet.text(row, column)[:30])
    return day, ruling


def samples(sheet: Sheet, found: Headings, column: int, *, most: int = 3) -> Sequence[str]:
    """The first things that stand in a column, for whoever says what it is."""
    told: list[str] = []
    for row in range(found.last_row + 1, min(len(sheet.rows), found.last_row + 40) + 1):
        text = sheet.text(row, column)
        if text and text not in told:
            told.append(text)
        if len(told) == most:
            break
    return told


def columns(sheet: Sheet, found: Headings) -> list[dict[str, object]]:
    """Every column with a heading: what stands in it and what it is read as."""
    field_of = {at: field for field, at in found.columns.items()}
    return [
        {
            "heading": heading,
            "field": field_of.get(at, ""),
            "samples": samples(sheet, found, at),
        }
        for at, heading in enumerate(found.labels)
        if heading
    ]


def bad_rows(
    sheet: Sheet, found: Headings, faults: Ruling, *, say: Callable[[Reason], str]
) -> bytes:
    """The rows that need mending, with their faults, as a workbook to mend and bring again."""
    by_row: dict[int, list[tuple[int | None, str]]] = {}
    for reason in faults.reasons:
        if reason.row is not None:
            column = found.columns.get(reason.field)
            by_row.setdefault(reason.row, []).append((column, say(reason)))
    rows = [BadRow(row, told) for row, told in sorted(by_row.items())]
    return write_bad_rows([BadSheet(sheet, found.last_row, rows)])
