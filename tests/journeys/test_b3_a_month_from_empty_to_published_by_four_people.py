"""A month from its first voucher to the public page, by four people who each do their part."""

from __future__ import annotations

import csv
import io
import subprocess
import sys

import pytest

from linli.kernel.money import plain, yuan
from tests.journeys.conftest import OPENINGS_FEN, Group
from tests.journeys.hands import choose, confirm, faults_of, fill_voucher, photo, send_back

pytestmark = pytest.mark.journey
PARKING, REPAIR, ENERGY, STALLS = 300_000, 600_000, 40_000, 35_000
NET = PARKING + STALLS - ENERGY
CLOSING = OPENINGS_FEN["common"] + NET - REPAIR


@pytest.fixture
def pages(group: Group, open_page):
    """Each of the four at a computer of their own."""
    return {
        role: open_page(user=getattr(group, role))
        for role in ("bookkeeper", "cashier", "approver", "resident")
    }


def test_a_month_from_empty_to_published_by_four_people(group, pages, open_page):
    _draft_three_vouchers(group, pages["bookkeeper"])
    _issue_and_gather_receipts(group, pages)
    _approve(group, pages)
    _reconcile(group, pages["bookkeeper"])
    _close_sign_publish(group, pages)
    _anybody_sees_the_figures(group, open_page(width=375))
    _a_stranger_verifies_the_folder(group)


def _new(group: Group, page, direction: str) -> None:
    page.goto("/vouchers/")
    page.get_by_role("link", name="填凭证").first.click()
    page.locator("#voucher-form").wait_for()
    page.get_by_role("link", name={"in": "收入", "out": "支出"}[direction], exact=True).click()
    page.locator(f"[name=direction][value={direction}]").wait_for(state="attached")


def _draft_three_vouchers(group: Group, page) -> None:
    _new(group, page, "in")
    fill_voucher(
        page,
        on=group.day(3),
        money="业委会专户",
        category="停车场地使用费",
        yuan="3000",
        summary="地面停车月租 15 个车位",
        counterparty="业主",
        document="SJ0001",
        papers={"停车费收据.jpg": photo()},
    )
    page.get_by_role("button", name="保存并提交审批").click()
    page.get_by_text("附单据 1 张").wait_for()

    _new(group, page, "out")
    fill_voucher(
        page,
        on=group.day(12),
        money="业委会专户",
        category="补充专项维修资金",
        yuan="6000",
        summary="补充专项维修资金",
        counterparty="住建局维修资金专户",
        decision="业主大会决议〔2026〕1号",
    )
    page.get_by_role("button", name="保存并提交审批").click()
    page.get_by_text("两人审批").first.wait_for()

    _new(group, page, "out")
    fill_voucher(
        page,
        on=group.day(15),
        money="业委会专户",
        category="能耗",
        yuan="440",
        summary="快递柜与道闸用电",
        counterparty="供电公司",
        ground="本月电费账单",
    )
    page.get_by_role("button", name="保存并提交审批").click()
    page.get_by_role("heading", name="可以办的事").wait_for()


def _issue_and_gather_receipts(group: Group, pages) -> None:
    cashier, bookkeeper = pages["cashier"], pages["bookkeeper"]
    for fen, payer in ((20_000, "新邻里生鲜店"), (15_000, "王桂芳")):
        cashier.goto("/vouchers/receipts/")
        cashier.get_by_role("link", name="开收据").first.click()
        choose(cashier.locator("[name=category]"), "场地租赁费")
        assert faults_of(cashier) == []
        cashier.locator("[name=received_on]").fill(group.day(18).isoformat())
        cashier.locator("[name=amount]").fill(yuan(fen))
        cashier.locator("[name=payer]").fill(payer)
        cashier.locator("[name=summary]").fill("便民集市摊位费")
        cashier.get_by_role("button", name="开具收据").click()
        cashier.get_by_text("已开具第").wait_for()
    bookkeeper.goto("/vouchers/receipts/")
    bookkeeper.get_by_role("link", name="汇总").first.click()
    bookkeeper.locator("[name=on]").fill(group.day(18).isoformat())
    assert faults_of(bookkeeper) == []
    bookkeeper.get_by_role("button", name="生成凭证草稿").click()
    bookkeeper.get_by_role("button", name="提交审批").click()
    bookkeeper.get_by_role("heading", name="可以办的事").wait_for()


def _from_desk(page, words: str) -> None:
    """Open the task that waits on the desk."""
    page.goto("/desk/")
    page.get_by_role("link", name=words).first.click()
    page.wait_for_load_state()


