"""Tables written out as Excel or CSV, and the workbook of rows that need mending.

Figures are written as figures. Texts that a spreadsheet program would take for a formula
(beginning with = + - @, a tab or a line break) are guarded with an apostrophe, in Excel as well as
in CSV, since the one is often saved as the other (OWASP ASVS 5.0, 1.2.10). `linli.sheets.model`
takes the apostrophe off again on the way in.
"""

from __future__ import annotations

import csv
import io
import math
import re
import unicodedata
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import xlsxwriter  # type: ignore[import-untyped]

from linli.kernel.money import plain
from linli.kernel.words import gettext_noop as _
from linli.sheets.model import Sheet, Value, shown

_HERE = ZoneInfo("Asia/Shanghai")
_RISKY = ("=", "+", "-", "@", "\t", "\r", "\n", "\x00")
_FIGURE = re.compile(r"[+-]?[0-9][0-9,]*(?:\.[0-9]+)?")
_NOT_IN_XML = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ufffe\uffff]")
_LONGEST = 32_767
_NAME_SIGNS = re.compile(r"[\[\]:*?/\\']")
_FORMATS = {
    "text": "@",
    "money": "#,##0.00",
    "number": "General",
    "percent": '0.0"%"',
    "day": "yyyy-mm-dd",
    "moment": "yyyy-mm-dd hh:mm",
}

ROW_HEADING = _("原行号")
FAULT_HEADING = _("问题")


@dataclass(frozen=True, slots=True)
class Column:
    """A column of a table.

    `kind`: text; money (fen, written as yuan); number; percent; day (date); moment (aware).
    """

    heading: str
    kind: str = "text"
    width: int | None = None


@dataclass(frozen=True, slots=True)
class Table:
    """A table to write: one sheet of a workbook, or one csv."""

    name: str
    columns: Sequence[Column]
    rows: Iterable[Sequence[object]]
    title: str = ""


@dataclass(frozen=True, slots=True)
class BadRow:
    """A row to mend: (column or None, sentence) for each fault."""

    row: int
    faults: Sequence[tuple[int | None, str]]


@dataclass(frozen=True, slots=True)
class BadSheet:
    """The rows of one sheet that need mending.

    `heading_rows` is the last row of the headings; everything down to it is copied. `replaced`
    gives cells another value (a year made plain, a formula emptied); `figure_columns` are those
    in which a text like ``-50.00`` is meant as a figure.
    """

    sheet: Sheet
    heading_rows: int
    bad: Sequence[BadRow]
    replaced: Mapping[tuple[int, int], Value] = field(default_factory=dict)
    figure_columns: Collection[int] = ()


def guarded(text: str) -> str:
    """The text with an apostrophe before it where a spreadsheet would read it as a formula."""
    clean = _NOT_IN_XML.sub("", text.encode("utf-8", "replace").decode())
    risky = text.startswith(_RISKY) or clean.startswith(_RISKY)
    return ("'" + clean if risky else clean)[:_LONGEST]


def write_xlsx(tables: Sequence[Table]) -> bytes:
    """A workbook with one sheet for each table: title, headings, rows; figures as figures."""
    buffer = io.BytesIO()
    with xlsxwriter.Workbook(buffer, {"in_memory": True}) as book:
        styles = {
            kind: book.add_format({"num_format": shape, "valign": "top"})
            for kind, shape in _FORMATS.items()
        }
        heading = _heading_style(book)
        title = book.add_format({"bold": True, "font_size": 14})
        for name, table in zip(_names([t.name for t in tables]), tables, strict=True):
            _write_table(book.add_worksheet(name), table, styles, heading, title)
    return buffer.getvalue()


def write_csv(table: Table) -> bytes:
    """UTF-8 with its mark (Excel needs it), amounts as ``1234.50``, days as ``2026-10-03``."""
    out = io.StringIO(newline="")
    writer = csv.writer(out)
    writer.writerow([guarded(column.heading) for column in table.columns])
    for row in table.rows:
        cells = zip(table.columns, row, strict=True)
        writer.writerow([_csv_cell(column.kind, value) for column, value in cells])
    return out.getvalue().encode("utf-8-sig", "replace")


