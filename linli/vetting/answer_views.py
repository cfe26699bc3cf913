"""A department: its own lists, what it says person by person, the head's signature. Nothing of others."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from functools import wraps
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from linli.kernel.calendar import WORK
from linli.kernel.identity import mask_id_number
from linli.kernel.roles import ROLES
from linli.kernel.rulings import ALLOWED, Refused, Ruling, require
from linli.kernel.words import gettext_noop
from linli.people import queries as people
from linli.people.proving import proved
from linli.places import queries as places
from linli.sheets.answers import excel
from linli.trail.acts import record
from linli.vetting import answering, desks, opening, queries, rules, showing
from linli.vetting.answering import Word
from linli.vetting.forms import ListFilter, PurposeForm, SignForm, WordForm
from linli.vetting.models import Answer, Question, Task
from linli.vetting.queries import Asked
from linli.vetting.who import ANSWERERS
from linli.web.access import needs, refused
from linli.web.reasons import put_on
from linli.web.registers import Bulk, Register

FORM = ["GET", "HEAD", "POST"]
UNPROCESSABLE = 422
PER_PAGE = 100


@never_cache
@require_safe
@needs(*ANSWERERS)
def lists(request: HttpRequest) -> HttpResponse:
    """Every list of the reader's department."""
    held = [role for role in ANSWERERS if request.access.holds(role)]  # type: ignore[attr-defined]
    scope = request.access.scope(*held)  # type: ignore[attr-defined]
    table = Register(
        request,
        rows=desks.own_lists(held, scope),
        columns=showing.list_columns(places.calendar(), timezone.localdate()),
        empty_title=gettext_lazy("还没有送来的名单"),
        empty_text=gettext_lazy("联审办公室送出名单后，本部门的一份列在这里，其他部门看不到。"),
    )
    return render(request, table.template("vetting/lists.html"), {"register": table})


def task_at(pk: int) -> Task:
    """A list that was sent; before, it is nobody's but the office's."""
    found = (
        Task.objects.select_related("round", "head")
        .filter(pk=pk, round__sent_at__isnull=False)
        .first()
    )
    if found is None:
        raise Http404
    return found


def own(view: Callable[..., HttpResponse]) -> Callable[..., HttpResponse]:
    """Nobody but the department itself: who is refused reads why, and the try is kept."""

    @wraps(view)
    def run(request: HttpRequest, row: Any) -> HttpResponse:
        task = _list_of(row)
        here = request.access.roles_at(task.place)  # type: ignore[attr-defined]
        ruling = rules.is_own_list(holds=ROLES[task.role] in here)
        if ruling.allowed:
            return view(request, row)
        told = {"by": request.user, "now": timezone.now()}
        reasons = [reason.text for reason in ruling.reasons]
        record("vetting.read_list", task, told, done=False, facts={"reasons": reasons})
        return refused(request, ruling)

    return run


def _list_of(row: Task | Question | Answer) -> Task:
    if isinstance(row, Task):
        return row
    return row.task if isinstance(row, Question) else row.question.task


@never_cache
@require_safe
@needs(*ANSWERERS, of=task_at)
@own
def list_(request: HttpRequest, task: Task) -> HttpResponse:
    """One list: who is asked about, how far it is, what waits for the signature."""
    return show(request, task)


def show(
    request: HttpRequest,
    task: Task,
    *,
    status: int = 200,
    ruling: Ruling = ALLOWED,
    numbers: Any = None,
    purpose_form: Any = None,
) -> HttpResponse:
    """The page of a list. `numbers`: those that were just opened."""
    today, calendar = timezone.localdate(), places.calendar()
    some = queries.answers_for_department(request.user, task, today)
    form = ListFilter(request.GET)
    wanted = form.cleaned_data.get("state", "") if form.is_valid() else ""
    rows = showing.asked_rows(task, some, numbers)
    counts = dict.fromkeys(showing.ASKED_STATES, 0)
    for row in rows:
        counts[row.state] += 1
    due_on = max((one.due_on for one in some), default=task.due_on)
    may = _may_answer(task, some, today)
    table = Register(
        request,
        rows=[row for row in rows if row.state == wanted] if wanted else rows,
        columns=showing.ASKED_COLUMNS,
        filters=form,
        per_page=PER_PAGE,
        bulk=[Bulk(code="clear", label=gettext_lazy("没有问题"), icon="check")]
        if may.allowed and (counts[showing.OPEN] or counts[showing.BACK])
        else (),
        bulk_url=reverse("vetting:clear", args=[task.pk]),
        empty_title=gettext_lazy("名单是空的"),
    )
    context = {
        "task": task,
        "role_name": rules.role_name(task.role),
        "counts": counts,
        "left": calendar.left(today, due_on, WORK) if today <= due_on else -1,
        "due_on": due_on,
        "register": table,
        "may": may,
        "backs": _backs(some),
        "signs": task.head_id in people.one_person(request.user),
        "may_sign": bool(counts[showing.WAIT]),
        "done": not (counts[showing.OPEN] or counts[showing.BACK] or counts[showing.WAIT]),
        "signatures": list(task.signatures.select_related("by").order_by("pk")),
        "reopenings": list(task.reopenings.order_by("pk")),
        "purpose_form": purpose_form or PurposeForm(),
        "numbers_open": numbers is not None,
        "ruling": ruling,
    }
    answer = render(request, table.template("vetting/list.html"), context, status=status)
    answer["Vary"] = "HX-Request"
    return answer


