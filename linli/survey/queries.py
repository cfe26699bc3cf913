"""Reads of surveys: campaigns, teams, who looks at what, the rooms and how far they are."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.contrib.auth import get_user_model
from django.db.models import Count, Exists, OuterRef, Q, QuerySet, Subquery
from django.db.models.functions import Coalesce, Substr

from linli.kernel.place import Scope
from linli.people import queries as people
from linli.places import queries as places
from linli.scope.models import lies_in
from linli.search import words
from linli.search.lookups import closest
from linli.survey import rules
from linli.survey.models import (
    Assignment,
    Campaign,
    Check,
    Finding,
    Freeze,
    Member,
    Photo,
    Target,
    Team,
)
from linli.survey.questions import LOOKS

# --- campaigns ----------------------------------------------------------------------------------


def with_standing(rows: QuerySet[Campaign]) -> QuerySet[Campaign]:
    """Campaigns with `is_frozen`: the base of the whole county is frozen."""
    whole = Freeze.objects.filter(campaign=OuterRef("pk"), place=OuterRef("place"))
    return rows.annotate(is_frozen=Exists(whole), team_count=_counted(Team))


def _counted(model: type[Team | Target | Member]) -> Coalesce:
    """How many rows of a model a campaign has, counted by themselves: joined, the counts of two
    models would multiply before they are made distinct."""
    rows = model.objects.filter(campaign=OuterRef("pk")).order_by().values("campaign")
    return Coalesce(Subquery(rows.annotate(n=Count("pk")).values("n")), 0)


def campaigns(scope: Scope) -> QuerySet[Campaign]:
    """The campaigns of the counties a scope lies in."""
    counties = {code[:6] for code in scope.prefixes | scope.alone}
    found = Campaign.objects.filter(place__in=counties)
    return with_standing(found).annotate(
        target_count=_counted(Target), member_count=_counted(Member)
    )


def campaign(pk: int) -> Campaign | None:
    return with_standing(Campaign.objects.all()).filter(pk=pk).first()


def locked(found: Campaign) -> Campaign:
    """The campaign as it is now, nobody else changing it until the act is done."""
    Campaign.objects.select_for_update().get(pk=found.pk)
    return with_standing(Campaign.objects.all()).get(pk=found.pk)


def state(found: Any) -> str:
    """planned, running, frozen or closed; of a campaign with its standing."""
    return rules.state(
        started=found.started_at is not None,
        closed=found.closed_at is not None,
        frozen=found.is_frozen,
    )


def departments_count(found: Campaign) -> int:
    """How many departments have appointed people to its teams (survey_departments)."""
    return len(appointed(found).keys() & set(rules.DEPARTMENT_CODES))


def people_count(found: Campaign) -> int:
    """How many people are appointed to its teams; nobody is in two (survey_people)."""
    return sum(appointed(found).values())


def appointed(found: Campaign) -> dict[str, int]:
    """Department → how many people it has appointed; one query."""
    rows = found.members.order_by().values_list("department")
    return dict(rows.annotate(n=Count("pk")))


def leads_count(found: Campaign) -> int:
    """How many leads its comparisons raised (leads_found)."""
    return Finding.objects.filter(target__campaign=found).values("lead").distinct().count()


def leads_of(found: Campaign) -> list[Any]:
    """The leads its comparisons raised, by number; their rooms with them."""
    rows = Finding.objects.filter(target__campaign=found).select_related("lead__room")
    told = {row.lead_id: row.lead for row in rows}
    return sorted(told.values(), key=lambda lead: lead.number)


# --- teams --------------------------------------------------------------------------------------


def teams(found: Campaign) -> QuerySet[Team]:
    """The teams with how many people are in each."""
    return found.teams.annotate(member_count=Count("members"))


def team(found: Campaign, pk: int) -> Team | None:
    return found.teams.filter(pk=pk).first()


def members(
    found: Campaign, *, text: str = "", team: str = "", department: str = "", account: str = ""
) -> QuerySet[Member]:
    """The people of a campaign with its filters. `account`: "yes" or "no"."""
    rows = found.members.select_related("team", "user")
    if text := text.strip():
        rows = rows.filter(Q(name__icontains=text) | Q(unit__icontains=text))
    if team.isdecimal():
        rows = rows.filter(team__number=int(team))
    if department:
        rows = rows.filter(department=department)
    if account:
        rows = rows.filter(user__isnull=account == "no")
    return rows.order_by("team__number", "pk")


def same_person(found: Campaign, *, name: str, unit: str, phone: str, user: Any) -> Member | None:
    """Somebody who is appointed already and is the same: by account, by telephone, or where
    neither tells by name and unit."""
    alike = Q(pk=None)
    if user is not None:
        alike |= Q(user__in=people.one_person(user))
    if number := phone or getattr(user, "phone", ""):
        alike |= Q(phone=number) | Q(user__phone=number)
    if not phone:
        alike |= Q(phone="", name=name.strip(), unit=unit.strip())
    return found.members.filter(alike).select_related("team").first()


def finders_of(found: Campaign) -> QuerySet[Any]:
    """Who found rooms that were not on the list, by id."""
    return found.targets.exclude(found_by=None).values("found_by")


def accounts_named(names: Collection[str]) -> dict[str, Any]:
    """Log-in name → active account; one query."""
    found = get_user_model().objects.filter(username__in=names, is_active=True)
    return {user.get_username(): user for user in found}


def memberships(user: Any) -> list[Member]:
    """As whom somebody takes part in running campaigns, by whichever account of theirs."""
    rows = Member.objects.filter(
        user__in=people.one_person(user),
        campaign__started_at__isnull=False,
        campaign__closed_at=None,
    )
    return list(rows.select_related("team", "campaign", "user").order_by("campaign", "pk"))


class Persons:
    """Who is one person: the accounts and members with the same telephone, a member's account.

    What two have in common here they share as one person. Asked once for each account.
    """

    def __init__(self) -> None:
        self._accounts: dict[int, frozenset[str]] = {}

    def of_account(self, user: Any) -> frozenset[str]:
        if user is None:
            return frozenset()
        if user.pk not in self._accounts:
            same = {f"account {pk}" for pk in people.one_person(user)}
            phone = {f"phone {user.phone}"} if user.phone else set()
            self._accounts[user.pk] = frozenset(same | phone)
        return self._accounts[user.pk]

    def of_member(self, member: Member) -> frozenset[str]:
        own = {f"member {member.pk}"}
        if member.phone:
            own.add(f"phone {member.phone}")
        return frozenset(own) | self.of_account(member.user)

    def of_check(self, check: Check) -> frozenset[str]:
        """Everybody who saw what was put in: who looked, and who typed it in."""
        return self.of_member(check.member) | self.of_account(check.told_by)


# --- who looks at what --------------------------------------------------------------------------

Given = dict[str, dict[str, int]]
"""Look → place → team."""


@dataclass(frozen=True, slots=True)
class Crew:
    """A team as a list of choices names it."""

    pk: int
    number: int
    name: str
    member_count: int


def crews(found: Campaign) -> tuple[list[Crew], Given]:
    """(the teams, what was given to which); one query."""
    told: Given = {look: {} for look in LOOKS}
    teams: dict[int, Crew] = {}
    people = Member.objects.filter(team=OuterRef("pk")).order_by().values("team")
    counted = Coalesce(Subquery(people.annotate(n=Count("pk")).values("n")), 0)
    rows = found.teams.order_by("number").annotate(counted=counted)
    for pk, number, name, count, look, place in rows.values_list(
        "pk", "number", "name", "counted", "assignments__look", "assignments__place"
    ):
        teams.setdefault(pk, Crew(pk, number, name, count))
        if place:
            told[look][place] = pk
    return list(teams.values()), told


def given(found: Campaign) -> Given:
    """What was given to which team; one query."""
    told: Given = {look: {} for look in LOOKS}
    for look, place, team in found.assignments.values_list("look", "place", "team"):
        told[look][place] = team
    return told


def assignments(found: Campaign) -> list[Assignment]:
    return list(found.assignments.select_related("team").order_by("place", "look"))


def assignment(found: Campaign, place: str, look: str) -> Assignment | None:
    rows = found.assignments.select_related("team")
    return rows.filter(place=place, look=look).first()


def estates_of(team: int, look: str, told: Given, estates: Iterable[str]) -> frozenset[str]:
    """The estates whose look is a team's."""
    return frozenset(estate for estate in estates if rules.assigned_to(estate, told[look]) == team)


