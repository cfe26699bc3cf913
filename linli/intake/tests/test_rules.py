from datetime import date

import pytest

from linli.intake import rules
from linli.intake.profiles import profiles
from linli.intake.tests.making import CATEGORIES
from linli.intake.words import large_unit
from linli.sheets.headings import heading_key
from linli.sources import FUNDS, articles

CHART = rules.Chart(CATEGORIES, FUNDS)


def days(*numbered):
    return [(date(2026, month, 1), voucher) for month, voucher in numbered]


@pytest.mark.parametrize(
    ("numbered", "scope"),
    [
        (days((9, "记-1"), (9, "记-2"), (10, "记-1"), (10, "记-2")), "month"),
        (days((9, "记001"), (10, "记001"), (11, "记001")), "month"),
        (days((9, "收-1"), (9, "付-1"), (10, "收-1"), (10, "付-1")), "month"),
        (days((9, "记-1"), (10, "记-2"), (10, "记-1")), "year"),
        (days((9, "记-09001"), (10, "记-10002"), (10, "记-09001")), "year"),
        (days((9, "记-1"), (9, "记-1")), "year"),
        (days((9, "无号")), "year"),
        (days((9, "记-5"), (10, "记-5")), "year"),
        ([], "year"),
        ([(date(2025, 12, 1), "记-1"), (date(2026, 1, 1), "记-1")], "year"),
    ],
)
def test_voucher_numbers_restart_by_month_only_where_the_sheet_does(numbered, scope):
    assert rules.voucher_scope(numbered) == scope


def test_a_refund_needs_its_word_or_its_receipt():
    assert rules.may_go_against(texts=["退押金"], document="").allowed
    assert rules.may_go_against(texts=["停车费"], document="SJ01").allowed
    assert not rules.may_go_against(texts=["停车费"], document="").allowed


def test_money_back_from_spending_needs_no_decision():
    spent = {"fund": "common", "side": "use", "decision": ""}
    assert not rules.needs_decision(contra=False, **spent).allowed
    assert rules.needs_decision(contra=True, **spent).allowed
    assert rules.needs_decision(contra=False, **spent | {"fund": "seed"}).allowed


def test_every_ground_that_intake_names_is_written_down():
    ruling = rules.needs_decision(fund="common", side="use", contra=False, decision="")
    ruling &= rules.amount_of(income="", expense="")[1]
    cites = [cite for reason in ruling.reasons for cite in reason.cites]
    assert cites
    assert all(cite in articles() for cite in cites)


def test_names_are_compared_without_spaces_width_or_brackets():
    assert CHART.fund(" 公共 收益 ")[0] == "common"
    leaf, ruling = CHART.category("（停车场）地使用费 ", fund="common")
    assert ruling.allowed
    assert leaf.code == "parking"


def test_words_of_a_mapping_come_before_those_of_the_chart():
    chart = rules.Chart(
        CATEGORIES,
        FUNDS,
        fund_words={"老账": "seed"},
        category_words={"停车费": "site", "种子基金/利息收": "seed_interest"},
    )
    assert chart.fund("老账")[0] == "seed"
    assert chart.category("停车费", fund="common")[0].code == "site"
    assert chart.category("利息收", fund="seed")[0].code == "seed_interest"
    assert not chart.category("利息收", fund="common")[1].allowed


def test_the_unit_is_no_part_of_a_heading():
    assert heading_key("金额（元）") == heading_key(" 金额 (单位：元)") == "金额"
    assert heading_key("收入(人民币元)") == "收入"
    assert heading_key("记账金额(收入)") == "记账金额收入"
    assert large_unit("金额（万元）") == "万元"
    assert large_unit("单位：元") == ""


def test_profiles_are_well_formed_and_the_generic_one_is_last():
    found = profiles()
    keys = [one.key for one in found]
    assert keys[-1] == "generic"
    assert set(keys) == {"icbc", "abc", "boc", "ccb", "wechat", "alipay", "generic"}
    for one in found[:-1]:
        assert one.headings
        assert one.sign in ("columns", "signed", "direction")
        assert "date" in one.columns
