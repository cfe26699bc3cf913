"""Who may go where: everybody asks for every address of the demo county, and the table is right."""

from __future__ import annotations

from collections.abc import Iterator
from copy import deepcopy
from dataclasses import dataclass, field
from operator import attrgetter
from pathlib import Path
from typing import Any

import pytest
from django.apps import apps
from django.db import models, transaction
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from django_otp import DEVICE_ID_SESSION_KEY
from django_otp.plugins.otp_totp.models import TOTPDevice

from linli.kernel.place import LEVELS
from linli.kernel.roles import ROLES, Role
from linli.people.models import Appointment, User
from tests.databases import Databases, data_directory, pointed_at
from tests.shape.routes import METHODS, PUBLIC, USER, Permission, permissions, routes

LOGGED_OUT = "nobody"
REFUSALS = (401, 403, 404)
WRONG_METHOD = 405


@dataclass
class County:
    """The demo county, and somebody in each role at any estate that is asked for."""

    data: Path
    estates: list[str]
    clients: dict[str, dict[str, Client]] = field(default_factory=dict)

    def people_of(self, estate: str) -> dict[str, Client]:
        """Role → somebody who holds it at the place of its level that contains the estate."""
        if estate not in self.clients:
            found = {role.code: _client(role, estate) for role in ROLES.values()}
            self.clients[estate] = {LOGGED_OUT: Client(), **found}
        return self.clients[estate]

    def at(self, place: str) -> str:
        """The estate of a place, or the first one inside it."""
        length = LEVELS["estate"]
        return next(e for e in self.estates if e.startswith(place[:length]))

    def elsewhere(self, place: str) -> str:
        """An estate of another street."""
        street = place[: LEVELS["street"]]
        return next(e for e in self.estates if not e.startswith(street))


@pytest.fixture(scope="module")
def county(
    told_county: tuple[str, Any], databases: Databases, django_db_blocker: Any
) -> Iterator[County]:
    template, data = told_county
    with django_db_blocker.unblock():
        name, place = databases.copy(template)
        with pointed_at(place):
            codes = apps.get_model("ledger.Book").objects.order_by("pk")
            estates = [c for c in codes.values_list("place", flat=True) if len(c) == 15]
            yield County(data, estates)
        databases.server.drop(name)


def _client(role: Role, estate: str) -> Client:
    """Somebody with this role at the place of its level that holds the estate, fully logged in."""
    now = timezone.now()
    user = User.objects.create(
        username=f"matrix-{role.code}-{estate}",
        name=role.code,
        created_at=now,
        password_changed_at=now,
    )
    place = _place_of(role, estate)
    Appointment.objects.create(user=user, role=role.code, place=place, since_on=now.date())
    client = Client()
    client.force_login(user)
    session = client.session
    session[DEVICE_ID_SESSION_KEY] = TOTPDevice.objects.create(user=user).persistent_id
    session.save()
    return client


def _place_of(role: Role, estate: str) -> str:
    return estate[: LEVELS[role.level]] if role.level else estate


def walks() -> list[Any]:
    """Every address × method × whether people stand there or elsewhere."""
    return [
        pytest.param(name, method, where, id=f"{method}-{name}-{where}")
        for name, permission in permissions().items()
        for method in METHODS
        for where in (("there", "elsewhere") if permission.scoped else ("there",))
    ]


@pytest.mark.parametrize(("name", "method", "where"), walks())
def test_only_who_may_is_let_in(county, name, method, where):
    permission = permissions()[name]
    faults = []
    with data_directory(county.data):
        row = _row(permission)
        place = attrgetter(permission.place.replace("__", "."))(row) if permission.scoped else ""
        address = reverse(name, kwargs=_values(name, permission, row))
        estate = county.elsewhere(place) if where == "elsewhere" else county.at(place)
        for role, client in county.people_of(estate).items():
            here = role == LOGGED_OUT or place.startswith(_place_of(ROLES[role], estate))
            answer = _ask(client, method, address)
            problem = _judge(permission, method, role, answer, here=here or not place)
            if problem:
                faults.append(f"{role}: {answer.status_code} {problem}")
    assert not faults, f"{method.upper()} {address} from {estate}\n" + "\n".join(faults)


def _values(name: str, permission: Permission, row: models.Model | None) -> dict[str, Any]:
    """What to put into the address: from the row, or as the table says."""
    return {
        value: _value(permission.args.get(value, value), row) for value in routes()[name].values
    }


def _value(source: str, row: models.Model | None) -> Any:
    literal = source.startswith("=") or row is None
    return source.removeprefix("=") if literal else attrgetter(source)(row)


def _row(permission: Permission) -> models.Model | None:
    """A row the address is about, the first that the demo county tells."""
    if not permission.row:
        return None
    rows = apps.get_model(permission.row)._default_manager.filter(**permission.where)
    row = rows.order_by("pk").first()
    assert row is not None, f"the demo county has no {permission.row} {permission.where}: tell one"
    return row


def _ask(client: Client, method: str, address: str) -> Any:
    """Ask, and take back whatever the answer did."""
    client.raise_request_exception = False
    cookies = deepcopy(client.cookies)
    with transaction.atomic():
        answer = getattr(client, method)(address)
        transaction.set_rollback(True)
    client.cookies = cookies
    return answer


def _judge(permission: Permission, method: str, role: str, answer: Any, *, here: bool) -> str:
    """What is wrong with an answer; "" if nothing is."""
    status, who = answer.status_code, permission.who(method)
    if status >= 500:
        return "broke"
    if not who:
        refused = (*REFUSALS, WRONG_METHOD)
        return "" if status in refused or _to_log_in(answer) else "there should be no such method"
    if PUBLIC in who:
        allowed = True
    elif role == LOGGED_OUT:
        allowed = False
    else:
        allowed = (USER in who or role in who) and here
    if allowed:
        right = status not in (*REFUSALS, WRONG_METHOD) or status in permission.answers
        turned_away = _to_log_in(answer) and PUBLIC not in who
        return "" if right and not turned_away else "should be let in"
    return "" if status in REFUSALS or _to_log_in(answer) else "should be refused"


def _to_log_in(answer: Any) -> bool:
    return answer.status_code in (302, 204) and "/login/" in (
        answer.headers.get("Location", "") + answer.headers.get("HX-Redirect", "")
    )
