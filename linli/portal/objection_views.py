"""Objecting without an account, and asking what became of it. No cookie, so no form token: the
form carries a signed moment instead, and nothing is done in anybody's name."""

from __future__ import annotations

import time
from typing import Any

from django.db import IntegrityError
from django.http import HttpRequest, HttpResponse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods

from linli.disclosure import queries as disclosure
from linli.disclosure import rules as papers
from linli.disclosure.flow import OBJECTION
from linli.kernel.words import gettext_noop
from linli.leads import queries as leads
from linli.places import queries as places
from linli.portal import lead_views, pages, queries, recruit_views, rules, services, showing
from linli.portal.forms import AskForm, ObjectionForm, opened, token
from linli.portal.queries import Notice, Shelf
from linli.portal.sending import from_here, visitor_of
from linli.portal.views import NOT_PUBLISHED, missing, the_notice, the_shelf
from linli.recruitment import queries as recruiting
from linli.sources import rule_of
from linli.web.reasons import put_on

UNPROCESSABLE, TOO_MANY = 422, 429


@csrf_exempt
@require_http_methods(["GET", "HEAD", "POST"])
def object_to(request: HttpRequest, code: str, period: str, figure: str) -> HttpResponse:
    """The form beside a figure; what comes of it is a query number, shown this once."""
    shelf = the_shelf(code)
    notice = the_notice(request, shelf, period)
    told = queries.statement(notice) if notice else {}
    if notice is None or figure not in papers.figures(told):
        text = _("这个月的公示里没有这个数字。") if notice else NOT_PUBLISHED
        return missing(request, shelf, text)
    rule = rule_of("common", on=timezone.localdate(), place=shelf.book.place)
    context = {
        "shelf": shelf,
        "book": shelf.book,
        "notice": notice,
        "period": period,
        "name": showing.figure_name(shelf, figure, told),
        "fen": showing.fen_of(told, figure),
        "href": showing.figure_url(shelf, period, rules.figure_path(figure)),
        "days": rule.reply_days,
    }
    if request.method == "POST":
        return _sent(request, shelf, notice, figure, context)
    context["form"] = ObjectionForm(initial={"token": token(time.time())})
    return pages.fresh(request, "portal/object.html", context, told=shelf.told)


def _sent(
    request: HttpRequest, shelf: Shelf, notice: Notice, figure: str, context: dict[str, Any]
) -> HttpResponse:
    form, now = ObjectionForm(request.POST), timezone.now()
    seconds, nonce = opened(request.POST.get("token", ""), time.time())
    if form.is_valid():
        given, visitor = form.cleaned_data, visitor_of(request)
        ruling = from_here(request) & rules.may_send(seconds=seconds, trap=given["website"])
        known = papers.figures(queries.statement(notice))
        ruling &= papers.may_object(
            figure=figure, known=known, text=given["text"], phone=given["phone"]
        )
        busy = rules.may_object_again(**queries.objected(visitor, shelf.book.code, now=now))
        if ruling.allowed and (busy.allowed or queries.sent_before(shelf.book, nonce)):
            made = _object(
                release=queries.release(notice),
                figure=figure,
                text=given["text"],
                phone=given["phone"],
                visitor=visitor,
                nonce=nonce,
            )
            context["made"] = made
            return pages.fresh(request, "portal/objected.html", context, told=shelf.told)
        put_on(form, ruling if not ruling.allowed else busy)
    if not seconds or seconds > rules.MOST_SECONDS:
        form.data = form.data.copy()
        form.data["token"] = token(time.time())
    context["form"] = form
    status = UNPROCESSABLE
    return pages.fresh(request, "portal/object.html", context, status=status, told=shelf.told)


def _object(**given: Any) -> Any:
    """Object; of the same form sent twice at once the second gets the first one's objection."""
    now = timezone.now()
    try:
        return services.object_to(by=None, now=now, **given)
    except IntegrityError:
        return services.object_to(by=None, now=now, **given)


# --- asking -----------------------------------------------------------------------------------


@csrf_exempt
@require_http_methods(["GET", "HEAD", "POST"])
def ask(request: HttpRequest) -> HttpResponse:
    """Query number and the phone's last four digits: what became of an objection or a report."""
    if request.method != "POST":
        return pages.fresh(request, "portal/ask.html", {"form": AskForm()})
    form, status = AskForm(request.POST), UNPROCESSABLE
    if form.is_valid():
        query, tail = form.cleaned_data["query"], form.cleaned_data["tail"]
        visitor, now = visitor_of(request), timezone.now()
        busy = rules.may_ask_again(**queries.asked_in_vain(visitor, query, now=now))
        row = disclosure.asked(query, tail) if busy.allowed else None
        if row is not None:
            return _told(request, row)
        lead = leads.asked(query, tail) if busy.allowed else None
        if lead is not None:
            return lead_views.told(request, lead)
        person = recruiting.asked(query, tail) if busy.allowed else None
        if person is not None:
            return recruit_views.told(request, person, tail)
        said = recruiting.objection_asked(query, tail) if busy.allowed else None
        if said is not None:
            return recruit_views.objection_told(request, said)
        if busy.allowed:
            services.ask_in_vain(by=None, query=query, visitor=visitor, now=now)
            form.add_error(None, _("没有找到：请核对查询号和电话后四位"))
        else:
            put_on(form, busy)
            status = TOO_MANY
    return pages.fresh(request, "portal/ask.html", {"form": form}, status=status)


def _told(request: HttpRequest, row: Any) -> HttpResponse:
    """What whoever sent an objection may see of it: the own words, the state, the answer."""
    shelf = the_shelf(row.book.code)
    notice = shelf.notice(row.period)
    told = queries.statement(notice) if notice else None
    context = {
        "shelf": shelf,
        "book": row.book,
        "row": row,
        "said": queries.said(row, places.calendar(), timezone.localdate()),
        "name": showing.figure_name(shelf, row.figure, told),
        "href": showing.figure_url(shelf, row.period, rules.figure_path(row.figure)),
        "steps": _steps(row),
    }
    return pages.fresh(request, "portal/asked.html", context, told=shelf.told)


def _steps(row: Any) -> list[dict[str, Any]]:
    """The steps of an objection for the stepper; no names, only what was done and when."""
    late = row.due_on < timezone.localdate()
    moments = {"screen": row.screened_at, "answer": row.answered_at}
    told = [
        {"name": gettext_noop("已收到"), "state": "done", "note": timezone.localdate(row.made_at)}
    ]
    turn = True
    for step in OBJECTION.steps:
        at = moments[step.code]
        if at:
            told.append({"name": step.name, "state": "done", "note": timezone.localdate(at)})
            continue
        state = ("late" if late else "open") if turn else "wait"
        note = row.due_on if step.code == "answer" else ""
        roles = tuple(role.name for role in step.by)
        told.append({"name": step.name, "state": state, "note": note, "by": roles})
        turn = False
    return told
