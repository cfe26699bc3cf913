"""Reporting a public room without an account, and what became of it. As objections are sent: no
cookie, a signed moment in the form, nothing in anybody's name."""

from __future__ import annotations

import time
from typing import Any

from django.db import IntegrityError
from django.http import HttpRequest, HttpResponse
from django.utils import timezone
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods

from linli.kernel.rulings import Refused
from linli.kernel.words import gettext_noop
from linli.leads import rules as leads
from linli.places import queries as places
from linli.portal import pages, queries, rules, services
from linli.portal.forms import LeadForm, opened, token
from linli.portal.sending import from_here, visitor_of
from linli.portal.views import the_shelf
from linli.premises import queries as rooms
from linli.sources import lead_kinds
from linli.web.reasons import put_on

UNPROCESSABLE, TOO_MANY = 422, 429


@csrf_exempt
@require_http_methods(["GET", "HEAD", "POST"])
def report(request: HttpRequest, code: str) -> HttpResponse:
    """The form of an estate, or with ?room= of one of its rooms (from the code on its door)."""
    shelf = the_shelf(code)
    room = _room(request, shelf.book.place)
    context: dict[str, Any] = {"shelf": shelf, "book": shelf.book, "room": room}
    if request.method == "POST":
        return _sent(request, context)
    context["form"] = LeadForm(initial={"token": token(time.time())}, room=room)
    return pages.fresh(request, "portal/report.html", context)


def _room(request: HttpRequest, estate: str) -> Any:
    """The room in the address, if it lies in the estate and is on the register."""
    code = request.GET.get("room", "")[:10]
    found = rooms.find(code, estate[:6]) if code else None
    return found if found and found.place.startswith(estate) and not found.until_on else None


def _sent(request: HttpRequest, context: dict[str, Any]) -> HttpResponse:
    book, room, now = context["book"], context["room"], timezone.now()
    form = LeadForm(request.POST, request.FILES, room=room)
    seconds, nonce = opened(request.POST.get("token", ""), time.time())
    status = UNPROCESSABLE
    if form.is_valid():
        given, visitor = dict(form.cleaned_data), visitor_of(request)
        ruling = from_here(request) & rules.may_send(seconds=seconds, trap=given.pop("website"))
        given.pop("token")
        busy = rules.may_report_again(
            **queries.objected(visitor, book.code, now=now, what=queries.Attempt.LEAD)
        )
        if not ruling.allowed:
            put_on(form, ruling)
        elif not (busy.allowed or queries.reported_before(nonce)):
            put_on(form, busy)
            status = TOO_MANY
        else:
            try:
                made = _report(book=book, room=room, visitor=visitor, nonce=nonce, **given)
            except Refused as refused:
                put_on(form, refused.ruling)
            else:
                context["made"] = made
                return pages.fresh(request, "portal/reported.html", context)
    if not seconds or seconds > rules.MOST_SECONDS:
        form.data = form.data.copy()
        form.data["token"] = token(time.time())
    context["form"] = form
    return pages.fresh(request, "portal/report.html", context, status=status)


def _report(**given: Any) -> Any:
    """Report; of the same form sent twice at once the second gets the first one's report."""
    now = timezone.now()
    try:
        return services.report_lead(by=None, now=now, **given)
    except IntegrityError:
        return services.report_lead(by=None, now=now, **given)


def told(request: HttpRequest, row: Any) -> HttpResponse:
    """What whoever sent a report may see of it: the own words, how far it is, what was found."""
    lead = row.lead
    context = {
        "row": row,
        "lead": lead,
        "kind": lead_kinds()[lead.kind_now].name,
        "where": places.name_path(lead.place[:15]),
        "state": leads.STATES[lead.state],
        "steps": _steps(row),
        "found": leads.CONCLUSIONS[lead.conclusion] if lead.is_settled else "",
    }
    return pages.fresh(request, "portal/report_asked.html", context)


def _steps(row: Any) -> list[dict[str, Any]]:
    """How far a report is, for the stepper; no names."""
    lead = row.lead
    if lead.state == leads.DISMISSED:
        over = timezone.localdate(lead.dismissed_at)
        return [
            _step(gettext_noop("已收到"), "done", timezone.localdate(row.at)),
            _step(leads.STATES[leads.DISMISSED], "done", over),
        ]
    at = list(leads.STATES).index(lead.state)
    words = (gettext_noop("已收到"), gettext_noop("部门会商"), gettext_noop("认定"))
    days = (timezone.localdate(row.at), "", lead.settled_on or "")
    return [
        _step(
            word,
            "done" if turn == 0 or lead.is_settled else "open" if turn == at else "wait",
            days[turn],
        )
        for turn, word in enumerate(words)
    ]


def _step(name: str, state: str, note: Any) -> dict[str, Any]:
    return {"name": name, "state": state, "note": note}
