"""A voucher becomes an entry only by others' hands; receipts keep their numbers."""

from datetime import date, timedelta

import pytest

from linli.files import services as files
from linli.kernel.rulings import Refused
from linli.ledger import queries as ledger
from linli.ledger import services as ledger_services
from linli.ledger.models import Account
from linli.people.queries import scope_of
from linli.vouchers import queries, services
from linli.vouchers.models import Receipt, Voucher
from linli.vouchers.receipt_rules import ReceiptRow
from linli.vouchers.tests.conftest import DAY
from tests.books import NOW
from tests.people import ESTATE, OTHER

pytestmark = pytest.mark.django_db


def reasons(caught):
    return " ".join(str(reason) for reason in caught.value.ruling.reasons)


def balance(estate):
    return {a.fund: a.balance_fen for a in ledger.money_accounts(estate.book)}


def test_a_draft_posts_nothing(draft, estate):
    voucher = draft()
    assert voucher.state == "draft" and voucher.number == "记-202610-001"
    assert balance(estate)["common"] == 100_000


def test_approval_by_another_person_posts_the_entry(posted, estate):
    voucher = posted()
    assert voucher.state == "posted"
    assert balance(estate)["common"] == 130_000
    assert voucher.entry.wording.voucher == voucher.number
    assert voucher.entry.prepared_by_id == voucher.prepared_by_id
    assert voucher.entry.approved_by.name == "李建国"


def test_the_preparer_cannot_approve(draft, people, estate):
    voucher = draft()
    services.submit(by=people.bookkeeper, voucher=voucher, now=NOW)
    with pytest.raises(Refused):
        services.approve(by=people.bookkeeper, voucher=voucher, now=NOW)
    assert balance(estate)["common"] == 100_000


@pytest.mark.parametrize("who", ["cashier", "street", "auditor", "stranger", "second_bookkeeper"])
def test_nobody_else_approves(draft, people, who):
    voucher = draft()
    services.submit(by=people.bookkeeper, voucher=voucher, now=NOW)
    with pytest.raises(Refused):
        services.approve(by=getattr(people, who), voucher=voucher, now=NOW)
    voucher.refresh_from_db()
    assert voucher.state == "waiting"


def test_a_large_payment_waits_for_the_resident_after_the_approver(draft, people, estate):
    ledger_services.post(
        by=None, book=estate.book, drafts=[estate.draft(fen=900_000)], now=NOW, salt=estate.salt
    )
    voucher = draft(direction="out", category="energy", fen=600_000, summary="电费")
    services.submit(by=people.bookkeeper, voucher=voucher, now=NOW)
    voucher = services.approve(by=people.approver, voucher=voucher, now=NOW)
    assert voucher.state == "waiting" and voucher.large
    with pytest.raises(Refused):
        services.approve(by=people.approver, voucher=voucher, now=NOW)
    voucher = services.approve(by=people.resident, voucher=voucher, now=NOW)
    assert voucher.state == "posted" and voucher.entry.seconded_by == people.resident


def test_sending_it_back_tells_why_and_the_preparer_mends_it(draft, people, estate):
    voucher = draft()
    services.submit(by=people.bookkeeper, voucher=voucher, now=NOW)
    with pytest.raises(Refused):
        services.send_back(by=people.approver, voucher=voucher, reason=" ", now=NOW)
    services.send_back(by=people.approver, voucher=voucher, reason="缺发票", now=NOW)
    voucher.refresh_from_db()
    assert voucher.state == "returned"
    voucher = draft(voucher=voucher, fen=20_000)
    services.submit(by=people.bookkeeper, voucher=voucher, now=NOW + timedelta(hours=1))
    services.approve(by=people.resident, voucher=voucher, now=NOW + timedelta(hours=2))
    assert balance(estate)["common"] == 120_000


def test_what_would_refuse_the_posting_refuses_the_handing_in(draft, people):
    voucher = draft(direction="out", category="committee", fen=900_000, summary="业委会经费")
    with pytest.raises(Refused) as caught:
        services.submit(by=people.bookkeeper, voucher=voucher, now=NOW)
    found = {reason.field for reason in caught.value.ruling.reasons}
    assert {"decision", "amount"} <= found
    voucher.refresh_from_db()
    assert voucher.state == "draft"


