"""The measures of a plan: put in, worked on, done, given more time."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django import forms
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404
from django.utils import timezone
from django.utils.translation import gettext_noop
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from linli.remedy import rules, services, showing
from linli.remedy.act_views import FORM, act_page, files
from linli.remedy.forms import (
    DecisionForm,
    ExtensionForm,
    FinishForm,
    MeasureForm,
    WhyForm,
    WorkForm,
)
from linli.remedy.models import Extension, Plan, Task
from linli.remedy.readers import DECIDERS, DOERS
from linli.remedy.views import plan_at
from linli.sources.remedies import measures
from linli.web.access import needs


@never_cache
@require_http_methods(FORM)
@needs(*DOERS, of=plan_at)
def add_measure(request: HttpRequest, plan: Plan) -> HttpResponse:
    """The measures that fit; below them those that do not, and why."""
    today = timezone.localdate()
    cause = {"violation": plan.violation, "violator": plan.violator, "kind": plan.room.kind}
    offered = [
        (one, showing.default_days(one.code, today, plan.place)) for one in rules.offered(**cause)
    ]
    unfit = [
        (one, ruling)
        for one, ruling in ((m, rules.fits(m, **cause)) for m in measures().values())
        if not ruling.allowed
    ]
    form = MeasureForm(request.POST or None, offered=offered)
    return act_page(
        request,
        plan,
        form,
        lambda data: services.add_measure(
            by=request.user,  # type: ignore[arg-type]
            plan=plan,
            task=form.task,
            now=timezone.now(),
        ),
        title=gettext_noop("加措施"),
        part="#measures",
        template="remedy/add_measure.html",
        unfit=unfit,
    )


def task_at(task: int) -> Task:
    return get_object_or_404(Task.objects.select_related("plan__room"), pk=task)


def _on_task(
    request: HttpRequest,
    task: Task,
    form: forms.Form,
    act: Callable[..., Any],
    *,
    title: Any,
    **more: Any,
) -> HttpResponse:
    return act_page(
        request,
        task.plan,
        form,
        lambda data: act(by=request.user, task=task, **data, now=timezone.now()),
        title=title,
        part="#measures",
        about=measures()[task.code].name,
        task=task,
        **more,
    )


@never_cache
@require_http_methods(FORM)
@needs(*DOERS, of=task_at)
def tell_work(request: HttpRequest, task: Task) -> HttpResponse:
    form = WorkForm(*files(request))
    return _on_task(request, task, form, services.tell_work, title=gettext_noop("登记进展"))


@never_cache
@require_http_methods(FORM)
@needs(*DOERS, of=task_at)
def finish(request: HttpRequest, task: Task) -> HttpResponse:
    form = FinishForm(*files(request))
    return _on_task(request, task, form, services.finish_measure, title=gettext_noop("办结措施"))


@never_cache
@require_http_methods(FORM)
@needs(*DOERS, of=task_at)
def extend(request: HttpRequest, task: Task) -> HttpResponse:
    return _on_task(
        request,
        task,
        ExtensionForm(request.POST or None),
        services.ask_extension,
        title=gettext_noop("申请延期"),
        lead=gettext_noop("由另一人批准；批准前期限不变，每次延期都计数、公开在方案里。"),
    )


@never_cache
@require_http_methods(FORM)
@needs(*DOERS, of=task_at)
def drop_measure(request: HttpRequest, task: Task) -> HttpResponse:
    form = WhyForm(request.POST or None)
    return _on_task(request, task, form, services.drop_measure, title=gettext_noop("不再采取"))


def extension_at(extension: int) -> Extension:
    return get_object_or_404(Extension.objects.select_related("task__plan__room"), pk=extension)


@never_cache
@require_http_methods(FORM)
@needs(*DECIDERS, of=extension_at)
def decide(request: HttpRequest, extension: Extension) -> HttpResponse:
    return act_page(
        request,
        extension.task.plan,
        DecisionForm(request.POST or None),
        lambda data: services.decide_extension(
            by=request.user,  # type: ignore[arg-type]
            extension=extension,
            **data,
            now=timezone.now(),
        ),
        title=gettext_noop("审批延期"),
        part="#measures",
        about=measures()[extension.task.code].name,
        extension=extension,
    )
