"""A book's first page, its months, and its yearly archive. (The month-end checklist lies in
`closing_views`.)"""

from __future__ import annotations

from datetime import datetime
from typing import Any
from urllib.parse import quote

from django.http import Http404, HttpRequest, HttpResponse, StreamingHttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_safe

from linli.kernel.period import Period
from linli.kernel.roles import (
    APPROVER,
    BOOKKEEPER,
    CASHIER,
    READS_NAMES,
    RESIDENT,
    Role,
)
from linli.ledger import queries as ledger
from linli.months import archive as archives
from linli.months import overview, queries
from linli.months.figure_views import READERS, figure_url, with_ways
from linli.places import queries as places
from linli.prints import missing_typefaces
from linli.sheets.answers import excel
from linli.sources import FUNDS
from linli.vouchers import queries as vouchers
from linli.vouchers import rules as voucher_rules
from linli.web.access import needs
from linli.web.context import Link
from linli.web.fields import whole_number
from linli.web.registers import Column, Register

FEW = 8

# --- book home ----------------------------------------------------------------------------------


@require_safe
@needs(*READERS, of=ledger.offers.book_at)
def home(request: HttpRequest, book: Any) -> HttpResponse:
    """What a book has, what its month still wants, and what may be done next."""
    now = timezone.now()
    today = timezone.localdate(now)
    period = _period(request, book, Period.of(today).code)
    standing = queries.standing(book, period, now=now)
    read = None if standing.release else queries.reading(book, period)
    gates = queries.gates(book, period, now=now, read=read) if read else ()
    money = read.money if read else ledger.money_accounts(book, period)
    counts = vouchers.counts(book)
    open_count = sum(counts.get(state, 0) for state in vouchers.OPEN_STATES)
    free = vouchers.free_by_category(book)
    roles = request.access.roles_at(book.place)  # type: ignore[attr-defined]
    told = overview.trend(book, until=period)
    context = {
        "book": book,
        "path": places.name_path(book.place),
        "period": period,
        "standing": standing,
        "badge": _badge(standing.state),
        "missing": [gate for gate in gates if not gate.passed],
        "passed_count": sum(gate.passed for gate in gates),
        "gate_count": len(gates),
        "funds": _funds(book, period, money),
        "money": money,
        "trend": _chart(book, told) if any(told.get("income", ())) else None,
        "open": _open(book) if open_count else [],
        "open_count": open_count,
        "entries": ledger.papers.latest(book, FEW),
        "acts": _acts(book, roles, counts, free, period),
        "previous": _beside(book, Period(period).previous, today),
        "following": _beside(book, Period(period).next, today),
    }
    return render(request, "months/home.html", context)


KINDS = {"draft": "draft", "waiting": "open", "returned": "wait"}


def _open(book: Any) -> list[Any]:
    """The vouchers on their way, each with the word and badge of its state."""
    found = list(vouchers.register(book, state="open")[:FEW])
    for voucher in found:
        voucher.state_word = voucher_rules.STATES[voucher.state], KINDS[voucher.state]
    return found


def _period(request: HttpRequest, book: Any, this: str) -> str:
    """The month asked for; else the first open one, at the latest the present one."""
    try:
        asked = Period(request.GET.get("period", "")).code
    except ValueError:
        return max(min(ledger.open_period(book), this), book.first_period)
    if asked < book.first_period:
        raise Http404
    return asked


def _beside(book: Any, month: Period, today: Any) -> str:
    """The month next to it, where the book has one."""
    return month.code if book.first_period <= month.code <= Period.of(today).code else ""


def _badge(state: str) -> str:
    return {"open": "wait", "closing": "open"}.get(state, "sealed")


