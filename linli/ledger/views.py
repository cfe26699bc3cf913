"""The register of books, the projects and the settings of one."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_POST, require_safe

from linli.kernel.roles import BOOKKEEPER, FUND_GROUP, OVERSEERS, STREET
from linli.kernel.rulings import Refused, require
from linli.kernel.words import gettext_noop
from linli.ledger import queries, services
from linli.ledger.forms import (
    BooksFilter,
    CloseAccountForm,
    ContactForm,
    LiveForm,
    MoneyAccountForm,
    ProjectForm,
    StageForm,
    latest,
)
from linli.ledger.models import Account, Book, Project
from linli.ledger.templatetags.books import fund_name, home_of
from linli.scope.names import WithPaths
from linli.sheets.answers import excel
from linli.sources import FUNDS, number_of
from linli.web.access import may, needs
from linli.web.reasons import put_on
from linli.web.registers import Column, Register

READERS = tuple(sorted(FUND_GROUP | OVERSEERS, key=lambda role: role.code))
KEEPERS = (BOOKKEEPER, STREET)
"""Who may change what a book is: its bookkeeper, and the street that set it up."""
UNPROCESSABLE = 422


BOOK_COLUMNS = (
    Column(code="name", label=gettext_lazy("账套"), sort="name", href=home_of),
    Column(code="code", label=gettext_lazy("编号"), sort="code"),
    Column(code="path", label=gettext_lazy("地点"), value="path", sort="place"),
    Column(code="custodian", label=gettext_lazy("资金管理主体"), sort="custodian"),
    Column(code="held", label=gettext_lazy("账面资金（元）"), value="held_fen", kind="money"),
    Column(code="through", label=gettext_lazy("封存至"), kind="period"),
    Column(code="live_from", label=gettext_lazy("启用月份"), kind="period", sort="live_from"),
    Column(code="first_period", label=gettext_lazy("建账月份"), kind="period", shown=False),
    Column(code="phone", label=gettext_lazy("监督电话"), shown=False),
)


def _chosen_books(request: HttpRequest) -> tuple[BooksFilter, Any]:
    form = BooksFilter(request.GET)
    text = form.cleaned_data["q"] if form.is_valid() else ""
    return form, queries.offers.register(request.access.scope(*READERS), text=text)  # type: ignore[attr-defined]


@require_safe
@needs(*READERS)
def index(request: HttpRequest) -> HttpResponse:
    """The books within scope; who has only one goes straight to it."""
    form, rows = _chosen_books(request)
    if not request.GET:
        few = list(rows[:2])
        if len(few) == 1:
            return redirect(home_of(few[0]))
    register = Register(
        request,
        rows=WithPaths(rows),
        columns=BOOK_COLUMNS,
        filters=form,
        excel_out_url=reverse("ledger:books_excel"),
        empty_title=gettext_lazy("辖区内还没有账套"),
        empty_text=gettext_lazy("每个小区一个账套，由系统管理员在“首次设置”或导入历史账目时建立。"),
    )
    return render(request, register.template("ledger/books.html"), {"register": register})


@require_safe
@needs(*READERS)
def books_excel(request: HttpRequest) -> HttpResponse:
    return excel(_("账套"), BOOK_COLUMNS, WithPaths(_chosen_books(request)[1]))


# --- projects -----------------------------------------------------------------------------------


_FUND_LABELS = {
    ("budget", "common"): gettext_lazy("预算：公共收益"),
    ("budget", "seed"): gettext_lazy("预算：种子基金"),
    ("budget", "fiscal"): gettext_lazy("预算：财政经费"),
    ("paid", "common"): gettext_lazy("已付：公共收益"),
    ("paid", "seed"): gettext_lazy("已付：种子基金"),
    ("paid", "fiscal"): gettext_lazy("已付：财政经费"),
}


def _per_fund(name: str) -> tuple[Column, ...]:
    return tuple(
        Column(
            code=f"{name}_{fund}",
            label=_FUND_LABELS[name, fund],
            value=lambda row, fund=fund: row[name].get(fund),
            kind="money",
            shown=False,
        )
        for fund in FUNDS
    )


PROJECT_COLUMNS = (
    Column(code="code", label=gettext_lazy("编号"), value=lambda row: row["project"].code),
    Column(code="name", label=gettext_lazy("项目"), value=lambda row: row["project"].name),
    Column(
        code="funds",
        label=gettext_lazy("资金来源"),
        value=lambda row: tuple(fund_name(fund) for fund in row["budget"]),
    ),
    Column(
        code="budget",
        label=gettext_lazy("预算（元）"),
        kind="money",
        value=lambda row: sum(row["budget"].values()),
    ),
    Column(
        code="paid",
        label=gettext_lazy("已付（元）"),
        kind="money",
        value=lambda row: sum(row["paid"].values()),
    ),
    Column(
        code="share",
        label=gettext_lazy("付款进度"),
        kind="percent",
        value=lambda row: sum(row["paid"].values()) * 100 // max(1, sum(row["budget"].values())),
    ),
    Column(code="stage", label=gettext_lazy("进展"), value=lambda row: row["project"].stage),
    Column(
        code="contractor",
        label=gettext_lazy("承接单位"),
        value=lambda row: row["project"].contractor,
        shown=False,
    ),
    Column(
        code="agreement",
        label=gettext_lazy("协议编号"),
        value=lambda row: row["project"].agreement,
        shown=False,
    ),
    Column(
        code="need",
        label=gettext_lazy("需求来源"),
        value=lambda row: row["project"].need,
        shown=False,
    ),
    *_per_fund("budget"),
    *_per_fund("paid"),
)


def _project_rows(book: Book) -> list[dict]:
    """Projects with budget and payments to date, each fund → fen."""
    found = []
    for row in queries.projects(book, latest(book, timezone.localdate())):
        budget = {part["fund"]: part["budget_fen"] for part in row["funding"]}
        paid = {part["fund"]: part["paid_to_date_fen"] for part in row["funding"]}
        found.append({"project": row["project"], "budget": budget, "paid": paid})
    return found


@require_safe
@needs(*READERS, of=Book, by="code")
def projects(request: HttpRequest, book: Book) -> HttpResponse:
    """What money is spent on: budget and payments per fund."""
    keeps = may(request, book.place, BOOKKEEPER)
    columns = [_to_stage(column, book) for column in PROJECT_COLUMNS] if keeps else PROJECT_COLUMNS
    register = Register(
        request,
        rows=_project_rows(book),
        columns=columns,
        new_url=reverse("ledger:add_project", args=[book.code]) if keeps else "",
        new_label=gettext_lazy("登记项目"),
        excel_out_url=reverse("ledger:projects_excel", args=[book.code]),
        empty_title=gettext_lazy("还没有登记项目"),
        empty_text=gettext_lazy("先登记项目和协议金额，付款凭证选上项目，就不会超付。"),
    )
    context = {"register": register, "book": book}
    return render(request, register.template("ledger/projects.html"), context)


def _to_stage(column: Column, book: Book) -> Column:
    """The column of how far a project has come leads its keeper to say it anew."""
    if column.code != "stage":
        return column
    return replace(
        column,
        value=lambda row: row["project"].stage or _("填写进展"),
        href=lambda row: reverse("ledger:tell_stage", args=[book.code, row["project"].pk]),
    )


@require_safe
@needs(*READERS, of=Book, by="code")
def projects_excel(request: HttpRequest, book: Book) -> HttpResponse:
    return excel(f"{book.name} {_('项目')}", PROJECT_COLUMNS, _project_rows(book))


@needs(BOOKKEEPER, of=Book, by="code")
def add_project(request: HttpRequest, book: Book) -> HttpResponse:
    """Register a project with what its agreement lets it draw from each fund."""
    form = ProjectForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        words = {n: form.cleaned_data[n] for n in form.cleaned_data if not n.startswith("budget")}
        try:
            services.add_project(
                by=request.user, book=book, budgets=form.budgets, now=timezone.now(), **words
            )
        except Refused as refused:
            _put(form, refused)
        else:
            messages.success(request, _("项目已登记"))
            return _back_to("projects", book)
    return _form_page(request, "ledger/project.html", book, form)


@needs(BOOKKEEPER, of=queries.offers.project_at)
def tell_stage(request: HttpRequest, project: Project) -> HttpResponse:
    """Say how far a project has come: the next statement that is sealed says it."""
    book = project.book
    form = StageForm(request.POST or None, initial={"stage": project.stage})
    if request.method == "POST" and form.is_valid():
        try:
            services.tell_stage(
                by=request.user, book=book, project=project, now=timezone.now(), **form.cleaned_data
            )
        except Refused as refused:
            _put(form, refused)
        else:
            messages.success(request, _("项目进展已更新"))
            return _back_to("projects", book)
    return _form_page(request, "ledger/stage.html", book, form, project=project)


def _back_to(name: str, book: Book) -> HttpResponse:
    """To a page of the book, which then forgets what was typed into the form."""
    return redirect(f"{reverse(f'ledger:{name}', args=[book.code])}?saved=1")


def _put(form: Any, refused: Refused) -> None:
    form.ruling = refused.ruling
    put_on(form, refused.ruling)


def _form_page(
    request: HttpRequest, template: str, book: Book, form: Any, **more: Any
) -> HttpResponse:
    status = UNPROCESSABLE if form.is_bound and form.errors else 200
    return render(request, template, {"form": form, "book": book, **more}, status=status)


# --- settings -----------------------------------------------------------------------------------


@require_safe
@needs(*READERS, of=Book, by="code")
def settings(request: HttpRequest, book: Book) -> HttpResponse:
    """What the book is: contacts, go-live month, money accounts, the limit for two approvers."""
    return _settings(request, book)


def _settings(request: HttpRequest, book: Book, *, status: int = 200, **forms: Any) -> HttpResponse:
    today = timezone.localdate()
    keeps = may(request, book.place, *KEEPERS)
    accounts = queries.money_accounts(book)
    words = {"custodian": book.custodian, "office": book.office, "phone": book.phone}
    context = {
        "book": book,
        "keeps": keeps,
        "keeping": require(keeps, gettext_noop("账套设置由记账员或街道办理")),
        "accounts": accounts,
        "close_form": CloseAccountForm(initial={"on": today}),
        "through": queries.sealed_through(book),
        "limit": number_of("two_approvers_above_fen", on=today, place=book.place),
        "contact_form": ContactForm(initial=words),
        "live_form": LiveForm(initial={"live_from": book.live_from}),
        "origin": queries.origin(book),
        "keys": queries.keys(queries.origin(book)),
        "head": queries.head(book),
    }
    return render(request, "ledger/settings.html", context | forms, status=status)


@require_POST
@needs(*KEEPERS, of=Book, by="code")
def tell_contact(request: HttpRequest, book: Book) -> HttpResponse:
    """Who keeps the money, where one objects."""
    form = ContactForm(request.POST)
    if not form.is_valid():
        return _settings(request, book, status=UNPROCESSABLE, contact_form=form)
    services.tell_contact(by=request.user, book=book, now=timezone.now(), **form.cleaned_data)
    messages.success(request, _("已保存，下一期公示表起使用"))
    return redirect("ledger:settings", book.code)


@require_POST
@needs(*KEEPERS, of=Book, by="code")
def go_live(request: HttpRequest, book: Book) -> HttpResponse:
    """From which month on the book is kept by vouchers."""
    form = LiveForm(request.POST)
    if form.is_valid():
        try:
            services.go_live(by=request.user, book=book, now=timezone.now(), **form.cleaned_data)
        except Refused as refused:
            _put(form, refused)
        else:
            messages.success(request, _("启用月份已保存"))
            return redirect("ledger:settings", book.code)
    return _settings(request, book, status=UNPROCESSABLE, live_form=form)


@needs(*KEEPERS, of=Book, by="code")
def open_account(request: HttpRequest, book: Book) -> HttpResponse:
    """A new money account of one fund."""
    form = MoneyAccountForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            services.open_account(
                by=request.user, book=book, now=timezone.now(), **form.cleaned_data
            )
        except Refused as refused:
            _put(form, refused)
        else:
            messages.success(request, _("账户已登记"))
            return _back_to("settings", book)
    return _form_page(request, "ledger/open_account.html", book, form)


@require_POST
@needs(*KEEPERS, of=queries.offers.account_at)
def close_account(request: HttpRequest, account: Account) -> HttpResponse:
    """Close an empty money account after a day."""
    book, form = account.book, CloseAccountForm(request.POST)
    if form.is_valid():
        services.close_account(
            by=request.user, account=account, on=form.cleaned_data["on"], now=timezone.now()
        )
        messages.success(request, _("账户已停用"))
        return redirect("ledger:settings", book.code)
    return _settings(request, book, status=UNPROCESSABLE, close_form=form, closing=account.pk)
