"""The public pages in a real browser: a resident with one hand, an old notice, a receipt file."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from linli.disclosure import services as disclosure
from linli.disclosure.models import Release
from linli.kernel.keys import Signer
from linli.kernel.roles import APPROVER, AUDITOR, BOOKKEEPER, CASHIER, RESIDENT, SECRETARY, STREET
from linli.ledger import services as ledger
from linli.ledger.models import Log
from linli.oversight import services as oversight
from linli.portal.tests.conftest import LATER, NOW, Told, tell
from linli.web.tests.test_browser import SIDEWAYS, faults_of
from tests.people import ESTATE, OTHER, People, lay_places, make_person

pytestmark = [pytest.mark.journey, pytest.mark.own_database]
PATHS = (
    "/",
    "/?q=碧海",
    "/e/B000001/",
    "/e/B000001/2026-10/",
    "/e/B000001/2026-10/common/closing/",
    "/e/B000001/2026-10/project/P-1/",
    "/e/B000001/2026-10/bank/1/",
    "/e/B000001/2026-10/object/common/income/parking/",
    "/e/B000001/n/2/",
    "/e/B000001/n/99/",
    "/e/B000001/qr/",
    "/o/",
    "/verify/",
    "/api/",
    "/v/B000001/2026-10/00000000",
)


@pytest.fixture
def here(own_database, server) -> Told:
    lay_places()
    people = People(
        bookkeeper=make_person("books", "王秀兰", BOOKKEEPER, ESTATE),
        second_bookkeeper=make_person("books2", "孙丽", BOOKKEEPER, ESTATE),
        cashier=make_person("cash", "赵敏", CASHIER, ESTATE),
        approver=make_person("party", "李建国", APPROVER, ESTATE),
        resident=make_person("resident", "陈伟", RESIDENT, ESTATE),
        secretary=make_person("secretary", "周芳", SECRETARY, "370614001001"),
        street=make_person("street", "刘洋", STREET, "370614001"),
        auditor=make_person("auditor", "何静", AUDITOR, ESTATE),
        stranger=make_person("stranger", "吴磊", BOOKKEEPER, OTHER),
    )
    return tell(people)


def root_of(told: Told, period: str) -> str:
    page = told.client.get(f"{told.url}{period}/").content.decode()
    return re.search(rf"/v/B000001/{period}/([0-9a-f]{{8}})", page)[1]


def test_axe_finds_nothing_and_nothing_sticks_out(here, open_page):
    for width, dark, language in ((375, False, "zh-CN"), (1440, True, "en")):
        page = open_page(width=width, dark=dark, language=language)
        for path in (*PATHS, f"/r/{here.receipt.code}/"):
            page.goto(path)
            assert page.evaluate(SIDEWAYS) <= 0, (path, width)
            assert faults_of(page) == [], (path, width)
        assert page.context.cookies() == []


def test_a_resident_finds_the_estate_follows_a_figure_and_objects(here, open_page):
    page = open_page(width=375)
    page.goto("/")
    page.get_by_label("找您的小区").fill("bhjy")
    page.keyboard.press("Enter")
    page.get_by_role("link", name=re.compile("碧海家园")).first.click()
    page.get_by_role("link", name="看本月全部收支").click()
    page.get_by_role("link", name=re.compile(r"^120\.00.*停车场地使用费")).click()
    page.get_by_role("link", name="十月车位费汇总", exact=True).click()
    page.locator("main", has_text="叶哈希").wait_for()
    page.go_back()
    page.get_by_role("link", name="我有异议").click()
    page.get_by_label("您认为哪里不对").fill("我交了三百元，这里只有一百二十元")
    page.get_by_label("您的电话").fill("13805351234")
    page.wait_for_timeout(3100)
    page.get_by_role("button", name="提交异议").click()
    query = page.locator("#query").inner_text()
    assert re.fullmatch(r"[A-Z2-9]{4} [A-Z2-9]{4}", query)
    page.get_by_role("link", name="查询异议").first.click()
    page.get_by_label("查询号").fill(query)
    page.get_by_label("电话后四位").fill("1234")
    page.get_by_role("button", name="查询").click()
    page.locator("main", has_text="三百元").wait_for()
    assert "待答复" not in page.inner_text("h1")
    assert page.context.cookies() == []


def verdict(page) -> str:
    page.wait_for_selector(".verdict-good, .verdict-bad")
    return page.locator(".verdict").inner_text()


def test_an_old_notice_is_proved_in_the_browser_after_a_later_month_was_sealed(here, open_page):
    root = root_of(here, "2026-09")
    here.publish("2026-11", LATER)
    page = open_page(width=375)
    page.goto(f"/v/B000001/2026-09/{root}")
    assert "通过" in verdict(page)
    said = page.locator(".checks").inner_text()
    assert "签名成立" in said and "只有增加" in said
    assert "1,095.00" in page.locator(".proved").inner_text()
    page.reload()
    assert (
        "通过" in verdict(page) and "在本机看到的账本相比" in page.locator(".checks").inner_text()
    )


def forged(text: str) -> str:
    """A checkpoint with another root under the old signature."""
    origin, size, _root, *rest = text.split("\n")
    return "\n".join([origin, size, "A" * 43 + "=", *rest])


def test_a_site_that_lies_is_found_out(here, open_page):
    root = root_of(here, "2026-09")
    page = open_page()
    lies = {
        "**/p/B000001/checkpoint": lambda answer: forged(answer.text()),
        "**/p/B000001/consistency*": lambda answer: answer.text().replace("\n", "\nAAAA", 1),
        "**/p/B000001/leaf*": lambda answer: answer.text().replace("2026-09", "2026-10"),
        "**/statement.json*": lambda answer: answer.text().replace("10000", "20000", 1),
    }
    for where, lie in lies.items():
        page.route(where, lying(lie))
        page.goto(f"/v/B000001/2026-09/{root}")
        assert "没有通过" in verdict(page), where
        page.unroute(where)
    page.goto(f"/v/B000001/2026-09/{root}")
    assert "通过：" in verdict(page)


def lying(lie):
    """A handler that answers with what the site said, changed."""

    def handle(route) -> None:
        answer = route.fetch()
        route.fulfill(response=answer, body=lie(answer))

    return handle


def test_a_book_that_was_replaced_does_not_agree_with_what_this_browser_remembers(here, open_page):
    root = root_of(here, "2026-09")
    page = open_page()
    page.goto(f"/v/B000001/2026-09/{root}")
    assert "通过" in verdict(page)
    page.evaluate(
        """() => {
          const key = Object.keys(localStorage).find((name) => name.startsWith("linli:"));
          const kept = JSON.parse(localStorage.getItem(key));
          const lines = kept.checkpoint.split("\\n");
          lines[2] = "A".repeat(43) + "=";
          localStorage.setItem(key, JSON.stringify({ ...kept, checkpoint: lines.join("\\n") }));
        }"""
    )
    page.reload()
    assert "没有通过" in verdict(page) and "接不上" in page.locator(".checks").inner_text()


def test_a_receipt_file_and_an_old_checkpoint_are_proved_and_a_changed_one_is_not(
    here, open_page, tmp_path: Path
):
    receipt = tmp_path / "r.tlog-proof"
    receipt.write_bytes(here.client.get(f"/r/{here.receipt.code}/proof").content)
    folder = here.client.get("/public/B000001/2026-09/checkpoint").content
    kept = tmp_path / "checkpoint"
    kept.write_bytes(folder)
    page = open_page(width=375)
    page.goto("/verify/")
    page.set_input_files("#held-file", str(receipt))
    assert "120.00 元在账里" in verdict(page)
    assert page.locator(".proved a").get_attribute("href").startswith("/e/B000001/n/")
    page.set_input_files("#held-file", str(kept))
    page.locator(".verdict", has_text="检查点").wait_for()
    assert "只有增加" in verdict(page)
    changed = tmp_path / "changed.tlog-proof"
    lines = receipt.read_text().split("\n")
    lines[-2] = lines[-2][:-8] + "AAAAAAA="
    changed.write_text("\n".join(lines))
    page.set_input_files("#held-file", str(changed))
    page.wait_for_selector(".verdict-bad")
    other = tmp_path / "photo.txt"
    other.write_text("hello")
    page.set_input_files("#held-file", str(other))
    page.locator(".checks", has_text="这不是收据").wait_for()


def test_a_browser_that_knows_the_old_key_follows_its_change_but_no_other_key(
    here, open_page, tmp_path: Path
):
    """What was held before the change still proves: notice, receipt file, this browser's memory."""
    root, origin = root_of(here, "2026-09"), f"linli/370614/{here.book.code}"
    receipt = tmp_path / "r.tlog-proof"
    receipt.write_bytes(here.client.get(f"/r/{here.receipt.code}/proof").content)
    page = open_page(width=375)
    page.goto(f"/v/B000001/2026-09/{root}")
    assert "通过" in verdict(page)
    log = Log.objects.get(origin=origin)
    done = ledger.change_key(by=None, log=log, now=LATER)
    page.reload()
    assert verdict(page).startswith("通过")
    said = page.locator(".checks").inner_text()
    assert done.old.fingerprint in said and done.new.fingerprint in said and "交接成立" in said
    assert "换钥，此前" in page.inner_text("main")
    page.reload()
    assert verdict(page).startswith("通过")
    assert "交接成立" not in page.locator(".checks").inner_text()
    page.set_input_files("#held-file", str(receipt))
    page.locator(".verdict", has_text="120.00 元在账里").wait_for()
    page.evaluate(
        """(vkey) => {
          const key = Object.keys(localStorage).find((name) => name.startsWith("linli:"));
          const kept = JSON.parse(localStorage.getItem(key));
          localStorage.setItem(key, JSON.stringify({ ...kept, vkey }));
        }""",
        str(Signer(origin, bytes(32)).verifier),
    )
    page.reload()
    assert "没有通过" in verdict(page) and "换了一本账" in page.locator(".checks").inner_text()