def write_bad_rows(sheets: Sequence[BadSheet]) -> bytes:
    """The user's own rows that need mending, under the same title and headings.

    Faults stand as a comment on their cell and in the column 问题; 原行号 tells the row in the
    first file. Both columns are passed over when the mended workbook is imported.
    """
    buffer = io.BytesIO()
    with xlsxwriter.Workbook(buffer, {"in_memory": True}) as book:
        for name, part in zip(_names([p.sheet.name for p in sheets]), sheets, strict=True):
            _BadSheetWriter(book, name, part).write()
    return buffer.getvalue()


def _heading_style(book: Any) -> Any:
    return book.add_format(
        {"bold": True, "bg_color": "#E7EFEA", "bottom": 1, "text_wrap": True, "valign": "vcenter"}
    )


def _write_table(sheet: Any, table: Table, styles: Any, heading: Any, title: Any) -> None:
    top = 0
    if table.title:
        sheet.write_string(0, 0, guarded(table.title), title)
        top = 1
    widths = [_width(column.heading) for column in table.columns]
    for at, column in enumerate(table.columns):
        sheet.write_string(top, at, guarded(column.heading), heading)
    for number, row in enumerate(table.rows, start=top + 1):
        for at, (column, value) in enumerate(zip(table.columns, row, strict=True)):
            _write_cell(sheet, number, at, column.kind, value, styles[column.kind])
            if number <= top + 200:
                widths[at] = max(widths[at], _width(_csv_cell(column.kind, value)))
    for at, column in enumerate(table.columns):
        sheet.set_column(at, at, column.width or min(48, widths[at] + 2))
    sheet.freeze_panes(top + 1, 0)


def _write_cell(sheet: Any, row: int, at: int, kind: str, value: object, style: Any) -> None:
    if value is None or value == "":
        sheet.write_blank(row, at, None, style)
    elif kind == "money" and isinstance(value, int):
        sheet.write_number(row, at, value / 100, style)
    elif kind in ("number", "percent") and isinstance(value, int | float):
        sheet.write_number(row, at, value, style)
    elif kind == "day" and isinstance(value, date):
        sheet.write_datetime(row, at, datetime(value.year, value.month, value.day), style)  # noqa: DTZ001 - a day has no zone
    elif kind == "moment" and isinstance(value, datetime):
        sheet.write_datetime(row, at, value.astimezone(_HERE).replace(tzinfo=None), style)
    else:
        sheet.write_string(row, at, guarded(str(value)), style)


def _csv_cell(kind: str, value: object) -> str:
    if value is None:
        return ""
    if kind == "money" and isinstance(value, int):
        return plain(value)
    if kind in ("number", "percent") and isinstance(value, int | float):
        return str(value)
    if kind == "moment" and isinstance(value, datetime):
        return value.astimezone(_HERE).replace(tzinfo=None).isoformat(" ", "minutes")
    if kind == "day" and isinstance(value, date):
        return value.isoformat()[:10]
    return guarded(str(value))


def _width(text: str) -> int:
    """How wide a text stands: a Chinese character takes two places."""
    return sum(2 if unicodedata.east_asian_width(sign) in "WF" else 1 for sign in text[:80])


def _names(wanted: Sequence[str]) -> list[str]:
    """Names that Excel accepts for sheets: at most 31 signs, none forbidden, none twice."""
    names: list[str] = []
    for number, name in enumerate(wanted, start=1):
        clean = _NAME_SIGNS.sub(" ", guarded(name).lstrip("'")).strip()[:31] or f"Sheet{number}"
        taken = {other.casefold() for other in names}
        if clean.casefold() in taken or clean.casefold() == "history":
            clean = f"{clean[:26]}_{number}"
        names.append(clean)
    return names


