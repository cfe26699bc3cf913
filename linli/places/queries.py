"""Reads of places: names and paths of codes, what succeeded what, the calendar, search."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import date

import chinese_calendar.constants as published
from django.db.models import Case, Count, IntegerField, Q, QuerySet, Value, When
from django.db.models.functions import Substr

from linli.kernel import place as codes
from linli.kernel.calendar import Calendar
from linli.kernel.once import once
from linli.kernel.place import Scope
from linli.places import rules
from linli.places.models import (
    LENGTHS,
    Door,
    DoorGrid,
    Figures,
    FormerName,
    Holiday,
    HolidayYear,
    Outline,
    Place,
    Succession,
)
from linli.search import words

SEPARATOR = " › "
SHOWN = ("county", "street", "community", "estate", codes.GRID, "building")
"""Levels that lists show; units are found through their building."""


@dataclass(frozen=True, slots=True)
class Named:
    """A code with the name it has (the code itself where no name is known)."""

    code: str
    name: str

    @property
    def level(self) -> str:
        return codes.level(self.code)


def find(code: str) -> Place | None:
    """The place of a code, in force or closed."""
    return Place.objects.filter(place=code).first()


def lock(code: str) -> None:
    """Hold the row of a place until the act is done: what is numbered in it is numbered by one."""
    Place.objects.select_for_update().filter(place=code).first()


def in_force(on: date | None = None) -> QuerySet[Place]:
    """Places that have not been given up (on a day; without one: for good)."""
    if on is None:
        return Place.objects.filter(until_on=None)
    return Place.objects.filter(
        Q(since_on=None) | Q(since_on__lte=on), Q(until_on=None) | Q(until_on__gte=on)
    )


def of_level(level: str, scope: Scope) -> QuerySet[Place]:
    """Places of one level in force within a scope."""
    return in_force().filter(level=level).within(scope)


def children(code: str) -> QuerySet[Place]:
    """Places in force whose parent this is, grids included."""
    length = [n for n in codes.LEVELS.values() if n > len(code)]
    level = codes.level(code)
    wanted = [name for name, n in codes.LEVELS.items() if length and n == length[0]]
    if level == "community":
        wanted.append(codes.GRID)
    return in_force().filter(level__in=wanted).within(code) if wanted else Place.objects.none()


def next_code(parent: str, level: str) -> str:
    """The code for the next place of a level inside a parent; raises ValueError if none is left.

    Codes of places that were given up are not given out again.
    """
    used = Place.objects.filter(level=level).within(parent).order_by("-place")
    last = used.values_list("place", flat=True).first()
    width = 2 if level == "unit" else 3
    return codes.child(parent, level, int(last[-width:]) + 1 if last else 1)


def _chains(wanted: Iterable[str]) -> dict[str, tuple[str, ...]]:
    return {code: (*codes.ancestors(code), code) for code in set(wanted) if code}


def paths(wanted: Iterable[str]) -> dict[str, tuple[Named, ...]]:
    """For each code the named places from the county down to it; four queries at most for all.

    A wider place that was merged is shown under the name of the one place that succeeded it.
    """
    chains = _chains(wanted)
    every = {step for chain in chains.values() for step in chain}
    rows = Place.objects.filter(place__in=every).values_list("place", "name", "until_on")
    known = {code: name for code, name, _until in rows}
    if deep := {code for code in chains if len(code) == codes.LEVELS["door"]}:
        known |= dict(Door.objects.filter(place__in=deep).values_list("place", "name"))
    closed = {code for code, _name, until in rows if until is not None}
    heirs = _heirs(closed) if closed else {}
    if heirs:
        known |= dict(Place.objects.filter(place__in=heirs.values()).values_list("place", "name"))
    return {
        code: tuple(
            Named(heirs.get(step, step), known.get(heirs.get(step, step), step))
            for step in chain
            if step in known or step == code
        )
        for code, chain in chains.items()
    }


def _heirs(wanted: set[str]) -> dict[str, str]:
    """Closed codes that exactly one place succeeded → that place (followed to the end)."""
    after: dict[str, list[str]] = {}
    for new, old in successions():
        after.setdefault(old, []).append(new)
    found = {}
    for code in wanted & after.keys():
        heir, seen = code, {code}
        while len(after.get(heir, ())) == 1 and after[heir][0] not in seen:
            heir = after[heir][0]
            seen.add(heir)
        if heir != code:
            found[code] = heir
    return found


def path(code: str) -> tuple[Named, ...]:
    """The named places from the county down to a code; () for an empty one."""
    return paths([code]).get(code, ())


def name_path(code: str) -> str:
    """登州街道 › 海滨社区 › 碧海家园. The county is left out unless it is the place itself."""
    return _joined(path(code))


def name_paths(wanted: Iterable[str]) -> dict[str, str]:
    """`name_path` of many codes, in as few queries as of one."""
    return {code: _joined(steps) for code, steps in paths(wanted).items()}


def _joined(steps: tuple[Named, ...]) -> str:
    shown = steps[1:] if len(steps) > 1 and steps[0].level == "county" else steps
    return SEPARATOR.join(step.name for step in shown)


def name(code: str) -> str:
    """The name a place has now; the code itself where none is known."""
    place = find(code)
    return place.name if place else code


def names(wanted: Iterable[str]) -> dict[str, str]:
    """Names of many codes in one query."""
    found = dict(Place.objects.filter(place__in=set(wanted)).values_list("place", "name"))
    return {code: found.get(code, code) for code in wanted}


def name_on(code: str, on: date) -> str:
    """What a place was called on a day."""
    former = FormerName.objects.filter(place=code, until_on__gte=on).order_by("until_on").first()
    return former.name if former else name(code)


def former_names(code: str) -> QuerySet[FormerName]:
    return FormerName.objects.filter(place=code).order_by("-until_on")


def successions() -> list[tuple[str, str]]:
    """(new, old) of every place that took over another; few rows, one query."""
    return list(Succession.objects.values_list("place", "old"))


def predecessors(wanted: Collection[str]) -> frozenset[str]:
    """Codes whose rows now belong to these places (see rules.predecessors). One query."""
    return rules.predecessors(wanted, successions())


def successors(code: str) -> list[Named]:
    """What took over a place that was given up."""
    new = list(Succession.objects.filter(old=code).values_list("place", flat=True))
    named = names(new)
    return [Named(each, named[each]) for each in new]


def follows(new: str, old: str) -> bool:
    """Whether `new` is already, directly or not, a predecessor of `old`."""
    return new in predecessors([old])


CALENDAR = "places.calendar"


def calendar() -> Calendar:
    """The calendar of working days over the holiday table as it is kept. One query a request.

    A year is kept whole or not at all (`set_holidays`), so any day off of it tells that it is there.
    """
    return once(CALENDAR, _calendar)


def _calendar() -> Calendar:
    days = dict(Holiday.objects.values_list("day", "off"))
    return Calendar(days, frozenset(day.year for day, off in days.items() if off))


def search(
    text: str,
    scope: Scope,
    *,
    levels: Collection[str] = ("county", "street", "community", "estate"),
    limit: int = 10,
) -> list[Place]:
    """Places in force within a scope by name, pinyin initials or code; the closest first."""
    text = text.strip()
    found = in_force().filter(level__in=levels).within(scope)
    if text:
        found = found.filter(matching(text))
        found = found.annotate(
            distance=Case(
                When(name=text, then=Value(0)),
                When(name__startswith=text, then=Value(1)),
                When(initials__begins=text.lower(), then=Value(2)),
                default=Value(3),
                output_field=IntegerField(),
            )
        ).order_by("distance", "place")
    return list(found[:limit])


def matching(text: str) -> Q:
    """Rows whose name, initials or code is like a text."""
    like = Q(name__icontains=text)
    if plain := words.latin(text):
        like |= Q(initials__begins=plain)
        if plain.isdigit() or "g" in plain:
            like |= Q(place__begins=plain.upper())
    return like


def register(
    scope: Scope, *, text: str = "", level: str = "", inside: str = "", closed: bool = False
) -> QuerySet[Place]:
    """The list of places with its filters. `closed`: those that were given up."""
    found = Place.objects.within(scope).exclude(level="unit")
    found = found.exclude(until_on=None) if closed else found.filter(until_on=None)
    if level:
        found = found.filter(level=level)
    if inside:
        found = found.within(inside)
    return found.filter(matching(text.strip())) if text.strip() else found


def counts(scope: Scope) -> dict[str, int]:
    """How many places of each level are in force within a scope."""
    rows = in_force().within(scope).values_list("level").annotate(n=Count("pk")).order_by()
    return dict(rows)


def doors(code: str) -> QuerySet[Door]:
    """Doors of an estate, building or unit; of a grid: those in it now."""
    if codes.level(code) == codes.GRID:
        inside = DoorGrid.objects.filter(grid=code, until_on=None).values("place")
        return Door.objects.filter(place__in=inside)
    return Door.objects.within(code)


def door_count(wanted: Collection[str]) -> dict[str, int]:
    """Doors of each of some estates (15 figures), in one query."""
    rows = (
        Door.objects.within(Scope.around(wanted))
        .annotate(estate=Substr("place", 1, 15))
        .values_list("estate")
        .annotate(n=Count("pk"))
        .order_by()
    )
    found = dict(rows)
    return {code: found.get(code, 0) for code in wanted}


def figures(wanted: Collection[str]) -> dict[str, Figures]:
    """The latest figures of each of some estates that has any, in one query."""
    rows = Figures.objects.filter(place__in=set(wanted)).order_by("as_of_on")
    return {row.place: row for row in rows}


def outlines(scope: Scope, *, levels: Collection[str]) -> dict[str, list[list[int]]]:
    """Code → ring of the places of some levels within a scope that are drawn. One query."""
    lengths = {LENGTHS[level] for level in levels}
    rows = Outline.objects.within(scope).values_list("place", "ring").order_by("place")
    return {code: ring for code, ring in rows if len(code) in lengths}


def known_doors(
    estate: str,
) -> dict[tuple[str, str, str], tuple[int | None, int | None, str]]:
    """(building, unit, room) → (floor, area, grid's name) of an estate's doors."""
    return {
        (row.building, row.unit, row.door.name): (row.door.floor, row.door.area_dm2, row.grid)
        for row in door_rows(estate)
    }


@dataclass(frozen=True, slots=True)
class DoorShown:
    """A door as lists and sheets show it, with its building, unit and grid by name."""

    door: Door
    building: str
    unit: str
    grid: str


def door_rows(code: str, some: QuerySet[Door] | None = None) -> list[DoorShown]:
    """Doors with the names around them, in three queries. `some`: only these (a page)."""
    shown = list(doors(code) if some is None else some)
    above = {door.place[:18] for door in shown} | {door.place[:20] for door in shown}
    around = dict(Place.objects.filter(place__in=above).values_list("place", "name"))
    grid_of = dict(
        DoorGrid.objects.filter(until_on=None)
        .within(Scope(frozenset(door.place[:15] for door in shown)))
        .values_list("place", "grid")
    )
    grid_names = names(set(grid_of.values())) if grid_of else {}
    return [
        DoorShown(
            door,
            around.get(door.place[:18], door.place[15:18]),
            around.get(door.place[:20], "") if door.place[18:20] != "00" else "",
            grid_names.get(grid_of.get(door.place, ""), ""),
        )
        for door in shown
    ]


def grids_of(community: str) -> dict[str, str]:
    """Name → code of a community's grids in force."""
    found = in_force().filter(level=codes.GRID).within(community)
    return dict(found.values_list("name", "place"))


def holidays(year: int) -> QuerySet[Holiday]:
    return Holiday.objects.filter(day__year=year)


def holiday_years() -> QuerySet[HolidayYear]:
    return HolidayYear.objects.order_by("-year")


def plan_places(*, rows: Iterable[tuple[int, str, str]], county: str = "") -> rules.Plan:
    """What the act `import_places` would do: the dry run."""
    known = in_force().filter(level__in=rules.OFFICIAL)
    closed = Place.objects.exclude(until_on=None).values_list("place", flat=True)
    return rules.plan_import(
        rows,
        known=dict((known.within(county) if county else known).values_list("place", "name")),
        closed=set(closed),
        county=county,
    )


def plan_doors(*, estate: Place, rows: Iterable[rules.DoorRow]) -> rules.DoorPlan:
    """What the act `import_doors` would do: the dry run."""
    return rules.plan_doors(
        rows,
        known=known_doors(estate.place),
        grids=grids_of(codes.at_level(estate.place, "community")),
    )


def published_holidays(year: int) -> list[tuple[date, bool, str]]:
    """The table of a year as the `chinesecalendar` package has it; [] if it has none yet."""
    chinese = {each.value: each.chinese for each in published.Holiday}
    off = [
        (day, True, chinese.get(word, word))
        for day, word in published.holidays.items()
        if day.year == year
    ]
    worked = [(day, False, "上班") for day in published.workdays if day.year == year]
    return sorted([*off, *worked]) if off else []
