"""Papers around an account: statements, the reconciliation sheet, cash counts, confirmations."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.contrib import messages
from django.db.models import Model
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from linli.bank import queries, rules, services
from linli.bank.forms import CountForm, CustodyForm
from linli.bank.models import CashCount, Statement
from linli.bank.views import (
    CONFLICT,
    FORM,
    READERS,
    UNPROCESSABLE,
    by_account,
    done,
    month_of,
    names_shown,
    show,
)
from linli.files import services as files
from linli.kernel.period import Period
from linli.kernel.roles import BOOKKEEPER, FUND_GROUP
from linli.kernel.rulings import Refused
from linli.ledger import queries as ledger
from linli.prints import TypefacesMissing
from linli.prints import render as draw
from linli.sheets.answers import download
from linli.web.access import needs
from linli.web.reasons import put_on
from linli.web.registers import Column, Register

COUNTERS = tuple(sorted(FUND_GROUP, key=lambda role: role.code))
PDF = "application/pdf"

# --- statements ---------------------------------------------------------------------------------

STATEMENT_COLUMNS = (
    Column(
        code="number",
        label=gettext_lazy("序号"),
        kind="number",
        href=lambda row: reverse("bank:statement", args=[row.pk]),
        sort="number",
    ),
    Column(code="file_name", label=gettext_lazy("文件")),
    Column(code="from_on", label=gettext_lazy("从"), kind="day", sort="from_on"),
    Column(code="to_on", label=gettext_lazy("到"), kind="day", sort="to_on"),
    Column(code="opening_fen", label=gettext_lazy("期初余额"), kind="money"),
    Column(code="closing_fen", label=gettext_lazy("期末余额"), kind="money"),
    Column(code="new_count", label=gettext_lazy("新流水"), kind="number"),
    Column(
        code="breaks",
        label=gettext_lazy("余额断点"),
        kind="number",
        value=lambda row: len(row.breaks),
    ),
    Column(code="kept_at", label=gettext_lazy("导入时间"), kind="moment", sort="kept_at"),
    Column(code="kept_by", label=gettext_lazy("导入人"), value="kept_by.name", shown=False),
)


@require_safe
@needs(*READERS, of=by_account)
def statements(request: HttpRequest, account: Model) -> HttpResponse:
    """The bank's files that were kept for an account."""
    imports = BOOKKEEPER in request.access.roles_at(account.place)  # type: ignore[attr-defined]
    new_url = f"{reverse('intake:new_bank', args=[account.book.code])}?account={account.pk}"
    register = Register(
        request,
        rows=queries.statements(account),
        columns=STATEMENT_COLUMNS,
        new_url=new_url if imports else "",
        new_label=gettext_lazy("导入对账单"),
        empty_title=gettext_lazy("还没有对账单"),
        empty_text=gettext_lazy(
            "从网银下载对账单文件，原样导入；系统逐笔核对余额，重复的流水会认出来。"
        ),
    )
    context = {"register": register, "account": account}
    return render(request, register.template("bank/statements.html"), context)


@require_safe
@needs(*READERS, of=Statement)
def statement(request: HttpRequest, kept: Statement) -> HttpResponse:
    """One statement: where it comes from, its lines, every break."""
    register = Register(
        request,
        rows=queries.lines_of(kept),
        columns=_line_columns(names_shown(request, kept.place)),
        per_page=100,
        empty_title=gettext_lazy("这份对账单没有新流水"),
    )
    context = {"register": register, "kept": kept, "account": by_account(kept.account_id)}
    return render(request, register.template("bank/statement.html"), context)


def _matched(row: Any) -> tuple[Any, str]:
    item = getattr(row, "match_item", None)
    return (gettext_lazy("已对上"), "done") if item else (gettext_lazy("待核对"), "wait")


def _line_columns(names: Callable[[str], str]) -> tuple[Column, ...]:
    return (
        Column(code="on", label=gettext_lazy("日期"), kind="day"),
        Column(code="summary", label=gettext_lazy("摘要")),
        Column(
            code="counterparty",
            label=gettext_lazy("对方户名"),
            value=lambda row: names(row.counterparty),
        ),
        Column(code="amount_fen", label=gettext_lazy("金额"), kind="money"),
        Column(code="balance_fen", label=gettext_lazy("余额"), kind="money"),
        Column(code="serial", label=gettext_lazy("流水号"), shown=False),
        Column(code="state", label=gettext_lazy("状态"), kind="state", value=_matched),
    )


