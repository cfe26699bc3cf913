"""What a form means, and what may not be drafted, issued or gathered."""

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from linli.vouchers import receipt_rules, rules
from linli.vouchers.rules import Item, Place

KINDS = {1: "money", 2: "money", 3: "income", 4: "cost", 5: "use", 6: "liability", 7: "transfer"}
amounts = st.integers(1, 10**9)


def draft(**more):
    told = {
        "direction": "in",
        "sides": ["income"],
        "funds": {"common"},
        "items": [Item(account=3, amount_fen=100)],
        "summary": "停车费",
    }
    return rules.may_draft(**(told | more))


def fields(ruling):
    return [reason.field for reason in ruling.reasons]


def test_income_debits_the_money_account_and_credits_the_category():
    placed = rules.lines(direction="in", money=1, items=[Item(account=3, amount_fen=500)])
    assert placed == (Place(account=1, amount_fen=500), Place(account=3, amount_fen=-500))


def test_spending_debits_the_categories_and_credits_the_money_account_once():
    items = [Item(account=4, amount_fen=300), Item(account=5, amount_fen=700, project=9)]
    placed = rules.lines(direction="out", money=1, items=items)
    assert [line.amount_fen for line in placed] == [300, 700, -1000]
    assert placed[1].project == 9 and placed[2].account == 1


def test_a_refund_stands_on_the_other_side():
    items = [Item(account=3, amount_fen=500), Item(account=3, amount_fen=200, refund=True)]
    placed = rules.lines(direction="in", money=1, items=items)
    assert [line.amount_fen for line in placed] == [300, -500, 200]


def test_matching_moves_money_between_funds_with_zero_in_each():
    items = [Item(account=2, amount_fen=800, restriction="G-1")]
    placed = rules.lines(direction="match", money=1, items=items, match=(11, 12))
    assert [(line.account, line.amount_fen) for line in placed] == [
        (11, 800),
        (1, -800),
        (2, 800),
        (12, -800),
    ]
    assert [line.restriction for line in placed] == ["", "", "", "G-1"]


@given(
    st.sampled_from(["in", "out"]),
    st.lists(st.tuples(st.sampled_from([3, 4, 5]), amounts, st.booleans()), min_size=1, max_size=5),
)
def test_what_a_form_made_fills_a_form_that_makes_the_same_lines(direction, rows):
    """Whatever was ticked, the lines that come back are the lines that were there."""
    items = [Item(account=a, amount_fen=fen, refund=refund) for a, fen, refund in rows]
    placed = rules.lines(direction=direction, money=1, items=items)
    again = rules.filled(placed, KINDS)
    made = rules.lines(direction=again.direction, money=again.money, items=again.items)
    assert sorted((p.account, p.amount_fen) for p in made) == sorted(
        (p.account, p.amount_fen) for p in placed
    )


@pytest.mark.parametrize(
    ("direction", "account"), [("in", 3), ("out", 4), ("out", 5), ("in", 6), ("out", 6)]
)
def test_a_plain_voucher_comes_back_in_its_own_direction(direction, account):
    items = (Item(account=account, amount_fen=100, project=8, restriction="R"),)
    filled = rules.filled(rules.lines(direction=direction, money=1, items=items), KINDS)
    assert (filled.direction, filled.money, filled.items) == (direction, 1, items)


def test_a_transfer_and_a_match_come_back_as_such():
    move = (Item(account=2, amount_fen=100),)
    assert rules.filled(rules.lines(direction="move", money=1, items=move), KINDS) == rules.Filled(
        "move", 1, move
    )
    match = (Item(account=2, amount_fen=100, project=4, restriction="G"),)
    kinds = KINDS | {11: "transfer", 12: "transfer"}
    placed = rules.lines(direction="match", money=1, items=match, match=(11, 12))
    assert rules.filled(placed, kinds) == rules.Filled("match", 1, match)


def test_lines_that_no_form_made_give_an_empty_form():
    opening = (Place(account=1, amount_fen=100), Place(account=9, amount_fen=-100))
    assert rules.filled(opening, {1: "money", 9: "net_assets"}).items == ()


def test_a_draft_in_order_is_allowed():
    assert draft().allowed


@pytest.mark.parametrize(
    ("more", "field"),
    [
        ({"direction": "up"}, "direction"),
        ({"summary": "  "}, "summary"),
        ({"items": [], "sides": []}, "items"),
        ({"items": [Item(account=3, amount_fen=0)]}, "amount"),
        ({"sides": ["cost"]}, "items"),
        ({"direction": "move"}, "items"),
        ({"funds": {"common", "seed"}}, "items"),
        ({"direction": "match", "sides": ["money"], "funds": {"common", "seed"}}, "items"),
    ],
)
def test_a_draft_that_means_nothing_is_refused_at_its_field(more, field):
    assert field in fields(draft(**more))


