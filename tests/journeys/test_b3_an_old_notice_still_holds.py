"""Somebody kept a paper notice. Later months were sealed; in the browser it still holds."""

from __future__ import annotations

import pytest

from linli.portal import proofs, queries
from tests.journeys.hands import faults_of

pytestmark = pytest.mark.journey


@pytest.fixture
def old(published):
    """(book, month, the eight characters on the seal) of the oldest of four notices."""
    shelf = queries.shelf(published.book.code)
    period = published.months[0].code
    root = proofs.printed_root(queries.statement(shelf.notice(period)))
    return shelf.book.code, period, root[:8]


def _ask(page, book: str, period: str, seal: str) -> None:
    """Copy from the paper what it asks for."""
    page.goto("/")
    page.get_by_role("link", name="验证一张公示单或收据").click()
    page.get_by_label("账套编号").fill(book)
    page.get_by_label("月份").fill(period)
    page.get_by_label("印上的八个字符").fill(seal)
    page.get_by_role("button", name="验证").click()


def test_an_old_notice_is_verified_after_later_months_were_sealed(old, open_page):
    book, period, seal = old
    page = open_page(width=375)
    _ask(page, book, period, f"{seal[:4]} {seal[4:]}".upper())
    page.locator("#proof .verdict-good").wait_for()
    assert page.locator("#proof .check-good").count() >= 3
    assert not page.locator("#proof .check-bad").count()
    assert "此后已公示到" in page.locator("main").inner_text()
    assert faults_of(page) == []
    page.get_by_role("link", name="看这个月的两笔账").click()
    page.wait_for_url(f"**/e/{book}/{period}/**")


def test_a_log_that_was_written_anew_is_seen_in_the_browser(old, open_page):
    """The control: one altered character in the proof, and the page says so."""
    page = open_page(width=375)

    def altered(route) -> None:
        answer = route.fetch()
        text = answer.text()
        at = len(text) // 2
        other = "A" if text[at] != "A" else "B"
        route.fulfill(response=answer, body=text[:at] + other + text[at + 1 :])

    page.route("**/consistency?*", altered)
    _ask(page, *old)
    page.locator("#proof .verdict-bad").wait_for()
    assert not page.locator("#proof .verdict-good").count()


def test_a_seal_that_was_never_published_is_not_found(old, open_page):
    book, period, seal = old
    forged = f"{int(seal, 16) ^ 1:08x}"
    page = open_page(width=375)
    _ask(page, book, period, forged)
    page.get_by_role("heading", name="这里没有").wait_for()
    assert "请拍照保存纸质公示单" in page.locator("main").inner_text()
    assert faults_of(page) == []
