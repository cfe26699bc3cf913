"""The register of public rooms while it grows: list, board, map, quotas, one room's page."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from functools import cache

from django.conf import settings
from django.core.paginator import Paginator
from django.http import HttpResponse
from django.template import Context, Template
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from bench.frame import Aim, Bench, Run, Side
from linli.kernel.roles import HOUSING
from linli.people import services as people
from linli.places.models import Outline, Place
from linli.premises import rules
from linli.premises.models import Contract, Room, Use
from linli.sources import room_kinds

COUNTY, PER_ESTATE, EACH = "370614", 17, 5
KINDS = [code for code, kind in room_kinds().items() if kind.leaf]
STATES = list(rules.STATES)
LEVELS = {6: "county", 9: "street", 12: "community", 15: "estate"}
BARE = Template(
    "<table>{% for room in page %}<tr><td>{{ room.code }}</td><td>{{ room.name }}</td>"
    "<td>{{ room.kind }}</td><td>{{ room.state }}</td></tr>{% endfor %}</table>"
)


def estate(n: int) -> str:
    return f"{COUNTY}{n // 100 + 1:03d}{n // 10 % 10 + 1:03d}{n % 10 + 1:03d}"


def fill(size: int) -> None:
    """Rooms in estates of seventeen, each estate drawn, every second room with a lease."""
    before = Room.objects.count()
    codes = sorted({estate(n // PER_ESTATE) for n in range(before, size)})
    wider = {code[:n] for code in codes for n in (6, 9, 12, 15)}
    Place.objects.bulk_create(
        [Place(place=code, level=LEVELS[len(code)], name=f"{code}处") for code in sorted(wider)],
        ignore_conflicts=True,
    )
    Outline.objects.bulk_create(
        [Outline(place=code, ring=_square(int(code[6:])), source="bench") for code in codes],
        ignore_conflicts=True,
    )
    made = Room.objects.bulk_create([_room(n) for n in range(before, size)], batch_size=500)
    told = {"told_at": timezone.now()}
    Use.objects.bulk_create(
        [
            Use(room=room, place=room.place, since_on=date(2025, 1, 1), state=room.state, **told)
            for room in made
        ],
        batch_size=500,
    )
    Contract.objects.bulk_create(
        [
            Contract(
                room=room,
                place=room.place,
                lessor="物业",
                lessee="药房",
                from_on=date(2025, 1, 1),
                until_on=date(2026, 1, 1),
                rent_fen=100_000,
                per="month",
                paid_to=rules.OWNERS,
                **told,
            )
            for room in made[::2]
        ],
        batch_size=500,
    )


def _square(n: int) -> list[list[int]]:
    west, south = 120_000_000 + n % 100 * 9_000, 37_000_000 + n // 1000 * 9_000
    return [[west, south], [west + 5000, south], [west + 5000, south + 5000], [west, south + 5000]]


def _room(n: int) -> Room:
    return Room(
        county=COUNTY,
        code=f"R{n + 1:06d}",
        place=estate(n // PER_ESTATE),
        building=f"{n % 9}号楼",
        name=f"用房{n}",
        initials=f"yf{n}",
        kind=KINDS[n % len(KINDS)],
        state=STATES[n % len(STATES)],
        occupant="药房",
        planned_dm2=10_000 + n,
        measured_dm2=10_000 if n % 3 else None,
    )


@cache
def officer() -> Client:
    """The county's housing department, logged in."""
    now = timezone.now()
    settings.ALLOWED_HOSTS.append("testserver")
    user = people.create_account(by=None, username="housing", name="韩梅", now=now).subject
    type(user).objects.update(must_change_password=False)
    people.appoint(by=None, user=user, role=HOUSING, place=COUNTY, since_on=now.date(), now=now)
    client = Client()
    client.force_login(user)
    return client


def page(url: Callable[[], str]) -> Callable[[], Run]:
    def prepare() -> Run:
        address = url()
        officer().get(address)

        def run(_size: int) -> None:
            for _ in range(EACH):
                answer = officer().get(address)
                assert answer.status_code == 200, answer.status_code

        return run

    return prepare


def bare() -> Run:
    """What Django alone needs for a table of 25 rows and its count, without anybody logged in."""

    def run(_size: int) -> None:
        for _ in range(EACH):
            rows = Paginator(Room.objects.order_by("code"), 25).get_page(1)
            HttpResponse(BARE.render(Context({"page": rows})))

    return run


PAGES = ("list", "board", "map", "quotas", "one room")
BENCHES = (
    Bench(
        code="rooms",
        title="pages of the register of rooms",
        unit="pages",
        sizes=(300, 1_250, 5_000),
        sides=(
            Side("list", page(lambda: reverse("premises:register"))),
            Side("board", page(lambda: reverse("premises:board"))),
            Side("map", page(lambda: reverse("premises:map"))),
            Side("quotas", page(lambda: reverse("premises:quotas"))),
            Side(
                "one room",
                page(lambda: reverse("premises:room", args=[Room.objects.earliest("pk").pk])),
            ),
            Side("a bare table", lambda: bare()),
        ),
        target="under 150 ms each, seven a second",
        aims=tuple(Aim(rate=1 / 0.15, side=side) for side in PAGES),
        fill=fill,
        each=EACH,
    ),
)
