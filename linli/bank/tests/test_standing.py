"""What is open at the end of a month, and that later rows leave an earlier month as it was."""

from __future__ import annotations

import hashlib
from datetime import UTC, datetime

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from linli.bank import queries, services
from linli.bank.models import BankLine
from linli.files.models import File
from linli.kernel import receipts
from linli.kernel.rulings import Refused
from tests.desks import LATER, NOW, day, line

pytestmark = pytest.mark.django_db


def told(desk, period):
    """The statement's row of the bank account."""
    return queries.reconciliation(desk.book, period)[0]


def items(desk, period):
    return [
        (item.kind, item.on.isoformat(), item.amount_fen, item.since)
        for item in queries.outstanding(desk.account, period)
    ]


def test_every_kind_of_open_item_leads_from_the_book_to_the_bank(desk):
    desk.post("0910", 100)
    desk.post("0911", -20)
    desk.keep(line("0912", 300), line("0913", -4))
    assert items(desk, "2026-09") == [
        ("book_receipt_not_in_bank", "2026-09-10", 10_000, "2026-09"),
        ("book_payment_not_in_bank", "2026-09-11", 2_000, "2026-09"),
        ("bank_receipt_not_in_book", "2026-09-12", 30_000, "2026-09"),
        ("bank_payment_not_in_book", "2026-09-13", 400, "2026-09"),
    ]
    row = told(desk, "2026-09")
    assert (row["book_balance_fen"], row["bank_balance_fen"]) == (108_000, 129_600)
    assert (row["status"], row["difference_fen"]) == ("reconciled", 0)


def test_the_array_has_the_shape_of_the_published_statement(desk):
    desk.post("0930", -30, "年度审计费首款 电话 13812345678")
    desk.keep(line("0929", 1))
    row = told(desk, "2026-09")
    assert list(row) == [
        "account",
        "fund",
        "status",
        "book_balance_fen",
        "bank_balance_fen",
        "difference_fen",
        "outstanding",
    ]
    assert (row["account"], row["fund"]) == ("…9876", "common")
    assert row["outstanding"][0] == {
        "kind": "book_payment_not_in_bank",
        "date": "2026-09-30",
        "amount_fen": 3_000,
        "summary": "年度审计费首款 电话 ***********",
        "since": "2026-09",
        "note": "",
    }


def test_accounts_that_nobody_confirmed_have_no_balance_and_no_difference(desk):
    rows = queries.reconciliation(desk.book, "2026-09")
    assert [
        (r["account"], r["status"], r["bank_balance_fen"], r["difference_fen"]) for r in rows
    ] == [
        ("…9876", "unconfirmed", None, None),
        ("慈善总会代管", "unconfirmed", None, None),
        ("街道代管", "unconfirmed", None, None),
    ]


def test_what_comes_later_leaves_an_earlier_month_as_it_was(desk):
    desk.post("0929", -30)
    desk.keep(line("0928", 55))
    before = told(desk, "2026-09")
    assert len(before["outstanding"]) == 2
    desk.keep(
        line("1002", -30), line("1003", 7), from_="1001", to="1031", opening=1055, name="2.csv"
    )
    desk.post("1005", 55)
    desk.auto("2026-10")
    assert told(desk, "2026-09") == before
    assert items(desk, "2026-10") == [("bank_receipt_not_in_book", "2026-10-03", 700, "2026-10")]
    assert told(desk, "2026-10")["difference_fen"] == 0


def test_a_line_that_turns_up_after_the_seal_counts_in_the_open_month(desk):
    desk.keep(line("0903", 10))
    desk.post("0903", 10)
    desk.auto()
    desk.seal("2026-09")
    before = told(desk, "2026-09")
    desk.keep(
        line("0903", 10), line("0930", 5), line("1004", 2), from_="0903", to="1031", name="2.csv"
    )
    assert told(desk, "2026-09") == before
    assert items(desk, "2026-10") == [
        ("bank_receipt_not_in_book", "2026-09-30", 500, "2026-10"),
        ("bank_receipt_not_in_book", "2026-10-04", 200, "2026-10"),
    ]
    assert told(desk, "2026-10")["difference_fen"] == 0


