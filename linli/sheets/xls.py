"""A bounded look through an .xls before the fast reader opens it (formulas, hidden, sizes).

Source: the published record layout of Excel 97–2003 workbooks [MS-XLS].
"""

from __future__ import annotations

import struct
from collections.abc import Iterator
from dataclasses import dataclass

from linli.kernel.rulings import Refused
from linli.sheets import refusals
from linli.sheets.compound import CompoundFile
from linli.sheets.limits import Limits
from linli.sheets.model import place
from linli.sheets.xlsx import Findings

_BOF, _EOF, _LOCKED, _SHEET = 0x0809, 0x000A, 0x002F, 0x0085
_FORMULA, _ARRAY, _ROW, _COLUMNS, _MERGED = 0x0006, 0x0221, 0x0208, 0x007D, 0x00E5
_ERROR_OR_TRUTH = 0x0205
_ONE_CELL = {_FORMULA, _ERROR_OR_TRUTH, 0x0203, 0x0204, 0x027E, 0x00FD, 0x00D6}
_MANY_CELLS = 0x00BD
_SPAN, _STRINGS = 0x0200, 0x00FC
_MOST_ROWS, _MOST_COLUMNS = 0x10000, 0x100  # Of the format itself.
_LEAST_STRING = 3  # Bytes that the shortest text of the table takes.
_WORKSHEET = 0
_ERRORS = {
    0x00: "#NULL!",
    0x07: "#DIV/0!",
    0x0F: "#VALUE!",
    0x17: "#REF!",
    0x1D: "#NAME?",
    0x24: "#NUM!",
    0x2A: "#N/A",
}


@dataclass(frozen=True, slots=True)
class Part:
    """A worksheet as the workbook lists it, by its place among all sheets."""

    index: int
    visible: bool


def look_through(data: bytes, limits: Limits) -> list[tuple[Part, Findings]]:
    """Every worksheet of an .xls with what it holds. Raises Refused."""
    stream = _workbook(CompoundFile(data))
    parts = _parts(stream)
    if not parts:
        raise Refused(refusals.damaged())
    if len(parts) > limits.sheets:
        raise Refused(refusals.too_many_sheets(limit=limits.sheets))
    found, cells = [], 0
    for index, (start, visible, kind) in enumerate(parts):
        if kind != _WORKSHEET:
            continue
        findings = _Sheet(stream, limits, name=str(index + 1)).read(start)
        cells += max(findings.cells, findings.last_row * (findings.last_column + 1))
        if cells > limits.cells:
            raise Refused(refusals.too_many_cells(limit=limits.cells))
        found.append((Part(index, visible), findings))
    return found


def _workbook(box: CompoundFile) -> bytes:
    """The stream of the workbook; says which other kind of file it is where there is none."""
    if "EncryptedPackage" in box.names:
        raise Refused(refusals.locked())
    if "WordDocument" in box.names:
        raise Refused(refusals.word_document())
    if "PowerPoint Document" in box.names:
        raise Refused(refusals.slides())
    name = next((name for name in ("Workbook", "Book") if name in box.names), "")
    if not name:
        raise Refused(refusals.damaged())
    return box.stream(name)


def _records(stream: bytes, start: int) -> Iterator[tuple[int, int, int]]:
    """Kind, start and length of each record from `start` to the end of that sheet."""
    depth = 0
    size = len(stream)
    while start + 4 <= size:
        kind, length = struct.unpack_from("<HH", stream, start)
        start += 4
        if start + length > size:
            raise Refused(refusals.damaged())
        depth += (kind == _BOF) - (kind == _EOF)
        if depth <= 1:  # A chart inside a sheet is a sheet of its own.
            yield kind, start, length
        if depth <= 0:
            return
        start += length
    raise Refused(refusals.damaged())


def _parts(stream: bytes) -> list[tuple[int, bool, int]]:
    parts = []
    for kind, start, length in _records(stream, 0):
        if kind == _LOCKED:
            raise Refused(refusals.locked())
        if kind == _STRINGS:
            _judge_strings(stream, start, length)
        if kind == _SHEET and length >= 6:
            at, state, sort = struct.unpack_from("<LBB", stream, start)
            parts.append((at, state & 3 == 0, sort))
    return parts


