"""One file of the reserve: facts, measured indicators, growth file, readiness, what happened; and
what is written into it."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date, datetime, time
from typing import Any

from django.contrib import messages
from django.forms import Form
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from linli.files import answers
from linli.kernel.identity import mask_id_number, mask_phone
from linli.kernel.period import Period, Span
from linli.kernel.roles import MENTOR, SECRETARY, STREET, Role
from linli.kernel.rulings import Refused, Ruling, require
from linli.kernel.words import AnyOf
from linli.kernel.words import gettext_noop as noop
from linli.people import queries as people
from linli.places import queries as places
from linli.reserve import forms, grading, growing, placing, queries, rules, services, showing
from linli.reserve.models import Evidence, Talent
from linli.reserve.views import FORM, UNPROCESSABLE
from linli.reserve.who import KEEPERS, OPENERS, READERS, WRITERS
from linli.sources import number
from linli.web.access import may, needs
from linli.web.reasons import put_on

NUMBERS = {"id_number": noop("身份证号"), "phone": noop("电话")}
MOST_EVENTS, RECENT = 60, 3


@dataclass(frozen=True, slots=True)
class Act:
    """Something that is written into a file: its title, form, service and who does it."""

    title: str
    form: type[Form]
    service: Callable[..., Any]
    roles: tuple[Role, ...]


ACTS: Mapping[str, Act] = {
    "entry": Act(noop("记成长档案"), forms.EntryForm, growing.write_entry, WRITERS),
    "evidence": Act(noop("登记硬指标凭据"), forms.EvidenceForm, growing.add_evidence, WRITERS),
    "mentor": Act(noop("确定培养人"), forms.MentorForm, services.name_mentor, KEEPERS),
    "leave": Act(noop("办理出库"), forms.LeaveForm, services.leave, KEEPERS),
}


def allowed(request: HttpRequest, talent: Talent, act: Act) -> Ruling:
    """Whether the reader writes this into a file, and if not, who does."""
    return require(
        may(request, talent.place, *act.roles),
        noop("这一项由%(who)s办理"),
        who=AnyOf(role.name for role in act.roles),
    ) & rules.is_in(state=talent.state)


@never_cache
@require_safe
@needs(*READERS, of=Talent)
def talent(request: HttpRequest, found: Talent) -> HttpResponse:
    """One file."""
    return show(request, found)


def show(request: HttpRequest, found: Talent, *, status: int = 200, **more: Any) -> HttpResponse:
    """The page of a file. `opened`: the field whose number is shown whole."""
    today = timezone.localdate()
    row = queries.with_latest(Talent.objects.filter(pk=found.pk)).select_related("mentor").get()
    half = _half(found, today, request.GET.get("half", ""))
    entries = list(found.entries.select_related("by").order_by("-period", "-number"))
    context = {
        "talent": row,
        "path": places.path(row.place),
        "state": showing.state_of(row),
        "facts": _facts(row, today, more.get("opened", "")),
        "half": half,
        "earlier": half.previous.code,
        "later": half.next.code if half.next.first_on <= today else "",
        "measured": _measured(row, half),
        "evidence": _evidence(row, half),
        "entries": entries[:RECENT],
        "more_entries": entries[RECENT:],
        "missing": _missing(row, {one.period for one in entries}, today),
        "kinds": placing.kinds_ready(row, today) if row.state == rules.IN else (),
        "kind_names": grading.KINDS,
        "results": list(
            row.sheets.filter(evaluation__signed_at__isnull=False)
            .select_related("evaluation")
            .order_by("-evaluation__half")
        ),
        "acts": {code: allowed(request, row, act) for code, act in ACTS.items()},
        "nomination": row.nominations.filter(outcome="").first(),
        "proposal": queries.open_proposal(row),
        "numbers": _openable(row, more.get("opened", ""))
        if may(request, row.place, *OPENERS)
        else (),
        "purpose_form": forms.PurposeForm(),
        "withdraws": may(request, row.place, *WRITERS),
        "events": _events(row, entries),
    }
    context["grades"] = [
        (one, showing.grade_of(one.grade), showing.points(one.tenths)) for one in context["results"]
    ]
    return render(request, "reserve/talent.html", context | more, status=status)


def _half(found: Talent, today: date, asked: str) -> Span:
    """The half-year whose evidence is shown: the one asked for, else this one, or the last for
    whoever left before it."""
    latest = Period.of(found.left_on or today).half
    return grading.span_of(asked) or latest


def _facts(row: Talent, today: date, opened: str) -> list[tuple[Any, Any]]:
    return [
        (noop("储备编号"), row.number),
        (noop("来源"), showing.word("reserve_sources", row.source)),
        (noop("年龄"), _("%(n)s岁") % {"n": row.age(today)}),
        (noop("学历"), showing.word("schooling", row.schooling)),
        (noop("政治面貌"), showing.word("politics", row.politics)),
        (noop("入库日期"), row.entered_on),
        (noop("培养人"), row.mentor.name if row.mentor else noop("社区书记")),
        (
            noop("身份证号"),
            row.id_number if opened == "id_number" else mask_id_number(row.id_number),
        ),
        (noop("电话"), row.phone if opened == "phone" else mask_phone(row.phone)),
    ]


def _openable(row: Talent, opened: str) -> list[tuple[str, Any]]:
    return [
        (field, name) for field, name in NUMBERS.items() if field != opened and getattr(row, field)
    ]


def _measured(row: Talent, half: Span) -> list[dict[str, Any]]:
    """Each indicator: the figure that evidence shows so far, and what it would earn."""
    table = queries.indicators(row.county, half.last_on)
    told = queries.shown_by_evidence([row.pk], half, table)[row.pk]
    return [
        {
            "one": one,
            "figure": told[code],
            "points": grading.shown(one.tenths(told[code])),
            "percent": one.tenths(told[code]) * 10 // one.points,
        }
        for code, one in table.items()
    ]


def _evidence(row: Talent, half: Span) -> list[tuple[Evidence, Any]]:
    names = queries.indicators(row.county, half.last_on)
    rows = row.evidence.filter(on_day__gte=half.first_on, on_day__lte=half.last_on)
    return [
        (one, names[one.indicator] if one.indicator in names else one.indicator)
        for one in rows.select_related("by", "file", "withdrawn_by")
    ]


def _missing(row: Talent, written: set[str], today: date) -> tuple[Period, ...]:
    if row.state != rules.IN or row.entered_on is None:
        return ()
    return rules.missing_months(
        entered_on=queries.counted_from(row),
        left_on=row.left_on,
        written=written,
        today=today,
        due_days=number("reserve_entry_due_days", on=today, place=row.county),
    )


def _events(row: Talent, entries: list[Any]) -> list[dict[str, Any]]:
    """Nominations, moves, evaluations, proposals and entries, newest first."""
    found = [
        {
            "at": one.at,
            "title": noop("推荐"),
            "text": one.why,
            "by": one.by.name if one.by else "",
        }
        for one in row.nominations.select_related("by")
    ]
    found += [
        {
            "at": one.settled_at,
            "title": noop("不予入库"),
            "text": one.reason,
            "by": one.settled_by.name if one.settled_by else "",
        }
        for one in row.nominations.filter(outcome=rules.DECLINED).select_related("settled_by")
    ]
    for move in row.moves.select_related("by"):
        day = timezone.make_aware(datetime.combine(move.on_day, time(9)))
        found.append(
            {
                "at": move.at if timezone.localdate(move.at) == move.on_day else day,
                "title": rules.MOVES[move.kind],
                "text": showing.why(move),
                "by": move.by.name if move.by else "",
                "kind": {"in": "done", "used": "done"}.get(move.kind, ""),
            }
        )
    for sheet in row.sheets.filter(evaluation__signed_at__isnull=False).select_related(
        "evaluation__signed_by"
    ):
        by = sheet.evaluation.signed_by
        found.append(
            {
                "at": sheet.evaluation.signed_at,
                "title": _("%(half)s评估") % {"half": queries.half_text(sheet.evaluation.half)},
                "text": _("%(points)s分，第%(rank)s名")
                % {"points": showing.points(sheet.tenths), "rank": sheet.rank or "—"},
                "by": by.name if by else "",
                "kind": "done",
            }
        )
    found += [
        {
            "at": one.at,
            "title": noop("记成长档案"),
            "text": Period(one.period).text,
            "by": one.by.name if one.by else "",
        }
        for one in entries
    ]
    return sorted(found, key=lambda event: event["at"], reverse=True)[:MOST_EVENTS]


@never_cache
@require_http_methods(FORM)
@needs(*WRITERS, of=Talent)
def write(request: HttpRequest, found: Talent, what: str) -> HttpResponse:
    """Write something into a file: one form, one act."""
    act = ACTS.get(what)
    if act is None:
        raise Http404
    allowed(request, found, act).enforce()
    form = _form(request, what, found)
    if request.method == "POST" and form.is_valid():
        try:
            act.service(
                by=request.user, talent=found, now=timezone.now(), **_given(what, form, found)
            )
        except Refused as refused:
            put_on(form, refused.ruling)
        else:
            messages.success(request, _("已登记"))
            return redirect("reserve:talent", found.pk)
    context: dict[str, Any] = {"form": form, "talent": found, "title": act.title, "what": what}
    if what == "evidence":
        context["indicators"] = queries.indicators(found.county, timezone.localdate())
    status = UNPROCESSABLE if form.is_bound and form.errors else 200
    return render(request, "reserve/write.html", context, status=status)


def mentors(place: str, today: date) -> list[Any]:
    """People who may write the growth files of a community."""
    found = {
        user.pk: user for role in (MENTOR, SECRETARY, STREET)
        for user in people.holders(role, place, today)
    }  # fmt: skip
    return list(found.values())


def _form(request: HttpRequest, what: str, found: Talent) -> Form:
    today = timezone.localdate()
    more: dict[str, Any] = {}
    if what == "entry":
        more["initial"] = {"period": request.GET.get("period") or Period.of(today).code}
    elif what == "evidence":
        more["indicators"] = queries.indicators(found.county, today)
        more["initial"] = {"on": today, "indicator": request.GET.get("indicator", "")}
    elif what == "mentor":
        more["people"] = mentors(found.place, today)
        more["initial"] = {"mentor": str(found.mentor_id or "")}
    elif what == "leave":
        more["initial"] = {"on": today}
    files = request.FILES or None
    return ACTS[what].form(request.POST or None, files, **more)


def _given(what: str, form: Form, found: Talent) -> dict[str, Any]:
    told = dict(form.cleaned_data)
    if what == "mentor":
        chosen = told["mentor"]
        people_ = mentors(found.place, timezone.localdate())
        told["mentor"] = next((user for user in people_ if str(user.pk) == chosen), None)
    elif what == "evidence":
        told["papers"] = [(file, file.name) for file in told["papers"]]
    return told


def _evidence_of(pk: int) -> Evidence:
    found = Evidence.objects.filter(pk=pk).select_related("talent", "file").first()
    if found is None:
        raise Http404
    return found


@never_cache
@require_http_methods(FORM)
@needs(*WRITERS, of=_evidence_of)
def withdraw(request: HttpRequest, found: Evidence) -> HttpResponse:
    """Take evidence back, with the reason."""
    form = forms.WithdrawForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            growing.withdraw_evidence(
                by=request.user, evidence=found, now=timezone.now(), **form.cleaned_data
            )
        except Refused as refused:
            put_on(form, refused.ruling)
        else:
            messages.success(request, _("已撤回，留痕可查"))
            return redirect("reserve:talent", found.talent_id)
    context = {
        "form": form,
        "talent": found.talent,
        "title": noop("撤回硬指标凭据"),
        "what": f"withdraw-{found.pk}",
        "about": found.told,
    }
    status = UNPROCESSABLE if form.is_bound and form.errors else 200
    return render(request, "reserve/write.html", context, status=status)


@never_cache
@require_safe
@needs(*READERS, of=_evidence_of)
def paper(request: HttpRequest, found: Evidence) -> HttpResponse:
    """The paper of evidence, to save; opening it is a recorded look."""
    if found.file is None:
        raise Http404
    return answers.whole(found.file, by=request.user, now=timezone.now())  # type: ignore[arg-type]


@require_POST
@never_cache
@needs(*OPENERS, of=Talent)
def open_number(request: HttpRequest, found: Talent) -> HttpResponse:
    """The whole identity or telephone number, for a purpose that is recorded."""
    form, field = forms.PurposeForm(request.POST), request.POST.get("field", "")
    if not form.is_valid() or field not in NUMBERS:
        return show(request, found, status=UNPROCESSABLE, purpose_form=form)
    services.open_number(
        by=request.user,
        talent=found,
        field=field,
        purpose=form.cleaned_data["purpose"],
        now=timezone.now(),
    )
    return show(request, found, opened=field)
