"""Who looks at what: streets, communities and estates given to teams, as a list and on a map."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from linli.kernel.place import Scope
from linli.kernel.rulings import Refused
from linli.places import queries as places
from linli.premises import queries as premises
from linli.survey import drawing, papers, queries, rules, services, showing, tasks
from linli.survey.forms import AssignForm
from linli.survey.questions import LOOKS
from linli.survey.views import (
    EVERYBODY,
    FORM,
    MANAGERS,
    READERS,
    UNPROCESSABLE,
    campaign_of,
    manages,
    must_manage,
    scope_of,
    tabs,
)
from linli.web.access import needs
from linli.web.context import Link
from linli.web.reasons import put_on


@dataclass(frozen=True, slots=True)
class Cell:
    """Whose a look at a place is: given here (`own`), or with a wider place; None: nobody's.

    `lacking`: how many estates in it have nobody for this look.
    """

    look: str
    team: Any
    own: bool
    lacking: int

    @property
    def word(self) -> Any:
        return LOOKS[self.look]


@dataclass(frozen=True, slots=True)
class Row:
    """A place with how many rooms are there and whose its looks are."""

    code: str
    name: str
    depth: int
    rooms: int
    cells: list[Cell]

    @property
    def open(self) -> int:
        return sum(cell.team is None for cell in self.cells)


def _rows(
    found: Any, scope: Scope, crews: list[queries.Crew], given: queries.Given
) -> tuple[list[Row], dict[str, int]]:
    """Streets, communities and estates with rooms, and estate → looks that are nobody's."""
    teams = {team.pk: team for team in crews}
    known = _estates(found, scope)
    wider: dict[str, int] = {}
    for estate, n in known.items():
        for length in (9, 12, 15):
            wider[estate[:length]] = wider.get(estate[:length], 0) + n
    names = places.names(wider)
    nobodys = {
        look: [e for e in known if rules.assigned_to(e, given[look]) is None] for look in LOOKS
    }
    rows = []
    for code in sorted(wider):
        cells = [
            Cell(
                look,
                teams.get(rules.assigned_to(code, given[look])),
                code in given[look],
                sum(estate.startswith(code) for estate in nobodys[look]),
            )
            for look in LOOKS
        ]
        rows.append(Row(code, names[code], (len(code) - 9) // 3, wider[code], cells))
    return rows, {row.code: row.open for row in rows if len(row.code) == rules.ESTATE}


def _estates(found: Any, scope: Scope) -> dict[str, int]:
    """Estate → rooms: those of the list, or before it is made those of the register."""
    if found.started_at is not None:
        return {code: n for code, n in queries.estates(found).items() if scope.covers(code)}
    inside = Scope.of(*found.inside) if found.inside else Scope.of(found.place)
    told: dict[str, int] = {}
    for room in premises.rooms(inside).values_list("place", flat=True):
        if scope.covers(room):
            told[room[:15]] = told.get(room[:15], 0) + 1
    return told


@never_cache
@require_http_methods(FORM)
@needs(*READERS)
def assignment(request: HttpRequest, pk: int) -> HttpResponse:
    """Every place with whose its looks are; what is nobody's is shown; ticked places are given."""
    found = campaign_of(request, pk)
    crews, given = queries.crews(found)
    form = AssignForm(request.POST or None, teams=crews)
    if request.method == "POST":
        found = must_manage(request, pk)
        if form.is_valid() and _give(request, found, form):
            return redirect("survey:places", found.pk)
    return _show(request, found, form, _rows(found, scope_of(request), crews, given))


def _give(request: HttpRequest, found: Any, form: AssignForm) -> bool:
    """Give the ticked places; False with the reasons on the form."""
    team = queries.team(found, int(form.cleaned_data["team"]))
    try:
        services.assign(
            by=request.user,
            team=team,
            looks=form.cleaned_data["look"],
            at=request.POST.getlist("place"),
            now=timezone.now(),
        )
    except Refused as refused:
        put_on(form, refused.ruling)
        return False
    messages.success(request, _("已分给%(team)s") % {"team": team})
    return True


def _show(
    request: HttpRequest, found: Any, form: AssignForm, told: tuple[list[Row], dict[str, int]]
) -> HttpResponse:
    scope = scope_of(request)
    rows, open_of = told
    estates = {row.code: row.rooms for row in rows if row.code in open_of}
    as_map = request.GET.get("view") == "map"
    url = reverse("survey:places", args=[found.pk])
    context = {
        "campaign": found,
        "tabs": tabs(found, "places"),
        "views": [
            Link(_("列表"), url, "layout-list", not as_map),
            Link(_("地图"), f"{url}?view=map", "map-2", as_map),
        ],
        "state": showing.state_of(found),
        "manages": manages(request, found),
        "looks": list(LOOKS.items()),
        "rows": rows,
        "estates": [row for row in rows if row.code in open_of],
        "open": sum(open_of.values()),
        "form": form,
        "ticked": set(request.POST.getlist("place")),
        "drawing": drawing.given(estates, open_of, scope, url=url) if as_map else None,
    }
    status = UNPROCESSABLE if form.is_bound and form.errors else 200
    return render(request, "survey/places.html", context, status=status)


@require_POST
@needs(*MANAGERS)
def unassign(request: HttpRequest, pk: int) -> HttpResponse:
    """Take a look at a place back from its team."""
    found = must_manage(request, pk)
    place, _space, look = request.POST.get("what", "").partition(" ")
    row = queries.assignment(found, place, look)
    if row is None:
        raise Http404
    team = services.unassign(by=request.user, assignment=row, now=timezone.now())
    messages.success(request, _("已从%(team)s收回") % {"team": team})
    return redirect("survey:places", found.pk)


@never_cache
@require_safe
@needs(*EVERYBODY)
def sheet(request: HttpRequest, pk: int) -> HttpResponse:
    """The sheets of a team for one look: for each estate its rooms, each with a QR to its page."""
    found = campaign_of(request, pk, *EVERYBODY)
    look, number = request.GET.get("look", ""), request.GET.get("team", "")
    team = found.teams.filter(number=int(number)).first() if _is_number(number) else None
    if team is None or look not in LOOKS:
        raise Http404
    scope = scope_of(request, *EVERYBODY)
    told = tasks.sheet_rows(found, team, look, scope, estate=request.GET.get("estate", ""))
    if not told:
        messages.info(request, _("这个组在这里没有要查的用房"))
        return redirect("survey:mine")
    data = papers.sheets(found, team, look, told, address=request.build_absolute_uri("/"))
    name = f"{found.name} {team} {_(LOOKS[look])}"
    return papers.pdf(request, "survey_sheet", data, name)


def _is_number(text: str) -> bool:
    return text.isdecimal() and len(text) < 5
