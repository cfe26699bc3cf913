"""Months and the spans they lie in."""

from __future__ import annotations

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from linli.kernel.duty import HALF_YEAR, MONTH, QUARTER, YEAR, Duty
from linli.kernel.period import MONTHS, Period, Span, parse_period
from linli.kernel.roles import STREET

PERIODS = st.dates(date(1950, 1, 1), date(2990, 12, 31)).map(Period.of)
OCTOBER = Period("2026-10")


def test_a_month_knows_its_days_and_neighbours() -> None:
    assert (OCTOBER.year, OCTOBER.month) == (2026, 10)
    assert OCTOBER.first_on == date(2026, 10, 1)
    assert OCTOBER.last_on == date(2026, 10, 31)
    assert Period("2024-02").last_on == date(2024, 2, 29)
    assert Period("2026-12").next == Period("2027-01")
    assert Period("2026-01").previous == Period("2025-12")
    assert OCTOBER.text == "2026年10月"
    assert str(Period("2026-09")) == "2026-09"
    assert Period("2026-09").text == "2026年9月"
    assert len(list(Period("2026-02").days())) == 28


def test_months_are_ordered_and_counted() -> None:
    assert Period("2025-12") < Period("2026-02") < Period("2026-10")
    assert Period("2026-02").since(Period("2025-12")) == 2
    assert [p.code for p in Period("2025-11").to(Period("2026-01"))] == [
        "2025-11",
        "2025-12",
        "2026-01",
    ]
    assert list(OCTOBER.to(Period("2026-09"))) == []


@pytest.mark.parametrize(
    "code",
    ["2026-13", "2026-00", "2026-1", "202610", "2026-10-01", "", "1948-12", "２０２６-10", None],
)
def test_what_is_no_month_is_an_error(code: str) -> None:
    with pytest.raises(ValueError, match="not a month"):
        Period(code)


@given(PERIODS, st.integers(-300, 300))
def test_going_some_months_and_back_comes_home(period: Period, months: int) -> None:
    there = period.plus(months) if 1949 <= period.year + months // 12 < 2990 else period
    assert there.plus(period.since(there)) == period
    assert (there < period) == (there.since(period) < 0)


@given(st.dates(date(1950, 1, 1), date(2990, 12, 31)))
def test_a_day_lies_in_its_month_and_in_no_neighbour(day: date) -> None:
    period = Period.of(day)
    assert period.contains(day)
    assert period.first_on <= day <= period.last_on
    assert not period.next.contains(day)
    assert not period.previous.contains(day)


@given(st.dates(date(1950, 1, 1), date(2990, 12, 31)), st.sampled_from(sorted(MONTHS)))
def test_a_span_reads_back_from_its_code_and_agrees_with_duties(day: date, kind: str) -> None:
    span = Period.of(day).span(kind)
    assert span.contains(day)
    assert Span.of_code(span.code) == span
    assert len(span.months) == MONTHS[kind]
    assert span.next.previous == span
    assert span.next.first_on > span.last_on
    turn = {"month": MONTH, "quarter": QUARTER, "half": HALF_YEAR, "year": YEAR}[kind]
    duty = Duty(code="x", name="x", by=(STREET,), months=turn)
    assert duty.period(day) == span.code


def test_spans_are_named_as_people_name_them() -> None:
    assert OCTOBER.quarter.code == "2026-Q4"
    assert OCTOBER.quarter.text == "2026年第4季度"
    assert OCTOBER.half.text == "2026年下半年"
    assert Period("2026-06").half.code == "2026-H1"
    assert OCTOBER.whole_year.text == "2026年"
    assert OCTOBER.span("month").text == "2026年10月"


@pytest.mark.parametrize("code", ["2026-Q5", "2026-H3", "26", "2026-", "2026-Q", "2026-13"])
def test_what_is_no_span_is_an_error(code: str) -> None:
    with pytest.raises(ValueError, match="not a"):
        Span.of_code(code)


@pytest.mark.parametrize(
    "text",
    ["2026-10", " 2026.10 ", "2026/10", "202610", "2026年10月", "2026年10月份", "2026 年 10 月"],
)
def test_a_month_is_read_as_people_write_it(text: str) -> None:
    assert parse_period(text)[0] == OCTOBER


@pytest.mark.parametrize("text", ["2026-13", "10月", "2026", "", "2026-10-01", "上月"])
def test_what_cannot_be_read_is_refused_with_an_example(text: str) -> None:
    period, ruling = parse_period(text)
    assert period is None
    assert "2026-10" in str(ruling)