def estates(found: Campaign) -> dict[str, int]:
    """Estate → how many rooms are to be looked at; one query."""
    rows = found.targets.order_by().annotate(estate_code=Substr("place", 1, rules.ESTATE))
    return dict(rows.values_list("estate_code").annotate(n=Count("pk")).order_by("estate_code"))


# --- the rooms to be looked at ------------------------------------------------------------------


def looked(look: str) -> Exists:
    """Whether a look at a target is in."""
    return Exists(Check.objects.filter(target=OuterRef("pk"), look=look))


def targets(
    found: Campaign,
    scope: Scope,
    *,
    text: str = "",
    inside: str = "",
    pile: str = "",
    missing: str = "",
    team: int | None = None,
    progress: str = "",
    told: Given | None = None,
) -> QuerySet[Target]:
    """The rooms of a campaign with its filters, each with `in_drawing`, `in_contract`, `in_site`.

    `missing`: a look that is not in; with `team` of the places where it is that team's; `progress`:
    "open", "complete", "waived", or "unassigned" (a look that is nobody's); `told`: what was given
    out, where that is known already.
    """
    rows = found.targets.within(scope.within(inside) if inside else scope)
    rows = rows.annotate(**{f"in_{look}": looked(look) for look in LOOKS})
    if text := text.strip():
        rows = rows.filter(_like(text))
    if pile:
        rows = rows.filter(pile=pile)
    if missing in LOOKS:
        rows = rows.filter(**{f"in_{missing}": False})
    if progress in ("open", "complete"):
        rows = rows.filter(complete_at__isnull=progress == "open")
    elif progress == "waived":
        rows = rows.filter(waiver__isnull=False)
    if progress == "unassigned" or team is not None:
        asked = [missing] if missing in LOOKS else list(LOOKS)
        told = crews(found)[1] if told is None else told
        wanted = Q(pk=None)
        for look in asked:
            wanted |= nobodys(told[look]) if team is None else of_team(team, told[look])
        rows = rows.filter(wanted)
    return rows.select_related("waiver").annotate(estate_code=Substr("place", 1, rules.ESTATE))


