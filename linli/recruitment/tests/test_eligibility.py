from dataclasses import replace
from datetime import date

import pytest

from linli.recruitment.eligibility import Applicant, Conditions, is_eligible

ON = date(2026, 11, 1)
ASKED = Conditions(
    age_min=18, age_max=35, age_max_experienced=45, experience_years=3, schooling="college"
)
ONE = Applicant(
    born_on=date(1995, 5, 4),
    schooling="bachelor",
    finished_on=date(2018, 7, 1),
    politics="none",
    residence="370614001",
    experience_years=0,
    groups=(),
    papers=("id_card", "diploma"),
)


def said(asked: Conditions = ASKED, **changes) -> list[tuple[str, str]]:
    """(field, first ground) of each reason."""
    ruling = is_eligible(replace(ONE, **changes), asked, reference_on=ON, graduate_years=2)
    return [(reason.field, reason.cites[0]) for reason in ruling.reasons]


@pytest.mark.parametrize(
    ("born_on", "fits"),
    [
        (date(1990, 11, 2), True),  # 35 years and 364 days
        (date(1990, 11, 1), False),  # 36 on the very day
        (date(2008, 11, 1), True),  # 18 on the very day
        (date(2008, 11, 2), False),
    ],
)
def test_age_is_counted_in_full_years_on_the_reference_date(born_on, fits):
    assert said(born_on=born_on) == ([] if fits else [("id_number", "选聘规则:3")])


def test_somebody_born_on_a_leap_day_is_a_year_older_on_the_first_of_march():
    ruling = is_eligible(
        replace(ONE, born_on=date(1988, 2, 29)),
        replace(ASKED, age_max=33),
        reference_on=date(2022, 2, 28),
        graduate_years=2,
    )
    assert ruling.allowed


@pytest.mark.parametrize(
    ("years", "born_on", "fits"),
    [
        (3, date(1981, 1, 1), True),
        (2, date(1981, 1, 1), False),
        (3, date(1980, 11, 2), True),
        (3, date(1980, 11, 1), False),
    ],
)
def test_experience_raises_the_age_limit(years, born_on, fits):
    assert bool(said(born_on=born_on, experience_years=years)) is not fits


def test_a_post_that_asks_for_no_experience_never_raises_the_limit():
    asked = replace(ASKED, experience_years=0)
    assert said(asked, born_on=date(1985, 1, 1), experience_years=9)


def test_the_birthdays_told_on_the_page_are_the_first_and_last_that_pass():
    first, last = ASKED.born(ON)
    assert (first, last) == (date(1990, 11, 2), date(2008, 11, 1))
    assert not said(born_on=first) and not said(born_on=last)


@pytest.mark.parametrize(
    ("asked", "changes", "field"),
    [
        ({}, {"schooling": "senior"}, "schooling"),
        ({"party_only": True}, {"politics": "league"}, "politics"),
        ({"residence": "370614002"}, {}, "residence"),
        ({"group": "veteran"}, {}, "groups"),
    ],
)
def test_each_condition_of_a_post_refuses_at_its_field(asked, changes, field):
    assert [where for where, _cite in said(replace(ASKED, **asked), **changes)] == [field]


@pytest.mark.parametrize(
    "changes",
    [
        {"groups": ("party",), "politics": "none"},
        {"groups": ("party",), "politics": "member", "residence": ""},
        {"groups": ("graduate",), "finished_on": date(2024, 11, 1)},
        {"groups": ("graduate",), "finished_on": None},
    ],
)
def test_a_group_that_is_claimed_agrees_with_what_else_is_said(changes):
    papers = ("id_card", "diploma", "party_paper")
    assert said(**changes, papers=papers) == [("groups", "选聘规则:6")]


def test_a_graduate_of_the_last_two_years_counts_to_the_day():
    assert not said(groups=("graduate",), finished_on=date(2024, 11, 2))


def test_a_claimed_group_needs_its_paper_and_the_office_may_have_seen_it():
    assert said(groups=("veteran",)) == [("papers", "选聘规则:6")]
    assert not said(groups=("veteran",), papers=("id_card", "diploma", "discharge"))
    assert not said(groups=("veteran",), papers=None)


def test_every_reason_is_told_at_once():
    found = said(replace(ASKED, party_only=True), born_on=date(1970, 1, 1), schooling="junior")
    assert [where for where, _cite in found] == ["id_number", "schooling", "politics"]
