"""A bookkeeper tries to spend common income without a decision, and understands why not."""

from __future__ import annotations

import pytest

from linli.vouchers.models import Voucher
from tests.journeys.hands import confirm, faults_of, fill_voucher, photo

pytestmark = pytest.mark.journey
TYPED = {"summary": "楼道照明灯具采购", "counterparty": "明光电气安装部", "document": "FP0913"}


@pytest.mark.parametrize(("width", "javascript"), [(1440, True), (375, False)])
def test_spending_without_a_decision_is_refused_and_nothing_is_lost(
    group, open_page, width, javascript
):
    page = open_page(user=group.bookkeeper, width=width, javascript=javascript)
    page.goto(f"/vouchers/new/{group.book.code}/")
    fill_voucher(
        page,
        on=group.day(20),
        money="业委会专户",
        category="共用部位维修",
        yuan="1860.50",
        papers={"发票.jpg": photo()},
        **TYPED,
    )
    page.get_by_role("button", name="保存并提交审批").click()

    refusal = page.locator(".refusal").first
    refusal.wait_for()
    assert "须有业主共同决定" in refusal.inner_text()
    assert "民法典第278条" in refusal.inner_text()
    assert not Voucher.objects.filter(state="waiting").exists()
    if javascript:
        assert faults_of(page) == []
    _read_the_law(refusal)

    _nothing_is_lost(page, group)
    page.locator("[name=decision]").fill("业主大会决议〔2026〕3号")
    page.get_by_role("button", name="保存并提交审批").click()
    page.get_by_text("待审批").first.wait_for()
    voucher = Voucher.objects.get()
    assert (voucher.state, voucher.decision) == ("waiting", "业主大会决议〔2026〕3号")
    assert voucher.papers.count() == 1

    approver = open_page(user=group.approver, width=width)
    approver.goto(f"/vouchers/{voucher.pk}/")
    confirm(approver, "同意")
    approver.get_by_role("link", name="号分录").first.wait_for()


def _read_the_law(refusal) -> None:
    """The chip opens to what the law says."""
    chip = refusal.locator("details", has_text="民法典第278条").first
    chip.locator("summary").click()
    assert len(chip.inner_text()) > 20


def _nothing_is_lost(page, group) -> None:
    """Whatever was typed, chosen and photographed still stands in the form."""
    for name, value in TYPED.items():
        assert page.locator(f"[name={name}]").input_value() == value
    assert page.locator("[name=on]").input_value() == group.day(20).isoformat()
    assert page.locator("[name=row-0-amount]").input_value() == "1860.50"
    category = page.locator("[name=row-0-account] option:checked").inner_text()
    assert category == "共用部位维修"
    assert page.locator("[name=paper]:checked").count() == 1
