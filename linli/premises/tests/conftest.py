"""A county with two estates, and one room of each kind."""

from __future__ import annotations

import io
from datetime import date
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from PIL import Image

from linli.kernel.roles import HOUSING
from linli.premises import rules, services
from linli.premises.leases import Terms
from linli.premises.models import Room
from tests.books import NOW
from tests.people import OTHER, lay_places, make_person
from tests.rooms import register


@pytest.fixture
def county(db: Any) -> None:
    lay_places()


@pytest.fixture
def room(county: None) -> Room:
    return register()


@pytest.fixture
def rooms(people, settings, tmp_path):
    settings.FILES = tmp_path / "files"
    return [
        register(),
        register(
            kind="property_business",
            name="底商",
            building="1号楼",
            state=rules.LET,
            occupant="王建国",
            occupant_person=True,
            owner=rules.OWNERS,
        ),
        register(name="钟楼照料站", place=OTHER),
    ]


@pytest.fixture
def housing(people):
    return make_person("housing", "高强", HOUSING, "370614")


def lease(room, **changes):
    terms = {
        "lessor": "海滨物业",
        "lessee": "王建国",
        "person": True,
        "phone": "13805351234",
        "from_on": date(2024, 1, 1),
        "until_on": date(2026, 1, 31),
        "rent_fen": 300_000,
        "per": "month",
        "paid_to": "property",
    }
    return services.add_contract(by=None, room=room, terms=Terms(**terms | changes), now=NOW)


def picture(name="现场.png"):
    out = io.BytesIO()
    Image.new("RGB", (80, 60), "#aabbcc").save(out, "PNG")
    return SimpleUploadedFile(name, out.getvalue(), "image/png")
