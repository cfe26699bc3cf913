"""Rooms for tests: one with whatever is said of it, or thousands of them at once."""

from __future__ import annotations

from datetime import date
from typing import Any

from django.db import connection
from django.test.utils import CaptureQueriesContext

from linli.places.models import Outline, Place
from linli.premises import rules, services
from linli.premises.models import Contract, Room
from linli.premises.rules import Facts
from linli.sources import room_kinds
from tests.books import NOW
from tests.people import ESTATE

COUNTY = "370614"
MOST = 12
STATES = list(rules.STATES)
KINDS = [code for code, kind in room_kinds().items() if kind.leaf]


def estate_codes(count: int) -> list[str]:
    return [f"{COUNTY}{1 + n % 3:03d}{1 + n // 3 % 20:03d}{1 + n // 60:03d}" for n in range(count)]


def lay(estates: int, rooms: int) -> None:
    """So many more estates, each drawn, and rooms in them, every second with a lease."""
    before, already = Room.objects.count(), Outline.objects.count()
    codes = estate_codes(already + estates)[already:]
    wider = {code[:n] for code in codes for n in (9, 12)}
    levels = {6: "county", 9: "street", 12: "community", 15: "estate"}
    Place.objects.bulk_create(
        [
            Place(place=code, level=levels[len(code)], name=f"地方{code[6:]}")
            for code in sorted({COUNTY, *wider, *codes})
        ],
        ignore_conflicts=True,
    )
    Outline.objects.bulk_create(
        [
            Outline(place=code, ring=[[at, 0], [at + 500, 0], [at + 500, 500]], source="测绘")
            for at, code in ((1000 * (already + n), code) for n, code in enumerate(codes))
        ]
    )
    made = Room.objects.bulk_create(
        [a_room(before + n, codes[n % estates]) for n in range(rooms)], batch_size=500
    )
    Contract.objects.bulk_create([_lease(room) for room in made[::2]], batch_size=500)


def a_room(n: int, place: str) -> Room:
    return Room(
        county=COUNTY,
        code=f"R{n + 1:06d}",
        place=place,
        building=f"{n}号楼",
        name=f"用房{n}",
        initials=f"yf{n}",
        kind=KINDS[n % len(KINDS)],
        state=STATES[n % len(STATES)],
        owner=rules.UNKNOWN,
        occupant="康宁药房",
        planned_dm2=10000 + n,
        measured_dm2=10000 if n % 3 else None,
    )


def _lease(room: Room) -> Contract:
    return Contract(
        room=room,
        place=room.place,
        lessor="海滨物业",
        lessee="康宁药房",
        from_on=date(2025, 1, 1),
        until_on=date(2026, 1, 1),
        rent_fen=100_000,
        per="month",
        paid_to=rules.OWNERS,
        told_at=NOW,
    )


def asked(client, url: str) -> int:
    """How many queries a page asks, once what it remembers is warm."""
    client.get(url)
    with CaptureQueriesContext(connection) as caught:
        assert client.get(url).status_code == 200
    return len(caught)


def register(**changes: Any) -> Room:
    """A room of the estate, with whatever is said otherwise."""
    facts = Facts(
        **{
            "kind": "elderly",
            "name": "日间照料中心",
            "place": ESTATE,
            "building": "3号楼",
            "floor": 1,
            "planned_dm2": 20000,
            "measured_dm2": 19850,
            "own_entrance": True,
        }
        | {name: changes.pop(name) for name in list(changes) if name in Facts.__slots__}
    )
    told = {"by": None, "state": rules.IDLE, "since_on": date(2026, 1, 1), "now": NOW} | changes
    return services.register_room(facts=facts, **told)
