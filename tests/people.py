"""People with roles at the estate of `tests.books`, and one keeper of books elsewhere."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, date, datetime
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone

from linli.kernel.roles import (
    APPROVER,
    AUDITOR,
    BOOKKEEPER,
    CASHIER,
    RESIDENT,
    SECRETARY,
    STREET,
    Role,
)
from linli.people import services
from linli.people.models import User
from linli.places.models import Place
from tests.books import NOW

ESTATE, OTHER = "370614001001001", "370614002001001"
SINCE = date(2026, 1, 1)
APPOINTED = datetime(2026, 1, 1, tzinfo=UTC)
PLACES = (
    ("370614", "county", "蓬莱区"),
    ("370614001", "street", "登州街道"),
    ("370614001001", "community", "海滨社区"),
    (ESTATE, "estate", "碧海家园"),
    ("370614002", "street", "紫荆山街道"),
    ("370614002001", "community", "钟楼社区"),
    (OTHER, "estate", "钟楼小区"),
)


@dataclass(frozen=True)
class People:
    """The fund group of the estate, who oversees it, and the bookkeeper of another estate."""

    bookkeeper: User
    second_bookkeeper: User
    cashier: User
    approver: User
    resident: User
    secretary: User
    street: User
    auditor: User
    stranger: User

    def client(self, user: User) -> Client:
        """A client that is logged in as somebody."""
        client = Client()
        client.force_login(user)
        return client


def lay_places() -> None:
    """The county, two streets, two communities, two estates."""
    Place.objects.bulk_create(
        [Place(place=code, level=level, name=name) for code, level, name in PLACES],
        ignore_conflicts=True,
    )


def make_person(username: str, name: str, role: Role, place: str) -> User:
    """An account that holds a role since the new year; its password was changed just now."""
    user = User.objects.create(
        username=username, name=name, created_at=APPOINTED, password_changed_at=timezone.now()
    )
    services.appoint(by=None, user=user, role=role, place=place, since_on=SINCE, now=APPOINTED)
    return user


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> datetime:
    """The pages go by the moment of `tests.books` instead of the machine's clock."""
    monkeypatch.setattr(timezone, "now", lambda: NOW)
    return NOW


@pytest.fixture
def log_in(clock: datetime, people: People) -> Callable[[str], Client]:
    """log_in("approver"): a client of one of `people`."""
    return lambda who: people.client(getattr(people, who))


@pytest.fixture
def people(db: Any) -> People:
    return make_people()


def make_people() -> People:
    """The county with everybody in it."""
    lay_places()
    return People(
        bookkeeper=make_person("books", "王秀兰", BOOKKEEPER, ESTATE),
        second_bookkeeper=make_person("books2", "孙丽", BOOKKEEPER, ESTATE),
        cashier=make_person("cash", "赵敏", CASHIER, ESTATE),
        approver=make_person("party", "李建国", APPROVER, ESTATE),
        resident=make_person("resident", "陈伟", RESIDENT, ESTATE),
        secretary=make_person("secretary", "周芳", SECRETARY, "370614001001"),
        street=make_person("street", "刘洋", STREET, "370614001"),
        auditor=make_person("auditor", "何静", AUDITOR, ESTATE),
        stranger=make_person("stranger", "吴磊", BOOKKEEPER, OTHER),
    )
