"""Free posts and who of the reserve is ready for them; proposals and appointments."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_safe

from linli.kernel.rulings import Reason, Refused, require
from linli.kernel.words import AnyOf
from linli.kernel.words import gettext_noop as noop
from linli.places import queries as places
from linli.reserve import forms, grading, placing, queries, rules, showing
from linli.reserve.models import Proposal, Talent
from linli.reserve.views import FORM, UNPROCESSABLE
from linli.reserve.who import FIGURES, KEEPERS
from linli.sources import words
from linli.web.access import may, needs
from linli.web.reasons import put_on
from linli.web.registers import Column, Register

OUTCOMES = {"": noop("待任用"), "appointed": noop("已任用"), "withdrawn": noop("已撤回")}
OUTCOME_KINDS = {"": "wait", "appointed": "done", "withdrawn": "void"}
MOST = 20
"""So many candidates are shown at once; the rest are counted."""
DEFAULT_TITLE = "worker"

COLUMNS = (
    Column(
        code="where",
        label=gettext_lazy("社区"),
        href=lambda row: reverse("reserve:post", args=[row.place]),
    ),
    Column(code="street", label=gettext_lazy("街道")),
    Column(code="wanted", label=gettext_lazy("应有"), kind="number"),
    Column(code="serving", label=gettext_lazy("在职"), kind="number"),
    Column(code="gap", label=gettext_lazy("缺员"), kind="number"),
    Column(code="proposed", label=gettext_lazy("已提名"), kind="number"),
)


class Free:
    """A community with posts to fill, and its names."""

    def __init__(self, told: Any, steps: Any, proposed: int) -> None:
        self.told, self.proposed = told, proposed
        level = {step.level: step.name for step in steps}
        self.where, self.street = level.get("community", told.place), level.get("street", "")

    def __getattr__(self, name: str) -> Any:
        return getattr(self.told, name)


@never_cache
@require_safe
@needs(*FIGURES)
def posts(request: HttpRequest) -> HttpResponse:
    """Communities with free posts, the widest gap first; proposals that are open."""
    scope, today = request.access.scope(*FIGURES), timezone.localdate()  # type: ignore[attr-defined]
    free = placing.free_posts(scope, today)
    ways = places.paths({one.place for one in free})
    open_ = list(queries.proposals(scope).filter(outcome="")[:50])
    proposed: dict[str, int] = {}
    for row in open_:
        proposed[row.place] = proposed.get(row.place, 0) + 1
    table = Register(
        request,
        rows=[Free(one, ways.get(one.place, ()), proposed.get(one.place, 0)) for one in free],
        columns=COLUMNS,
        empty_title=gettext_lazy("辖区内没有缺员的社区"),
        empty_text=gettext_lazy("社区在职人数少于员额时列在这里，可以从储备库提名。"),
    )
    names = places.names({row.place for row in open_})
    context = {
        "register": table,
        "proposals": [(row, names[row.place], showing.word("titles", row.title)) for row in open_],
    }
    return render(request, table.template("reserve/posts.html"), context)


def _community(code: str) -> Any:
    found = places.find(code)
    if found is None or found.level != "community":
        raise Http404
    return found


@never_cache
@require_http_methods(FORM)
@needs(*FIGURES, of=_community)
def post(request: HttpRequest, found: Any) -> HttpResponse:
    """Who of the reserve is ready for a post of a community, in order, point by point."""
    told = request.GET.copy()
    told.setdefault("title", DEFAULT_TITLE)
    chooser = forms.TitleForm(told)
    title = chooser.cleaned_data["title"] if chooser.is_valid() else DEFAULT_TITLE
    form, today, status = forms.ProposeForm(request.POST or None), timezone.localdate(), 200
    refused = None
    if request.method == "POST":
        _keeps(request, found.place)
        talent = get_object_or_404(
            Talent, pk=request.POST.get("talent") or 0, county=found.place[:6]
        )
        if form.is_valid():
            try:
                made = placing.propose(
                    by=request.user,  # type: ignore[arg-type]
                    talent=talent,
                    place=found.place,
                    title=title,
                    why=form.cleaned_data["why"],
                    now=timezone.now(),
                )
            except Refused as fault:
                refused, status = fault.ruling, UNPROCESSABLE
                put_on(form, fault.ruling)
            else:
                return redirect("reserve:proposal", made.pk)
    rows = placing.candidates(found.place, title, today)
    names = places.names({one.talent.place for one in rows})
    proposed = set(
        Proposal.objects.filter(outcome="", talent__county=found.place[:6]).values_list(
            "talent", flat=True
        )
    )
    context = {
        "place": found,
        "path": places.path(found.place),
        "chooser": chooser,
        "title": title,
        "title_name": words("titles")[title].name,
        "kind": grading.KINDS[placing.kind_of_title(title)],
        "ready": sum(one.readiness.ready for one in rows),
        "rows": [
            {
                "one": one,
                "where": names[one.talent.place],
                "grade": showing.grade_of(one.talent.grade_now),  # type: ignore[attr-defined]
                "proposed": one.talent.pk in proposed,
            }
            for one in rows[:MOST]
        ],
        "rest": max(len(rows) - MOST, 0),
        "keeps": may(request, found.place, *KEEPERS),
        "form": form,
        "refused": refused,
        "tried": request.POST.get("talent", ""),
    }
    return render(request, "reserve/post.html", context, status=status)


def _keeps(request: HttpRequest, place: str) -> None:
    require(
        may(request, place, *KEEPERS),
        noop("提名、任用由%(who)s办理"),
        "储备规则:10",
        who=AnyOf(role.name for role in KEEPERS),
    ).enforce()


@never_cache
@require_http_methods(FORM)
@needs(*FIGURES, of=Proposal)
def proposal(request: HttpRequest, found: Proposal) -> HttpResponse:
    """A proposal: why this one, what the vetting says; to appoint, or take it back."""
    today, status = timezone.localdate(), 200
    form: Any = forms.AppointForm(initial={"since_on": today})
    back = forms.ReasonForm()
    if request.method == "POST":
        _keeps(request, found.place)
        if request.POST.get("act") == "withdraw":
            back = forms.ReasonForm(request.POST)
            asked, act = back, placing.withdraw
        else:
            form = forms.AppointForm(request.POST)
            asked, act = form, placing.appoint
        if asked.is_valid():
            try:
                act(by=request.user, proposal=found, now=timezone.now(), **asked.cleaned_data)
            except Refused as refused:
                put_on(asked, refused.ruling)
            else:
                messages.success(request, _("已办结"))
                return redirect("reserve:proposal", found.pk)
        status = UNPROCESSABLE
    found.refresh_from_db()
    cleared = placing.cleared(found, today) if found.outcome == "" else None
    context = {
        "proposal": found,
        "talent": found.talent,
        "facts": [Reason(text, values) for text, values in found.facts],
        "where": places.name_path(found.place),
        "title_name": showing.word("titles", found.title),
        "outcome": (OUTCOMES[found.outcome], OUTCOME_KINDS[found.outcome]),
        "cleared": cleared,
        "keeps": may(request, found.place, *KEEPERS),
        "form": form,
        "back": back,
        "steps": _steps(found, cleared),
        "used": found.talent.state == rules.USED,
    }
    return render(request, "reserve/proposal.html", context, status=status)


def _steps(found: Proposal, cleared: Any) -> list[dict[str, Any]]:
    """Proposal, vetting, appointment: how far it is."""
    done = found.outcome == "appointed"
    passed = done or (cleared is not None and cleared.allowed)
    return [
        {"name": noop("提名"), "state": "done", "by": found.by.name if found.by else ""},
        {"name": noop("联审"), "state": "done" if passed else "open"},
        {
            "name": noop("任用"),
            "state": "done" if done else "open" if passed and not found.outcome else "wait",
            "by": found.settled_by.name if done and found.settled_by else "",
        },
    ]
