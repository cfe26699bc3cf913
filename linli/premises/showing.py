"""How rooms are shown: words, badges, masked names, areas, their places on a map."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any
from urllib.parse import urlencode

from django.db.models import QuerySet
from django.urls import reverse
from django.utils.translation import gettext, gettext_lazy

from linli.kernel.identity import mask_name, mask_phone
from linli.kernel.place import Scope
from linli.places import queries as places
from linli.premises import atlas, leases, queries, rules
from linli.premises.atlas import Drawing, Shape, Spot
from linli.premises.leases import Terms
from linli.premises.models import Contract, Room
from linli.sources import number, room_kinds
from linli.web.registers import Column
from linli.web.templatetags.words import say

BADGES = {
    rules.SELF_USED: "done",
    rules.IDLE: "wait",
    rules.LET: "open",
    rules.OCCUPIED: "draft",
    rules.CHANGED: "draft",
    rules.UNBUILT: "wait",
    rules.UNDELIVERED: "wait",
}
LETTERS = {
    rules.SELF_USED: gettext_lazy("自"),
    rules.IDLE: gettext_lazy("闲"),
    rules.LET: gettext_lazy("租"),
    rules.OCCUPIED: gettext_lazy("占"),
    rules.CHANGED: gettext_lazy("改"),
    rules.UNBUILT: gettext_lazy("缺"),
    rules.UNDELIVERED: gettext_lazy("待"),
}
"""One character for each state: rooms on a map are told apart by more than colour."""


def state_of(room: Room) -> tuple[Any, str]:
    """(word, kind of badge)."""
    if room.until_on:
        return gettext_lazy("已注销"), "void"
    return rules.STATES[room.state], BADGES[room.state]


def kind_name(code: str) -> Any:
    return room_kinds()[code].name


def area(value_dm2: int | None) -> str:
    """Square metres as people read them: 1,234.5; "" where unknown."""
    if value_dm2 is None:
        return ""
    whole, part = divmod(value_dm2, 100)
    return f"{whole:,}" + (f".{part:02d}".rstrip("0") if part else "")


def masked(name: str, *, person: bool) -> str:
    return mask_name(name) if person else name


def occupant_of(room: Any) -> str:
    """Who uses a room (or did, for a line of its ledger of use), a person masked."""
    return masked(room.occupant, person=room.occupant_person)


class Rows:
    """Rooms for a register: those of the page that is shown get `estate_name` and `around`."""

    def __init__(self, rows: QuerySet[Room]) -> None:
        self.rows = rows

    def count(self) -> int:
        return self.rows.count()

    __len__ = count

    def order_by(self, *names: str) -> Rows:
        return Rows(self.rows.order_by(*names))

    def __getitem__(self, some: slice) -> list[Room]:
        return named(self.rows[some])


def named(rows: Iterable[Room]) -> list[Room]:
    """Rooms with `estate_name` and `around` (street and community), in two queries for all."""
    found = list(rows)
    ways = places.paths({room.estate for room in found})
    for room in found:
        steps = ways.get(room.estate, ())
        room.estate_name = steps[-1].name if steps else room.estate  # type: ignore[attr-defined]
        room.around = places.SEPARATOR.join(  # type: ignore[attr-defined]
            step.name for step in steps if step.level in ("street", "community")
        )
    return found


COLUMNS = (
    Column(
        code="name",
        label=gettext_lazy("用房名称"),
        sort="name",
        href=lambda room: reverse("premises:room", args=[room.pk]),
    ),
    Column(code="code", label=gettext_lazy("用房编码"), sort="code"),
    Column(
        code="kind", label=gettext_lazy("用房类别"), value=lambda r: kind_name(r.kind), sort="kind"
    ),
    Column(code="estate", label=gettext_lazy("小区"), value="estate_name", sort="place"),
    Column(code="building", label=gettext_lazy("楼栋位置")),
    Column(code="floor", label=gettext_lazy("楼层"), kind="number", shown=False),
    Column(
        code="planned",
        label=gettext_lazy("规划面积"),
        kind="number",
        value=lambda room: area(room.planned_dm2),
        sort="planned_dm2",
        shown=False,
    ),
    Column(
        code="measured",
        label=gettext_lazy("实测面积"),
        kind="number",
        value=lambda room: area(room.measured_dm2),
        sort="measured_dm2",
    ),
    Column(
        code="state", label=gettext_lazy("使用状态"), kind="state", value=state_of, sort="state"
    ),
    Column(code="occupant", label=gettext_lazy("使用人"), value=occupant_of),
    Column(
        code="owner",
        label=gettext_lazy("产权人"),
        value=lambda room: rules.OWNERS_OF[room.owner],
        sort="owner",
    ),
    Column(
        code="title_state",
        label=gettext_lazy("产权登记"),
        value=lambda room: rules.TITLES[room.title_state],
        shown=False,
    ),
    Column(code="title_no", label=gettext_lazy("不动产权证号"), shown=False),
    Column(code="title_on", label=gettext_lazy("登记日期"), kind="day", shown=False),
    Column(
        code="entrance",
        label=gettext_lazy("独立出入口"),
        value=lambda room: {True: gettext_lazy("是"), False: gettext_lazy("否")}.get(
            room.own_entrance
        ),
        shown=False,
    ),
    Column(code="around", label=gettext_lazy("街道、社区"), value="around", shown=False),
    Column(code="note", label=gettext_lazy("备注"), shown=False),
)


# --- leases -----------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Lease:
    """A lease as the page shows it: masked unless somebody opened it, with what is wrong."""

    row: Contract
    lessee: str
    phone: str
    standing: tuple[Any, str]
    doubts: Any
    open_: bool

    @property
    def see_id(self) -> str:
        return f"lessee-{self.row.pk}"

    @property
    def end_id(self) -> str:
        return f"end-lease-{self.row.pk}"

    @property
    def per(self) -> Any:
        return rules.PERS[self.row.per]

    @property
    def paid_to(self) -> Any:
        return rules.PAID_TO[self.row.paid_to]


LEASE_BADGES = {
    leases.COMING: "wait",
    leases.RUNNING: "open",
    leases.OVER: "late",
    leases.ENDED: "done",
}


def lease(row: Contract, *, kind: str, today: date, opened: bool = False) -> Lease:
    standing = leases.standing(
        from_on=row.from_on, until_on=row.until_on, ended_on=row.ended_on, today=today
    )
    terms = Terms(**{name: getattr(row, name) for name in Terms.__slots__})
    doubts = None
    if standing != leases.ENDED:
        doubts = leases.doubts(
            terms,
            kind=kind,
            today=today,
            max_years=number("lease_max_years", on=today),
            written_from_months=number("lease_written_from_months", on=today),
        )
    shown = opened or not row.person
    return Lease(
        row,
        row.lessee if shown else mask_name(row.lessee),
        row.phone if shown else mask_phone(row.phone) if row.phone else "",
        (leases.STANDINGS[standing], LEASE_BADGES[standing]),
        doubts,
        opened,
    )


# --- maps -------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Legend:
    """One state in the legend of a map, with how many rooms are in it."""

    tone: str
    letter: Any
    word: Any
    count: int
    url: str = ""


def legend(
    counts: Mapping[str, int], *, url: str = "", query: Mapping[str, Any] | None = None
) -> list[Legend]:
    """Every state with its letter; with `url` each narrows the list to it."""
    told = dict(query or {})
    return [
        Legend(
            state,
            LETTERS[state],
            rules.STATES[state],
            counts.get(state, 0),
            f"{url}?{urlencode(told | {'state': state}, doseq=True)}" if url else "",
        )
        for state in rules.STATES
    ]


@dataclass(frozen=True, slots=True)
class EstateOnMap:
    """An estate in the list beside the map."""

    code: str
    name: str
    counts: Mapping[str, int]
    url: str

    @property
    def total(self) -> int:
        return sum(self.counts.values())

    @property
    def words(self) -> list[tuple[Any, int]]:
        return [(rules.STATES[state], n) for state, n in self.counts.items() if n]


def overview(
    found: Mapping[str, Mapping[str, int]], scope: Scope, *, query: str
) -> tuple[Drawing, list[EstateOnMap]]:
    """The estates of a filter on one sheet, each with how many rooms of which state; four queries.

    Where nobody drew a single one of them they are laid out by street.
    """
    names = places.names(found)
    rings = places.outlines(scope, levels=("street", "community", "estate"))
    drawn = {code: ring for code, ring in rings.items() if len(code) < 15 or code in found}
    if any(len(code) == 15 for code in drawn):
        points, height = atlas.project(drawn)
        basis = atlas.OUTLINE
        names |= places.names([code for code in drawn if len(code) == 9])
    else:
        groups: dict[str, list[str]] = {}
        for code in found:
            groups.setdefault(code[:9], []).append(code)
        points, height = atlas.grid(list(groups.values()))
        basis = atlas.GRID
    kinds = {9: "street", 12: "community", 15: "estate"}
    drawing = Drawing(height=round(height, 1), basis=basis)
    listed = []
    for code, ring in sorted(points.items(), key=lambda each: len(each[0])):
        name = "" if len(code) == 12 else names.get(code, "")
        drawing.shapes.append(Shape(code=code, name=name, kind=kinds[len(code)], ring=ring))
    for code, counts in found.items():
        url = f"{reverse('premises:plan', args=[code])}{'?' if query else ''}{query}"
        one = EstateOnMap(code, names.get(code, code), _ordered(counts), url)
        listed.append(one)
        if code in points:
            x, y = Shape(code=code, name="", kind="estate", ring=points[code]).centre
            drawing.spots.append(_estate_spot(one, x, y))
    return drawing, listed


def _ordered(counts: Mapping[str, int]) -> dict[str, int]:
    return {state: counts[state] for state in rules.STATES if counts.get(state)}


def _estate_spot(one: EstateOnMap, x: float, y: float) -> Spot:
    told = "，".join(f"{say(word)} {n}" for word, n in one.words)
    return Spot(
        key=one.code,
        x=round(x, 1),
        y=round(y, 1),
        label=gettext("%(name)s：%(n)s 处（%(told)s）")
        % {"name": one.name, "n": one.total, "told": told},
        href=one.url,
        parts=tuple(one.counts.items()),
    )


def site(estate: str, rooms: Sequence[Room]) -> tuple[Drawing, list[Room]]:
    """One estate's rooms on its plan; (the sheet, rooms nobody can place). Four queries at most.

    The sheet is the picture somebody kept, else the outlines of its buildings, else a grid of
    them. A room without a spot of its own lies in its building.
    """
    drawing, rings = _sheet(estate)
    in_building: dict[str, list[Room]] = {}
    left: list[Room] = []
    for room in rooms:
        if room.spot_x is not None and room.spot_y is not None:
            x = room.spot_x * drawing.width / 1000
            drawing.spots.append(_room_spot(room, x, room.spot_y * drawing.height / 1000))
        elif room.place in rings:
            in_building.setdefault(room.place, []).append(room)
        else:
            left.append(room)
    for code, several in in_building.items():
        for at, room in enumerate(several):
            drawing.spots.append(_room_spot(room, *atlas.inside(rings[code], at, len(several))))
    return drawing, left


def _sheet(estate: str) -> tuple[Drawing, dict[str, tuple[atlas.Point, ...]]]:
    plan = queries.plan(estate)
    if plan is not None:
        height = atlas.WIDTH * (plan.file.height or 1) / (plan.file.width or 1)
        picture = reverse("premises:plan_picture", args=[plan.pk])
        return Drawing(height=round(height, 1), basis=atlas.PICTURE, picture=picture), {}
    buildings = {one.place: one.name for one in places.of_level("building", Scope.of(estate))}
    rings = places.outlines(Scope.of(estate), levels=("estate", "building"))
    if any(code in buildings for code in rings):
        points, height = atlas.project(rings)
        basis = atlas.OUTLINE
    else:
        points, height = atlas.grid([list(buildings)])
        basis = atlas.GRID
    drawing = Drawing(height=round(height, 1), basis=basis)
    for code, ring in sorted(points.items(), key=lambda each: len(each[0])):
        kind = "building" if code in buildings else "estate"
        drawing.shapes.append(Shape(code=code, name=buildings.get(code, ""), kind=kind, ring=ring))
    return drawing, {code: ring for code, ring in points.items() if code in buildings}


def _room_spot(room: Room, x: float, y: float) -> Spot:
    return Spot(
        key=str(room.pk),
        x=round(x, 1),
        y=round(y, 1),
        label=f"{room.name} · {say(kind_name(room.kind))} · {say(rules.STATES[room.state])}",
        href=reverse("premises:room", args=[room.pk]),
        letter=str(LETTERS[room.state]),
        tone=room.state,
    )