def _judge_strings(stream: bytes, start: int, length: int) -> None:
    """The fast reader makes room for as many texts as the table says; a false number ends it."""
    told = struct.unpack_from("<LL", stream, start) if length >= 8 else (0, 0)
    if max(told[1:]) * _LEAST_STRING > len(stream):
        raise Refused(refusals.damaged())


class _Sheet:
    """The records of one sheet, gathered into findings."""

    def __init__(self, stream: bytes, limits: Limits, *, name: str) -> None:
        self._stream = stream
        self._limits = limits
        self._name = name
        self._found = Findings()

    def read(self, start: int) -> Findings:
        steps = {
            _ARRAY: self._array,
            _ROW: self._row,
            _COLUMNS: self._columns,
            _MERGED: self._merged,
            _MANY_CELLS: self._many,
            _SPAN: self._span,
        }
        for kind, at, length in _records(self._stream, start):
            if kind in _ONE_CELL:
                self._cell(kind, at, length)
            elif kind in steps:
                try:
                    steps[kind](at, length)
                except struct.error:
                    raise Refused(refusals.damaged()) from None
        return self._found

    def _reach(self, row: int, column: int, *, cells: int) -> None:
        found, limits = self._found, self._limits
        found.cells += cells
        found.last_row = max(found.last_row, row)
        found.last_column = max(found.last_column, column)
        if found.last_row > limits.rows:
            raise Refused(refusals.too_many_rows(sheet=self._name, limit=limits.rows))
        if found.last_column >= limits.columns:
            raise Refused(refusals.too_many_columns(sheet=self._name, limit=limits.columns))

    def _cell(self, kind: int, at: int, length: int) -> None:
        if length < 6:
            raise Refused(refusals.damaged())
        row, column = struct.unpack_from("<HH", self._stream, at)
        self._reach(row + 1, column, cells=1)
        if kind == _FORMULA:
            self._found.formulas.add(place(row + 1, column))
        if kind == _ERROR_OR_TRUTH and length >= 8 and self._stream[at + 7]:
            shown = _ERRORS.get(self._stream[at + 6], "#ERROR!")
            self._found.errors[place(row + 1, column)] = shown

    def _many(self, at: int, length: int) -> None:
        row, first = struct.unpack_from("<HH", self._stream, at)
        last = struct.unpack_from("<H", self._stream, at + length - 2)[0]
        self._reach(row + 1, last, cells=max(0, last - first + 1))

    def _span(self, at: int, length: int) -> None:
        """What a sheet says it spans: the fast reader makes room for all of it."""
        wide = length >= 14
        told = struct.unpack_from("<LLHH" if wide else "<4H", self._stream, at)
        rows, columns = told[1] - told[0], told[3] - told[2]
        if not (0 <= rows <= _MOST_ROWS and 0 <= columns <= _MOST_COLUMNS):
            raise Refused(refusals.damaged())

    def _array(self, at: int, _length: int) -> None:
        top, bottom, left, right = struct.unpack_from("<HHBB", self._stream, at)
        self._reach(bottom + 1, right, cells=0)
        if max(0, bottom - top + 1) * max(0, right - left + 1) > self._limits.cells:
            raise Refused(refusals.too_many_cells(limit=self._limits.cells))
        self._found.formulas.update(
            place(row + 1, column)
            for row in range(top, bottom + 1)
            for column in range(left, right + 1)
        )

    def _row(self, at: int, length: int) -> None:
        if length >= 14:
            row = struct.unpack_from("<H", self._stream, at)[0]
            if struct.unpack_from("<H", self._stream, at + 12)[0] & 0x20:
                self._found.hidden_rows.add(row + 1)

    def _columns(self, at: int, _length: int) -> None:
        first, last, _width, _style, options = struct.unpack_from("<5H", self._stream, at)
        if options & 1:
            last = min(last, self._limits.columns - 1)
            self._found.hidden_columns.update(range(first, last + 1))

    def _merged(self, at: int, length: int) -> None:
        count = struct.unpack_from("<H", self._stream, at)[0]
        for n in range(min(count, (length - 2) // 8)):
            top, bottom, left, right = struct.unpack_from("<4H", self._stream, at + 2 + 8 * n)
            self._found.merged.append((top + 1, left, bottom + 1, right))
        if len(self._found.merged) > self._limits.merged:
            raise Refused(refusals.suspicious())
