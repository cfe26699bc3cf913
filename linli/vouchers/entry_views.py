"""What was posted: the page of an entry, correcting it, reversing it, and its paper."""

from __future__ import annotations

import json
from collections.abc import Collection, Mapping
from dataclasses import replace
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import get_language, gettext_lazy
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from linli.files import queries as files
from linli.kernel.period import Period
from linli.kernel.roles import BOOKKEEPER, Role
from linli.kernel.rulings import Refused, Ruling, refuse
from linli.kernel.words import gettext_noop
from linli.ledger import queries as ledger
from linli.ledger import rules as posting
from linli.prints import TypefacesMissing
from linli.prints import render as draw
from linli.sheets.answers import download
from linli.vouchers import papers, queries, rules, services, showing
from linli.vouchers.forms import FIELDS, KEY, ReverseForm, filled_by, new_key
from linli.vouchers.models import Voucher
from linli.vouchers.views import READERS, UNPROCESSABLE, names_shown
from linli.vouchers.write_views import write
from linli.web.access import needs, refused
from linli.web.reasons import put_on

KINDS = {
    posting.VOUCHER: gettext_lazy("凭证入账"),
    posting.OPENING: gettext_lazy("期初余额"),
    posting.REVERSAL: gettext_lazy("冲销"),
    posting.IMPORT: gettext_lazy("导入，未经系统审批"),
}
MOST_PAPERS = 20


def pdf(request: HttpRequest, template: str, data: Mapping[str, Any], name: str) -> HttpResponse:
    """A paper drawn now, to save or print."""
    language = "en" if (get_language() or "").startswith("en") else "zh-hans"
    try:
        made = draw(template, data, language=language, on=timezone.now())
    except TypefacesMissing:
        ruling = refuse(
            gettext_noop("服务器没有安装打印字体，请联系系统管理员；网页可以直接用浏览器打印")
        )
        return refused(request, ruling, status=409)
    return download(made, f"{name}.pdf", "application/pdf")


@require_safe
@never_cache
@needs(*READERS, of=ledger.offers.entry_at)
def entry(request: HttpRequest, entry: Any) -> HttpResponse:
    """A posted entry: lines, words, papers, its leaf, who did it, whether it still stands."""
    voucher = Voucher.objects.filter(entry=entry).first()
    wording, book = entry.wording, entry.book
    roles = request.access.roles_at(book.place)  # type: ignore[attr-defined]
    lines = showing.lines_shown(book, queries.places_of(entry.lines.order_by("position")))
    shown = names_shown(request)
    context = {
        "entry": entry,
        "book": book,
        "voucher": voucher,
        "number": ledger.papers.voucher_number(entry),
        "kind": KINDS[entry.kind],
        "lines": lines,
        "total_fen": sum(line.debit_fen for line in lines),
        "counterparty": shown(book.place, wording.counterparty, wording.person),
        "erased": _erased(entry),
        "papers": _papers(entry, voucher),
        "receipts": list(queries.receipts_of(entry.pk)),
        "reversed_by": ledger.reversed_by(entry),
        "pending": queries.pending_correction(entry),
        "ruling": may_correct(entry, roles),
        "sealed": entry.period <= ledger.sealed_through(book),
    }
    return render(request, "vouchers/entry.html", context)


def may_correct(entry: Any, roles: Collection[Role]) -> Ruling:
    """May somebody with these roles begin a correction of an entry?"""
    pending = queries.pending_correction(entry)
    return (
        rules.is_bookkeeper(held=BOOKKEEPER in roles)
        & posting.may_reverse(kind=entry.kind, reversed_by=ledger.reversed_by(entry))
        & rules.may_correct(reason="-", pending=pending.number if pending else "")
    )


def _erased(entry: Any) -> list[str]:
    """Fields whose words were erased; their commitments still stand in the leaf."""
    committed = json.loads(entry.leaf.body).get("commit", {})
    return [name for name in committed if name not in entry.wording.salts]


def _papers(entry: Any, voucher: Voucher | None) -> list[tuple[str, Any]]:
    """(hash, the kept file or None) of the papers of an entry, in their order."""
    known = {}
    if voucher:
        known = {p.file.sha256: p.file for p in voucher.papers.select_related("file")}
    found = []
    for paper in entry.papers.order_by("position")[:MOST_PAPERS]:
        file = known.get(paper.sha256) or files.known(entry.place, paper.sha256)
        found.append((paper.sha256, file))
    return found


@never_cache
@needs(BOOKKEEPER, of=ledger.offers.entry_at)
def correct(request: HttpRequest, entry: Any) -> HttpResponse:
    """Write what should have stood; the reversal and it are posted as one act."""
    known, answer = _keyed(request, entry)
    if answer is not None:
        return answer
    ruling = may_correct(entry, {BOOKKEEPER})
    if not ruling.allowed and known is None:
        return refused(request, ruling, status=409)
    filled = filled_by(list(entry.lines.select_related("account").order_by("position")))
    asked = request.POST.get("direction") or request.GET.get("direction") or ""
    direction = asked if asked in rules.DIRECTIONS else filled.direction
    wording = entry.wording
    initial = {name: getattr(wording, name) for name in (*queries.WORDS, "person")}
    initial |= {"on": _day_for(entry), "money": filled.money}
    return write(
        request,
        entry.book,
        key=request.GET["key"],
        direction=direction,
        initial=initial,
        items=filled.items if direction == filled.direction else (),
        papers=[file.pk for _sha, file in _papers(entry, None) if file],
        voucher=known,
        corrects=entry,
    )


