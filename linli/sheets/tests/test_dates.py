from datetime import date, datetime, time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from linli.sheets.dates import MonthDay, read_day, with_year, years_named

THIRD = date(2026, 10, 3)


@pytest.mark.parametrize(
    "written",
    [
        THIRD,
        datetime(2026, 10, 3, 9, 30),  # noqa: DTZ001 - cells have no zone
        "2026-10-03",
        "2026-10-3",
        "2026.10.3",
        "2026/10/3",
        "2026年10月3日",
        "2026 年 10 月 3 日",
        "２０２６－１０－０３",
        "20261003",
        20261003,
        20261003.0,
        "2026-10-03 星期六",
        "2026-10-03 00:00:00",
        "\t2026-10-03   ",
    ],
)
def test_a_day_is_read_in_every_form_that_clerks_write(written):
    day, ruling = read_day(written)
    assert day == THIRD, str(ruling)


@pytest.mark.parametrize("written", ["10/3", "10-3", "10月3日", "10月3", " 10/03 "])
def test_a_day_without_year_is_kept_until_the_year_is_known(written):
    assert read_day(written)[0] == MonthDay(10, 3)


@pytest.mark.parametrize(
    ("written", "word"),
    [
        ("2026-13-05", "没有"),
        ("2026-02-29", "没有"),
        ("13/5", "没有"),
        ("", "未填"),
        ("2026年10月", "日"),
        ("10.3", "不是日期"),
        (10.3, "不是日期"),
        ("26/10/3", "不是日期"),
        ("昨天", "不是日期"),
        (True, "不是日期"),
        (time(9, 30), "不是日期"),
        (46298, "2026-10-03"),
        ("1026-10-03", "年份"),
        (float("1e300"), "不是日期"),
    ],
)
def test_what_is_no_day_is_refused_with_a_hint(written, word):
    day, ruling = read_day(written)
    assert day is None
    assert word in str(ruling)


@pytest.mark.parametrize(
    ("texts", "years"),
    [
        (["碧海家园收支明细（2026年9月—10月）"], (2026,)),
        (["2026.12—2027.1 收支"], (2026, 2027)),
        (["二〇二六年度收支表"], (2026,)),
        (["收支表", "编制日期：2027年1月5日"], ()),
        (["合同号 20261234"], ()),
    ],
)
def test_a_title_tells_its_years(texts, years):
    assert years_named(texts) == years


def test_the_year_comes_from_the_title_or_from_the_nearest_row():
    def year(years=(), before=None, after=None, written=THIRD):
        found = with_year(
            MonthDay(written.month, written.day), years=years, before=before, after=after
        )
        return found and found.year

    assert year(years=(2026,)) == 2026
    assert year(before=date(2025, 9, 30)) == 2025
    assert year(after=date(2026, 10, 5)) == 2026
    january = date(2027, 1, 4)
    assert year(before=date(2026, 12, 30), written=january) == 2027
    assert year(years=(2026, 2027), before=date(2026, 12, 30), written=january) == 2027
    assert year() is None
    assert year(years=(2026,), written=date(2028, 2, 29)) is None


anything = st.one_of(
    st.text(max_size=30),
    st.integers(),
    st.floats(allow_nan=False, allow_infinity=False),
    st.dates(),
    st.booleans(),
    st.times(),
    st.timedeltas(),
)


@given(anything)
def test_any_cell_gives_a_day_or_a_reason(value):
    day, ruling = read_day(value)
    assert (day is None) == (not ruling.allowed)
