"""A receipt in its holder's hand: what it is for, how far it has come, and its proof."""

from __future__ import annotations

from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.urls import reverse
from django.views.decorators.http import require_safe

from linli.disclosure import receipts
from linli.kernel.words import gettext_noop
from linli.portal import pages, showing
from linli.portal.views import the_shelf

ISSUED, POSTED, PUBLISHED, VOID = "issued", "posted", "published", "void"
STATES = {
    ISSUED: (gettext_noop("已开具，尚未入账"), "wait"),
    POSTED: (gettext_noop("已入账，所在月份尚未公示"), "open"),
    PUBLISHED: (gettext_noop("已在公示的账中"), "done"),
    VOID: (gettext_noop("已作废"), "void"),
}


def _state(proved: Any) -> str:
    if proved.receipt.voided_at is not None:
        return VOID
    if proved.entry is None:
        return ISSUED
    return PUBLISHED if proved.file else POSTED


@require_safe
def receipt(request: HttpRequest, code: str) -> HttpResponse:
    """What the code on a receipt leads to; the payer's name is not shown."""
    proved = receipts.find(code)
    if proved is None:
        return pages.fresh(request, "portal/no_receipt.html", {"code": code[:24]}, status=404)
    row, state = proved.receipt, _state(proved)
    shelf = the_shelf(row.book.code)
    word, kind = STATES[state]
    months = {one.period for one in shelf.months}
    period = proved.entry.period if proved.entry else ""
    context = {
        "shelf": shelf,
        "book": row.book,
        "receipt": row,
        "state": state,
        "state_name": word,
        "kind": kind,
        "entry": proved.entry if state == PUBLISHED and period in months else None,
        "period": period,
        "category": showing.Names(row.book)(row.account.fund, row.account.code),
        "fund": showing.Names(row.book)(row.account.fund),
        "proof": reverse("portal:receipt_proof", args=[row.code]) if proved.file else "",
        "code": "-".join(row.code[at : at + 4] for at in range(0, len(row.code), 4)),
    }
    return pages.fresh(request, "portal/receipt.html", context, told=shelf.told)


@require_safe
def receipt_proof(request: HttpRequest, code: str) -> HttpResponse:
    """The C2SP proof file of a receipt whose month is published."""
    proved = receipts.find(code)
    if proved is None or proved.file is None or proved.receipt.voided_at is not None:
        raise Http404
    name = f"{proved.receipt.code}.tlog-proof"
    return pages.data(
        request,
        proved.file,
        "text/plain; charset=utf-8",
        name=name,
        inline=False,
        cache=pages.FOR_NOBODY,
    )