def _funds(book: Any, period: str, money: list) -> list[dict]:
    """Each fund of the month as components/account.html rules it, gross, cost and net apart."""
    flows = ledger.month(book, period)
    held = {account.fund for account in money}
    found = []
    for fund in FUNDS:
        flow = flows.get(fund)
        if flow is None and fund not in held:
            continue
        flow = flow or ledger.FundFlow()
        rows = with_ways(book, fund, _rows(fund, flow), period)
        found.append({"fund": fund, "name": FUNDS[fund].name, "rows": rows})
    return found


def _rows(fund: str, flow: Any) -> list[dict]:
    def row(part: str, label: Any, kind: str = "part") -> dict:
        return {"part": part, "label": label, "fen": getattr(flow, f"{part}_fen"), "kind": kind}

    rows = [row("opening", gettext_lazy("上月结余"), "line")]
    if fund == "common":
        rows += [
            row("income", gettext_lazy("公共收入")),
            row("cost", gettext_lazy("减：合理成本")),
            row("net", gettext_lazy("公共收益"), "sum"),
        ]
    else:
        rows.append(row("income", gettext_lazy("本月收入")))
    rows.append(row("use", gettext_lazy("减：使用")))
    if flow.transfer_fen:
        rows.append(row("transfer", gettext_lazy("划转")))
    return [*rows, row("closing", gettext_lazy("本月结余"), "total")]


def _chart(book: Any, told: dict) -> dict:
    names = (
        ("income", gettext_lazy("公共收入"), False),
        ("cost", gettext_lazy("合理成本"), False),
        ("use", gettext_lazy("使用"), False),
        ("closing", gettext_lazy("期末余额"), True),
    )
    return {
        "unit": "fen",
        "x": told["months"],
        "hrefs": [figure_url(book, "common", "closing", month) for month in told["months"]],
        "series": [
            {"name": str(word), "tone": code, "values": told[code], "line": line}
            for code, word, line in names
        ],
    }


def _acts(
    book: Any, roles: frozenset[Role], counts: dict, free: list[dict], period: str
) -> list[tuple[Link, str]]:
    """The quick actions of these roles: (link, what waits there)."""
    code, found = book.code, []
    new = reverse("vouchers:new", args=[code])
    listed = f"{reverse('vouchers:index')}?book={code}"
    if BOOKKEEPER in roles:
        waiting = sum(group["n"] for group in free)
        found += [
            (Link(_("记一笔收入"), f"{new}?direction=in", "plus"), ""),
            (Link(_("记一笔支出"), f"{new}?direction=out", "minus"), ""),
            (Link(_("账户间调拨"), f"{new}?direction=move", "transfer"), ""),
            (
                Link(_("导入账表或流水"), f"{reverse('intake:index')}?book={code}", "file-upload"),
                "",
            ),
            (
                Link(_("汇总收据"), reverse("vouchers:gather", args=[code]), "list-check"),
                str(waiting or ""),
            ),
        ]
    if roles & {CASHIER, BOOKKEEPER}:
        found += [
            (Link(_("开收据"), reverse("vouchers:issue", args=[code]), "receipt-2"), ""),
            (
                Link(
                    _("用清单批量开收据"),
                    reverse("vouchers:receipt_sheet", args=[code]),
                    "file-upload",
                ),
                "",
            ),
        ]
    if roles & {APPROVER, RESIDENT}:
        found.append(
            (
                Link(_("审批凭证"), f"{listed}&state=waiting", "user-check"),
                str(counts.get("waiting") or ""),
            )
        )
    month = reverse("months:month", args=[code, period])
    found.append((Link(_("本月月结"), month, "checklist"), ""))
    return found


# --- the months of a book -----------------------------------------------------------------------

MONTH_COLUMNS = (
    Column(
        code="period",
        label=gettext_lazy("月份"),
        kind="period",
        href=lambda m: reverse("months:month", args=[m.book_code, m.period]),
    ),
    Column(
        code="state",
        label=gettext_lazy("状态"),
        kind="state",
        value=lambda m: (m.state_name, m.kind),
    ),
    Column(code="due_on", label=gettext_lazy("应公示日期"), kind="day"),
    Column(code="published_at", label=gettext_lazy("公示时间"), kind="moment"),
    Column(
        code="days_late",
        label=gettext_lazy("迟延天数"),
        kind="number",
        value=lambda m: m.days_late or None,
    ),
    Column(
        code="version", label=gettext_lazy("版本"), kind="number", value=lambda m: m.version or None
    ),
    Column(code="root", label=gettext_lazy("封存哈希"), value=lambda m: m.root[:8]),
)


