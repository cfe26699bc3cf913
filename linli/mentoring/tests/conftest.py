"""Two communities of two streets with a station, old hands and people who want to learn."""

from __future__ import annotations

from datetime import UTC, date, datetime
from itertools import count
from typing import Any

import pytest
from stdnum.iso7064 import mod_11_2

from linli.kernel.roles import MENTOR, SECRETARY, SOCIAL, STREET, WORKER
from linli.mentoring import services
from linli.mentoring.models import Mentor, Pair, Station
from linli.people.models import User
from linli.workforce import services as workforce
from tests.people import lay_places, make_person

COUNTY, COMMUNITY, OTHER_COMMUNITY = "370614", "370614001001", "370614002001"
SERIAL = count(1)
NOW = datetime(2026, 9, 20, 2, 0, tzinfo=UTC)
BEGUN = datetime(2026, 5, 6, 2, 0, tzinfo=UTC)
TODAY = date(2026, 9, 20)
TEXT = "带着走了三户，先听老人把话讲完。"


def served(user: User | None = None, *, name: str = "王海燕", place: str = COMMUNITY) -> Any:
    """Somebody with a file who has served since 2020."""
    body = f"37068419900504{next(SERIAL) % 1000:03d}"
    worker = workforce.open_file(
        by=None,
        county=COUNTY,
        place=place,
        name=name,
        id_number=body + mod_11_2.calc_check_digit(body),
        politics="none",
        user=user,
        now=BEGUN,
    )
    workforce.appoint(
        by=None,
        worker=worker,
        place=place,
        title="worker",
        way="inherited",
        since_on=date(2020, 3, 1),
        now=BEGUN,
    )
    return worker


def a_mentor(station: Station, **changes: Any) -> Mentor:
    told = {
        "by": None,
        "station": station,
        "name": "慕长海",
        "skills": ["mediation", "masses"],
        "most": 2,
        "now": BEGUN,
    }
    return services.add_mentor(**told | changes)


def wants(worker: Any, **needs: int) -> Any:
    return services.tell_needs(by=None, worker=worker, needs=needs or {"mediation": 2}, now=BEGUN)


def matched(place: str = COUNTY) -> list[Pair]:
    """Propose for an area and confirm everything."""
    made = services.propose(by=None, place=place, now=BEGUN)
    taken = set(made.lines.values_list("pk", flat=True))
    services.decide(by=None, proposal=made, taken=taken, now=BEGUN)
    return list(Pair.objects.order_by("pk"))


def a_station(place: str = COMMUNITY) -> Station:
    return services.open_station(
        by=None, place=place, name="海滨老社工驿站", opened_on=BEGUN.date(), now=BEGUN
    )


@pytest.fixture
def county(db: Any) -> None:
    lay_places()


@pytest.fixture
def station(county: Any) -> Station:
    return a_station()


@pytest.fixture
def old_hand(county: Any) -> User:
    return make_person("mentor", "慕长海", MENTOR, COMMUNITY)


@pytest.fixture
def learner(county: Any) -> User:
    user = make_person("worker", "王海燕", WORKER, COMMUNITY)
    served(user)
    return user


@pytest.fixture
def pair(station: Station, old_hand: User, learner: User) -> Pair:
    a_mentor(station, user=old_hand)
    wants(learner.worker_file)
    (made,) = matched()
    return made


@pytest.fixture
def keeper(county: Any) -> User:
    return make_person("social", "周敏", SOCIAL, COUNTY)


@pytest.fixture
def street(county: Any) -> User:
    return make_person("street", "孙洁", STREET, COMMUNITY[:9])


@pytest.fixture
def secretary(county: Any) -> User:
    return make_person("secretary", "周芳", SECRETARY, COMMUNITY)


@pytest.fixture
def stranger(county: Any) -> User:
    return make_person("worker2", "李国庆", WORKER, OTHER_COMMUNITY)