def test_a_form_sent_twice_gives_one_voucher(draft):
    assert draft().pk == draft().pk
    assert Voucher.objects.count() == 1


def test_a_form_sent_twice_with_other_content_is_refused_and_names_the_first(draft):
    first = draft()
    with pytest.raises(Refused) as caught:
        draft(fen=99_900)
    assert first.number in reasons(caught)
    assert Voucher.objects.count() == 1


def test_another_bookkeeper_does_not_change_a_draft(draft, people):
    voucher = draft()
    with pytest.raises(Refused):
        draft(voucher=voucher, by=people.second_bookkeeper, fen=1)


def test_a_draft_moved_to_another_month_takes_its_next_number(draft):
    voucher = draft()
    voucher = draft(voucher=voucher, on=date(2026, 11, 2))
    assert voucher.number == "记-202611-001"


def test_papers_of_another_place_are_refused(draft, people):
    mine = files.keep(
        by=people.bookkeeper, content=b"invoice 1", name="a.txt", place=ESTATE, now=NOW
    )
    foreign = files.keep(
        by=people.stranger, content=b"invoice 2", name="b.txt", place=OTHER, now=NOW
    )
    assert draft(papers=[mine.pk]).paper_count == 1
    with pytest.raises(Refused) as caught:
        draft(key="k2", papers=[mine.pk, foreign.pk])
    assert caught.value.ruling.reasons[0].field == "papers"


def test_voiding_needs_a_reason_and_keeps_the_number(draft, people):
    voucher = draft()
    with pytest.raises(Refused):
        services.void(by=people.bookkeeper, voucher=voucher, reason="", now=NOW)
    services.void(by=people.bookkeeper, voucher=voucher, reason="重复", now=NOW)
    assert draft(key="k2").number == "记-202610-002"


def test_a_waiting_voucher_that_is_voided_no_longer_waits_on_anybody(draft, people):
    voucher = draft()
    services.submit(by=people.bookkeeper, voucher=voucher, now=NOW)
    services.void(by=people.bookkeeper, voucher=voucher, reason="重复", now=NOW)
    assert not queries.case(voucher).waits.exists()


def test_a_correction_reverses_and_replaces_in_one_act(posted, draft, people, estate):
    wrong = posted()
    fixed = draft(key="k2", on=date(2026, 11, 3), fen=20_000, corrects=wrong.entry, reason="多记")
    services.submit(by=people.bookkeeper, voucher=fixed, now=NOW)
    fixed = services.approve(by=people.approver, voucher=fixed, now=NOW)
    assert balance(estate)["common"] == 120_000
    assert fixed.entry.original_on == DAY
    assert ledger.reversed_by(wrong.entry) == fixed.entry.number - 1


def test_a_correction_is_judged_with_what_it_undoes(posted, draft, people, estate):
    """1000.00 are there; 900.00 were paid and should have been 950.00: there is enough."""
    paid = posted(direction="out", category="energy", fen=90_000, summary="电费")
    fixed = draft(
        key="k2",
        direction="out",
        category="energy",
        fen=95_000,
        corrects=paid.entry,
        reason="少记",
        on=date(2026, 11, 3),
    )
    services.submit(by=people.bookkeeper, voucher=fixed, now=NOW)
    services.approve(by=people.approver, voucher=fixed, now=NOW)
    assert balance(estate)["common"] == 5_000


def test_a_correction_needs_a_reason_and_comes_alone(posted, draft):
    wrong = posted()
    with pytest.raises(Refused):
        draft(key="k2", corrects=wrong.entry, on=date(2026, 11, 3))
    draft(key="k2", corrects=wrong.entry, reason="多记", on=date(2026, 11, 3))
    with pytest.raises(Refused) as caught:
        draft(key="k3", corrects=wrong.entry, reason="多记", on=date(2026, 11, 3))
    assert "记-202611-001" in reasons(caught)


def test_a_reversal_alone_undoes_an_entry(posted, people, estate):
    wrong = posted()
    voucher = services.reverse(
        by=people.bookkeeper,
        entry=wrong.entry,
        key="k2",
        on=date(2026, 11, 3),
        reason="重复入账",
        now=NOW,
    )
    services.submit(by=people.bookkeeper, voucher=voucher, now=NOW)
    voucher = services.approve(by=people.approver, voucher=voucher, now=NOW)
    assert voucher.state == "posted" and not voucher.large
    assert balance(estate)["common"] == 100_000


