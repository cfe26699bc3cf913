"""Two people at one step at once: exactly one of them does it."""

from datetime import UTC, date, datetime

import pytest
from django.db import IntegrityError, OperationalError

from linli.cases import queries, services
from linli.cases.models import Case, Stamp
from linli.kernel.flow import Flow, Step
from linli.kernel.roles import APPROVER, RESIDENT
from linli.kernel.rulings import Refused
from linli.people.models import Appointment, User
from linli.places.models import Place

ESTATE = "370614001001001"
NOW = datetime(2026, 11, 5, 2, tzinfo=UTC)
FLOW = Flow(
    code="race_test",
    name="审批",
    steps=(
        Step(code="check", name="审核", by=(APPROVER, RESIDENT)),
        Step(code="end", name="办结", by=(RESIDENT,)),
    ),
)


@pytest.fixture
def two(own_database, monkeypatch):
    """A case and two people who may both do its first step, each with their own look at it."""
    monkeypatch.setattr(queries, "flows", lambda: {FLOW.code: FLOW})
    users = []
    for username, role in (("approver", APPROVER), ("resident", RESIDENT)):
        user = User.objects.create(username=username, name=username, created_at=NOW)
        Appointment.objects.create(
            user=user, role=role.code, place=ESTATE, since_on=date(2026, 1, 1)
        )
        users.append(user)
    subject = Place.objects.create(place=ESTATE, level="estate", name="碧海家园")
    case = services.open_case(
        by=users[0], flow=FLOW, subject=subject, title="付款", place=ESTATE, now=NOW
    )
    looks = [Case.objects.get(pk=case.pk) for _user in users]
    return own_database, [
        lambda user=user, look=look: services.stamp(by=user, case=look, step="check", now=NOW)
        for user, look in zip(users, looks, strict=True)
    ]


def test_of_two_at_once_one_does_the_step_and_the_other_is_told(two):
    database, acts = two
    results = database.together(*acts)
    assert sorted(type(result).__name__ for result in results) == ["Refused", "Stamp"]
    assert Stamp.objects.count() == 1
    case = Case.objects.get()
    assert case.stamp_count == 1 and {wait.step for wait in case.waits.all()} == {"end"}


def test_without_the_guard_the_race_appears(two, monkeypatch):
    """The control: both believe that they were first, and only the database's key stops one."""
    database, acts = two

    def take_it(case):
        Case.objects.filter(pk=case.pk).update(stamp_count=case.stamp_count + 1)
        return case.stamp_count + 1

    monkeypatch.setattr(services, "_next_number", take_it)
    monkeypatch.setattr(
        Flow, "may_stamp", lambda *args, **more: services.rules.may_touch(closed=False)
    )
    results = database.together(*acts)
    assert not any(isinstance(result, Refused) for result in results)
    assert any(isinstance(result, IntegrityError | OperationalError) for result in results)
