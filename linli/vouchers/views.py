"""Vouchers: the register, writing one, its page, and what is done to it."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST, require_safe

from linli.cases import queries as cases
from linli.kernel.identity import mask_name
from linli.kernel.place import Scope
from linli.kernel.roles import (
    APPROVER,
    BOOKKEEPER,
    FUND_GROUP,
    OVERSEERS,
    READS_NAMES,
    RESIDENT,
)
from linli.kernel.rulings import Refused, Ruling
from linli.ledger import queries as ledger
from linli.sheets.answers import excel
from linli.vouchers import queries, rules, services, showing
from linli.vouchers.forms import (
    MOST_BOOKS,
    ApproveForm,
    ReasonForm,
    VouchersFilter,
)
from linli.vouchers.models import RETURNED, WAITING, Voucher
from linli.web.access import needs
from linli.web.registers import Column, Register

READERS = tuple(sorted(FUND_GROUP | OVERSEERS, key=lambda role: role.code))
APPROVERS = (APPROVER, RESIDENT)
FULL = tuple(sorted(READS_NAMES, key=lambda role: role.code))
UNPROCESSABLE = 422
STATE_KINDS = {
    "draft": "draft",
    "waiting": "open",
    "returned": "wait",
    "posted": "done",
    "void": "void",
}


def state_of(voucher: Voucher) -> tuple[str, str]:
    """(word, kind of badge) of a voucher's state."""
    return rules.STATES[voucher.state], STATE_KINDS[voucher.state]


def names_shown(request: HttpRequest) -> Callable[[str, str, bool], str]:
    """(place, name, natural person) → the name as this reader may see it."""
    full: Scope = request.access.whole(*FULL)  # type: ignore[attr-defined]
    return lambda place, name, person: (
        mask_name(name) if person and name and not full.covers(place) else name
    )


def _columns(request: HttpRequest, *, many: bool = False) -> tuple[Column, ...]:
    """`many`: vouchers of several books stand among each other, so each names its own."""
    shown = names_shown(request)
    return (
        Column(
            code="number",
            label=gettext_lazy("凭证号"),
            sort="period",
            href=lambda v: reverse("vouchers:detail", args=[v.pk]),
        ),
        Column(code="date", label=gettext_lazy("日期"), kind="day", sort="date"),
        Column(code="summary", label=gettext_lazy("摘要")),
        Column(
            code="counterparty",
            label=gettext_lazy("对方单位"),
            value=lambda v: shown(v.place, v.counterparty, v.person),
        ),
        Column(code="total_fen", label=gettext_lazy("金额（元）"), kind="money"),
        Column(code="state", label=gettext_lazy("状态"), kind="state", value=state_of),
        Column(code="prepared_by", label=gettext_lazy("制单人"), value="prepared_by.name"),
        Column(
            code="entry",
            label=gettext_lazy("分录号"),
            kind="number",
            value="entry.number",
            href=lambda v: (
                reverse("vouchers:entry", args=[v.book.code, v.entry.number]) if v.entry else ""
            ),
        ),
        Column(code="papers", label=gettext_lazy("单据"), kind="number", value="paper_count"),
        Column(code="book", label=gettext_lazy("账套"), value="book.name", shown=many),
        Column(code="document", label=gettext_lazy("票据号"), shown=False),
        Column(code="decision", label=gettext_lazy("决策依据"), shown=False),
        Column(code="handler", label=gettext_lazy("经办人"), shown=False),
        Column(code="reason", label=gettext_lazy("更正或作废原因"), shown=False),
    )


def books_in(request: HttpRequest) -> list[Any]:
    """The books within scope, as many as a choice may hold and one more."""
    return list(ledger.books(request.access.scope(*READERS))[: MOST_BOOKS + 1])  # type: ignore[attr-defined]


def chosen_book(books: Sequence[Any], code: str) -> Any:
    """The book that the address names, or the only one there is."""
    found = next((book for book in books if book.code == code), None)
    return found or (books[0] if len(books) == 1 else None)


def _chosen(request: HttpRequest) -> tuple[VouchersFilter, Any, Any]:
    books = books_in(request)
    form = VouchersFilter(request.GET, books=books)
    told = form.cleaned_data if form.is_valid() else {}
    rows = queries.search(
        request.access.scope(*READERS),  # type: ignore[attr-defined]
        named=request.access.whole(*FULL),  # type: ignore[attr-defined]
        book=told.get("book", ""),
        state=told.get("state", ""),
        period=told.get("period", ""),
        text=told.get("q", ""),
    )
    return form, rows, chosen_book(books, told.get("book", ""))


@require_safe
@needs(*READERS)
def index(request: HttpRequest) -> HttpResponse:
    """The vouchers within scope."""
    form, rows, book = _chosen(request)
    writes = request.access.holds(BOOKKEEPER)  # type: ignore[attr-defined]
    new_url = reverse("vouchers:new", args=[book.code]) if book else reverse("vouchers:choose")
    register = Register(
        request,
        rows=rows,
        columns=_columns(request, many=book is None),
        filters=form,
        new_url=new_url if writes else "",
        new_label=gettext_lazy("填凭证"),
        excel_out_url=reverse("vouchers:excel"),
        empty_title=gettext_lazy("还没有凭证"),
        empty_text=gettext_lazy("每笔收支填一张凭证，附上单据，由另一人审批后入账。"),
    )
    context = {"register": register, "book": book}
    return render(request, register.template("vouchers/index.html"), context)