def test_a_reversal_that_leaves_a_shortage_needs_the_resident_too(posted, people, estate):
    wrong = posted()
    posted(key="k2", direction="out", category="energy", fen=125_000, summary="电费")
    voucher = services.reverse(
        by=people.bookkeeper,
        entry=wrong.entry,
        key="k3",
        on=date(2026, 11, 3),
        reason="退票",
        now=NOW,
    )
    services.submit(by=people.bookkeeper, voucher=voucher, now=NOW)
    voucher = services.approve(by=people.approver, voucher=voucher, now=NOW)
    assert voucher.large and voucher.state == "waiting"
    services.approve(by=people.resident, voucher=voucher, now=NOW)
    assert balance(estate)["common"] == -25_000


def test_a_receipt_sent_twice_is_one_and_other_content_is_refused(issue):
    assert issue().pk == issue().pk
    with pytest.raises(Refused):
        issue(amount_fen=99)
    assert Receipt.objects.count() == 1


def test_receipts_are_gathered_into_a_voucher_that_must_add_up(issue, people, estate, draft):
    receipts = [issue(key=f"r{n}", amount_fen=10_000 + n) for n in range(3)]
    voucher = services.gather(
        by=people.bookkeeper,
        book=estate.book,
        key="g1",
        receipts=[r.pk for r in receipts],
        money=estate.accounts["common"].pk,
        on=DAY,
        summary="停车费汇总",
        now=NOW,
    )
    assert voucher.paper_count == 3
    assert sum(line.amount_fen for line in voucher.lines.all() if line.amount_fen > 0) == 30_003
    with pytest.raises(Refused):
        draft(voucher=voucher, key="g1", fen=30_000, receipts=[r.pk for r in receipts])
    with pytest.raises(Refused):
        services.void_receipt(by=people.cashier, receipt=receipts[0], reason="写错", now=NOW)


def test_voiding_the_voucher_frees_its_receipts(issue, people, estate):
    receipt = issue()
    voucher = services.gather(
        by=people.bookkeeper,
        book=estate.book,
        key="g1",
        receipts=[receipt.pk],
        money=estate.accounts["common"].pk,
        on=DAY,
        summary="停车费汇总",
        now=NOW,
    )
    services.void(by=people.bookkeeper, voucher=voucher, reason="重开", now=NOW)
    services.void_receipt(by=people.cashier, receipt=receipt, reason="写错", now=NOW)
    receipt.refresh_from_db()
    assert receipt.voided_at and receipt.number == 1


def test_a_sheet_of_receipts_is_issued_all_or_none_and_once(estate, people):
    account = Account.objects.get(book=estate.book, code="parking").pk

    def row(n, **more):
        told = {
            "key": f"sheet:{n}",
            "account": account,
            "received_on": DAY,
            "amount_fen": 1_000 + n,
            "payer": f"{n}号",
            "summary": "车位费",
        }
        return ReceiptRow(**(told | more))

    bad = [row(1), row(2, payer="")]
    with pytest.raises(Refused):
        services.issue_receipts(by=people.cashier, book=estate.book, rows=bad, now=NOW)
    assert not Receipt.objects.exists()
    good = [row(n) for n in range(5)]
    first = services.issue_receipts(by=people.cashier, book=estate.book, rows=good, now=NOW)
    again = services.issue_receipts(by=people.cashier, book=estate.book, rows=good, now=NOW)
    assert [r.number for r in first.receipts] == [1, 2, 3, 4, 5]
    assert first.receipts == again.receipts


def test_vouchers_are_found_by_number_words_and_amount(draft, estate, people, posted):
    posted(key="a", fen=12_345, counterparty="快递公司")
    draft(key="b", summary="广告费", category="advertising")
    scope = people_scope(people.bookkeeper)

    def found(**more):
        return [v.serial for v in queries.search(scope, **{"named": scope} | more)]

    assert found() == [2, 1]
    assert found(text="123.45") == [1]
    assert found(text="快递") == [1]
    assert found(text="记-202610-002") == [2]
    assert found(text="002") == [2]
    assert found(state="open") == [2]
    assert found(state="posted") == [1]
    assert found(period="2026-09") == []
    assert found(book="B000009") == []
    assert [v.total_fen for v in queries.search(scope, named=scope)] == [30_000, 12_345]
    nowhere = people_scope(people.stranger)
    assert list(queries.search(nowhere, named=nowhere)) == []


