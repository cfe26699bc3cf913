"""What a paper may be made of, and how faults are told."""

from __future__ import annotations

from copy import deepcopy
from datetime import date, datetime

import pytest

from linli.prints import BadData
from linli.prints.papers import check
from linli.prints.samples import SAMPLES
from linli.prints.samples.books import RECONCILIATION, TRIAL_BALANCE, VOUCHERS, journal, ledger
from linli.prints.samples.notice import CORRECTED, NOTICE
from linli.prints.samples.others import RECEIPT, SLIP, YEAR, receipts
from linli.prints.shapes import SHAPES


def faults(template: str, data: dict) -> list[str]:
    with pytest.raises(BadData) as caught:
        check(template, data)
    return caught.value.faults


def slip(**more: object) -> dict:
    return {**RECEIPT, "receipts": [{**SLIP, **more}]}


def test_each_template_has_a_shape_and_a_sample():
    assert {template for template, _data in SAMPLES.values()} == set(SHAPES)


@pytest.mark.parametrize("name", SAMPLES)
def test_samples_are_of_their_shape(name):
    check(*SAMPLES[name])


def test_all_faults_are_told_at_once_with_their_place():
    data = deepcopy(NOTICE)
    del data["custodian"]
    data["funds"][0]["opening_fen"] = 148080.5
    data["projects"][1]["funding"][0]["fund"] = "gift"
    data["colour"] = "red"
    told = faults("notice", data)
    assert [text.split(":")[0] for text in told] == [
        "custodian",
        "funds[0].opening_fen",
        "projects[1].funding[0].fund",
        "colour",
    ]


@pytest.mark.parametrize("amount", [1.0, "100", True, None, 2**53, -(2**53)])
def test_money_is_whole_fen_within_bounds(amount):
    assert "amount_fen" in faults("receipt", slip(amount_fen=amount))[0]


def test_money_reaches_the_last_whole_number_that_json_keeps():
    check("receipt", slip(amount_fen=2**53 - 1))


@pytest.mark.parametrize("day", ["2026-10-32", "2026/10/01", "20261001", 20261001, None, ""])
def test_a_day_is_a_date_or_its_iso_form(day):
    assert faults("receipt", slip(on=day))[0].startswith("receipts[0].on:")


def test_a_date_and_its_iso_form_are_the_same_a_moment_is_not_a_day():
    check("receipt", slip(on=date(2026, 10, 9)))
    assert faults("receipt", slip(on=datetime(2026, 10, 9, 8, 0)))  # noqa: DTZ001


@pytest.mark.parametrize("url", ["javascript:alert(1)", "http://a b", "/r/1", "http://例.cn"])
def test_an_address_is_a_plain_web_address(url):
    assert "proof.url" in faults("receipt", slip(proof={"url": url}))[0]


@pytest.mark.parametrize("text", ["x" * 2001, "half a pair \ud800", 7, None])
def test_text_has_a_limit_and_is_text(text):
    assert faults("receipt", slip(item=text))[0].startswith("receipts[0].item:")


def test_the_message_of_an_error_stays_short_and_the_faults_are_all_there():
    data = receipts(200)
    for row in data["rows"]:
        row["amount_fen"] = 1.5
    with pytest.raises(BadData, match="and 188 more") as caught:
        check("receipts", data)
    assert len(caught.value.faults) == 200


# ---- A paper whose sums do not come out is not printed


def test_a_fund_must_close_and_its_lines_must_add_up():
    data = deepcopy(NOTICE)
    data["funds"][0]["income_fen"] += 1
    assert faults("notice", data) == [
        "funds[0]: income_fen is 34,720.19, but it adds up to 34,720.18",
        "funds[0]: closing_fen is 165,074.24, but it adds up to 165,074.25",
    ]


def test_a_deposit_is_in_no_sum():
    data = deepcopy(NOTICE)
    data["funds"][0]["lines"][-1]["amount_fen"] += 500
    check("notice", data)


def test_the_bank_must_follow_from_the_book():
    data = deepcopy(NOTICE)
    data["bank"][0]["outstanding"] = []
    assert "difference_fen" in faults("notice", data)[0]
    data["bank"][0]["difference_fen"] = 280000
    check("notice", data)


def test_an_unconfirmed_account_claims_nothing_and_a_confirmed_one_something():
    data = deepcopy(NOTICE)
    data["bank"][2]["bank_balance_fen"] = 0
    data["bank"][1]["difference_fen"] = None
    assert [text.split(":")[0] for text in faults("notice", data)] == ["bank[1]", "bank[2]"]


def test_a_version_after_the_first_says_what_it_corrects():
    data = {key: value for key, value in CORRECTED.items() if key != "correction"}
    assert faults("notice", data)[0].startswith("correction:")
    assert faults("notice", {**CORRECTED, "version": 1})[0].startswith("correction:")


def test_a_voucher_balances_and_no_line_is_both_or_nothing():
    data = deepcopy(VOUCHERS)
    data["vouchers"][0]["lines"][0]["debit_fen"] += 1
    data["vouchers"][1]["lines"][2] |= {"debit_fen": 100, "credit_fen": 100}
    data["vouchers"][2]["lines"][0]["credit_fen"] = 0
    told = faults("voucher", data)
    assert told[0].startswith("vouchers[0]: the credit side is 9,810.50")
    assert any(text.startswith("vouchers[1].lines[2]: a line is either") for text in told)
    assert any(text.startswith("vouchers[2].lines[0]: a line is either") for text in told)


def test_a_trial_balance_balances_within_each_fund():
    data = deepcopy(TRIAL_BALANCE)
    data["funds"][0]["rows"][0]["opening_fen"] += 100
    data["funds"][1]["rows"][0]["opening_fen"] -= 100
    told = faults("trial_balance", data)
    assert {text.split(" does")[0] for text in told} == {
        "funds[0]: opening",
        "funds[0]: closing",
        "funds[1]: opening",
        "funds[1]: closing",
    }


def test_a_book_is_in_order_of_time_and_within_its_days():
    data = journal(6)
    data["accounts"][0]["rows"].reverse()
    assert faults("journal", data) == ["accounts[0].rows: not in order of time"]
    assert faults("ledger", {**ledger(6), "from_on": "2026-10-01"}) == [
        "accounts[0].rows: a day outside from_on … until_on"
    ]


def test_receipts_reach_the_income_line_without_the_void_ones():
    data = receipts(20)
    data["rows"][8]["void"] = False
    assert "total_fen" in faults("receipts", data)[0]


def test_known_months_are_the_first_of_the_year():
    data = deepcopy(YEAR)
    data["roots"][3] = None
    for line in data["funds"][0]["lines"]:
        line["months"][3] = None
    assert "not the first of the year" in faults("year", data)[0]


def test_a_reconciliation_with_a_difference_may_be_printed():
    data = deepcopy(RECONCILIATION)
    data["accounts"][0]["bank_balance_fen"] += 7
    check("reconciliation", data)


@pytest.mark.parametrize("amount", [100.0, "100", True])
def test_parts_inside_of_parts_are_as_strict(amount):
    data = deepcopy(NOTICE)
    data["funds"][0]["lines"][0]["amount_fen"] = amount
    data["projects"][0]["funding"][0]["colour"] = "red"
    data["display"]["places"].append(7)
    assert [text.split(":")[0] for text in faults("notice", data)] == [
        "funds[0].lines[0].amount_fen",
        "projects[0].funding[0].colour",
        "display.places[2]",
    ]