@require_safe
@needs(*READERS)
def excel_out(request: HttpRequest) -> HttpResponse:
    return excel(_("凭证"), _columns(request), _chosen(request)[1])


@require_safe
@needs(BOOKKEEPER)
def choose(request: HttpRequest) -> HttpResponse:
    """In which book to write; who keeps only one begins at once."""
    books = list(ledger.books(request.access.scope(BOOKKEEPER))[:MOST_BOOKS])  # type: ignore[attr-defined]
    if len(books) == 1:
        return redirect("vouchers:new", books[0].code)
    return render(request, "vouchers/choose.html", {"books": books})


# --- the page -----------------------------------------------------------------------------------


@require_safe
@never_cache
@needs(*READERS, of=Voucher)
def detail(request: HttpRequest, voucher: Voucher) -> HttpResponse:
    """A voucher: what it says, where it stands, what may be done with it."""
    return page(request, voucher)


def page(
    request: HttpRequest,
    voucher: Voucher,
    *,
    ruling: Ruling | None = None,
    status: int = 200,
    **forms: Any,
) -> HttpResponse:
    now = timezone.now()
    roles = request.access.roles_at(voucher.place)  # type: ignore[attr-defined]
    case = queries.case(voucher)
    steps = cases.progress(case, on=timezone.localdate(now)) if case else []
    would = None
    if voucher.state in ("draft", "returned") and BOOKKEEPER in roles:
        would = queries.preview(voucher, now=now)[0]
    lines = showing.lines_of(voucher)
    context = {
        "voucher": voucher,
        "book": voucher.book,
        "state": state_of(voucher),
        "counterparty": names_shown(request)(voucher.place, voucher.counterparty, voucher.person),
        "lines": lines,
        "total_fen": sum(line.debit_fen for line in lines),
        "papers": list(voucher.papers.select_related("file")),
        "receipts": list(voucher.receipts.order_by("number")),
        "steps": steps,
        "turn": showing.turn(voucher, steps),
        "rulings": queries.rulings(voucher, request.user, roles),
        "would": would,
        "events": showing.timeline(voucher),
        "ruling": ruling,
        "approve_form": ApproveForm(auto_id="approve-%s"),
        "back_form": ReasonForm(auto_id="back-%s"),
        "void_form": ReasonForm(auto_id="void-%s"),
        "is_waiting": voucher.state == WAITING,
        "is_returned": voucher.state == RETURNED,
    }
    return render(request, "vouchers/detail.html", context | forms, status=status)


def _done(
    request: HttpRequest, voucher: Voucher, act: Callable[[], Voucher], said: str
) -> HttpResponse:
    """Do it and go back to the page; a refusal is shown there with its reasons."""
    try:
        voucher = act()
    except Refused as refused:
        voucher.refresh_from_db()
        return page(request, voucher, ruling=refused.ruling, status=409)
    messages.success(request, said % {"n": voucher.number})
    return redirect("vouchers:detail", voucher.pk)


@require_POST
@needs(BOOKKEEPER, of=Voucher)
def submit(request: HttpRequest, voucher: Voucher) -> HttpResponse:
    """Hand a draft in."""
    now = timezone.now()
    return _done(
        request,
        voucher,
        lambda: services.submit(by=request.user, voucher=voucher, now=now),
        _("凭证 %(n)s 已提交审批"),
    )


@require_POST
@needs(*APPROVERS, of=Voucher)
def approve(request: HttpRequest, voucher: Voucher) -> HttpResponse:
    """Approve; the last approval posts the entry."""
    form = ApproveForm(request.POST, auto_id="approve-%s")
    if not form.is_valid():
        return page(request, voucher, status=UNPROCESSABLE, approve_form=form)
    note, now = form.cleaned_data["note"], timezone.now()
    return _done(
        request,
        voucher,
        lambda: services.approve(by=request.user, voucher=voucher, note=note, now=now),
        _("凭证 %(n)s 已审批"),
    )


@require_POST
@needs(*APPROVERS, of=Voucher)
def send_back(request: HttpRequest, voucher: Voucher) -> HttpResponse:
    """Send a voucher back to its preparer with a reason."""
    form = ReasonForm(request.POST, auto_id="back-%s")
    if not form.is_valid():
        return page(request, voucher, status=UNPROCESSABLE, back_form=form)
    reason, now = form.cleaned_data["reason"], timezone.now()
    return _done(
        request,
        voucher,
        lambda: services.send_back(by=request.user, voucher=voucher, reason=reason, now=now),
        _("凭证 %(n)s 已退回制单人"),
    )


@require_POST
@needs(BOOKKEEPER, of=Voucher)
def void(request: HttpRequest, voucher: Voucher) -> HttpResponse:
    """Give a draft up, with a reason; it keeps its number."""
    form = ReasonForm(request.POST, auto_id="void-%s")
    if not form.is_valid():
        return page(request, voucher, status=UNPROCESSABLE, void_form=form)
    reason, now = form.cleaned_data["reason"], timezone.now()
    return _done(
        request,
        voucher,
        lambda: services.void(by=request.user, voucher=voucher, reason=reason, now=now),
        _("凭证 %(n)s 已作废，编号保留"),
    )
