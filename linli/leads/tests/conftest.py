"""A county with rooms, nine departments and the people who settle leads."""

from __future__ import annotations

import io
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from PIL import Image

from linli.kernel.roles import DEPARTMENTS, DISTRICT
from linli.leads import rules, services
from linli.leads.models import Lead
from linli.places import queries as places
from linli.premises import rules as room_rules
from linli.premises import services as premises
from linli.premises.models import Room
from linli.premises.rules import Facts
from tests.books import NOW
from tests.people import ESTATE, make_person

COUNTY = "370614"
TEXT = "现场为洗车店，合同由物业公司签订"


def a_room(**changes: Any) -> Room:
    facts = Facts(
        **{
            "kind": "elderly",
            "name": "日间照料中心",
            "place": ESTATE,
            "building": "3号楼",
            "planned_dm2": 20000,
        }
        | {name: changes.pop(name) for name in list(changes) if name in Facts.__slots__}
    )
    told = {"by": None, "state": room_rules.IDLE, "since_on": date(2026, 1, 1), "now": NOW}
    return premises.register_room(facts=facts, **told | changes)


def a_lead(room: Room | None, **changes: Any) -> Lead:
    told = {
        "by": None,
        "county": COUNTY,
        "room": room,
        "place": ESTATE,
        "kind": "let_unlawfully",
        "text": TEXT,
        "source": rules.STAFF,
        "now": NOW,
    }
    return services.raise_lead(**told | changes)


def picture(name: str = "现场.jpg", colour: str = "#aabbcc", exif: Any = None) -> Any:
    out = io.BytesIO()
    more = {"exif": exif} if exif else {}
    Image.new("RGB", (80, 60), colour).save(out, "JPEG", **more)
    return SimpleUploadedFile(name, out.getvalue(), "image/jpeg")


@dataclass(frozen=True)
class Nine:
    """One person of each department, by the code of its role, and one of the district."""

    of: dict[str, Any]
    district: Any

    def __getitem__(self, role: str) -> Any:
        return self.of[role]


@pytest.fixture
def room(people: Any, settings: Any, tmp_path: Any) -> Room:
    settings.FILES = tmp_path / "files"
    return a_room()


@pytest.fixture
def lead(room: Room) -> Lead:
    return a_lead(room)


@pytest.fixture
def nine(people: Any) -> Nine:
    names = "高强 林静 孙萍 何勇 许敏 邓超 曹刚 彭磊 吕梅".split()
    return Nine(
        {
            role.code: make_person(f"d-{role.code}", name, role, COUNTY)
            for role, name in zip(DEPARTMENTS, names, strict=True)
        },
        make_person("d-district", "宋涛", DISTRICT, COUNTY),
    )


def later(days: int) -> datetime:
    return NOW + timedelta(days)


@pytest.fixture
def calendar(people: Any) -> Any:
    """The working days as the published table has them."""
    return places.calendar()
