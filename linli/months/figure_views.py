"""What a figure of a book is made of: how it comes about, and the vouchers behind it."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from django.core.exceptions import ObjectDoesNotExist
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.text import capfirst
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_safe

from linli.disclosure.rules import TOTALS
from linli.kernel.period import Period
from linli.kernel.roles import FUND_GROUP, OVERSEERS
from linli.ledger import queries as ledger
from linli.ledger import rules
from linli.sources import FUNDS
from linli.web.access import needs
from linli.web.registers import Column, Register
from linli.web.templatetags.words import say

READERS = tuple(sorted(FUND_GROUP | OVERSEERS, key=lambda role: role.code))
ROWS_A_PAGE = 50
ADDED = {
    rules.CLOSING: (
        (rules.OPENING, 1),
        (rules.INCOME, 1),
        (rules.COST, -1),
        (rules.USE, -1),
        (rules.TRANSFER, 1),
    ),
    rules.NET: ((rules.INCOME, 1), (rules.COST, -1)),
}
"""Which sums of a fund make another, and with which sign."""


@dataclass(frozen=True, slots=True)
class Figure:
    """A figure of a book; see `linli.ledger.figures` for its name. `account`: of a category."""

    book: Any
    fund: str
    part: str
    name: str
    account: Any = None

    @property
    def place(self) -> str:
        return str(self.book.place)

    @property
    def is_project(self) -> bool:
        return self.fund == ledger.figures.PROJECT


def the_figure(code: str, fund: str, part: str) -> Figure:
    """The figure of an address; Http404 where the book has none of that name."""
    book = ledger.offers.book_at(code)
    if fund == ledger.figures.PROJECT:
        try:
            return Figure(book, fund, part, ledger.project_of(book, part).name)
        except ObjectDoesNotExist:
            raise Http404 from None
    account = None if part in TOTALS else ledger.category_of(book, fund, part)
    if fund not in FUNDS or (part not in TOTALS and account is None):
        raise Http404
    word = TOTALS[part] if account is None else ledger.offers.names_of(book)[fund, part]
    return Figure(book, fund, part, f"{capfirst(say(FUNDS[fund].name))} · {say(word)}", account)


def figure_url(book: Any, fund: str, part: str, first: str, last: str = "") -> str:
    """The page of a figure of one month, or from one month to another."""
    address = reverse("months:figure", args=[book.code, fund, part])
    return f"{address}?first={first}&last={last or first}"


def with_ways(book: Any, fund: str, rows: Iterable[dict], period: str) -> list[dict]:
    """Rows of components/account.html, each leading down to its figure (see its `part`); a
    category by its name in the reader's language."""
    names = ledger.offers.names_of(book)
    return [
        row
        | {
            "href": figure_url(book, fund, row["part"], period),
            "label": names.get((fund, row["part"]), row["label"]),
        }
        for row in rows
    ]


@require_safe
@needs(*READERS, of=the_figure)
def figure(request: HttpRequest, asked: Figure) -> HttpResponse:
    """The vouchers behind a figure, from ?first= to ?last=; without them of this month."""
    book, (first, last) = asked.book, _span(request, asked.book)
    opening = asked.part == rules.OPENING and not asked.is_project
    if opening and first > book.first_period:
        before = Period(first).previous.code
        return redirect(figure_url(book, asked.fund, rules.CLOSING, before))
    chosen = ledger.figures.of(asked.fund, asked.part)
    where = {"period__lte": last} if opening else {"period__gte": first, "period__lte": last}
    found = ledger.figures.entries(book, chosen.lines, **where)
    found = found.filter(kind=rules.OPENING) if opening else found.exclude(kind=rules.OPENING)
    flow = ledger.span(book, first, last).get(asked.fund, ledger.FundFlow())
    if asked.part in (rules.OPENING, rules.CLOSING) and not asked.is_project:
        fen = flow.opening_fen if opening else flow.closing_fen
    else:
        fen = ledger.figures.total(book, chosen, **where)
    register = Register(
        request,
        rows=found,
        columns=_columns(asked, chosen),
        per_page=ROWS_A_PAGE,
        empty_title=gettext_lazy("没有凭证"),
        empty_text=gettext_lazy("这个数字为零，或由期初结转而来。"),
    )
    context = {
        "book": book,
        "asked": asked,
        "register": register,
        "fen": fen,
        "first": first,
        "last": last,
        "formula": _formula(asked, flow, first, last),
        "previous": _beside(book, Period(first).previous) if first == last else "",
        "following": _beside(book, Period(last).next) if first == last else "",
    }
    return render(request, register.template("months/figure.html"), context)


