"""The rules of the bank's side, without a database."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import pytest

from linli.bank import rules
from linli.bank.rules import BankLineDraft, Chosen, StatementDraft
from linli.kernel.roles import APPROVER, BOOKKEEPER, CASHIER, RESIDENT, STREET


def line(day, fen, balance=None, **more):
    return BankLineDraft(
        on=date(2026, 9, day), amount_fen=fen, balance_fen=balance, key=f"{day}:{fen}", **more
    )


def draft(*lines, **more):
    told = {"from_on": date(2026, 9, 1), "to_on": date(2026, 9, 30)} | more
    return StatementDraft(sha256="0" * 64, file_name="a.csv", profile="", lines=lines, **told)


def settled(found, before=None):
    told, ruling = rules.settle(found, before_fen=before)
    assert ruling.allowed
    return told


def test_the_opening_is_what_the_file_says_else_what_follows_from_it():
    assert settled(draft(line(3, 50, 150), opening_fen=100)).opening_fen == 100
    assert settled(draft(line(3, 50, 150))).opening_fen == 100
    assert settled(draft(line(3, 50), closing_fen=150), before=7).opening_fen == 100
    assert settled(draft(line(3, 50)), before=100).closing_fen == 150
    told, ruling = rules.settle(draft(line(3, 50)), before_fen=None)
    assert told is None and ruling.reasons[0].field == "opening_fen"


def test_every_month_that_a_statement_covers_has_its_end():
    found = settled(
        draft(
            line(3, 50, 150),
            replace(line(9, -20, 130), on=date(2026, 11, 9)),
            from_on=date(2026, 8, 15),
            to_on=date(2026, 12, 2),
        )
    )
    assert found.month_ends == {
        "2026-08": 100,
        "2026-09": 150,
        "2026-10": 150,
        "2026-11": 130,
        "2026-12": 130,
    }


def test_the_banks_own_word_goes_before_the_sum_and_the_difference_is_a_break():
    found = settled(draft(line(3, 50, 150), line(4, 10, 170), opening_fen=100))
    assert found.closing_fen == 170
    assert [(b.row, b.expected_fen, b.found_fen) for b in found.breaks] == [(0, 160, 170)]
    found = settled(draft(line(3, 50), opening_fen=100, closing_fen=149))
    assert [(b.expected_fen, b.found_fen) for b in found.breaks] == [(150, 149)]
    assert settled(draft(opening_fen=100)).month_ends == {"2026-09": 100}


def test_texts_are_kept_as_the_log_may_hold_them():
    told = draft(line(3, 1, summary="  结算\t0901 \x00", counterparty="甲" * 200)).tidied().lines[0]
    assert told.summary == "结算 0901" and len(told.counterparty) == 100


def test_a_line_has_one_spelling_and_leaves_out_what_is_not_there():
    body = rules.line_body(line(3, -50, summary="电费"), account="money-01")
    assert body.decode() == (
        '{"account":"money-01","fen":-50,"key":"3:-50","on":"2026-09-03","summary":"电费"}'
    )
    with_balance = rules.line_body(line(3, -50, 0), account="money-01")
    assert b'"balance":0' in with_balance


@pytest.mark.parametrize(
    ("side", "fen", "kind"),
    [
        ("book", 1, "book_receipt_not_in_bank"),
        ("book", -1, "book_payment_not_in_bank"),
        ("bank", 1, "bank_receipt_not_in_book"),
        ("bank", -1, "bank_payment_not_in_book"),
    ],
)
def test_side_and_direction_make_the_kind(side, fen, kind):
    assert rules.kind_of(side=side, amount_fen=fen) == kind
    assert kind in rules.KINDS


@pytest.mark.parametrize(
    ("roles", "cites"),
    [
        ({BOOKKEEPER}, []),
        ({APPROVER}, ["会计法:17"]),
        ({BOOKKEEPER, CASHIER}, ["会计法:35"]),
        ({CASHIER}, ["会计法:17", "会计法:35"]),
    ],
)
def test_the_bookkeeper_reconciles_and_never_the_cashier(roles, cites):
    assert [reason.cites[0] for reason in rules.may_reconcile(roles).reasons] == cites


def test_a_match_has_two_items_of_the_account_free_and_of_equal_sums():
    good = Chosen(bank_fen=100, book_fen=100, count=2)
    assert rules.may_match(good).allowed
    assert rules.may_match(Chosen(bank_fen=0, book_fen=0, count=2)).allowed
    assert not rules.may_match(replace(good, count=1)).allowed
    assert "1.00" in str(rules.may_match(replace(good, bank_fen=0)))
    both = rules.may_match(replace(good, missing_count=1, taken=["x"]))
    assert len(both.reasons) == 2


def test_a_match_counts_in_the_last_month_of_its_items_and_never_in_a_sealed_one():
    assert rules.counts_in("2026-09", "2026-10", open_period="2026-09") == "2026-10"
    assert rules.counts_in("2026-09", open_period="2026-11") == "2026-11"
    assert not rules.may_change(period="2026-09", sealed_through="2026-09").allowed
    assert rules.may_change(period="2026-10", sealed_through="2026-09").allowed


def test_only_the_resident_accepts_and_only_once_and_the_newest():
    asked = {"roles": {RESIDENT}, "own": False, "accepted": False, "newest": True}
    assert rules.may_accept(**asked).allowed
    for wrong in ({"roles": {APPROVER}}, {"own": True}, {"accepted": True}, {"newest": False}):
        assert not rules.may_accept(**(asked | wrong)).allowed


def test_two_count_and_exactly_one_of_them_is_the_cashier():
    asked = {"same_person": False, "confirmed": False}
    for first, second, allowed in (
        (CASHIER, RESIDENT, True),
        (BOOKKEEPER, CASHIER, True),
        (BOOKKEEPER, RESIDENT, False),
        (CASHIER, CASHIER, False),
        (CASHIER, STREET, False),
    ):
        ruling = rules.may_confirm_count(roles={second}, first_roles={first}, **asked)
        assert ruling.allowed is allowed, (first.code, second.code)
    twice = {"same_person": True, "confirmed": True}
    assert (
        len(rules.may_confirm_count(roles={CASHIER}, first_roles={CASHIER}, **twice).reasons) == 3
    )
