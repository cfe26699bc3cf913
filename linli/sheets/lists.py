"""Lists that people keep in spreadsheets: found by their headings, looked through, mended."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Generic, TypeVar

from linli.kernel.rulings import ALLOWED, Reason, Refused, Ruling, every, refuse, require
from linli.kernel.words import gettext_noop as _
from linli.sheets.dates import MonthDay, read_day
from linli.sheets.headings import Headings, Wanted, complete, find_headings, ranked
from linli.sheets.model import Sheet
from linli.sheets.reading import read_workbook
from linli.sheets.writing import BadRow, BadSheet, write_bad_rows

Row = TypeVar("Row")


@dataclass(frozen=True, slots=True)
class Told:
    """How a person says a list is to be read.

    `columns`: field → heading ("" = the field is not there); `words`: word in the list → the code
    that it stands for.
    """

    columns: Mapping[str, str] = field(default_factory=dict)
    words: Mapping[str, str] = field(default_factory=dict)


AS_IT_IS = Told()


@dataclass(frozen=True, slots=True)
class Read(Generic[Row]):
    """A list as it was read: the rows that can be read, and every fault of the others."""

    sheet: Sheet
    found: Headings
    rows: tuple[Row, ...]
    faults: Ruling
    unknown: Mapping[str, int] = field(default_factory=dict)
    """Words that nobody knows and a person may explain, with how often they stand."""

    @property
    def total(self) -> int:
        return len(self.rows) + len({reason.row for reason in self.faults.reasons})


@dataclass(frozen=True, slots=True, kw_only=True)
class Layout:
    """The columns of a list.

    `fields`: what a column may be read as, in the order in which the list is written out;
    `headings`: what a column is called in practice, best name first; `needed`: sets of fields of
    which the list must have one each; `most`: rows that are taken at once.
    """

    fields: Mapping[str, str]
    headings: Mapping[str, Sequence[str]]
    needed: tuple[frozenset[str], ...]
    most: int

    def open(
        self, data: bytes, *, name: str, told: Told = AS_IT_IS
    ) -> tuple[Sheet, Headings | None]:
        """The first visible sheet that has the headings, or else the first one that has any.

        Raises Refused where the file is no spreadsheet.
        """
        book, ruling = read_workbook(data, name=name)
        if book is None or not book.visible_sheets:
            raise Refused(ruling if not ruling.allowed else refuse(_("表里没有一行内容")))
        names = Wanted(ranked(self.headings), self.needed, given=dict(told.columns) or None)
        tried = [(sheet, find_headings(sheet, names)) for sheet in book.visible_sheets]
        whole = next((each for each in tried if complete(each[1], names)), None)
        return whole or next((each for each in tried if each[1]), tried[0])

    def lacking(self, found: Headings | None) -> Ruling:
        """Which columns are missing; nothing can be read without them."""
        there = set(found.columns) if found else set()
        gone = [
            " / ".join(self.fields[name] for name in self.fields if name in sign)
            for sign in self.needed
            if not set(sign) & there
        ]
        return require(not gone, _("没有找到这些栏目：%(names)s"), names=tuple(gone))

    def read(
        self,
        sheet: Sheet,
        found: Headings,
        row_of: Callable[[int, Mapping[str, str]], tuple[Row | None, Ruling]],
        *,
        unknown: Callable[[Mapping[str, str]], str] = lambda text: "",
    ) -> Read[Row]:
        """All rows below the headings, each with all its faults.

        `row_of`: row number and field → text → the row, or None with what is wrong; `unknown`:
        the word of a row that a person may explain, or "".
        """
        rows: list[Row] = []
        faults: list[Ruling] = []
        words: dict[str, int] = {}
        last = min(len(sheet.rows), found.last_row + self.most)
        for number in range(found.last_row + 1, last + 1):
            text = {name: sheet.text(number, at) for name, at in found.columns.items()}
            if not any(text.values()):
                continue
            row, ruling = row_of(number, text)
            faults.append(ruling)
            if row is not None:
                rows.append(row)
            if word := unknown(text):
                words[word] = words.get(word, 0) + 1
        if len(sheet.rows) > last:
            faults.append(refuse(_("一次最多导入%(n)s行，请分成几个文件"), n=self.most))
        return Read(sheet, found, tuple(rows), every(faults), words)


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
