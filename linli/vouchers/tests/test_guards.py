"""What is handed in stays as it was read, whoever writes to the database."""

from __future__ import annotations

import pytest
from django.db import DatabaseError, connection, transaction

from linli.files import services as files
from linli.vouchers import services
from linli.vouchers.models import Voucher
from tests.books import NOW

CHANGES = (
    "UPDATE vouchers_voucherline SET amount_fen = amount_fen * 10",
    "UPDATE vouchers_voucherline SET position = position + 5",
    "DELETE FROM vouchers_voucherline",
    "INSERT INTO vouchers_voucherline (voucher_id, position, account_id, restriction, amount_fen) "
    "SELECT voucher_id, 9, account_id, '', 5 FROM vouchers_voucherline WHERE position = 0",
    "UPDATE vouchers_voucherpaper SET file_id = (SELECT MAX(id) FROM files_file)",
    "DELETE FROM vouchers_voucherpaper",
    "INSERT INTO vouchers_voucherpaper (voucher_id, position, file_id, public) "
    "SELECT voucher_id, 9, (SELECT MAX(id) FROM files_file), FALSE FROM vouchers_voucherpaper",
    "UPDATE vouchers_voucher SET counterparty = '别人'",
    "UPDATE vouchers_voucher SET summary = '别的'",
    "UPDATE vouchers_voucher SET date = '2026-10-16'",
    "UPDATE vouchers_voucher SET prepared_by_id = (SELECT MAX(id) FROM people_user)",
    "DELETE FROM vouchers_voucher",
)


@pytest.fixture
def with_paper(draft, people, estate):
    one, _two = (
        files.keep(
            by=people.bookkeeper, content=data, name="a.pdf", place=estate.book.place, now=NOW
        )
        for data in (b"%PDF-1.4 1", b"%PDF-1.4 2")
    )
    return draft(papers=[one.pk])


def refused(statement):
    with pytest.raises(DatabaseError, match="linli:|permission denied"), transaction.atomic():
        connection.cursor().execute(statement)


@pytest.mark.parametrize("statement", CHANGES)
def test_a_voucher_handed_in_is_not_changed_before_it_is_approved(with_paper, people, statement):
    services.submit(by=people.bookkeeper, voucher=with_paper, now=NOW)
    refused(statement)


@pytest.mark.parametrize("statement", CHANGES)
def test_nor_after_it_was_posted(with_paper, people, statement):
    services.submit(by=people.bookkeeper, voucher=with_paper, now=NOW)
    services.approve(by=people.approver, voucher=with_paper, now=NOW)
    assert Voucher.objects.get().state == "posted"
    refused(statement)
