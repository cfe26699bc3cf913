"""Log in, draft a voucher, approve it: without a mouse, and axe finds nothing on the way."""

from __future__ import annotations

import re

import pytest
from django.contrib.auth.hashers import Argon2PasswordHasher

from linli.vouchers.models import Voucher
from tests.journeys.hands import faults_of

pytestmark = pytest.mark.journey
PASSWORD = "Tide-2046-Leuchtturm"
MOST_STOPS = 150
VISIBLE_FOCUS = """() => {
    const style = getComputedStyle(document.activeElement);
    const line = document.activeElement.closest('.control, .money-input, .form-check') || document.activeElement;
    const around = getComputedStyle(line);
    return [style, around].some(s => s.outlineStyle !== 'none' || s.boxShadow !== 'none');
}"""


@pytest.fixture
def people(group):
    """With passwords as the server hashes them; in tests they are hashed more cheaply."""
    for user in (group.bookkeeper, group.approver):
        user.password = Argon2PasswordHasher().encode(PASSWORD, "salt-of-a-test")
        user.save(update_fields=["password"])
    return group


def test_log_in_draft_and_approve_by_keyboard(people, open_page):
    page = open_page()
    _log_in(page, "bookkeeper")
    _draft(page, people)
    _log_out(page)
    _log_in(page, "approver")
    _approve(page)
    assert Voucher.objects.get().state == "posted"


def _to(page, selector: str) -> None:
    """Press Tab until the focus is on what the selector names; it must be seen to be there."""
    for _stop in range(MOST_STOPS):
        page.keyboard.press("Tab")
        if page.evaluate("(css) => document.activeElement.matches(css)", selector):
            assert page.evaluate(VISIBLE_FOCUS), f"the focus on {selector} is not visible"
            return
    pytest.fail(f"Tab never came to {selector} on {page.url}")


def _press(page, selector: str, key: str = "Enter") -> None:
    """Go to a link or a button and press it."""
    _to(page, selector)
    with page.expect_navigation():
        page.keyboard.press(key)


def _type(page, selector: str, text: str) -> None:
    _to(page, selector)
    page.keyboard.insert_text(text)


def _type_day(page, on) -> None:
    """Type a day's digits in the order of the browser's own language, whichever it is."""
    for order in ("%Y%m%d", "%m%d%Y"):
        page.keyboard.type(f"{on:{order}}")
        if page.evaluate("document.activeElement.value") == on.isoformat():
            return
        for _part in range(2):
            page.keyboard.press("ArrowLeft")
    pytest.fail("eight digits did not make a day")


def _pick(page, selector: str, words: str) -> None:
    """Walk down a list of choices with the arrow until the one that begins with the words."""
    _to(page, selector)
    for _stop in range(MOST_STOPS):
        page.keyboard.press("ArrowDown")
        chosen = page.evaluate("document.activeElement.selectedOptions[0].text")
        if chosen.startswith(words):
            return
    pytest.fail(f"the arrows never came to {words}")


def _log_in(page, username: str) -> None:
    page.goto("/login/")
    assert faults_of(page) == []
    _type(page, "[name=username]", username)
    _type(page, "[name=password]", PASSWORD)
    with page.expect_navigation():
        page.keyboard.press("Enter")
    assert re.search("/desk/", page.url)
    assert faults_of(page) == []


def _log_out(page) -> None:
    _to(page, ".bar-end > .menu:last-child summary")
    page.keyboard.press("Enter")
    _press(page, "form[action='/logout/'] button")


def _draft(page, group) -> None:
    page.keyboard.press("Tab")
    assert "跳到正文" in page.evaluate("document.activeElement.textContent")
    _press(page, "a[href='/vouchers/']")
    assert faults_of(page) == []
    _press(page, "main a[href*='/vouchers/new/']")
    assert faults_of(page) == []
    _press(page, "a[href*='direction=in']")
    _to(page, "[name=on]")
    _type_day(page, group.day(8))
    _pick(page, "[name=money]", "业委会专户")
    _pick(page, "[name=row-0-account]", "停车场地使用费")
    _type(page, "[name=row-0-amount]", "260.50")
    _type(page, "[name=summary]", "临时停车费")
    _type(page, "[name=counterparty]", "临停车主")
    _press(page, "button[value=submit]")
    page.get_by_text("待审批").first.wait_for()
    assert faults_of(page) == []


def _approve(page) -> None:
    _press(page, "main a[href*='/vouchers/']")
    _to(page, "details.confirm > summary")
    page.keyboard.press("Enter")
    assert page.locator("dialog:modal").count() == 1
    assert faults_of(page) == []
    page.keyboard.press("Escape")
    assert page.evaluate("document.activeElement.matches('details.confirm > summary')")
    page.keyboard.press("Enter")
    _press(page, "dialog button[type=submit]")
    assert faults_of(page) == []
