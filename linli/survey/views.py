"""Surveys and their rooms: the campaigns, one at a glance, how far it is, the list."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from linli.kernel.place import Scope
from linli.kernel.roles import DEPARTMENTS, DISTRICT, HOUSING, SECRETARY, STREET, SURVEYOR
from linli.kernel.rulings import Refused
from linli.places import queries as places
from linli.premises import queries as premises
from linli.sheets.answers import excel
from linli.survey import comparing, progress, queries, rules, services, showing
from linli.survey.forms import CampaignForm, TargetsFilter
from linli.survey.questions import LOOKS
from linli.web.access import needs
from linli.web.context import Link
from linli.web.reasons import put_on
from linli.web.registers import Register

UNPROCESSABLE = 422
FORM = ["GET", "HEAD", "POST"]
MANAGERS = (HOUSING,)
"""Who plans a survey, gives its places out and freezes its base."""
READERS = (DISTRICT, STREET, SECRETARY, *DEPARTMENTS)
EVERYBODY = (SURVEYOR, *READERS)


def campaign_of(request: HttpRequest, pk: int, *roles: Any) -> Any:
    """A survey of a county the reader has to do with. Raises Http404 for any other."""
    found = queries.campaign(pk)
    if found is None or not scope_of(request, *roles).touches(found.place):
        raise Http404
    return found


def scope_of(request: HttpRequest, *roles: Any) -> Scope:
    return request.access.scope(*(roles or READERS))  # type: ignore[attr-defined]


def manages(request: HttpRequest, found: Any) -> bool:
    """Whether the reader plans this survey."""
    held = request.access.roles_at(found.place)  # type: ignore[attr-defined]
    return bool(held & set(MANAGERS))


def must_manage(request: HttpRequest, pk: int) -> Any:
    """The survey, for who plans it. Raises Http404 for others."""
    found = campaign_of(request, pk, *MANAGERS)
    if not manages(request, found):
        raise Http404
    return found


def tabs(found: Any, current: str) -> list[Link]:
    """The pages of a survey."""
    pages = (
        ("campaign", gettext_lazy("总览"), "clipboard-list"),
        ("targets", gettext_lazy("用房"), "building-community"),
        ("progress", gettext_lazy("进度"), "chart-bar"),
        ("places", gettext_lazy("分工"), "map-2"),
        ("teams", gettext_lazy("编组"), "users"),
        ("bases", gettext_lazy("底数"), "lock"),
    )
    return [
        Link(word, reverse(f"survey:{name}", args=[found.pk]), icon, name == current)
        for name, word, icon in pages
    ]


@never_cache
@require_safe
@needs(*READERS)
def campaigns(request: HttpRequest) -> HttpResponse:
    """Every survey of the reader's counties, the latest first."""
    rows = list(queries.campaigns(scope_of(request)))
    today = timezone.localdate()
    shown = [(row, showing.state_of(row), queries.overdue(row, today)) for row in rows]
    may = request.access.holds(*MANAGERS)  # type: ignore[attr-defined]
    return render(request, "survey/campaigns.html", {"campaigns": shown, "may": may})


@never_cache
@require_http_methods(FORM)
@needs(*MANAGERS)
def new(request: HttpRequest) -> HttpResponse:
    """Plan a survey of the county."""
    scope = request.access.whole(*MANAGERS)  # type: ignore[attr-defined]
    county = min(scope.prefixes)[:6]
    form = CampaignForm(
        request.POST or None,
        inside=premises.inside_choices(scope),
        initial={"departments": rules.DEPARTMENT_CODES, "from_on": timezone.localdate()},
    )
    if request.method == "POST" and form.is_valid():
        try:
            made = services.plan_campaign(
                by=request.user, county=county, **form.cleaned_data, now=timezone.now()
            )
        except Refused as refused:
            put_on(form, refused.ruling)
        else:
            return redirect("survey:campaign", made.pk)
    status = UNPROCESSABLE if form.is_bound and form.errors else 200
    return render(request, "survey/new.html", {"form": form}, status=status)


@never_cache
@require_safe
@needs(*READERS)
def campaign(request: HttpRequest, pk: int) -> HttpResponse:
    """One survey at a glance: who takes part, how far it is, the piles, what is to be done."""
    found = campaign_of(request, pk)
    sums = progress.by_estate(found, scope_of(request))
    whole = progress.whole(sums.values())
    todo = progress.by_team(sums, queries.given(found))
    appointed = queries.appointed(found)
    context = {
        "campaign": found,
        "tabs": tabs(found, "campaign"),
        "state": showing.state_of(found),
        "manages": manages(request, found),
        "whole": whole,
        "piles": _piles(found, whole),
        "looks": [
            (look, word, whole.looks[look], whole.total - whole.looks[look])
            for look, word in LOOKS.items()
        ],
        "unassigned": todo[None].total if None in todo else 0,
        "departments_count": len(appointed),
        "people_count": sum(appointed.values()),
        "departments": [rules.department(code) for code in found.departments],
        "overdue": queries.overdue(found, timezone.localdate()) and whole.open,
        "inside": places.name_paths(found.inside).values() if found.inside else (),
        "planned": queries.state(found) == rules.PLANNED,
        "running": queries.state(found) in (rules.RUNNING, rules.FROZEN),
    }
    return render(request, "survey/campaign.html", context)