def test_matching_is_allowed_from_fiscal_to_seed_only_one_at_a_time():
    told = {"direction": "match", "sides": ["money"], "funds": {"fiscal", "seed"}}
    assert draft(**told).allowed
    two = [Item(account=2, amount_fen=1), Item(account=2, amount_fen=2)]
    assert not draft(**told | {"items": two, "sides": ["money", "money"]}).allowed


def test_a_refund_may_stand_in_a_voucher_of_either_direction():
    item = Item(account=4, amount_fen=5, refund=True)
    assert draft(sides=["cost"], items=[item]).allowed


def test_all_reasons_are_given_at_once():
    assert set(fields(draft(summary="", items=[], sides=[]))) == {"summary", "items"}


@pytest.mark.parametrize(
    ("period", "sealed", "first", "takes"),
    [
        ("2026-10", "2026-09", "2026-09", True),
        ("2026-09", "2026-09", "2026-01", False),
        ("2026-10", "", "2026-11", False),
        ("2026-11", "", "2026-11", True),
    ],
)
def test_a_month_takes_vouchers_from_the_first_one_until_it_is_sealed(period, sealed, first, takes):
    ruling = rules.month_is_open(period, sealed, first)
    assert ruling.allowed is takes
    assert set(fields(ruling)) <= {"date"}


def test_a_refund_does_not_let_a_money_account_in_among_the_categories():
    item = Item(account=1, amount_fen=5, refund=True)
    assert not draft(sides=["money"], items=[item]).allowed


def test_a_correction_says_why_and_comes_alone():
    assert rules.may_correct(reason="科目记错", pending="").allowed
    assert fields(rules.may_correct(reason=" ", pending="")) == ["reason"]
    assert not rules.may_correct(reason="科目记错", pending="记-202610-001").allowed
    days = {"on": date(2026, 11, 2), "original": date(2026, 11, 3)}
    assert fields(rules.may_correct(reason="科目记错", pending="", **days)) == ["date"]


def test_receipts_add_up_to_their_voucher():
    assert rules.adds_up(total_fen=500, receipts_fen=0, count=0).allowed
    assert rules.adds_up(total_fen=500, receipts_fen=500, count=2).allowed
    assert not rules.adds_up(total_fen=500, receipts_fen=400, count=2).allowed


@pytest.mark.parametrize("state", ["waiting", "posted", "void"])
def test_only_a_draft_is_changed(state):
    assert not rules.may_change(state=state, own=True).allowed


def test_only_the_preparer_changes_a_draft():
    assert rules.may_change(state="returned", own=True).allowed
    assert not rules.may_change(state="draft", own=False).allowed


@pytest.mark.parametrize("name", ["李建国", "王秀兰"])
def test_neither_approver_nor_preparer_is_the_payee(name):
    told = {"name": "李建国", "preparer_name": "王秀兰"}
    assert not rules.may_approve(counterparty=name, **told).allowed
    assert rules.may_approve(counterparty="保洁公司", **told).allowed
    assert rules.may_approve(counterparty="", **told).allowed


def test_a_receipt_is_for_money_received_from_somebody_for_something():
    told = {
        "amount_fen": 100,
        "payer": "刘先生",
        "summary": "停车费",
        "side": "income",
        "received_on": date(2026, 11, 5),
        "today": date(2026, 11, 5),
    }
    assert receipt_rules.may_issue(**told).allowed
    wrong = {"amount_fen": 0, "payer": "", "summary": "", "side": "cost"}
    late = {"received_on": date(2026, 11, 6)}
    assert fields(receipt_rules.may_issue(**(told | wrong | late))) == [
        "amount",
        "payer",
        "summary",
        "category",
        "received_on",
    ]


def test_receipts_of_one_category_that_are_free_become_one_voucher():
    assert receipt_rules.may_gather(states=[True, True], accounts={3}).allowed
    assert not receipt_rules.may_gather(states=[], accounts=set()).allowed
    assert not receipt_rules.may_gather(states=[True, False], accounts={3}).allowed
    assert not receipt_rules.may_gather(states=[True, True], accounts={3, 4}).allowed


def test_a_gathered_or_void_receipt_is_not_voided():
    assert receipt_rules.may_void_receipt(gathered=False, void=False, reason="写错").allowed
    assert not receipt_rules.may_void_receipt(gathered=True, void=False, reason="写错").allowed
    assert not receipt_rules.may_void_receipt(gathered=False, void=True, reason="写错").allowed
    assert not receipt_rules.may_void_receipt(gathered=False, void=False, reason="").allowed
