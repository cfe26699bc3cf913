"""The month-end checklist: what is missing, answers, hand in, sign, publish, correct."""

from __future__ import annotations

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_GET, require_POST

from linli.bank import queries as bank
from linli.cases import queries as cases
from linli.disclosure import queries as disclosure
from linli.disclosure import rules as papers
from linli.kernel.flow import PASSED
from linli.kernel.period import Period
from linli.kernel.roles import (
    APPROVER,
    BOOKKEEPER,
    RESIDENT,
)
from linli.kernel.rulings import ALLOWED, Refused, Ruling, every
from linli.kernel.words import AnyOf
from linli.ledger import queries as ledger
from linli.months import queries, rules, services
from linli.months.figure_views import READERS, figure_url, with_ways
from linli.months.flow import MONTH
from linli.months.models import Month
from linli.web.access import needs
from linli.web.fields import whole_number

PAGE = "months/month.html"


def the_book(code: str, period: str) -> object:
    """The book of a page's address; 404 for another book or what is no month of it."""
    book = ledger.book_of_code(code)
    try:
        month = Period(period)
    except ValueError:
        raise Http404 from None
    if book is None or month < Period(book.first_period):
        raise Http404
    book.asked_period = month.code
    return book


@require_GET
@needs(*READERS, of=Month)
def detail(request: HttpRequest, row: Month) -> HttpResponse:
    """Where cases lead: the page of the month."""
    return redirect("months:month", row.book.code, row.period)


@require_GET
@needs(*READERS, of=the_book)
def month(request: HttpRequest, book: object) -> HttpResponse:
    return show(request, book)


def show(
    request: HttpRequest, book: object, ruling: Ruling = ALLOWED, at: str = ""
) -> HttpResponse:
    """The page, or with htmx its body; `ruling` is why the last act was refused."""
    period, now = book.asked_period, timezone.now()  # type: ignore[attr-defined]
    standing = queries.standing(book, period, now=now)
    read = None if standing.release else queries.reading(book, period)
    gates = queries.gates(book, period, now=now, read=read) if read else ()
    case = cases.find(flow=MONTH, subject=standing.month) if standing.month else None
    roles = request.access.roles_at(book.place)  # type: ignore[attr-defined]
    told = (
        papers.read(standing.release.statement)
        if standing.release
        else queries.preview(book, period, gates, read)
    )
    context = {
        "book": book,
        "period": period,
        "standing": standing,
        "hard": [gate for gate in gates if gate.hard],
        "soft": [gate for gate in gates if not gate.hard],
        "missing_count": sum(not gate.passed for gate in gates),
        "told": _leading_down(book, period, papers.named(told)),
        "steps": cases.progress(case, on=timezone.localdate(now)) if case else (),
        "may": _may(standing, gates, case, request, roles),
        "may_answer": BOOKKEEPER in roles,
        "ruling": ruling,
        "at": at,
        "previous": _beside(book, Period(period).previous),
        "following": _beside(book, Period(period).next),
        "later": ledger.later_corrections(book, period) if standing.release else {},
        "releases": disclosure.versions(book, period),
    }
    template = f"{PAGE}#body" if request.htmx else PAGE
    status = 422 if ruling.reasons and not request.htmx else 200
    return render(request, template, context, status=status)


def _leading_down(book: object, period: str, told: dict) -> dict:
    """A named statement whose figures lead to what they are made of."""
    for fund in told["funds"]:
        fund["rows"] = with_ways(book, fund["fund"], fund["rows"], period)
    first = book.first_period  # type: ignore[attr-defined]
    for project in told["projects"]:
        for name, since in (("href", period), ("to_date_href", first)):
            project[name] = figure_url(book, "project", project["code"], since, period)
    for row, account in zip(told["bank"], bank.accounts_told(book, told["bank"]), strict=True):
        if account is not None:
            address = reverse("ledger:account", args=[book.code, account.pk])  # type: ignore[attr-defined]
            row["href"] = f"{address}?first={period}&last={period}"
            row["bank_href"] = f"{reverse('bank:reconcile', args=[account.pk])}?month={period}"
    return told


def _beside(book: object, month: Period) -> str:
    first = Period(book.first_period)  # type: ignore[attr-defined]
    return month.code if first <= month <= Period.of(timezone.localdate()) else ""


