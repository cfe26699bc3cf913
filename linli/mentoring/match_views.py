"""Matching: who needs what, the pairs that are proposed and why, the person who confirms them."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from linli.kernel.rulings import Refused
from linli.mentoring import queries, services, showing
from linli.mentoring.forms import AreaForm, NeedsForm
from linli.mentoring.models import Proposal
from linli.mentoring.views import FORM, UNPROCESSABLE, areas
from linli.mentoring.who import KEEPERS
from linli.places import queries as places
from linli.web.access import needs as let_in
from linli.web.fields import whole_number
from linli.web.reasons import put_on

MOST_SHOWN = 200


@never_cache
@require_http_methods(FORM)
@let_in(*KEEPERS)
def needs(request: HttpRequest) -> HttpResponse:
    """Write down what somebody needs to learn."""
    scope = request.access.scope(*KEEPERS)  # type: ignore[attr-defined]
    today = timezone.localdate()
    people = queries.serving(scope, today).order_by("place", "number")
    form = NeedsForm(
        request.POST or None,
        people=[
            (str(pk), f"{name} {number}")
            for pk, name, number in people.values_list("pk", "name", "number")[:2000]
        ],
    )
    if request.method == "POST" and form.is_valid():
        try:
            services.tell_needs(
                by=request.user,
                worker=queries.worker(int(form.cleaned_data["worker"])),
                needs=form.needs,
                now=timezone.now(),
            )
        except Refused as refused:
            put_on(form, refused.ruling)
        else:
            messages.success(request, _("已登记需求"))
            return redirect("mentoring:match")
    status = UNPROCESSABLE if form.is_bound and form.errors else 200
    return render(request, "mentoring/needs.html", {"form": form}, status=status)


@never_cache
@require_http_methods(FORM)
@let_in(*KEEPERS)
def match(request: HttpRequest) -> HttpResponse:
    """Who waits for a mentor; reckon the pairs of an area."""
    scope = request.access.scope(*KEEPERS)  # type: ignore[attr-defined]
    inside = areas(request, "county", "street", "community")
    form = AreaForm(request.POST or None, inside=inside, initial={"place": _first(inside)})
    if request.method == "POST" and form.is_valid():
        try:
            made = services.propose(by=request.user, **form.cleaned_data, now=timezone.now())
        except Refused as refused:
            put_on(form, refused.ruling)
        else:
            return redirect("mentoring:proposal", made.pk)
    waiting = queries.waiting(scope)
    mentors = queries.mentors(scope)
    context = {
        "form": form,
        "tabs": showing.tabs("match"),
        "waiting": [
            (row, showing.topic_names(row.needs)) for row in showing.where(waiting[:MOST_SHOWN])
        ],
        "count": waiting.count(),
        "seats": sum(max(one.most - one.load, 0) for one in mentors),  # type: ignore[attr-defined]
        "proposals": showing.where(queries.proposals(scope)[:10]),
    }
    status = UNPROCESSABLE if form.is_bound and form.errors else 200
    return render(request, "mentoring/match.html", context, status=status)


def _first(inside: list[places.Named]) -> str:
    return inside[0].code if inside else ""


@never_cache
@require_http_methods(FORM)
@let_in(*KEEPERS, of=Proposal)
def proposal(request: HttpRequest, found: Proposal) -> HttpResponse:
    """The proposed pairs, each with its reasons; those that are ticked hold."""
    if request.method == "POST":
        ticked = {whole_number(pk) for pk in request.POST.getlist("line")} - {None}
        services.decide(by=request.user, proposal=found, taken=ticked, now=timezone.now())  # type: ignore[arg-type]
        messages.success(request, _("已确认"))
        return redirect("mentoring:pairs")
    return render(request, "mentoring/proposal.html", _context(found))


def _context(found: Proposal) -> dict[str, Any]:
    rows = list(queries.lines(found))
    ways = places.names({row.mentee.place for row in rows})
    return {
        "proposal": found,
        "place": places.name(found.place),
        "rows": [
            {
                "line": row,
                "where": ways[row.mentee.place],
                "needs": showing.topic_names(row.mentee.needs),
                "parts": showing.parts_of(row) if row.mentor else (),
                "less": row.best_points - row.points,
                "best": row.best.name if row.best else "",
            }
            for row in rows
        ],
        "paired": sum(row.mentor_id is not None for row in rows),
    }
