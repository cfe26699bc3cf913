"""The gallery in a real browser: accessible, worked by keyboard, whole at every width."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.databases import cannot_run

AXE = Path(__file__).parents[3] / "frontend" / "node_modules" / "axe-core" / "axe.min.js"
STANDARD = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]
GALLERY = "/components/"
SIDEWAYS = "document.documentElement.scrollWidth - document.documentElement.clientWidth"

pytestmark = pytest.mark.journey


@pytest.fixture
def gallery(open_page):
    def one(**options):
        page = open_page(**options)
        page.goto(GALLERY)
        page.wait_for_selector("figure.chart")
        return page

    return one


def faults_of(page):
    if not AXE.exists():
        cannot_run("no axe-core: run `npm ci` in frontend/")
    page.evaluate(AXE.read_text("utf-8"))
    found = page.evaluate(
        "(tags) => axe.run(document, {runOnly: {type: 'tag', values: tags}})", STANDARD
    )
    return [
        (fault["id"], node["html"][:160], node.get("failureSummary", "")[:200])
        for fault in found["violations"]
        for node in fault["nodes"]
    ]


def test_axe_finds_nothing_and_nothing_sticks_out(gallery):
    for width in (375, 1440):
        for dark in (False, True):
            page = gallery(width=width, dark=dark, language="en" if dark else "zh-CN")
            for figure in page.locator("figure.chart").all():
                figure.scroll_into_view_if_needed()
            page.wait_for_selector("figure.is-drawn >> nth=1")
            assert page.evaluate(SIDEWAYS) <= 0, (width, dark)
            assert faults_of(page) == [], (width, dark)


@pytest.mark.parametrize("path", ["/fault/404/", "/fault/refused/"])
def test_axe_finds_nothing_on_pages_that_say_no(open_page, path):
    page = open_page(width=375)
    page.goto(path)
    assert faults_of(page) == []
    assert page.evaluate(SIDEWAYS) <= 0


def test_axe_finds_a_fault_that_is_there(gallery):
    page = gallery()
    page.evaluate("document.querySelector('main').innerHTML += '<img src=x><input>'")
    assert {"image-alt", "label"} <= {fault[0] for fault in faults_of(page)}


def test_an_open_question_is_accessible_and_gives_the_focus_back(gallery):
    page = gallery()
    opener = page.locator("details.confirm > summary")
    opener.focus()
    page.keyboard.press("Enter")
    assert page.locator("#confirm-seal").evaluate("d => d.matches(':modal')")
    assert faults_of(page) == []
    page.keyboard.press("Escape")
    assert opener.evaluate("e => e === document.activeElement")


def test_without_scripts_the_question_opens_in_place_and_tables_stand_for_charts(gallery):
    page = gallery(javascript=False)
    assert not page.locator("#confirm-seal").is_visible()
    page.locator("details.confirm > summary").click()
    assert page.locator("#confirm-seal button[type=submit]").is_visible()
    assert page.locator("#chart-trend table").is_visible()
    assert not page.locator("#chart-trend .chart-picture").is_visible()


def test_the_bank_is_matched_by_keyboard(gallery):
    page = gallery()
    page.locator("[data-side=bank] input >> nth=0").focus()
    for key in ("Space", "ArrowDown", "Space"):
        page.keyboard.press(key)
    assert page.locator("[data-sum=bank]").inner_text() == "−1,832.45"
    assert page.locator("[data-sum=left]").inner_text() == "−14,692.45"
    page.keyboard.press("ArrowRight")
    page.keyboard.press("ArrowDown")
    focused = "document.activeElement.value"
    assert page.evaluate(focused) == "e3"
    page.evaluate(
        "document.querySelector('form[data-match]').addEventListener('submit', (event) => {"
        "event.preventDefault(); window.sent = [...new FormData(event.target)].map(String)})"
    )
    page.keyboard.press("Space")
    page.keyboard.press("Enter")
    sent = page.evaluate("window.sent")
    assert {"bank,b2", "book,e1", "book,e2", "book,e3"} <= set(sent)


def test_a_chart_turns_into_its_table_by_one_key(gallery):
    page = gallery()
    figure = page.locator("#chart-trend")
    figure.scroll_into_view_if_needed()
    page.wait_for_selector("#chart-trend.is-drawn svg")
    figure.locator("[data-toggle]").focus()
    page.keyboard.press("t")
    assert figure.locator("table").is_visible()
    assert not figure.locator(".chart-picture").is_visible()
    page.keyboard.press("t")
    assert figure.locator(".chart-picture").is_visible()


def test_an_amount_is_echoed_while_it_is_typed(gallery):
    page = gallery()
    field = page.locator("#clean_amount")
    field.fill("12.3")
    assert page.locator("#clean_amount-echo").inner_text() == "人民币壹拾贰元叁角"
    field.fill("12.345")
    assert page.locator("#clean_amount-echo").inner_text() == ""


def test_a_form_that_was_left_comes_back_filled_in(gallery):
    page = gallery()
    page.locator("#clean_amount").fill("77")
    page.reload()
    assert page.locator("#clean_amount").input_value() == "77"
    page.locator("[data-draft-note] button").click()
    assert page.locator("#clean_amount").input_value() == "1409.50"
    page.reload()
    assert page.locator("#clean_amount").input_value() == "1409.50"


def test_files_are_listed_with_their_size_before_they_are_sent(gallery):
    page = gallery()
    page.locator("#clean_papers").set_input_files(
        [{"name": "合同.pdf", "mimeType": "application/pdf", "buffer": b"x" * 3000}]
    )
    line = page.locator("#clean_papers-field .file-list li").inner_text()
    assert "合同.pdf" in line
    assert "3 KB" in line


def test_the_theme_changes_at_once_and_is_kept(gallery):
    page = gallery()
    theme = "document.documentElement.dataset.bsTheme"
    assert page.evaluate(theme) == "light"
    page.locator(".bar summary:has(svg[role=img])").click()
    page.locator(".bar a[data-theme-to=dark]").click()
    assert page.evaluate(theme) == "dark"
    page.reload()
    assert page.evaluate(theme) == "dark"


def test_ticked_rows_are_counted_and_taken_together(gallery):
    page = gallery()
    bar = page.locator(".bulk")
    assert bar.locator("button").is_disabled()
    page.locator("[data-row] >> nth=1").click()
    page.locator("[data-row] >> nth=4").click(modifiers=["Shift"])
    assert "4" in bar.inner_text()
    page.locator("[data-all]").click()
    assert "25" in bar.inner_text()


def test_copied_money_is_a_number_to_a_spreadsheet(gallery):
    page = gallery()
    copied = page.evaluate(
        """() => {
            getSelection().selectAllChildren(document.querySelector('#list tbody'));
            const event = new ClipboardEvent('copy', {clipboardData: new DataTransfer(), bubbles: true, cancelable: true});
            document.querySelector('#list tbody').dispatchEvent(event);
            return event.clipboardData.getData('text/html');
        }"""
    )
    assert "-1,832.45" in copied
    assert "−1,832.45" not in copied
