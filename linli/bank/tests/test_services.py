"""Keeping statements, matching and taking apart: what changes, what is refused, who may."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest

from linli.bank import queries, services
from linli.bank.models import BankLine, Match, MatchItem, Statement
from linli.kernel.rulings import Refused
from linli.trail.models import Line as TrailLine
from tests.desks import LATER, NOW, line, statement

pytestmark = pytest.mark.django_db


def texts(refused):
    return [reason.text for reason in refused.value.ruling.reasons]


def fields(refused):
    return [reason.field for reason in refused.value.ruling.reasons]


def refs(desk, through="2026-09"):
    found = queries.desk(desk.account, through)
    return [item.ref for item in found.bank], [item.ref for item in found.book]


# --- keeping a statement ------------------------------------------------------------------------


def test_a_statement_keeps_its_lines_its_balances_and_one_line_of_the_trail(desk):
    filed = desk.keep(line("0903", 200), line("0928", -50), to="1031")
    kept = filed.subject
    assert (filed.again, filed.new_count, filed.known_count) == (False, 2, 0)
    assert (kept.number, kept.line_count, kept.closing_fen) == (1, 2, 115_000)
    assert kept.month_ends == {"2026-09": 115_000, "2026-10": 115_000}
    assert [row.amount_fen for row in kept.lines.all()] == [20_000, -5_000]
    told = TrailLine.objects.get(act="bank.keep_statement")
    assert (told.by, told.done, told.place) == (desk.bookkeeper, True, desk.book.place)


def test_the_same_file_again_is_the_first_one(desk):
    first = desk.keep(line("0903", 200))
    again = desk.keep(line("0903", 200))
    assert again.again and again.subject == first.subject
    assert (Statement.objects.count(), BankLine.objects.count()) == (1, 1)


def test_a_line_that_came_before_is_recognised_and_not_doubled(desk):
    desk.keep(line("0903", 200), line("0929", 30))
    filed = desk.keep(
        line("0929", 30), line("1002", 70), from_="0929", to="1031", opening=1200, name="2.csv"
    )
    assert (filed.new_count, filed.known_count, filed.subject.number) == (1, 1, 2)
    assert BankLine.objects.count() == 3


def test_a_known_line_with_another_amount_is_refused(desk):
    desk.keep(line("0903", 200, key="s1"))
    with pytest.raises(Refused) as refused:
        desk.keep(line("0903", 201, key="s1"), name="2.csv")
    assert "linli:ledger.6" in refused.value.ruling.reasons[0].cites
    assert Statement.objects.count() == 1


def test_everything_wrong_with_a_file_is_said_at_once(desk):
    draft = statement(line("1005", 200), line("0903", 1, key="1005|200|"), to="0930")
    with pytest.raises(Refused) as refused:
        services.keep_statement(
            by=desk.bookkeeper,
            account=desk.account,
            draft=replace(draft, to_on=NOW.date() + timedelta(days=1)),
            now=NOW,
        )
    assert len(texts(refused)) == 3
    assert "to_on" in fields(refused)


def test_a_file_without_balances_asks_for_the_opening_the_first_time_only(desk):
    with pytest.raises(Refused) as refused:
        desk.keep(line("0903", 200), opening=None)
    assert fields(refused) == ["opening_fen"]
    desk.keep(line("0903", 200), opening=1000)
    filed = desk.keep(line("1003", 50), from_="1001", to="1031", opening=None, name="2.csv")
    assert (filed.subject.opening_fen, filed.subject.closing_fen) == (120_000, 125_000)


def test_a_balance_that_does_not_follow_is_kept_as_a_break_and_the_banks_word_counts(desk):
    filed = desk.keep(line("0903", 200, balance=1200), line("0904", 10, balance=1310))
    assert filed.subject.closing_fen == 131_000
    assert filed.subject.breaks == [{"row": 0, "expected_fen": 121_000, "found_fen": 131_000}]


def test_a_file_of_another_account_of_the_book_is_refused(desk):
    desk.keep(line("0903", 200))
    with pytest.raises(Refused) as refused:
        services.keep_statement(
            by=desk.bookkeeper,
            account=desk.open_account("wallet", "微信"),
            draft=statement(line("0903", 200)),
            now=NOW,
        )
    assert fields(refused) == ["account"]


@pytest.mark.parametrize("who", ["cashier", "resident", "approver"])
def test_only_the_bookkeeper_keeps_statements_and_matches(desk, who):
    number = desk.post("0903", 200)
    desk.keep(line("0903", 200))
    by = getattr(desk, who)
    bank, book = refs(desk)
    for act in (
        lambda: desk.keep(line("0904", 1), by=by, name="2.csv"),
        lambda: desk.match(*bank, *book, by=by),
        lambda: desk.auto(by=by),
    ):
        with pytest.raises(Refused):
            act()
    assert number and Match.objects.count() == 0 and Statement.objects.count() == 1


def test_who_is_also_the_cashier_may_not_reconcile(desk):
    desk.bookkeeper.appointments.create(role="cashier", place=desk.book.place, since_on=NOW.date())
    with pytest.raises(Refused) as refused:
        desk.keep(line("0903", 200))
    assert "会计法:35" in refused.value.ruling.reasons[0].cites


# --- matching -----------------------------------------------------------------------------------


def test_many_lines_and_many_entries_match_when_their_sums_are_equal(desk):
    for yuan in (30, 70, 25):
        desk.post("0903", yuan)
    desk.keep(line("0904", 60), line("0905", 65))
    bank, book = refs(desk)
    made = desk.match(*bank, *book)
    assert made.period == "2026-09" and made.items.count() == 5
    assert refs(desk) == ([], [])


def test_unequal_sums_are_refused_with_the_difference(desk):
    desk.post("0903", 200)
    desk.keep(line("0903", 199.4))
    bank, book = refs(desk)
    with pytest.raises(Refused) as refused:
        desk.match(*bank, *book)
    assert "0.60" in str(refused.value)
    assert MatchItem.objects.count() == 0


def test_nothing_is_matched_twice(desk):
    desk.post("0903", 200)
    desk.post("0904", 200)
    desk.keep(line("0903", 200))
    bank, book = refs(desk)
    desk.match(*bank, book[0])
    with pytest.raises(Refused):
        desk.match(*bank, book[1])
    assert Match.objects.count() == 1


def test_items_of_another_account_are_not_found(desk):
    other = desk.open_account("bank", "另一账户")
    desk.post("0903", 200, account="另一账户")
    desk.keep(line("0903", 200))
    bank, _book = refs(desk)
    foreign = other.lines.get()
    with pytest.raises(Refused):
        desk.match(*bank, f"e{foreign.pk}")
    with pytest.raises(Refused):
        desk.match(*bank, "x1", "b", "e999999999")


def test_a_match_is_taken_apart_again(desk):
    desk.post("0903", 200)
    desk.keep(line("0903", 200))
    bank, book = refs(desk)
    made = desk.match(*bank, *book)
    services.unmatch(by=desk.bookkeeper, match=made, now=LATER)
    assert (Match.objects.count(), MatchItem.objects.count()) == (0, 0)
    assert refs(desk) == (bank, book)
    told = TrailLine.objects.get(act="bank.unmatch")
    assert sorted(told.facts["items"]) == sorted([*bank, *book])
    assert told.place == desk.book.place


def test_a_match_of_a_sealed_month_stays(desk):
    desk.post("0903", 200)
    desk.keep(line("0903", 200))
    bank, book = refs(desk)
    made = desk.match(*bank, *book)
    desk.seal("2026-09")
    with pytest.raises(Refused) as refused:
        services.unmatch(by=desk.bookkeeper, match=made, now=LATER)
    assert "linli:ledger.seal" in refused.value.ruling.reasons[0].cites
    assert Match.objects.count() == 1


def test_what_was_open_when_a_month_was_sealed_is_matched_in_the_next(desk):
    desk.post("0903", 200)
    desk.keep(line("0903", 200))
    desk.seal("2026-09")
    bank, book = refs(desk)
    made = desk.match(*bank, *book)
    assert made.period == "2026-10"


def test_matching_by_itself_takes_what_is_certain_and_again_changes_nothing(desk):
    for text, yuan in (("0906", 35), ("0909", 42.5), ("0913", 28)):
        desk.post(text, yuan)
    desk.post("0928", -90)
    desk.keep(line("0928", -90), line("0930", 105.5, "财付通商户结算 0901-0930"))
    done = desk.auto()
    assert sorted(one.how for one in done.matches) == ["exact", "sum"]
    assert done.open_count == 0
    assert desk.auto().matches == ()


def test_a_command_may_match_without_a_person(desk):
    desk.post("0903", 200)
    desk.keep(line("0903", 200))
    done = services.auto_match(by=None, account=desk.account, through="2026-09", now=LATER)
    assert len(done.matches) == 1 and done.matches[0].made_by is None
