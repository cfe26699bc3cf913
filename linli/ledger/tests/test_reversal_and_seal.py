"""Reversals, seals and checkpoints."""

from __future__ import annotations

import json
from datetime import date

import pytest
from django.db import DatabaseError, connection, transaction

from linli.kernel import body as bodies
from linli.kernel import leaves, note
from linli.kernel.rulings import Refused
from linli.ledger import queries, services
from linli.ledger.models import Checkpoint, Entry, Leaf, Log, Seal
from tests.books import NOW

pytestmark = pytest.mark.django_db


@pytest.fixture
def people(django_user_model):
    made = [
        django_user_model.objects.create(username=name, name=name, created_at=NOW)
        for name in ("preparer", "approver", "resident")
    ]
    roles = ("bookkeeper", "approver", "resident")
    fields = ("prepared", "approved", "seconded")
    return {f"{f}_by": user.pk for f, user in zip(fields, made, strict=True)} | {
        f"{f}_role": role for f, role in zip(fields, roles, strict=True)
    }


def reverse(estate, number, people, **more):
    told = {"on": date(2026, 10, 5), "reason": "记错月份", "now": NOW, "salt": estate.salt}
    entry = Entry.objects.get(book=estate.book, number=number)
    return services.reverse(by=None, entry=entry, people=people, **(told | more))


def make_seal(estate, period, files=b"\0" * 32):
    def make(index, size, root, previous):
        return bodies.encode(
            leaves.seal(
                book=estate.book.code,
                index=index,
                period=period,
                at=NOW,
                root=bytes.fromhex(root),
                files={n: files for n in ("statement.json", "statement.csv", "notice.pdf")},
                chart=[],
                trial=[],
                previous=previous and (previous[0], bytes.fromhex(previous[1])),
            )
        )

    return services.seal(by=None, book=estate.book, period=period, make=make, now=NOW)


def test_a_reversal_is_the_exact_inverse_and_names_the_first_date(estate, people):
    estate.post(estate.draft())
    reverse(estate, 2, people)
    reversal = Entry.objects.get(number=3)
    assert [line.amount_fen for line in reversal.lines.all()] == [-10000, 10000]
    assert reversal.original_on == date(2026, 9, 10)
    assert json.loads(reversal.leaf.body)["reverses"] == 2


def test_reversal_and_replacement_are_one_act(estate, people):
    estate.post(estate.draft())
    right = estate.draft(key="right", kind="voucher", fen=9000, date=date(2026, 10, 5), **people)
    posted = reverse(estate, 2, people, replacement=right)
    assert posted.numbers == (3, 4)
    assert Entry.objects.get(number=4).original_on == date(2026, 9, 10)


def test_an_entry_is_reversed_once_and_a_reversal_never(estate, people):
    estate.post(estate.draft())
    reverse(estate, 2, people)
    for number in (2, 3):
        with pytest.raises(Refused):
            reverse(estate, number, people)


def test_a_reversal_is_not_booked_before_what_it_reverses(estate, people):
    estate.post(estate.draft())
    with pytest.raises(Refused) as refused:
        reverse(estate, 2, people, on=date(2026, 9, 9))
    assert refused.value.ruling.reasons[0].field == "date"
    reverse(estate, 2, people, on=date(2026, 9, 10))


def test_the_database_refuses_a_second_reversal(estate, people):
    estate.post(estate.draft())
    reverse(estate, 2, people)
    with pytest.raises(DatabaseError), transaction.atomic():
        Entry.objects.filter(number=3).update(reverses_id=None)


def test_a_sealed_month_takes_nothing_more(estate):
    make_seal(estate, "2026-09")
    with pytest.raises(Refused) as refused:
        estate.post(estate.draft())
    assert "linli:ledger.9" in refused.value.ruling.reasons[0].cites
    estate.post(estate.draft(date=date(2026, 10, 1)))


def test_months_are_sealed_in_order_and_once(estate):
    with pytest.raises(Refused):
        make_seal(estate, "2026-10")
    make_seal(estate, "2026-09")
    with pytest.raises(Refused):
        make_seal(estate, "2026-09")
    make_seal(estate, "2026-10")
    assert queries.sealed_through(estate.book) == "2026-10"


def test_the_database_refuses_a_seal_before_a_seal(estate):
    make_seal(estate, "2026-09")
    sealed = Seal.objects.get()
    log = Log.objects.get(pk=estate.book.log_id)
    leaf = Leaf.objects.create(
        id=log.pk * (1 << 28) + log.size, log=log, index=log.size, kind="seal", body="", hash=""
    )
    with pytest.raises(DatabaseError), transaction.atomic():
        Seal(book=estate.book, period=sealed.period, leaf=leaf, sealed_at=NOW).save()


def test_a_seal_signs_the_book_and_the_county(estate):
    make_seal(estate, "2026-09")
    log = Log.objects.get(pk=estate.book.log_id)
    signed = Checkpoint.objects.get(log=log)
    key = queries.keys(log.origin)[-1].verifier
    head = note.open_checkpoint(signed.note.encode(), [key])
    assert (head.size, head.root.hex()) == (log.size, log.root)
    county = Log.objects.get(origin="linli/370614")
    assert Leaf.objects.get(log=county).body == signed.note
    assert Checkpoint.objects.filter(log=county, size=county.size).exists()


def test_a_day_with_postings_is_signed_before_the_next_days_first_entry(estate):
    from datetime import timedelta

    estate.post(estate.draft(fen=1), now=NOW + timedelta(days=1))
    signed = Checkpoint.objects.get(log=estate.book.log)
    assert signed.size == 2  # the key leaf and the opening


def test_a_mark_tells_a_row_that_was_changed_behind_the_programs_back(estate):
    account = estate.accounts["common"]
    assert account.mark == account.expected_mark()
    with connection.cursor() as cursor:
        cursor.execute("UPDATE ledger_account SET tail = '0000' WHERE id = %s", [account.pk])
    account.refresh_from_db()
    assert account.mark != account.expected_mark()
