"""The money accounts and the reconciliation screen."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any
from urllib.parse import urlencode

from django.contrib import messages
from django.db.models import Model, Q
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from linli.bank import queries, rules, services
from linli.bank.board import Board
from linli.bank.forms import AccountsFilter, ExplainForm, MonthForm, OpeningForm
from linli.bank.models import Explanation, Match, OpeningItem
from linli.kernel.identity import looks_like_a_person, mask_name
from linli.kernel.period import Period
from linli.kernel.roles import BOOKKEEPER, FUND_GROUP, OVERSEERS, READS_NAMES, RESIDENT
from linli.kernel.rulings import Refused, Ruling
from linli.ledger import queries as ledger
from linli.ledger.rules import HOLDERS
from linli.web.access import needs
from linli.web.reasons import put_on
from linli.web.registers import Column, Register

READERS = tuple(sorted(FUND_GROUP | OVERSEERS, key=lambda role: role.code))
UNPROCESSABLE, CONFLICT = 422, 409
FORM = ["GET", "HEAD", "POST"]


def by_account(pk: int) -> Model:
    try:
        return queries.account(pk)
    except LookupError:
        raise Http404 from None


def month_of(request: HttpRequest, book: Model) -> str:
    """The month in the address or the form; without one the first that is not sealed."""
    for given in (request.POST, request.GET):
        form = MonthForm(given)
        if form.is_valid() and form.cleaned_data["month"]:
            return form.cleaned_data["month"]
    return ledger.open_period(book)


def to(account: Model, period: str, **more: str) -> str:
    """The address of an account's reconciliation in a month."""
    query = urlencode({"month": period, **more})
    return f"{reverse('bank:reconcile', args=[account.pk])}?{query}"


# --- all accounts -------------------------------------------------------------------------------

COLUMNS = (
    Column(
        code="name",
        label=gettext_lazy("账户"),
        href=lambda row: reverse("bank:reconcile", args=[row.pk]),
        sort="name",
    ),
    Column(code="book", label=gettext_lazy("账套"), value="book.name", sort="book__name"),
    Column(
        code="holder",
        label=gettext_lazy("由谁保管"),
        value=lambda row: HOLDERS.get(row.holder, row.holder),
        sort="holder",
    ),
    Column(code="tail", label=gettext_lazy("尾号")),
    Column(code="bank", label=gettext_lazy("开户行"), shown=False),
    Column(code="through_on", label=gettext_lazy("对账单截至"), kind="day", sort="through_on"),
)


@require_safe
@needs(*READERS)
def index(request: HttpRequest) -> HttpResponse:
    """The money accounts one may see; of a single book with where each stands this month."""
    scope = request.access.scope(*READERS)  # type: ignore[attr-defined]
    books = ledger.books(scope)
    if code := request.GET.get("book", ""):
        books = books.filter(code=code)
    found = list(books[:2])
    if code and not found:
        raise Http404
    if len(found) == 1:
        return _overview(request, found[0])
    form = AccountsFilter(request.GET)
    rows = queries.accounts(scope)
    text = form.cleaned_data["q"].strip() if form.is_valid() else ""
    if text:
        rows = rows.filter(Q(name__icontains=text) | Q(tail=text) | Q(book__name__icontains=text))
    register = Register(
        request,
        rows=rows,
        columns=COLUMNS,
        filters=form,
        empty_title=gettext_lazy("还没有资金账户"),
        empty_text=gettext_lazy("建立账套时登记业委会专户、监管账户、现金和代管账户。"),
    )
    return render(request, register.template("bank/accounts.html"), {"register": register})


def _overview(request: HttpRequest, book: Model) -> HttpResponse:
    period = month_of(request, book)
    context = {
        "book": book,
        "period": period,
        "previous": Period(period).previous.code,
        "next": Period(period).next.code,
        "rows": [
            (one, HOLDERS.get(one.account.holder, "")) for one in queries.standings(book, period)
        ],
        "sealed": period <= ledger.sealed_through(book),
    }
    return render(request, "bank/index.html", context)


# --- the reconciliation screen ------------------------------------------------------------------


@require_safe
@needs(*READERS, of=by_account)
def reconcile(request: HttpRequest, account: Model) -> HttpResponse:
    """Bank lines beside entries; what fits together, what is open and why."""
    marked = tuple(filter(None, request.GET.get("mark", "").split(",")))
    return show(request, account, month_of(request, account.book), marked=marked)


def show(
    request: HttpRequest,
    account: Model,
    period: str,
    *,
    marked: Sequence[str] = (),
    ruling: Ruling | None = None,
    status: int = 200,
    **more: Any,
) -> HttpResponse:
    try:
        one = queries.standing_of(account, period)
    except LookupError:
        raise Http404 from None
    roles = request.access.roles_at(account.place)  # type: ignore[attr-defined]
    sealed = period <= ledger.sealed_through(account.book)
    may = rules.may_reconcile(roles)
    names = names_shown(request, account.place)  # type: ignore[attr-defined]
    one.items = [item.shown_by(names) for item in one.items]
    board = (
        Board(account, period, marked, timezone.localdate(), names)
        if one.banked and not sealed
        else None
    )
    context = {
        "account": account,
        "book": account.book,
        "holder": HOLDERS.get(account.holder, ""),
        "period": period,
        "previous": Period(period).previous.code,
        "next": Period(period).next.code,
        "one": one,
        "sealed": sealed,
        "board": board,
        "matched": queries.matched(account, period, names) if one.banked else [],
        "may": may,
        "explains": BOOKKEEPER in roles and not sealed,
        "accepts": RESIDENT in roles and not sealed,
        "counts": bool(FUND_GROUP & roles) and not sealed,
        "ruling": ruling,
        **more,
    }
    return render(request, "bank/reconcile.html", context, status=status)