def _may(
    standing: queries.Standing, gates: tuple, case: object, request: HttpRequest, roles: frozenset
) -> dict[str, Ruling]:
    """For each act whether it may be done now, and if not, why."""
    may = {"close": rules.may_close(gates), "short": rules.may_close_short(gates)}
    if case is not None:
        own = cases.steps_of(case, request.user)
        done = cases.done(case)
        for code in ("close", "approver", "resident", "publish"):
            ruling = MONTH.may_stamp(code, done=done, roles=roles, own_steps=own, outcome=PASSED)
            may[code] = every((may.get(code, ALLOWED), ruling))
    else:
        own_turn = MONTH.may_stamp("close", done=(), roles=roles)
        may["close"] &= own_turn
        may["short"] &= own_turn
    may["correct"] = rules.may_correct(
        state=standing.state, reason="-", changed=bool(standing.release)
    ) & _only(roles, APPROVER)
    if standing.release and standing.month is None:
        may["publish"] = rules.may_publish(state=standing.state) & _only(
            roles, BOOKKEEPER, APPROVER
        )
    return may


def _only(roles: frozenset, *wanted: object) -> Ruling:
    return rules.may_act(held=bool(roles & set(wanted)), who=AnyOf(r.name for r in wanted))  # type: ignore[attr-defined]


def _act(
    request: HttpRequest, book: object, act: object, /, at: str = "", **given: object
) -> HttpResponse:
    try:
        act(by=request.user, now=timezone.now(), **given)  # type: ignore[operator]
    except Refused as refused:
        return show(request, book, refused.ruling, at)
    if request.htmx:
        return show(request, book)
    return redirect("months:month", book.code, book.asked_period)  # type: ignore[attr-defined]


@require_POST
@needs(BOOKKEEPER, of=the_book)
def answer(request: HttpRequest, book: object) -> HttpResponse:
    """The bookkeeper's word on one soft gate."""
    point = request.POST.get("point", "")
    return _act(
        request,
        book,
        services.answer_gate,
        at=point,
        book=book,
        period=book.asked_period,  # type: ignore[attr-defined]
        point=point,
        text=request.POST.get("text", ""),
    )


@require_POST
@needs(BOOKKEEPER, of=the_book)
def close(request: HttpRequest, book: object) -> HttpResponse:
    return _act(request, book, services.close, book=book, period=book.asked_period)  # type: ignore[attr-defined]


def _handed_in(book: object) -> Month:
    row = queries.month(book, book.asked_period)  # type: ignore[attr-defined]
    if row is None:
        raise Http404
    return row


@require_POST
@needs(APPROVER, RESIDENT, of=the_book)
def sign(request: HttpRequest, book: object) -> HttpResponse:
    return _act(request, book, services.sign, month=_handed_in(book))


@require_POST
@needs(APPROVER, RESIDENT, of=the_book)
def send_back(request: HttpRequest, book: object) -> HttpResponse:
    return _act(
        request,
        book,
        services.send_back,
        month=_handed_in(book),
        reason=request.POST.get("reason", ""),
    )


@require_POST
@needs(BOOKKEEPER, APPROVER, of=the_book)
def publish(request: HttpRequest, book: object) -> HttpResponse:
    return _act(request, book, services.publish, book=book, period=book.asked_period)  # type: ignore[attr-defined]


@require_POST
@needs(APPROVER, of=the_book)
def correct(request: HttpRequest, book: object) -> HttpResponse:
    return _act(
        request,
        book,
        services.correct,
        book=book,
        period=book.asked_period,  # type: ignore[attr-defined]
        reason=request.POST.get("reason", ""),
    )


@require_GET
@needs(*READERS, of=the_book)
def notice(request: HttpRequest, book: object) -> HttpResponse:
    """The sealed notice as it is, or before the seal a draft of it."""
    period = book.asked_period  # type: ignore[attr-defined]
    version = request.GET.get("v", "")
    release = disclosure.release(book, period, whole_number(version, most=999))
    if release:
        data = bytes(release.notice)
    else:
        now = timezone.now()
        read = queries.reading(book, period)
        found = queries.gates(book, period, now=now, read=read)
        told = queries.preview(book, period, found, read)
        data = disclosure.draft_notice(book, told, now=now)
    answer_ = HttpResponse(data, content_type="application/pdf")
    answer_["Content-Disposition"] = f'inline; filename="{book.code}-{period}.pdf"'  # type: ignore[attr-defined]
    return answer_
