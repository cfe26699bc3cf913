"""A register's rows as an Excel file to download."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from urllib.parse import quote

from django.http import HttpResponse
from django.utils.translation import gettext as _

from linli.sheets.writing import Column, Table, write_xlsx
from linli.web import registers
from linli.web.templatetags.words import say

XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
MOST_ROWS = 50_000
_KINDS = {"period": "text", "state": "text", "deadline": "number"}


def excel(name: str, columns: Sequence[registers.Column], rows: Iterable[object]) -> HttpResponse:
    """All columns of a register, shown or not, for these rows (MOST_ROWS at most)."""
    heads = [Column(say(c.label), _KINDS.get(c.kind, c.kind)) for c in columns]
    taken = rows[:MOST_ROWS] if hasattr(rows, "__getitem__") else rows
    body = [[_cell(column, row) for column in columns] for row in taken]
    return download(write_xlsx([Table(name, heads, body)]), f"{name}.xlsx", XLSX)


def _cell(column: registers.Column, row: object) -> object:
    value = column.of(row)
    if column.kind == "state" and isinstance(value, tuple):
        return say(value[0])
    if column.kind in ("text", "state") and value is not None:
        return say(value)
    if isinstance(value, bool):
        return _("是") if value else _("否")
    return value


def download(data: bytes, name: str, mime: str) -> HttpResponse:
    """Bytes as a file to save, never shown in the page and never kept by a cache."""
    answer = HttpResponse(data, content_type=mime)
    answer["Content-Disposition"] = f"attachment; filename*=UTF-8''{quote(name)}"
    answer["Cache-Control"] = "no-store"
    answer["X-Content-Type-Options"] = "nosniff"
    return answer
