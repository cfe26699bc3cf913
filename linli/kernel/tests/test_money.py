"""Money: reading, showing, capitals, sharing. Amounts in fen unless said otherwise."""

from __future__ import annotations

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from linli.kernel.money import (
    LIMIT_FEN,
    capitals,
    check_fen,
    fen_of,
    parse_yuan,
    plain,
    share,
    yuan,
)
from linli.kernel.rulings import Refused

FEN = st.integers(-LIMIT_FEN + 1, LIMIT_FEN - 1)


def reason(value: object) -> str:
    fen, ruling = parse_yuan(value)
    assert fen is None
    assert not ruling.allowed
    return ruling.reasons[0].text


@pytest.mark.parametrize(
    ("written", "fen"),
    [
        ("800", 80000),
        ("1200.5", 120050),
        ("1,200.00", 120000),
        ("1,234,567.89", 123456789),
        ("1 234 567.89", 123456789),
        (".50", 50),
        ("0", 0),
        ("-0.00", 0),
        ("007", 700),
        ("￥800", 80000),
        ("¥ 1,200.00", 120000),
        ("人民币800元", 80000),
        ("800.00 元", 80000),
        ("800元整", 80000),
        ("CNY 12.30", 1230),
        ("12.30RMB", 1230),
        ("-800", -80000),
        ("−800", -80000),
        ("－８００．５０", -80050),
        ("１，２００．００", 120000),
        ("¥-800", -80000),
        ("-¥800", -80000),
        ("+5", 500),
        ("(1,200.00)", -120000),
        ("（800）", -80000),
        ("(¥800.00)", -80000),
        ("\t1,200.00\t", 120000),
        ("\u00a01\u00a0200.00 ", 120000),
        ("\ufeff12.00\u200b", 1200),
        ("　12　", 1200),
        ("90071992547409.91", LIMIT_FEN - 1),
        (800, 80000),
        (-1, -100),
        (0, 0),
        (Decimal("12.34"), 1234),
        (Decimal("12.340"), 1234),
        (Decimal("1E+3"), 100000),
        (Decimal("-0"), 0),
        (1200.0, 120000),
        (0.1, 10),
        (-19.99, -1999),
        (0.1 + 0.2, 30),
        (1.1 * 3, 330),
        (8.2, 820),
        (-0.0, 0),
    ],
)
def test_an_amount_as_people_and_sheets_write_it_is_read_exactly(written: object, fen: int) -> None:
    assert parse_yuan(written)[0] == fen
    assert parse_yuan(written)[1].allowed


@pytest.mark.parametrize("blank", [None, "", "   ", "\u200b", "　"])
def test_a_blank_is_told_apart_from_nonsense(blank: object) -> None:
    assert reason(blank) == "未填写金额"


@pytest.mark.parametrize(
    "written",
    ["1.005", "1,200.000", "0.001", 1.005, 1200.555, 1e-7, Decimal("0.001"), Decimal("1e-400")],
)
def test_a_third_decimal_is_refused_and_not_rounded(written: object) -> None:
    assert "最多两位小数" in reason(written)


@pytest.mark.parametrize("written", ["1e3", "1.2E+5", "１ｅ3".replace("ｅ", "e"), "12 E2"])
def test_an_exponent_is_refused(written: str) -> None:
    assert "科学计数法" in reason(written)


@pytest.mark.parametrize("written", ["1.2万", "3亿", "1 万元"])
def test_a_unit_other_than_yuan_is_refused(written: str) -> None:
    assert "按元填写" in reason(written)


@pytest.mark.parametrize(
    "written",
    [
        "90071992547409.92",
        "99999999999999999999999999999",
        2**53,
        10**300,
        -(10**15),
        1e300,
        float(2**53),
        Decimal("1e300"),
        Decimal("1e999999"),
    ],
)
def test_what_is_too_large_is_refused(written: object) -> None:
    assert "超出" in reason(written)


@pytest.mark.parametrize(
    "written",
    [
        "abc",
        "1,20",
        "12,34.00",
        "1,2345",
        "1 2",
        "1.2.3",
        "12.",
        "--5",
        "-(5)",
        "(-5)",
        "(5",
        "5-",
        "-",
        "—",
        "$5",
        "0x10",
        "10²",
        "½",
        "١٢",
        "1_000",
        "=1+1",
        "NaN",
        "inf",
        "1" * 5000,
        "1" + " " * 5000 + "x",
        float("nan"),
        float("inf"),
        Decimal("NaN"),
        Decimal("sNaN"),
        Decimal("-Infinity"),
        True,
        b"12",
        [12],
    ],
)
def test_what_is_no_amount_is_refused(written: object) -> None:
    assert "不是金额" in reason(written)


def test_a_float_too_large_to_carry_fen_is_not_rounded_to_a_nearby_amount() -> None:
    assert parse_yuan(12345678901234.56)[0] == 1234567890123456
    assert parse_yuan(12345678901234.562)[0] is None


def test_the_refusal_names_the_value_and_its_ground_and_formats() -> None:
    _fen, ruling = parse_yuan("1.005")
    one = ruling.reasons[0]
    assert one.cites == ("linli:ledger.1",)
    assert "1.005" in one.text % one.values
    with pytest.raises(Refused):
        fen_of("1.005")
    assert fen_of("￥800") == 80000