def _approve(group: Group, pages) -> None:
    approver, resident = pages["approver"], pages["resident"]
    _from_desk(approver, "快递柜与道闸用电")
    send_back(approver, "账单是 400 元，请核对")

    bookkeeper = pages["bookkeeper"]
    _from_desk(bookkeeper, "快递柜与道闸用电")
    assert "账单是 400 元，请核对" in bookkeeper.locator("main").inner_text()
    bookkeeper.get_by_role("link", name="修改").click()
    bookkeeper.locator("[name=row-0-amount]").fill("400")
    bookkeeper.get_by_role("button", name="保存并提交审批").click()
    bookkeeper.get_by_role("heading", name="可以办的事").wait_for()

    for words in ("地面停车月租", "快递柜与道闸用电", "汇总"):
        _from_desk(approver, words)
        confirm(approver, "同意")
        approver.get_by_role("link", name="号分录").first.wait_for()
    _from_desk(approver, "补充专项维修资金")
    confirm(approver, "同意")
    assert not approver.get_by_role("link", name="号分录").count()

    _from_desk(resident, "补充专项维修资金")
    confirm(resident, "同意")
    resident.get_by_role("link", name="号分录").first.wait_for()


def _reconcile(group: Group, page) -> None:
    _import_the_banks_file(group, page)
    page.get_by_role("link", name="去对账").click()
    page.get_by_role("button", name="自动").click()
    page.get_by_text("自动对上 4 组").wait_for()
    assert "月末没有未达账项" in page.locator("main").inner_text()


def _import_the_banks_file(group: Group, page) -> None:
    """As it was downloaded, through the wizard: upload, what each column is, dry run, save."""
    page.goto("/bank/")
    page.get_by_role("link", name="业委会专户", exact=True).click()
    page.get_by_role("link", name="对账单").first.click()
    page.get_by_role("link", name="导入对账单").first.click()
    page.locator("[name=file]").set_input_files(
        {"name": "明细.csv", "mimeType": "text/csv", "buffer": _the_banks_file(group)}
    )
    page.get_by_role("button", name="上传").click()
    page.get_by_text("已认出版式：通用格式").wait_for()
    assert faults_of(page) == []
    page.get_by_role("button", name="保存并试算").click()
    chosen = page.get_by_label("属于哪个账户").locator("option:checked")
    assert chosen.inner_text().startswith("业委会专户")
    page.get_by_label("自哪天起").fill(group.period.first_on.isoformat())
    page.get_by_label("到哪天止").fill(group.period.last_on.isoformat())
    page.get_by_role("button", name="试算").click()
    page.get_by_role("button", name="保存 4 笔新流水").wait_for()
    assert faults_of(page) == []
    page.get_by_role("button", name="保存 4 笔新流水").click()
    page.get_by_role("heading", name="导入结果").wait_for()


def _the_banks_file(group: Group) -> bytes:
    """Four lines in the bank's own encoding, the newest on top."""
    rows, balance = [], OPENINGS_FEN["common"]
    for day, fen, words, other in (
        (3, PARKING, "停车", "业主"),
        (12, -REPAIR, "维修资金", "住建局维修资金专户"),
        (15, -ENERGY, "电费", "供电公司"),
        (18, STALLS, "摊位", "现金缴存"),
    ):
        balance += fen
        sums = (plain(fen), "") if fen > 0 else ("", plain(-fen))
        rows.append((group.day(day).isoformat(), words, *sums, plain(balance), other))
    out = io.StringIO()
    table = csv.writer(out)
    table.writerow(("交易日期", "摘要", "收入", "支出", "余额", "对方户名"))
    table.writerows(reversed(rows))
    return out.getvalue().encode("gb18030")


def _close_sign_publish(group: Group, pages) -> None:
    address = f"/months/{group.book.code}/{group.period.code}/"
    page = pages["bookkeeper"]
    page.goto(address)
    asked = page.locator(".check-form")
    assert asked.count() >= 1
    assert faults_of(page) == []
    assert not page.locator("details.confirm > summary", has_text="提交封存").count()
    for n in range(asked.count()):
        page.locator(f"#answer-{n + 1}").fill("慈善总会下月初出具余额确认单")
        page.locator(".check-form").nth(n).get_by_role("button").click()
        page.locator(".check-row.check-done .check-form").nth(n).wait_for()
    confirm(page, "提交封存")
    for role in ("approver", "resident"):
        _from_desk(pages[role], "碧海家园")
        confirm(pages[role], "签字")
    page.goto(address)
    assert "已封存" in page.locator("main").inner_text()
    confirm(page, "公示")
    assert "公示中" in page.locator("main").inner_text()
    assert faults_of(page) == []


def _anybody_sees_the_figures(group: Group, page) -> None:
    page.goto("/")
    page.get_by_label("找您的小区").fill("碧海")
    page.get_by_role("button", name="查找").click()
    page.get_by_role("link", name="碧海家园").first.click()
    page.get_by_role("link", name="看本月全部收支").click()
    page.locator("#money").wait_for()
    told = page.locator("#money").locator("..").inner_text()
    for fen in (PARKING, STALLS, ENERGY, REPAIR, NET, CLOSING):
        assert yuan(fen) in told, yuan(fen)
    assert "慈善总会下月初出具余额确认单" in page.locator("main").inner_text()


def _a_stranger_verifies_the_folder(group: Group) -> None:
    folder = group.own.data / "public"
    done = subprocess.run(
        [sys.executable, "-I", str(folder / "verify.py"), str(folder)],
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    assert done.returncode == 0, done.stdout + done.stderr
    assert group.period.code in done.stdout
