"""Finding an estate, its page, a month, and what makes a figure."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from linli.disclosure import folder
from linli.disclosure import queries as disclosure
from linli.disclosure import rules as papers
from linli.kernel.period import Period
from linli.kernel.words import gettext_noop
from linli.ledger import queries as ledger
from linli.portal import entries, pages, proofs, queries, rules, showing
from linli.portal.queries import Notice, Shelf
from linli.sources import rule_of
from linli.web.templatetags.linli_ui import period as in_words

MONTHS = 12
FILES = {
    "notice.pdf": "application/pdf",
    "statement.csv": "text/csv; charset=utf-8",
    "statement.json": "application/json",
}


def the_shelf(code: str) -> Shelf:
    """What the public may see of a book; Http404 for an unknown one."""
    shelf = queries.shelf(code)
    if shelf is None:
        raise Http404
    return shelf


def the_notice(request: HttpRequest, shelf: Shelf, period: str) -> Notice | None:
    """The notice an address is about: the newest of the month, or the version asked for."""
    asked = request.GET.get("v", "")
    return shelf.notice(period, int(asked) if asked.isdecimal() and len(asked) < 4 else None)


def missing(request: HttpRequest, shelf: Shelf, text: object) -> HttpResponse:
    """There is no such thing, or it is not published yet: the page does not say which."""
    context = {"shelf": shelf, "text": text, "years": showing.years(shelf)}
    return pages.fresh(request, "portal/missing.html", context, status=404, told=shelf.told)


TO_BANK = {
    "book_receipt_not_in_bank": -1,
    "book_payment_not_in_bank": 1,
    "bank_receipt_not_in_book": 1,
    "bank_payment_not_in_book": -1,
}
"""How each kind of outstanding item leads from the book's balance to the bank's."""
NOT_PUBLISHED = gettext_noop("这个月的两笔账还没有公示。公示以后，逐笔凭证都可以在这里查到。")


# --- finding ----------------------------------------------------------------------------------


@require_safe
def home(request: HttpRequest) -> HttpResponse:
    """Find an estate by name, initials, community or code; what was published of late."""
    text, inside = request.GET.get("q", "").strip()[:64], request.GET.get("in", "")
    context: dict[str, Any] = {"q": text, "inside": ""}
    if text:
        context["found"] = queries.find(text)
    elif inside.isdecimal() and len(inside) in (9, 12):
        context |= {"found": queries.of_place(inside), "inside": queries.name_of(inside)}
    else:
        context |= {"recent": queries.recent(), "streets": queries.streets()}
    counties = queries.county_names()
    context["county"] = counties[0] if len(counties) == 1 else ""
    told = {"county": context["county"]}
    answer = pages.fresh(request, "portal/home.html", context, told=told)
    answer["Cache-Control"] = "public, max-age=30"
    answer["Vary"] = "Accept-Language, Cookie"
    return answer


# --- the estate -------------------------------------------------------------------------------


@require_safe
def estate(request: HttpRequest, code: str) -> HttpResponse:
    """An estate: this month's two accounts, twelve months, where money goes, what was said."""
    shelf = the_shelf(code)
    return pages.kept(
        request,
        path=reverse("portal:estate", args=[code]),
        token=shelf.token,
        changed_at=shelf.changed_at,
        template="portal/estate.html",
        make=lambda: _estate(shelf),
        told=shelf.told,
    )


def _estate(shelf: Shelf) -> Mapping[str, Any]:
    context: dict[str, Any] = {
        "shelf": shelf,
        "book": shelf.book,
        "address": f"{settings.PUBLIC_URL}{reverse('portal:estate', args=[shelf.book.code])}",
        "keys": proofs.keys(shelf.book),
        "objections": _named(shelf, queries.objections(shelf.book, limit=10)),
        "next": _next_due(shelf),
    }
    notice = shelf.months[0] if shelf.months else None
    if notice is None:
        return context
    context |= month_context(shelf, notice)
    context["three"] = {
        word: showing.figure_url(shelf, notice.period, f"common/{word}")
        for word in (rules.INCOME, rules.COST, rules.NET)
    }
    context["years"] = showing.years(shelf)
    return context


def _next_due(shelf: Shelf) -> dict[str, Any]:
    """The month that is published next, the day by which, and the days it is over (below zero: left)."""
    latest = shelf.latest
    period = Period(latest.period).next.code if latest else shelf.book.first_period
    due_on = disclosure.due_on(shelf.book, period)
    over = (timezone.localdate() - due_on).days
    return {"period": period, "due_on": due_on, "days_over": over}