def _keyed(request: HttpRequest, entry: Any) -> tuple[Voucher | None, HttpResponse | None]:
    """The voucher that this form's key has made already, or where to go instead."""
    key = request.GET.get("key", "")
    if not KEY.fullmatch(key):
        query = request.GET.copy()
        query["key"] = new_key()
        return None, redirect(f"{request.path}?{query.urlencode()}")
    known = Voucher.objects.filter(book=entry.book, key=key).first()
    if known and (known.prepared_by_id != request.user.pk or request.method != "POST"):
        return None, redirect("vouchers:detail", known.pk)
    return known, None


def _day_for(entry: Any) -> Any:
    """Today; while only earlier months are open, the last day of the latest of them."""
    today = timezone.localdate()
    first = Period(ledger.open_period(entry.book))
    return max(today, first.first_on)


@never_cache
@needs(BOOKKEEPER, of=ledger.offers.entry_at)
def reverse(request: HttpRequest, entry: Any) -> HttpResponse:
    """Undo an entry with nothing in its place; others approve it like any voucher."""
    known, answer = _keyed(request, entry)
    if answer is not None:
        return answer
    ruling = may_correct(entry, {BOOKKEEPER})
    if not ruling.allowed and known is None:
        return refused(request, ruling, status=409)
    form = ReverseForm(request.POST or None, initial={"on": _day_for(entry)})
    if request.method == "POST" and form.is_valid():
        try:
            voucher = services.reverse(
                by=request.user,
                entry=entry,
                key=request.GET["key"],
                on=form.cleaned_data["on"],
                reason=form.cleaned_data["reason"],
                now=timezone.now(),
            )
        except Refused as why:
            form.ruling = why.ruling  # type: ignore[attr-defined]
            put_on(
                form,
                Ruling(
                    tuple(
                        replace(r, field=FIELDS.get(r.field, r.field)) for r in why.ruling.reasons
                    )
                ),
            )
        else:
            messages.success(
                request, _("冲销凭证 %(n)s 已存为草稿，请提交审批") % {"n": voucher.number}
            )
            return redirect("vouchers:detail", voucher.pk)
    lines = showing.lines_shown(entry.book, queries.places_of(entry.lines.order_by("position")))
    context = {"form": form, "entry": entry, "book": entry.book, "lines": lines}
    status = UNPROCESSABLE if form.is_bound and form.errors else 200
    return render(request, "vouchers/reverse.html", context, status=status)


# --- paper --------------------------------------------------------------------------------------


def _paper(request: HttpRequest) -> str:
    return "a4" if request.GET.get("paper") == "a4" else "a5"


@require_safe
@needs(*READERS, of=Voucher)
def voucher_pdf(request: HttpRequest, voucher: Voucher) -> HttpResponse:
    """A voucher on paper, posted or not."""
    data = showing.voucher_paper(voucher, paper=_paper(request))
    return pdf(request, "voucher", data, f"{voucher.book.name} {voucher.number}")


@require_safe
@needs(*READERS, of=ledger.offers.entry_at)
def entry_pdf(request: HttpRequest, entry: Any) -> HttpResponse:
    """The voucher of an entry on paper, imported ones too."""
    book = entry.book
    told = ledger.papers.head(book, f"{entry.period}-PZ-{entry.number:04d}")
    entries = list(ledger.entries(book, number=entry.number))
    data = told | {
        "paper": _paper(request),
        "digits": True,
        "vouchers": papers.of_entries(entries),
    }
    return pdf(request, "voucher", data, f"{book.name} {ledger.papers.voucher_number(entry)}")


@require_safe
@needs(*READERS, of=ledger.offers.book_at)
def month_pdf(request: HttpRequest, book: Any) -> HttpResponse:
    """All vouchers of a month on paper, ?period=2026-10."""
    try:
        period = Period(request.GET.get("period", "")).code
    except ValueError:
        period = ledger.open_period(book)
    data = papers.month(book, period, paper=_paper(request))
    if not data["vouchers"]:
        messages.info(request, _("%(month)s 还没有入账的凭证") % {"month": period})
        return redirect("ledger:papers", book.code)
    return pdf(request, "voucher", data, f"{book.name} {_('记账凭证')} {period}")


@require_safe
@needs(*READERS, of=ledger.offers.entry_at)
def receipts_pdf(request: HttpRequest, entry: Any) -> HttpResponse:
    """The list of the receipts that an entry gathers."""
    found = list(queries.receipts_of(entry.pk).select_related("account"))
    if not found:
        return redirect("vouchers:entry", entry.book.code, entry.number)
    data = papers.receipt_list(entry, found)
    return pdf(request, "receipts", data, f"{entry.book.name} {_('收据清单')} {entry.number:04d}")
