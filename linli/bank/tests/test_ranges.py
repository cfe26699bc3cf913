from datetime import date

import pytest

from linli.bank.matching.ranges import named_range

MONTH_END = date(2026, 10, 31)
OCTOBER = (date(2026, 10, 1), date(2026, 10, 31))
SEPTEMBER = (date(2026, 9, 1), date(2026, 9, 30))


@pytest.mark.parametrize(
    ("summary", "expected"),
    [
        ("财付通商户结算 1001-1031", OCTOBER),
        ("财付通商户结算 0901-0930    ", SEPTEMBER),
        ("结算20261001-20261031款", OCTOBER),
        ("2026-10-01至2026-10-31 收款码结算", OCTOBER),
        ("2026年10月01日至2026年10月31日", OCTOBER),
        ("9月1日-9月30日 临停", SEPTEMBER),
        ("9月1日至30日 临停", SEPTEMBER),
        ("收款 2026-09", SEPTEMBER),
        ("1226～0125 结算", (date(2025, 12, 26), date(2026, 1, 25))),
    ],
)
def test_a_summary_names_the_days_it_gathers(summary, expected):
    on = MONTH_END if "1226" not in summary else date(2026, 1, 27)
    assert named_range(summary, on=on) == expected


@pytest.mark.parametrize(
    "summary",
    [
        "",
        "10月地面停车月租 63 个车位",
        "公共收益 9 月税费",
        "电话 13812340901-0930123",
        "合同 2024-05 租金",
        "单号 2026-10-31",
        "1301-1331",
        "0230-0231",
        "2025-2026 学年",
        "2026-13",
    ],
)
def test_what_is_no_range_of_days_names_none(summary):
    assert named_range(summary, on=MONTH_END) is None


def test_without_a_year_it_is_the_last_time_the_range_had_begun():
    assert named_range("1201-1231", on=date(2026, 1, 2)) == (date(2025, 12, 1), date(2025, 12, 31))
    assert named_range("1201-1231", on=date(2026, 12, 31))[1] == date(2026, 12, 31)
    assert named_range("1101-1130", on=date(2026, 10, 31)) is None
