"""Indicators: what domains offer, beside what a report says."""

from __future__ import annotations

from datetime import date

import pytest

from linli import indicators
from linli.indicators import Value
from linli.kernel.place import Scope

TODAY = date(2026, 11, 20)
COUNTY = Scope.of("370614")


@pytest.fixture(autouse=True)
def nothing_offered(monkeypatch):
    monkeypatch.setattr(indicators, "_offered", {})


def offer(code, value, claim="A1"):
    told = {"name": code, "unit": "条", "means": code, "compute": lambda scope, on: value}
    return indicators.offer(code=code, claim=claim, **told)


def test_what_the_report_says_stands_beside_what_was_computed():
    offer("leads_found", Value(241))
    (row,) = indicators.shown(COUNTY, TODAY, place="370614")
    assert (row.found.value, row.reported, row.cite) == (241, 243, "蓬莱:A1")


def test_what_a_report_says_with_a_decimal_is_shown_with_it():
    offer("worker_mean_age", Value(38.2), claim="D2")
    offer("worker_college_percent", Value(91.0), claim="D2")
    rows = indicators.shown(COUNTY, TODAY, place="370614")
    assert [(row.reported, row.cite) for row in rows] == [(95.4, "同江:D2"), (37.1, "同江:D2")]


def test_an_indicator_of_which_no_report_speaks_has_no_reported_number():
    offer("rooms_mended", Value(7, 7, 9))
    (row,) = indicators.shown(COUNTY, TODAY)
    assert (row.reported, row.found.denominator) == (None, 9)


def test_a_number_that_was_not_in_force_yet_is_not_shown():
    offer("leads_found", Value(0))
    assert indicators.shown(COUNTY, date(2020, 1, 1))[0].reported is None


def test_they_come_by_claim_and_the_same_code_again_replaces_the_first():
    offer("handover_steps", Value(12), claim="A3")
    offer("leads_found", Value(1))
    offer("leads_found", Value(2))
    rows = indicators.shown(COUNTY, TODAY)
    assert [(row.indicator.code, row.found.value) for row in rows] == [
        ("leads_found", 2),
        ("handover_steps", 12),
    ]
