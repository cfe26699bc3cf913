"""Working at a step: papers, signatures, passing it, sending it back, completing."""

from __future__ import annotations

from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.utils import timezone
from django.views.decorators.http import require_POST, require_safe

from linli.files import answers
from linli.handover import forms, services
from linli.handover.dossier import Dossier
from linli.handover.models import Handover, Paper
from linli.handover.page_views import told
from linli.handover.views import READERS, WRITERS
from linli.sources.procedures import TRANSFER
from linli.web.access import needs


def _step(request: HttpRequest, found: Handover) -> tuple[Dossier, str]:
    """The step a form is about, if the flow has it."""
    dossier, step = Dossier(found), request.POST.get("step", "")
    if step not in dossier.procedure.plans:
        raise Http404
    return dossier, step


@require_POST
@needs(*WRITERS, of=Handover)
def pass_step(request: HttpRequest, found: Handover) -> HttpResponse:
    dossier, step = _step(request, found)
    kind = forms.TitleForm if dossier.plan(step).does == TRANSFER else forms.PassForm
    form = kind(request.POST, auto_id=f"pass-{step}-%s")
    return told(
        request,
        found,
        ("pass", step, form),
        lambda data: services.pass_step(
            by=request.user, handover=found, **data, now=timezone.now()
        ),
    )


@require_POST
@needs(*WRITERS, of=Handover)
def send_back(request: HttpRequest, found: Handover) -> HttpResponse:
    _dossier, step = _step(request, found)
    form = forms.BackForm(request.POST, auto_id=f"back-{step}-%s")
    return told(
        request,
        found,
        ("back", step, form),
        lambda data: services.send_back(
            by=request.user, handover=found, **data, now=timezone.now()
        ),
        "#notices",
    )


@require_POST
@needs(*WRITERS, of=Handover)
def sign(request: HttpRequest, found: Handover) -> HttpResponse:
    _dossier, step = _step(request, found)
    form = forms.SignForm(request.POST, auto_id=f"sign-{step}-%s")
    return told(
        request,
        found,
        ("sign", step, form),
        lambda data: services.sign(by=request.user, handover=found, **data, now=timezone.now()),
    )


@require_POST
@needs(*WRITERS, of=Handover)
def complete(request: HttpRequest, found: Handover) -> HttpResponse:
    form = forms.CompleteForm(request.POST, auto_id="complete-%s")
    step = request.POST.get("step", "")
    return told(
        request,
        found,
        ("complete", step, form),
        lambda data: services.complete(by=request.user, handover=found, **data, now=timezone.now()),
    )


# --- papers -------------------------------------------------------------------------------------


@require_POST
@needs(*WRITERS, of=Handover)
def add_papers(request: HttpRequest, found: Handover) -> HttpResponse:
    dossier, step = _step(request, found)
    form = forms.PaperForm(
        request.POST,
        request.FILES,
        auto_id=f"paper-{step}-%s",
        procedure=dossier.procedure,
        plan=dossier.plan(step),
    )

    def keep(data: dict[str, Any]) -> None:
        kind, brought = data.pop("kind"), data.pop("papers")
        services.add_papers(
            by=request.user,
            handover=found,
            papers=[(kind, paper, paper.name) for paper in brought],
            **data,
            now=timezone.now(),
        )

    return told(request, found, ("paper", step, form), keep, f"#papers-{step}")


@require_POST
@needs(*WRITERS, of=Handover)
def promise(request: HttpRequest, found: Handover) -> HttpResponse:
    dossier, step = _step(request, found)
    plan = dossier.plan(step)
    form = forms.PromiseForm(
        request.POST,
        auto_id=f"promise-{step}-%s",
        procedure=dossier.procedure,
        step=step,
        kinds=(*plan.papers, *plan.more),
    )
    return told(
        request,
        found,
        ("promise", step, form),
        lambda data: services.promise_paper(
            by=request.user, handover=found, **data, now=timezone.now()
        ),
        f"#papers-{step}",
    )


def paper_at(paper: int) -> Paper:
    """A paper with the place of its handover."""
    rows = Paper.objects.select_related("file", "handover", "handover__room", "handover__case")
    found = rows.filter(pk=paper, removed_at=None).first()
    if found is None:
        raise Http404
    found.place = found.handover.place  # type: ignore[attr-defined]
    return found


@require_safe
@needs(*READERS, of=paper_at)
def paper(request: HttpRequest, found: Paper) -> HttpResponse:
    """A paper as it was brought."""
    if found.file is None:
        raise Http404
    return answers.whole(found.file, by=request.user, now=timezone.now())


@require_POST
@needs(*WRITERS, of=paper_at)
def remove_paper(request: HttpRequest, found: Paper) -> HttpResponse:
    return told(
        request,
        found.handover,
        ("remove", "", forms.forms.Form(request.POST)),
        lambda _data: services.remove_paper(by=request.user, paper=found, now=timezone.now()),
        f"#papers-{found.step}",
    )
