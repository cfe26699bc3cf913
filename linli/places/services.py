"""Writes of places."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from django.contrib.auth.base_user import AbstractBaseUser
from django.db import models
from django.utils import timezone

from linli.kernel import place as codes
from linli.kernel.calendar import check_table
from linli.kernel.once import forget
from linli.kernel.place import Scope
from linli.kernel.rulings import Refused, refuse, require
from linli.kernel.words import gettext_noop as _
from linli.places import figures, outlines, queries, rules
from linli.places.models import (
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
from linli.search.words import initials
from linli.trail.acts import act


@dataclass(frozen=True, slots=True)
class Done:
    """What an act on many rows did: the row it was about, and counts for the trail."""

    subject: models.Model | None
    facts: dict[str, object]


@act("places.add")
def add_place(
    *,
    by: AbstractBaseUser | None,
    name: str,
    code: str = "",
    parent: str = "",
    level: str = "",
    address: str = "",
    since_on: date | None = None,
    now: datetime,
) -> Place:
    """Add a place by its official code, or inside a parent under the next free number."""
    if not code:
        code = _allot(parent, level)
    above = codes.parent(code) if codes.check(code).allowed else ""
    rules.may_add(
        code=code,
        name=name,
        parents=set(queries.in_force().filter(place=above).values_list("place", flat=True)),
        taken=Place.objects.filter(place=code).exists(),
    ).enforce()
    return _create(code, name, address=address, since_on=since_on)


def _allot(parent: str, level: str) -> str:
    """The next code inside a parent, whose row is locked until the act is done."""
    (
        codes.check(parent).at("parent")
        & require(level in rules.NUMBERED, _("请选择要增加的地方是哪一级")).at("level")
    ).enforce()
    queries.lock(parent)
    try:
        return queries.next_code(parent, level)
    except ValueError:
        raise Refused(refuse(_("“%(parent)s”下不能再编号"), parent=parent).at("parent")) from None


def _create(code: str, name: str, *, address: str = "", since_on: date | None = None) -> Place:
    name = rules.clean_name(name)[0]
    return Place.objects.create(
        place=code,
        level=codes.level(code),
        name=name,
        initials=initials(name),
        address=address.strip(),
        since_on=since_on,
    )


@act("places.rename")
def rename_place(
    *, by: AbstractBaseUser | None, place: Place, name: str, on: date, now: datetime
) -> Place:
    """Give a place a new name from a day on; the old one is kept as it was until the day before."""
    rules.may_rename(old=place.name, new=name, closed=place.until_on is not None).enforce()
    return _rename(place, rules.clean_name(name)[0], on)


def _rename(place: Place, name: str, on: date) -> Place:
    FormerName.objects.update_or_create(
        place=place.place, until_on=on - timedelta(1), defaults={"name": place.name}
    )
    place.name, place.initials = name, initials(name)
    place.save(update_fields=["name", "initials"])
    return place


@act("places.describe")
def describe_place(
    *, by: AbstractBaseUser | None, place: Place, address: str, now: datetime
) -> Place:
    """Write down where a place is found."""
    place.address = address.strip()
    place.save(update_fields=["address"])
    return place


@act("places.succeed")
def succeed(
    *, by: AbstractBaseUser | None, old: Place, new: Place, since_on: date, now: datetime
) -> Place:
    """From a day on `new` takes over what was `old`: merged, split, or under a new code.

    Rows keep the code they were written under; whoever sees `new` sees them from now on.
    """
    rules.may_succeed(
        old=old.place,
        new=new.place,
        old_closed=old.until_on is not None and old.until_on < since_on - timedelta(1),
        new_closed=new.until_on is not None,
        new_follows_old=queries.follows(new.place, old.place),
    ).enforce()
    Succession.objects.get_or_create(
        place=new.place, old=old.place, defaults={"since_on": since_on}
    )
    old.until_on = since_on - timedelta(1)
    old.save(update_fields=["until_on"])
    return old


@act("places.close")
def close_place(
    *, by: AbstractBaseUser | None, place: Place, until_on: date, now: datetime
) -> Place:
    """A place is given up without a successor. What lies in it must be given up first."""
    inside = queries.in_force().within(place.place).exclude(pk=place.pk).exists()
    (
        require(place.until_on is None, _("这个地方已撤销"))
        & require(not inside, _("里面还有未撤销的地方，请先处理"))
    ).enforce()
    place.until_on = until_on
    place.save(update_fields=["until_on"])
    return place


@act("places.import_places")
def import_places(
    *,
    by: AbstractBaseUser | None,
    rows: Sequence[tuple[int, str, str]],
    county: str = "",
    since_on: date | None = None,
    close_missing: bool = False,
    now: datetime,
) -> Done:
    """Take over the official list: new codes, new names; nothing at all if a row is faulty.

    `rows`: (row number, code, name). `close_missing`: give up what the list leaves out, as of the
    day before `since_on`.
    """
    day = since_on or timezone.localdate(now)
    plan = queries.plan_places(rows=rows, county=county)
    plan.faults.enforce()
    for division in sorted(plan.new, key=lambda each: each.code):
        _create(division.code, division.name, since_on=since_on)
    for division, _old in plan.renamed:
        _rename(Place.objects.get(place=division.code), division.name, day)
    closed = 0
    if close_missing:
        gone = [code for code, _name in plan.missing]
        closed = queries.in_force().filter(place__in=gone).update(until_on=day - timedelta(1))
    first = min((d.code for d in plan.new), default=county)
    facts = {"new": len(plan.new), "renamed": len(plan.renamed), "closed": closed}
    return Done(queries.find(first[:6]) if first else None, dict(facts))


@act("places.import_doors")
def import_doors(
    *,
    by: AbstractBaseUser | None,
    estate: Place,
    rows: Sequence[rules.DoorRow],
    accept_good: bool = False,
    now: datetime,
) -> Done:
    """Take over an estate's list of dwellings: buildings, units, doors and their grids.

    All of it, or with `accept_good` the rows that are right, or nothing; a door that is known is recognised by its three names and only what differs
    is written.
    """
    queries.lock(estate.place)
    plan = queries.plan_doors(estate=estate, rows=rows)
    if not accept_good:
        plan.faults.enforce()
    today = timezone.localdate(now)
    units = _units_for(estate.place, plan.new)
    added = _add_doors(plan.new, units)
    changed = _change_doors(estate.place, plan.changed)
    grids = queries.grids_of(codes.at_level(estate.place, "community"))
    moves = {code: grids[row.grid] for row, code in (*added.items(), *changed.items()) if row.grid}
    _put_in_grids(moves, today)
    return Done(estate, {"new": len(plan.new), "changed": len(plan.changed), "same": plan.same})


def _units_for(estate: str, rows: Iterable[rules.DoorRow]) -> dict[tuple[str, str], str]:
    """(building, unit) → code of the unit, or of "no units" (00); missing ones are added."""
    around = Place.objects.filter(level__in=("building", "unit")).within(estate)
    buildings: dict[str, str] = {}
    units: dict[tuple[str, str], str] = {}
    taken: dict[str, set[int]] = {estate: set()}
    for place in around.order_by("place"):
        if place.level == "building":
            buildings[place.name] = place.place
            taken[estate].add(int(place.place[-3:]))
        else:
            taken.setdefault(place.place[:18], set()).add(int(place.place[-2:]))
    by_code = {code: name for name, code in buildings.items()}
    for place in around:
        if place.level == "unit":
            units[by_code.get(place.place[:18], ""), place.name] = place.place
    for row in rows:
        if row.building not in buildings:
            code = _numbered(estate, "building", row.building, taken)
            buildings[row.building] = code
        if (row.building, row.unit) not in units:
            above = buildings[row.building]
            units[row.building, row.unit] = (
                _numbered(above, "unit", row.unit, taken) if row.unit else f"{above}00"
            )
    return units


def _numbered(parent: str, level: str, name: str, taken: dict[str, set[int]]) -> str:
    used = taken.setdefault(parent, set())
    width = 3 if level == "building" else 2
    try:
        serial = rules.serial_for(name, taken=used, width=width)
    except ValueError:
        raise Refused(refuse(_("“%(parent)s”下不能再编号"), parent=parent)) from None
    used.add(serial)
    return _create(codes.child(parent, level, serial), name).place


def _add_doors(
    rows: Sequence[rules.DoorRow], units: Mapping[tuple[str, str], str]
) -> dict[rules.DoorRow, str]:
    made: dict[rules.DoorRow, str] = {}
    taken: dict[str, set[int]] = {unit: set() for unit in units.values()}
    kept = Door.objects.within(Scope(frozenset(unit[:18] for unit in units.values())))
    for code in kept.values_list("place", flat=True):
        taken.setdefault(code[:20], set()).add(int(code[20:]))
    for row in rows:
        unit = units[row.building, row.unit]
        try:
            serial = rules.serial_for(row.room, taken=taken[unit], width=4)
        except ValueError:
            raise Refused(refuse(_("“%(parent)s”下不能再编号"), parent=row.building)) from None
        taken[unit].add(serial)
        made[row] = f"{unit}{serial:04d}"
    Door.objects.bulk_create(
        [
            Door(place=code, name=row.room, floor=row.floor, area_dm2=row.area_dm2)
            for row, code in made.items()
        ],
        batch_size=500,
    )
    return made


def _change_doors(estate: str, rows: Sequence[rules.DoorRow]) -> dict[rules.DoorRow, str]:
    if not rows:
        return {}
    doors = {
        (each.building, each.unit, each.door.name): each.door for each in queries.door_rows(estate)
    }
    for row in rows:
        door = doors[row.key]
        door.floor = door.floor if row.floor is None else row.floor
        door.area_dm2 = door.area_dm2 if row.area_dm2 is None else row.area_dm2
    Door.objects.bulk_update(
        [doors[row.key] for row in rows], ["floor", "area_dm2"], batch_size=200
    )
    return {row: doors[row.key].place for row in rows}


def _put_in_grids(moves: Mapping[str, str], on: date) -> None:
    """Doors into grids from a day on; a door already there stays as it is."""
    if not moves:
        return
    estates = Scope(frozenset(door[:15] for door in moves))
    now_in = {row.place: row for row in DoorGrid.objects.filter(until_on=None).within(estates)}
    fresh, same_day = [], []
    leaving = []
    for door, grid in moves.items():
        row = now_in.get(door)
        if row is None:
            fresh.append(DoorGrid(place=door, grid=grid, since_on=on))
        elif row.grid != grid and row.since_on >= on:
            row.grid = grid
            same_day.append(row)
        elif row.grid != grid:
            row.until_on = on - timedelta(1)
            leaving.append(row)
            fresh.append(DoorGrid(place=door, grid=grid, since_on=on))
    DoorGrid.objects.bulk_update(leaving, ["until_on"], batch_size=200)
    DoorGrid.objects.bulk_update(same_day, ["grid"], batch_size=200)
    DoorGrid.objects.bulk_create(fresh, batch_size=500)


@act("places.put_in_grid")
def put_in_grid(
    *,
    by: AbstractBaseUser | None,
    doors: Sequence[str],
    grid: Place,
    since_on: date,
    now: datetime,
) -> Place:
    """Doors belong to a grid from a day on. The grid and the doors are of one community."""
    community = grid.place[:12]
    strange = tuple(door for door in doors if not door.startswith(community))
    (
        require(grid.level == codes.GRID and grid.until_on is None, _("请选择使用中的网格"))
        & require(not strange, _("不在同一个社区：%(doors)s"), doors=strange[:5])
    ).at("grid").enforce()
    _put_in_grids(dict.fromkeys(doors, grid.place), since_on)
    return grid


@act("places.tell_figures")
def tell_figures(
    *,
    by: AbstractBaseUser | None,
    estate: Place,
    as_of_on: date,
    source: str,
    household_count: int | None = None,
    floor_dm2: int | None = None,
    above_dm2: int | None = None,
    completed_on: date | None = None,
    now: datetime,
) -> Figures:
    """Write down how large an estate is as of a day; what was told for the same day is replaced.

    Areas in hundredths of a square metre; None is unknown.
    """
    figures.may_tell_figures(
        level=estate.level,
        household_count=household_count,
        floor_dm2=floor_dm2,
        above_dm2=above_dm2,
        completed_on=completed_on,
        as_of_on=as_of_on,
        today=timezone.localdate(now),
        source=source,
    ).enforce()
    row, _made = Figures.objects.update_or_create(
        place=estate.place,
        as_of_on=as_of_on,
        defaults={
            "household_count": household_count,
            "floor_dm2": floor_dm2,
            "above_dm2": above_dm2,
            "completed_on": completed_on,
            "source": source.strip()[:128],
        },
    )
    return row


@act("places.draw")
def draw(
    *,
    by: AbstractBaseUser | None,
    rings: Mapping[str, Sequence[Sequence[int]]],
    source: str,
    now: datetime,
) -> Done:
    """Keep where places lie; a place drawn before is drawn anew. All of them or none.

    `rings`: code → corners as [longitude, latitude] in millionths of a degree.
    """
    known = set(Place.objects.filter(place__in=rings).values_list("place", flat=True))
    outlines.may_draw(rings, known=known, source=source).enforce()
    Outline.objects.bulk_create(
        [
            Outline(place=code, ring=[list(corner) for corner in ring], source=source.strip()[:128])
            for code, ring in rings.items()
        ],
        update_conflicts=True,
        unique_fields=["place"],
        update_fields=["ring", "source"],
        batch_size=500,
    )
    return Done(queries.find(min(rings)[:6]), {"drawn": len(rings)})


@act("places.set_holidays")
def set_holidays(
    *,
    by: AbstractBaseUser | None,
    year: int,
    days: Sequence[tuple[date, bool, str]],
    source: str,
    now: datetime,
) -> HolidayYear:
    """Replace a year's table of holidays. `days`: (day, off?, name); `source`: the notice."""
    rules.check_holidays(
        year=year,
        days=[(day, off) for day, off, _name in days],
        check=check_table(year, {day: off for day, off, _name in days}).at("days"),
        source=source,
    ).enforce()
    Holiday.objects.filter(day__year=year).delete()
    Holiday.objects.bulk_create(
        Holiday(day=day, off=off, name=name[:32]) for day, off, name in sorted(days)
    )
    kept, _made = HolidayYear.objects.update_or_create(
        year=year, defaults={"source": source.strip()[:128]}
    )
    forget(queries.CALENDAR)
    return kept
