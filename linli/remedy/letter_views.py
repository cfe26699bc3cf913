"""Beginning a plan; its letters with their preview; its files."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_safe

from linli import prints
from linli.files import answers
from linli.kernel.rulings import Refused
from linli.places import queries as places
from linli.premises import queries as premises
from linli.remedy import issuing, queries, services, showing
from linli.remedy.act_views import FORM, UNPROCESSABLE, act_page
from linli.remedy.forms import CauseForm, LetterAnswerForm, LetterForm, RoomForm
from linli.remedy.models import Letter, Paper, Plan
from linli.remedy.readers import DECIDERS, DOERS, READERS
from linli.remedy.views import plan_at, seen
from linli.sheets.answers import download
from linli.sources.remedies import violations
from linli.trail.acts import look
from linli.web.access import may, needs
from linli.web.fields import whole_number
from linli.web.reasons import put_on

# --- a new plan ---------------------------------------------------------------------------------


@never_cache
@require_http_methods(FORM)
@needs(*DOERS)
def new(request: HttpRequest) -> HttpResponse:
    """Draft a plan: its room first, then what is wrong."""
    pk = whole_number(request.GET.get("room"))
    if pk is None:
        return _choose(request)
    room = premises.rooms(request.access.whole(*DOERS)).filter(pk=pk).first()  # type: ignore[attr-defined]
    if room is None or not may(request, room.place, *DOERS):
        raise Http404
    before = queries.open_plan(room)
    if before is not None:
        messages.info(request, _("这处用房已有未销号的方案，新的问题并入该方案"))
        return redirect("remedy:plan", pk=before.pk)
    leads = queries.leads_free(room)
    form = CauseForm(request.POST or None, leads=leads, initial=_first(leads, room))
    if request.method == "POST" and form.is_valid():
        try:
            made = services.draft_plan(
                by=request.user,  # type: ignore[arg-type]
                room=room,
                cause=form.cause,
                leads=form.chosen,
                now=timezone.now(),
            )
        except Refused as refused:
            put_on(form, refused.ruling)
        else:
            messages.success(request, _("已开始拟订，请加措施"))
            return redirect("remedy:add_measure", pk=made.pk)
    context = {"form": form, "room": room, "path": places.path(room.estate)}
    status = UNPROCESSABLE if form.is_bound and form.errors else 200
    return render(request, "remedy/new.html", context, status=status)


def _choose(request: HttpRequest) -> HttpResponse:
    form = RoomForm(request.GET or None)
    if form.is_bound and form.is_valid():
        code = form.cleaned_data["room"].strip().upper()
        mine = premises.rooms(request.access.whole(*DOERS))  # type: ignore[attr-defined]
        room = mine.filter(code=code).first()
        if room is not None:
            return redirect(f"{request.path}?room={room.pk}")
        form.add_error("room", _("您的辖区里没有这个编码的用房"))
    status = UNPROCESSABLE if form.is_bound and form.errors else 200
    return render(request, "remedy/choose.html", {"form": form}, status=status)


STATES_TOLD = {
    "let": "let_unlawfully",
    "idle": "idle",
    "occupied": "occupied",
    "changed": "use_changed",
    "unbuilt": "unbuilt",
    "undelivered": "undelivered",
}
"""How a room is used → the violation that a plan about it is likely to name."""


def _first(leads: list[Any], room: Any) -> dict[str, Any]:
    """What the leads, or the register, let one expect."""
    told: dict[str, Any] = {"violation": STATES_TOLD.get(room.state, "")}
    if leads:
        kind = leads[0].kind_now
        told = {
            "leads": [str(lead.pk) for lead in leads],
            "violation": kind if kind in violations() else "other",
            "violator": leads[0].violator if leads[0].violator != "unknown" else "",
        }
    if room.occupant and not room.occupant_person:
        told["party"] = room.occupant
    return told


# --- letters ------------------------------------------------------------------------------------


@never_cache
@require_http_methods(FORM)
@needs(*DECIDERS, of=plan_at)
def new_letter(request: HttpRequest, plan: Plan) -> HttpResponse:
    """Write a letter: a preview in the words of the template, then it is issued."""
    today = timezone.localdate()
    due = places.calendar().add_working_days(today, issuing.reply_days(plan, today))
    initial = {
        "sender": issuing.street_office(plan.place),
        "to": showing.party_of(plan),
        "reply_by_on": due,
    }
    form = LetterForm(request.POST or None, talks=plan.talks.all(), initial=initial)
    shown = None
    if request.method == "POST" and "preview" in request.POST and form.is_valid():
        try:
            shown = _preview(plan, form.told, today)
        except Refused as refused:
            put_on(form, refused.ruling)
    if shown is not None or (request.method == "POST" and "preview" in request.POST):
        context = {
            "plan": plan,
            "form": form,
            "shown": shown,
            "path": places.path(plan.place[:15]),
        }
        status = UNPROCESSABLE if form.errors else 200
        return render(request, "remedy/letter.html", context, status=status)
    return act_page(
        request,
        plan,
        form,
        lambda data: issuing.issue_letter(
            by=request.user,  # type: ignore[arg-type]
            plan=plan,
            **form.told,
            now=timezone.now(),
        ),
        title=gettext_noop("发文书"),
        part="#letters",
        template="remedy/letter.html",
    )


def _preview(plan: Plan, told: dict[str, Any], today: Any) -> Letter:
    return issuing.preview(
        plan,
        told["kind"],
        sender=told["sender"],
        to=told["to"],
        due_on=told["reply_by_on"],
        talk=told["talk"],
        on=today,
    )


def letter_at(letter: int) -> Letter:
    return get_object_or_404(Letter.objects.select_related("plan__room"), pk=letter)


@never_cache
@require_safe
@needs(*READERS, of=letter_at)
def letter(request: HttpRequest, letter: Letter) -> HttpResponse:
    """The letter on paper. Where it names a natural person, opening it is recorded."""
    seen(request, letter.plan)
    if letter.person:
        look(by=request.user, subject=letter, field="body", now=timezone.now())  # type: ignore[arg-type]
    return pdf(issuing.paper(letter), f"{letter.title}{letter.number}", timezone.now())


def pdf(data: dict[str, Any], name: str, now: Any) -> HttpResponse:
    return download(prints.render("letter", data, on=now), f"{name}.pdf", "application/pdf")


@never_cache
@require_http_methods(FORM)
@needs(*DOERS, of=letter_at)
def answer_letter(request: HttpRequest, letter: Letter) -> HttpResponse:
    return act_page(
        request,
        letter.plan,
        LetterAnswerForm(request.POST or None, initial={"answered_on": timezone.localdate()}),
        lambda data: issuing.answer_letter(
            by=request.user,  # type: ignore[arg-type]
            letter=letter,
            **data,
            now=timezone.now(),
        ),
        title=gettext_noop("登记回复"),
        part="#letters",
        about=letter.number,
    )


# --- files --------------------------------------------------------------------------------------


def paper_at(paper: int) -> Paper:
    found = queries.paper(paper)
    if found is None:
        raise Http404
    return found


@require_safe
@needs(*READERS, of=paper_at)
def paper(request: HttpRequest, paper: Paper) -> HttpResponse:
    seen(request, paper.plan)
    return answers.whole(paper.file, by=request.user, now=timezone.now())  # type: ignore[arg-type]


@require_safe
@needs(*READERS, of=paper_at)
def paper_small(request: HttpRequest, paper: Paper) -> HttpResponse:
    seen(request, paper.plan)
    if not paper.file.is_picture:
        raise Http404
    return answers.small(paper.file, by=request.user, now=timezone.now())  # type: ignore[arg-type]
