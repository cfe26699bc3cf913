"""Taking a list of teams and people in: what it would change, what is wrong, and doing it."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from django.contrib.auth.base_user import AbstractBaseUser

from linli.kernel.rulings import ALLOWED, Ruling, every, require
from linli.kernel.words import gettext_noop as _
from linli.survey import queries, rules
from linli.survey.models import Campaign, Member, Team
from linli.survey.sheet import MemberRow
from linli.trail.acts import act

User = AbstractBaseUser | None


@dataclass(slots=True)
class Plan:
    """What a list would do. `teams`: number → (name, lead) of those to be formed; `new`: rows with
    the account they name, `same`: people who are in their team already."""

    teams: dict[int, tuple[str, str]] = field(default_factory=dict)
    new: list[tuple[MemberRow, Any]] = field(default_factory=list)
    same: int = 0
    faults: Ruling = ALLOWED

    @property
    def good(self) -> int:
        return len(self.new) + self.same

    @property
    def changes(self) -> int:
        return len(self.new)

    @property
    def counts(self) -> dict[str, int]:
        return {"teams": len(self.teams), "new": len(self.new), "same": self.same}


@dataclass(frozen=True, slots=True)
class Done:
    """What an import did, for the trail."""

    subject: Campaign
    facts: dict[str, int]


class _Known:
    """Teams, people and accounts, read once for a whole list."""

    def __init__(self, campaign: Campaign, rows: Sequence[MemberRow]) -> None:
        self.campaign = campaign
        self.teams = {team.number: team for team in campaign.teams.all()}
        self.accounts = queries.accounts_named({row.username for row in rows if row.username})
        self.members: dict[tuple[str, ...], int] = {}
        for member in campaign.members.select_related("team", "user"):
            for key in _keys(member.name, member.unit, member.phone, member.user):
                self.members[key] = member.team.number


def _keys(name: str, unit: str, phone: str, user: Any) -> list[tuple[str, ...]]:
    """By what somebody is known: account, telephone, or without these name and unit."""
    found: list[tuple[str, ...]] = []
    if user is not None:
        found.append(("account", str(user.pk)))
    numbers = {number for number in (phone, getattr(user, "phone", "")) if number}
    found += [("phone", number) for number in sorted(numbers)]
    return found if phone else [*found, ("name", name, unit)]


def plan(rows: Sequence[MemberRow], *, campaign: Campaign) -> Plan:
    """Compare a list with what is kept: the dry run."""
    known, made = _Known(campaign, rows), Plan()
    faults: list[Ruling] = [
        rules.may_change_teams(standing=queries.state(queries.campaign(campaign.pk)))
    ]
    seen: dict[tuple[str, ...], int] = {}
    for row in rows:
        user = known.accounts.get(row.username) if row.username else None
        keys = _keys(row.name, row.unit, row.phone, user)
        first = next((seen[key] for key in keys if key in seen), 0)
        there = next((known.members[key] for key in keys if key in known.members), None)
        ruling = every(
            [
                _may(row, user, campaign),
                require(not first, _("与第%(first)s行是同一个人"), first=first).at("name"),
                require(there in (None, row.number), _("此人已在第%(n)s组"), n=there or 0).at(
                    "number"
                ),
                _team(row, known, made, campaign),
            ]
        )
        seen |= {key: row.row for key in keys if key not in seen}
        faults.append(ruling.at("name", row.row))
        if not ruling.allowed:
            continue
        if there is None:
            made.new.append((row, user))
        else:
            made.same += 1
    made.faults = every(faults)
    return made


def _may(row: MemberRow, user: Any, campaign: Campaign) -> Ruling:
    return every(
        [
            require(row.department in campaign.departments, _("这个部门没有参加这次排查")).at(
                "department"
            ),
            require(
                not row.username or user is not None,
                _("没有账号“%(name)s”"),
                name=row.username[:30],
            ).at("username"),
        ]
    )


def _team(row: MemberRow, known: _Known, made: Plan, campaign: Campaign) -> Ruling:
    """The team a row names; one that is not there yet is formed with the first row that names it."""
    if row.number in known.teams:
        return ALLOWED
    lead = row.lead or row.department
    ruling = require(lead in campaign.departments, _("牵头部门没有参加这次排查")).at("lead")
    if not ruling.allowed:
        return ruling
    name, led = made.teams.setdefault(row.number, (row.team, lead))
    if row.team and not name:
        made.teams[row.number] = (row.team, led)
    return every(
        [
            require(
                not row.team or not name or row.team == name,
                _("第%(n)s组前面写作“%(name)s”"),
                n=row.number,
                name=name,
            ).at("team"),
            require(
                not row.lead or row.lead == led, _("第%(n)s组的牵头部门前后不一致"), n=row.number
            ).at("lead"),
        ]
    )


@act("survey.import_members")
def import_members(
    *,
    by: User,
    campaign: Campaign,
    rows: Sequence[MemberRow],
    accept_good: bool = False,
    now: datetime,
) -> Done:
    """Form the teams of a list and appoint its people: all of it, or with `accept_good` the rows
    that are right, or nothing."""
    campaign = queries.locked(campaign)
    made = plan(rows, campaign=campaign)
    if not accept_good:
        made.faults.enforce()
    rules.may_change_teams(standing=queries.state(campaign)).enforce()
    require(made.good, _("没有一行可以写入")).enforce()
    wanted = {row.number for row, _user in made.new}
    teams = _form({n: told for n, told in made.teams.items() if n in wanted}, campaign)
    Member.objects.bulk_create(_members(made.new, teams, campaign), batch_size=500)
    bad = len({reason.row for reason in made.faults.reasons})
    return Done(campaign, made.counts | {"bad": bad})


def _form(wanted: dict[int, tuple[str, str]], campaign: Campaign) -> dict[int, Team]:
    Team.objects.bulk_create(
        [
            Team(
                campaign=campaign,
                place=campaign.place,
                number=number,
                name=name or f"第{number}组",
                lead=lead,
            )
            for number, (name, lead) in sorted(wanted.items())
        ]
    )
    return {team.number: team for team in campaign.teams.all()}


def _members(
    new: Iterable[tuple[MemberRow, Any]], teams: dict[int, Team], campaign: Campaign
) -> list[Member]:
    return [
        Member(
            campaign=campaign,
            place=campaign.place,
            team=teams[row.number],
            name=row.name,
            department=row.department,
            unit=row.unit,
            phone=row.phone,
            user=user,
        )
        for row, user in new
    ]
