"""The estate that journeys begin in: four people, a book, nothing in the month that just ended."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from django.utils import timezone

from linli.demo import plan, telling
from linli.handover.walking import Walker
from linli.kernel.period import Period
from linli.kernel.roles import (
    APPROVER,
    BOOKKEEPER,
    CASHIER,
    CIVIL,
    FINANCE,
    HOUSING,
    RESIDENT,
    RESOURCES,
    SECRETARY,
    STREET,
    TAX,
)
from linli.ledger import services as ledger
from linli.people.models import User
from linli.places import queries as place_queries
from linli.places import services as places
from linli.places.models import Holiday
from tests.databases import OwnDatabase
from tests.people import APPOINTED, ESTATE, PLACES, make_person

CHINA = ZoneInfo("Asia/Shanghai")
LIMIT_FEN = 500_000
OPENINGS_FEN = {"common": 1_000_000, "seed": 500_000}


@dataclass(frozen=True)
class Group:
    """The fund group of an estate and its book, which begins with the month that is just over."""

    own: OwnDatabase
    bookkeeper: User
    cashier: User
    approver: User
    resident: User
    book: Any
    common: Any
    seed: Any
    period: Period

    def day(self, number: int) -> date:
        """A day of the month that is just over."""
        return self.period.first_on.replace(day=number)


def _people() -> dict[str, User]:
    for code, level, name in PLACES:
        where = {"code": code} if level != "estate" else {"parent": code[:12], "level": level}
        places.add_place(by=None, name=name, now=APPOINTED, **where)
    return {
        role.code: make_person(role.code, name, role, ESTATE)
        for role, name in (
            (BOOKKEEPER, "王秀兰"),
            (CASHIER, "赵敏"),
            (APPROVER, "李建国"),
            (RESIDENT, "陈伟"),
        )
    }


@dataclass(frozen=True)
class Public:
    """An estate with four published months, and its fund group."""

    people: dict[str, User]
    book: Any
    months: tuple[Period, ...]


@pytest.fixture
def published(own_database: OwnDatabase) -> Public:
    last = Period.of(timezone.localdate()).previous
    months = tuple(last.plus(-back) for back in (3, 2, 1, 0))
    people, story = _people(), plan.estate("碧海家园", 0)
    told = telling.begin(story, place=ESTATE, people=people, first=months[0], community="海滨社区")
    for month in months:
        telling.import_month(told, month, plan.month(story, month, projects=False))
    return Public(people, told.book, months)


@pytest.fixture
def group(own_database: OwnDatabase) -> Group:
    period = Period.of(timezone.localdate()).previous
    now = datetime.combine(period.first_on, time(9), CHINA)
    people = _people()
    book = ledger.open_book(
        by=None,
        name="碧海家园",
        place=ESTATE,
        first_period=period.code,
        live_from=period.code,
        limit_fen=LIMIT_FEN,
        custodian="碧海家园业主委员会",
        office="海滨社区党群服务中心",
        phone="0535-5600000",
        now=now,
    )
    common = ledger.open_account(
        by=None,
        book=book,
        fund="common",
        name="业委会专户",
        holder="bank",
        bank="工商银行蓬莱支行",
        tail="9876",
        now=now,
    )
    seed = ledger.open_account(
        by=None,
        book=book,
        fund="seed",
        name="慈善总会代管",
        holder="custody",
        holder_name="慈善总会",
        now=now,
    )
    balances = {common.pk: OPENINGS_FEN["common"], seed.pk: OPENINGS_FEN["seed"]}
    ledger.post_opening(
        by=None, book=book, balances=balances, words={"summary": "上期结余"}, now=now
    )
    return Group(own=own_database, book=book, common=common, seed=seed, period=period, **people)


@dataclass(frozen=True)
class Hands:
    """Who hands a room over: the street, its community, the departments; and how they walk."""

    own: OwnDatabase
    people: dict[str, User]
    walker: Any


@pytest.fixture
def handing(own_database: OwnDatabase) -> Hands:
    """A county with next year's holidays in its calendar, and everybody a handover needs."""
    today = timezone.localdate()
    for code, level, name in PLACES:
        where = {"code": code} if level != "estate" else {"parent": code[:12], "level": level}
        places.add_place(by=None, name=name, now=APPOINTED, **where)
    for year in (today.year, today.year + 1):
        Holiday.objects.get_or_create(day=date(year, 1, 1), defaults={"off": True})
    made = {
        role.code: make_person(role.code, name, role, place)
        for role, name, place in (
            (STREET, "刘洋", ESTATE[:9]),
            (SECRETARY, "周芳", ESTATE[:12]),
            (HOUSING, "高强", ESTATE[:6]),
            (RESOURCES, "郑岩", ESTATE[:6]),
            (CIVIL, "宋雪", ESTATE[:6]),
            (FINANCE, "钱进", ESTATE[:6]),
            (TAX, "邵明", ESTATE[:6]),
        )
    }
    return Hands(own_database, made, Walker(place_queries.calendar(), today - timedelta(days=1)))