class _BadSheetWriter:
    def __init__(self, book: Any, name: str, part: BadSheet) -> None:
        self._book = book
        self._part = part
        self._page = book.add_worksheet(name)
        self._heading = _heading_style(book)
        self._wrapped = book.add_format({"text_wrap": True, "valign": "top"})
        self._styles: dict[tuple[str, bool], Any] = {}
        self._width = self._own_width()

    def write(self) -> None:
        """Title and headings, then each bad row with its faults."""
        part, page = self._part, self._page
        for row in range(1, part.heading_rows + 1):
            self._copy(row, row - 1, frozenset())
        self._merge_headings()
        at_row, at_fault = self._own_columns()
        page.write_string(part.heading_rows - 1, at_row, ROW_HEADING, self._heading)
        page.write_string(part.heading_rows - 1, at_fault, FAULT_HEADING, self._heading)
        for number, bad in enumerate(part.bad, start=part.heading_rows):
            at = frozenset(column for column, _text in bad.faults if column is not None)
            self._copy(bad.row, number, at)
            page.write_number(number, at_row, self._first_number(bad.row, at_row))
            sentences = "；".join(dict.fromkeys(text for _column, text in bad.faults))
            page.write_string(number, at_fault, guarded(sentences), self._wrapped)
            self._comment(number, bad)
        page.set_column(0, max(0, self._width - 1), 14)
        page.set_column(at_fault, at_fault, 60)
        page.freeze_panes(part.heading_rows, 0)

    def _own_width(self) -> int:
        """How many columns the headings and the bad rows use, without trailing empty ones."""
        rows = [*range(1, self._part.heading_rows + 1), *(bad.row for bad in self._part.bad)]
        filled = (
            column + 1
            for row in rows
            if 0 < row <= len(self._part.sheet.rows)
            for column, value in enumerate(self._part.sheet.rows[row - 1])
            if value != ""
        )
        return max(filled, default=0)

    def _own_columns(self) -> tuple[int, int]:
        """Where 原行号 and 问题 stand: where they stood before, else right of everything."""
        places: dict[str, int] = {}
        for row in range(1, self._part.heading_rows + 1):
            for column in range(self._width):
                places.setdefault(self._part.sheet.text(row, column), column)
        at_row = places.get(ROW_HEADING, self._width)
        return at_row, places.get(FAULT_HEADING, max(self._width, at_row + 1))

    def _first_number(self, row: int, column: int) -> int:
        """The row number of the very first file, where this one was made from it."""
        before = self._part.sheet.value(row, column)
        if column < self._width and isinstance(before, float | int) and 0 < before < 2**31:
            return int(before)
        return row

    def _copy(self, row: int, number: int, faulty: frozenset[int]) -> None:
        sheet = self._part.sheet
        for column in range(self._width):
            value = self._part.replaced.get((row, column), sheet.value(row, column))
            shape = sheet.number_format(row, column)
            heading = row <= self._part.heading_rows
            style = (
                self._heading if heading and value != "" else self._style(shape, column in faulty)
            )
            self._value(number, column, value, style)

    def _style(self, shape: str, faulty: bool) -> Any:
        if (shape, faulty) not in self._styles:
            fill = {"bg_color": "#F9DEDC"} if faulty else {}
            self._styles[shape, faulty] = self._book.add_format({"num_format": shape, **fill})
        return self._styles[shape, faulty]

    def _value(self, row: int, column: int, value: Value, style: Any) -> None:
        page = self._page
        if value == "":
            page.write_blank(row, column, None, style)
        elif isinstance(value, bool):
            page.write_boolean(row, column, value, style)
        elif isinstance(value, int | float) and math.isfinite(value):
            page.write_number(row, column, value, style)
        elif isinstance(value, date) and value.year < 1900:
            page.write_string(row, column, value.isoformat(), style)
        elif isinstance(value, datetime | date | time | timedelta):
            page.write_datetime(row, column, value, self._dated(value, style))
        elif column in self._part.figure_columns and _FIGURE.fullmatch(shown(value)):
            page.write_string(row, column, shown(value), style)
        else:
            page.write_string(row, column, guarded(shown(value)), style)

    def _dated(self, value: Value, style: Any) -> Any:
        """A date keeps the look it had; where it had none (csv, a year made plain) it gets one."""
        if style.num_format not in ("General", "@"):
            return style
        shape = "yyyy-mm-dd" if isinstance(value, date) else "[h]:mm:ss"
        return self._style(shape, style.bg_color != 0)

    def _merge_headings(self) -> None:
        sheet, taken = self._part.sheet, set[tuple[int, int]]()
        for top, left, bottom, right in sheet.merged:
            inside = bottom <= self._part.heading_rows and right < self._width
            if inside and (bottom > top or right > left):
                places = {(r, c) for r in range(top, bottom + 1) for c in range(left, right + 1)}
                if taken & places:  # Excel refuses a file in which merged cells overlap.
                    continue
                taken |= places
                text = guarded(sheet.text(top, left))
                self._page.merge_range(top - 1, left, bottom - 1, right, text, self._heading)

    def _comment(self, number: int, bad: BadRow) -> None:
        by_column: dict[int, list[str]] = {}
        for column, text in bad.faults:
            if column is not None:
                by_column.setdefault(column, []).append(text)
        for column, texts in by_column.items():
            self._page.write_comment(number, column, guarded("\n".join(texts)), {"author": ""})