def test_without_scripts_the_pages_say_what_to_do(here, open_page):
    page = open_page(width=375, javascript=False)
    root = root_of(here, "2026-09")
    page.goto(f"/v/B000001/2026-09/{root}")
    said = page.inner_text("main")
    assert "verify.py" in said and "JavaScript" in said and root[:4] in said
    page.goto("/e/B000001/")
    assert page.locator(".chart-table table").count() == 2
    page.goto("/e/B000001/2026-10/object/common/income/parking/")
    page.get_by_label("您认为哪里不对").fill("没有脚本也能提出异议")
    page.get_by_label("您的电话").fill("13805351234")
    page.wait_for_timeout(3100)
    page.get_by_role("button", name="提交异议").click()
    page.locator("#query").wait_for()


def test_the_month_prints_without_furniture(here, open_page):
    page = open_page()
    page.goto("/e/B000001/2026-10/")
    page.emulate_media(media="print")
    for hidden in (".public-bar", ".doubt-link", "#chat"):
        assert not page.locator(hidden).first.is_visible(), hidden
    assert page.locator("table.figures").first.is_visible()


def test_the_staffs_side_is_as_accessible(here, open_page):
    who, book = here.people, here.book
    objection = disclosure.object_to(
        by=None,
        release=Release.objects.get(book=book, period="2026-10"),
        figure="common/income/parking",
        text="我住3号楼2单元101室，三百元不见了",
        phone="13805351234",
        now=NOW,
    )
    row = oversight.raise_followup(
        by=who.street, book=book, period="2026-09", text="请说明九月迟公示的原因", now=NOW
    )
    for width, dark in ((375, True), (1440, False)):
        street = open_page(user=who.street, width=width, dark=dark)
        for path in ("", f"books/{book.code}/", "followups/", f"followups/{row.pk}/"):
            check(street, f"/oversight/{path}")
        party = open_page(user=who.approver, width=width, dark=dark)
        for path in ("objections/", f"objections/{objection.pk}/", f"beside/{book.code}/"):
            check(party, f"/disclosure/{path}")


def check(page, path: str) -> None:
    page.goto(path)
    assert page.evaluate(SIDEWAYS) <= 0, path
    assert faults_of(page) == [], path
