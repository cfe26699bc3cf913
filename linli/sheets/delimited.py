"""Separated text (.csv): its encoding and separator found by trial, then plain rows."""

from __future__ import annotations

import codecs
import csv
import io
import re
from collections import Counter

from linli.kernel.rulings import Refused
from linli.sheets import refusals
from linli.sheets.limits import Limits
from linli.sheets.model import Sheet, Value, place

ENCODINGS = ("utf-8", "gb18030")
"""Tried in this order where no mark at the beginning tells the encoding."""

_MARKS = (
    (codecs.BOM_UTF8, "utf-8-sig"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)
_SEPARATORS = (",", "\t", ";", "|")
_SAMPLE_LINES = 200
_SPANNED_LINES = 40
_ALLOWED = {
    "utf-8": "utf-8-sig",
    "utf-8-sig": "utf-8-sig",
    "gbk": "gb18030",
    "gb2312": "gb18030",
    "gb18030": "gb18030",
    "utf-16": "utf-16",
    "utf-16-le": "utf-16-le",
    "utf-16-be": "utf-16-be",
    "big5": "big5",
}
_QUOTED = re.compile(r'="([^"]*)"')
_UNWANTED = re.compile("[\x00\x01-\x08\x0e-\x1a]")


def decode(data: bytes, *, encoding: str | None = None) -> tuple[str, str]:
    """The text and the encoding that fits it. Raises Refused where none does.

    A given `encoding` (utf-8, gbk, gb18030, utf-16, big5 …) is taken at its word, without trial.
    """
    data = data.rstrip(b"\x1a")
    names = _candidates(data)
    if encoding:
        chosen = _ALLOWED.get(encoding.lower().replace("_", "-"))
        if chosen is None:
            raise Refused(refusals.not_in_encoding(encoding))
        names = (chosen,)
    for name in names:
        try:
            text = data.decode(name)
        except UnicodeDecodeError:
            continue
        if not _UNWANTED.search(text):
            return text, name
    raise Refused(refusals.not_in_encoding(encoding) if encoding else refusals.not_text())


def _candidates(data: bytes) -> tuple[str, ...]:
    for mark, name in _MARKS:
        if data.startswith(mark):
            return (name,)
    head = data[:4000]
    if b"\x00" in head:  # UTF-16 without its mark: ASCII signs leave every other byte empty.
        even, odd = head[::2].count(0), head[1::2].count(0)
        return ("utf-16-le",) if odd > even else ("utf-16-be",)
    return ENCODINGS


def separator_of(text: str) -> str:
    """The separator under which most lines fall into the same number of fields."""
    sample = [line for line in _lines(text[: _SAMPLE_LINES * 2000]) if line.strip()]
    best, best_score = ",", 0
    for separator in _SEPARATORS:
        counts = Counter(len(row) for row in _plain_rows(sample[:_SAMPLE_LINES], separator))
        counts.pop(1, None)
        score = max((fields * lines for fields, lines in counts.items()), default=0)
        if score > best_score:
            best, best_score = separator, score
    return best


def _lines(text: str) -> list[str]:
    return list(io.StringIO(text, newline=""))


def _plain_rows(lines: list[str], separator: str) -> list[list[str]]:
    rows = []
    for line in lines:
        try:
            rows.append(next(csv.reader([line], delimiter=separator), []))
        except csv.Error:
            rows.append([line])
    return rows


def read_delimited(
    data: bytes, *, name: str, limits: Limits, encoding: str | None = None
) -> tuple[Sheet, str, str]:
    """(sheet, encoding, separator) of a separated text. Raises Refused."""
    text, found = decode(data, encoding=encoding)
    separator = separator_of(text)
    rows = _rows(text, separator, name, limits)
    formulas = set()
    for number, row in enumerate(rows, start=1):
        for column, cell in enumerate(row):
            if isinstance(cell, str) and cell.startswith("="):
                quoted = _QUOTED.fullmatch(cell.strip())
                if quoted:  # ="00123" is how a text of figures is kept from losing its zeros.
                    row[column] = quoted[1]
                else:
                    formulas.add(place(number, column))
    return Sheet(name, rows, formulas=frozenset(formulas)), found, separator


def _rows(text: str, separator: str, name: str, limits: Limits) -> list[list[Value]]:
    """Rows by the rules of quoting; line by line where a quotation mark never closes."""
    lines = _lines(text)
    try:
        return _quoted_rows(lines, separator, name, limits)
    except _Unclosed:
        if len(lines) > limits.rows:
            raise Refused(refusals.too_many_rows(sheet=name, limit=limits.rows)) from None
        return [list(row) for row in _plain_rows(lines, separator)]


class _Unclosed(Exception):  # noqa: N818 - a turn to the plainer way, not an error
    """A field runs over so many lines that its quotation mark cannot be meant."""


def _quoted_rows(lines: list[str], separator: str, name: str, limits: Limits) -> list[list[Value]]:
    rows: list[list[Value]] = []
    cells = before = 0
    reader = csv.reader(lines, delimiter=separator)
    try:
        for row in reader:
            rows.append(list(row))
            cells += len(row)
            spanned, before = reader.line_num - before, reader.line_num
            if spanned > _SPANNED_LINES or (spanned > 1 and _odd(lines, before, spanned)):
                raise _Unclosed
            _judge_size(len(rows), len(row), cells, name, limits)
    except csv.Error:
        raise _Unclosed from None
    return rows


def _odd(lines: list[str], last: int, spanned: int) -> bool:
    return last == len(lines) and "".join(lines[last - spanned :]).count('"') % 2 == 1


def _judge_size(rows: int, columns: int, cells: int, name: str, limits: Limits) -> None:
    if rows > limits.rows:
        raise Refused(refusals.too_many_rows(sheet=name, limit=limits.rows))
    if columns > limits.columns:
        raise Refused(refusals.too_many_columns(sheet=name, limit=limits.columns))
    if cells > limits.cells:
        raise Refused(refusals.too_many_cells(limit=limits.cells))
