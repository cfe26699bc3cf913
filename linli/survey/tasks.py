"""What waits on whom: the looks of somebody's teams, estate by estate, and surveys that are late."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Any

from django.db.models import Count, Exists, OuterRef, Q
from django.db.models.functions import Substr

from linli.kernel.place import Scope
from linli.survey import frozen, queries
from linli.survey.models import Campaign, Check, Member, Target, Team
from linli.survey.questions import LOOKS, SITE
from linli.survey.rules import ESTATE


@dataclass(frozen=True, slots=True)
class Task:
    """A look that waits on a member: the rooms of one estate, and how many are in already."""

    member: Member
    look: str
    estate: str
    total: int
    done: int


def tasks(user: Any) -> list[Task]:
    """What somebody's teams have to look at, estate by estate. A few queries for a campaign."""
    found: list[Task] = []
    for member in queries.memberships(user):
        if member.campaign.place in frozen.frozen_places(member.campaign):
            continue
        told, known = queries.given(member.campaign), queries.estates(member.campaign)
        mine = {look: queries.estates_of(member.team_id, look, told, known) for look in LOOKS}
        done = _done(member.campaign)
        found += [
            Task(member, look, estate, known[estate], done.get((estate, look), 0))
            for look in (SITE, *(each for each in LOOKS if each != SITE))
            for estate in sorted(mine[look])
        ]
    return found


def _done(found: Campaign) -> dict[tuple[str, str], int]:
    rows = (
        Check.objects.filter(target__campaign=found, mends=None)
        .order_by()
        .annotate(estate_code=Substr("place", 1, ESTATE))
    )
    told = rows.values_list("estate_code", "look").annotate(n=Count("pk"))
    return {(estate, look): n for estate, look, n in told}


def to_look_at(member: Member, look: str, estate: str) -> list[Target]:
    """The rooms of an estate for one look, those not in yet first; each with `is_in`, `is_mine`.

    `is_mine`: the member did another look of it, so that it waits on somebody else.
    """
    own = Check.objects.filter(target=OuterRef("pk"))
    mine = Q(member=member) | (Q(told_by=member.user) if member.user_id else Q())
    rows = member.campaign.targets.within(estate).annotate(
        is_in=queries.looked(look), is_mine=Exists(own.filter(mine).exclude(look=look))
    )
    return list(rows.order_by("is_in", "building", "code"))


def on_paper(found: Campaign, team: int | None) -> list[Member]:
    """The people of a team who have no account."""
    rows = found.members.filter(team=team, user=None) if team else found.members.none()
    return list(rows.select_related("team").order_by("pk"))


def sheet_rows(
    found: Campaign, team: Team, look: str, scope: Scope, *, estate: str = ""
) -> dict[str, list[Target]]:
    """Estate → rooms that a team has for one look, for its printed sheets; three queries."""
    known = queries.estates(found)
    mine = queries.estates_of(team.pk, look, queries.given(found), known)
    wanted = {code for code in mine if scope.covers(code) and estate in ("", code)}
    rows = found.targets.within(Scope(frozenset(wanted))).order_by("place", "building", "code")
    told: dict[str, list[Target]] = {}
    for row in rows.annotate(is_in=queries.looked(look)):
        told.setdefault(row.estate, []).append(row)
    return told


def waiting(user: Any) -> list[tuple[Campaign, int]]:
    """How many looks wait on somebody's teams in each running survey."""
    told: dict[int, tuple[Campaign, int]] = {}
    for task in tasks(user):
        found = task.member.campaign
        count = told.get(found.pk, (found, 0))[1] + task.total - task.done
        told[found.pk] = (found, count)
    return [(found, count) for found, count in told.values() if count]


def late(scope: Scope, today: date) -> list[tuple[Campaign, int]]:
    """Surveys past their last day, and how many rooms are open in each."""
    rows = queries.campaigns(scope).filter(
        started_at__isnull=False, closed_at=None, until_on__lt=today
    )
    told = [(found, frozen.open_of(found, found.place).count()) for found in rows]
    return [(found, count) for found, count in told if count]