def _may_answer(task: Task, some: list[Asked], today: Any) -> Ruling:
    """Whether anything can still be answered, and if not, why."""
    if task.round.closed_at is not None:
        return require(False, gettext_noop("这次联审已办结，不再答复"), "联审规则:8")
    left = [one for one in some if one.open and not one.settled]
    return rules.in_time(
        due_on=max((one.due_on for one in left), default=task.due_on),
        over=bool(left) and all(today > one.due_on for one in left),
    )


def _backs(some: list[Asked]) -> list[dict[str, Any]]:
    """What the office asks again, the latest words of the department not being signed yet."""
    return [
        {"one": one, "back": one.back} for one in some if one.back is not None and not one.settled
    ]


@require_POST
@never_cache
@needs(*ANSWERERS, of=task_at)
@own
def clear(request: HttpRequest, task: Task) -> HttpResponse:
    """That nothing is known against each of the ticked people: an answer for each of them."""
    ticked = [int(n) for n in request.POST.getlist("row") if n.isdigit() and len(n) < 19]
    words = {pk: Word(conclusion=rules.CLEAR) for pk in ticked}
    try:
        require(words, gettext_noop("请先勾选没有问题的人"), "联审规则:3").enforce()
        answering.answer(by=request.user, task=task, words=words, now=timezone.now())  # type: ignore[arg-type]
    except Refused as refusal:
        return show(request, task, status=UNPROCESSABLE, ruling=refusal.ruling)
    messages.success(request, _("已答复%(n)s人没有问题，负责人签署后才算数") % {"n": len(words)})
    return redirect("vetting:list", pk=task.pk)


# --- one person ---------------------------------------------------------------------------------


def question_at(pk: int, subject: int) -> Question:
    """What one department is asked of one person."""
    found = (
        Question.objects.select_related("task__round", "task__head")
        .filter(task=pk, subject=subject, task__round__sent_at__isnull=False)
        .first()
    )
    if found is None:
        raise Http404
    return found


@sensitive_post_parameters("code", "happened_on", "file_number")
@never_cache
@require_http_methods(FORM)
@needs(*ANSWERERS, of=question_at)
@own
def say(request: HttpRequest, question: Question) -> HttpResponse:
    """What the department says of one person."""
    task, today = question.task, timezone.localdate()
    form = WordForm(request.POST or None, known=queries.circumstances(task, today))
    if request.method == "POST" and form.is_valid():
        try:
            answering.answer(
                by=request.user,  # type: ignore[arg-type]
                task=task,
                words={question.subject_id: form.word()},
                now=timezone.now(),
            )
        except Refused as refusal:
            put_on(form, _unnumbered(refusal.ruling))
        else:
            messages.success(request, _("已答复，负责人签署后才算数"))
            return redirect("vetting:list", pk=task.pk)
    status = UNPROCESSABLE if form.is_bound and form.errors else 200
    return show_person(request, question, form=form, status=status)


def _unnumbered(ruling: Ruling) -> Ruling:
    """One person was answered of: no line need be named."""
    return Ruling(tuple(replace(reason, row=None) for reason in ruling.reasons))


def show_person(
    request: HttpRequest,
    question: Question,
    *,
    form: Any = None,
    status: int = 200,
    reason: opening.Reason | None = None,
    purpose_form: Any = None,
) -> HttpResponse:
    """The page of a person on the own list: the form, and what the department said before."""
    task, today = question.task, timezone.localdate()
    some = queries.answers_for_department(request.user, task, today)
    at = next(n for n, each in enumerate(some) if each.question.pk == question.pk)
    one, left = some[at], [each for each in some if showing.asked_state(each) == showing.OPEN]
    after = next((each for each in (*some[at + 1 :], *some[:at]) if each in left), None)
    subject = one.subject
    may = rules.may_answer(
        asked=True,
        settled=one.settled,
        open_=one.open,
        due_on=one.due_on,
        over=today > one.due_on,
    )
    context = {
        "task": task,
        "one": one,
        "subject": subject,
        "role_name": rules.role_name(task.role),
        "id_number": mask_id_number(subject.id_number),
        "path": places.name_path(subject.place),
        "state_word": showing.ASKED_STATES[showing.asked_state(one)],
        "form": form or WordForm(known=queries.circumstances(task, today)),
        "may": may,
        "said": [
            {
                "row": row,
                "word": rules.CONCLUSIONS[row.conclusion],
                "sealed": row.conclusion != rules.CLEAR,
                "signed": hasattr(row, "signed"),
                "back": getattr(row, "asked_back", None),
            }
            for row in one.answers
        ],
        "reason": reason,
        "after": after.subject if after else None,
        "left": len(left),
        "purpose_form": purpose_form or PurposeForm(),
    }
    return render(request, "vetting/say.html", context, status=status)


