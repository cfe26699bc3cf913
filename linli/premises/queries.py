"""Reads of public rooms: the register and its views, one room, what is owed to an estate."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import date, timedelta

from django.db.models import Count, Exists, F, Max, OuterRef, Q, QuerySet, Sum, Window
from django.db.models.functions import Coalesce, RowNumber, Substr

from linli.kernel.place import Scope
from linli.places import queries as places
from linli.premises import quota, rules
from linli.premises.models import Contract, Passage, Room, RoomPaper, SitePlan, Use
from linli.premises.quota import Check, Counted, Size
from linli.premises.rules import Facts
from linli.search import words
from linli.search.lookups import closest
from linli.sources import QuotaRule, number, quotas_of, room_kinds

ESTATE = 15
CARDS = 20
"""A board shows so many rooms of each state."""


def locked(room: Room) -> Room:
    """The room as it is now, nobody else changing it until the act is done."""
    return Room.objects.select_for_update().get(pk=room.pk)


def lock_county(county: str) -> None:
    """Codes of a county are given one after the other."""
    places.lock(county)


def next_code(county: str) -> str:
    """The next code of a county: R000001, R000002 … none is given twice."""
    last = Room.objects.filter(county=county).aggregate(last=Max("code"))["last"]
    return f"R{int(last[1:]) + 1 if last else 1:06d}"


def is_known(place: str) -> bool:
    """Whether a place is kept and in force."""
    return places.in_force().filter(place=place).exists()


def twins(facts: Facts, *, but: Room | None = None) -> list[str]:
    """Codes of rooms on the register that have the same kind and name at the same spot."""
    found = Room.objects.filter(
        place=facts.place,
        building=facts.building,
        name=facts.name,
        kind=facts.kind,
        until_on=None,
    )
    if but is not None:
        found = found.exclude(pk=but.pk)
    return list(found.values_list("code", flat=True))


def find(code: str, county: str) -> Room | None:
    """A room by its code."""
    return Room.objects.filter(county=county, code=code.strip().upper()).first()


def rooms(scope: Scope) -> QuerySet[Room]:
    """The rooms on the register within a scope."""
    return Room.objects.within(scope).filter(until_on=None)


# --- the register -----------------------------------------------------------------------------


def _kinds(wanted: str) -> Collection[str]:
    """A kind and all that belong to it."""
    return quota.family(wanted)


def owned_otherwise() -> Q:
    """Rooms that are somebody's, and not whose the law calls for."""
    wrong = Q()
    for owner in (rules.STATE, rules.OWNERS):
        due = [code for code, kind in room_kinds().items() if kind.owner == owner]
        wrong |= Q(kind__in=due) & ~Q(owner__in=(owner, rules.UNKNOWN))
    return wrong


def lease_over(today: date) -> Q:
    """Leases past their end that nobody ended (民法典 734)."""
    return Q(ended_on=None, until_on__lt=today)


def lease_ending(today: date, place: str = "") -> Q:
    """Leases that end soon."""
    soon = today + timedelta(days=number("lease_ending_days", on=today, place=place))
    return Q(ended_on=None, until_on__gte=today, until_on__lte=soon)


def _looked_for(look: str, today: date) -> Q:
    """Rows that want somebody's attention, by the codes of rules.LOOKS."""
    running = Contract.objects.filter(room=OuterRef("pk"))
    photos = RoomPaper.objects.filter(room=OuterRef("pk"), kind="photo", removed_at=None)
    return {
        "owner": lambda: owned_otherwise(),
        "untitled": lambda: Q(title_state=rules.NO_TITLE) & ~Q(state=rules.UNBUILT),
        "unmeasured": lambda: Q(measured_dm2=None) & ~Q(state=rules.UNBUILT),
        "short": lambda: Q(measured_dm2__lt=F("planned_dm2")),
        "over": lambda: Q(Exists(running.filter(lease_over(today)))),
        "ending": lambda: Q(Exists(running.filter(lease_ending(today)))),
        "no_lease": lambda: Q(state=rules.LET) & ~Q(Exists(running.filter(ended_on=None))),
        "no_photo": lambda: ~Q(Exists(photos)),
        "no_spot": lambda: Q(spot_x=None),
    }.get(look, Q)()


