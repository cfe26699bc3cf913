"""Vouchers and receipts as they are printed, in the shapes of linli.prints."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from typing import Any

from django.conf import settings
from django.utils import timezone
from django.utils.translation import gettext as _

from linli.kernel.period import Period
from linli.ledger import queries as ledger
from linli.ledger import rules as posting
from linli.vouchers.models import Receipt, Voucher

_NUMBER = re.compile(r"(?P<word>[\u4e00-\u9fff]*).*?(?P<number>[0-9]{1,9})\D*$", re.S)


def public_url(code: str) -> str:
    """Where the QR code of a receipt leads."""
    return f"{settings.PUBLIC_URL}/r/{code}"


def general_name(account: Any) -> str:
    """The general account (总账科目) over a leaf."""
    if account.kind == posting.MONEY:
        if account.holder in posting.CUSTODY:
            return _("代管资金")
        return {"cash": _("库存现金"), "wallet": _("其他货币资金")}.get(
            account.holder, _("银行存款")
        )
    if account.kind == posting.INCOME:
        return _("公共收入") if account.fund == "common" else _("收入")
    return {
        posting.COST: _("合理成本"),
        posting.USE: _("使用"),
        posting.TRANSFER: _("划转"),
        posting.LIABILITY: _("押金及暂收"),
    }.get(account.kind, _("净资产"))


def detail_name(account: Any, project: str, restriction: str) -> str:
    """The leaf with what narrows it further."""
    tail = f" …{account.tail}" if account.tail else ""
    return " ".join(part for part in (f"{account.name}{tail}", project, restriction) if part)


def _word(number: str, fallback: int) -> tuple[str, int]:
    """The word and the figure of a voucher number: 记-202610-003 → (记, 3)."""
    found = _NUMBER.fullmatch(number)
    if not found:
        return "记", fallback
    return found["word"] or "记", int(found["number"])


def month(book: Any, period: str, *, paper: str = "a5") -> dict:
    """All entries of a month as vouchers. The same few queries however many there are."""
    entries = list(ledger.entries(book, period=period).order_by("number"))
    told = ledger.papers.head(book, f"{period}-PZ")
    return told | {"paper": paper, "digits": True, "vouchers": of_entries(entries)}


def of_entries(entries: Sequence[Any]) -> list[dict]:
    """Entries (with words, people, lines and papers) as vouchers."""
    done = ledger.papers.reversed_numbers(entries)
    counts = dict(Voucher.objects.filter(entry__in=entries).values_list("entry_id", "paper_count"))
    undone = ledger.offers.first_words([e.reverses_id for e in entries if e.reverses_id])
    return [
        _of_entry(entry, done.get(entry.pk), counts.get(entry.pk), undone.get(entry.reverses_id))
        for entry in entries
    ]


def _of_entry(entry: Any, reversed_by: int | None, count: int | None, undone: Any) -> dict:
    red = entry.kind == posting.REVERSAL
    word, number = _word(entry.wording.voucher, entry.number)
    lines = sorted(entry.lines.all(), key=lambda line: (line.amount_fen < 0) != red)
    told = {
        "word": word,
        "number": number,
        "on": entry.date,
        "papers": len(entry.papers.all()) if count is None else count,
        "lines": [_line(entry.wording.summary, line, red=red) for line in lines],
        "hands": _hands(entry),
    }
    funds = {line.account.fund for line in lines}
    if len(funds) == 1:
        told["fund"] = funds.pop()
    if entry.original_on:
        told["original_on"] = entry.original_on
    if red:
        number_, on = undone
        told["mark"] = {
            "kind": "reversal",
            "number": number_,
            "on": on,
            "reason": entry.wording.note,
        }
    elif reversed_by:
        told["mark"] = {"kind": "reversed", "number": f"{reversed_by:04d}"}
    return told


def _line(summary: str, line: Any, *, red: bool) -> dict:
    """A line; of a reversal in red figures on the side where the first one stood."""
    fen = line.amount_fen
    debit, credit = max(0, fen), max(0, -fen)
    if red:
        debit, credit = min(0, fen), min(0, -fen)
    project = line.project.code if line.project else ""
    return {
        "summary": summary,
        "account": general_name(line.account),
        "detail": detail_name(line.account, project, line.restriction),
        "debit_fen": debit,
        "credit_fen": credit,
    }


def _hands(entry: Any) -> list[dict]:
    people = [
        (_("审批"), entry.approved_by),
        (_("复批"), entry.seconded_by),
        (_("出纳"), None),
        (_("制单"), entry.prepared_by),
    ]
    return [
        {"role": role, "name": person.name if person else ""}
        for role, person in people
        if person or role != _("复批")
    ]


def receipt_number(receipt: Receipt) -> str:
    """What is printed on a receipt: 000128."""
    return f"{receipt.number:06d}"


def of_receipts(book: Any, some: Sequence[Receipt], *, layout: str) -> dict:
    """Receipts of a book on paper; `layout` as in the shape: a5, a4 or stubs."""
    spread = "-".join(dict.fromkeys(receipt_number(one) for one in (some[0], some[-1])))
    return ledger.papers.head(book, f"R-{spread}") | {
        "layout": layout,
        "receipts": [_slip(one, ledger.origin(book)) for one in some],
    }


def _slip(receipt: Receipt, origin: str) -> dict:
    told = {
        "number": receipt_number(receipt),
        "on": receipt.received_on,
        "payer": receipt.payer,
        "item": receipt.summary,
        "amount_fen": receipt.amount_fen,
        "method": receipt.method,
        "fund": receipt.account.fund,
        "receipt_code": receipt.code,
        "proof": {"url": public_url(receipt.code), "origin": origin},
        "hands": [{"role": _("收款人"), "name": receipt.issued_by.name}],
    }
    if receipt.voided_at:
        told["void"] = {"on": timezone.localdate(receipt.voided_at), "reason": receipt.void_reason}
    return told


def receipt_list(entry: Any, receipts: Iterable[Receipt]) -> dict:
    """The receipts behind an entry; they add up to its income line."""
    some = list(receipts)
    account, book = some[0].account, entry.book
    return ledger.papers.head(book, f"{entry.period}-SJ-{entry.number:04d}") | {
        "period": Period(entry.period).code,
        "fund": account.fund,
        "category": account.name,
        "total_fen": sum(receipt.amount_fen for receipt in some),
        "rows": [
            {
                "number": receipt_number(receipt),
                "receipt_code": receipt.code,
                "on": receipt.received_on,
                "item": receipt.summary,
                "amount_fen": receipt.amount_fen,
            }
            for receipt in some
        ],
    }
