"""Any spreadsheet, judged before it is opened, as a workbook of plain cells.

An .xlsx is first looked through (zip directory, then the XML of each sheet, in pieces), an .xls
likewise by its records, so that bombs, locked and damaged files are refused in bounded time and
memory, and formulas and hidden rows are seen. Only then python-calamine reads the values.
"""

from __future__ import annotations

import io
from collections.abc import Callable, Mapping
from pathlib import PurePath
from typing import TypeVar

import python_calamine

from linli.kernel.rulings import ALLOWED, Refused, Ruling
from linli.sheets import compound, refusals, xls, xlsx
from linli.sheets.delimited import read_delimited
from linli.sheets.limits import LIMITS, Limits
from linli.sheets.model import Sheet, Value, Workbook, cell_at
from linli.sheets.styles import number_formats
from linli.sheets.xlsx import Findings

_Read = TypeVar("_Read")
_OTHER_FILES = (
    (b"%PDF", refusals.pdf),
    (b"\x89PNG", refusals.picture),
    (b"\xff\xd8\xff", refusals.picture),
    (b"GIF8", refusals.picture),
    (b"BM", refusals.picture),
    (b"RIFF", refusals.picture),
    (b"Rar!", refusals.archive),
    (b"7z\xbc\xaf", refusals.archive),
    (b"\x1f\x8b", refusals.archive),
    (b"MZ", refusals.not_a_sheet),
    (b"\x7fELF", refusals.not_a_sheet),
    (b"SQLite format 3", refusals.not_a_sheet),
)
_MARKUP = (b"<!doctype", b"<html", b"<table", b"<head", b"<meta", b"<?xml", b"<style", b"<script")
_OLD_EXCEL = (b"\x09\x00\x04\x00", b"\x09\x02\x06\x00", b"\x09\x04\x06\x00")


def read_workbook(
    data: bytes, *, name: str = "", encoding: str | None = None, limits: Limits = LIMITS
) -> tuple[Workbook | None, Ruling]:
    """Read .xlsx, .xls or .csv; what it is comes from its first bytes, never from its name.

    `name` is the file's name, used to name the only sheet of a csv. `encoding` forces the
    encoding of a csv; without it UTF-8, UTF-16 and GB18030 are tried. Returns (workbook, ALLOWED)
    or (None, why not). Never raises for anything that is in the file.
    """
    try:
        return _read(data, name, encoding, limits), ALLOWED
    except Refused as refused:
        return None, refused.ruling


def _read(data: bytes, name: str, encoding: str | None, limits: Limits) -> Workbook:
    if not data.strip(b"\x00 \r\n\t"):
        raise Refused(refusals.empty())
    if len(data) > limits.file_bytes:
        raise Refused(refusals.too_large(limit=limits.file_bytes))
    if data.startswith(b"PK"):
        return _read_xlsx(data, limits)
    if data.startswith(compound.SIGNATURE):
        return _read_xls(data, limits)
    _judge_other(data)
    sheet, found, separator = read_delimited(
        data, name=PurePath(name).stem or "csv", limits=limits, encoding=encoding
    )
    return Workbook("csv", (sheet,), encoding=found, separator=separator)


def _judge_other(data: bytes) -> None:
    for magic, refusal in _OTHER_FILES:
        if data.startswith(magic) and not _reads_like_text(data):
            raise Refused(refusal())
    if data.startswith(_OLD_EXCEL):
        raise Refused(refusals.ancient())
    head = data[:512].removeprefix(b"\xef\xbb\xbf").lstrip().lower()
    if head.startswith(_MARKUP):
        raise Refused(refusals.web_page())


def _reads_like_text(data: bytes) -> bool:
    """``BM,`` and ``MZ,`` may also begin a table; control characters tell."""
    return data[:2] in (b"BM", b"MZ") and not any(byte < 9 for byte in data[:512])


def _read_xlsx(data: bytes, limits: Limits) -> Workbook:
    looked = xlsx.look_through(data, limits)
    with _opened(data) as book:
        sheets = [
            _sheet(
                part.name,
                _values(book, part.name),
                visible=part.visible,
                findings=findings,
                formats=number_formats(data, part.path, limits),
            )
            for part, findings in looked
        ]
    return Workbook("xlsx", tuple(sheets))


def _read_xls(data: bytes, limits: Limits) -> Workbook:
    looked = xls.look_through(data, limits)
    with _opened(data) as book:
        names = book.sheet_names
        if len(names) <= max((part.index for part, _findings in looked), default=0):
            raise Refused(refusals.damaged())
        sheets = [
            _sheet(
                names[part.index],
                _values(book, part.index),
                visible=part.visible,
                findings=findings,
                formats=dict,
            )
            for part, findings in looked
        ]
    return Workbook("xls", tuple(sheets))


def _opened(data: bytes) -> python_calamine.CalamineWorkbook:
    return _guarded(lambda: python_calamine.CalamineWorkbook.from_filelike(io.BytesIO(data)))


def _values(book: python_calamine.CalamineWorkbook, which: str | int) -> list[list[Value]]:
    def read() -> list[list[Value]]:
        if isinstance(which, str):
            return book.get_sheet_by_name(which).to_python(skip_empty_area=False)
        return book.get_sheet_by_index(which).to_python(skip_empty_area=False)

    return _guarded(read)


def _guarded(step: Callable[[], _Read]) -> _Read:
    """Run a step of the fast reader; whatever it trips over means that the file is damaged.

    A panic of the reader arrives as a BaseException of its own, so that is what is caught.
    """
    try:
        return step()
    except python_calamine.PasswordError:
        raise Refused(refusals.locked()) from None
    except (KeyboardInterrupt, SystemExit):
        raise
    except BaseException:
        raise Refused(refusals.damaged()) from None


def _sheet(
    name: str,
    rows: list[list[Value]],
    *,
    visible: bool,
    findings: Findings,
    formats: Callable[[], Mapping[int, str]],
) -> Sheet:
    for where, shown in findings.errors.items():
        row, column = cell_at(where)
        if row <= len(rows) and column < len(rows[row - 1]):
            rows[row - 1][column] = shown
    return Sheet(
        name,
        rows,
        visible=visible,
        formulas=frozenset(findings.formulas),
        hidden_rows=frozenset(findings.hidden_rows),
        hidden_columns=frozenset(findings.hidden_columns),
        merged=tuple(findings.merged),
        formats=formats,
    )
