"""What clerks do: their own duties, entering a pile, handing it in, settling what differs."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from linli.exams import queries, rules, scoring, showing
from linli.exams.act_views import FORM, UNPROCESSABLE
from linli.exams.forms import EnterForm, SettleForm
from linli.exams.models import Clerk, Exam
from linli.kernel.rulings import Refused
from linli.web.access import needs
from linli.web.fields import whole_number
from linli.web.reasons import put_on


def clerk_for(request: HttpRequest, exam: Exam, *duties: str) -> Clerk:
    """What the reader is appointed for in an exam; whoever is not sees nothing of it."""
    found = queries.clerk_of(exam, request.user)
    if found is None or found.duty not in duties:
        raise Http404
    return found


@never_cache
@require_safe
@needs()
def mine(request: HttpRequest) -> HttpResponse:
    """What the reader was appointed for, and where to do it."""
    urls = {
        rules.FIRST: "exams:enter",
        rules.SECOND: "exams:enter",
        rules.SETTLER: "exams:settle",
        rules.INTERVIEW: "exams:marking",
    }
    rows = [
        {
            "exam": clerk.exam,
            "duty": rules.DUTIES[clerk.duty],
            "url": reverse(urls[clerk.duty], args=[clerk.exam_id]),
            "state": showing.stage_of(clerk.exam),
            "done": clerk.done_at,
        }
        for clerk in queries.own_exams(request.user)
    ]
    return render(request, "exams/mine.html", {"rows": rows})


@never_cache
@require_http_methods(FORM)
@needs()
def enter(request: HttpRequest, pk: int) -> HttpResponse:
    """The scores of one room, entered by ticket; names are not shown."""
    exam = get_object_or_404(Exam, pk=pk)
    clerk = clerk_for(request, exam, *rules.TYPISTS)
    rooms = _piles(clerk)
    chosen = whole_number(request.GET.get("room"), most=32767)
    number = chosen if chosen in rooms else next((n for n, s in rooms.items() if s[0] < s[1]), None)
    number = number if number is not None else next(iter(rooms), None)
    rows = list(queries.to_score(clerk).filter(room__number=number)) if number else []
    told = request.POST if request.method == "POST" else None
    form = EnterForm(told, rows=rows, most=queries.terms_of(exam).written_most)
    if request.method == "POST" and form.is_valid():
        try:
            given = form.scores()
            scoring.enter(by=request.user, clerk=clerk, scores=given, now=timezone.now())
        except Refused as refused:
            put_on(form, refused.ruling)
        else:
            messages.success(request, _("已保存%(n)s个成绩") % {"n": len(given)})
            whole = all(form.cleaned_data[f"score_{row.pk}"] is not None for row in rows)
            after = "" if whole else f"?room={number}"
            return redirect(f"{reverse('exams:enter', args=[exam.pk])}{after}")
    context = {
        "form": form,
        "exam": exam,
        "clerk": clerk,
        "duty": rules.DUTIES[clerk.duty],
        "rooms": [(n, done, total) for n, (done, total) in rooms.items()],
        "number": number,
        "left": sum(total - done for done, total in rooms.values()),
        "unsigned": queries.unsigned(exam),
        "most": queries.terms_of(exam).written_most,
    }
    status = UNPROCESSABLE if form.is_bound and form.errors else 200
    return render(request, "exams/enter.html", context, status=status)


def _piles(clerk: Clerk) -> dict[int, tuple[int, int]]:
    """Room → (entered, all) of a typist."""
    found: dict[int, tuple[int, int]] = {}
    for number, own in queries.to_score(clerk).values_list("room__number", "own"):
        done, total = found.get(number, (0, 0))
        found[number] = (done + (own is not None), total + 1)
    return dict(sorted(found.items()))


@require_POST
@needs()
def hand_in(request: HttpRequest, pk: int) -> HttpResponse:
    """Everything is entered."""
    exam = get_object_or_404(Exam, pk=pk)
    clerk = clerk_for(request, exam, *rules.TYPISTS)
    scoring.hand_in(by=request.user, clerk=clerk, now=timezone.now())
    messages.success(request, _("已交卷，录入的成绩不能再改"))
    return redirect("exams:mine")


@never_cache
@require_http_methods(FORM)
@needs()
def settle(request: HttpRequest, pk: int) -> HttpResponse:
    """What differs between the two entries, one after the other."""
    exam = get_object_or_404(Exam, pk=pk)
    clerk_for(request, exam, rules.SETTLER)
    ready = queries.handed_in(exam)
    rows = list(queries.differing(exam).select_related("room", "settlement")) if ready else []
    form: Any = None
    if request.method == "POST":
        form = SettleForm(request.POST, most=queries.terms_of(exam).written_most)
        if form.is_valid() and _settled(request, exam, form, rows):
            return redirect("exams:settle", exam.pk)
    context = {
        "exam": exam,
        "ready": ready,
        "form": form,
        "rows": [
            (
                row,
                _form_of(exam, row, form),
                [rules.plain(n) for n in (row.one, row.two, row.settled)],
            )
            for row in rows
        ],
        "left": sum(row.settled is None for row in rows),  # type: ignore[attr-defined]
    }
    status = UNPROCESSABLE if form is not None and form.errors else 200
    return render(request, "exams/settle.html", context, status=status)


def _form_of(exam: Exam, row: Any, form: Any) -> Any:
    """The form of a candidate: the one that was sent, or an empty one."""
    if row.settled is not None:
        return None
    if form is not None and form["candidate"].value() == str(row.pk):
        return form
    most = queries.terms_of(exam).written_most
    return SettleForm(most=most, initial={"candidate": row.pk}, auto_id=f"id_{row.pk}_%s")


def _settled(request: HttpRequest, exam: Exam, form: Any, rows: list[Any]) -> bool:
    row = next((one for one in rows if one.pk == form.cleaned_data["candidate"]), None)
    if row is None:
        raise Http404
    try:
        scoring.settle(
            by=request.user,
            candidate=row,
            hundredths=form.cleaned_data["score"],
            reason=form.cleaned_data["reason"],
            now=timezone.now(),
        )
    except Refused as refused:
        put_on(form, refused.ruling)
        return False
    messages.success(request, _("已复核%(ticket)s") % {"ticket": row.ticket})
    return True