def answer_at(pk: int) -> Answer:
    found = (
        Answer.objects.select_related("question__task__round", "question__task__head")
        .filter(pk=pk)
        .first()
    )
    if found is None:
        raise Http404
    return found


@require_POST
@never_cache
@needs(*ANSWERERS, of=answer_at)
@own
def own_reason(request: HttpRequest, answer: Answer) -> HttpResponse:
    """What the department itself wrote, for a purpose that is kept."""
    form = PurposeForm(request.POST)
    question = Question.objects.select_related("task__round", "task__head").get(
        pk=answer.question_id
    )
    if not form.is_valid():
        return show_person(request, question, status=UNPROCESSABLE, purpose_form=form)
    told = opening.open_own(
        by=request.user,  # type: ignore[arg-type]
        answer=answer,
        purpose=form.cleaned_data["purpose"],
        now=timezone.now(),
    )
    return show_person(request, question, reason=told)


# --- numbers and signature ----------------------------------------------------------------------


@require_POST
@never_cache
@needs(*ANSWERERS, of=task_at)
@own
def numbers(request: HttpRequest, task: Task) -> HttpResponse:
    """The identity numbers of the list, on the page or as Excel, for a purpose that is kept."""
    form = PurposeForm(request.POST)
    if not form.is_valid():
        return show(request, task, status=UNPROCESSABLE, purpose_form=form)
    try:
        told = opening.open_numbers(
            by=request.user,  # type: ignore[arg-type]
            task=task,
            purpose=form.cleaned_data["purpose"],
            now=timezone.now(),
        )
    except Refused as refusal:
        return show(request, task, status=UNPROCESSABLE, ruling=refusal.ruling)
    if "excel" not in request.POST:
        return show(request, task, numbers=told.found)
    some = queries.answers_for_department(request.user, task, timezone.localdate())
    name = f"{task.round.number}-{rules.role_name(task.role)}-{_('联审名单')}"
    return excel(name, showing.NUMBER_COLUMNS, showing.asked_rows(task, some, told.found))


@sensitive_post_parameters("secret")
@require_POST
@never_cache
@needs(*ANSWERERS, of=task_at)
@own
def sign(request: HttpRequest, task: Task) -> HttpResponse:
    """The head reads what they are about to sign, and signs it with their password or code."""
    form = SignForm(request.POST if "secret" in request.POST else None, user=request.user)
    if form.is_bound and form.is_valid():
        ruling = proved(request, form.cleaned_data["secret"])
        if ruling.allowed:
            return _signed(request, task)
        put_on(form, ruling)
    try:
        told = opening.check(by=request.user, task=task, now=timezone.now())  # type: ignore[arg-type]
    except Refused as refusal:
        return show(request, task, status=UNPROCESSABLE, ruling=refusal.ruling)
    some = queries.answers_for_department(request.user, task, timezone.localdate())
    waiting = [one for one in some if showing.asked_state(one) == showing.WAIT]
    against = [
        {
            "one": one,
            "word": rules.CONCLUSIONS[one.answers[-1].conclusion],
            "reason": told.found.get(one.subject.pk),
        }
        for one in waiting
        if one.answers[-1].conclusion != rules.CLEAR
    ]
    states = [showing.asked_state(one) for one in some]
    context = {
        "task": task,
        "role_name": rules.role_name(task.role),
        "form": form,
        "count": len(waiting),
        "against": against,
        "clear": [one.subject.name for one in waiting if one.answers[-1].conclusion == rules.CLEAR],
        "left": states.count(showing.OPEN) + states.count(showing.BACK),
    }
    status = UNPROCESSABLE if form.is_bound else 200
    return render(request, "vetting/sign.html", context, status=status)


def _signed(request: HttpRequest, task: Task) -> HttpResponse:
    try:
        made = answering.sign(by=request.user, task=task, now=timezone.now())  # type: ignore[arg-type]
    except Refused as refusal:
        return show(request, task, status=UNPROCESSABLE, ruling=refusal.ruling)
    messages.success(request, _("已签署%(n)s人的答复") % {"n": made.signed.count()})
    return redirect("vetting:list", pk=task.pk)