def test_an_item_open_at_two_month_ends_is_old_and_shows_its_age(desk):
    desk.post("0929", -30)
    desk.keep(line("0928", 55), to="1031")
    (item,) = (i for i in queries.outstanding(desk.account, "2026-10") if i.side == "book")
    assert (item.old, item.since, item.days) == (True, "2026-09", 32)
    (item,) = (i for i in queries.outstanding(desk.account, "2026-09") if i.side == "book")
    assert (item.old, item.days) == (False, 1)


def test_a_statement_covers_a_month_only_if_it_was_taken_after_it(desk):
    noon = datetime(2026, 9, 30, 4, tzinfo=UTC)  # in Shanghai
    desk.keep(line("0903", 10), now=noon)
    desk.post("0903", 10)
    desk.auto()
    one = queries.standing_of(desk.account, "2026-09")
    assert not one.covered and one.status == "unconfirmed" and one.difference_fen == 0
    desk.keep(line("0903", 10), name="again.csv")
    assert queries.standing_of(desk.account, "2026-09").covered


def test_a_statement_that_ends_early_does_not_cover_the_month(desk):
    desk.keep(line("0903", 10), to="0929")
    assert not queries.standing_of(desk.account, "2026-09").covered


def test_a_missing_stretch_between_statements_is_found_and_closes_when_it_comes(desk):
    desk.keep(line("0903", 10))
    desk.keep(line("1115", 1), from_="1101", to="1118", opening=1040, name="3.csv", now=LATER)
    one = queries.standing_of(desk.account, "2026-11")
    assert [(gap.statement.number, gap.expected_fen) for gap in one.gaps] == [(2, 101_000)]
    assert not one.follows
    desk.keep(line("1009", 30), from_="1001", to="1031", opening=1010, name="2.csv")
    assert queries.standing_of(desk.account, "2026-11").follows


def test_statements_that_overlap_follow_on_if_their_lines_do(desk):
    desk.keep(line("0903", 10), line("0920", 5))
    desk.keep(
        line("0920", 5), line("1009", 30), from_="0915", to="1031", opening=1010, name="2.csv"
    )
    assert queries.standing_of(desk.account, "2026-10").follows
    desk.keep(line("1109", 3), from_="1030", to="1118", opening=999, name="3.csv", now=LATER)
    assert not queries.standing_of(desk.account, "2026-11").follows


def test_statements_may_begin_later_than_the_book(desk):
    desk.post("0910", 100)
    desk.keep(line("1002", 7), from_="1001", to="1031", opening=1100)
    desk.post("1002", 7)
    desk.auto("2026-10")
    assert told(desk, "2026-09")["status"] == "unconfirmed"
    assert told(desk, "2026-10")["outstanding"] == []
    assert told(desk, "2026-10")["status"] == "reconciled"


def test_an_entry_from_before_the_statements_is_matched_if_it_was_open_then(desk):
    desk.post("0929", -30)
    desk.keep(line("1002", -30), from_="1001", to="1031", opening=1000)
    assert told(desk, "2026-10")["status"] == "unconfirmed"
    desk.auto("2026-10")
    row = told(desk, "2026-10")
    assert (row["status"], row["outstanding"]) == ("reconciled", [])


def test_what_was_open_before_the_book_began_is_declared_and_matched(desk):
    desk.keep(line("0902", -20), opening=1020)
    assert queries.standing_of(desk.account, "2026-09").difference_fen == 2_000
    say = {"by": desk.bookkeeper, "account": desk.account, "now": NOW, "summary": "八月支票"}
    with pytest.raises(Refused):
        services.declare_opening(**say, side="book", on=day("0901"), amount_fen=-2_000)
    item = services.declare_opening(**say, side="book", on=day("0828"), amount_fen=-2_000)
    assert queries.standing_of(desk.account, "2026-09").difference_fen == 0
    assert items(desk, "2026-09")[0] == ("book_payment_not_in_bank", "2026-08-28", 2_000, "2026-08")
    bank, book = (
        [i.ref for i in side]
        for side in (
            queries.desk(desk.account, "2026-09").bank,
            queries.desk(desk.account, "2026-09").book,
        )
    )
    services.withdraw_opening(by=desk.bookkeeper, item=item, now=NOW)
    assert queries.standing_of(desk.account, "2026-09").difference_fen == 2_000
    services.declare_opening(**say, side="book", on=day("0828"), amount_fen=-2_000)
    desk.match(*bank, *(i.ref for i in queries.desk(desk.account, "2026-09").book))
    assert told(desk, "2026-09")["status"] == "reconciled"


