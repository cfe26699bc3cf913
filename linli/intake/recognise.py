"""Which bank's layout a sheet has, and in which columns its fields stand."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import TypeGuard

from linli.intake.profiles import Profile, profiles
from linli.intake.words import aliases, names_of
from linli.sheets.headings import Headings, Wanted, complete, find_headings, heading_key
from linli.sheets.model import Sheet, Workbook, shown

_SEARCHED_ROWS = 60
_SIGNS = (frozenset({"date"}), frozenset({"income", "expense", "amount"}))


@dataclass(frozen=True, slots=True)
class Table:
    """A sheet taken as a statement: profile, rows of the headings, columns of each field."""

    sheet: Sheet
    profile: Profile
    first_row: int
    last_row: int
    columns: Mapping[str, tuple[int, ...]]
    labels: tuple[str, ...]
    missing: tuple[tuple[str, str], ...] = ()

    def column(self, field: str) -> int | None:
        found = self.columns.get(field)
        return found[0] if found else None


def bank_wanted(given: Mapping[str, str] | None = None) -> Wanted:
    """How the headings of a statement are found by their usual names, and by a mapping."""
    return Wanted(aliases("bank"), _SIGNS, None, given)


def recognise(book: Workbook, *, sheet: str = "", profile: str = "") -> list[Table]:
    """Every sheet that looks like a statement, with its best profile, in the order of the file.

    `sheet` and `profile` choose. The generic profile counts only where no other fits anywhere.
    """
    chosen = [one for one in book.sheets if (one.name == sheet if sheet else one.visible)]
    known = [one for one in profiles() if one.columns and (not profile or one.key == profile)]
    tables = [table for one in chosen if (table := _best(one, known))]
    if tables or (profile and known):
        return tables
    usual = profiles()[-1]
    return [table for one in chosen if (table := by_names(one, usual))]


def by_names(
    sheet: Sheet, profile: Profile, given: Mapping[str, str] | None = None
) -> Table | None:
    """A sheet read by the usual names of headings and by what a mapping names (field → heading)."""
    wanted = bank_wanted(given)
    found = find_headings(sheet, wanted)
    if found is None or not complete(found, wanted):
        return None
    columns: dict[str, tuple[int, ...]] = {field: (at,) for field, at in found.columns.items()}
    taken = set(found.columns.values())
    if "time" not in columns and "time" not in (given or {}):
        columns["time"] = _named(found, "time", taken)
    if "summary" in columns and "summary" not in (given or {}):
        columns["summary"] += _named(found, "summary", taken)
    filled = {field: places for field, places in columns.items() if places}
    return Table(
        sheet, profile, found.first_row, found.last_row, filled, found.labels, found.missing
    )


def _named(headings: Headings, field: str, taken: Iterable[int]) -> tuple[int, ...]:
    """Further columns that go by a name of a field, best name first."""
    keys = [heading_key(label) for label in headings.labels]
    left = [
        (names_of("bank", field).index(key), at)
        for at, key in enumerate(keys)
        if key in names_of("bank", field) and at not in taken
    ]
    return tuple(at for _rank, at in sorted(left))


def _best(sheet: Sheet, known: Iterable[Profile]) -> Table | None:
    found: list[tuple[tuple[bool, int], Table]] = []
    rows = [
        {heading_key(value): at for at, value in reversed([*enumerate(cells)]) if _is_text(value)}
        for cells in sheet.rows[:_SEARCHED_ROWS]
    ]
    for profile in known:
        wanted = set(profile.headings)
        row = next((number for number, keys in enumerate(rows, 1) if wanted <= keys.keys()), 0)
        if row:
            above = [shown(v) for cells in sheet.rows[: row - 1] for v in cells if _is_text(v)]
            named = any(word in text for word in profile.preamble for text in above)
            table = _table(sheet, profile, row, rows[row - 1])
            found.append(((named, len(wanted)), table))
    return max(found, key=lambda one: one[0])[1] if found else None


def _is_text(value: object) -> TypeGuard[str]:
    return isinstance(value, str) and bool(value.strip())


def _table(sheet: Sheet, profile: Profile, row: int, keys: Mapping[str, int]) -> Table:
    columns = {
        field: tuple(keys[name] for name in names if name in keys)
        for field, names in profile.columns.items()
    }
    labels = tuple(shown(value) for value in sheet.rows[row - 1])
    return Table(sheet, profile, row, row, {f: at for f, at in columns.items() if at}, labels)
