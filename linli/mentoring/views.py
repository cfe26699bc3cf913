"""Stations and their mentors."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from linli.kernel.place import Scope
from linli.kernel.rulings import Refused
from linli.mentoring import queries, services, showing
from linli.mentoring.forms import MentorForm, StationForm
from linli.mentoring.models import Mentor, Station
from linli.mentoring.who import KEEPERS, READERS
from linli.places import queries as places
from linli.sources import number
from linli.web.access import may, needs
from linli.web.reasons import put_on
from linli.web.registers import Register

UNPROCESSABLE = 422
FORM = ["GET", "HEAD", "POST"]


def the_scope(request: HttpRequest) -> Scope:
    return request.access.scope(*READERS)  # type: ignore[attr-defined]


def areas(request: HttpRequest, *levels: str) -> list[places.Named]:
    """Places of some levels that a keeper keeps."""
    scope = request.access.whole(*KEEPERS)  # type: ignore[attr-defined]
    rows = places.in_force().filter(level__in=levels).within(scope)
    return [places.Named(code, name) for code, name in rows.values_list("place", "name")]


@never_cache
@require_safe
@needs(*READERS)
def stations(request: HttpRequest) -> HttpResponse:
    """Every station within scope."""
    keeps = request.access.holds(*KEEPERS)  # type: ignore[attr-defined]
    scope, today = the_scope(request), timezone.localdate()
    table = Register(
        request,
        rows=showing.Lazy(queries.stations(scope), showing.where),
        columns=showing.STATIONS,
        tabs=showing.tabs("stations"),
        new_url=reverse("mentoring:new_station") if keeps else "",
        new_label=gettext_lazy("成立驿站"),
        empty_title=gettext_lazy("这里还没有老社工驿站"),
        empty_text=gettext_lazy("在社区成立驿站，聘老委员、老社工作导师，再按需求匹配结对。"),
    )
    context = {"register": table, "due": queries.due_now(scope, today)}
    answer = render(request, table.template("mentoring/stations.html"), context)
    answer["Vary"] = "HX-Request"
    return answer


@never_cache
@require_http_methods(FORM)
@needs(*KEEPERS)
def new_station(request: HttpRequest) -> HttpResponse:
    """Open a station."""
    form = StationForm(request.POST or None, inside=areas(request, "community"))
    if request.method == "POST" and form.is_valid():
        try:
            made = services.open_station(by=request.user, **form.cleaned_data, now=timezone.now())
        except Refused as refused:
            put_on(form, refused.ruling)
        else:
            messages.success(request, _("驿站已成立"))
            return redirect("mentoring:station", made.pk)
    status = UNPROCESSABLE if form.is_bound and form.errors else 200
    return render(request, "mentoring/new_station.html", {"form": form}, status=status)


@never_cache
@require_safe
@needs(*READERS, of=Station)
def station(request: HttpRequest, found: Station) -> HttpResponse:
    """One station: its mentors and whom they teach."""
    return _show(request, found)


def _show(request: HttpRequest, found: Station, form: MentorForm | None = None) -> HttpResponse:
    today = timezone.localdate()
    keeps = may(request, found.place, *KEEPERS)
    mentors = list(queries.mentors(Scope.of(found.place)).filter(station=found))
    pairs = queries.pairs(Scope.of(found.place[:6])).filter(queries.OPEN, mentor__station=found)
    taught: dict[int, list[Any]] = {}
    for pair in showing.with_state(today)(pairs):
        taught.setdefault(pair.mentor_id, []).append(pair)
    context = {
        "station": found,
        "path": places.path(found.place),
        "mentors": [
            (one, showing.topic_names(one.skills), taught.get(one.pk, [])) for one in mentors
        ],
        "keeps": keeps,
        "form": form or (_mentor_form(found) if keeps and not found.closed_on else None),
    }
    status = UNPROCESSABLE if form is not None else 200
    return render(request, "mentoring/station.html", context, status=status)


def _mentor_form(found: Station, data: Any = None) -> MentorForm:
    today = timezone.localdate()
    people = [
        (str(pk), f"{name} {number_}")
        for pk, name, number_ in queries.serving(Scope.of(found.place), today)
        .order_by("number")
        .values_list("pk", "name", "number")
    ]
    most = number("mentoring_most_mentees", on=today, place=found.place)
    return MentorForm(data, people=people, initial={"most": most})


@require_POST
@needs(*KEEPERS, of=Station)
def add_mentor(request: HttpRequest, found: Station) -> HttpResponse:
    """Name a mentor."""
    form = _mentor_form(found, request.POST)
    if form.is_valid():
        told = dict(form.cleaned_data)
        pk = told.pop("worker")
        worker = queries.worker(int(pk)) if pk else None
        if worker is not None:
            told["name"] = worker.name
        try:
            services.add_mentor(
                by=request.user, station=found, worker=worker, **told, now=timezone.now()
            )
        except Refused as refused:
            put_on(form, refused.ruling)
        else:
            messages.success(request, _("已聘为导师"))
            return redirect("mentoring:station", found.pk)
    return _show(request, found, form)


@require_POST
@needs(*KEEPERS, of=Mentor)
def end_mentor(request: HttpRequest, found: Mentor) -> HttpResponse:
    """Somebody is no mentor any more."""
    services.end_mentor(by=request.user, mentor=found, now=timezone.now())
    messages.success(request, _("已解聘"))
    return redirect("mentoring:station", found.station_id)


@require_POST
@needs(*KEEPERS, of=Station)
def close_station(request: HttpRequest, found: Station) -> HttpResponse:
    """Close a station."""
    services.close_station(by=request.user, station=found, now=timezone.now())
    messages.success(request, _("驿站已关闭"))
    return redirect("mentoring:stations")
