"""Two people put looks in at the same moment: none is lost, none counts twice."""

from __future__ import annotations

import pytest

from linli.kernel.rulings import Refused
from linli.leads.models import Lead
from linli.survey.models import Check, Target
from linli.survey.questions import CONTRACT, DRAWING, SITE
from linli.survey.tests.conftest import lay_survey


@pytest.fixture
def running(own_database, settings, tmp_path):
    settings.FILES = tmp_path / "files"
    return lay_survey()


def test_the_last_two_looks_at_once_complete_the_room_once(running, own_database):
    running.look(DRAWING)
    results = own_database.together(
        lambda: running.look(CONTRACT),
        lambda: running.look(SITE, answers={"state": "idle", "occupant": None}),
    )
    assert not [one for one in results if isinstance(one, Exception)]
    target = Target.objects.get(pk=running.target.pk)
    assert target.pile == "differing"
    assert Check.objects.count() == 3
    assert [lead.kind for lead in Lead.objects.all()] == ["idle"]


def test_of_the_same_look_twice_at_once_one_is_refused(running, own_database):
    results = own_database.together(lambda: running.look(SITE), lambda: running.look(SITE))
    assert sum(isinstance(one, Refused) for one in results) == 1
    assert Check.objects.count() == 1
