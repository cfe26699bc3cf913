"""What a surveyor does: my rooms, one look at one room, what was found besides; a room's page."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from linli.files import answers
from linli.kernel.rulings import Refused, Ruling, refuse
from linli.kernel.words import gettext_noop
from linli.places import queries as places
from linli.survey import freezing, frozen, looks, queries, rules, services, showing, tasks
from linli.survey.forms import FoundForm, LookForm, WaiveForm
from linli.survey.looks import Look, Shot
from linli.survey.models import Photo, Target
from linli.survey.questions import LOOKS
from linli.survey.views import EVERYBODY, FORM, MANAGERS, UNPROCESSABLE, manages
from linli.web.access import may, needs
from linli.web.reasons import put_on

# --- my rooms -------------------------------------------------------------------------------------


@never_cache
@require_safe
@needs(*EVERYBODY)
def mine(request: HttpRequest) -> HttpResponse:
    """What my teams have to look at, estate by estate, with how far each is."""
    mine = tasks.tasks(request.user)
    ways = places.paths({task.estate for task in mine})
    shown: dict[tuple[int, str], dict[str, Any]] = {}
    for task in mine:
        group = shown.setdefault(
            (task.member.pk, task.look),
            {
                "campaign": task.member.campaign,
                "team": task.member.team,
                "look": task.look,
                "word": LOOKS[task.look],
                "total": 0,
                "done": 0,
                "estates": [],
            },
        )
        group["total"] += task.total
        group["done"] += task.done
        steps = ways[task.estate]
        around = places.SEPARATOR.join(
            step.name for step in steps if step.level in ("street", "community")
        )
        name = steps[-1].name if steps else task.estate
        group["estates"].append((task, name, around))
    for group in shown.values():
        group["estates"].sort(key=lambda each: (each[0].done >= each[0].total, each[0].estate))
    return render(request, "survey/mine.html", {"groups": list(shown.values())})


@never_cache
@require_safe
@needs(*EVERYBODY)
def rooms(request: HttpRequest, pk: int, look: str, estate: str) -> HttpResponse:
    """The rooms of one estate for my look, those that wait first."""
    member = _membership(request, pk)
    given = queries.given(member.campaign)
    if look not in LOOKS or rules.assigned_to(estate, given[look]) != member.team_id:
        raise Http404
    rows = tasks.to_look_at(member, look, estate)
    context = {
        "campaign": member.campaign,
        "team": member.team,
        "look": look,
        "word": LOOKS[look],
        "estate": estate,
        "name": places.name(estate),
        "path": places.path(estate),
        "open": [row for row in rows if not row.is_in and not row.is_mine],
        "others": [row for row in rows if not row.is_in and row.is_mine],
        "done": [row for row in rows if row.is_in],
        "total": len(rows),
    }
    return render(request, "survey/rooms.html", context)


def _membership(request: HttpRequest, campaign: int) -> Any:
    """As whom the reader takes part in a survey. Raises Http404 if they do not."""
    found = [one for one in queries.memberships(request.user) if one.campaign_id == campaign]
    if not found:
        raise Http404
    return found[0]


# --- one look -------------------------------------------------------------------------------------


@never_cache
@require_http_methods(FORM)
@needs(*EVERYBODY, of=lambda pk, look: _target(pk, look))
def look(request: HttpRequest, found: Target) -> HttpResponse:
    """One look at one room: the questions, photographs, save. Works without scripts."""
    which = request.resolver_match.kwargs["look"]  # type: ignore[union-attr]
    several = queries.checks([found.pk])[found.pk]
    members = _members(request, found, which)
    mends = any(row.look == which for row in several)
    ruling = _may(request, found, which, several, members)
    form = LookForm(
        request.POST or None,
        request.FILES or None,
        look=which,
        members=members,
        mends=mends,
    )
    if request.method == "POST" and members and form.is_valid():
        try:
            done = looks.put_in(
                by=request.user, look=_asked(found, which, form), now=timezone.now()
            )
        except Refused as refused:
            put_on(form, refused.ruling)
        else:
            return _saved(request, done, which)
    (found,) = showing.named([found])
    context = {
        "target": found,
        "campaign": found.campaign,
        "look": which,
        "word": LOOKS[which],
        "form": form,
        "ruling": ruling,
        "mends": mends,
        "path": places.path(found.estate),
    }
    status = UNPROCESSABLE if form.is_bound and form.errors else 200
    return render(request, "survey/look.html", context, status=status)


def _target(pk: int, look: str) -> Target:
    found = queries.target(pk)
    if found is None or look not in LOOKS:
        raise Http404
    return found


def _members(request: HttpRequest, found: Target, which: str) -> list[Any]:
    """For whom the reader may put this look in: themselves, and the team's people on paper."""
    given = queries.given(found.campaign)
    team = rules.assigned_to(found.place, given[which])
    mine = [m for m in queries.memberships(request.user) if m.campaign_id == found.campaign_id]
    same = [member for member in mine if member.team_id == team]
    if not same and not manages(request, found.campaign):
        return mine
    return [*same, *tasks.on_paper(found.campaign, team)]


def _may(
    request: HttpRequest, found: Target, which: str, several: list[Any], members: list[Any]
) -> Ruling:
    """Why this look cannot be put in, before anybody fills a form."""
    if not members:
        return refuse(gettext_noop("您不在这次排查的组里"), "排查规则:2")
    persons = queries.Persons()
    hands = persons.of_member(members[0]) | persons.of_account(request.user)
    campaign = queries.campaign(found.campaign_id)
    asked = rules.Asked(
        look=which,
        campaign=queries.state(campaign),
        complete=found.complete_at is not None,
        own={row.look for row in several if persons.of_check(row) & hands},
        team=members[0].team_id,
        assigned=rules.assigned_to(found.place, queries.given(found.campaign)[which]),
        standing=False,
    )
    closed = frozen.frozen_places(found.campaign)
    return rules.may_look(asked) & rules.in_frozen(found.place, closed)