def register(
    scope: Scope,
    *,
    today: date,
    text: str = "",
    inside: str = "",
    kind: str = "",
    state: str = "",
    owner: str = "",
    look: str = "",
) -> QuerySet[Room]:
    """The register with its filters. `look`: a key of rules.LOOKS; "ended" shows what is off it."""
    found = Room.objects.within(scope.within(inside) if inside else scope)
    found = found.exclude(until_on=None) if look == "ended" else found.filter(until_on=None)
    if kind:
        found = found.filter(kind__in=_kinds(kind))
    for name, value in (("state", state), ("owner", owner)):
        if value:
            found = found.filter(**{name: value})
    if look and look != "ended":
        found = found.filter(_looked_for(look, today))
    if text.strip():
        found = found.filter(_like(text.strip(), scope))
    return found.annotate(estate_code=Substr("place", 1, ESTATE)).order_by("estate_code", "code")


def _like(text: str, scope: Scope) -> Q:
    """By code, name, initials, building, who uses it (organisations only), or the estate's name."""
    like = Q(name__icontains=text) | Q(building__icontains=text) | Q(title_no__icontains=text)
    like |= Q(occupant__icontains=text, occupant_person=False)
    if plain := words.latin(text):
        like |= Q(initials__begins=plain) | Q(code__begins=plain.upper())
    estates = places.of_level("estate", scope).filter(places.matching(text))
    codes = list(estates.values_list("place", flat=True)[:50])
    for code in codes:
        like |= Q(place__begins=code)
    return like


def closest_rooms(text: str, scope: Scope, *, limit: int) -> list[Room]:
    """For the search: by code, name or initials."""
    mine = rooms(scope)
    if not text.isascii():
        named = [mine.filter(name__begins=text)]
        return closest(limit, *named, mine.filter(name__icontains=text))
    plain = words.latin(text)
    if not plain:
        return []
    return closest(
        limit, mine.filter(code__begins=plain.upper()), mine.filter(initials__begins=plain)
    )


@dataclass(frozen=True, slots=True)
class Tally:
    """How many rooms of a filter are in each state, and how large they are together."""

    counts: dict[str, int]
    area_dm2: int

    @property
    def total(self) -> int:
        return sum(self.counts.values())


def tally(rows: QuerySet[Room]) -> Tally:
    """Counts by state of a filter; one query."""
    told = list(
        rows.order_by()
        .values_list("state")
        .annotate(n=Count("pk"), area=Sum(Coalesce("measured_dm2", "planned_dm2")))
    )
    found = {state: n for state, n, _area in told}
    return Tally(
        {state: found.get(state, 0) for state in rules.STATES},
        sum(area or 0 for _state, _n, area in told),
    )


def board(rows: QuerySet[Room]) -> dict[str, list[Room]]:
    """The first rooms of each state of a filter; one query."""
    ranked = rows.order_by().annotate(
        rank=Window(RowNumber(), partition_by="state", order_by=["estate_code", "code"])
    )
    found: dict[str, list[Room]] = {state: [] for state in rules.STATES}
    for room in ranked.filter(rank__lte=CARDS).order_by("state", "rank"):
        found[room.state].append(room)
    return found


def by_estate(rows: QuerySet[Room]) -> dict[str, dict[str, int]]:
    """Estate → state → how many rooms of a filter; one query."""
    told = rows.order_by().values_list("estate_code", "state").annotate(n=Count("pk"))
    found: dict[str, dict[str, int]] = {}
    for estate, state, n in told:
        found.setdefault(estate, {})[state] = n
    return dict(sorted(found.items()))


def inside_choices(scope: Scope) -> list[places.Named]:
    """Streets and communities to narrow the register to."""
    rows = places.in_force().filter(level__in=("street", "community")).within(scope)
    return [places.Named(code, name) for code, name in rows.values_list("place", "name")]


# --- one room ---------------------------------------------------------------------------------


def uses(room: Room) -> list[Use]:
    """The ledger of a room's use, the latest first."""
    return list(room.uses.select_related("told_by"))


def contracts(room: Room) -> list[Contract]:
    """All leases of a room, the latest first."""
    return list(room.contracts.select_related("told_by"))


def passages(room: Room) -> list[Passage]:
    """How the owner changed, the latest first."""
    return list(room.passages.select_related("by").order_by("-pk"))