def names_shown(request: HttpRequest, place: str) -> Callable[[str], str]:
    """A counterparty as this reader may see it: natural persons masked for who only oversees."""
    if request.access.whole(*READS_NAMES).covers(place):  # type: ignore[attr-defined]
        return str
    return lambda name: mask_name(name) if looks_like_a_person(name) else name


def done(request: HttpRequest, account: Model, period: str, text: str) -> HttpResponse:
    messages.success(request, text)
    return redirect(to(account, period))


@require_POST
@needs(BOOKKEEPER, of=by_account)
def match(request: HttpRequest, account: Model) -> HttpResponse:
    """Match what is marked on both sides."""
    period = month_of(request, account.book)
    refs = [*request.POST.getlist("bank"), *request.POST.getlist("book")]
    try:
        services.match(by=request.user, account=account, refs=refs, now=timezone.now())
    except Refused as refused:
        return show(request, account, period, marked=refs, ruling=refused.ruling, status=CONFLICT)
    return done(request, account, period, _("已对上"))


@require_POST
@needs(BOOKKEEPER, of=Match)
def unmatch(request: HttpRequest, made: Match) -> HttpResponse:
    """Take a match apart."""
    account = by_account(made.account_id)
    period = month_of(request, account.book)
    try:
        services.unmatch(by=request.user, match=made, now=timezone.now())
    except Refused as refused:
        return show(request, account, period, ruling=refused.ruling, status=CONFLICT)
    return done(request, account, period, _("已撤销，两边各笔重新待对"))


@require_POST
@needs(BOOKKEEPER, of=by_account)
def auto(request: HttpRequest, account: Model) -> HttpResponse:
    """Match what is certain."""
    period = month_of(request, account.book)
    made = services.auto_match(by=request.user, account=account, through=period, now=timezone.now())
    text = _("自动对上 %(done)s 组，还有 %(open)s 笔待核对") % {
        "done": len(made.matches),
        "open": made.open_count,
    }
    return done(request, account, period, text)


@require_POST
@needs(BOOKKEEPER, of=by_account)
def explain(request: HttpRequest, account: Model) -> HttpResponse:
    """Say why an item is open."""
    period, form = month_of(request, account.book), ExplainForm(request.POST)
    said = {"asked": request.POST.get("ref", ""), "said": request.POST.get("note", "")}
    if not form.is_valid():
        return show(request, account, period, explain_form=form, status=UNPROCESSABLE, **said)
    data = form.cleaned_data
    try:
        services.explain(
            by=request.user,
            account=account,
            ref=data["ref"],
            period=data["month"],
            note=data["note"],
            now=timezone.now(),
        )
    except Refused as refused:
        return show(request, account, period, ruling=refused.ruling, status=CONFLICT, **said)
    return done(request, account, period, _("说明已记下"))


@require_POST
@needs(RESIDENT, of=Explanation)
def accept(request: HttpRequest, said: Explanation) -> HttpResponse:
    """The resident representative accepts an explanation."""
    account = by_account(said.account_id)
    try:
        services.accept_explanation(by=request.user, explanation=said, now=timezone.now())
    except Refused as refused:
        return show(request, account, said.period, ruling=refused.ruling, status=CONFLICT)
    return done(request, account, said.period, _("已认可"))


@require_http_methods(FORM)
@needs(BOOKKEEPER, of=by_account)
def declare(request: HttpRequest, account: Model) -> HttpResponse:
    """Declare an item that was open before the statements begin."""
    form = OpeningForm(request.POST if request.method == "POST" else None)
    if form.is_valid():
        data = form.cleaned_data
        try:
            services.declare_opening(
                by=request.user,
                account=account,
                side=data["side"],
                on=data["on"],
                amount_fen=form.amount_fen,
                summary=data["summary"],
                counterparty=data["counterparty"],
                now=timezone.now(),
            )
        except Refused as refused:
            put_on(form, refused.ruling)
        else:
            return done(request, account, month_of(request, account.book), _("已登记"))
    status = UNPROCESSABLE if form.errors else 200
    return render(request, "bank/declare.html", {"account": account, "form": form}, status=status)


@require_POST
@needs(BOOKKEEPER, of=OpeningItem)
def withdraw(request: HttpRequest, item: OpeningItem) -> HttpResponse:
    """Take back an opening item declared by mistake."""
    account = by_account(item.account_id)
    period = month_of(request, account.book)
    try:
        services.withdraw_opening(by=request.user, item=item, now=timezone.now())
    except Refused as refused:
        return show(request, account, period, ruling=refused.ruling, status=CONFLICT)
    return done(request, account, period, _("已撤回"))
