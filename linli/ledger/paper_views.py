"""The books as pages, as Excel and as PDF: journal, ledger, trial balance, year."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.translation import get_language, gettext_lazy
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from linli.kernel.identity import mask_name
from linli.kernel.roles import READS_NAMES
from linli.kernel.rulings import refuse
from linli.kernel.words import gettext_noop
from linli.ledger import papers, queries, rules
from linli.ledger.forms import month_of, span_of, year_of
from linli.ledger.models import Account, Book
from linli.ledger.views import READERS
from linli.prints import TypefacesMissing
from linli.prints import render as draw
from linli.sheets.answers import XLSX, download
from linli.sheets.writing import Column, Table, write_xlsx
from linli.sources import FUNDS
from linli.web.access import needs, refused
from linli.web.registers import Register
from linli.web.templatetags.words import say

ROWS_A_PAGE = 50
MOST_ROWS = 50_000
SIDE_NAMES = {
    rules.INCOME: gettext_lazy("公共收入"),
    rules.COST: gettext_lazy("合理成本"),
    rules.USE: gettext_lazy("使用"),
    rules.TRANSFER: gettext_lazy("划转"),
}


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


def xlsx(name: str, columns: Sequence[Column], rows: Any, *, title: str = "") -> HttpResponse:
    """One table as an Excel file."""
    data = write_xlsx([Table(name[:31], columns, rows, title or name)])
    return download(data, f"{title or name}.xlsx", XLSX)


@require_safe
@needs(*READERS, of=Book, by="code")
def index(request: HttpRequest, book: Book) -> HttpResponse:
    """Everything of the book that can be read and printed, for a month, a span and a year."""
    today = timezone.localdate()
    form, first, last = span_of(request, book, today=today)
    sealed = queries.sealed_through(book)
    accounts = [
        account
        for account in papers.moved_accounts(book, first, last)
        if account.kind != rules.NET_ASSETS
    ]
    context = {
        "book": book,
        "form": form,
        "first": first,
        "last": last,
        "year": int(last[:4]),
        "sealed": sealed,
        "money": [account for account in accounts if account.kind == rules.MONEY],
        "groups": _groups(accounts, queries.offers.names_of(book)),
        "sums": papers.turnovers(accounts, first, last),
    }
    return render(request, "ledger/papers.html", context)


def _groups(accounts: Sequence[Account], names: Mapping) -> list[tuple[str, list]]:
    """(fund, [(account, its name)]) of the categories, in the order of FUNDS."""
    found = []
    for fund in FUNDS:
        some = [
            (account, names.get((account.fund, account.code), account.name))
            for account in accounts
            if account.fund == fund and account.kind != rules.MONEY
        ]
        if some:
            found.append((fund, some))
    return found


@require_safe
@needs(*READERS, of=queries.offers.account_at)
def account(request: HttpRequest, account: Account) -> HttpResponse:
    """One account row by row: a journal where it holds money, else a ledger."""
    book = account.book
    form, first, last = span_of(request, book, today=timezone.localdate())
    sums = papers.turnovers([account], first, last)[account.pk]
    rows = papers.account_rows(account, first, last)
    register = Register(
        request,
        rows=rows,
        columns=(),
        counted=papers.row_count(account, first, last),
        per_page=ROWS_A_PAGE,
    )
    context = {
        "book": book,
        "account": account,
        "name": queries.offers.names_of(book).get((account.fund, account.code), account.name),
        "form": form,
        "first": first,
        "last": last,
        "sums": sums,
        "register": register,
        "rows": _told(list(register.page.object_list), sums, is_last=not register.page.has_next()),
        "brought_fen": _brought(register, sums),
        "title": _title(account),
    }
    return render(request, "ledger/account.html", context)


def _title(account: Account) -> Any:
    if account.kind != rules.MONEY:
        return gettext_lazy("明细账")
    return (
        gettext_lazy("现金日记账") if account.holder == "cash" else gettext_lazy("银行存款日记账")
    )


def _brought(register: Register, sums: papers.Turnover) -> int:
    """What stands before the first row of this page."""
    rows = register.page.object_list
    first = rows[0] if len(rows) else None
    return sums.opening_fen + (first.moved_fen - first.amount_fen if first else 0)


def _told(rows: list[Any], sums: papers.Turnover, *, is_last: bool) -> list[dict]:
    """Rows with their balance; behind the last one of a month its sums and those of the year."""
    done = papers.reversed_numbers(line.entry for line in rows)
    told = []
    for at, line in enumerate(rows):
        period = line.entry.period
        ends = rows[at + 1].entry.period != period if at + 1 < len(rows) else is_last
        told.append(
            {
                "line": line,
                "entry": line.entry,
                "voucher": papers.voucher_number(line.entry),
                "contra": papers.contra(line),
                "balance_fen": sums.opening_fen + line.moved_fen,
                "reversed_by": done.get(line.entry_id),
                "month": sums.months.get(period) if ends else None,
                "year": sums.year_to(period) if ends else None,
            }
        )
    return told


@require_safe
@needs(*READERS, of=queries.offers.account_at)
def account_excel(request: HttpRequest, account: Account) -> HttpResponse:
    """The rows of an account with running balance."""
    book = account.book
    _form, first, last = span_of(request, book, today=timezone.localdate())
    sums = papers.turnovers([account], first, last)[account.pk]
    named = request.access.whole(*READS_NAMES).covers(book.place)  # type: ignore[attr-defined]
    columns = [
        Column(_("日期"), "day"),
        Column(_("凭证号")),
        Column(_("分录号"), "number"),
        Column(_("摘要")),
        Column(_("对方科目")),
        Column(_("对方单位")),
        Column(_("借方（元）"), "money"),
        Column(_("贷方（元）"), "money"),
        Column(_("余额（元）"), "money"),
        Column(_("原日期"), "day"),
    ]
    rows = [["", "", "", _("期初余额"), "", "", "", "", sums.opening_fen, ""]]
    for line in papers.account_rows(account, first, last)[:MOST_ROWS]:
        entry = line.entry
        rows.append(
            [
                entry.date,
                papers.voucher_number(entry),
                entry.number,
                entry.wording.summary,
                say(papers.contra(line)),
                entry.wording.counterparty
                if named or not entry.wording.person
                else mask_name(entry.wording.counterparty),
                line.amount_fen if line.amount_fen > 0 else "",
                -line.amount_fen if line.amount_fen < 0 else "",
                sums.opening_fen + line.moved_fen,
                entry.original_on or "",
            ]
        )
    title = f"{book.name} {account.name} {first}—{last}"
    return xlsx(account.name, columns, rows, title=title)


@require_safe
@needs(*READERS, of=queries.offers.account_at)
def account_pdf(request: HttpRequest, account: Account) -> HttpResponse:
    """The same on paper."""
    book = account.book
    _form, first, last = span_of(request, book, today=timezone.localdate())
    data = papers.ledger_paper(book, first, last, [account])
    template = "ledger"
    if account.kind == rules.MONEY:
        template, data["kind"] = "journal", "cash" if account.holder == "cash" else "bank"
    return pdf(request, template, data, f"{book.name} {account.name} {first}—{last}")


@require_safe
@needs(*READERS, of=Book, by="code")
def journal_pdf(request: HttpRequest, book: Book) -> HttpResponse:
    """All bank accounts, or with ?kind=cash all cash boxes, each from a page of its own."""
    _form, first, last = span_of(request, book, today=timezone.localdate())
    kind = "cash" if request.GET.get("kind") == "cash" else "bank"
    name = _("现金日记账") if kind == "cash" else _("银行存款日记账")
    data = papers.journal_paper(book, kind, first, last)
    return pdf(request, "journal", data, f"{book.name} {name} {first}—{last}")


@require_safe
@needs(*READERS, of=Book, by="code")
def ledger_pdf(request: HttpRequest, book: Book) -> HttpResponse:
    """Every account that held or moved anything, each from a page of its own."""
    _form, first, last = span_of(request, book, today=timezone.localdate())
    data = papers.ledger_paper(book, first, last)
    return pdf(request, "ledger", data, f"{book.name} {_('明细账')} {first}—{last}")


@require_safe
@needs(*READERS, of=Book, by="code")
def trial(request: HttpRequest, book: Book) -> HttpResponse:
    """The trial balance of a month, fund by fund."""
    form, period = month_of(request, book, today=timezone.localdate())
    names = queries.offers.names_of(book)
    funds = []
    for fund, rows in papers.trial(book, period).items():
        for row in rows:
            row["word"] = names.get((fund, row["code"]), row["name"])
        funds.append((fund, rows, _sides(rows)))
    context = {"book": book, "form": form, "period": period, "funds": funds}
    return render(request, "ledger/trial.html", context)


def _sides(rows: Sequence[Mapping[str, Any]]) -> dict[str, tuple[int, int]]:
    """Debit and credit of opening, turnover, year and closing; the two sides must be equal."""
    found = {}
    for name in ("opening", "closing"):
        signed = [row[f"{name}_fen"] for row in rows]
        found[name] = (sum(b for b in signed if b > 0), -sum(b for b in signed if b < 0))
    for name, debit, credit in (
        ("turnover", "debit_fen", "credit_fen"),
        ("year", "year_debit_fen", "year_credit_fen"),
    ):
        found[name] = (sum(row[debit] for row in rows), sum(row[credit] for row in rows))
    return found


@require_safe
@needs(*READERS, of=Book, by="code")
def trial_excel(request: HttpRequest, book: Book) -> HttpResponse:
    _form, period = month_of(request, book, today=timezone.localdate())
    columns = [
        Column(_("资金")),
        Column(_("科目编号")),
        Column(_("科目")),
        Column(_("期初余额（借正贷负）"), "money"),
        Column(_("本期借方"), "money"),
        Column(_("本期贷方"), "money"),
        Column(_("本年借方"), "money"),
        Column(_("本年贷方"), "money"),
        Column(_("期末余额（借正贷负）"), "money"),
    ]
    figures = ("opening", "debit", "credit", "year_debit", "year_credit", "closing")
    rows = [
        [say(FUNDS[fund].name), row["code"], row["name"], *(row[f"{n}_fen"] for n in figures)]
        for fund, some in papers.trial(book, period).items()
        for row in some
    ]
    return xlsx(_("科目余额表"), columns, rows, title=f"{book.name} {_('科目余额表')} {period}")


@require_safe
@needs(*READERS, of=Book, by="code")
def trial_pdf(request: HttpRequest, book: Book) -> HttpResponse:
    _form, period = month_of(request, book, today=timezone.localdate())
    name = f"{book.name} {_('科目余额表')} {period}"
    return pdf(request, "trial_balance", papers.trial_paper(book, period), name)


@require_safe
@needs(*READERS, of=Book, by="code")
def year(request: HttpRequest, book: Book) -> HttpResponse:
    """Twelve months beside each other: every line of every fund."""
    form, number = year_of(request, book, today=timezone.localdate())
    names = queries.offers.names_of(book)
    funds = []
    for fund in papers.year(book, number):
        for line in fund.lines:
            line.word = names.get((fund.fund, line.code), line.name)
        sides = [
            (side, SIDE_NAMES[side], [line for line in fund.lines if line.side == side])
            for side in papers.SIDES
        ]
        told = [
            (s, word, lines, fund.side(s), sum(fund.side(s))) for s, word, lines in sides if lines
        ]
        funds.append((fund, told))
    context = {
        "book": book,
        "form": form,
        "year": number,
        "months": [f"{number}-{month:02d}" for month in range(1, 13)],
        "roots": papers.roots(book, number),
        "funds": funds,
        "last": _last_month(number),
        "year_first": f"?first={number}-01",
        "year_span": f"?first={number}-01&last={number}-12",
    }
    return render(request, "ledger/year.html", context)


def _last_month(year: int) -> int:
    """How many months of a year have begun."""
    today = timezone.localdate()
    return 12 if year < today.year else today.month if year == today.year else 0


@require_safe
@needs(*READERS, of=Book, by="code")
def year_excel(request: HttpRequest, book: Book) -> HttpResponse:
    _form, number = year_of(request, book, today=timezone.localdate())
    months = [Column(f"{number}-{month:02d}", "money") for month in range(1, 13)]
    columns = [
        Column(_("资金")),
        Column(_("方向")),
        Column(_("科目")),
        *months,
        Column(_("全年"), "money"),
    ]
    rows: list[list[Any]] = []
    for fund in papers.year(book, number):
        name = say(FUNDS[fund.fund].name)
        rows += [
            [name, say(SIDE_NAMES[line.side]), line.name, *line.months, line.total_fen]
            for line in fund.lines
        ]
        rows.append([name, "", _("公共收益（净）"), *fund.net, sum(fund.net)])
        rows.append([name, "", _("期末余额"), *fund.closing, fund.closing[-1]])
    return xlsx(_("年度收支"), columns, rows, title=f"{book.name} {_('年度收支')} {number}")


@require_safe
@needs(*READERS, of=Book, by="code")
def year_pdf(request: HttpRequest, book: Book) -> HttpResponse:
    """The sealed months of the year on paper."""
    _form, number = year_of(request, book, today=timezone.localdate())
    data = papers.year_paper(book, number)
    return pdf(request, "year", data, f"{book.name} {_('年度收支')} {number}")