# --- the sheet ----------------------------------------------------------------------------------


@require_safe
@needs(*READERS, of=by_account)
def sheet(request: HttpRequest, account: Model) -> HttpResponse:
    """银行存款余额调节表, made for paper."""
    period = month_of(request, account.book)
    try:
        one = queries.standing_of(account, period)
    except LookupError:
        raise Http404 from None
    names = names_shown(request, account.place)  # type: ignore[attr-defined]
    one.items = [item.shown_by(names) for item in one.items]
    corners = [
        (kind, rules.KINDS[kind], [item for item in one.items if item.kind == kind])
        for kind in rules.KINDS
    ]
    context = {
        "account": account,
        "book": account.book,
        "one": one,
        "period": period,
        "last": Period(period).last_on,
        "book_side": corners[2:],
        "bank_side": corners[:2],
        "sealed": period <= ledger.sealed_through(account.book),
    }
    return render(request, "bank/sheet.html", context)


@require_safe
@needs(*READERS, of=by_account)
def sheet_pdf(request: HttpRequest, account: Model) -> HttpResponse:
    """The same as PDF."""
    period = month_of(request, account.book)
    data = queries.print_data(account.book, period, account=account)
    if not data["accounts"]:
        raise Http404
    try:
        made = draw("reconciliation", data, on=timezone.now())
    except TypefacesMissing:
        messages.error(request, _("服务器没有安装打印字体，请用浏览器打印本页"))
        return redirect(f"{reverse('bank:sheet', args=[account.pk])}?month={period}")
    name = _("余额调节表 %(account)s %(period)s") % {"account": account.name, "period": period}
    return download(made, f"{name}.pdf", PDF)


# --- cash and custody ---------------------------------------------------------------------------


@require_http_methods(FORM)
@needs(*COUNTERS, of=by_account)
def count(request: HttpRequest, account: Model) -> HttpResponse:
    """Count a cash box for the end of a month."""
    period = month_of(request, account.book)
    begun = {"month": period, "on": min(Period(period).last_on, timezone.localdate())}
    form = CountForm(request.POST) if request.method == "POST" else CountForm(initial=begun)
    if form.is_valid():
        data = form.cleaned_data
        try:
            services.count_cash(
                by=request.user,
                account=account,
                period=data["month"],
                on=data["on"],
                counted_fen=data["counted"],
                note=data["note"],
                now=timezone.now(),
            )
        except Refused as refused:
            put_on(form, refused.ruling)
        else:
            return done(request, account, data["month"], _("盘点已记下，请另一人确认"))
    status = UNPROCESSABLE if form.errors else 200
    return render(request, "bank/count.html", {"account": account, "form": form}, status=status)


@require_POST
@needs(*COUNTERS, of=CashCount)
def confirm_count(request: HttpRequest, counted: CashCount) -> HttpResponse:
    """The second person confirms."""
    account = by_account(counted.account_id)
    try:
        services.confirm_count(by=request.user, count=counted, now=timezone.now())
    except Refused as refused:
        return show(request, account, counted.period, ruling=refused.ruling, status=CONFLICT)
    return done(request, account, counted.period, _("盘点已由两人签认"))


@require_http_methods(FORM)
@needs(BOOKKEEPER, of=by_account)
def custody(request: HttpRequest, account: Model) -> HttpResponse:
    """Record what a custodian confirmed on paper."""
    period = month_of(request, account.book)
    begun = {"month": period, "custodian": account.holder_name, "on": timezone.localdate()}
    posted = request.method == "POST"
    form = CustodyForm(request.POST, request.FILES) if posted else CustodyForm(initial=begun)
    if form.is_valid():
        try:
            _confirm_custody(request, account, form.cleaned_data)
        except Refused as refused:
            put_on(form, refused.ruling)
        else:
            return done(request, account, form.cleaned_data["month"], _("确认已记下"))
    status = UNPROCESSABLE if form.errors else 200
    return render(request, "bank/custody.html", {"account": account, "form": form}, status=status)


def _confirm_custody(request: HttpRequest, account: Model, data: dict[str, Any]) -> None:
    now, paper = timezone.now(), None
    if data["paper"]:
        upload = data["paper"][0]
        paper = files.keep(
            by=request.user, content=upload, name=upload.name, place=account.place, now=now
        )
    services.confirm_custody(
        by=request.user,
        account=account,
        period=data["month"],
        balance_fen=data["balance"],
        on=data["on"],
        custodian=data["custodian"],
        paper=paper,
        now=now,
    )
