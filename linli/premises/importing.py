"""Taking a spreadsheet of rooms in: what it would change, what is wrong, and doing it."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, datetime
from functools import cached_property

from django.contrib.auth.base_user import AbstractBaseUser
from django.db import models
from django.utils import timezone

from linli.kernel.identity import looks_like_a_person
from linli.kernel.place import Scope
from linli.kernel.rulings import ALLOWED, Ruling, every, refuse, require
from linli.kernel.words import gettext_noop as _
from linli.places import queries as places
from linli.places.naming import EstatesNamed
from linli.premises import queries, rules
from linli.premises.models import Room, Use
from linli.premises.rules import Facts
from linli.premises.sheet import RoomRow
from linli.trail.acts import act

User = AbstractBaseUser | None
FIELD_OF = {
    "planned_dm2": "planned",
    "measured_dm2": "measured",
    "since_on": "since",
    "place": "estate",
}
"""Field of a room → column of the sheet, where they are not called the same."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Wanted:
    """What a row asks for: the facts of a room, its use, its owner and title."""

    row: RoomRow
    facts: Facts
    state: str
    occupant: str
    since_on: date
    owner: str
    title_state: str
    title_no: str
    title_on: date | None


@dataclass(slots=True)
class Plan:
    """What a sheet would change. `changed`: (room as it is, what the row asks for)."""

    new: list[Wanted] = field(default_factory=list)
    changed: list[tuple[Room, Wanted]] = field(default_factory=list)
    same: int = 0
    faults: Ruling = ALLOWED

    @property
    def good(self) -> int:
        return len(self.new) + len(self.changed) + self.same

    @property
    def changes(self) -> int:
        return len(self.new) + len(self.changed)

    @property
    def counts(self) -> dict[str, int]:
        return {"new": len(self.new), "changed": len(self.changed), "same": self.same}


@dataclass(frozen=True, slots=True)
class Done:
    """What an import did, for the trail: the first room it was about, and counts."""

    subject: models.Model | None
    facts: dict[str, int]


class Known:
    """Places and rooms of a scope, read once for a whole sheet."""

    def __init__(self, scope: Scope) -> None:
        self.scope = scope

    @cached_property
    def estates(self) -> EstatesNamed:
        return EstatesNamed(self.scope)

    @cached_property
    def buildings(self) -> dict[tuple[str, str], str]:
        """(estate, name) → code of a building."""
        rows = places.of_level("building", self.scope).values_list("place", "name")
        return {(code[:15], name): code for code, name in rows}

    @cached_property
    def rooms(self) -> list[Room]:
        return list(Room.objects.within(self.scope).filter(until_on=None))

    @cached_property
    def used_since(self) -> dict[int, date]:
        """Room → since when it has been used as it is."""
        rows = Use.objects.within(self.scope).filter(until_on=None)
        return dict(rows.values_list("room", "since_on"))

    @cached_property
    def by_code(self) -> dict[str, Room]:
        return {room.code: room for room in self.rooms}

    @cached_property
    def by_spot(self) -> dict[tuple[str, str, str, str], Room]:
        """(estate, building, name, kind) → room."""
        return {(room.estate, room.building, room.name, room.kind): room for room in self.rooms}


def plan(rows: Iterable[RoomRow], *, scope: Scope, today: date) -> Plan:
    """Compare the rows of a sheet with what is kept within a scope: the dry run."""
    known, made = Known(scope), Plan()
    faults: list[Ruling] = []
    seen: dict[object, int] = {}
    for row in rows:
        room, estate, ruling = _meant(row, known)
        faults.append(ruling.at("estate", row.row))
        if not ruling.allowed:
            continue
        key = room.pk if room else (estate, row.building or "", row.name, row.kind)
        ruling = require(key not in seen, _("与第%(first)s行是同一处用房"), first=seen.get(key, 0))
        seen.setdefault(key, row.row)
        asked = _asked(row, room, estate, known, today)
        ruling &= _may(asked, room, today, known)
        faults.append(_in_row(ruling, row.row))
        if not ruling.allowed:
            continue
        if room is None:
            made.new.append(asked)
        elif _differs(room, asked):
            made.changed.append((room, asked))
        else:
            made.same += 1
    made.faults = every(faults)
    return made


