"""The office: one person of a round, what stands sealed, what is asked again; late departments."""

from __future__ import annotations

from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from linli.kernel.identity import mask_id_number
from linli.kernel.roles import ROLES
from linli.kernel.rulings import Refused
from linli.people import queries as people
from linli.places import queries as places
from linli.vetting import desks, opening, queries, rules, services, showing
from linli.vetting.drafting_views import subject_at
from linli.vetting.forms import AskBackForm, HeadForm, PurposeForm, ReopenForm
from linli.vetting.models import Answer, Subject, Task
from linli.vetting.views import FORM, UNPROCESSABLE, act_page
from linli.vetting.who import OFFICE
from linli.web.access import needs


@never_cache
@require_safe
@needs(*OFFICE, of=subject_at)
def person(request: HttpRequest, subject: Subject) -> HttpResponse:
    """One person: what each department says, sealed reasons, the result."""
    return show(request, subject)


def show(
    request: HttpRequest,
    subject: Subject,
    *,
    status: int = 200,
    number: str = "",
    reason: opening.Reason | None = None,
    purpose_form: Any = None,
    ruling: Any = None,
) -> HttpResponse:
    """The page of a person. `number`, `reason`: what was just opened."""
    held, today = subject.round, timezone.localdate()
    (one,) = [
        each
        for each in queries.answers_for_review(request.user, held, today)
        if each.subject.pk == subject.pk
    ]
    result = one.result
    (row,) = showing.person_rows([one])
    context = {
        "subject": subject,
        "held": held,
        "path": places.name_path(subject.place),
        "id_number": number or mask_id_number(subject.id_number),
        "is_open": bool(number),
        "said": _said(subject, one, settled=result is not None),
        "row": row,
        "result": result,
        "lasts": rules.LASTS.get(result.lasts, "") if result else "",
        "reason": reason,
        "reason_role": rules.role_name(reason.subject.question.task.role) if reason else "",
        "earlier": [
            (each, rules.OUTCOMES[each.outcome])
            for each in desks.of_person(subject.id_mark, held.county, subject)
        ],
        "purpose_form": purpose_form or PurposeForm(),
        "ruling": ruling,
    }
    return render(request, "vetting/person.html", context, status=status)


def _said(subject: Subject, one: Any, *, settled: bool) -> list[dict[str, Any]]:
    """Each department, its answers in order, and what may be done about the latest."""
    rows = (
        Answer.objects.filter(question__subject=subject, signed__isnull=False)
        .select_related("question__task", "signed__signature__by", "asked_back__by")
        .order_by("number")
    )
    answers: dict[str, list[Answer]] = {}
    for row in rows:
        answers.setdefault(row.question.task.role, []).append(row)
    return [
        {
            "name": rules.role_name(said.role),
            "said": said,
            "badge": showing.said_state(said),
            "answers": [
                {
                    "row": row,
                    "word": rules.CONCLUSIONS[row.conclusion],
                    "sealed": row.conclusion != rules.CLEAR,
                    "signed": row.signed.signature,
                    "back": getattr(row, "asked_back", None),
                }
                for row in answers.get(said.role, [])
            ],
            "may_ask": said.counts and not settled,
        }
        for said in one.said
    ]


@require_POST
@never_cache
@needs(*OFFICE, of=subject_at)
def number(request: HttpRequest, subject: Subject) -> HttpResponse:
    """The whole identity number, for a purpose that is kept."""
    form = PurposeForm(request.POST)
    if not form.is_valid():
        return show(request, subject, status=UNPROCESSABLE, purpose_form=form)
    told = opening.open_number(
        by=request.user,  # type: ignore[arg-type]
        subject=subject,
        purpose=form.cleaned_data["purpose"],
        now=timezone.now(),
    )
    return show(request, subject, number=str(told.found[subject.pk]))


def answer_at(pk: int) -> Answer:
    found = (
        Answer.objects.select_related("question__task__round", "question__subject__round")
        .filter(pk=pk, signed__isnull=False)
        .first()
    )
    if found is None:
        raise Http404
    return found


@require_POST
@never_cache
@needs(*OFFICE, of=answer_at)
def reason(request: HttpRequest, answer: Answer) -> HttpResponse:
    """The sealed reason of an answer, for a purpose that is kept."""
    form, subject = PurposeForm(request.POST), answer.question.subject
    if not form.is_valid():
        return show(request, subject, status=UNPROCESSABLE, purpose_form=form)
    try:
        told = opening.open_reason(
            by=request.user,  # type: ignore[arg-type]
            answer=answer,
            purpose=form.cleaned_data["purpose"],
            now=timezone.now(),
        )
    except Refused as refused:
        return show(request, subject, status=UNPROCESSABLE, ruling=refused.ruling)
    return show(request, subject, reason=told)


@never_cache
@require_http_methods(FORM)
@needs(*OFFICE, of=answer_at)
def ask_back(request: HttpRequest, answer: Answer) -> HttpResponse:
    """Ask a department again about somebody."""
    subject, task = answer.question.subject, answer.question.task
    return act_page(
        request,
        task.round,
        AskBackForm(request.POST or None),
        lambda data: services.ask_back(
            by=request.user,  # type: ignore[arg-type]
            answer=answer,
            **data,
            now=timezone.now(),
        ),
        title=gettext_lazy("退回核实"),
        about=(rules.role_name(task.role), subject.name),
        lead=gettext_lazy("原答复保留，不再算数；部门再次答复并签署后才能确认结果。"),
        cite="联审规则:6",
        back=reverse("vetting:person", args=[subject.pk]),
        said=_("已退回部门核实"),
    )


# --- a department -------------------------------------------------------------------------------


def sent_task(pk: int) -> Task:
    found = Task.objects.select_related("round", "head").filter(pk=pk).first()
    if found is None:
        raise Http404
    return found


@never_cache
@require_http_methods(FORM)
@needs(*OFFICE, of=sent_task)
def reopen(request: HttpRequest, task: Task) -> HttpResponse:
    """A department that was late may answer until another day."""
    return act_page(
        request,
        task.round,
        ReopenForm(request.POST or None),
        lambda data: services.reopen(
            by=request.user,  # type: ignore[arg-type]
            task=task,
            **data,
            now=timezone.now(),
        ),
        title=gettext_lazy("重开名单"),
        about=(rules.role_name(task.role),),
        lead=gettext_lazy("逾期的答复不予接收；写明原因重开后，部门可以在新的期限内答复、签署。"),
        cite="联审规则:5",
        said=_("名单已重开"),
    )


@never_cache
@require_http_methods(FORM)
@needs(*OFFICE, of=sent_task)
def head(request: HttpRequest, task: Task) -> HttpResponse:
    """Somebody else answers for a department."""
    some = people.holders(ROLES[task.role], task.place, timezone.localdate())
    form = HeadForm(request.POST or None, people=some, initial={"head": str(task.head_id)})

    def name(data: dict[str, Any]) -> None:
        chosen = next(one for one in some if str(one.pk) == data["head"])
        services.name_head(by=request.user, task=task, head=chosen, now=timezone.now())  # type: ignore[arg-type]

    return act_page(
        request,
        task.round,
        form,
        name,
        title=gettext_lazy("更换负责人"),
        about=(rules.role_name(task.role), task.head.name),
        lead=gettext_lazy("名单由负责人签署；从现在起由新的负责人签。"),
        cite="联审规则:1",
        said=_("负责人已更换"),
    )
