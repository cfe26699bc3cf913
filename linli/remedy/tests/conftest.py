"""A county with people who mend rooms, and plans at every step."""

from __future__ import annotations

import io
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

import pytest
from PIL import Image

from linli.kernel.roles import DISTRICT, ENFORCEMENT, HOUSING, POLICE, STREET
from linli.people.models import User
from linli.places import services as places
from linli.premises import rules as room_rules
from linli.premises import services as premises
from linli.premises.models import Room
from linli.premises.rules import Facts
from linli.remedy import rules, services
from linli.remedy.models import Plan, Task
from linli.remedy.rules import Cause
from tests.books import NOW
from tests.people import ESTATE, make_person

COUNTY = "370614"
CAUSE = Cause(violation="let_unlawfully", violator="property", party="海滨物业", reason="巡查发现")


def days_later(days: int) -> datetime:
    return NOW + timedelta(days)


def a_room(**changes: Any) -> Room:
    facts = Facts(
        **{
            "kind": "property_business",
            "name": "一层底商",
            "place": ESTATE,
            "building": "3号楼",
            "measured_dm2": 12000,
        }
        | {name: changes.pop(name) for name in list(changes) if name in Facts.__slots__}
    )
    told = {
        "by": None,
        "state": room_rules.LET,
        "occupant": "康宁药房",
        "since_on": date(2025, 1, 1),
        "now": NOW,
    }
    return premises.register_room(facts=facts, **(told | changes))


def a_task(code: str = "rectify", **changes: Any) -> rules.Task:
    told = {
        "code": code,
        "role": "street",
        "unit": "登州街道办事处",
        "contact": "刘洋",
        "phone": "13805351234",
        "work_days": 5,
    }
    return rules.Task(**(told | changes))


def picture(name: str = "现场.png", colour: str = "#aabbcc") -> tuple[bytes, str]:
    out = io.BytesIO()
    Image.new("RGB", (80, 60), colour).save(out, "PNG")
    return out.getvalue(), name


@dataclass(frozen=True)
class Crew:
    """Who mends rooms in the estate's street, and who looks over them."""

    secretary: User
    street: User
    deputy: User
    housing: User
    enforcement: User
    police: User
    district: User
    elsewhere: User


@pytest.fixture
def crew(people: Any, settings: Any, tmp_path: Any) -> Crew:
    settings.FILES = tmp_path / "files"
    settings.DATA = tmp_path / "data"
    for year in (2026, 2027):
        keep_holidays(year)
    return Crew(
        secretary=people.secretary,
        street=people.street,
        deputy=make_person("deputy", "韩梅", STREET, ESTATE[:9]),
        housing=make_person("housing", "高强", HOUSING, COUNTY),
        enforcement=make_person("enforcement", "马军", ENFORCEMENT, COUNTY),
        police=make_person("police", "罗刚", POLICE, COUNTY),
        district=make_person("district", "胡敏", DISTRICT, COUNTY),
        elsewhere=make_person("street2", "许杰", STREET, "370614002"),
    )


def keep_holidays(year: int) -> None:
    days = [(date(year, 1, 1), True, "元旦"), (date(year, 10, 1), True, "国庆节")]
    places.set_holidays(by=None, year=year, days=days, source="测试", now=NOW)


@pytest.fixture
def room(crew: Crew) -> Room:
    return a_room()


def drafted(room: Room, crew: Crew, *codes: str, now: datetime = NOW, cause: Cause = CAUSE) -> Plan:
    plan = services.draft_plan(by=crew.secretary, room=room, cause=cause, now=now)
    for code in codes or ("rectify",):
        services.add_measure(by=crew.secretary, plan=plan, task=a_task(code), now=now)
    plan.refresh_from_db()
    return plan


def approved(room: Room, crew: Crew, *codes: str, now: datetime = NOW, **more: Any) -> Plan:
    plan = drafted(room, crew, *codes, now=now, **more)
    services.propose(by=crew.secretary, plan=plan, now=now)
    return services.approve(by=crew.street, plan=plan, now=now)


def worked(plan: Plan, by: User, now: datetime = NOW) -> None:
    for task in Task.objects.filter(plan=plan, state=rules.OPEN):
        services.finish_measure(
            by=by, task=task, text="已搬离，门锁更换", papers=[picture()], now=now
        )


@pytest.fixture
def plan(room: Room, crew: Crew) -> Plan:
    return approved(room, crew)
