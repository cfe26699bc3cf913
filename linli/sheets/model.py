"""A workbook as plain cells: what every reader here returns and every importer takes."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta

Value = str | float | int | bool | date | datetime | time | timedelta
"""What a cell may hold; an empty cell is the empty string."""

Area = tuple[int, int, int, int]
"""First row, first column, last row, last column; rows count from 1, columns from 0."""

_COLUMN_BITS = 14
_UNSEEN = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\u200b-\u200f\u202a-\u202e\u2060\ufeff]")
_REFERENCE = re.compile(r"([A-Z]{1,3})([0-9]{1,7})")
_ESCAPED = re.compile(r"'(?=[=+\-@\t\r\n])")


def place(row: int, column: int) -> int:
    """One whole number for a cell, so that large sets of cells stay small."""
    return row << _COLUMN_BITS | column


def cell_at(where: int) -> tuple[int, int]:
    """(row, column) of a whole number made by `place`."""
    return where >> _COLUMN_BITS, where & ((1 << _COLUMN_BITS) - 1)


def column_letter(column: int) -> str:
    """0 → ``A``, 25 → ``Z``, 26 → ``AA``."""
    letters = ""
    column += 1
    while column:
        column, rest = divmod(column - 1, 26)
        letters = chr(65 + rest) + letters
    return letters


def column_number(letters: str) -> int:
    """``A`` → 0, ``AA`` → 26; the inverse of `column_letter`."""
    number = 0
    for letter in letters:
        number = number * 26 + ord(letter) - 64
    return number - 1


def corner(reference: str) -> tuple[int, int]:
    """``C7`` → (7, 2). Raises ValueError for anything else."""
    match = _REFERENCE.fullmatch(reference)
    if match is None:
        raise ValueError(reference)
    return int(match[2]), column_number(match[1])


def area(reference: str) -> Area:
    """``A4:A5`` or ``A4`` as an area. Raises ValueError for anything else."""
    first, _colon, last = reference.partition(":")
    return *corner(first), *corner(last or first)


def shown(value: Value) -> str:
    """A cell as text: trimmed, in NFC, without invisible characters; a whole number without ``.0``.

    The apostrophe that guards a text against being taken for a formula is taken off again.
    """
    if isinstance(value, str):
        if value.isprintable() and value == value.strip() and value[:1] != "'":
            return value if value.isascii() else unicodedata.normalize("NFC", value)
        text = _UNSEEN.sub("", unicodedata.normalize("NFC", value)).strip()
        return text[1:] if _ESCAPED.match(text) else text
    if isinstance(value, bool):
        return "TRUE" if value else "FALSE"
    if isinstance(value, float):
        return f"{value:.0f}" if value.is_integer() and abs(value) < 1e15 else f"{value:.15g}"
    if isinstance(value, datetime):
        return value.isoformat(" ", "seconds")
    return str(value)


@dataclass(frozen=True, slots=True)
class Sheet:
    """One sheet. ``rows[0]`` is row 1; a row may be shorter than the others."""

    name: str
    rows: list[list[Value]]
    visible: bool = True
    formulas: frozenset[int] = frozenset()
    hidden_rows: frozenset[int] = frozenset()
    hidden_columns: frozenset[int] = frozenset()
    merged: tuple[Area, ...] = ()
    formats: Callable[[], Mapping[int, str]] = field(default=dict, compare=False, repr=False)

    def value(self, row: int, column: int) -> Value:
        """The value of a cell; the empty string outside the sheet."""
        if not 0 < row <= len(self.rows) or column < 0:
            return ""
        cells = self.rows[row - 1]
        return cells[column] if column < len(cells) else ""

    def text(self, row: int, column: int) -> str:
        return shown(self.value(row, column))

    def is_formula(self, row: int, column: int) -> bool:
        return place(row, column) in self.formulas

    def is_hidden(self, row: int, column: int) -> bool:
        return row in self.hidden_rows or column in self.hidden_columns

    def number_format(self, row: int, column: int) -> str:
        """The cell's number format as Excel writes it, ``General`` where it has none."""
        return self.formats().get(place(row, column), "General")

    @property
    def width(self) -> int:
        return max(map(len, self.rows), default=0)


@dataclass(frozen=True, slots=True)
class Workbook:
    """A file that was read. `kind` is xlsx, xls or csv; `encoding` and `separator` are of a csv."""

    kind: str
    sheets: tuple[Sheet, ...]
    encoding: str = ""
    separator: str = ""

    @property
    def visible_sheets(self) -> tuple[Sheet, ...]:
        return tuple(sheet for sheet in self.sheets if sheet.visible)

    def sheet(self, name: str) -> Sheet | None:
        """The sheet of that name, hidden or not."""
        return next((sheet for sheet in self.sheets if sheet.name == name), None)
