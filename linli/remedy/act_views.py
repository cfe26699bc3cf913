"""Every act on a plan: a page with its form, and what becomes of it."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django import forms
from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from linli.kernel.rulings import Refused
from linli.places import queries as places
from linli.remedy import encounters, followups, queries, rules, services
from linli.remedy.forms import (
    AgreementForm,
    AnswerForm,
    BackForm,
    CheckForm,
    ClauseForm,
    LeadsForm,
    NoteForm,
    SeenForm,
    TalkForm,
    VisitForm,
    WhyForm,
)
from linli.remedy.models import Clause, Plan, Round, Talk
from linli.remedy.readers import DECIDERS, DOERS
from linli.remedy.views import plan_at
from linli.sources.remedies import clauses, measures
from linli.web.access import needs
from linli.web.reasons import put_on

FORM = ["GET", "HEAD", "POST"]
UNPROCESSABLE = 422


def act_page(
    request: HttpRequest,
    plan: Plan,
    form: forms.Form,
    act: Callable[[dict[str, Any]], Any],
    *,
    title: Any,
    button: Any = "",
    lead: Any = "",
    part: str = "",
    template: str = "remedy/act.html",
    **more: Any,
) -> HttpResponse:
    """Show a form, or do what it says and go back to the plan (at `part` of its page)."""
    if request.method == "POST" and form.is_valid():
        try:
            act(form.cleaned_data)
        except Refused as refused:
            put_on(form, refused.ruling)
        else:
            messages.success(request, _("已保存"))
            return redirect(f"{reverse('remedy:plan', args=[plan.pk])}{part}")
    context = {
        "plan": plan,
        "form": form,
        "title": title,
        "button": button or title,
        "lead": lead,
        "path": places.path(plan.place[:15]),
        "draft_key": f"{request.resolver_match.url_name}-{plan.pk}",  # type: ignore[union-attr]
        **more,
    }
    status = UNPROCESSABLE if form.is_bound and form.errors else 200
    return render(request, template, context, status=status)


def _on_plan(
    request: HttpRequest,
    plan: Plan,
    form: forms.Form,
    act: Callable[..., Any],
    *,
    title: Any,
    lead: Any = "",
) -> HttpResponse:
    """A form whose fields are what the act about the plan wants to know."""
    return act_page(
        request,
        plan,
        form,
        lambda data: act(by=request.user, plan=plan, **data, now=timezone.now()),
        title=title,
        lead=lead,
    )


def files(request: HttpRequest) -> tuple[Any, Any]:
    return request.POST or None, request.FILES or None


# --- the flow -----------------------------------------------------------------------------------


@never_cache
@require_http_methods(FORM)
@needs(*DOERS, of=plan_at)
def propose(request: HttpRequest, plan: Plan) -> HttpResponse:
    return _on_plan(
        request,
        plan,
        NoteForm(request.POST if request.method == "POST" else None),
        services.propose,
        title=gettext_noop("提交审批"),
    )


@never_cache
@require_http_methods(FORM)
@needs(*DECIDERS, of=plan_at)
def approve(request: HttpRequest, plan: Plan) -> HttpResponse:
    return _on_plan(
        request,
        plan,
        NoteForm(request.POST if request.method == "POST" else None),
        services.approve,
        title=gettext_noop("批准方案"),
        lead=gettext_noop("批准后，各项措施的期限从今天起算。"),
    )


@never_cache
@require_http_methods(FORM)
@needs(*DOERS, of=plan_at)
def report(request: HttpRequest, plan: Plan) -> HttpResponse:
    return _on_plan(
        request,
        plan,
        NoteForm(request.POST if request.method == "POST" else None),
        services.report,
        title=gettext_noop("报告办理完毕"),
        lead=gettext_noop("所有措施办结后报告，由另一人到现场复查。"),
    )


@never_cache
@require_http_methods(FORM)
@needs(*DOERS, of=plan_at)
def recheck(request: HttpRequest, plan: Plan) -> HttpResponse:
    return _on_plan(
        request,
        plan,
        SeenForm(*files(request)),
        services.recheck,
        title=gettext_noop("复查通过"),
        lead=gettext_noop("到现场看过、确已改正的才通过；没有改好的，退回重做。"),
    )


@never_cache
@require_http_methods(FORM)
@needs(*DECIDERS, of=plan_at)
def close(request: HttpRequest, plan: Plan) -> HttpResponse:
    return _on_plan(
        request,
        plan,
        NoteForm(request.POST if request.method == "POST" else None),
        services.close,
        title=gettext_noop("销号"),
        lead=gettext_noop("销号后方案不能再改；用房的使用情况在台账里继续登记。"),
    )


@never_cache
@require_http_methods(FORM)
@needs(*DOERS, of=plan_at)
def send_back(request: HttpRequest, plan: Plan) -> HttpResponse:
    after = plan.state in (rules.RECHECK, rules.CLOSE)
    done = [task for task in plan.tasks.all() if task.state == rules.DONE] if after else []
    latest = {task.code: task for task in done}
    for task in latest.values():
        task.name = measures()[task.code].name  # type: ignore[attr-defined]
    form = BackForm(request.POST or None, tasks=latest.values())
    return _on_plan(
        request,
        plan,
        form,
        lambda data: services.send_back(
            by=request.user, plan=plan, **form.told, now=timezone.now()
        ),  # type: ignore[arg-type]
        title=gettext_noop("退回"),
    )


@never_cache
@require_http_methods(FORM)
@needs(*DECIDERS, of=plan_at)
def drop(request: HttpRequest, plan: Plan) -> HttpResponse:
    return act_page(
        request,
        plan,
        WhyForm(request.POST or None),
        services.drop_plan,
        title=gettext_noop("撤销方案"),
        lead=gettext_noop("撤销后，列入的线索可以另订方案；经过保留。"),
    )


@never_cache
@require_http_methods(FORM)
@needs(*DOERS, of=plan_at)
def join(request: HttpRequest, plan: Plan) -> HttpResponse:
    form = LeadsForm(request.POST or None, leads=queries.leads_free(plan.room))
    return act_page(
        request,
        plan,
        form,
        lambda data: services.join_leads(
            by=request.user,  # type: ignore[arg-type]
            plan=plan,
            leads=form.chosen,
            now=timezone.now(),
        ),
        title=gettext_noop("并入线索"),
    )


# --- on the way ---------------------------------------------------------------------------------


@never_cache
@require_http_methods(FORM)
@needs(*DOERS, of=plan_at)
def visit(request: HttpRequest, plan: Plan) -> HttpResponse:
    """One record of a joint visit, made for a phone."""
    form = VisitForm(*files(request), initial={"on": timezone.localdate()})
    return act_page(
        request,
        plan,
        form,
        lambda data: encounters.tell_visit(
            by=request.user,  # type: ignore[arg-type]
            plan=plan,
            **form.told,
            now=timezone.now(),
        ),
        title=gettext_noop("记联合执法"),
        part="#visits",
        template="remedy/visit.html",
    )


@never_cache
@require_http_methods(FORM)
@needs(*DOERS, of=plan_at)
def talk(request: HttpRequest, plan: Plan) -> HttpResponse:
    initial = {"on": timezone.localdate(), "whom": "" if plan.person else plan.party}
    form = TalkForm(*files(request), initial=initial)
    return act_page(
        request,
        plan,
        form,
        lambda data: encounters.tell_talk(
            by=request.user,  # type: ignore[arg-type]
            plan=plan,
            **data,
            now=timezone.now(),
        ),
        title=gettext_noop("记约谈"),
        part="#talks",
    )


def talk_at(talk: int) -> Talk:
    return get_object_or_404(Talk.objects.select_related("plan__room"), pk=talk)


@never_cache
@require_http_methods(FORM)
@needs(*DOERS, of=talk_at)
def check(request: HttpRequest, talk: Talk) -> HttpResponse:
    return act_page(
        request,
        talk.plan,
        CheckForm(*files(request)),
        lambda data: encounters.check_promise(
            by=request.user,  # type: ignore[arg-type]
            talk=talk,
            **data,
            now=timezone.now(),
        ),
        title=gettext_noop("复核承诺"),
        part="#talks",
        talk=talk,
    )


@never_cache
@require_http_methods(FORM)
@needs(*DECIDERS, of=plan_at)
def resign(request: HttpRequest, plan: Plan) -> HttpResponse:
    form = AgreementForm(*files(request), initial={"builder": plan.party})
    return act_page(
        request,
        plan,
        form,
        lambda data: encounters.resign_contract(
            by=request.user,  # type: ignore[arg-type]
            plan=plan,
            **form.told,
            now=timezone.now(),
        ),
        title=gettext_noop("登记重签代建合同"),
        part="#agreements",
        template="remedy/resign.html",
    )


def clause_at(clause: int) -> Clause:
    return get_object_or_404(Clause.objects.select_related("agreement__plan__room"), pk=clause)


@never_cache
@require_http_methods(FORM)
@needs(*DOERS, of=clause_at)
def tell_clause(request: HttpRequest, clause: Clause) -> HttpResponse:
    return act_page(
        request,
        clause.agreement.plan,
        ClauseForm(*files(request)),
        lambda data: encounters.tell_clause(
            by=request.user,  # type: ignore[arg-type]
            clause=clause,
            **data,
            now=timezone.now(),
        ),
        title=gettext_noop("登记履行情况"),
        part="#agreements",
        about=clauses()[clause.code],
        clause=clause,
    )


def round_at(row: int) -> Round:
    return get_object_or_404(Round.objects.select_related("plan__room"), pk=row)


@never_cache
@require_http_methods(FORM)
@needs(*DOERS, of=round_at)
def answer_followup(request: HttpRequest, row: Round) -> HttpResponse:
    if row.ended_at is not None and row.answered_at is None and row.plan.is_over:
        raise Http404
    return act_page(
        request,
        row.plan,
        AnswerForm(request.POST or None),
        lambda data: followups.answer_follow_up(
            by=request.user,  # type: ignore[arg-type]
            row=row,
            **data,
            now=timezone.now(),
        ),
        title=gettext_noop("回复督办"),
        lead=gettext_noop("写明办理情况、没有按期办结的原因和下一步安排；回复不停钟。"),
        part="#followups",
    )
