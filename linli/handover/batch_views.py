"""Signing together: the list, a signing, its rooms, both hands."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from linli.handover import batches, forms, queries, showing
from linli.handover.models import Batch
from linli.handover.page_views import CONFLICT
from linli.handover.views import OPENERS, READERS, UNPROCESSABLE
from linli.kernel.rulings import ALLOWED, Refused, Ruling
from linli.places import queries as places
from linli.web.access import may, needs
from linli.web.reasons import put_on
from linli.web.registers import Register


@never_cache
@require_safe
@needs(*READERS)
def batches_list(request: HttpRequest) -> HttpResponse:
    """Every signing within scope, the latest first."""
    scope = request.access.scope(*READERS)  # type: ignore[attr-defined]
    holds = request.access.holds(*OPENERS)  # type: ignore[attr-defined]
    table = Register(
        request,
        rows=queries.batches(scope),
        columns=showing.BATCH_COLUMNS,
        new_url=reverse("handover:new_batch") if holds else "",
        new_label=gettext_lazy("筹备集中签约"),
        empty_title=gettext_lazy("还没有集中签约"),
        empty_text=gettext_lazy("同一移交方和接收单位的几处用房，可以一次签订移交协议。"),
    )
    return render(request, table.template("handover/batches.html"), {"register": table})


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
@needs(*OPENERS)
def new_batch(request: HttpRequest) -> HttpResponse:
    """Prepare a signing; `?for=` takes the parties and the first room from a handover."""
    scope = request.access.scope(*OPENERS)  # type: ignore[attr-defined]
    asked = request.GET.get("for", "")
    first = queries.handovers(scope).filter(pk=asked).first() if asked.isdigit() else None
    initial: dict[str, Any] = {"held_on": timezone.localdate()}
    if first:
        initial |= {
            "developer": first.developer,
            "receiver": first.receiver,
            "name": _("%(room)s移交签约") % {"room": first.room.name},
        }
    form = forms.BatchForm(request.POST or None, initial=initial)
    if request.method == "POST" and form.is_valid():
        try:
            made = batches.prepare(
                by=request.user,
                place=_place(request, first),
                handovers=[first] if first else [],
                **form.cleaned_data,
                now=timezone.now(),
            )
        except Refused as refused:
            put_on(form, refused.ruling)
        else:
            messages.success(request, _("已筹备，编号%(number)s") % {"number": made.number})
            return _done(made)
    status = UNPROCESSABLE if form.is_bound and form.errors else 200
    context = {"form": form, "first": first}
    return render(request, "handover/new_batch.html", context, status=status)


def _place(request: HttpRequest, first: Any) -> str:
    """Where a signing belongs: the widest place somebody may hold one at."""
    scope = request.access.scope(*OPENERS)  # type: ignore[attr-defined]
    held = sorted(scope.prefixes, key=len)
    mine = [code for code in held if first is None or first.place.startswith(code)]
    return (mine or held or [""])[0]


@never_cache
@require_safe
@needs(*READERS, of=Batch)
def batch(request: HttpRequest, found: Batch) -> HttpResponse:
    """One signing: its rooms, what each still lacks, both parties' hands."""
    return show(request, found)


def show(
    request: HttpRequest,
    found: Batch,
    *,
    ruling: Ruling = ALLOWED,
    status: int = 200,
    sign_form: Any = None,
) -> HttpResponse:
    now = timezone.now()
    open_ = not found.signed_at and not found.dropped_at
    rows = showing.named(queries.in_batch(found), timezone.localdate())
    ready = batches.readiness(found, by=request.user, now=now, handovers=rows) if open_ else []
    why = {each.pk: ruling for each, _dossier, ruling in ready}
    context = {
        "batch": found,
        "state": showing.batch_state(found),
        "place": places.name_path(found.place),
        "rooms": [(row, why.get(row.pk, ALLOWED), showing.state_of(row)) for row in rows],
        "is_open": open_,
        "all_ready": bool(rows) and all(one.allowed for one in why.values()),
        "may": may(request, found.place, *OPENERS),
        "candidates": showing.named(queries.candidates(found), timezone.localdate())
        if open_
        else [],
        "sign_form": sign_form or forms.BatchSignForm(initial={"signed_on": timezone.localdate()}),
        "refused": ruling,
        "facts": [
            (gettext_lazy("移交方"), found.developer),
            (gettext_lazy("接收单位"), found.receiver),
            (gettext_lazy("签约日期"), found.held_on),
            (gettext_lazy("地点"), found.venue),
            (gettext_lazy("协议编号"), found.agreement_no),
            (gettext_lazy("移交方签字人"), found.giver),
            (gettext_lazy("接收方签字人"), found.taker),
            (gettext_lazy("签订日期"), found.signed_on),
        ],
    }
    return render(request, "handover/batch.html", context, status=status)


def _done(found: Batch) -> HttpResponse:
    return redirect(reverse("handover:batch", args=[found.pk]))


def _told(request: HttpRequest, found: Batch, act: Any) -> HttpResponse:
    try:
        act()
    except Refused as refused:
        found.refresh_from_db()
        return show(request, found, ruling=refused.ruling, status=CONFLICT)
    messages.success(request, _("已保存"))
    return _done(found)


@require_POST
@needs(*OPENERS, of=Batch)
def put_in(request: HttpRequest, found: Batch) -> HttpResponse:
    """The ticked handovers join the signing."""
    scope = request.access.scope(*OPENERS)  # type: ignore[attr-defined]
    wanted = [pk for pk in request.POST.getlist("handover") if pk.isdigit()]
    rows = list(queries.handovers(scope).filter(pk__in=wanted).order_by("number"))
    return _told(
        request,
        found,
        lambda: batches.put_in(by=request.user, batch=found, handovers=rows, now=timezone.now()),
    )


@require_POST
@needs(*OPENERS, of=Batch)
def take_out(request: HttpRequest, found: Batch) -> HttpResponse:
    """A handover leaves the signing."""
    scope = request.access.scope(*OPENERS)  # type: ignore[attr-defined]
    asked = request.POST.get("handover", "")
    row = queries.handovers(scope).filter(pk=asked).first() if asked.isdigit() else None
    if row is None:
        return _done(found)
    return _told(
        request,
        found,
        lambda: batches.take_out(by=request.user, batch=found, handover=row, now=timezone.now()),
    )


@require_POST
@needs(*OPENERS, of=Batch)
def drop_batch(request: HttpRequest, found: Batch) -> HttpResponse:
    return _told(
        request,
        found,
        lambda: batches.drop_batch(by=request.user, batch=found, now=timezone.now()),
    )


@require_POST
@needs(*OPENERS, of=Batch)
def sign_batch(request: HttpRequest, found: Batch) -> HttpResponse:
    """Both parties signed."""
    form = forms.BatchSignForm(request.POST)
    if not form.is_valid():
        return show(request, found, status=UNPROCESSABLE, sign_form=form)
    try:
        batches.sign_batch(by=request.user, batch=found, **form.cleaned_data, now=timezone.now())
    except Refused as refused:
        put_on(form, refused.ruling)
        found.refresh_from_db()
        return show(request, found, ruling=refused.ruling, status=CONFLICT, sign_form=form)
    messages.success(request, _("协议已签订"))
    return _done(found)