class _OfBook:
    """A month with the code of its book, for the links of the register."""

    def __init__(self, month: overview.MonthShown, code: str) -> None:
        self._month, self.book_code = month, code

    def __getattr__(self, name: str) -> Any:
        return getattr(self._month, name)


def _months(book: Any, now: datetime) -> list[_OfBook]:
    return [_OfBook(month, book.code) for month in overview.months(book, now=now)]


def _asked_book(request: HttpRequest) -> Any:
    """The book that ?book= names or the only one in scope; None if there are several."""
    books = ledger.books(request.access.scope(*READERS))  # type: ignore[attr-defined]
    if code := request.GET.get("book"):
        return books.filter(code=code).first()
    few = list(books[:2])
    return few[0] if len(few) == 1 else None


@require_safe
@needs(*READERS)
def index(request: HttpRequest) -> HttpResponse:
    """The months of the book in ?book=; without it the books to choose from."""
    book = _asked_book(request)
    if book is None:
        return redirect("ledger:index")
    register = Register(
        request,
        rows=_months(book, timezone.now()),
        columns=MONTH_COLUMNS,
        excel_out_url=reverse("months:excel"),
        empty_title=gettext_lazy("还没有月份"),
        empty_text=gettext_lazy("建账后每个月一行：记账、签字、封存、公示。"),
    )
    context = {"register": register, "book": book}
    return render(request, register.template("months/index.html"), context)


@require_safe
@needs(*READERS)
def excel_out(request: HttpRequest) -> HttpResponse:
    book = _asked_book(request)
    if book is None:
        return redirect("ledger:index")
    return excel(f"{book.name} {_('月结')}", MONTH_COLUMNS, _months(book, timezone.now()))


# --- the yearly archive -------------------------------------------------------------------------


def _year(request: HttpRequest) -> int:
    asked = whole_number(request.GET.get("year"), most=2999)
    return asked if asked and asked >= 1949 else timezone.localdate().year


@require_safe
@needs(*READERS, of=ledger.offers.book_at)
def archive(request: HttpRequest, book: Any) -> HttpResponse:
    """What the archive of a year will hold, and the button that makes it."""
    year, now = _year(request), timezone.now()
    parts = archives.parts(book, year, now=now)
    published = [part for part in parts if part.path.startswith("公示/")]
    context = {
        "book": book,
        "year": year,
        "months": archives.sealed_months(book, year),
        "parts": [part for part in parts if part not in published],
        "published_count": len(published),
        "roots": [root for root in ledger.papers.roots(book, year) if root],
        "retention": archives.RETENTION,
        "ready": not missing_typefaces(),
    }
    return render(request, "months/archive.html", context)


@require_safe
@needs(*READERS, of=ledger.offers.book_at)
def archive_zip(request: HttpRequest, book: Any) -> HttpResponse:
    """The archive of a year, made while it is sent."""
    year, now = _year(request), timezone.now()
    named = request.access.whole(*READS_NAMES).covers(book.place)  # type: ignore[attr-defined]
    if not archives.sealed_months(book, year) or missing_typefaces():
        return redirect(f"{reverse('months:archive', args=[book.code])}?year={year}")
    answer = StreamingHttpResponse(
        archives.stream(book, year, now=now, named=named), content_type="application/zip"
    )
    name = quote(f"{book.name} {year}年度会计档案.zip")
    answer["Content-Disposition"] = f"attachment; filename*=UTF-8''{name}"
    answer["Cache-Control"] = "no-store"
    return answer
