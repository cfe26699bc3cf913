"""The interview: its order and scores, who stands back, scores as they are called out."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from linli.exams import interviewing, queries, rules, showing
from linli.exams.act_views import FORM, UNPROCESSABLE
from linli.exams.forms import MarkForm, RecuseForm
from linli.exams.models import Exam, Interview, Recusal, Turn
from linli.exams.score_views import clerk_for
from linli.exams.who import KEEPERS, READERS
from linli.kernel.rulings import Refused
from linli.web.access import may, needs
from linli.web.reasons import put_on


def _board(interview: Interview) -> dict[str, Any]:
    """The panel and a line for each candidate in the order of the draw."""
    judges = list(interview.judges.all())
    given, back, means = (
        queries.marks(interview),
        queries.standing_back(interview),
        queries.means(interview),
    )
    lines = []
    for turn in queries.turns(interview):
        told = given.get(turn.pk, {})
        mean = means.get(turn.candidate_id)
        dropped = list(mean.dropped) if mean else []
        cells = []
        for judge in judges:
            mark = told.get(judge.pk)
            out = mark is not None and mark.hundredths in dropped
            if out:
                dropped.remove(mark.hundredths)  # type: ignore[union-attr]
            cells.append(
                {
                    "judge": judge,
                    "back": (judge.pk, turn.pk) in back,
                    "score": rules.plain(mark.hundredths) if mark else "",
                    "out": out,
                    "corrected": bool(mark and mark.number > 1),
                }
            )
        lines.append(
            {
                "turn": turn,
                "cells": cells,
                "mean": rules.plain(mean.value) if mean else "",
                "left": sum(not c["back"] and not c["score"] for c in cells),
            }
        )
    return {"judges": judges, "lines": lines}


@never_cache
@require_safe
@needs(*READERS, of=Interview)
def interview(request: HttpRequest, found: Interview) -> HttpResponse:
    """The panel, the order by lot, scores, what was left out, the mean."""
    context = {
        "interview": found,
        "exam": found.exam,
        "state": showing.stage_of(found.exam),
        "keeps": may(request, found.place, *KEEPERS),
        "terms": queries.terms_of(found.exam),
        "recusals": Recusal.objects.filter(judge__interview=found).select_related(
            "judge", "turn__candidate"
        ),
        **_board(found),
    }
    return render(request, "exams/interview.html", context)


@never_cache
@require_http_methods(FORM)
@needs(*KEEPERS, of=Turn)
def recuse(request: HttpRequest, found: Turn) -> HttpResponse:
    """A member stands back for a candidate."""
    told = request.POST if request.method == "POST" else None
    form = RecuseForm(told, judges=found.interview.judges.all())
    if request.method == "POST" and form.is_valid():
        try:
            interviewing.recuse(
                by=request.user, turn=found, **form.cleaned_data, now=timezone.now()
            )
        except Refused as refused:
            put_on(form, refused.ruling)
        else:
            messages.success(request, _("已登记回避"))
            return redirect("exams:interview", found.interview_id)
    status = UNPROCESSABLE if form.is_bound and form.errors else 200
    context = {"form": form, "turn": found, "interview": found.interview}
    return render(request, "exams/recuse.html", context, status=status)


@never_cache
@require_safe
@needs()
def marking(request: HttpRequest, pk: int) -> HttpResponse:
    """The turns of an interview for whoever types its scores."""
    exam = get_object_or_404(Exam, pk=pk)
    clerk_for(request, exam, rules.INTERVIEW)
    found = showing.interview_of(exam)
    context = {"exam": exam, "interview": found, **(_board(found) if found else {"lines": []})}
    return render(request, "exams/marking.html", context)


@never_cache
@require_http_methods(FORM)
@needs()
def mark(request: HttpRequest, pk: int) -> HttpResponse:
    """The scores of the panel for one candidate."""
    turn = get_object_or_404(Turn.objects.select_related("interview__exam", "candidate"), pk=pk)
    found = turn.interview
    clerk_for(request, found.exam, rules.INTERVIEW)
    back = queries.standing_back(found)
    all_ = list(found.judges.all())
    judges = [judge for judge in all_ if (judge.pk, turn.pk) not in back]
    given = {pk: row.hundredths for pk, row in queries.marks(found).get(turn.pk, {}).items()}
    told = request.POST if request.method == "POST" else None
    most = queries.terms_of(found.exam).interview_most
    form = MarkForm(told, judges=judges, given=given, most=most)
    if request.method == "POST" and form.is_valid():
        try:
            interviewing.mark(
                by=request.user,
                turn=turn,
                scores=form.scores(),
                reason=form.cleaned_data["reason"],
                now=timezone.now(),
            )
        except Refused as refused:
            put_on(form, refused.ruling)
        else:
            messages.success(request, _("已登记第%(n)s号的评分") % {"n": turn.position})
            after = found.turns.filter(position__gt=turn.position, marks=None, absent=False).first()
            if after is not None:
                return redirect("exams:mark", after.pk)
            return redirect("exams:marking", found.exam_id)
    context = {
        "form": form,
        "turn": turn,
        "exam": found.exam,
        "most": most,
        "given": bool(given),
        "back": [judge.name for judge in all_ if judge not in judges],
    }
    status = UNPROCESSABLE if form.is_bound and form.errors else 200
    return render(request, "exams/mark.html", context, status=status)


@require_POST
@needs()
def miss(request: HttpRequest, pk: int) -> HttpResponse:
    """Somebody did not come to the interview, or came after all."""
    turn = get_object_or_404(Turn.objects.select_related("interview__exam"), pk=pk)
    clerk_for(request, turn.interview.exam, rules.INTERVIEW)
    interviewing.miss(
        by=request.user, turn=turn, absent="back" not in request.POST, now=timezone.now()
    )
    return redirect("exams:marking", turn.interview.exam_id)