def _pictures(shelf: Shelf, notice: Notice, told: Mapping[str, Any]) -> dict[str, Any]:
    """Twelve months up to this one, and where this one's money came from and went."""
    names = showing.Names(shelf.book)
    fund = told["funds"][0]["fund"] if told["funds"] else "common"
    some = [one for one in shelf.months if one.period <= notice.period][:MONTHS]
    some.reverse()
    return {
        "trend": rules.trend(
            queries.statements(some),
            fund,
            months=[in_words(one.period) for one in some],
            href=lambda period: showing.month_url(shelf, period),
        ),
        "trend_caption": _("%(fund)s最近 %(n)s 个月") % {"fund": names(fund), "n": len(some)},
        "flow": rules.money_flow(
            told,
            entries.used(shelf.book, notice.period),
            name=names,
            href=lambda path: showing.figure_url(shelf, notice.period, path),
        ),
    }


def month_context(shelf: Shelf, notice: Notice) -> dict[str, Any]:
    """What every page about a month's statement shows."""
    told = queries.statement(notice)
    root = proofs.printed_root(told)
    return {
        "shelf": shelf,
        "book": shelf.book,
        "notice": notice,
        "period": notice.period,
        "told": told,
        "root": root,
        "funds": showing.funds(shelf, notice, told),
        "projects": showing.projects(shelf, notice, told),
        "days": rule_of("common", on=timezone.localdate(), place=shelf.book.place).reply_days,
        "chat": showing.chat(shelf, notice, told, root=root, base=settings.PUBLIC_URL),
        **_pictures(shelf, notice, told),
        "accounts": showing.accounts(shelf, notice, told),
        "points": showing.points(told),
        "signers": showing.signers(told),
        "versions": shelf.versions(notice.period),
        "folder": folder_of(shelf, notice),
    }


def folder_of(shelf: Shelf, notice: Notice) -> str:
    """The path of a notice's published folder; "" where it was written elsewhere."""
    version = f"v{notice.version}/" if notice.version > 1 else ""
    path = f"{shelf.book.code}/{notice.period}/{version}"
    page = folder.standing(Path(settings.PUBLIC), f"{path}index.html")
    return path if page.is_file() else ""


def _named(shelf: Shelf, said: list[queries.Said]) -> list[dict[str, Any]]:
    """Objections with the names of their figures."""
    by_month = {one.period: one for one in shelf.months}
    wanted = [by_month[p] for p in {one.period for one in said} if p in by_month]
    told = dict(zip([n.period for n in wanted], queries.statements(wanted), strict=True))
    return [
        {
            "said": one,
            "figure": showing.figure_name(shelf, one.figure, told.get(one.period)),
            "href": showing.figure_url(shelf, one.period, rules.figure_path(one.figure)),
        }
        for one in said
    ]


@require_safe
def code_sheet(request: HttpRequest, code: str) -> HttpResponse:
    """A sheet for the notice board: the QR code of the estate's page."""
    shelf = the_shelf(code)
    path = reverse("portal:estate", args=[code])
    return pages.kept(
        request,
        path=reverse("portal:code_sheet", args=[code]),
        token=shelf.token,
        changed_at=shelf.changed_at,
        template="portal/code_sheet.html",
        make=lambda: {"shelf": shelf, "book": shelf.book, "address": settings.PUBLIC_URL + path},
        told=shelf.told,
    )


# --- a month ----------------------------------------------------------------------------------


@require_safe
def month(request: HttpRequest, code: str, period: str) -> HttpResponse:
    """A month's two accounts; with ?v=1 or ?v=2 … one version of them."""
    shelf = the_shelf(code)
    notice = the_notice(request, shelf, period)
    if notice is None:
        return missing(request, shelf, NOT_PUBLISHED)
    asked = notice.version if request.GET.get("v") else None
    return pages.kept(
        request,
        path=showing.month_url(shelf, period, asked),
        token=shelf.token,
        changed_at=shelf.changed_at,
        template="portal/month.html",
        make=lambda: _month(shelf, notice),
        told=shelf.told,
    )


def _month(shelf: Shelf, notice: Notice) -> Mapping[str, Any]:
    context = month_context(shelf, notice)
    base, code, period = settings.PUBLIC_URL, shelf.book.code, notice.period
    proof = reverse("portal:notice_proof", args=[code, period, context["root"][:8]])
    known = [one.period for one in reversed(shelf.months)]
    at = known.index(period)
    return context | {
        "objections": _named(shelf, queries.objections(shelf.book, period)),
        "proof_url": f"{base}{proof}",
        "previous": known[at - 1] if at else "",
        "following": known[at + 1] if at + 1 < len(known) else "",
        "keys": proofs.keys(shelf.book),
    }


@require_safe
def file(request: HttpRequest, code: str, period: str, name: str) -> HttpResponse:
    """One of the three files of a month as it was sealed; ?v= for a version."""
    shelf = the_shelf(code)
    notice = the_notice(request, shelf, period)
    if notice is None or name not in FILES:
        raise Http404
    saved = f"{code}-{period}{f'-v{notice.version}' if notice.version > 1 else ''}-{name}"
    return pages.data(
        request, queries.file(notice, name), FILES[name], name=saved, inline=name != "statement.csv"
    )