def nobodys(places_of: Mapping[str, int]) -> Q:
    """Rooms that lie in no place that was given out."""
    return ~lies_in(Scope(frozenset(places_of))) if places_of else ~Q(pk=None)


def of_team(team: int, places_of: Mapping[str, int]) -> Q:
    """Rooms whose narrowest place that was given out is this team's."""
    wanted = Q(pk=None)
    for place, whose in places_of.items():
        if whose == team:
            others = {
                other
                for other, to in places_of.items()
                if to != team and other != place and other.startswith(place)
            }
            here = lies_in(Scope.of(place))
            wanted |= here & ~lies_in(Scope(frozenset(others))) if others else here
    return wanted


def _like(text: str) -> Q:
    like = Q(name__icontains=text) | Q(building__icontains=text)
    return like | Q(code__begins=text.upper()) if text.isascii() else like


def target(pk: int) -> Target | None:
    rows = Target.objects.select_related("campaign", "room", "found_by", "waiver")
    return rows.filter(pk=pk).first()


def closest_targets(text: str, scope: Scope, *, limit: int) -> list[Target]:
    """For the search: rooms of running campaigns by code or name; never what was answered."""
    mine = Target.objects.within(scope).filter(
        campaign__started_at__isnull=False, campaign__closed_at=None
    )
    if not text.isascii():
        return closest(limit, mine.filter(name__begins=text), mine.filter(name__icontains=text))
    plain = words.latin(text)
    return closest(limit, mine.filter(code__begins=plain.upper())) if plain else []


def next_found(found: Campaign) -> str:
    """The next code of what is found: N001, N002 …"""
    last = found.targets.filter(room=None).order_by("-code").values_list("code", flat=True).first()
    return f"N{int(last[1:]) + 1 if last else 1:03d}"


def twins(found: Campaign, *, place: str, building: str, name: str, kind: str) -> list[str]:
    """Codes of the campaign's rooms that are the same by name and place."""
    rows = found.targets.within(place[: rules.ESTATE]).filter(
        building=building, name=name, kind=kind
    )
    return list(rows.values_list("code", flat=True))


# --- looks --------------------------------------------------------------------------------------


def checks(wanted: Collection[int]) -> dict[int, list[Check]]:
    """Target → its looks, the first first; one query."""
    told: dict[int, list[Check]] = {pk: [] for pk in wanted}
    rows = Check.objects.filter(target__in=told).select_related(
        "member__user", "member__team", "told_by"
    )
    for row in rows.order_by("pk"):
        told[row.target_id].append(row)
    return told


def standing(several: Iterable[Check]) -> dict[str, Check]:
    """Look → the one that counts: that no other one mends."""
    rows = list(several)
    mended = {row.mends_id for row in rows}
    return {row.look: row for row in rows if row.pk not in mended}


def may_read(target: Target, several: Iterable[Check], user: Any) -> list[Check]:
    """The looks somebody may read: all once the room is complete, before that only those they did
    or typed in themselves."""
    if target.complete_at is not None:
        return list(several)
    persons = Persons()
    mine = persons.of_account(user)
    return [row for row in several if persons.of_check(row) & mine]


def photos(several: Collection[Check]) -> dict[int, list[Photo]]:
    """Look → its photographs; one query."""
    found: dict[int, list[Photo]] = {row.pk: [] for row in several}
    for row in Photo.objects.filter(check_of__in=found).select_related("file"):
        found[row.check_of_id].append(row)
    return found


def photo(pk: int) -> Photo | None:
    found = Photo.objects.select_related(
        "file", "check_of__target", "check_of__member__user", "check_of__told_by"
    )
    return found.filter(pk=pk).first()


def findings(found: Target) -> list[Finding]:
    return list(found.findings.select_related("lead"))


def of_room(room: Any) -> list[Target]:
    """A room in the surveys that had it on their list, the latest first."""
    rows = Target.objects.filter(room=room).select_related("campaign", "waiver")
    return list(rows.order_by("-campaign__from_on", "-pk"))


def overdue(found: Campaign, today: date) -> bool:
    """Whether a campaign is over its last day and still has rooms open."""
    return found.closed_at is None and found.until_on < today


def names_around(codes: Iterable[str]) -> Mapping[str, str]:
    """Estate → its street and community by name; two queries."""
    return places.name_paths(set(codes))