def _piles(found: Any, whole: Any) -> list[dict[str, Any]]:
    url = reverse("survey:targets", args=[found.pk])
    return [
        {
            "word": word,
            "count": whole.piles[pile],
            "url": f"{url}?pile={pile}",
            "kind": showing.PILE_BADGES[pile],
        }
        for pile, word in comparing.PILES.items()
    ]


@require_POST
@needs(*MANAGERS)
def start(request: HttpRequest, pk: int) -> HttpResponse:
    """Begin: the register as it is now is the list."""
    found = must_manage(request, pk)
    services.start(by=request.user, campaign=found, now=timezone.now())
    messages.success(request, _("排查已开始，清单已按用房台账生成"))
    return redirect("survey:campaign", found.pk)


@require_POST
@needs(*MANAGERS)
def close(request: HttpRequest, pk: int) -> HttpResponse:
    found = must_manage(request, pk)
    services.close(by=request.user, campaign=found, now=timezone.now())
    messages.success(request, _("排查已结束"))
    return redirect("survey:campaign", found.pk)


# --- how far it is --------------------------------------------------------------------------------


@never_cache
@require_safe
@needs(*READERS)
def progress_page(request: HttpRequest, pk: int) -> HttpResponse:
    """Done, open and leads by street, by community, by team; every figure opens to its rows."""
    found = campaign_of(request, pk)
    scope = scope_of(request)
    sums = progress.by_estate(found, scope)
    teams, given = queries.crews(found)
    shifts = progress.by_team(sums, given)
    streets = progress.grouped(sums, lambda code: code[:9])
    communities = progress.grouped(sums, lambda code: code[:12])
    named = places.names([*streets, *communities])
    rows = [
        (len(code) > 9, named[code], code, one)
        for code, one in sorted((streets | communities).items())
    ]
    context = {
        "campaign": found,
        "tabs": tabs(found, "progress"),
        "state": showing.state_of(found),
        "rows": rows,
        "whole": progress.whole(sums.values()),
        "teams": progress.named(shifts, teams),
        "nobody": shifts.get(None),
        "overdue": queries.overdue(found, timezone.localdate()),
        "targets_url": reverse("survey:targets", args=[found.pk]),
    }
    return render(request, "survey/progress.html", context)


# --- the list -------------------------------------------------------------------------------------


class _Chosen:
    """What a reader narrowed the list to."""

    def __init__(self, request: HttpRequest, found: Any) -> None:
        self.scope = scope_of(request)
        teams, given = queries.crews(found)
        self.form = TargetsFilter(
            request.GET, inside=premises.inside_choices(self.scope), teams=teams
        )
        told = self.form.cleaned_data if self.form.is_valid() else {}
        team = told.get("team", "")
        self.rows = queries.targets(
            found,
            self.scope,
            text=told.get("q", ""),
            **{name: told.get(name, "") for name in ("inside", "pile", "progress", "missing")},
            team=int(team) if team else None,
            told=given,
        )


@never_cache
@require_safe
@needs(*READERS)
def targets(request: HttpRequest, pk: int) -> HttpResponse:
    """Every room of a survey within scope; never what a look said before all are in."""
    found = campaign_of(request, pk)
    chosen = _Chosen(request, found)
    table = Register(
        request,
        rows=showing.Rows(chosen.rows.order_by("estate_code", "code")),
        columns=showing.TARGET_COLUMNS,
        filters=chosen.form,
        excel_out_url=reverse("survey:targets_excel", args=[found.pk]),
        empty_title=gettext_lazy("还没有要排查的用房"),
        empty_text=gettext_lazy("开始排查时，按用房台账生成清单；现场发现台账外的，随时补登。"),
    )
    context = {
        "register": table,
        "campaign": found,
        "tabs": tabs(found, "targets"),
        "state": showing.state_of(found),
    }
    answer = render(request, table.template("survey/targets.html"), context)
    answer["Vary"] = "HX-Request"
    return answer


@never_cache
@require_safe
@needs(*READERS)
def targets_excel(request: HttpRequest, pk: int) -> HttpResponse:
    """All rooms of the filter: how far each is, and where it came to lie."""
    found = campaign_of(request, pk)
    rows = _Chosen(request, found).rows.order_by("estate_code", "code")
    return excel(found.name, showing.TARGET_COLUMNS, showing.Rows(rows))
