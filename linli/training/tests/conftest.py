"""A county with people in post, a venue, a question bank and a session this afternoon."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from itertools import count
from typing import Any

import pytest
from stdnum.iso7064 import mod_11_2

from linli.kernel.roles import SECRETARY, SOCIAL, STREET, WORKER
from linli.people.models import User
from linli.training import services, testing
from linli.training.models import Session, Venue
from linli.workforce import services as workforce
from tests.people import lay_places, make_person

COUNTY, COMMUNITY, OTHER_COMMUNITY = "370614", "370614001001", "370614002001"
SERIAL = count(1)
START = datetime(2026, 3, 3, 1, 0, tzinfo=UTC)
"""Nine o'clock in Shanghai."""
BEFORE = START - timedelta(days=5)
DURING = START + timedelta(minutes=5)
AFTER = START + timedelta(hours=2)


def served(
    user: User | None = None,
    *,
    name: str = "王海燕",
    place: str = COMMUNITY,
    title: str = "worker",
    since_on: date = date(2020, 3, 1),
) -> Any:
    """Somebody with a file who has served since 2020; `user`: their account."""
    body = f"37068419900504{next(SERIAL) % 1000:03d}"
    worker = workforce.open_file(
        by=None,
        county=COUNTY,
        place=place,
        name=name,
        id_number=body + mod_11_2.calc_check_digit(body),
        politics="none",
        user=user,
        now=BEFORE,
    )
    workforce.appoint(
        by=None,
        worker=worker,
        place=place,
        title=title,
        way="inherited",
        since_on=since_on,
        now=BEFORE,
    )
    return worker


def a_session(venue: Venue, **changes: Any) -> Session:
    told = {
        "by": None,
        "place": COMMUNITY[:9],
        "kind": "micro",
        "title": "邻里漏水纠纷调处",
        "topic": "mediation",
        "venue": venue,
        "trainer": "区司法局 曲科长",
        "starts_at": START,
        "minutes": 60,
        "now": BEFORE,
    }
    return services.plan(**told | changes)


def questions(count: int = 8, topic: str = "mediation") -> None:
    """A bank in which the second option is always right."""
    testing.write_questions(
        by=None,
        county=COUNTY,
        some=[
            testing.Asked(topic=topic, text=f"第{n}问？", options=["甲", "乙", "丙"], right=1)
            for n in range(count)
        ],
        now=BEFORE,
    )


@pytest.fixture
def county(db: Any) -> None:
    lay_places()


@pytest.fixture
def venue(county: Any) -> Venue:
    return services.add_venue(
        by=None, place=COMMUNITY[:9], name="登州街道网格学校", kind="grid_school", now=BEFORE
    )


@pytest.fixture
def learner(county: Any) -> User:
    """A worker of the community with an account."""
    user = make_person("worker", "王海燕", WORKER, COMMUNITY)
    served(user)
    return user


@pytest.fixture
def other_learner(county: Any) -> User:
    """A worker of another street with an account."""
    user = make_person("worker2", "李国庆", WORKER, OTHER_COMMUNITY)
    served(user, name="李国庆", place=OTHER_COMMUNITY)
    return user


@pytest.fixture
def keeper(county: Any) -> User:
    return make_person("social", "周敏", SOCIAL, COUNTY)


@pytest.fixture
def street(county: Any) -> User:
    return make_person("street", "孙洁", STREET, COMMUNITY[:9])


@pytest.fixture
def other_secretary(county: Any) -> User:
    return make_person("secretary2", "于波", SECRETARY, OTHER_COMMUNITY)


@pytest.fixture
def secretary(county: Any) -> User:
    return make_person("secretary", "周芳", SECRETARY, COMMUNITY)
