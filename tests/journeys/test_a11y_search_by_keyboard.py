"""Search: opened, walked through and left by keyboard; a page without scripts; axe finds nothing."""

from __future__ import annotations

import pytest

from tests.journeys.hands import faults_of

pytestmark = pytest.mark.journey
OPEN = "document.getElementById('search').open"
FOCUS = "document.activeElement"


def test_a_search_is_opened_walked_through_and_left_by_keyboard(group, open_page):
    page = open_page(user=group.bookkeeper)
    page.goto("/desk/")
    page.keyboard.press("/")
    assert page.evaluate(OPEN) and "凭证号、摘要" in page.locator("#search").inner_text()
    assert faults_of(page) == []

    page.keyboard.type("碧海", delay=20)
    page.locator("[data-found='碧海']").wait_for()
    assert faults_of(page) == []
    assert page.locator("#search-said").inner_text().startswith("找到")
    links = page.locator("#search [data-results] a")
    first, second = (links.nth(n).get_attribute("href") for n in (0, 1))
    page.keyboard.press("ArrowDown")
    assert page.evaluate(f"{FOCUS}.getAttribute('href')") == first
    page.keyboard.press("ArrowDown")
    assert page.evaluate(f"{FOCUS}.getAttribute('href')") == second
    page.keyboard.press("ArrowUp")
    page.keyboard.press("ArrowUp")
    assert page.evaluate(f"{FOCUS}.id") == "search-q"
    page.keyboard.press("ArrowDown")
    page.keyboard.type("家")
    assert page.input_value("#search-q") == "碧海家", "typing goes on in the field"

    page.keyboard.press("Escape")
    assert not page.evaluate(OPEN)
    page.keyboard.press("Control+k")
    page.keyboard.type("B000001", delay=20)
    page.locator("[data-found='B000001']").wait_for()
    page.keyboard.press("Enter")
    page.wait_for_url("**/months/B000001/")


def test_a_search_without_scripts_is_a_page(group, open_page):
    page = open_page(user=group.bookkeeper, javascript=False)
    page.goto("/desk/")
    page.locator(".search-button").click()
    page.locator("main [name=q]").fill("碧海")
    page.locator("main button[type=submit]").click()
    page.locator("main .hits a").first.click()
    page.locator("h1", has_text="碧海家园").wait_for()


@pytest.mark.parametrize("width", [375, 1440])
@pytest.mark.parametrize("dark", [False, True])
def test_axe_finds_nothing_on_the_page_of_a_search(group, open_page, width, dark):
    page = open_page(user=group.bookkeeper, width=width, dark=dark, language="en-US")
    for address in ("/search/", "/search/?q=碧海", "/search/?q=nothing-of-the-kind"):
        page.goto(address)
        assert faults_of(page) == [], address
