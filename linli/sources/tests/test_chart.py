"""The chart of accounts, version 1."""

from __future__ import annotations

from collections import Counter

import pytest

from linli.sources import FUNDS, SIDES, categories_named, category, chart, fund_named
from linli.sources.chart import folded

CHART = {
    (
        "common",
        "income",
    ): "parking advertising site room_rent interest compensation expropriation other_common",
    ("common", "cost"): "tax energy labour maintenance_cost management bank_fee",
    (
        "common",
        "use",
    ): "common_project common_repair to_maintenance committee audit_fee fee_offset dividend service_offset",
    ("seed", "income"): "donation venture operation seed_interest",
    ("seed", "use"): "seed_project seed_fee",
    ("fiscal", "income"): "grant fiscal_interest state_rent",
    ("fiscal", "use"): "fiscal_project to_treasury",
    ("common", "transfer"): "between_accounts",
    ("seed", "transfer"): "match_in between_accounts",
    ("fiscal", "transfer"): "match_out between_accounts",
    ("common", "liability"): "deposit",
    ("seed", "liability"): "deposit",
    ("fiscal", "liability"): "deposit",
    ("common", "net_assets"): "net_assets",
    ("seed", "net_assets"): "net_assets",
    ("fiscal", "net_assets"): "net_assets",
}


def test_the_chart_has_exactly_the_leaves_of_the_specification_in_order() -> None:
    found: dict[tuple[str, str], list[str]] = {}
    for leaf in chart(1):
        found.setdefault((leaf.fund, leaf.side), []).append(leaf.code)
    assert found == {key: codes.split() for key, codes in CHART.items()}


def test_funds_and_sides_are_known_and_the_order_is_dense() -> None:
    assert list(FUNDS) == ["common", "seed", "fiscal"]
    assert [leaf.order for leaf in chart()] == list(range(len(chart())))
    for leaf in chart():
        assert leaf.fund in FUNDS
        assert leaf.side in SIDES
        assert leaf.name and leaf.name_en and leaf.kind
    assert chart() == chart()
    assert chart() is not chart()


def test_income_comes_in_the_four_kinds_and_the_seed_fund_from_the_three_sources() -> None:
    kinds = {
        fund: {c.kind for c in chart() if (c.fund, c.side) == (fund, "income")} for fund in FUNDS
    }
    assert kinds["common"] - {"other"} == {"parking", "advertising", "site", "room_rent"}
    assert kinds["seed"] - {"other"} == {"donation", "venture", "operation"}


def test_a_leaf_is_once_in_a_fund_and_the_streets_leaves_are_marked() -> None:
    assert not [k for k, n in Counter((c.fund, c.code) for c in chart()).items() if n > 1]
    assert {c.code for c in chart() if c.book == "street"} == {"state_rent", "to_treasury"}
    assert {c.book for c in chart()} == {"", "street"}
    assert [c.code for c in chart() if c.needs_note] == ["other_common"]
    assert category("seed", "donation").name == "定向募捐"
    with pytest.raises(KeyError):
        category("seed", "parking")
    with pytest.raises(LookupError):
        chart(99)


def test_within_a_fund_and_a_direction_a_name_means_one_leaf() -> None:
    names = Counter(
        (leaf.fund, leaf.direction, folded(name)) for leaf in chart() for name in leaf.names
    )
    assert not [key for key, times in names.items() if times > 1]


@pytest.mark.parametrize(
    ("text", "fund", "code"),
    [
        ("停车场地使用费", "common", "parking"),
        (" 停车费 ", "common", "parking"),
        ("电梯广告", "common", "advertising"),
        ("快递柜（进场费）", "common", "site"),
        ("物业用房租金", "common", "room_rent"),
        ("经营管理费", "common", "management"),
        ("补充专项维修资金", "common", "to_maintenance"),
        ("项目支出", "common", "common_project"),
        ("项目支出", "seed", "seed_project"),
        ("项目支出", "fiscal", "fiscal_project"),
        ("利息", "seed", "seed_interest"),
        ("手续费", "seed", "seed_fee"),
        ("定向募捐", "seed", "donation"),
        ("公益创投", "seed", "venture"),
        ("财政拨款", "fiscal", "grant"),
        ("押金", "common", "deposit"),
    ],
)
def test_a_category_is_found_by_the_name_a_bookkeeper_writes(
    text: str, fund: str, code: str
) -> None:
    assert [c.code for c in categories_named(text, fund=fund)] == [code]


@pytest.mark.parametrize("text", ["", "  ", "其他神秘收入", "停车", "（）"])
def test_a_name_that_is_not_in_the_chart_finds_nothing(text: str) -> None:
    assert categories_named(text, fund="common") == []


def test_a_name_may_stand_in_several_funds() -> None:
    assert [c.fund for c in categories_named("项目支出")] == ["common", "seed", "fiscal"]


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("公共收益", "common"),
        ("公共收入", "common"),
        ("种子基金", "seed"),
        (" 财政 资金", "fiscal"),
    ],
)
def test_a_fund_is_found_by_what_people_call_it(text: str, code: str) -> None:
    assert fund_named(text) is FUNDS[code]


@pytest.mark.parametrize("text", ["", "彩票基金", "物业费"])
def test_an_unknown_fund_is_none(text: str) -> None:
    assert fund_named(text) is None


def test_names_of_funds_differ() -> None:
    names = Counter(folded(n) for f in FUNDS.values() for n in (f.name, *f.aliases))
    assert set(names.values()) == {1}
