"""What was posted: its page, correcting it, undoing it."""

import pytest
from django.urls import reverse

from linli.ledger import queries as ledger
from linli.ledger import services as ledger_services
from linli.vouchers.models import Voucher
from linli.vouchers.tests.conftest import KEY
from tests.books import NOW

pytestmark = pytest.mark.django_db


def url(name, entry, query=""):
    return reverse(f"vouchers:{name}", args=["B000001", entry.number]) + query


def text(response):
    return response.content.decode()


def balance(estate):
    return {a.fund: a.balance_fen for a in ledger.money_accounts(estate.book)}


@pytest.fixture
def sent(estate, category):
    """sent(amount): what the form of a correction sends."""

    def make(amount="200.00", act="submit", **more):
        return {
            "act": act,
            "direction": "in",
            "on": "2026-11-03",
            "money": estate.accounts["common"].pk,
            "rows": "1",
            "row-0-account": category("parking").pk,
            "row-0-amount": amount,
            "summary": "十月停车费",
            "reason": "多记一百元",
        } | more

    return make


def test_the_page_tells_lines_people_leaf_and_papers(log_in, posted):
    entry = posted().entry
    page = text(log_in("auditor").get(url("entry", entry)))
    for said in (entry.leaf.hash, "王秀兰", "李建国", "300.00", "停车场地使用费", "记-202610-001"):
        assert said in page


def test_the_correcting_form_is_filled_with_what_was_posted(log_in, posted):
    entry = posted().entry
    page = text(log_in("bookkeeper").get(url("correct", entry, f"?key={KEY}")))
    assert 'value="300.00"' in page and 'value="十月停车费"' in page and "2026-10-15" in page


def test_a_correction_reverses_and_replaces_and_shows_the_original_date(
    log_in, posted, sent, estate
):
    entry = posted().entry
    log_in("bookkeeper").post(url("correct", entry, f"?key={KEY}"), sent())
    fixed = Voucher.objects.exclude(corrects=None).get()
    assert fixed.state == "waiting" and fixed.reason == "多记一百元"
    log_in("approver").post(reverse("vouchers:approve", args=[fixed.pk]))
    assert balance(estate)["common"] == 120_000
    assert "已由第" in text(log_in("resident").get(url("entry", entry)))
    fixed.refresh_from_db()
    assert "原日期 2026-10-15" in text(log_in("resident").get(url("entry", fixed.entry)))


def test_a_correction_without_a_reason_is_refused_at_its_field(log_in, posted, sent):
    entry = posted().entry
    answer = log_in("bookkeeper").post(url("correct", entry, f"?key={KEY}"), sent(reason=""))
    assert answer.status_code == 422 and "id_reason-error" in text(answer)


def test_a_second_correction_is_refused_while_the_first_is_on_its_way(log_in, posted, sent):
    entry, client = posted().entry, log_in("bookkeeper")
    client.post(url("correct", entry, f"?key={KEY}"), sent())
    answer = client.get(url("correct", entry, "?key=fedcba9876543210"))
    assert answer.status_code == 409 and "记-202611-001" in text(answer)


def test_an_entry_is_undone_with_a_reason_and_others_approval(log_in, posted, estate):
    entry, client = posted().entry, log_in("bookkeeper")
    address = url("reverse", entry, f"?key={KEY}")
    assert client.post(address, {"on": "2026-11-03", "reason": ""}).status_code == 422
    early = client.post(address, {"on": "2026-10-14", "reason": "重复"})
    assert early.status_code == 422 and "更正日期不能早于原日期 2026-10-15" in text(early)
    client.post(address, {"on": "2026-11-03", "reason": "重复入账"})
    voucher = Voucher.objects.exclude(corrects=None).get()
    client.post(reverse("vouchers:submit", args=[voucher.pk]))
    log_in("approver").post(reverse("vouchers:approve", args=[voucher.pk]))
    assert balance(estate)["common"] == 100_000


def test_an_opening_and_a_reversal_are_not_corrected(log_in, estate):
    opening = ledger.entry(estate.book, 1)
    client = log_in("bookkeeper")
    page = text(client.get(url("entry", opening)))
    assert 'aria-disabled="true"' in page
    assert client.get(url("correct", opening, f"?key={KEY}")).status_code == 409


def test_others_see_the_button_with_the_reason_and_cannot_open_the_form(log_in, posted):
    entry = posted().entry
    assert "这一步由记账员办理" in text(log_in("resident").get(url("entry", entry)))
    assert log_in("resident").get(url("correct", entry, f"?key={KEY}")).status_code == 403
    assert log_in("stranger").get(url("entry", entry)).status_code == 404


def test_a_word_that_was_erased_is_told_to_be(log_in, posted, people):
    entry = posted(counterparty="张三丰", person=True).entry
    ledger_services.erase(
        by=people.bookkeeper, entry=entry, field="counterparty", ground="本人申请", now=NOW
    )
    page = text(log_in("bookkeeper").get(url("entry", entry)))
    assert "已依法删除" in page and "张三丰" not in page


def test_an_entry_is_printed_with_its_reversal(log_in, posted, estate, sent):
    entry = posted().entry
    log_in("bookkeeper").post(url("correct", entry, f"?key={KEY}"), sent())
    fixed = Voucher.objects.exclude(corrects=None).get()
    log_in("approver").post(reverse("vouchers:approve", args=[fixed.pk]))
    for number in range(1, ledger.head(estate.book)[0]):
        address = reverse("vouchers:entry_pdf", args=["B000001", number])
        answer = log_in("auditor").get(address)
        if answer.status_code != 404:
            assert answer.content.startswith(b"%PDF")


def test_an_imported_entry_has_a_page_and_a_paper_too(log_in, estate):
    estate.post(estate.draft(words={"summary": "停车费", "voucher": "收-0012"}))
    entry = ledger.entry(estate.book, 2)
    client = log_in("bookkeeper")
    page = text(client.get(url("entry", entry)))
    assert "导入，未经系统审批" in page and "收-0012" in page
    assert client.get(url("entry_pdf", entry)).content.startswith(b"%PDF")


def test_the_page_costs_the_same_however_many_lines_there_are(
    log_in, posted, django_assert_max_num_queries
):
    entry = posted().entry
    client = log_in("auditor")
    client.get(url("entry", entry))
    with django_assert_max_num_queries(22):
        client.get(url("entry", entry))
