"""The demo tells plans at every step, the same ones each time, from whatever rooms there are."""

from __future__ import annotations

from collections import Counter
from datetime import date

import pytest

from linli.places import services as places
from linli.remedy import demo
from linli.remedy.models import Agreement, Extension, Letter, Plan, Round, Talk, Visit
from tests.books import NOW

from .conftest import COUNTY, a_room, keep_holidays

TODAY = date(2026, 11, 20)
USED = ("let", "idle", "occupied", "changed")


@pytest.fixture
def rooms(crew):
    keep_holidays(2025)
    second = places.add_place(
        by=None, parent="370614001001", level="estate", name="海韵小区", now=NOW
    )
    a_room(kind="elderly", name="长者食堂")
    for n in range(20):
        a_room(kind="culture", name=f"活动室{n}", place=second.place, state=USED[n % len(USED)])
    for n in range(8):
        a_room(
            kind="elderly",
            name=f"照料中心{n}",
            place=second.place,
            state="unbuilt",
            occupant="",
        )
    return second


def test_the_demo_tells_plans_in_every_state(rooms, monkeypatch):
    monkeypatch.setattr(demo, "MOST", 22)
    demo.tell(county=COUNTY, today=TODAY)
    states = Counter(Plan.objects.values_list("state", flat=True))
    assert set(states) >= {"draft", "approve", "carry", "recheck", "close", "closed"}
    assert states["closed"] == max(states.values())
    assert set(Round.objects.values_list("level", flat=True)) == {"street", "district"}
    assert set(Talk.objects.values_list("state", flat=True)) == {"kept", "broken"}
    assert Visit.objects.get().attendances.count() == 4
    assert Agreement.objects.get().clauses.filter(state="kept").count() == 1
    assert Extension.objects.filter(state="granted").exists()
    assert set(Letter.objects.values_list("kind", flat=True)) >= {"order", "followup"}
