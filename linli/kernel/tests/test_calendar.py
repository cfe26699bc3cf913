"""Working days and deadlines."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from linli.kernel.calendar import (
    WEEKENDS_ONLY,
    Calendar,
    check_table,
    months_later,
    weekday,
)

# The National Day week of 2025: off 1–8 October, worked on Sunday 28 September and Saturday 11.
OFF = {date(2025, 10, n): True for n in range(1, 9)}
TABLE = OFF | {date(2025, 9, 28): False, date(2025, 10, 11): False}
CALENDAR = Calendar(TABLE, frozenset({2025}))
DAYS = st.dates(date(2025, 1, 1), date(2025, 12, 31))


def test_a_shifted_weekend_day_is_worked_and_a_holiday_is_not() -> None:
    assert CALENDAR.is_working_day(date(2025, 9, 28))
    assert CALENDAR.is_working_day(date(2025, 10, 11))
    assert not CALENDAR.is_working_day(date(2025, 10, 8))
    assert not CALENDAR.is_working_day(date(2025, 10, 12))
    kinds = [CALENDAR.kind(date(2025, 10, n)) for n in (8, 9, 11, 12)]
    assert kinds == ["holiday", "working", "shifted", "weekend"]


def test_working_days_step_over_the_holiday_week() -> None:
    # Tuesday 30 September; then 9, 10, 11 (shifted) and 13 October are worked.
    assert CALENDAR.add_working_days(date(2025, 9, 30), 1) == date(2025, 10, 9)
    assert CALENDAR.add_working_days(date(2025, 9, 30), 4) == date(2025, 10, 13)
    assert CALENDAR.add_working_days(date(2025, 10, 13), -4) == date(2025, 9, 30)
    assert CALENDAR.add_working_days(date(2025, 10, 5), 0) == date(2025, 10, 5)
    assert CALENDAR.working_days_between(date(2025, 9, 30), date(2025, 10, 13)) == 4
    assert CALENDAR.working_days_between(date(2025, 10, 13), date(2025, 9, 30)) == -4


def test_a_period_of_days_ending_on_a_day_off_ends_on_the_next_working_day() -> None:
    assert CALENDAR.deadline(date(2025, 9, 25), 7) == date(2025, 10, 9)  # 2 October is off
    assert CALENDAR.deadline(date(2025, 9, 8), 20) == date(2025, 9, 28)  # a worked Sunday
    assert CALENDAR.deadline(date(2025, 9, 1), 5) == date(2025, 9, 8)  # Saturday → Monday
    assert CALENDAR.deadline(date(2025, 9, 1), 5, "work") == date(2025, 9, 8)
    assert CALENDAR.deadline_months(date(2025, 8, 31), 1) == date(2025, 9, 30)
    assert CALENDAR.deadline_months(date(2025, 7, 3), 3) == date(2025, 10, 9)


def test_a_period_of_unknown_kind_or_negative_length_is_an_error() -> None:
    with pytest.raises(ValueError, match="negative"):
        CALENDAR.deadline(date(2025, 9, 1), -1)
    with pytest.raises(ValueError, match="unknown kind"):
        CALENDAR.deadline(date(2025, 9, 1), 1, "weeks")


def test_months_end_on_the_same_day_or_the_last_there_is() -> None:
    assert months_later(date(2024, 1, 31), 1) == date(2024, 2, 29)
    assert months_later(date(2025, 1, 31), 1) == date(2025, 2, 28)
    assert months_later(date(2025, 11, 30), 3) == date(2026, 2, 28)
    assert months_later(date(2025, 12, 15), 12) == date(2026, 12, 15)


def test_days_left_turn_negative_once_it_is_over() -> None:
    assert CALENDAR.left(date(2025, 10, 8), date(2025, 10, 9)) == 1
    assert CALENDAR.left(date(2025, 10, 9), date(2025, 10, 9)) == 0
    assert CALENDAR.left(date(2025, 10, 1), date(2025, 10, 10), "work") == 2
    assert CALENDAR.left(date(2025, 10, 10), date(2025, 9, 30), "work") == -2


def test_a_year_without_a_table_is_reckoned_by_weekends_and_said_to_be_missing() -> None:
    assert CALENDAR.is_working_day(date(2026, 10, 1))
    assert not CALENDAR.is_working_day(date(2026, 10, 3))
    gaps = CALENDAR.gaps(date(2025, 12, 1), date(2026, 1, 31))
    assert [r.values["year"] for r in gaps.reasons] == [2026]
    assert "2026" in str(gaps)
    assert CALENDAR.missing(2025).allowed
    assert len(WEEKENDS_ONLY.missing(2027, 2026, 2026).reasons) == 2


def test_next_years_table_is_asked_for_in_december() -> None:
    assert CALENDAR.due_for_update(date(2025, 11, 30)).allowed
    assert not CALENDAR.due_for_update(date(2025, 12, 1)).allowed
    assert not CALENDAR.due_for_update(date(2026, 1, 1)).allowed


def test_a_table_to_be_entered_is_checked() -> None:
    assert check_table(2025, TABLE).allowed
    assert not check_table(2026, TABLE).allowed
    assert not check_table(2025, {}).allowed
    assert not check_table(2025, TABLE | {date(2025, 10, 9): False}).allowed


def test_a_weekday_is_named() -> None:
    assert weekday(date(2026, 11, 22)) == "星期日"
    assert weekday(date(2026, 11, 23)) == "星期一"


@given(DAYS, st.integers(1, 40))
def test_what_is_added_is_what_lies_between(day: date, count: int) -> None:
    end = CALENDAR.add_working_days(day, count)
    assert CALENDAR.is_working_day(end)
    assert CALENDAR.working_days_between(day, end) == count
    assert CALENDAR.working_days_between(day, end - timedelta(1)) == count - 1


@given(DAYS, st.integers(0, 60))
def test_a_natural_deadline_is_a_working_day_and_never_early(day: date, count: int) -> None:
    end = CALENDAR.deadline(day, count)
    assert CALENDAR.is_working_day(end)
    assert end >= day + timedelta(count)
    between = (day + timedelta(count + n) for n in range((end - day).days - count))
    assert not any(CALENDAR.is_working_day(d) for d in between)