def papers(room: Room) -> list[RoomPaper]:
    """The papers of a room that are shown."""
    return list(room.papers.filter(removed_at=None).select_related("file", "added_by", "contract"))


def paper(pk: int) -> RoomPaper | None:
    """A paper that is shown with its room."""
    found = RoomPaper.objects.select_related("file", "room", "contract")
    return found.filter(pk=pk, removed_at=None).first()


def contract(pk: int) -> Contract | None:
    return Contract.objects.select_related("room").filter(pk=pk).first()


def plan(estate: str) -> SitePlan | None:
    """The picture an estate's rooms are shown on."""
    found = SitePlan.objects.select_related("file")
    return found.filter(place=estate, removed_at=None).first()


def leases_to_see_to(scope: Scope, *, today: date) -> tuple[int, int]:
    """(leases past their end, leases that end soon) within a scope; one query."""
    found = Contract.objects.within(scope).filter(room__until_on=None)
    told = found.aggregate(
        over=Count("pk", filter=lease_over(today)), ending=Count("pk", filter=lease_ending(today))
    )
    return told["over"], told["ending"]


# --- what is owed -----------------------------------------------------------------------------


def sizes(estates: Iterable[str]) -> dict[str, Size]:
    """How large estates are, as far as anybody told. Two queries.

    Where nobody told how many households there are, the doors that are kept are counted, if any.
    """
    codes = list(estates)
    told = places.figures(codes)
    untold = [c for c in codes if c not in told or told[c].household_count is None]
    doors = places.door_count(untold) if untold else {}
    return {
        code: Size(
            household_count=(row.household_count if row else None) or doors.get(code) or None,
            floor_dm2=row.floor_dm2 if row else None,
            above_dm2=row.above_dm2 if row else None,
            completed_on=row.completed_on if row else None,
        )
        for code, row in ((code, told.get(code)) for code in codes)
    }


def counted(scope: Scope) -> dict[str, list[Counted]]:
    """Estate → its rooms as the quota sees them; one query."""
    found: dict[str, list[Counted]] = {}
    rows = rooms(scope).values_list("place", "kind", "state", "measured_dm2", "planned_dm2")
    for place, kind, state, measured, planned in rows:
        area = measured if measured is not None else planned
        told = Counted(kind, state, area, measured is not None)
        found.setdefault(place[:ESTATE], []).append(told)
    return found


@dataclass(frozen=True, slots=True)
class Owed:
    """What the rules ask of one place. `idle`: rules that do not bind it; `lacking`: base →
    estates of a community that nobody told it of."""

    code: str
    size: Size
    checks: list[Check]
    idle: list[QuotaRule]
    lacking: dict[str, tuple[str, ...]]

    @property
    def gaps(self) -> int:
        return sum(bool(each.gap_dm2) for each in self.checks)

    @property
    def unknown(self) -> int:
        return sum(each.required_dm2 is None for each in self.checks)

    @property
    def gap_dm2(self) -> int:
        """What is short in all: of a kind and its parts whatever is more, never both."""
        short: dict[str, list[int]] = {}
        for each in self.checks:
            kind = room_kinds()[each.rule.room]
            short.setdefault(kind.top, [0, 0])[bool(kind.parent)] += each.gap_dm2 or 0
        return sum(max(whole, parts) for whole, parts in short.values())


def owed(estates: Collection[str], *, on: date) -> dict[str, Owed]:
    """What is required, present and short in each of some estates; three queries for all."""
    size_of, there = sizes(estates), counted(Scope.around(estates))
    found = {}
    for code in estates:
        wanted = quotas_of(on=on, place=code)
        checks, idle = quota.checks(wanted, size_of[code], there.get(code, []))
        found[code] = Owed(code, size_of[code], checks, idle, {})
    return found


def owed_to_community(code: str, *, on: date) -> Owed:
    """What the rules counted over a community ask of its estates together."""
    estates = list(places.of_level("estate", Scope.of(code)).values_list("place", flat=True))
    total, lacking = quota.added(sizes(estates))
    there = [room for several in counted(Scope.of(code)).values() for room in several]
    wanted = quotas_of(on=on, place=code, level="community")
    checks, idle = quota.checks(wanted, total, there)
    return Owed(code, total, checks, idle, lacking)
