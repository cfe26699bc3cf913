"""The register as a spreadsheet: its columns, and its rows read one by one. No database."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
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
from linli.sheets.headings import Headings
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


LAYOUT = lists.Layout(
    fields=FIELDS,
    headings=_words()["headings"],
    needed=(frozenset({"kind"}), frozenset({"name"}), frozenset({"estate", "code"})),
    most=20_000,
)


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


def read(sheet: Sheet, found: Headings, told: lists.Told = lists.AS_IT_IS) -> lists.Read[RoomRow]:
    """All rows below the headings; words for kinds that nobody knows are kept to be explained."""
    return LAYOUT.read(
        sheet,
        found,
        lambda number, text: _row(sheet, number, found.columns, text, told),
        unknown=lambda text: _unknown_kind(text.get("kind", ""), told),
    )


def _unknown_kind(word: str, told: lists.Told) -> str:
    kind = room_kind_named(word)
    known = not word or word in told.words or (kind is not None and kind.leaf)
    return "" if known else word


def _row(
    sheet: Sheet,
    number: int,
    columns: Mapping[str, int],
    text: Mapping[str, str],
    told: lists.Told,
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


def _kind(word: str, told: lists.Told) -> tuple[str, Ruling]:
    if not word:
        return "", ALLOWED
    if chosen := told.words.get(word):
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
