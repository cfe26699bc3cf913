"""The demo county's leads are told through the services, quickly and the same each time."""

from __future__ import annotations

import time
from datetime import timedelta

import pytest
from django.db.models import Count

from linli.kernel.place import Scope
from linli.leads import agendas, demo, queries, rules
from linli.leads.models import Consultation, Item, Lead, Opinion, Report
from linli.leads.tests.conftest import COUNTY, a_lead, a_room
from linli.sources import lead_kinds
from tests.books import NOW

pytestmark = pytest.mark.django_db


@pytest.fixture
def told(nine, room, calendar):
    """243 leads of a survey over many rooms, and what the demo makes of them."""
    kinds = [kind for kind in lead_kinds() if kind != "not_on_register"][:9]
    rooms = [a_room(name=f"用房{n}", kind="unclear") for n in range(27)]
    for each in rooms:
        for kind in kinds:
            a_lead(each, kind=kind, source=rules.CHECK, now=NOW - timedelta(25))
    begun = time.perf_counter()
    demo.tell(county=COUNTY, today=NOW.date())
    found = list(queries.found(Scope.of(COUNTY)))
    demo.consult(COUNTY, found, NOW.date())
    return time.perf_counter() - begun


def test_the_county_has_leads_in_every_state_and_ends_in_every_way(told):
    assert queries.found_count(Scope.of(COUNTY)) == 243
    states = dict(Lead.objects.values_list("state").annotate(n=Count("pk")))
    assert set(states) == set(rules.STATES) and states[rules.SETTLED] > 150
    ends = set(Item.objects.values_list("outcome", flat=True))
    assert {"carried", "cast", "returned", ""} <= ends
    assert Report.objects.exclude(phone="").count() == 3
    running = Consultation.objects.filter(closed_at=None)
    assert running.count() == 3
    absent = [
        held
        for held in Consultation.objects.exclude(closed_at=None)
        if agendas.absent(held, agendas.items(held), agendas.opinions_of(held))
    ]
    assert len(absent) == 1
    assert Opinion.objects.filter(stance="disagree").exists()
    assert told < 6, f"{told:.1f} s"