@pytest.mark.parametrize("value", [1.0, "1", True, None, LIMIT_FEN, -LIMIT_FEN, 10**400])
def test_only_whole_numbers_in_range_may_be_stored(value: object) -> None:
    assert not check_fen(value).allowed


@given(FEN)
def test_every_amount_survives_showing_and_reading(fen: int) -> None:
    assert check_fen(fen).allowed
    assert parse_yuan(yuan(fen)) == parse_yuan(plain(fen))
    assert parse_yuan(plain(fen))[0] == fen
    assert parse_yuan(Decimal(fen) / 100)[0] == fen


@given(st.integers(-(10**15) + 1, 10**15 - 1))
def test_a_float_as_a_sheet_holds_it_gives_the_amount_that_was_typed(fen: int) -> None:
    assert parse_yuan(fen / 100)[0] == fen


@given(st.one_of(st.text(), st.floats(), st.decimals(), st.integers(), st.binary()))
def test_nothing_that_is_given_makes_it_fail(value: object) -> None:
    fen, ruling = parse_yuan(value)
    assert (fen is None) != ruling.allowed


def test_amounts_are_shown_with_separators_and_a_true_minus() -> None:
    assert yuan(123450) == "1,234.50"
    assert yuan(-123456789) == "\u22121,234,567.89"
    assert yuan(-5) == "\u22120.05"
    assert plain(-123450) == "-1234.50"
    assert plain(0) == "0.00"


@pytest.mark.parametrize(
    ("fen", "text"),
    [
        (140950, "人民币壹仟肆佰零玖元伍角"),
        (600714, "人民币陆仟零柒元壹角肆分"),
        (168032, "人民币壹仟陆佰捌拾元零叁角贰分"),
        (10700053, "人民币壹拾万柒仟元零伍角叁分"),
        (1640902, "人民币壹万陆仟肆佰零玖元零贰分"),
        (32504, "人民币叁佰贰拾伍元零肆分"),
        (10000000, "人民币壹拾万元整"),
        (0, "人民币零元整"),
        (5, "人民币伍分"),
        (50, "人民币伍角"),
        (100, "人民币壹元整"),
        (1000, "人民币壹拾元整"),
        (100500, "人民币壹仟零伍元整"),
        (1000500, "人民币壹万零伍元整"),
        (1000050000, "人民币壹仟万零伍佰元整"),
        (10000000000, "人民币壹亿元整"),
        (10000700000, "人民币壹亿零柒仟元整"),
        (10000000100, "人民币壹亿零壹元整"),
        (10010000000, "人民币壹亿零壹拾万元整"),
        (100000000000000, "人民币壹万亿元整"),
        (LIMIT_FEN - 1, "人民币玖拾万零柒佰壹拾玖亿玖仟贰佰伍拾肆万柒仟肆佰零玖元玖角壹分"),
        (-10000, "人民币负壹佰元整"),
    ],
)
def test_capital_figures_follow_the_rules_for_vouchers(fen: int, text: str) -> None:
    assert capitals(fen) == text


@given(st.integers(0, LIMIT_FEN - 1))
def test_capital_figures_read_back_to_the_same_amount(fen: int) -> None:
    figures = {c: n for n, c in enumerate("零壹贰叁肆伍陆柒捌玖")}
    units = {"拾": 10, "佰": 100, "仟": 1000}
    total = section = digit = back = 0
    for c in capitals(fen).removeprefix("人民币"):
        if c in figures:
            digit = figures[c]
        elif c in units:
            section, digit = section + digit * units[c], 0
        elif c == "万":
            section, digit = (section + digit) * 10000, 0
            total, section = total + section, 0
        elif c == "亿":
            total, section, digit = (total + section + digit) * 10**8, 0, 0
        elif c == "元":
            back, total, section, digit = (total + section + digit) * 100, 0, 0, 0
        elif c in "角分":
            back, digit = back + digit * (10 if c == "角" else 1), 0
    assert back == fen


@given(FEN, st.lists(st.integers(0, 10**9), min_size=1, max_size=30).filter(any))
def test_shares_add_up_and_stay_within_a_fen_of_the_exact_part(
    fen: int, weights: list[int]
) -> None:
    parts = share(fen, weights)
    assert sum(parts) == fen
    for part, weight in zip(parts, weights, strict=True):
        assert abs(part * sum(weights) - fen * weight) < sum(weights)
        assert weight or not part


def test_a_left_over_fen_goes_to_the_largest_remainder_then_the_earlier() -> None:
    assert share(100, [1, 1, 1]) == [34, 33, 33]
    assert share(-100, [1, 1, 1]) == [-34, -33, -33]
    assert share(10, [1, 2, 1]) == [3, 5, 2]
    assert share(0, [5]) == [0]


@pytest.mark.parametrize("weights", [[], [0, 0], [1, -1]])
def test_weights_that_say_nothing_are_an_error(weights: list[int]) -> None:
    with pytest.raises(ValueError, match="weight"):
        share(100, weights)


def test_a_number_of_thousands_of_digits_is_refused_like_any_other() -> None:
    assert "超出" in reason(10**5000)
    assert not check_fen(10**5000).allowed