def _in_row(ruling: Ruling, row: int) -> Ruling:
    """The reasons with the column of the sheet in place of the field of a room."""
    reasons = tuple(
        replace(reason, field=FIELD_OF.get(reason.field, reason.field), row=row)
        for reason in ruling.reasons
    )
    return Ruling(reasons)


def _meant(row: RoomRow, known: Known) -> tuple[Room | None, str, Ruling]:
    """(the room a row is about, if it is kept, its estate, why neither is known)."""
    if row.code:
        room = known.by_code.get(row.code)
        if room is None:
            text = _("辖区内没有编码为“%(code)s”的用房；新登记的请把编码留空")
            return None, "", refuse(text, code=row.code).at("code")
        return room, room.estate, ALLOWED
    street, community = row.around
    estate, ruling = known.estates.find(row.estate, street=street, community=community)
    spot = (estate, row.building or "", row.name, row.kind)
    return (known.by_spot.get(spot) if estate else None), estate, ruling


def _asked(row: RoomRow, room: Room | None, estate: str, known: Known, today: date) -> Wanted:
    """What a row asks for; what it leaves empty stays as it is, or is unknown."""
    told: dict[str, object] = {
        "kind": row.kind or None,
        "name": row.name or None,
        "building": row.building,
        "floor": row.floor,
        "planned_dm2": row.planned_dm2,
        "measured_dm2": row.measured_dm2,
        "own_entrance": row.own_entrance,
        "note": row.note,
    }
    told = {name: value for name, value in told.items() if value is not None}
    building = known.buildings.get((estate, row.building or ""))
    before = room.told if room else Facts(kind="", name="", place=building or estate)
    if building:
        told["place"] = building
    facts = replace(before, **told).trimmed()  # type: ignore[arg-type]
    state = row.state or (room.state if room else "")
    moved = room is None or row.state not in ("", room.state)
    occupant = row.occupant if row.occupant is not None else (room.occupant if room else "")
    if moved and row.occupant is None and state in (rules.IDLE, rules.UNBUILT):
        occupant = ""
    return Wanted(
        row=row,
        facts=facts,
        state=state,
        occupant=occupant.strip(),
        since_on=row.since_on or today,
        owner=row.owner or (room.owner if room else rules.UNKNOWN),
        title_state=row.title_state or (room.title_state if room else rules.NO_TITLE),
        title_no=row.title_no if row.title_no is not None else (room.title_no if room else ""),
        title_on=row.title_on or (room.title_on if room else None),
    )


def _may(asked: Wanted, room: Room | None, today: date, known: Known) -> Ruling:
    used = room is None or _used_otherwise(room, asked)
    return every(
        [
            rules.may_describe(asked.facts, known_place=True),
            rules.may_use(
                state=asked.state,
                since_on=asked.since_on,
                today=today,
                before_on=known.used_since.get(room.pk) if room else None,
                occupant=asked.occupant,
            )
            if used
            else ALLOWED,
            rules.may_be_titled(
                owner=asked.owner,
                title_state=asked.title_state,
                title_no=asked.title_no,
                title_on=asked.title_on,
                today=today,
            ),
            require(
                room is None or asked.owner == room.owner,
                _("产权人已登记为“%(owner)s”，只因会商认定或移交变更"),
                "用房规则:2",
                owner=rules.OWNERS_OF[room.owner] if room else "",
            ).at("owner"),
            rules.may_be_of_kind(
                old=room.kind if room else asked.facts.kind,
                new=asked.facts.kind,
                passed=room is not None and room.owner != rules.UNKNOWN,
            )
            if asked.facts.kind in rules.kinds()
            else ALLOWED,
        ]
    )


