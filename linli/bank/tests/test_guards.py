"""What the database refuses by itself, whoever asks."""

from __future__ import annotations

import uuid

import pytest
from django.db import DatabaseError, IntegrityError, connection, transaction

from linli.bank import queries, services
from linli.bank.guards import GUARDS
from linli.bank.models import BankLine, Match, MatchItem, Statement
from linli.trail.guards import standing
from tests.desks import LATER, NOW, day, line

pytestmark = pytest.mark.django_db


def refuses(sql, *values):
    with pytest.raises(DatabaseError), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(sql, values)


def made(desk, *refs, period="2026-09"):
    """A match written past the services."""
    match = Match(account=desk.account, period=period, how="by_hand", made_at=LATER)
    columns = {"b": "line_id", "e": "entry_line_id"}
    items = [MatchItem(match=match, **{columns[r[0]]: int(r[1:])}) for r in refs]
    MatchItem.objects.bulk_create(items)
    match.save(force_insert=True)
    return match


@pytest.fixture
def pair(desk):
    desk.post("0903", 200)
    desk.keep(line("0903", 200))
    found = queries.desk(desk.account, "2026-09")
    return found.bank[0].ref, found.book[0].ref


def test_every_guard_stands():
    assert all(standing(GUARDS).values())


@pytest.mark.parametrize("table", ["bank_statement", "bank_bankline"])
def test_what_the_bank_said_is_not_changed_or_deleted(desk, pair, table):
    refuses(f"UPDATE {table} SET period = '2026-10'")
    refuses(f"DELETE FROM {table}")


def test_a_match_of_equal_sums_passes_the_database(desk, pair):
    assert made(desk, *pair).pk


def test_a_match_of_unequal_sums_does_not(desk, pair):
    desk.post("0904", 1)
    more = [i.ref for i in queries.desk(desk.account, "2026-09").book]
    with pytest.raises(DatabaseError, match="match_sums_are_equal"), transaction.atomic():
        made(desk, pair[0], *more)


def test_one_item_alone_is_no_match(desk, pair):
    with pytest.raises(DatabaseError, match="match_"), transaction.atomic():
        made(desk, pair[0])


def test_a_match_does_not_count_before_its_items_are_there(desk, pair):
    with pytest.raises(DatabaseError, match="own_account_and_time"), transaction.atomic():
        made(desk, *pair, period="2026-08")


def test_a_match_is_of_one_account(desk, pair):
    desk.open_account("bank", "另一账户")
    desk.post("0903", 200, account="另一账户")
    other = desk.estate.accounts["另一账户"].lines.get()
    with pytest.raises(DatabaseError, match="own_account_and_time"), transaction.atomic():
        made(desk, pair[0], f"e{other.pk}")


def test_an_opening_is_not_matched(desk):
    desk.keep(line("0903", 1000))
    opening = desk.account.lines.get()
    ref = queries.desk(desk.account, "2026-09").bank[0].ref
    with pytest.raises(DatabaseError, match="own_account_and_time"), transaction.atomic():
        made(desk, ref, f"e{opening.pk}")


def test_an_item_is_in_one_match_only(desk, pair):
    made(desk, *pair)
    with pytest.raises(IntegrityError), transaction.atomic():
        made(desk, *pair)


def test_items_without_a_match_do_not_outlive_the_transaction(desk, pair):
    MatchItem.objects.create(match_id=uuid.uuid4(), line_id=int(pair[0][1:]))
    with pytest.raises(IntegrityError), transaction.atomic():
        connection.check_constraints()
    MatchItem.objects.all().delete()


def test_a_standing_match_neither_loses_nor_gains_nor_changes_items(desk, pair):
    match = made(desk, *pair)
    refuses("DELETE FROM bank_matchitem")
    refuses("UPDATE bank_matchitem SET mark = ''")
    refuses("UPDATE bank_match SET how = 'exact'")
    desk.post("0904", 1)
    extra = queries.desk(desk.account, "2026-09").book[0].ref
    with pytest.raises(DatabaseError, match="item_of_a_standing_match"), transaction.atomic():
        MatchItem.objects.create(match=match, entry_line_id=int(extra[1:]))


def test_a_sealed_month_keeps_its_matches_and_takes_no_more(desk, pair):
    match = made(desk, *pair)
    desk.post("0904", 1)
    desk.keep(line("0904", 1), from_="0904", opening=1200, name="2.csv")
    found = queries.desk(desk.account, "2026-09")
    desk.seal("2026-09")
    refuses(
        "DELETE FROM bank_match WHERE id = %s",
        match.pk.hex if connection.vendor == "sqlite" else match.pk,
    )
    with pytest.raises(DatabaseError, match="in_an_open_month"), transaction.atomic():
        made(desk, found.bank[0].ref, found.book[0].ref)


def test_no_line_is_slipped_into_a_sealed_month_or_beside_its_statement(desk, pair):
    kept = Statement.objects.get()
    told = {"account": desk.account, "statement": kept, "amount_fen": 1, "digest": "0" * 64}
    with pytest.raises(DatabaseError, match="lies_in_its_statement"), transaction.atomic():
        BankLine(**told, position=7, key="k", on=day("1001"), period="2026-10").save()
    desk.seal("2026-09")
    with pytest.raises(DatabaseError, match="in_an_open_month"), transaction.atomic():
        BankLine(**told, position=7, key="k", on=day("0905"), period="2026-09").save()


def test_statements_are_numbered_without_gaps(desk, pair):
    kept = Statement.objects.get()
    kept.pk, kept.number, kept.sha256 = None, 3, "1" * 64
    kept._state.adding = True
    with pytest.raises(DatabaseError, match="statement_comes_next"), transaction.atomic():
        kept.save()


def test_an_explanation_is_only_accepted_and_never_deleted(desk):
    desk.keep(line("0913", -4))
    (item,) = queries.outstanding(desk.account, "2026-09")
    said = services.explain(
        by=desk.bookkeeper,
        account=desk.account,
        ref=item.ref,
        period="2026-09",
        note="待查",
        now=LATER,
    )
    refuses("UPDATE bank_explanation SET note = '已查'")
    refuses("DELETE FROM bank_explanation")
    refuses(
        "UPDATE bank_explanation SET accepted_by_id = explained_by_id, accepted_at = explained_at"
    )
    services.accept_explanation(by=desk.resident, explanation=said, now=LATER)
    refuses("UPDATE bank_explanation SET accepted_by_id = NULL, accepted_at = NULL")


def test_a_count_is_only_confirmed_and_by_another_of_another_duty(desk):
    box = desk.open_account("cash")
    services.count_cash(
        by=desk.resident, account=box, period="2026-09", on=day("0930"), counted_fen=0, now=NOW
    )
    refuses("UPDATE bank_cashcount SET counted_fen = 1")
    refuses("DELETE FROM bank_cashcount")
    confirm = "UPDATE bank_cashcount SET confirmed_at = counted_at, confirmed_by_id = %s, confirmed_role = %s"
    refuses(confirm, desk.resident.pk, "cashier")
    refuses(confirm, desk.approver.pk, "approver")
    with connection.cursor() as cursor:
        cursor.execute(confirm, [desk.cashier.pk, "cashier"])
    refuses("UPDATE bank_cashcount SET confirmed_by_id = NULL, confirmed_at = NULL")
