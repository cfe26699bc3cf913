"""Required, present, gap: tables of the rules that are written down, and of the arithmetic."""

from __future__ import annotations

from datetime import date

import pytest

from linli.premises import quota, rules
from linli.premises.quota import Counted, Size
from linli.sources import QuotaRule, Tier, quotas_of

PENGLAI = "370614001001001"
ON = date(2026, 11, 20)
NEW_ESTATE = Size(
    household_count=1260,
    floor_dm2=148_000_00,
    above_dm2=121_000_00,
    completed_on=date(2021, 6, 30),
)


def rule(**told: object) -> QuotaRule:
    return QuotaRule(
        **{"room": "property", "place": "", "source": "t", "cites": (), "since": ON} | told
    )


def room(kind: str, area_m2: float | None, state: str = rules.SELF_USED, measured: bool = True):
    return Counted(kind, state, None if area_m2 is None else round(area_m2 * 100), measured)


@pytest.mark.parametrize(
    ("told", "base", "wanted_m2"),
    [
        ({"base": "floor", "permille": 3, "min_m2": 100}, 20_000_00, 100),
        ({"base": "floor", "permille": 3, "min_m2": 100}, 148_000_00, 444),
        ({"base": "floor", "permille": 3, "min_m2": 100}, 33_333_33, 100),
        ({"base": "floor", "permille": 3}, 33_333_33, 100),  # 99.99999 counts upwards
        ({"base": "households", "per_hundred": 20}, 1260, 252),
        ({"base": "households", "per_hundred": 20}, 101, 20.2),
        ({"base": "households", "per_hundred": 20, "min_m2": 300}, 1260, 300),
        ({"min_m2": 20}, 0, 20),
        ({"base": "floor", "permille": 3, "min_m2": 100}, None, None),
        ({"base": "above", "permille": 7}, 121_000_00, 847),
    ],
)
def test_what_a_rule_asks_for_is_the_larger_of_share_and_minimum(told, base, wanted_m2):
    wanted = None if wanted_m2 is None else round(wanted_m2 * 100)
    assert quota.required_dm2(rule(**told), base) == wanted


HENAN = (
    Tier(upto_m2=20_000, m2=80),
    Tier(upto_m2=50_000, permille=4),
    Tier(upto_m2=200_000, permille=3),
    Tier(upto_m2=None, permille=2),
)


@pytest.mark.parametrize(
    ("floor_m2", "wanted_m2"),
    [
        (1, 80),
        (20_000, 80),
        (20_001, 80.01),
        (50_000, 200),
        (200_000, 650),
        (300_000, 850),
    ],
)
def test_steps_add_up_slice_by_slice_on_top_of_the_first_area(floor_m2, wanted_m2):
    told = rule(base="floor", tiers=HENAN)
    assert quota.required_dm2(told, floor_m2 * 100) == round(wanted_m2 * 100)


def test_steps_that_name_areas_stand_for_all_up_to_there():
    sizes = (
        Tier(upto_m2=30_000, m2=300),
        Tier(upto_m2=100_000, m2=800),
        Tier(upto_m2=None, m2=1700),
    )
    told = rule(base="floor", tiers=sizes)
    found = [quota.required_dm2(told, m2 * 100) for m2 in (29_999, 30_000, 30_001, 100_001)]
    assert found == [300_00, 300_00, 800_00, 1700_00]


def test_penglai_is_judged_by_the_rules_of_shandong_and_says_required_present_gap():
    rooms = [
        room("property_office", 300),
        room("property_committee", 18),
        room("elderly", 260, rules.OCCUPIED),
        room("elderly", 80, rules.UNBUILT),
    ]
    found, idle = quota.checks(quotas_of(on=ON, place=PENGLAI), NEW_ESTATE, rooms)
    told = {one.rule.room: (one.required_dm2, one.present_dm2, one.gap_dm2) for one in found}
    assert told == {
        "property": (444_00, 318_00, 126_00),
        "property_committee": (20_00, 18_00, 2_00),
        "elderly": (252_00, 260_00, 0),
        "government": (50_00, 0, 50_00),
    }
    elderly = next(one for one in found if one.rule.room == "elderly")
    assert elderly.misused_dm2 == 260_00 and elderly.rule.built == "new"
    assert next(one for one in found if one.rule.room == "property").most_dm2 == 740_00
    assert not idle


def test_an_old_estate_is_held_to_the_rule_for_existing_ones_and_not_to_new_ones():
    size = Size(household_count=600, floor_dm2=60_000_00, completed_on=date(1998, 1, 1))
    found, idle = quota.checks(quotas_of(on=ON, place=PENGLAI), size, [])
    assert [(one.rule.room, one.required_dm2) for one in found] == [("elderly", 90_00)]
    assert {one.room for one in idle} == {"property", "property_committee", "government"}


def test_what_is_unknown_is_said_and_not_guessed():
    found, idle = quota.checks(quotas_of(on=ON, place=PENGLAI), Size(household_count=600), [])
    assert not idle
    assert {one.rule.room: one.missing for one in found} == {
        "elderly": ("completed_on",),
        "government": ("completed_on",),
        "property": ("completed_on", "floor"),
        "property_committee": ("completed_on",),
    }
    assert all(one.required_dm2 is None and one.gap_dm2 is None for one in found)


def test_rooms_without_an_area_and_rooms_only_planned_are_counted_apart():
    (rule_,) = [r for r in quotas_of(on=ON, place=PENGLAI) if r.room == "property"]
    rooms = [
        room("property_office", 200, measured=False),
        room("property_business", None),
        room("property_business", 120),
    ]
    found = quota.check(rule_, NEW_ESTATE, rooms)
    assert (found.present_dm2, found.rooms, found.unmeasured, found.unknown) == (320_00, 3, 1, 1)


def test_a_sum_over_estates_is_unknown_while_one_of_them_is():
    known = Size(household_count=500)
    total, lacking = quota.added({"a": known, "b": Size()})
    assert total.household_count is None and lacking["households"] == ("b",)
    total, _lacking = quota.added({"a": known, "b": known})
    assert total.household_count == 1000
    (rule_,) = quotas_of(on=ON, place="370614001001", level="community")
    assert quota.check(rule_, total, [room("culture", 200)]).gap_dm2 == 100_00


@pytest.mark.parametrize(
    ("place", "room_", "wanted"),
    [
        ("370202001001001", "property", 5),  # Qingdao is stricter than Shandong
        ("370614001001001", "property", 3),
        ("310101001001001", "property", 2),
    ],
)
def test_the_narrowest_place_says_how_much(place, room_, wanted):
    (found,) = [r for r in quotas_of(on=ON, place=place) if r.room == room_]
    assert found.permille == wanted


def test_a_rule_begins_on_its_day():
    before = quotas_of(on=date(2009, 4, 30), place=PENGLAI)
    assert not before and quotas_of(on=date(2009, 5, 1), place=PENGLAI)