def _used_otherwise(room: Room, asked: Wanted) -> bool:
    return (room.state, room.occupant) != (asked.state, asked.occupant)


def _titled_otherwise(room: Room, asked: Wanted) -> bool:
    return (room.title_state, room.title_no, room.title_on) != (
        asked.title_state,
        asked.title_no,
        asked.title_on,
    )


def _differs(room: Room, asked: Wanted) -> bool:
    return (
        room.told != asked.facts or _used_otherwise(room, asked) or _titled_otherwise(room, asked)
    )


@act("premises.import_rooms")
def import_rooms(
    *,
    by: User,
    rows: Sequence[RoomRow],
    scope: Scope,
    accept_good: bool = False,
    now: datetime,
) -> Done:
    """Take over a list of rooms: new ones get their codes, known ones what differs.

    All of it, or with `accept_good` the rows that are right, or nothing.
    """
    today = timezone.localdate(now)
    counties = sorted({code[:6] for code in scope.prefixes})
    for county in counties:
        queries.lock_county(county)
    made = plan(rows, scope=scope, today=today)
    if not accept_good:
        made.faults.enforce()
    require(made.good, _("没有一行可以写入")).enforce()
    fresh = _create(made.new, by=by, today=today, now=now)
    _change(made.changed, by=by, now=now)
    first = fresh[0] if fresh else made.changed[0][0] if made.changed else None
    return Done(first, made.counts | {"bad": len({r.row for r in made.faults.reasons})})


def _create(new: Sequence[Wanted], *, by: User, today: date, now: datetime) -> list[Room]:
    serials: dict[str, int] = {}
    made = []
    for asked in new:
        county = asked.facts.place[:6]
        if county not in serials:
            serials[county] = int(queries.next_code(county)[1:])
        room = Room(
            county=county,
            code=f"R{serials[county]:06d}",
            state=asked.state,
            occupant=asked.occupant,
            occupant_person=looks_like_a_person(asked.occupant),
            owner=asked.owner,
            title_state=asked.title_state,
            title_no=asked.title_no,
            title_on=asked.title_on,
            since_on=today,
        )
        serials[county] += 1
        made.append(room.take(asked.facts))
    fresh = Room.objects.bulk_create(made, batch_size=500)
    _tell_uses(list(zip(fresh, new, strict=True)), by=by, now=now)
    return fresh


def _change(changed: Sequence[tuple[Room, Wanted]], *, by: User, now: datetime) -> None:
    moved = [(room, asked) for room, asked in changed if _used_otherwise(room, asked)]
    before = {
        use.room_id: use
        for use in Use.objects.filter(room__in=[room.pk for room, _asked in moved], until_on=None)
    }
    for room, asked in moved:
        room.state, room.occupant = asked.state, asked.occupant
        room.occupant_person = looks_like_a_person(asked.occupant)
        if use := before.get(room.pk):
            use.until_on = rules.last_day_before(asked.since_on, began_on=use.since_on)
    Use.objects.bulk_update(before.values(), ["until_on"], batch_size=200)
    for room, asked in changed:
        room.take(asked.facts)
        room.title_state, room.title_no = asked.title_state, asked.title_no
        room.title_on = asked.title_on
    fields = [*Facts.__slots__, "initials", "state", "occupant", "occupant_person"]
    fields += ["title_state", "title_no", "title_on"]
    Room.objects.bulk_update([room for room, _asked in changed], fields, batch_size=100)
    _tell_uses(moved, by=by, now=now)


def _tell_uses(told: Iterable[tuple[Room, Wanted]], *, by: User, now: datetime) -> None:
    Use.objects.bulk_create(
        [
            Use(
                room=room,
                place=room.place,
                since_on=asked.since_on,
                state=room.state,
                purpose=asked.row.purpose.strip(),
                occupant=room.occupant,
                occupant_person=room.occupant_person,
                told_by=by,
                told_at=now,
            )
            for room, asked in told
        ],
        batch_size=500,
    )
