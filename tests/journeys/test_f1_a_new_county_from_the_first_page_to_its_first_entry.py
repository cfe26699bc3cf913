"""A county begins with empty tables: the first-run pages, first log-ins, the first entry."""

from __future__ import annotations

import re

import pytest
from django.utils import timezone

from linli.kernel.period import Period
from linli.ledger.models import Entry
from linli.people.models import User
from tests.journeys.hands import choose, confirm, faults_of, fill_voucher

pytestmark = pytest.mark.journey
PASSWORD = "Tide-2046-Leuchtturm"
GROUP = {
    "bookkeeper": ("王秀兰", "wangxl"),
    "cashier": ("赵敏", "zhaom"),
    "approver": ("李建国", "lijg"),
    "resident": ("陈伟", "chenw"),
}


def test_a_new_county_from_the_first_page_to_its_first_entry(own_database, server, open_page):
    passwords = _set_up(open_page())
    assert set(passwords) >= {name for _, name in GROUP.values()}
    _the_pages_are_closed(open_page())

    bookkeeper = _first_log_in(open_page(), "wangxl", passwords["wangxl"])
    _draft_the_first_voucher(bookkeeper)
    approver = _first_log_in(open_page(), "lijg", passwords["lijg"])
    approver.goto("/desk/")
    approver.get_by_role("link", name="第一笔停车费").first.click()
    confirm(approver, "同意")
    approver.get_by_role("link", name="号分录").first.wait_for()
    assert Entry.objects.filter(kind="voucher").count() == 1


def _set_up(page) -> dict[str, str]:
    """Walk through the first-run pages; gives {log-in name: password to hand over}."""
    passwords: dict[str, str] = {}
    page.goto("/setup/")
    _fill(page, county_code="370614", county_name="蓬莱区", system_admin_password=PASSWORD)
    for n, role in enumerate(("system_admin", "security_admin", "audit_admin")):
        _fill(page, **{f"{role}_name": "周吴郑"[n] + "安", f"{role}_username": f"admin{n}"})
    _next(page, passwords)
    _fill(
        page,
        street_code="370614001",
        street_name="登州街道",
        community_code="370614001001",
        community_name="海滨社区",
    )
    _next(page, passwords)
    _fill(page, estate_name="碧海家园", estate_address="滨海路 1 号")
    _choose(page, "estate_community", "海滨社区")
    _next(page, passwords)
    _choose(page, "group_estate", "碧海家园")
    for role, (name, username) in GROUP.items():
        _fill(page, **{f"{role}_name": name, f"{role}_username": username})
    _next(page, passwords)
    month = Period.of(timezone.localdate()).code
    _choose(page, "book_estate", "碧海家园")
    _fill(page, book_first_period=month, book_live_from=month, book_phone="0535-5600000")
    _fill(page, common_account="业委会专户", common_tail="9876", common_opening_fen="12000")
    choose(page.locator("[name=common_holder]"), "银行")
    _next(page, passwords)
    page.get_by_role("button", name="完成设置，进入工作台").click()
    page.get_by_role("heading", name="我的工作台").wait_for()
    return passwords


def _fill(page, **words: str) -> None:
    for name, value in words.items():
        page.locator(f"[name={name}]").fill(value)


def _choose(page, name: str, words: str) -> None:
    """Choose the only option that holds the words."""
    select = page.locator(f"[name={name}]")
    select.wait_for()
    labels = select.locator("option").all_text_contents()
    [label] = [label for label in labels if words in label]
    select.select_option(label=label)


def _next(page, passwords: dict[str, str]) -> None:
    """Save the step; where passwords were made, note them down and go on."""
    assert faults_of(page) == []
    page.get_by_role("button", name="保存，下一步").click()
    page.wait_for_load_state()
    assert not page.locator(".field-error").count(), page.locator("main").inner_text()
    handed_over = page.get_by_role("link", name="已交给本人，下一步")
    if handed_over.count():
        assert faults_of(page) == []
        for row in page.locator("dl.facts > div").all():
            username = row.locator("dt").inner_text().split()[-1]
            passwords[username] = row.locator("dd").inner_text().strip()
        handed_over.click()
        page.wait_for_load_state()


def _the_pages_are_closed(page) -> None:
    answer = page.goto("/setup/")
    assert answer.status == 404


def _first_log_in(page, username: str, password: str):
    """Log in with the password that was handed over, choose another, reach the desk."""
    page.goto("/login/")
    page.get_by_label("登录名").fill(username)
    page.get_by_label("密码", exact=True).fill(password)
    page.get_by_role("button", name="登录").click()
    page.wait_for_url(re.compile("/me/password/"))
    fields = page.locator("main input[type=password]")
    for n, value in enumerate((password, PASSWORD, PASSWORD)):
        fields.nth(n).fill(value)
    page.locator("main form button[type=submit]").last.click()
    page.wait_for_url(re.compile("/desk/"))
    assert not User.objects.get(username=username).must_change_password
    return page


def _draft_the_first_voucher(page) -> None:
    page.get_by_role("link", name="凭证").first.click()
    page.get_by_role("link", name="填凭证").first.click()
    page.get_by_role("link", name="收入", exact=True).click()
    page.locator("[name=direction][value=in]").wait_for(state="attached")
    fill_voucher(
        page,
        on=timezone.localdate(),
        money="业委会专户",
        category="停车场地使用费",
        yuan="200",
        summary="第一笔停车费",
        counterparty="业主",
        document="SJ0001",
    )
    page.get_by_role("button", name="保存并提交审批").click()
    page.get_by_text("待审批").first.wait_for()
