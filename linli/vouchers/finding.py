"""What a search asks of vouchers and receipts: a bounded number of rows, however many."""

from __future__ import annotations

import re
from datetime import date

from django.db.models import Exists, OuterRef, Q, Subquery, Sum

from linli.kernel.money import parse_yuan
from linli.kernel.period import Period
from linli.kernel.place import LEVELS, Scope
from linli.ledger import queries as ledger
from linli.search import words
from linli.vouchers.models import Receipt, Voucher, VoucherLine

LOOKED_THROUGH = {"county": 3, "street": 12}
"""Months (this one included) whose vouchers are looked through in a scope as wide as that; in a
community or an estate it is all of them. Words inside a summary have no index on either database."""
LEAST_OF_A_CODE = 4

_NUMBER = re.compile(r"(?:记-?)?(\d{4})-?(\d{2})(?:-(\d{1,6}))?|(?:记-?)?(\d{1,6})", re.ASCII)


def months_back(scope: Scope) -> int:
    """How many months are looked through within a scope; 0: all."""
    widest = min((len(prefix) for prefix in scope.prefixes), default=LEVELS["estate"])
    fits = (months for level, months in LOOKED_THROUGH.items() if widest <= LEVELS[level])
    return next(fits, 0)


def since(scope: Scope, today: date) -> str:
    """The first month that is looked through; "": from the beginning."""
    months = months_back(scope)
    return Period.of(today).plus(1 - months).code if months else ""


def find_vouchers(text: str, scope: Scope, *, since: str, limit: int) -> list[Voucher]:
    """Vouchers from a month on ("": all), newest first; one query.

    By number, summary, document, amount or counterparty.
    The names of natural persons are not looked into: not everybody may read them. Each has
    `total_fen`.
    """
    like = Q(summary__icontains=text) | Q(document__icontains=text)
    like |= Q(counterparty__icontains=text, person=False)
    if number := _NUMBER.fullmatch(text):
        year, month, serial, bare = number.groups()
        numbered = Q(serial=int(serial or bare)) if serial or bare else Q()
        like |= numbered & Q(period=f"{year}-{month}") if year else numbered
    lines = VoucherLine.objects.filter(voucher=OuterRef("pk")).order_by()
    if fen := parse_yuan(text)[0]:
        like |= Q(Exists(lines.filter(amount_fen__in=[fen, -fen])))
    inside = ledger.books(scope).order_by().values("pk")  # type: ignore[attr-defined]
    rows = Voucher.objects.within(scope).filter(book__in=inside, period__gte=since)
    chosen = rows.filter(like).order_by("-period", "-serial", "-pk").values("pk")[:limit]
    total = lines.filter(amount_fen__gt=0).values("voucher").annotate(fen=Sum("amount_fen"))
    found = Voucher.objects.filter(pk__in=chosen).select_related("book")
    found = found.annotate(total_fen=Subquery(total.values("fen")))
    return list(found.order_by("-period", "-serial", "-pk"))


def find_receipts(text: str, scope: Scope, *, limit: int) -> list[Receipt]:
    """Receipts by the beginning of their code, as it is printed below the QR code."""
    code = words.latin(text).upper()
    if len(code) < LEAST_OF_A_CODE:
        return []
    found = Receipt.objects.within(scope).filter(code__begins=code)
    return list(found.select_related("book").order_by("code")[:limit])
