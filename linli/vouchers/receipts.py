"""The verbs of receipts: issuing one or many, voiding one. `services` offers them."""

from __future__ import annotations

import secrets
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date, datetime

from django.contrib.auth.models import AbstractBaseUser
from django.db.models import Max
from django.utils import timezone

from linli.kernel import body as bodies
from linli.kernel import receipts as small_trees
from linli.kernel.rulings import require
from linli.kernel.words import gettext_noop as _
from linli.ledger import queries as ledger
from linli.ledger import rules as posting
from linli.trail.acts import act
from linli.vouchers import receipt_rules
from linli.vouchers.models import Receipt

User = AbstractBaseUser


@act("vouchers.issue_receipt")
def issue_receipt(
    *,
    by: User,
    book: object,
    key: str,
    account: object,
    received_on: date,
    amount_fen: int,
    payer: str,
    summary: str,
    now: datetime,
    method: str = "",
    entropy: Callable[[int], bytes] = secrets.token_bytes,
) -> Receipt:
    """Issue a numbered receipt; the same `key` with the same content gives the first one.

    `account`: the income or deposit category; `entropy(n)` gives n random bytes (tests give it).
    """
    ledger.lock(book)
    if known := Receipt.objects.filter(book=book, key=key).first():
        told = (known.account_id, known.received_on, known.amount_fen, known.payer, known.summary)
        asked = (account.pk, received_on, amount_fen, posting.tidy(payer), posting.tidy(summary))  # type: ignore[attr-defined]
        receipt_rules.may_repeat_receipt(same=told == asked, number=known.number).enforce()
        return known
    receipt_rules.may_issue(
        amount_fen=amount_fen,
        payer=payer,
        summary=summary,
        side=account.kind,  # type: ignore[attr-defined]
        received_on=received_on,
        today=timezone.localdate(now),
    ).enforce()
    last = Receipt.objects.filter(book=book).aggregate(last=Max("number"))["last"] or 0
    words = {
        "code": small_trees.code(entropy(8)),
        "payer": posting.tidy(payer),
        "summary": posting.tidy(summary),
    }
    salts = {name: entropy(32) for name in words}
    commit = bodies.commit({name: (salts[name], words[name]) for name in words})
    receipt = Receipt(
        book=book,
        place=book.place,  # type: ignore[attr-defined]
        number=last + 1,
        key=key,
        account=account,
        received_on=received_on,
        amount_fen=amount_fen,
        method=method,
        salts={name: salt.hex() for name, salt in salts.items()},
        body=bodies.encode(small_trees.receipt(amount_fen=amount_fen, commit=commit)).decode(),
        issued_by=by,
        issued_at=now,
        **words,
    )
    receipt.save()
    return receipt


@dataclass(frozen=True, slots=True)
class Issued:
    """The receipts of a sheet, in its order."""

    subject: object
    receipts: tuple[Receipt, ...]

    @property
    def facts(self) -> dict:
        return {"receipts": [self.receipts[0].number, self.receipts[-1].number]}


@act("vouchers.issue_receipts")
def issue_receipts(
    *,
    by: User,
    book: object,
    rows: Sequence[receipt_rules.ReceiptRow],
    now: datetime,
    entropy: Callable[[int], bytes] = secrets.token_bytes,
) -> Issued:
    """Issue a receipt for every row, all or none; rows issued before give their receipts again."""
    require(rows, _("表中没有可开具的收据")).enforce()
    accounts = ledger.accounts(book, {row.account for row in rows})
    made = [
        issue_receipt(
            by=by,
            book=book,
            key=row.key,
            account=accounts[row.account],
            received_on=row.received_on,
            amount_fen=row.amount_fen,
            payer=row.payer,
            summary=row.summary,
            method=row.method,
            now=now,
            entropy=entropy,
        )
        for row in rows
    ]
    return Issued(book, tuple(made))


@act("vouchers.void_receipt")
def void_receipt(*, by: User, receipt: Receipt, reason: str, now: datetime) -> Receipt:
    """Void a receipt with a reason; it keeps its number."""
    receipt = Receipt.objects.select_for_update().get(pk=receipt.pk)
    receipt_rules.may_void_receipt(
        gathered=receipt.voucher_id is not None, void=receipt.voided_at is not None, reason=reason
    ).enforce()
    receipt.voided_by, receipt.voided_at, receipt.void_reason = by, now, posting.tidy(reason)
    receipt.save(update_fields=["voided_by", "voided_at", "void_reason"])
    return receipt