def _span(request: HttpRequest, book: Any) -> tuple[str, str]:
    """The months of the address, within those of the book."""
    this = max(Period.of(timezone.localdate()).code, book.first_period)
    try:
        first = Period(request.GET.get("first") or this).code
        last = Period(request.GET.get("last") or first).code
    except ValueError:
        raise Http404 from None
    if first > last:
        raise Http404
    return max(first, book.first_period), max(last, book.first_period)


def _beside(book: Any, month: Period) -> str:
    first = Period(book.first_period)
    return month.code if first <= month <= Period.of(timezone.localdate()) else ""


def _columns(asked: Figure, chosen: Any) -> tuple[Column, ...]:
    book, names = asked.book, ledger.offers.names_of(asked.book)

    def lines(entry: Any) -> list[Any]:
        return [line for line in entry.lines.all() if chosen.counts(line)]

    def categories(entry: Any) -> str:
        told = (line.account for line in lines(entry))
        return say(tuple(dict.fromkeys(names.get((a.fund, a.code), a.name) for a in told)))

    def projects(entry: Any) -> str:
        told = (line.project for line in lines(entry) if line.project)
        return say(tuple(dict.fromkeys(project.name for project in told)))

    def address(entry: Any) -> str:
        return reverse("vouchers:entry", args=[book.code, entry.number])

    return (
        Column(
            code="number",
            label=gettext_lazy("凭证号"),
            value=ledger.papers.voucher_number,
            href=address,
        ),
        Column(code="date", label=gettext_lazy("日期"), kind="day"),
        Column(code="summary", label=gettext_lazy("摘要"), value="wording.summary"),
        Column(
            code="category",
            label=gettext_lazy("科目"),
            value=categories,
            shown=asked.account is None and asked.part != rules.OPENING,
        ),
        Column(
            code="project",
            label=gettext_lazy("项目"),
            value=projects,
            shown=asked.part in (rules.USE, rules.CLOSING),
        ),
        Column(code="papers", label=gettext_lazy("单据"), kind="number", value="paper_count"),
        Column(
            code="fen",
            label=gettext_lazy("金额（元）"),
            kind="money",
            value=chosen.fen,
            href=address,
        ),
    )


def _formula(asked: Figure, flow: Any, first: str, last: str) -> list[dict]:
    """How the figure comes about: rows of components/account.html; none where it is a category."""
    if asked.is_project:
        return _project(asked, last)

    def row(part: str, label: Any, fen: int, kind: str = "line") -> dict:
        href = figure_url(asked.book, asked.fund, part, first, last)
        return {"label": label, "fen": fen, "kind": kind, "href": href}

    if asked.part in ADDED:
        told = [
            row(
                part,
                _("减：%(what)s") % {"what": say(TOTALS[part])} if sign < 0 else TOTALS[part],
                getattr(flow, f"{part}_fen"),
            )
            for part, sign in ADDED[asked.part]
            if getattr(flow, f"{part}_fen") or part in (rules.OPENING, rules.INCOME)
        ]
    elif asked.account is None and asked.part != rules.OPENING:
        names = ledger.offers.names_of(asked.book)
        sides = ledger.sides_of(asked.book)
        told = [
            row(code, names[asked.fund, code], fen)
            for code, (fen, _count) in flow.lines.items()
            if sides[asked.fund, code] == asked.part
        ]
    else:
        return []
    total = {"label": TOTALS[asked.part], "fen": getattr(flow, f"{asked.part}_fen")}
    return [*told, total | {"kind": "total"}] if told else []


def _project(asked: Figure, last: str) -> list[dict]:
    """What a project may draw from each fund and has drawn."""
    told: list[dict] = []
    for row in ledger.projects(asked.book, last):
        if row["project"].code != asked.part:
            continue
        for part in row["funding"]:
            told += [
                {"label": FUNDS[part["fund"]].name, "kind": "head"},
                {"label": gettext_lazy("预算"), "fen": part["budget_fen"], "kind": "part"},
                {
                    "label": gettext_lazy("累计拨付"),
                    "fen": part["paid_to_date_fen"],
                    "kind": "part",
                },
            ]
    return told
