"""Leases: what is flagged, on which ground, and who is shown."""

from __future__ import annotations

from datetime import date

import pytest
from django.utils import timezone

from linli.kernel.rulings import Refused
from linli.premises import leases, rules, services
from linli.premises.leases import Terms
from linli.trail.models import Look
from tests.books import NOW

TODAY = timezone.localdate(NOW)


def terms(**changes: object) -> Terms:
    told = {
        "lessor": "海滨物业",
        "lessee": "康宁药房",
        "from_on": date(2025, 1, 1),
        "until_on": date(2027, 12, 31),
        "rent_fen": 300_000,
        "per": "month",
        "paid_to": rules.OWNERS,
    }
    return Terms(**told | changes)


def cites(found) -> list[str]:
    return [cite for reason in found.reasons for cite in reason.cites]


@pytest.mark.parametrize(
    ("changes", "kind", "wanted"),
    [
        ({}, "property_business", []),
        ({"until_on": date(2044, 12, 31)}, "property_business", []),
        ({"until_on": date(2045, 1, 1)}, "property_business", ["民法典:705"]),
        ({"written": False}, "property_business", ["民法典:707"]),
        (
            {"written": False, "from_on": date(2026, 10, 1), "until_on": date(2027, 3, 31)},
            "property_business",
            [],
        ),
        ({"until_on": None, "written": False}, "property_business", ["民法典:707"]),
        ({"until_on": date(2026, 1, 31)}, "property_business", ["民法典:734"]),
        ({"paid_to": "property"}, "property_business", ["民法典:282"]),
        ({"paid_to": "community"}, "culture", ["用房规则:3"]),
        ({"paid_to": "community"}, "unclear", []),
    ],
)
def test_what_is_wrong_with_a_lease_names_its_ground(changes, kind, wanted):
    found = leases.doubts(
        terms(**changes), kind=kind, today=TODAY, max_years=20, written_from_months=6
    )
    assert cites(found) == wanted


@pytest.mark.parametrize(
    ("until_on", "ended_on", "wanted"),
    [
        (date(2027, 12, 31), None, leases.RUNNING),
        (None, None, leases.RUNNING),
        (date(2026, 1, 31), None, leases.OVER),
        (date(2026, 1, 31), date(2026, 2, 3), leases.ENDED),
    ],
)
def test_a_lease_that_is_over_and_not_ended_goes_on(until_on, ended_on, wanted):
    found = leases.standing(
        from_on=date(2025, 1, 1), until_on=until_on, ended_on=ended_on, today=TODAY
    )
    assert found == wanted


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"lessee": " "}, "lessee"),
        ({"until_on": date(2024, 1, 1)}, "until_on"),
        ({"rent_fen": -1}, "rent_fen"),
        ({"rent_fen": 2**53}, "rent_fen"),
        ({"per": "week"}, "per"),
        ({"paid_to": "me"}, "paid_to"),
    ],
)
def test_a_lease_that_cannot_be_is_refused(room, changes, field):
    with pytest.raises(Refused) as refused:
        services.add_contract(by=None, room=room, terms=terms(**changes), now=NOW)
    assert [reason.field for reason in refused.value.ruling.reasons] == [field]


def test_a_room_with_a_running_lease_stays_on_the_register(room):
    contract = services.add_contract(by=None, room=room, terms=terms(), now=NOW)
    with pytest.raises(Refused):
        services.end_room(by=None, room=room, until_on=TODAY, reason="拆除", now=NOW)
    services.end_contract(by=None, contract=contract, ended_on=TODAY, reason="清退", now=NOW)
    with pytest.raises(Refused):
        services.end_contract(by=None, contract=contract, ended_on=TODAY, reason="清退", now=NOW)
    services.end_room(by=None, room=room, until_on=TODAY, reason="拆除", now=NOW)


def test_a_persons_name_is_opened_only_for_a_purpose_that_is_kept(room, people):
    contract = services.add_contract(
        by=None, room=room, terms=terms(lessee="王建国", person=True), now=NOW
    )
    with pytest.raises(Refused):
        services.open_lessee(by=people.street, contract=contract, purpose=" ", now=NOW)
    assert not Look.objects.exists()
    services.open_lessee(by=people.street, contract=contract, purpose="联系清退", now=NOW)
    seen = Look.objects.get()
    assert (seen.field, seen.purpose, seen.by) == ("lessee", "联系清退", people.street)
