"""A bounded look through an .xlsx before the fast reader opens it.

It sees what that reader does not tell: formulas, error values, hidden rows, columns and sheets;
and it judges sizes, so that a sheet of two cells at opposite corners is not laid out in memory.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from posixpath import join, normpath

from linli.kernel.rulings import Refused
from linli.sheets import refusals
from linli.sheets.limits import MEGABYTE, Limits
from linli.sheets.markup import judge_prologue, parse
from linli.sheets.model import Area, area, column_number, corner, place
from linli.sheets.zipped import Package

_WORKBOOK = "xl/workbook.xml"
_PROLOGUE = re.compile(rb"^\s*<\?xml.*?\?>", re.DOTALL)
_SLOW_BYTES = 64 * MEGABYTE
_OTHER_KINDS = {
    "word/document.xml": refusals.word_document,
    "ppt/presentation.xml": refusals.slides,
    "xl/workbook.bin": refusals.binary_workbook,
    "content.xml": refusals.open_document,
}


@dataclass(slots=True)
class Findings:
    """What the look through one sheet found. Rows from 1, columns from 0."""

    formulas: set[int] = field(default_factory=set)
    errors: dict[int, str] = field(default_factory=dict)
    hidden_rows: set[int] = field(default_factory=set)
    hidden_columns: set[int] = field(default_factory=set)
    merged: list[Area] = field(default_factory=list)
    last_row: int = 0
    last_column: int = -1
    cells: int = 0


@dataclass(frozen=True, slots=True)
class Part:
    """A worksheet as the workbook lists it."""

    name: str
    path: str
    visible: bool


def look_through(data: bytes, limits: Limits) -> list[tuple[Part, Findings]]:
    """Every worksheet of an .xlsx with what it holds. Raises Refused."""
    package = Package(data, limits)
    _judge_kind(package)
    parts = _worksheets(package)
    if len(parts) > limits.sheets:
        raise Refused(refusals.too_many_sheets(limit=limits.sheets))
    _judge_strings(package, limits)
    found = []
    cells = 0
    for part in parts:
        findings = _sheet(package, part, limits)
        spanned = findings.last_row * (findings.last_column + 1)
        cells += max(findings.cells, spanned)
        if cells > limits.cells:
            raise Refused(refusals.too_many_cells(limit=limits.cells))
        found.append((part, findings))
    return found


def _judge_kind(package: Package) -> None:
    for name, refusal in _OTHER_KINDS.items():
        if name in package:
            raise Refused(refusal())
    if _WORKBOOK not in package:
        raise Refused(refusals.archive())

    def root(name: str, given: dict[str, str]) -> None:
        leads = name == "Relationship" and given.get("Type", "").endswith("/officeDocument")
        if leads and given.get("Target", "").lstrip("/").lower() != _WORKBOOK:
            raise Refused(refusals.suspicious())  # The fast reader would follow it elsewhere.

    parse(_small(package, "_rels/.rels"), root)


def _worksheets(package: Package) -> list[Part]:
    relations: dict[str, str] = {}
    parts: list[Part] = []

    def relation(name: str, attributes: dict[str, str]) -> None:
        if name == "Relationship" and attributes.get("Type", "").endswith("/worksheet"):
            target = attributes.get("Target", "")
            rooted = target.startswith(("/", "xl/"))
            path = target.lstrip("/") if rooted else join("xl", target)
            relations[attributes.get("Id", "")] = normpath(path)

    def sheet(name: str, attributes: dict[str, str]) -> None:
        if name == "sheet":
            given = next((v for k, v in attributes.items() if k.endswith(":id")), "")
            if given in relations and relations[given] in package:
                visible = attributes.get("state", "visible") == "visible"
                parts.append(Part(attributes.get("name", ""), relations[given], visible))

    parse(_small(package, "xl/_rels/workbook.xml.rels"), relation)
    parse(_small(package, _WORKBOOK), sheet)
    if not parts:
        raise Refused(refusals.damaged())
    return parts


def _small(package: Package, name: str) -> Iterator[bytes]:
    if name not in package:
        raise Refused(refusals.damaged())
    if package.size(name) > 32 * MEGABYTE:
        raise Refused(refusals.suspicious())
    return package.chunks(name)


def _judge_strings(package: Package, limits: Limits) -> None:
    """The table of texts stays in memory while the sheet is read, so it is bounded apart."""
    name = "xl/sharedStrings.xml"
    if name not in package:
        return
    if package.size(name) > limits.strings_bytes:
        raise Refused(refusals.unpacks_too_large(limit=limits.strings_bytes))
    longest, gap = limits.row_bytes, 0
    for number, chunk in enumerate(package.chunks(name)):
        judge_prologue(chunk, first=number == 0)
        gap = len(chunk) - cut if (cut := chunk.rfind(b"</")) >= 0 else gap + len(chunk)
        if gap > longest:
            raise Refused(refusals.suspicious())


def _sheet(package: Package, part: Part, limits: Limits) -> Findings:
    judge = _Judge(part.name, limits)
    try:
        return _Searched(judge).sheet(package.chunks(part.path))
    except _Unusual:
        if package.size(part.path) > _SLOW_BYTES:
            raise Refused(refusals.suspicious()) from None
        return _Parsed(judge).sheet(package.chunks(part.path))


class _Unusual(Exception):  # noqa: N818 - a turn to the slower way, not an error
    """The sheet is written in a way that searching its bytes would not read rightly."""


@dataclass(frozen=True, slots=True)
class _Judge:
    name: str
    limits: Limits

    def size(self, findings: Findings) -> None:
        limits = self.limits
        if findings.last_row > limits.rows:
            raise Refused(refusals.too_many_rows(sheet=self.name, limit=limits.rows))
        if findings.last_column >= limits.columns:
            raise Refused(refusals.too_many_columns(sheet=self.name, limit=limits.columns))
        if findings.cells > limits.cells:
            raise Refused(refusals.too_many_cells(limit=limits.cells))
        if len(findings.merged) > limits.merged:
            raise Refused(refusals.suspicious())


_CELL = re.compile(rb"<c[\s>/]")
_NAMED_CELL = re.compile(rb'<c r="[A-Z]{1,3}\d{1,7}"')
_FULL_CELL = re.compile(rb'<c r="([A-Z]{1,3})\d{1,7}"(?:[^>]*[^/>])?>')
_REFERRED_CELL = re.compile(rb'<c r="([A-Z]{1,3}\d{1,7})"')
_FORMULA = re.compile(rb"<f[\s>/]")
_FORMULA_TAG = re.compile(rb"<f\b[^>]*>")
_AREA = re.compile(rb'\bref="([A-Z]{1,3}\d{1,7}(?::[A-Z]{1,3}\d{1,7})?)"')
_ERROR = re.compile(
    rb'<c r="([A-Z]{1,3}\d{1,7})"[^>]*\bt="e"[^>]*>(?:<f\b.*?(?:/>|</f>))?<v>([^<]*)'
)
_ROW = re.compile(rb"<row[\s>]")
_NAMED_ROW = re.compile(rb'<row\s(?:[^>]*\s)?r="(\d{1,7})"')
_HIDDEN_ROW = re.compile(rb"<row\s[^>]*\bhidden=\"(?:1|true)\"[^>]*>")
_ROW_NUMBER = re.compile(rb'\sr="(\d{1,7})"')
_HIDDEN_COLUMNS = re.compile(rb"<col\s[^>]*>")
_ATTRIBUTE = re.compile(rb'\b(min|max|hidden)="([^"]*)"')
_MERGED = re.compile(rb'<mergeCell\s+ref="([A-Z]{1,3}\d{1,7}:[A-Z]{1,3}\d{1,7})"')


class _Searched:
    """A sheet searched as bytes, whole rows at a time: about fifty times as fast as parsing.

    Raises _Unusual on anything that would make such a search unsound: prefixes, comments, cells
    without a reference, other quotation marks.
    """

    def __init__(self, judge: _Judge) -> None:
        self._judge = judge
        self._found = Findings()

    def sheet(self, chunks: Iterator[bytes]) -> Findings:
        rest, first = b"", True
        for chunk in chunks:
            text = rest + chunk
            if first:
                judge_prologue(text, first=True)
                text = _PROLOGUE.sub(b"", text.removeprefix(b"\xef\xbb\xbf"), count=1)
            first = False
            if b"<!" in text or b"<?" in text:
                judge_prologue(text, first=False)
                raise _Unusual
            cut = text.rfind(b"</row>") + 6
            if cut < 6:
                cut = 0
            self._block(text[:cut])
            rest = text[cut:]
            if len(rest) > self._judge.limits.row_bytes:
                raise Refused(refusals.suspicious())
        self._block(rest)
        if not rest.rstrip().endswith(b"</worksheet>"):
            raise _Unusual
        return self._found

    def _block(self, text: bytes) -> None:
        found = self._found
        cells = len(_NAMED_CELL.findall(text))
        if cells != len(_CELL.findall(text)):
            raise _Unusual
        if len(_ROW.findall(text)) != len(_NAMED_ROW.findall(text)):
            raise _Unusual
        found.cells += cells
        filled = {column_number(letters.decode()) for letters in set(_FULL_CELL.findall(text))}
        found.last_column = max(filled | {found.last_column})
        self._last_row(text)
        self._judge.size(found)
        if _FORMULA.search(text):
            self._formulas(text)
        if b't="e"' in text:
            for reference, shown in _ERROR.findall(text):
                found.errors[place(*corner(reference.decode()))] = shown.decode("utf-8", "replace")
        self._hidden_and_merged(text)

    def _last_row(self, text: bytes) -> None:
        filled = max(text.rfind(b"<v"), text.rfind(b"<is"), text.rfind(b"<f"))
        row = text.rfind(b"<row", 0, filled) if filled >= 0 else -1
        if row >= 0 and (named := _NAMED_ROW.match(text, row)):
            self._found.last_row = max(self._found.last_row, int(named[1]))

    def _formulas(self, text: bytes) -> None:
        for formula in _FORMULA.finditer(text):
            start = text.rfind(b"<c ", 0, formula.start())
            cell = _REFERRED_CELL.match(text, start) if start >= 0 else None
            if cell is None:
                raise _Unusual
            self._found.formulas.add(place(*corner(cell[1].decode())))
            tag = _FORMULA_TAG.match(text, formula.start())
            if tag and b"ref=" in tag[0] and b'"shared"' not in tag[0]:
                area = _AREA.search(tag[0])
                self._found.formulas |= _places(area[1].decode() if area else "", self._judge)

    def _hidden_and_merged(self, text: bytes) -> None:
        found = self._found
        if b"hidden=" in text:
            if b"hidden='" in text:
                raise _Unusual
            for tag in _HIDDEN_ROW.findall(text):
                number = _ROW_NUMBER.search(tag)
                found.hidden_rows.add(int(number[1]) if number else 0)
            for tag in _HIDDEN_COLUMNS.findall(text):
                given = {key.decode(): value.decode() for key, value in _ATTRIBUTE.findall(tag)}
                _hide_columns(found, given, self._judge)
        if b"<mergeCell " in text:
            found.merged += [area(given.decode()) for given in _MERGED.findall(text)]
            self._judge.size(found)


class _Parsed:
    """The same findings by way of an XML parser, for a sheet that is written unusually."""

    def __init__(self, judge: _Judge) -> None:
        self._judge = judge
        self._found = Findings()
        self._row, self._column = 0, -1
        self._in_cell = False

    def sheet(self, chunks: Iterator[bytes]) -> Findings:
        try:
            parse(chunks, self._start, self._end)
        except ValueError:
            raise Refused(refusals.damaged()) from None
        self._judge.size(self._found)
        return self._found

    def _start(self, name: str, given: dict[str, str]) -> None:
        found = self._found
        if name == "row":
            self._row, self._column = int(given.get("r", self._row + 1)), -1
            if given.get("hidden") in ("1", "true"):
                found.hidden_rows.add(self._row)
        elif name == "c":
            self._cell(given)
        elif self._in_cell and name in ("v", "is", "f"):
            self._content(name, given)
        elif name == "col":
            _hide_columns(found, given, self._judge)
        elif name == "mergeCell":
            found.merged.append(area(given.get("ref", "")))

    def _end(self, name: str) -> None:
        if name == "c":
            self._in_cell = False

    def _cell(self, given: dict[str, str]) -> None:
        self._in_cell = True
        self._column = corner(given["r"])[1] if "r" in given else self._column + 1
        self._found.cells += 1
        if given.get("t") == "e":
            self._found.errors[place(self._row, self._column)] = "#ERROR!"

    def _content(self, name: str, given: dict[str, str]) -> None:
        found = self._found
        found.last_row = max(found.last_row, self._row)
        found.last_column = max(found.last_column, self._column)
        self._judge.size(found)
        if name == "f":
            found.formulas.add(place(self._row, self._column))
            if given.get("t") in ("array", "dataTable"):
                found.formulas.update(_places(given.get("ref", ""), self._judge))


def _hide_columns(found: Findings, given: dict[str, str], judge: _Judge) -> None:
    if given.get("hidden") in ("1", "true"):
        first, last = int(given.get("min", 1)), int(given.get("max", 1))
        found.hidden_columns.update(range(first - 1, min(last, judge.limits.columns)))


def _places(reference: str, judge: _Judge) -> set[int]:
    top, left, bottom, right = area(reference)
    bottom, right = min(bottom, judge.limits.rows), min(right, judge.limits.columns)
    if (bottom - top + 1) * (right - left + 1) > judge.limits.cells:
        raise Refused(refusals.too_many_cells(limit=judge.limits.cells))
    return {place(r, c) for r in range(top, bottom + 1) for c in range(left, right + 1)}