# --- a figure ---------------------------------------------------------------------------------


@require_safe
def figure(request: HttpRequest, code: str, period: str, fund: str, part: str) -> HttpResponse:
    """The entries behind a figure of a month."""
    shelf = the_shelf(code)
    notice = shelf.notice(period)
    if notice is None:
        return missing(request, shelf, NOT_PUBLISHED)
    told = queries.statement(notice)
    path = f"{fund}/{part}"
    net = path == f"common/{rules.NET}"
    name = path if net else rules.figure_of(fund, part, papers.figures(told))
    if not name or (net and not any(f["fund"] == "common" for f in told["funds"])):
        return missing(request, shelf, _("这个月的公示里没有这个数字。"))
    if part == rules.OPENING and (before := shelf.notice(Period(period).previous.code)):
        closing = f"{fund}/{rules.CLOSING}"
        return redirect(showing.figure_url(shelf, before.period, closing))
    number = _page(request)
    here = showing.figure_url(shelf, period, path)
    return pages.kept(
        request,
        path=f"{here}?page={number}" if number > 1 else here,
        token=shelf.token,
        changed_at=shelf.changed_at,
        template="portal/figure.html",
        make=lambda: _figure(shelf, notice, told, name, number),
        told=shelf.told,
    )


def _page(request: HttpRequest) -> int:
    asked = request.GET.get("page", "")
    return int(asked) if asked.isdecimal() and 1 <= len(asked) <= 5 else 1


def _figure(
    shelf: Shelf, notice: Notice, told: Mapping, name: str, number: int
) -> Mapping[str, Any]:
    period, (first, *rest) = notice.period, name.split("/")
    last = rest[-1]
    where: dict[str, object] = {"period": period}
    chosen = ledger.figures.of(first, last)
    if first == ledger.figures.PROJECT or last == rules.OPENING:
        where = {"period__lte": period}
    shown = entries.page(shelf, chosen, number, opening=last == rules.OPENING, **where)
    fund = next((f for f in told["funds"] if f["fund"] == first), None)
    return {
        "shelf": shelf,
        "book": shelf.book,
        "notice": notice,
        "period": period,
        "name": showing.figure_name(shelf, name, told),
        "fen": fund["net_fen"] if fund and last == rules.NET else showing.fen_of(told, name),
        "formula": showing.formula(shelf, notice, fund, last) if fund and len(rest) == 1 else (),
        "project": next((p for p in told["projects"] if p["code"] == last), None)
        if first == "project"
        else None,
        "names": showing.Names(shelf.book),
        "page": shown,
        "several": len(rest) == 1 and first != "project",
        "later": () if first == "project" else entries.later(shelf, chosen, period),
        "object": "" if last == rules.NET else showing.object_url(shelf, notice, name),
        "objections": _named(
            shelf, [one for one in queries.objections(shelf.book, period) if one.figure == name]
        ),
    }


@require_safe
def account(request: HttpRequest, code: str, period: str, position: int) -> HttpResponse:
    """A money account in a month: what came in and went out, and what bank and book differ in."""
    shelf = the_shelf(code)
    notice = shelf.notice(period)
    if notice is None:
        return missing(request, shelf, NOT_PUBLISHED)
    told = queries.statement(notice)
    found = entries.account_at(shelf.book, told, position)
    if found is None:
        return missing(request, shelf, _("这个月的公示里没有这个账户。"))
    number = _page(request)
    here = reverse("portal:account", args=[code, period, position])
    return pages.kept(
        request,
        path=f"{here}?page={number}" if number > 1 else here,
        token=shelf.token,
        changed_at=shelf.changed_at,
        template="portal/account.html",
        make=lambda: _account(shelf, notice, told, position, found[1], number),
        told=shelf.told,
    )


def _account(
    shelf: Shelf, notice: Notice, told: Mapping, position: int, row: Any, number: int
) -> Mapping[str, Any]:
    period = notice.period
    chosen = ledger.figures.of_account(row)
    shown = showing.accounts(shelf, notice, told)[position - 1]
    numbers = entries.behind_items(shelf, row, shown["outstanding"])
    for at, item in enumerate(shown["outstanding"]):
        item["number"] = numbers.get(at)
        item["signed_fen"] = TO_BANK[item["kind"]] * item["amount_fen"]
    moved = entries.moved(row, period)
    return {
        "shelf": shelf,
        "book": shelf.book,
        "notice": notice,
        "period": period,
        "account": shown,
        "opening_fen": shown["book_balance_fen"] - sum(moved),
        "moved": moved,
        "page": entries.page(shelf, chosen, number, period=period),
    }
