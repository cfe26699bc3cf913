"""The register as a spreadsheet: its columns, and its rows read one by one. No database."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from functools import cache
from pathlib import Path
from types import MappingProxyType
from typing import Any

from linli.kernel.rulings import ALLOWED, Ruling, every, refuse, require
from linli.kernel.words import gettext_noop as _
from linli.places.rules import read_area, read_floor
from linli.premises import rules
from linli.sheets import lists
from linli.sheets.headings import Headings, Wanted, ranked
from linli.sheets.model import Sheet
from linli.sources import room_kind_named
from linli.sources.chart import folded

FIELDS = {
    "code": _("用房编码"),
    "kind": _("用房类别"),
    "name": _("用房名称"),
    "street": _("街道"),
    "community": _("社区"),
    "estate": _("小区"),
    "building": _("楼栋位置"),
    "floor": _("楼层"),
    "planned": _("规划面积"),
    "measured": _("实测面积"),
    "entrance": _("独立出入口"),
    "state": _("使用状态"),
    "occupant": _("使用人"),
    "purpose": _("现用途"),
    "since": _("使用起始"),
    "owner": _("产权人"),
    "title_state": _("产权登记"),
    "title_no": _("不动产权证号"),
    "title_on": _("登记日期"),
    "note": _("备注"),
}
"""What a column may be read as, in the order in which the register is written out."""

NEEDED = (frozenset({"kind"}), frozenset({"name"}), frozenset({"estate", "code"}))
MOST_ROWS = 20_000
LONGEST = {
    "name": 64,
    "building": 32,
    "occupant": 64,
    "purpose": 100,
    "title_no": 64,
    "note": 500,
}


@cache
def _words() -> Mapping[str, Any]:
    text = (Path(__file__).parent / "words.toml").read_text("utf-8")
    return MappingProxyType(tomllib.loads(text))


def headings(name: str) -> tuple[str, ...]:
    """What a column is called in practice, best name first."""
    return tuple(_words()["headings"][name])


@cache
def _codes(table: str) -> Mapping[str, str]:
    found = {folded(word): code for code, words in _words()[table].items() for word in words}
    return MappingProxyType(found)


@dataclass(frozen=True, slots=True, kw_only=True)
class RoomRow:
    """A row that can be read. What is None (or "") in it was left empty and changes nothing."""

    row: int
    code: str = ""
    kind: str = ""
    name: str = ""
    around: tuple[str, str] = ("", "")
    estate: str = ""
    building: str | None = None
    floor: int | None = None
    planned_dm2: int | None = None
    measured_dm2: int | None = None
    own_entrance: bool | None = None
    state: str = ""
    occupant: str | None = None
    purpose: str = ""
    since_on: date | None = None
    owner: str = ""
    title_state: str = ""
    title_no: str | None = None
    title_on: date | None = None
    note: str | None = None


@dataclass(frozen=True, slots=True)
class Told:
    """How a person says a sheet is to be read: field → heading, word for a kind → its code."""

    columns: Mapping[str, str] = field(default_factory=dict)
    kinds: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Read:
    """A sheet as it was read. `unknown`: words for kinds nobody knows, with how often they stand."""

    sheet: Sheet
    found: Headings
    rows: tuple[RoomRow, ...]
    faults: Ruling
    unknown: Mapping[str, int]

    @property
    def total(self) -> int:
        bad = {reason.row for reason in self.faults.reasons}
        return len(self.rows) + len(bad)


def open_sheet(data: bytes, *, name: str, told: Told = Told()) -> tuple[Sheet, Headings | None]:  # noqa: B008
    """The sheet with the headings; raises Refused where the file is no spreadsheet."""
    return lists.open_list(data, name=name, names=wanted(told))


def wanted(told: Told = Told()) -> Wanted:  # noqa: B008
    return Wanted(ranked(_words()["headings"]), NEEDED, given=dict(told.columns) or None)


def lacking(found: Headings | None) -> Ruling:
    """Which columns are missing; nothing can be read without them."""
    return lists.lacking(found, needed=NEEDED, fields=FIELDS)


def read(sheet: Sheet, found: Headings, told: Told = Told()) -> Read:  # noqa: B008
    """All rows below the headings, each with all its faults."""
    rows: list[RoomRow] = []
    faults: list[Ruling] = []
    unknown: dict[str, int] = {}
    last = min(len(sheet.rows), found.last_row + MOST_ROWS)
    for number in range(found.last_row + 1, last + 1):
        text = {name: sheet.text(number, at) for name, at in found.columns.items()}
        if not any(text.values()):
            continue
        row, ruling = _row(sheet, number, found.columns, text, told)
        faults.append(ruling)
        if row:
            rows.append(row)
        if word := _unknown_kind(text.get("kind", ""), told):
            unknown[word] = unknown.get(word, 0) + 1
    if len(sheet.rows) > last:
        faults.append(refuse(_("一次最多导入%(n)s行，请分成几个文件"), n=MOST_ROWS))
    return Read(sheet, found, tuple(rows), every(faults), unknown)


def _unknown_kind(word: str, told: Told) -> str:
    kind = room_kind_named(word)
    known = not word or word in told.kinds or (kind is not None and kind.leaf)
    return "" if known else word


def _row(
    sheet: Sheet,
    number: int,
    columns: Mapping[str, int],
    text: Mapping[str, str],
    told: Told,
) -> tuple[RoomRow | None, Ruling]:
    rulings: list[Ruling] = [
        require(len(text.get(name, "")) <= most, _("“%(value)s”太长"), value=text[name][:30]).at(
            name, number
        )
        for name, most in LONGEST.items()
        if name in text
    ]

    def take(name: str, got: tuple[Any, Ruling]) -> Any:
        rulings.append(got[1].at(name, number))
        return got[0]

    def optional(name: str) -> str | None:
        return text[name] if text.get(name) else None

    made = RoomRow(
        row=number,
        code=text.get("code", "").upper(),
        kind=take("kind", _kind(text.get("kind", ""), told)),
        name=" ".join(text.get("name", "").split()),
        around=(text.get("street", ""), text.get("community", "")),
        estate=text.get("estate", ""),
        building=optional("building"),
        floor=take("floor", read_floor(text.get("floor", ""))),
        planned_dm2=take("planned", read_area(text.get("planned", ""))),
        measured_dm2=take("measured", read_area(text.get("measured", ""))),
        own_entrance=take("entrance", _answer(text.get("entrance", ""))),
        state=take("state", _one_of("states", text.get("state", ""), rules.STATES)),
        occupant=optional("occupant"),
        purpose=text.get("purpose", ""),
        since_on=take("since", lists.read_date(sheet, number, columns.get("since"))),
        owner=take("owner", _one_of("owners", text.get("owner", ""), rules.OWNERS_OF)),
        title_state=take(
            "title_state", _one_of("titles", text.get("title_state", ""), rules.TITLES)
        ),
        title_no=optional("title_no"),
        title_on=take("title_on", lists.read_date(sheet, number, columns.get("title_on"))),
        note=optional("note"),
    )
    rulings.append(
        require(made.code or made.kind or text.get("kind"), _("缺少用房类别")).at("kind", number)
        & require(made.code or made.name, _("缺少用房名称")).at("name", number)
        & require(made.code or made.estate, _("缺少小区")).at("estate", number)
    )
    ruling = every(rulings)
    return (made, ALLOWED) if ruling.allowed else (None, ruling)


def _kind(word: str, told: Told) -> tuple[str, Ruling]:
    if not word:
        return "", ALLOWED
    if chosen := told.kinds.get(word):
        return chosen, ALLOWED
    kind = room_kind_named(word)
    if kind is not None and kind.leaf:
        return kind.code, ALLOWED
    if kind is not None:
        return "", refuse(_("“%(word)s”要写明是哪一种"), word=word[:30])
    return "", refuse(_("没有“%(word)s”这种用房，请对应到清单里的一种"), word=word[:30])


def _one_of(table: str, word: str, known: Mapping[str, str]) -> tuple[str, Ruling]:
    if not word:
        return "", ALLOWED
    plain = folded(word)
    code = _codes(table).get(plain) or next(
        (code for code, name in known.items() if folded(name) == plain), ""
    )
    return code, require(
        code, _("不认识“%(word)s”，可写：%(known)s"), word=word[:30], known=tuple(known.values())
    )


def _answer(word: str) -> tuple[bool | None, Ruling]:
    if not word:
        return None, ALLOWED
    answer = _codes("answers").get(folded(word) or word)
    return (answer == "yes" if answer else None), require(
        answer, _("“%(word)s”应填是或否"), word=word[:30]
    )