def test_no_name_is_found_by_who_sees_it_masked(draft, people):
    draft(key="a", counterparty="王小明", person=True)
    draft(key="b", counterparty="快递公司")
    scope, nowhere = people_scope(people.secretary), people_scope(people.stranger)
    assert queries.search(scope, named=scope, text="王小明").count() == 1
    assert queries.search(scope, named=nowhere, text="王小明").count() == 0
    assert queries.search(scope, named=nowhere, text="快递").count() == 1


def people_scope(user):
    return scope_of(user, NOW.date())


# --- attempts -----------------------------------------------------------------------------------


def test_receipts_are_not_taken_from_another_voucher_nor_void_ones_gathered(
    draft, issue, people, estate
):
    first = issue("r1", amount_fen=100)
    draft(key="a", fen=100, receipts=[first.pk])
    with pytest.raises(Refused, match="已入凭证"):
        draft(key="b", fen=100, receipts=[first.pk])
    void = issue("r2", amount_fen=100)
    services.void_receipt(by=people.cashier, receipt=void, reason="写错", now=NOW)
    with pytest.raises(Refused, match="已作废"):
        draft(key="c", fen=100, receipts=[void.pk])
    with pytest.raises(Refused, match="科目"):
        draft(key="d", fen=100, category="site", receipts=[issue("r3", amount_fen=100).pk])
    first.refresh_from_db()
    assert first.voucher.key == "a"


def test_papers_of_a_place_within_are_not_the_book_s_own(draft, estate, people):
    """The street's own bookkeeper may not fetch an estate's papers by their numbers."""
    inside = files.keep(
        by=people.stranger, content=b"%PDF-1.4 x", name="x.pdf", place=f"{ESTATE}001", now=NOW
    )
    with pytest.raises(Refused, match="单据"):
        draft(papers=[inside.pk])
    with pytest.raises(Refused, match="单据"):
        draft(papers=[2**70])


@pytest.mark.parametrize(
    "written", ["{name}", "{name[0]} {name}", " {name}（报销）", "报销-{name}"]
)
def test_whoever_is_paid_does_not_approve_however_the_name_is_written(
    draft, people, estate, written
):
    name = people.approver.name
    party = written.format(name=name) if "[0]" not in written else " ".join(name)
    voucher = draft(counterparty=party, person=True)
    services.submit(by=people.bookkeeper, voucher=voucher, now=NOW)
    with pytest.raises(Refused, match="本人"):
        services.approve(by=people.approver, voucher=voucher, now=NOW)


def test_one_person_with_two_accounts_does_not_prepare_and_approve(draft, people):
    voucher = draft()
    services.submit(by=people.bookkeeper, voucher=voucher, now=NOW)
    for user in (people.bookkeeper, people.approver):
        user.phone = "13805350001"
        user.save()
    with pytest.raises(Refused, match="须由另一人办理"):
        services.approve(by=people.approver, voucher=voucher, now=NOW)


@pytest.mark.parametrize(
    ("words", "field"),
    [
        ({"summary": "退王女士押金 13805351234"}, "summary"),
        ({"note": "联系 wang@example.com"}, "note"),
        ({"counterparty": "王小明"}, "counterparty"),
    ],
)
def test_what_everybody_will_read_names_nobody(draft, words, field):
    with pytest.raises(Refused) as refused:
        draft(**words)
    assert field in {reason.field for reason in refused.value.ruling.reasons}


def test_a_person_is_named_where_it_is_said_to_be_one(draft):
    assert draft(counterparty="王小明", person=True).person


def test_a_key_reverses_one_entry(posted, people):
    first, second = posted(key="a").entry, posted(key="b").entry
    told = {"by": people.bookkeeper, "key": "c", "on": DAY, "reason": "错", "now": NOW}
    made = services.reverse(entry=first, **told)
    assert services.reverse(entry=first, **told) == made
    with pytest.raises(Refused, match="内容不同"):
        services.reverse(entry=second, **told)


def test_money_does_not_leave_as_half_a_transfer(draft):
    with pytest.raises(Refused, match="调拨"):
        draft(direction="out", category="between_accounts", fen=100)