def test_the_number_of_queries_does_not_grow(desk):
    def fill(month, opening):
        for n in range(1, 9):
            desk.post(f"{month}{n:02d}", n, f"{month}-{n}")
        desk.keep(
            *(line(f"{month}{n:02d}", n * 10) for n in range(1, 9)),
            from_=f"{month}01",
            to=f"{month}30",
            opening=opening,
            name=f"{month}.csv",
        )

    desk.open_account("cash")
    fill("09", 1000)
    with CaptureQueriesContext(connection) as few:
        queries.reconciliation(desk.book, "2026-10")
    desk.open_account("bank", "第二账户")
    desk.open_account("cash", "第二钱箱")
    fill("10", 1360)
    with CaptureQueriesContext(connection) as many:
        assert queries.reconciliation(desk.book, "2026-10")[0]["outstanding"]
    assert len(many) == len(few) < 10


# --- what the seal binds ------------------------------------------------------------------------


def test_the_seal_binds_files_balances_and_matches(desk):
    first = desk.post("0903", 200)
    desk.keep(line("0903", 200), to="1031")
    desk.auto()
    row = queries.seal_accounts(desk.book, "2026-09")[0]
    kept = desk.account.statements.get()
    assert (row["account"], row["status"], row["closing"]) == ("money-01", "reconciled", 120_000)
    assert row["files"] == [{"closing": 120_000, "sha256": kept.sha256}]
    digest = bytes.fromhex(kept.lines.get().digest)
    body = queries.match_bodies([desk.account.pk], "2026-09")[desk.account.pk]
    assert body == [b'{"entries":[%d],"lines":["%s"]}' % (first, digest.hex().encode())]
    assert row["matches"] == receipts.matches_digest(body)
    assert "matches" not in queries.seal_accounts(desk.book, "2026-10")[0]


def test_a_line_that_was_slipped_in_is_found(desk):
    kept = desk.keep(line("0903", 200)).subject
    assert not list(queries.faults(desk.book, {}))
    first = kept.lines.get()
    body = b'{"account":"money-01","fen":20000,"key":"0903|200.00|","on":"2026-09-03"}'
    assert first.digest == hashlib.sha256(body.replace(b"200.00", b"200")).hexdigest()
    more = BankLine(account=desk.account, statement=kept, position=1, period="2026-09", key="x")
    more.on, more.amount_fen, more.digest = day("0904"), 1, "0" * 64
    more.save()
    assert list(queries.faults(desk.book, {})) == [
        (f"bank_bankline {more.pk}", "digest"),
        (f"bank_statement {kept.pk}", "root"),
    ]


# --- explanations, cash, custody ----------------------------------------------------------------


def test_an_explanation_is_accepted_for_its_month_and_carried_as_a_note(desk):
    desk.keep(line("0913", -4, "短信服务费"), to="1031")
    (item,) = queries.standing_of(desk.account, "2026-09").unexplained
    say = {"account": desk.account, "ref": item.ref, "now": LATER}
    with pytest.raises(Refused):
        services.explain(by=desk.cashier, period="2026-09", note="十月补记", **say)
    said = services.explain(by=desk.bookkeeper, period="2026-09", note="十月补记", **say)
    with pytest.raises(Refused):
        services.accept_explanation(by=desk.bookkeeper, explanation=said, now=LATER)
    services.accept_explanation(by=desk.resident, explanation=said, now=LATER)
    assert queries.standing_of(desk.account, "2026-09").unexplained == []
    assert told(desk, "2026-09")["outstanding"][0]["note"] == "十月补记"
    (again,) = queries.standing_of(desk.account, "2026-10").unexplained
    assert (again.note, again.accepted) == ("十月补记", False)


