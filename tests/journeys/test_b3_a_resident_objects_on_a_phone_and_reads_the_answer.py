"""A resident with a phone finds the estate, follows the parking money, objects, gets an answer."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import expect

from linli.disclosure.models import Objection
from tests.journeys.hands import choose, faults_of

pytestmark = pytest.mark.journey
BOOK = "B000001"
WORDS = "我家九月交了两个车位的钱，这里好像只有一个。"
ANSWER = "两个车位分两笔入账，收据号已在凭证中列明。"


def test_a_resident_objects_on_a_phone_and_reads_the_answer(published, open_page):
    phone = open_page(width=375, height=812, has_touch=True, is_mobile=True)
    _find_the_estate(phone)
    _open_the_parking_vouchers(phone)
    query = _object(phone)

    _screen(open_page(user=published.people["approver"]))
    _reply(open_page(user=published.people["bookkeeper"]))

    _read_the_answer(phone, query)
    _anybody_reads_it(open_page(width=375))


def _find_the_estate(page) -> None:
    page.goto("/")
    assert faults_of(page) == []
    page.get_by_label("找您的小区").fill("bhjy")
    page.get_by_role("button", name="查找").tap()
    page.get_by_role("link", name="碧海家园").first.tap()
    page.wait_for_url(re.compile(f"/e/{BOOK}/$"))
    assert faults_of(page) == []


def _open_the_parking_vouchers(page) -> None:
    """Two taps from the estate's page to the vouchers behind the parking income."""
    page.get_by_role("link", name="看本月全部收支").tap()
    row = page.locator("table.figures tr", has_text="停车场地使用费").first
    row.wait_for()
    told = row.locator(".ruled-figure").inner_text().split()[0]
    assert faults_of(page) == []
    row.locator(".ruled-figure a").tap()
    page.get_by_role("heading", name="由这些凭证组成").wait_for()
    assert told in page.locator(".figure-big").inner_text()
    vouchers = page.locator("table.entries tbody tr")
    assert vouchers.count() >= 1
    sums = [_fen(row.locator("td").last.inner_text().split()[0]) for row in vouchers.all()]
    assert sum(sums) == _fen(told)
    assert faults_of(page) == []


def _fen(text: str) -> int:
    return int(re.sub(r"[^0-9-]", "", text.replace("−", "-")))


def _object(page) -> str:
    """Object to the figure; gives the query number that is shown once."""
    page.get_by_role("link", name="我有异议").first.tap()
    page.get_by_label("您的电话").wait_for()
    assert faults_of(page) == []
    page.get_by_label("您的电话").fill("13805351234")
    page.get_by_label("您认为哪里不对").press_sequentially(WORDS, delay=160)
    page.get_by_role("button", name="提交异议").tap()
    page.get_by_role("heading", name="异议已收到").wait_for()
    assert faults_of(page) == []
    return page.locator("#query").inner_text()


def _screen(page) -> None:
    """The approver finds no personal data in it and lets it be seen."""
    page.goto("/desk/")
    page.get_by_role("link", name="异议").first.click()
    _open_the_new_one(page)
    page.locator("[name=way]").first.check()
    page.get_by_role("button", name="确定").click()
    page.get_by_role("heading", name="公开页面上").wait_for()
    assert WORDS in page.locator("#shown").locator("..").inner_text()


def _reply(page) -> None:
    page.goto("/disclosure/objections/")
    _open_the_new_one(page)
    choose(page.locator("[name=outcome]"), "经核实")
    page.locator("[name=text]").fill(ANSWER)
    page.get_by_role("button", name="答复并公开").click()
    expect(page.get_by_text(ANSWER).first).to_be_visible()


def _open_the_new_one(page) -> None:
    row = Objection.objects.order_by("pk").last()
    page.goto("/disclosure/objections/")
    page.locator(f"a[href='/disclosure/objections/{row.pk}/']").first.click()
    page.get_by_role("heading", name="异议原文").wait_for()
    assert faults_of(page) == []


def _read_the_answer(page, query: str) -> None:
    page.goto("/")
    page.get_by_role("link", name="查询我提的异议").tap()
    page.get_by_role("heading", name="查询异议").wait_for()
    page.get_by_label("查询号").fill(query.lower())
    page.get_by_label("电话后四位").fill("4321")
    page.get_by_role("button", name="查询", exact=True).tap()
    page.get_by_text("没有找到：请核对查询号和电话后四位").first.wait_for()
    assert page.get_by_label("查询号").input_value() == query.lower()
    page.get_by_label("电话后四位").fill("1234")
    page.get_by_role("button", name="查询", exact=True).tap()
    page.get_by_text(ANSWER).wait_for()
    assert faults_of(page) == []


def _anybody_reads_it(page) -> None:
    """The objection and its answer stand beside the figure; the phone number stands nowhere."""
    page.goto(f"/e/{BOOK}/")
    told = page.locator("main").inner_text()
    assert WORDS in told and ANSWER in told
    assert "13805351234" not in page.content()
