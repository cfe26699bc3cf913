"""Two people do the same at once: one is told that the other was first."""

from __future__ import annotations

from types import SimpleNamespace

import pytest

from linli.cases import queries as cases
from linli.handover import services
from linli.handover.models import Handover
from linli.handover.tests.conftest import TODAY, begin, new_room
from linli.handover.walking import Walker
from linli.kernel.roles import HOUSING, SECRETARY, STREET
from linli.kernel.rulings import Refused
from linli.places import queries as places
from tests.books import NOW
from tests.people import lay_places, make_person

pytestmark = pytest.mark.own_database


@pytest.fixture
def database(own_database, settings, tmp_path):
    settings.FILES = tmp_path / "files"
    lay_places()
    return own_database


@pytest.fixture
def staff(database):
    """Whoever brings papers and signs at the first step."""
    return SimpleNamespace(
        street=make_person("street", "刘洋", STREET, "370614001"),
        secretary=make_person("secretary", "周芳", SECRETARY, "370614001001"),
        housing=make_person("housing", "高强", HOUSING, "370614"),
    )


@pytest.fixture
def ready(staff):
    handover = begin(staff)
    Walker(places.calendar(), TODAY).prepare(handover, "file")
    return handover


def test_of_two_stamps_at_once_one_wins(database, staff, ready):
    def stamp(by):
        try:
            services.pass_step(
                by=by, handover=Handover.objects.get(pk=ready.pk), step="file", now=NOW
            )
        except Refused:
            return "refused"
        return "done"

    told = database.together(lambda: stamp(staff.street), lambda: stamp(staff.housing))
    assert sorted(told) == ["done", "refused"]
    ready.case.refresh_from_db()
    assert ready.case.stamp_count == 1
    assert cases.open_steps(ready.case)[0].code == "settle"


def test_of_two_openings_at_once_one_wins(database, staff):
    room = new_room(name="长者食堂")

    def open_():
        try:
            begin(staff, room)
        except Refused:
            return "refused"
        return "done"

    assert sorted(database.together(open_, open_)) == ["done", "refused"]
    assert Handover.objects.filter(room=room).count() == 1