def test_only_the_newest_explanation_is_accepted_and_only_of_an_open_item(desk):
    desk.keep(line("0913", -4))
    (item,) = queries.outstanding(desk.account, "2026-09")
    say = {"by": desk.bookkeeper, "account": desk.account, "now": LATER, "period": "2026-09"}
    first = services.explain(ref=item.ref, note="待查", **say)
    services.explain(ref=item.ref, note="短信费", **say)
    with pytest.raises(Refused):
        services.accept_explanation(by=desk.resident, explanation=first, now=LATER)
    with pytest.raises(Refused) as refused:
        services.explain(ref="b999999", note=" ", **say)
    assert len(refused.value.ruling.reasons) == 2


def test_cash_counts_once_two_people_one_of_them_the_cashier_agree(desk):
    box = desk.open_account("cash")
    desk.post("0912", 80, account="现金")
    count = {"account": box, "period": "2026-09", "on": day("0930"), "now": LATER}
    done = services.count_cash(by=desk.bookkeeper, counted_fen=8_000, **count)
    assert queries.standing_of(box, "2026-09").status == "unconfirmed"
    for wrong in (desk.bookkeeper, desk.resident):
        with pytest.raises(Refused):
            services.confirm_count(by=wrong, count=done, now=LATER)
    services.confirm_count(by=desk.cashier, count=done, now=LATER)
    one = queries.standing_of(box, "2026-09")
    assert (one.status, one.difference_fen, one.counted) == ("reconciled", 0, True)


def test_cash_counted_after_the_month_is_brought_back_to_its_end(desk):
    box = desk.open_account("cash")
    desk.post("0912", 80, account="现金")
    desk.post("1001", 15, account="现金")
    done = services.count_cash(
        by=desk.cashier, account=box, period="2026-09", on=day("1002"), counted_fen=9_500, now=LATER
    )
    services.confirm_count(by=desk.resident, count=done, now=LATER)
    assert queries.standing_of(box, "2026-09").bank_balance_fen == 8_000
    desk.post("1002", 3, account="现金")
    assert queries.standing_of(box, "2026-09").bank_balance_fen == 8_000


def test_cash_is_not_counted_long_before_or_after_the_month_or_in_a_bank(desk):
    count = {"by": desk.cashier, "counted_fen": -1, "now": LATER, "period": "2026-09"}
    with pytest.raises(Refused) as refused:
        services.count_cash(account=desk.account, on=day("0920"), **count)
    assert {reason.field for reason in refused.value.ruling.reasons} == {"account", "counted", "on"}


def test_a_custodian_confirms_on_paper(desk):
    held = desk.estate.accounts["seed"]
    paper = File.objects.create(
        place=desk.book.place, sha256="0" * 64, size=1, mime="image/png", name="确认单", kept_at=NOW
    )
    say = {
        "by": desk.bookkeeper,
        "account": held,
        "period": "2026-09",
        "balance_fen": 100_000,
        "custodian": "区慈善总会",
        "now": LATER,
    }
    with pytest.raises(Refused) as refused:
        services.confirm_custody(**say, on=day("0929"), paper=None)
    assert {reason.field for reason in refused.value.ruling.reasons} == {"on", "paper"}
    services.confirm_custody(**say, on=day("1009"), paper=paper)
    row = queries.reconciliation(desk.book, "2026-09")[1]
    assert (row["status"], row["difference_fen"]) == ("custodian_confirmed", 0)
    assert queries.reconciliation(desk.book, "2026-10")[1]["status"] == "unconfirmed"


def test_nothing_of_a_sealed_month_is_explained_or_counted_any_more(desk):
    box = desk.open_account("cash")
    desk.keep(line("0913", -4))
    (item,) = queries.outstanding(desk.account, "2026-09")
    desk.seal("2026-09")
    with pytest.raises(Refused):
        services.explain(
            by=desk.bookkeeper,
            account=desk.account,
            ref=item.ref,
            period="2026-09",
            note="迟到的说明",
            now=LATER,
        )
    with pytest.raises(Refused):
        services.count_cash(
            by=desk.cashier,
            account=box,
            period="2026-09",
            on=day("0930"),
            counted_fen=0,
            now=LATER,
        )
