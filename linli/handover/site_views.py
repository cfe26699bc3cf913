"""The acceptance on site: items, defects, their mending and re-check. The tax worksheet."""

from __future__ import annotations

from django.http import Http404, HttpRequest, HttpResponse
from django.utils import timezone
from django.views.decorators.http import require_POST, require_safe

from linli.files import answers
from linli.handover import accepting, forms, taxing
from linli.handover.dossier import Dossier
from linli.handover.models import Defect, Handover, TaxLine
from linli.handover.page_views import site_form, told
from linli.handover.views import READERS, WRITERS
from linli.web.access import needs


@require_POST
@needs(*WRITERS, of=Handover)
def find(request: HttpRequest, found: Handover) -> HttpResponse:
    """What was found of the items that the reader answers for, in one go."""
    today = timezone.localdate()
    roles = frozenset(request.access.roles_at(found.place))  # type: ignore[attr-defined]
    form = site_form(Dossier(found), roles, today, request.POST)
    return told(
        request,
        found,
        ("site", "", form),
        lambda data: accepting.find(
            by=request.user,
            handover=found,
            seen=data["seen"],
            seen_on=data["seen_on"],
            now=timezone.now(),
        ),
        "#site",
    )


@require_POST
@needs(*WRITERS, of=Handover)
def raise_defect(request: HttpRequest, found: Handover) -> HttpResponse:
    form = forms.DefectForm(request.POST, auto_id="defect-%s")
    return told(
        request,
        found,
        ("defect", "", form),
        lambda data: accepting.raise_defect(
            by=request.user, handover=found, **data, now=timezone.now()
        ),
        "#defects",
    )


def defect_at(defect: int) -> Defect:
    rows = Defect.objects.select_related("handover", "handover__room", "handover__case", "evidence")
    found = rows.filter(pk=defect).first()
    if found is None:
        raise Http404
    found.place = found.handover.place  # type: ignore[attr-defined]
    return found


@require_POST
@needs(*WRITERS, of=defect_at)
def mend(request: HttpRequest, found: Defect) -> HttpResponse:
    form = forms.MendForm(request.POST, request.FILES, auto_id=f"mend-{found.pk}-%s")

    def act(data: dict) -> None:
        file = next(iter(data["evidence"]), None)
        accepting.mend(
            by=request.user,
            defect=found,
            text=data["text"],
            content=file,
            name=file.name if file else "",
            now=timezone.now(),
        )

    return told(request, found.handover, ("mend", str(found.pk), form), act, "#defects")


@require_POST
@needs(*WRITERS, of=defect_at)
def check(request: HttpRequest, found: Defect) -> HttpResponse:
    form = forms.CheckForm(request.POST, auto_id=f"check-{found.pk}-%s")
    return told(
        request,
        found.handover,
        ("check", str(found.pk), form),
        lambda data: accepting.recheck(
            by=request.user,
            defect=found,
            good=request.POST.get("good") == "1",
            text=data["text"],
            now=timezone.now(),
        ),
        "#defects",
    )


@require_safe
@needs(*READERS, of=defect_at)
def evidence(request: HttpRequest, found: Defect) -> HttpResponse:
    """What shows that a defect was mended."""
    if found.evidence is None:
        raise Http404
    return answers.whole(found.evidence, by=request.user, now=timezone.now())


# --- taxes ----------------------------------------------------------------------------------------


@require_POST
@needs(*WRITERS, of=Handover)
def tell_tax(request: HttpRequest, found: Handover) -> HttpResponse:
    tax = request.POST.get("tax", "")
    plan = Dossier(found).procedure.taxes.get(tax)
    if plan is None:
        raise Http404
    form = forms.TaxForm(request.POST, auto_id=f"tax-{tax}-%s", plan=plan)
    return told(
        request,
        found,
        ("tax", tax, form),
        lambda data: taxing.tell_tax(by=request.user, handover=found, **data, now=timezone.now()),
        "#taxes",
    )


def line_at(line: int) -> TaxLine:
    rows = TaxLine.objects.select_related("handover", "handover__room", "handover__case")
    found = rows.filter(pk=line).first()
    if found is None:
        raise Http404
    found.place = found.handover.place  # type: ignore[attr-defined]
    return found


@require_POST
@needs(*WRITERS, of=line_at)
def confirm_tax(request: HttpRequest, found: TaxLine) -> HttpResponse:
    return told(
        request,
        found.handover,
        ("confirm", "", forms.forms.Form(request.POST)),
        lambda _data: taxing.confirm_tax(by=request.user, line=found, now=timezone.now()),
        "#taxes",
    )
