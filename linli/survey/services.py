"""The verbs of surveys: to plan one, form its teams, give them places, begin and end it."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date, datetime

from django.contrib.auth.base_user import AbstractBaseUser
from django.db.models import Q

from linli.kernel.identity import parse_phone
from linli.kernel.place import Scope
from linli.kernel.rulings import ALLOWED, every, require
from linli.kernel.words import gettext_noop as _
from linli.places import queries as places
from linli.premises import queries as premises
from linli.premises import rules as rooms
from linli.survey import frozen, queries, rules
from linli.survey.models import Assignment, Campaign, Member, Target, Team
from linli.trail.acts import act

User = AbstractBaseUser | None


@act("survey.plan")
def plan_campaign(
    *,
    by: User,
    county: str,
    name: str,
    from_on: date,
    until_on: date,
    departments: Collection[str],
    inside: Collection[str] = (),
    now: datetime,
) -> Campaign:
    """Plan a survey. `departments`: codes of those that take part; `inside`: the streets,
    communities or estates it is about, none for the whole county."""
    name = " ".join(name.split())
    every(
        [
            rules.may_plan(
                name=name,
                from_on=from_on,
                until_on=until_on,
                departments=departments,
                taken=Campaign.objects.filter(place=county, name=name).exists(),
            ),
            require(
                all(place.startswith(county) and premises.is_known(place) for place in inside),
                _("这个地方还没有录入或已撤销"),
            ).at("inside"),
        ]
    ).enforce()
    return Campaign.objects.create(
        place=county,
        name=name,
        from_on=from_on,
        until_on=until_on,
        departments=[code for code in rules.DEPARTMENT_CODES if code in departments],
        inside=sorted(Scope(frozenset(inside)).prefixes),
        planned_by=by,
        planned_at=now,
    )


@act("survey.form_team")
def form_team(
    *, by: User, campaign: Campaign, number: int, name: str, lead: str, now: datetime
) -> Team:
    """Form a team, led by a department that takes part."""
    campaign = queries.locked(campaign)
    every(
        [
            rules.may_change_teams(standing=queries.state(campaign)),
            rules.may_form_team(
                name=name,
                lead=lead,
                departments=campaign.departments,
                taken=campaign.teams.filter(number=number).exists(),
            ),
        ]
    ).enforce()
    return Team.objects.create(
        campaign=campaign,
        place=campaign.place,
        number=number,
        name=" ".join(name.split()),
        lead=lead,
    )


@act("survey.appoint")
def appoint_member(
    *,
    by: User,
    team: Team,
    name: str,
    department: str,
    unit: str = "",
    phone: str = "",
    user: User = None,
    now: datetime,
) -> Member:
    """Appoint somebody to a team. Without an account (`user`) they work on paper."""
    campaign = queries.locked(team.campaign)
    number, phoned = parse_phone(phone) if phone.strip() else ("", ALLOWED)
    twice = queries.same_person(campaign, name=name, unit=unit, phone=number or "", user=user)
    every(
        [
            rules.may_change_teams(standing=queries.state(campaign)),
            require(name.strip(), _("请填写姓名")).at("name"),
            require(department in campaign.departments, _("这个部门没有参加这次排查")).at(
                "department"
            ),
            phoned.at("phone"),
            require(
                twice is None,
                _("此人已在%(team)s"),
                team=str(twice.team) if twice else "",
            ).at("phone"),
        ]
    ).enforce()
    return Member.objects.create(
        campaign=campaign,
        place=campaign.place,
        team=team,
        name=name.strip(),
        department=department,
        unit=unit.strip(),
        phone=number or "",
        user=user,
    )


@dataclass(frozen=True, slots=True)
class Told:
    """What was done to a survey, for the trail."""

    subject: Campaign
    facts: dict[str, int]


@act("survey.remove_members")
def remove_members(
    *, by: User, campaign: Campaign, members: Collection[int], now: datetime
) -> Told:
    """Take people out of their teams who were put there by mistake (`members`: their ids); whoever
    put a look in, or found a room, stays."""
    campaign = queries.locked(campaign)
    rows = campaign.members.filter(pk__in=list(members))
    busy = rows.filter(Q(checks__isnull=False) | Q(pk__in=queries.finders_of(campaign)))
    names = tuple(busy.distinct().values_list("name", flat=True)[:10])
    every(
        [
            rules.may_change_teams(standing=queries.state(campaign)),
            require(rows.exists(), _("请选择要移出的人")),
            require(not names, _("%(names)s已录入过，不能移出"), names=names),
        ]
    ).enforce()
    count, _by_model = rows.delete()
    return Told(campaign, {"members": count})


@act("survey.assign")
def assign(
    *, by: User, team: Team, looks: Collection[str], at: Sequence[str], now: datetime
) -> Team:
    """Give a team looks at places (`at`: their codes): all of them or none."""
    campaign = queries.locked(team.campaign)
    taken = {(row.place, row.look): row.team for row in queries.assignments(campaign)}
    known = set(places.in_force().filter(place__in=list(at)).values_list("place", flat=True))
    mine = [
        (place, look)
        for place in dict.fromkeys(at)
        for look in dict.fromkeys(looks)
        if getattr(taken.get((place, look)), "pk", None) != team.pk
    ]
    every(
        [
            rules.may_change_teams(standing=queries.state(campaign)),
            require(at, _("请选择地方")).at("place"),
            require(looks, _("请选择查什么")).at("look"),
            require(
                all(place in known and place.startswith(campaign.place) for place in at),
                _("这个地方还没有录入或已撤销"),
            ).at("place"),
            *(
                rules.may_assign(place=place, look=look, other=str(taken.get((place, look), "")))
                for place, look in mine
            ),
        ]
    ).enforce()
    Assignment.objects.bulk_create(
        [
            Assignment(
                campaign=campaign, team=team, place=place, look=look, given_by=by, given_at=now
            )
            for place, look in mine
        ]
    )
    return team


@act("survey.unassign")
def unassign(*, by: User, assignment: Assignment, now: datetime) -> Team:
    """Take a place back from a team; looks that are in stay."""
    campaign = queries.locked(assignment.campaign)
    rules.may_change_teams(standing=queries.state(campaign)).enforce()
    team = assignment.team
    assignment.delete()
    return team


@act("survey.start")
def start(*, by: User, campaign: Campaign, now: datetime) -> Campaign:
    """Begin: the rooms on the register now are those to be looked at."""
    campaign = queries.locked(campaign)
    scope = Scope.of(*campaign.inside) if campaign.inside else Scope.of(campaign.place)
    listed = list(premises.rooms(scope).order_by("code"))
    rules.may_start(
        standing=queries.state(campaign), rooms=len(listed), teams=campaign.teams.count()
    ).enforce()
    Target.objects.bulk_create(
        [
            Target(
                campaign=campaign,
                place=room.place,
                room=room,
                code=room.code,
                name=room.name,
                kind=room.kind,
                building=room.building,
                listed_at=now,
            )
            for room in listed
        ],
        batch_size=500,
    )
    campaign.started_at, campaign.started_by = now, by
    campaign.save(update_fields=["started_at", "started_by"])
    return campaign


@act("survey.close")
def close(*, by: User, campaign: Campaign, now: datetime) -> Campaign:
    """End a survey: nothing more is put in."""
    campaign = queries.locked(campaign)
    rules.may_close(standing=queries.state(campaign)).enforce()
    campaign.closed_at, campaign.closed_by = now, by
    campaign.save(update_fields=["closed_at", "closed_by"])
    return campaign


@act("survey.find")
def add_found(
    *,
    by: User,
    member: Member,
    place: str,
    name: str,
    kind: str,
    building: str = "",
    now: datetime,
) -> Target:
    """A room was found that is not on the list; it is looked at three times like the others."""
    campaign = queries.locked(member.campaign)
    name, building = " ".join(name.split()), " ".join(building.split())
    every(
        [
            require(
                queries.state(campaign) == rules.RUNNING,
                _("排查现在是“%(state)s”，不能录入"),
                state=rules.STATES[queries.state(campaign)],
            ),
            rules.in_frozen(place, frozen.frozen_places(campaign)),
            require(
                len(place) >= rules.ESTATE
                and place.startswith(campaign.place)
                and premises.is_known(place),
                _("请选择小区"),
            ).at("place"),
            rules.may_find(
                name=name,
                kind=kind,
                kinds=rooms.kinds(),
                twins=queries.twins(campaign, place=place, building=building, name=name, kind=kind),
            ),
        ]
    ).enforce()
    return Target.objects.create(
        campaign=campaign,
        place=place,
        code=queries.next_found(campaign),
        name=name,
        kind=kind,
        building=building[:32],
        listed_at=now,
        found_by=member,
    )
