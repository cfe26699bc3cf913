"""The tables: what differs between two looks, what is wrong by itself, and where a room lies."""

from __future__ import annotations

from copy import deepcopy
from datetime import date

import pytest

from linli.sources import lead_kinds
from linli.survey import comparing, questions, rules
from linli.survey.comparing import Around
from linli.survey.questions import CONTRACT, DRAWING, LOOKS, SITE
from linli.survey.tests.conftest import GOOD

AROUND = Around(today=date(2026, 11, 5), tolerance_permille=30)
GONE = {"exists": "no"}


def told(**changes: dict) -> dict:
    """The three looks with what is said otherwise; None takes an answer away."""
    found = deepcopy(GOOD)
    for look, more in changes.items():
        answers = more if more == GONE else found[look] | more
        found[look] = {name: value for name, value in answers.items() if value is not None}
    return found


def kinds(around: Around = AROUND, **changes: dict) -> set[str]:
    return set(comparing.by_kind(comparing.findings(told(**changes), around)))


@pytest.mark.parametrize(
    ("changes", "wanted"),
    [
        ({}, set()),
        ({"site": GONE}, {"unbuilt"}),
        ({"drawing": GONE, "contract": GONE, "site": GONE}, {"not_found"}),
        ({"drawing": GONE}, {"other"}),
        ({"site": {"kind": "culture"}}, {"use_changed"}),
        ({"contract": {"kind": "culture"}}, {"use_changed", "kind_differs"}),
        ({"site": {"area": 15000}}, {"area_short"}),
        ({"site": {"area": 26000}}, {"other"}),
        ({"contract": {"area": 15000}}, {"area_short", "other"}),
        ({"site": {"area": 19400}}, set()),
        ({"site": {"area": 19399}}, {"area_short"}),
        ({"site": {"floor": 2}}, {"other"}),
        ({"site": {"floor": None}}, set()),
        ({"site": {"entrance": False}}, {"other"}),
        ({"drawing": {"owner": "owners"}}, {"title_elsewhere"}),
        ({"contract": {"owner": "developer"}}, {"title_elsewhere"}),
        ({"contract": {"owner": "unknown"}, "drawing": {"owner": None}}, set()),
        ({"contract": {"occupant": "康宁药房"}}, {"occupied"}),
        ({"contract": {"occupant": "海滨社区 居委会有限公司"}}, set()),
        ({"site": {"state": "idle", "occupant": None}}, {"idle"}),
        ({"site": {"state": "occupied"}}, {"occupied"}),
        ({"site": {"state": "changed"}}, {"use_changed"}),
        ({"site": {"state": "undelivered"}}, {"undelivered"}),
        ({"site": {"state": "let"}}, {"let_unlawfully"}),
        ({"site": {"state": "let"}, "contract": {"lease": True}}, {"let_unlawfully"}),
        ({"site": {"state": "let"}, "contract": {"lease": True, "agreed": True}}, set()),
        (
            {
                "site": {"state": "let"},
                "contract": {"lease": True, "agreed": True, "until_on": date(2026, 11, 4)},
            },
            {"let_unlawfully"},
        ),
    ],
)
def test_each_disagreement_and_each_wrong_fact_has_its_kind(changes, wanted):
    assert kinds(**changes) == wanted


def test_every_kind_of_the_tables_is_a_kind_of_lead():
    named = {rule.kind for rule in comparing.DIFFERENCES} | {fact.kind for fact in comparing.FACTS}
    assert named <= set(lead_kinds())
    assert {rule.topic for rule in comparing.DIFFERENCES} <= set(questions.BY_CODE)
    assert {fact.code for fact in comparing.FACTS} == set(comparing.FACT_WORDS)


def test_a_rule_only_compares_looks_that_ask():
    for rule in comparing.DIFFERENCES:
        assert set(rule.looks) <= set(questions.BY_CODE[rule.topic].asked)


def test_a_small_room_counts_against_the_quota_only_where_the_estate_is_short():
    around = Around(today=AROUND.today, tolerance_permille=30, gap_dm2=100)
    found = comparing.findings(told(site={"area": 15000}), around)
    assert "below_quota" in {one.topic for one in found}
    assert "below_quota" not in {
        one.topic for one in comparing.findings(told(site={"area": 15000}), AROUND)
    }


@pytest.mark.parametrize(
    ("changes", "listed", "pile"),
    [
        ({}, True, comparing.CONFIRMED),
        ({"site": {"state": "idle"}}, True, comparing.DIFFERING),
        ({"site": GONE}, True, comparing.MISSING),
        ({}, False, comparing.UNKNOWN),
        ({"site": {"exists": "twice", "twin": "R000002"}}, True, comparing.DOUBLE),
    ],
)
def test_a_room_lies_in_one_pile(changes, listed, pile):
    looks = told(**changes)
    around = Around(today=AROUND.today, tolerance_permille=30, listed=listed)
    found = comparing.findings(looks, around)
    assert comparing.pile(looks, listed=listed, found=found) == pile


@pytest.mark.parametrize(
    ("one", "other", "near"), [(100, 100, True), (10000, 9700, True), (10000, 9699, False)]
)
def test_areas_are_the_same_within_the_tolerance(one, other, near):
    assert comparing.near(one, other, 30) is near
    assert comparing.near(other, one, 30) is near


@pytest.mark.parametrize("look", list(LOOKS))
def test_good_answers_fit_and_nothing_else_is_asked(look):
    assert questions.check_answers(look, GOOD[look]).allowed
    assert not questions.check_answers(look, {"exists": "yes"}).allowed
    assert questions.check_answers(look, GONE).allowed
    assert not questions.check_answers(look, GONE | {"kind": "elderly"}).allowed
    assert not questions.check_answers(look, GOOD[look] | {"colour": "red"}).allowed


@pytest.mark.parametrize(
    ("topic", "value"),
    [
        ("area", 0),
        ("area", 10**9),
        ("area", True),
        ("area", 1.5),
        ("floor", 0),
        ("floor", 999),
        ("kind", "castle"),
        ("state", "unbuilt"),
        ("exists", "perhaps"),
        ("entrance", "yes"),
        ("occupant", "王" * 65),
    ],
)
def test_what_cannot_be_is_told_at_its_question(topic, value):
    reasons = questions.check_answers(SITE, GOOD[SITE] | {topic: value}).reasons
    assert topic in {reason.field for reason in reasons}


def test_answers_come_back_as_they_were_kept():
    answers = GOOD[CONTRACT] | {"from_on": date(2026, 1, 1), "rent": 100_00}
    assert questions.from_json(questions.to_json(answers)) == answers


@pytest.mark.parametrize(
    ("place", "team"),
    [
        ("370614001001001", 3),
        ("370614001001002", 2),
        ("370614001002001", 1),
        ("370614002001001", None),
    ],
)
def test_the_narrowest_place_counts(place, team):
    given = {"370614001": 1, "370614001001": 2, "370614001001001": 3}
    assert rules.assigned_to(place, given) == team


def test_two_bases_are_compared_by_code():
    before = [{"code": "R1", "state": "idle"}, {"code": "R2", "state": "idle"}]
    after = [{"code": "R2", "state": "let"}, {"code": "R3", "state": "idle"}]
    made = rules.compare(before, after)
    assert [row["code"] for row in made.added] == ["R3"]
    assert [row["code"] for row in made.gone] == ["R1"]
    assert made.changed[0].fields == {"state": ("idle", "let")}
    assert made.same == 0


def test_drawings_are_asked_first():
    assert list(LOOKS) == [DRAWING, CONTRACT, SITE]
