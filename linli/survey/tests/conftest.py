"""A county whose two rooms are surveyed by three teams of one."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

import pytest

from linli.kernel.roles import HOUSING, SURVEYOR
from linli.people.models import User
from linli.survey import looks, services
from linli.survey.looks import Look
from linli.survey.models import Campaign, Member, Target
from linli.survey.questions import CONTRACT, DRAWING, LOOKS, SITE
from tests.books import NOW
from tests.people import ESTATE, OTHER, lay_places, make_person
from tests.rooms import register

COUNTY = "370614"
DEPARTMENTS = ("housing", "resources", "civil")
GOOD: dict[str, dict[str, Any]] = {
    DRAWING: {
        "exists": "yes",
        "kind": "elderly",
        "area": 20000,
        "floor": 1,
        "entrance": True,
        "owner": "state",
    },
    CONTRACT: {
        "exists": "yes",
        "kind": "elderly",
        "area": 20000,
        "owner": "state",
        "lease": False,
    },
    SITE: {
        "exists": "yes",
        "kind": "elderly",
        "area": 19850,
        "floor": 1,
        "entrance": True,
        "state": "self_used",
        "occupant": "海滨社区居委会",
    },
}
"""Three looks that agree."""


@dataclass
class Survey:
    """A running survey: each team has one look everywhere in the county's first street."""

    campaign: Campaign
    users: dict[str, User]
    members: dict[str, Member]
    target: Target
    housing: User

    def look(self, which: str, *, now: datetime = NOW, **more: Any) -> Target:
        """Put a look in by its own surveyor unless `by` or `member` say otherwise."""
        answers = GOOD[which] | more.pop("answers", {})
        answers = {name: value for name, value in answers.items() if value is not None}
        by = more.pop("by", self.users[which])
        member = more.pop("member", self.members[which])
        told = {"target": self.target, "look": which, "member": member, "answers": answers}
        return looks.put_in(by=by, look=Look(**(told | more)), now=now)

    def all(self, **changes: dict[str, Any]) -> Target:
        """All three, each with what is said otherwise."""
        for which in LOOKS:
            self.look(which, answers=changes.get(which, {}))
        self.target.refresh_from_db()
        return self.target

    def kinds(self) -> list[str]:
        return sorted({row.kind for row in self.target.findings.all()})


def plan(**changes: Any) -> Campaign:
    told = {
        "by": None,
        "county": COUNTY,
        "name": "2026年公共用房排查",
        "from_on": date(2026, 11, 1),
        "until_on": date(2026, 12, 31),
        "departments": DEPARTMENTS,
        "now": NOW,
    }
    return services.plan_campaign(**(told | changes))


def member(team: Any, user: User | None, **changes: Any) -> Member:
    told = {"name": user.name if user else "孙大海", "department": "housing", "unit": "区住建局"}
    return services.appoint_member(by=None, team=team, user=user, now=NOW, **(told | changes))


@pytest.fixture
def county(db: Any) -> None:
    lay_places()


@pytest.fixture
def survey(people: Any, settings: Any, tmp_path: Any) -> Survey:
    settings.FILES = tmp_path / "files"
    return lay_survey()


def lay_survey() -> Survey:
    """The county with its two rooms, three teams of one, the survey running."""
    lay_places()
    housing = make_person("housing", "高强", HOUSING, COUNTY)
    room = register()
    register(name="底商", kind="property_business", place=OTHER, building="1号楼")
    campaign = plan()
    names = {DRAWING: "张三丰", CONTRACT: "李四光", SITE: "王五一"}
    users = {
        which: make_person(f"surveyor-{which}", name, SURVEYOR, COUNTY)
        for which, name in names.items()
    }
    members = {}
    for number, which in enumerate(LOOKS, 1):
        team = services.form_team(
            by=housing,
            campaign=campaign,
            number=number,
            name=f"第{number}组",
            lead="housing",
            now=NOW,
        )
        members[which] = member(team, users[which])
        services.assign(by=housing, team=team, looks=[which], at=["370614001"], now=NOW)
    services.start(by=housing, campaign=campaign, now=NOW)
    target = Target.objects.get(campaign=campaign, room=room)
    return Survey(campaign, users, members, target, housing)


__all__ = ["ESTATE", "OTHER"]
