"""The reconciliation screen in a real browser: by keyboard, by dragging, without scripts."""

from __future__ import annotations

from pathlib import Path

import pytest

from linli.bank import services
from linli.bank.models import Match
from tests.databases import cannot_run
from tests.desks import LATER, day, line

pytestmark = pytest.mark.journey
AXE = Path(__file__).parents[3] / "frontend" / "node_modules" / "axe-core" / "axe.min.js"
STANDARD = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]
SIDEWAYS = "document.documentElement.scrollWidth - document.documentElement.clientWidth"
BANK, BOOK = "input[type=checkbox][name=bank]", "input[type=checkbox][name=book]"


@pytest.fixture
def screen(committed_desk):
    """Three lines, four entries, one of them a suggestion and one old."""
    desk = committed_desk
    desk.post("0903", 200, "广告", "蓬城传媒有限公司")
    desk.post("0906", 35, "临停")
    desk.post("0909", 65, "临停")
    desk.post("0910", 35, "临停", "很长的对方户名" * 8)
    desk.keep(
        line("0903", 200, "网银入账"), line("0908", 35, "扫码"), line("0930", 100, "结算" * 20)
    )
    return desk, f"/bank/accounts/{desk.account.pk}/?month=2026-09"


def test_matching_by_keyboard_keeps_the_place_and_can_be_undone(screen, open_page):
    desk, url = screen
    page = open_page(user=desk.bookkeeper)
    page.goto(url)
    page.locator(BANK).first.focus()
    page.keyboard.press("Space")
    page.keyboard.press("ArrowRight")
    page.keyboard.press("Space")
    assert page.locator("[data-sum=left]").inner_text() == "0.00"
    page.keyboard.press("Enter")
    page.locator("#notes").get_by_text("已对上").wait_for()
    assert (page.locator(BANK).count(), page.locator(BOOK).count()) == (2, 3)
    assert page.evaluate("document.activeElement.id") == "board-title"
    assert page.locator("[data-undo] kbd").inner_text() == "U"
    page.keyboard.press("u")
    page.locator("#notes").get_by_text("已撤销").wait_for()
    assert page.locator(BANK).count() == 3 and not Match.objects.exists()


def test_u_in_a_note_is_a_letter_and_undoes_nothing(screen, open_page):
    desk, url = screen
    page = open_page(user=desk.bookkeeper)
    page.goto(url)
    page.get_by_role("button", name="采纳").first.click()
    page.locator("[data-undo]").wait_for()
    page.get_by_text("写说明").first.click()
    page.locator("[name=note]").first.focus()
    page.keyboard.type("u")
    assert page.locator("[name=note]").first.input_value() == "u"
    assert Match.objects.count() == 1


def test_the_arrows_stop_at_the_ends_and_enter_waits_for_both_sides(screen, open_page):
    desk, url = screen
    page = open_page(user=desk.bookkeeper)
    page.goto(url)
    page.locator(BANK).first.focus()
    for _step in range(5):
        page.keyboard.press("ArrowDown")
    assert page.locator(BANK).last.evaluate("box => box === document.activeElement")
    page.keyboard.press("ArrowUp")
    page.keyboard.press("ArrowLeft")
    assert page.locator(BANK).nth(1).evaluate("box => box === document.activeElement")
    page.keyboard.press("Space")
    page.keyboard.press("Enter")
    page.wait_for_timeout(300)
    assert page.locator("#desk input:checked").count() == 1 and not Match.objects.exists()


def test_one_is_dragged_onto_the_other(screen, open_page):
    desk, url = screen
    page = open_page(user=desk.bookkeeper)
    page.goto(url)
    source = page.locator(".match-item", has_text="网银入账")
    source.drag_to(page.locator(".match-item", has_text="广告"))
    page.locator("#notes").get_by_text("已对上").wait_for()
    assert Match.objects.get().items.count() == 2


def test_unequal_sums_are_told_and_the_ticks_stay(screen, open_page):
    desk, url = screen
    page = open_page(user=desk.bookkeeper)
    page.goto(url)
    page.locator(BANK).first.check()
    page.locator(BOOK).nth(1).check()
    page.locator("[data-do]").click()
    page.locator(".refusal").get_by_text("相差 165.00 元").wait_for()
    assert page.locator("#desk input:checked").count() == 2


def test_without_scripts_boxes_and_buttons_do_the_same(screen, open_page):
    desk, url = screen
    page = open_page(user=desk.bookkeeper, javascript=False)
    page.goto(url)
    with page.expect_navigation():
        page.get_by_role("button", name="采纳").first.click()
    assert Match.objects.get().items.count() == 2
    page.locator(BANK).last.check()
    for entry in page.locator(BOOK).all()[1:3]:
        entry.check()
    with page.expect_navigation():
        page.locator("[data-do]").click()
    assert sorted(made.items.count() for made in Match.objects.all()) == [2, 3]


def test_axe_finds_nothing_and_nothing_sticks_out(screen, open_page):
    desk, url = screen
    if not AXE.exists():
        cannot_run("no axe-core: run `npm ci` in frontend/")
    box = desk.open_account("cash")
    services.count_cash(
        by=desk.cashier, account=box, period="2026-09", on=day("0930"), counted_fen=0, now=LATER
    )
    desk.keep(line("0904", -4, "短信费"), from_="0904", opening=1, name="2.csv")
    account = f"/bank/accounts/{desk.account.pk}"
    addresses = (
        "/bank/?month=2026-09",
        url,
        f"{account}/statements/",
        f"/bank/statements/{desk.account.statements.last().pk}/",
        f"{account}/sheet/?month=2026-09",
        f"{account}/opening/",
        f"/bank/accounts/{box.pk}/?month=2026-09",
        f"/bank/accounts/{box.pk}/count/",
        f"/bank/accounts/{desk.estate.accounts['seed'].pk}/custody/",
    )
    for width, dark, language in ((1440, False, "zh-CN"), (375, True, "en")):
        page = open_page(user=desk.bookkeeper, width=width, dark=dark, language=language)
        for address in addresses:
            page.goto(address)
            page.evaluate(AXE.read_text("utf-8"))
            found = page.evaluate(
                "(tags) => axe.run(document, {runOnly: {type: 'tag', values: tags}})", STANDARD
            )
            told = [(v["id"], n["html"][:120]) for v in found["violations"] for n in v["nodes"]]
            assert told == [], (address, width)
            assert page.evaluate(SIDEWAYS) <= 0, (address, width)
