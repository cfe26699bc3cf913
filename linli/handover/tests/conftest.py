"""People of all departments, a room that may be handed over, and somebody to walk it along."""

from __future__ import annotations

from datetime import date
from types import SimpleNamespace

import pytest

from linli.handover import services
from linli.handover.walking import Walker
from linli.kernel.roles import (
    CIVIL,
    FINANCE,
    HOUSING,
    RESOURCES,
    SURVEYOR,
    TAX,
)
from linli.places import queries as places
from linli.premises import rules as rooms
from tests.books import NOW
from tests.people import make_person
from tests.rooms import register

TODAY = date(2026, 11, 5)


@pytest.fixture
def staff(people, settings, tmp_path):
    """The street, its community and the departments of the county."""
    settings.FILES = tmp_path / "files"
    made = {
        role.code: make_person(role.code, name, role, "370614")
        for role, name in (
            (HOUSING, "高强"),
            (RESOURCES, "郑岩"),
            (CIVIL, "宋雪"),
            (FINANCE, "钱进"),
            (TAX, "邵明"),
            (SURVEYOR, "丁勇"),
        )
    }
    return SimpleNamespace(street=people.street, secretary=people.secretary, all=people, **made)


@pytest.fixture
def walker(staff):
    return Walker(places.calendar(), TODAY)


def new_room(**changes):
    return register(**{"owner": rooms.DEVELOPER, "state": rooms.IDLE} | changes)


def begin(staff, room=None, **changes):
    told = {
        "by": staff.street,
        "room": room or new_room(),
        "developer": "蓬城置业有限公司",
        "receiver": "登州街道办事处",
        "receiver_kind": "street",
        "now": NOW,
    }
    return services.open_handover(**told | changes)


@pytest.fixture
def handover(staff):
    return begin(staff)


def at(walker, handover, step):
    """The handover with everything before a step done."""
    walker.upto(handover, step, days=(0,))
    handover.refresh_from_db()
    return handover
