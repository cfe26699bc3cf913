"""A community with people to put on file."""

from __future__ import annotations

from datetime import date, datetime
from itertools import count
from typing import Any

import pytest
from stdnum.iso7064 import mod_11_2

from linli.kernel.roles import SECRETARY, SOCIAL, STREET
from linli.people.models import User
from linli.workforce import services
from linli.workforce.models import Tenure, Worker
from tests.books import NOW
from tests.people import lay_places, make_person

COUNTY, COMMUNITY, OTHER_COMMUNITY = "370614", "370614001001", "370614002001"
SERIAL = count(1)


def id_number(born_on: date, *, serial: int | None = None, area: str = "370684") -> str:
    """A number that passes its check; its area code was retired in 2020."""
    body = f"{area}{born_on:%Y%m%d}{(serial if serial is not None else next(SERIAL)) % 1000:03d}"
    return body + mod_11_2.calc_check_digit(body)


def a_worker(**changes: Any) -> Worker:
    told = {
        "by": None,
        "county": COUNTY,
        "place": COMMUNITY,
        "name": "王海燕",
        "phone": "13805351234",
        "politics": "member",
        "now": NOW,
    } | changes
    born_on = told.pop("born_on", date(1990, 5, 4))
    told.setdefault("id_number", id_number(born_on))
    return services.open_file(**told)


def in_post(worker: Worker, since_on: date = date(2020, 3, 1), **changes: Any) -> Tenure:
    told = {
        "by": None,
        "worker": worker,
        "place": COMMUNITY,
        "title": "worker",
        "way": "inherited",
        "since_on": since_on,
        "now": NOW,
    }
    return services.appoint(**told | changes)


@pytest.fixture
def county(db: Any) -> None:
    lay_places()


@pytest.fixture
def keeper(county: Any) -> User:
    """Who keeps the files of the county."""
    return make_person("social", "周敏", SOCIAL, COUNTY)


@pytest.fixture
def secretary(county: Any) -> User:
    return make_person("secretary", "于波", SECRETARY, COMMUNITY)


@pytest.fixture
def street(county: Any) -> User:
    return make_person("street", "孙洁", STREET, COMMUNITY[:9])


@pytest.fixture
def now() -> datetime:
    return NOW
