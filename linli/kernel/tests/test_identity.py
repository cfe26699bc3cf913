"""ID numbers, credit codes, telephones, and masks. All numbers are invented or published samples."""

from __future__ import annotations

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from linli.kernel.identity import (
    FOUND,
    account_tail,
    mask_id_number,
    mask_name,
    mask_phone,
    mask_text,
    parse_credit_code,
    parse_id_number,
    parse_phone,
    personal_data_in,
)

SAMPLE = "11010519491231002X"


def checked(seventeen: str) -> str:
    """An ID number with its check character, reckoned from the standard's weights."""
    weights = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)
    total = sum(int(c) * w for c, w in zip(seventeen, weights, strict=True))
    return seventeen + "10X98765432"[total % 11]


def test_the_published_sample_is_accepted_and_read() -> None:
    found, ruling = parse_id_number(" 11010519491231002x ")
    assert ruling.allowed
    assert found is not None
    assert found.number == SAMPLE
    assert found.born_on == date(1949, 12, 31)
    assert found.sex == "female"
    assert found.age(date(2026, 12, 30)) == 76
    assert found.age(date(2026, 12, 31)) == 77


@pytest.mark.parametrize("area", ["370684", "370614", "810000", "830000", "999999"])
def test_codes_of_places_that_are_gone_stay_valid(area: str) -> None:
    assert parse_id_number(checked(area + "19800229" + "123"))[0]


@pytest.mark.parametrize(
    ("number", "says"),
    [
        ("110105194912310021", "校验"),
        ("11010519491331002X", "出生日期"),
        ("11010519490229002X", "出生日期"),
        ("110105491231002", "15位"),
        ("1101051949123100", "18位"),
        ("", "18位"),
        ("A1010519491231002X", "18位"),
        (checked("37061420270101123"), "出生日期"),
    ],
)
def test_a_wrong_number_is_refused_with_what_is_wrong(number: str, says: str) -> None:
    found, ruling = parse_id_number(number, today=date(2026, 11, 22))
    assert found is None
    assert says in str(ruling)


@given(st.integers(0, 16), st.integers(1, 9))
def test_one_mistyped_figure_is_always_noticed(place: int, shift: int) -> None:
    wrong = str((int(SAMPLE[place]) + shift) % 10)
    assert parse_id_number(SAMPLE[:place] + wrong + SAMPLE[place + 1 :])[0] is None


@pytest.mark.parametrize(
    "code",
    ["91350100M000100Y43", "91110000600037341L", " 91350100m000100y43", "9135 0100 M000 100Y43"],
)
def test_a_credit_code_is_checked_and_tidied(code: str) -> None:
    found, ruling = parse_credit_code(code)
    assert ruling.allowed
    assert found == code.replace(" ", "").upper()


@pytest.mark.parametrize(
    ("code", "says"),
    [
        ("91350100M000100Y4Z", "18位"),
        ("91350100M000100Y44", "校验"),
        ("91350100M000100Y4", "18位"),
        ("91350100I000100Y43", "18位"),
        ("", "18位"),
    ],
)
def test_a_wrong_credit_code_is_refused(code: str, says: str) -> None:
    found, ruling = parse_credit_code(code)
    assert found is None
    assert says in str(ruling)


@pytest.mark.parametrize(
    ("written", "stored"),
    [
        ("13805351234", "13805351234"),
        ("138 0535 1234", "13805351234"),
        ("+86-138-0535-1234", "13805351234"),
        ("0086 13805351234", "13805351234"),
        ("１３８０５３５１２３４", "13805351234"),
        ("0535-5641234", "0535-5641234"),
        ("(0535)5641234", "0535-5641234"),
        ("05355641234", "0535-5641234"),
        ("0535-5641234-801", "0535-5641234-801"),
        ("0535-5641234转801", "0535-5641234-801"),
        ("010-88886666", "010-88886666"),
        ("02188886666", "021-88886666"),
        ("5641234", "5641234"),
        ("12345", "12345"),
        ("110", "110"),
        ("400-123-4567", "4001234567"),
    ],
)
def test_a_telephone_number_is_brought_to_one_form(written: str, stored: str) -> None:
    assert parse_phone(written)[0] == stored
    assert parse_phone(stored)[0] == stored


@pytest.mark.parametrize(
    "written", ["1380535123", "12805351234", "138053512345", "电话", "", "0535"]
)
def test_a_wrong_telephone_number_is_refused(written: str) -> None:
    number, ruling = parse_phone(written)
    assert number is None
    assert not ruling.allowed


def test_masks_hide_what_need_not_be_seen() -> None:
    assert mask_name("张三") == "张*"
    assert mask_name("张三丰") == "张**"
    assert mask_name("欧阳修文") == "欧阳**"
    assert mask_name("欧阳") == "欧*"
    assert mask_name("张") == "张*"
    assert mask_name("阿依古丽·买买提") == "阿**"
    assert mask_name("") == ""
    assert mask_id_number("37061419800101002X") == "3706**********002X"
    assert mask_id_number("E12345678") == "*******78"
    assert mask_id_number("123") == "***"
    assert mask_phone("13812345678") == "138****5678"
    assert mask_phone("0535-5641234") == "0535-***1234"
    assert mask_phone("010-88886666") == "010-****6666"
    assert mask_phone("1234567890123") == "***********23"
    assert mask_phone("1234") == "****"
    assert account_tail("6222 0212 3456 9876") == "…9876"
    assert account_tail("12345") == "…45"
    assert account_tail("1") == "…"
    assert account_tail("") == ""


@given(st.text(max_size=40))
def test_a_mask_never_shows_more_than_it_says(text: str) -> None:
    assert len(account_tail(text)) <= 5
    assert sum(c != "*" for c in mask_name(text)) <= 2
    assert sum(c.isdigit() for c in mask_phone(text)) <= 8


def test_personal_data_in_a_text_for_all_is_found_and_covered() -> None:
    text = f"我是3号楼2单元501室，电话138-0535-1234，身份证{SAMPLE}，卡6222021234567894，a.b@x.cn"
    assert [f.kind for f in personal_data_in(text)] == [
        "door",
        "phone",
        "id_number",
        "bank_card",
        "email",
    ]
    masked = mask_text(text)
    assert len(masked) == len(text)
    assert personal_data_in(masked) == ()
    assert masked.startswith("我是*")
    assert {f.kind for f in personal_data_in(text)} == set(FOUND)


@pytest.mark.parametrize(
    "text",
    [
        "2026-10-31 支付 12000.00 元，凭证记-09012",
        "合同编号 20260903123456789",
        "9月1日收停车费18,600.00元",
        "3号楼电梯广告",
        "公示期 2026-10-01 至 2026-10-31",
        "投诉请拨 12345 或 0535-5641234",
    ],
)
def test_ordinary_words_of_the_books_are_left_alone(text: str) -> None:
    assert personal_data_in(text) == ()
    assert mask_text(text) == text


def test_a_number_right_after_a_date_is_still_found() -> None:
    assert [f.kind for f in personal_data_in("2026-10-31 13805351234")] == ["phone"]
