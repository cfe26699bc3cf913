"""Receipts on paper: one, its three stubs, or those of the register three to a sheet."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from linli.ledger import queries as ledger
from linli.vouchers import papers, receipt_rules
from linli.vouchers.entry_views import pdf
from linli.vouchers.models import Receipt
from linli.vouchers.receipt_views import chosen
from linli.vouchers.views import FULL
from linli.web.access import needs, refused


@require_safe
@needs(*FULL, of=Receipt)
def receipt_pdf(request: HttpRequest, receipt: Receipt) -> HttpResponse:
    """The receipt on paper, ?stubs=3 for three stubs on a sheet."""
    layout = "stubs" if request.GET.get("stubs") == "3" else "a5"
    data = papers.of_receipts(receipt.book, [receipt], layout=layout)
    name = f"{receipt.book.name} {_('收据')} {papers.receipt_number(receipt)}"
    return pdf(request, "receipt", data, name)


@require_safe
@needs(*FULL, of=ledger.offers.book_at)
def print_receipts(request: HttpRequest, book: Any) -> HttpResponse:
    """The receipts of a book that the register's filters leave, three to a sheet, by number."""
    form, rows, _book = chosen(request)
    found = list(rows.filter(book=book).order_by("number")[: receipt_rules.MOST_PRINTED + 1])
    if not form.is_valid() or not found:
        if form.is_valid():
            messages.info(request, _("没有符合条件的收据可打印"))
        return redirect(f"{reverse('vouchers:receipts')}?{request.GET.urlencode()}")
    ruling = receipt_rules.may_print(count=len(found))
    if not ruling.allowed:
        return refused(request, ruling, status=409)
    first, last = papers.receipt_number(found[0]), papers.receipt_number(found[-1])
    data = papers.of_receipts(book, found, layout="a4")
    return pdf(request, "receipt", data, f"{book.name} {_('收据')} {first}—{last}")
