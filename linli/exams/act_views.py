"""What the office does in an exam: one form, one act; who was there; an additional test."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from django.contrib import messages
from django.forms import Form
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from linli.exams import forms, interviewing, queries, rules, scoring, services, showing
from linli.exams.models import Exam, Room
from linli.exams.services import Judge
from linli.exams.who import CLERKS, KEEPERS
from linli.kernel.rulings import Refused
from linli.kernel.words import gettext_noop as noop
from linli.people import queries as people
from linli.web.access import needs
from linli.web.reasons import put_on

UNPROCESSABLE = 422
FORM = ["GET", "HEAD", "POST"]
Do = Callable[[Any, Exam, dict[str, Any]], Any]


@dataclass(frozen=True, slots=True)
class Entry:
    """Something done to an exam: its title, form, what will happen, the ground, and the act."""

    title: str
    form: type[Form]
    lead: str
    cite: str
    do: Do


def _now(by: Any) -> dict[str, Any]:
    return {"by": by, "now": timezone.now()}


def _interview(exam: Exam) -> Any:
    found = showing.interview_of(exam)
    if found is None:
        raise Http404
    return found


def _open_interview(by: Any, exam: Exam, told: dict[str, Any]) -> Any:
    panel = [Judge(name, unit) for name, unit in told["panel"]]
    return services.open_interview(exam=exam, **{**told, "panel": panel}, **_now(by))


ENTRIES: Mapping[str, Entry] = {
    "room": Entry(
        noop("设置考场"),
        forms.RoomForm,
        noop("考场按设置的先后编号，抽签时依次坐满。抽签后不能再改。"),
        "考试规则:2",
        lambda by, exam, told: services.add_room(exam=exam, **told, **_now(by)),
    ),
    "clerk": Entry(
        noop("指定考务人员"),
        forms.ClerkForm,
        noop("两次录入、复核和面试计分由四个不同的人办理；开始录入后不能换人。"),
        "考试规则:4",
        lambda by, exam, told: services.name_clerk(exam=exam, **told, **_now(by)),
    ),
    "draw": Entry(
        noop("抽签排定座位"),
        forms.DrawForm,
        noop("只抽一次，抽签后名单、岗位和考场都不能再改；每人得到座位和准考证号。"),
        "考试规则:2",
        lambda by, exam, told: services.draw_seats(exam=exam, **told, **_now(by)),
    ),
    "lock": Entry(
        noop("锁定笔试成绩"),
        forms.ConfirmForm,
        noop("锁定后成绩、签到和复核任何人都不能改动；成绩册的校验值记在您的名下。"),
        "考试规则:6",
        lambda by, exam, told: scoring.lock(exam=exam, **_now(by)),
    ),
    "interview": Entry(
        noop("组织面试"),
        forms.InterviewForm,
        noop("入围人选按笔试成绩和面试比例确定，末位并列的一并进入。"),
        "考试规则:7",
        _open_interview,
    ),
    "order": Entry(
        noop("抽签排定面试次序"),
        forms.DrawForm,
        noop("只抽一次，同一岗位连续进行；抽签后评委不能再改。"),
        "考试规则:8",
        lambda by, exam, told: interviewing.draw_order(
            interview=_interview(exam), **told, **_now(by)
        ),
    ),
    "lock_interview": Entry(
        noop("锁定面试成绩"),
        forms.ConfirmForm,
        noop("锁定后评分任何人都不能改动，总成绩和排名随即产生。"),
        "考试规则:10",
        lambda by, exam, told: interviewing.lock(interview=_interview(exam), **_now(by)),
    ),
}
_OF_INTERVIEW = {"order", "lock_interview"}


@never_cache
@require_http_methods(FORM)
@needs(*KEEPERS, of=Exam)
def write(request: HttpRequest, found: Exam, what: str) -> HttpResponse:
    """Do something to an exam: one form, one act."""
    entry = ENTRIES.get(what)
    if entry is None or (what in _OF_INTERVIEW and showing.interview_of(found) is None):
        raise Http404
    told = request.POST if request.method == "POST" else None
    form = entry.form(told, **({"people": _people(found)} if what == "clerk" else {}))
    if request.method == "POST" and form.is_valid():
        try:
            entry.do(request.user, found, form.cleaned_data)
        except Refused as refused:
            put_on(form, refused.ruling)
        else:
            messages.success(request, _("已登记"))
            again = what in ("room", "clerk") and "more" in request.POST
            return (
                redirect("exams:write", found.pk, what)
                if again
                else redirect("exams:exam", found.pk)
            )
    context = {"form": form, "exam": found, "entry": entry, "what": what}
    context["repeats"] = what in ("room", "clerk")
    status = UNPROCESSABLE if form.is_bound and form.errors else 200
    return render(request, "exams/write.html", context, status=status)


def _people(found: Exam) -> list[Any]:
    """Whom one may appoint as a clerk."""
    today = timezone.localdate()
    some = {one.pk: one for role in CLERKS for one in people.holders(role, found.place, today)}
    return sorted(some.values(), key=lambda one: (one.name, one.username))


@never_cache
@require_http_methods(FORM)
@needs(*KEEPERS, of=Room)
def sign_in(request: HttpRequest, found: Room) -> HttpResponse:
    """Who of a room was there."""
    rows = queries.candidates_in(found)
    form = forms.SignInForm(request.POST if request.method == "POST" else None, rows=rows)
    if request.method == "POST" and form.is_valid():
        try:
            services.sign_in(
                by=request.user,
                room=found,
                absent=set(form.of(rules.ABSENT)),
                void=form.of(rules.VOID),
                now=timezone.now(),
            )
        except Refused as refused:
            put_on(form, refused.ruling)
        else:
            messages.success(request, _("第%(n)s考场的签到已登记") % {"n": found.number})
            return redirect("exams:exam", found.exam_id)
    status = UNPROCESSABLE if form.is_bound and form.errors else 200
    context = {"form": form, "room": found, "exam": found.exam}
    return render(request, "exams/sign_in.html", context, status=status)


@never_cache
@require_http_methods(FORM)
@needs(*KEEPERS, of=Exam)
def add_test(request: HttpRequest, found: Exam) -> HttpResponse:
    """The scores of an additional test, all who tie together."""
    rows = [one for one in queries.standing(found) if one.outcome == rules.TIED]
    terms = queries.terms_of(found)
    told = request.POST if request.method == "POST" else None
    form = forms.ExtraForm(told, rows=rows, most=terms.written_most)
    if request.method == "POST" and form.is_valid():
        try:
            interviewing.add_test(
                by=request.user, exam=found, scores=form.scores(), now=timezone.now()
            )
        except Refused as refused:
            put_on(form, refused.ruling)
        else:
            messages.success(request, _("加试成绩已登记"))
            return redirect("exams:scores", found.pk)
    status = UNPROCESSABLE if form.is_bound and form.errors else 200
    return render(
        request, "exams/add_test.html", {"form": form, "exam": found, "rows": rows}, status=status
    )
