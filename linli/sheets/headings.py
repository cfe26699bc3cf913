"""Finding the headings of a sheet: one row or two, with merged cells, among what stands above."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from types import MappingProxyType

from linli.sheets.model import Area, Sheet, column_letter
from linli.sources.chart import folded

Aliases = Mapping[str, tuple[str, int]]
"""A folded heading → (field, rank); the lower rank is the better name."""

_UNIT = re.compile(r"[(\[](?:单位:?)?(?:人民币|¥)?元?(?:rmb|cny)?[)\]]", re.IGNORECASE)

_SEARCHED_ROWS = 40
_MOST_MERGED = 500


def heading_key(text: str) -> str:
    """A heading as it is compared: without unit, spaces, brackets, dashes, width or case."""
    return folded(_UNIT.sub("", unicodedata.normalize("NFKC", text)))


def ranked(headings: Mapping[str, Sequence[str]]) -> Aliases:
    """Names of fields, best first, ready to be looked up."""
    found: dict[str, tuple[str, int]] = {}
    for field, names in headings.items():
        for rank, name in enumerate(names):
            found.setdefault(heading_key(name), (field, rank))
    return MappingProxyType(found)


@dataclass(frozen=True, slots=True)
class ColumnUse:
    """Which column of the sheet a field is read from."""

    field: str
    column: int
    heading: str

    @property
    def letter(self) -> str:
        return column_letter(self.column)


@dataclass(frozen=True, slots=True)
class Headings:
    """Where the headings stand and what each column is taken for.

    `labels` are the headings of all columns (``金额/收入`` where two rows are needed to tell
    columns apart); `doubles` are fields for which two columns have an equally good name;
    `missing` are headings that a mapping names and the sheet does not have.
    """

    first_row: int
    last_row: int
    columns: Mapping[str, int]
    labels: tuple[str, ...]
    doubles: Mapping[str, tuple[int, ...]]
    missing: tuple[tuple[str, str], ...] = ()

    def use(self) -> tuple[ColumnUse, ...]:
        """The columns in use, from left to right."""
        found = (ColumnUse(field, at, self.labels[at]) for field, at in self.columns.items())
        return tuple(sorted(found, key=lambda use: (use.column, use.field)))


@dataclass(frozen=True, slots=True)
class Wanted:
    """How to find headings: names of fields, weak names, and what a mapping says (field → heading).

    A field that a mapping gives as empty is not looked for. `signs` are sets of fields of which
    a sheet must have one each to count as found.
    """

    aliases: Aliases
    signs: tuple[frozenset[str], ...]
    weak: Aliases | None = None
    given: Mapping[str, str] | None = None


def find_headings(sheet: Sheet, wanted: Wanted) -> Headings | None:
    """The most telling row (or pair of rows) among the first forty, or None."""
    best: tuple[tuple[bool, int, int], Headings] | None = None
    merged = tuple(area for area in sheet.merged if area[0] <= _SEARCHED_ROWS)[:_MOST_MERGED]
    for row in range(1, min(len(sheet.rows), _SEARCHED_ROWS) + 1):
        for last in (row, row + 1):
            if last > row and not _may_continue(sheet, last):
                continue
            found = _headings(sheet, row, last, wanted, merged)
            told = all(sign & found.columns.keys() for sign in wanted.signs)
            score = (told, len(found.columns), row - last)
            if len(found.columns) >= 2 and (best is None or score > best[0]):
                best = (score, found)
    return best[1] if best else None


def complete(headings: Headings | None, wanted: Wanted) -> bool:
    """Whether every sign of such a sheet was found."""
    return headings is not None and all(sign & headings.columns.keys() for sign in wanted.signs)


def _may_continue(sheet: Sheet, row: int) -> bool:
    """A second row of headings holds a few short texts and neither figures nor dates."""
    if row > len(sheet.rows):
        return False
    filled = [value for value in sheet.rows[row - 1] if value != ""]
    return bool(filled) and all(
        isinstance(value, str) and len(value) <= 20 and not value.strip()[:1].isdigit()
        for value in filled
    )


def _headings(
    sheet: Sheet, first: int, last: int, wanted: Wanted, merged: tuple[Area, ...]
) -> Headings:
    width = max(len(sheet.rows[row - 1]) for row in range(first, last + 1))
    pairs = [_pair(sheet, first, last, column, merged) for column in range(width)]
    labels = _labels(pairs)
    columns: dict[str, int] = {}
    doubles: dict[str, tuple[int, ...]] = {}
    missing = []
    for field, heading in (wanted.given or {}).items():
        at = _given(heading, labels, pairs) if heading else None
        if heading and at is None:
            missing.append((field, heading))
        elif at is not None:
            columns[field] = at
    _by_alias(pairs, wanted.aliases, wanted.given or {}, columns, doubles)
    if wanted.weak:
        _by_alias(pairs, wanted.weak, wanted.given or {}, columns, {})
    return Headings(first, last, columns, labels, doubles, tuple(missing))


def _pair(
    sheet: Sheet, first: int, last: int, column: int, merged: tuple[Area, ...]
) -> tuple[str, str]:
    """(upper, lower) text of a column's heading; lower is empty where there is one row."""
    upper = sheet.text(first, column)
    if first == last:
        return upper, ""
    lower = sheet.text(last, column)
    if not upper and lower:
        upper = _spread(sheet, first, last, column, merged)
    return upper, "" if lower == upper else lower


def _spread(sheet: Sheet, first: int, last: int, column: int, merged: tuple[Area, ...]) -> str:
    """The heading that spans over a column: by merged cells, in a csv by what stands to the left."""
    for top, left, bottom, right in merged:
        if top <= first <= bottom and left <= column <= right:
            return sheet.text(top, left)
    if merged:
        return ""
    while column >= 0 and sheet.text(last, column):
        if found := sheet.text(first, column):
            return found
        column -= 1
    return ""


def _labels(pairs: list[tuple[str, str]]) -> tuple[str, ...]:
    plain = [lower or upper for upper, lower in pairs]
    return tuple(
        f"{upper}/{lower}" if upper and lower and plain.count(lower) > 1 else (lower or upper)
        for upper, lower in pairs
    )


def _keys(pair: tuple[str, str]) -> tuple[str, ...]:
    upper, lower = pair
    return (heading_key(upper + lower), heading_key(lower)) if lower else (heading_key(upper),)


def _given(heading: str, labels: tuple[str, ...], pairs: list[tuple[str, str]]) -> int | None:
    """The column of a heading that a mapping names: word for word first, else as it is compared."""
    if heading in labels:
        return labels.index(heading)
    wanted = heading_key(heading)
    for column, pair in enumerate(pairs):
        if wanted and wanted in _keys(pair):
            return column
    return None


def _by_alias(
    pairs: list[tuple[str, str]],
    aliases: Aliases,
    given: Collection[str],
    columns: dict[str, int],
    doubles: dict[str, tuple[int, ...]],
) -> None:
    taken = set(columns.values())
    ranked: dict[str, list[tuple[int, int]]] = {}
    for column, pair in enumerate(pairs):
        if column in taken:
            continue
        for key in _keys(pair):
            if key in aliases:
                field, rank = aliases[key]
                if field not in given and field not in columns:
                    ranked.setdefault(field, []).append((rank, column))
                break
    for field, found in ranked.items():
        best = min(found)[0]
        equal = tuple(column for rank, column in found if rank == best)
        columns[field] = equal[0]
        if len(equal) > 1:
            doubles[field] = equal