def _asked(found: Target, which: str, form: LookForm) -> Look:
    told = form.cleaned_data
    spot = {name: told.get(name) for name in ("lat_e6", "lon_e6", "within_m")}
    return Look(
        target=found,
        look=which,
        member=form.doer,
        answers=form.answers,
        note=told.get("note", ""),
        why=told.get("why", ""),
        shots=tuple(Shot(content=file, name=file.name, **spot) for file in told["photos"]),
    )


def _saved(request: HttpRequest, done: Target, which: str) -> HttpResponse:
    if done.complete_at is not None:
        messages.success(request, _("已保存，三查已齐，比对结果见本页"))
        return redirect("survey:target", done.pk)
    messages.success(request, _("已保存：%(name)s") % {"name": done.name})
    mine = [m for m in queries.memberships(request.user) if m.campaign_id == done.campaign_id]
    if mine:
        return redirect("survey:rooms", done.campaign_id, which, done.estate)
    return redirect("survey:target", done.pk)


# --- a room ---------------------------------------------------------------------------------------


@never_cache
@require_safe
@needs(*EVERYBODY, of=Target)
def target(request: HttpRequest, found: Target) -> HttpResponse:
    """One room of a survey: which looks are in; what they said only once all three are."""
    return _show(request, found)


def _show(request: HttpRequest, found: Target, form: WaiveForm | None = None) -> HttpResponse:
    found = queries.target(found.pk) or found
    several = queries.checks([found.pk])[found.pk]
    read = queries.may_read(found, several, request.user)
    findings = queries.findings(found) if found.complete_at else []
    in_ = {row.look for row in several}
    (found,) = showing.named([found])
    waiver = getattr(found, "waiver", None)
    context = {
        "target": found,
        "campaign": found.campaign,
        "pile": showing.pile_of(found),
        "path": places.path(found.estate),
        "steps": [
            {
                "name": word,
                "state": "done" if code in in_ else "wait",
                "href": "" if found.complete_at else f"{code}/",
            }
            for code, word in LOOKS.items()
        ],
        "lines": showing.compared(queries.standing(several), findings) if found.complete_at else [],
        "leads": showing.reasons(findings),
        "looks": showing.looks(read, queries.photos(read)),
        "hidden": len(several) - len(read),
        "waiver": waiver,
        "may_waive": manages(request, found.campaign)
        and found.complete_at is None
        and waiver is None,
        "reads_rooms": may(request, found.place, *EVERYBODY),
        "form": form or WaiveForm(),
    }
    status = UNPROCESSABLE if form is not None else 200
    return render(request, "survey/target.html", context, status=status)


@require_POST
@needs(*MANAGERS, of=Target)
def waive(request: HttpRequest, found: Target) -> HttpResponse:
    """Name a room as an exception, with the reason."""
    form = WaiveForm(request.POST)
    if form.is_valid():
        try:
            freezing.waive(
                by=request.user,
                target=found,
                reason=form.cleaned_data["reason"],
                now=timezone.now(),
            )
            return redirect("survey:target", found.pk)
        except Refused as refused:
            put_on(form, refused.ruling)
    return _show(request, found, form)


# --- photographs ----------------------------------------------------------------------------------


def _photo(pk: int) -> Any:
    found = queries.photo(pk)
    if found is None:
        raise Http404
    found.place = found.check_of.place
    return found


def _opened(request: HttpRequest, found: Photo) -> Photo:
    """The photograph, for who may read its look. Raises Http404 for others: it is not told."""
    check = found.check_of
    if not queries.may_read(check.target, [check], request.user):
        raise Http404
    return found


@require_safe
@needs(*EVERYBODY, of=_photo)
def photo(request: HttpRequest, found: Any) -> HttpResponse:
    """The photograph as it was kept."""
    return answers.whole(_opened(request, found).file, by=request.user, now=timezone.now())


@require_safe
@needs(*EVERYBODY, of=_photo)
def photo_small(request: HttpRequest, found: Any) -> HttpResponse:
    return answers.small(_opened(request, found).file, by=request.user, now=timezone.now())


# --- what was found besides -----------------------------------------------------------------------


@never_cache
@require_http_methods(FORM)
@needs(*EVERYBODY)
def found(request: HttpRequest, pk: int) -> HttpResponse:
    """A room on site that is not on the list: written down, then looked at like the others."""
    member = _membership(request, pk)
    given, known = queries.given(member.campaign), queries.estates(member.campaign)
    mine = sorted(
        {e for each in LOOKS for e in queries.estates_of(member.team_id, each, given, known)}
    )
    names = places.names(mine)
    form = FoundForm(
        request.POST or None,
        estates=[(code, names[code]) for code in mine],
        initial={"estate": request.GET.get("estate", "")},
    )
    if request.method == "POST" and form.is_valid():
        told = dict(form.cleaned_data)
        try:
            made = services.add_found(
                by=request.user,
                member=member,
                place=told.pop("estate"),
                **told,
                now=timezone.now(),
            )
        except Refused as refused:
            put_on(form, refused.ruling)
        else:
            messages.success(request, _("已补登，编号%(code)s") % {"code": made.code})
            return redirect("survey:target", made.pk)
    status = UNPROCESSABLE if form.is_bound and form.errors else 200
    context = {"form": form, "campaign": member.campaign}
    return render(request, "survey/found.html", context, status=status)
