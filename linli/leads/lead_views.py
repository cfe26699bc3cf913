"""Writing leads down, putting them to their rooms, putting them aside."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.contrib import messages
from django.forms import Form
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST

from linli.kernel.rulings import Refused, refuse
from linli.kernel.words import gettext_noop
from linli.leads import rules, services, views
from linli.leads.forms import EstateForm, JoinForm, LeadForm, PurposeForm, ReasonForm
from linli.leads.models import Lead, Report
from linli.leads.views import UNPROCESSABLE
from linli.leads.who import KEEPERS, RAISERS
from linli.places import queries as places
from linli.premises import queries as rooms
from linli.web.access import may, needs
from linli.web.reasons import put_on

FORM = ["GET", "HEAD", "POST"]


def _status(form: Form) -> int:
    return UNPROCESSABLE if form.is_bound and form.errors else 200


@never_cache
@require_http_methods(FORM)
@needs(*RAISERS)
def new(request: HttpRequest) -> HttpResponse:
    """Write a lead down: its estate first (or its room, from the room's page), then the rest."""
    estate = _estate(request)
    if estate is None:
        form = EstateForm(request.GET or None)
        if form.is_bound and form.is_valid():
            if may(request, form.cleaned_data["estate"].place, *RAISERS):
                return redirect(f"{request.path}?in={form.cleaned_data['estate'].place}")
            form.add_error("estate", _("这个小区不在您的辖区内"))
        return render(request, "leads/choose.html", {"form": form}, status=_status(form))
    initial = {"room": request.GET.get("room", ""), "violator": rules.UNKNOWN}
    form = LeadForm(request.POST or None, request.FILES or None, estate=estate, initial=initial)
    if request.method == "POST" and form.is_valid():
        try:
            made = services.raise_lead(
                by=request.user,
                county=estate.place[:6],
                place=estate.place,
                source=rules.STAFF,
                **form.told,
                now=timezone.now(),
            )
        except Refused as refused:
            put_on(form, refused.ruling)
        else:
            text = _("已登记为线索%(number)s") % {"number": made.number}
            messages.success(request, text)
            return redirect("leads:lead", pk=made.pk)
    context = {"form": form, "estate": estate, "path": places.path(estate.place)}
    return render(request, "leads/new.html", context, status=_status(form))


def _estate(request: HttpRequest) -> Any | None:
    """The estate in the address, if the reader writes leads there."""
    code = request.GET.get("in", "")
    if not code:
        return None
    found = places.find(code)
    if found is None or found.level != "estate" or not may(request, code, *RAISERS):
        raise Http404
    return found


def _told(
    request: HttpRequest, lead: Lead, name: str, form: Form, act: Callable[[dict], Any]
) -> HttpResponse:
    """One of the small forms on a lead's page: do it and come back, or show what is wrong."""
    if form.is_valid():
        try:
            act(form.cleaned_data)
        except Refused as refused:
            put_on(form, refused.ruling)
        else:
            messages.success(request, _("已保存"))
            return redirect("leads:lead", pk=lead.pk)
    return views.show(request, lead, status=UNPROCESSABLE, **{name: form})


@require_POST
@never_cache
@needs(*KEEPERS, of=Lead)
def join(request: HttpRequest, lead: Lead) -> HttpResponse:
    """Put a lead to the room it is about."""

    def act(data: dict) -> None:
        room = rooms.find(data["code"], lead.county)
        if room is None:
            raise Refused(
                refuse(gettext_noop("没有编码为“%(code)s”的用房"), code=data["code"]).at("code")
            )
        services.join_room(by=request.user, lead=lead, room=room, now=timezone.now())

    return _told(request, lead, "join_form", JoinForm(request.POST, auto_id="join-%s"), act)


@require_POST
@never_cache
@needs(*KEEPERS, of=Lead)
def dismiss(request: HttpRequest, lead: Lead) -> HttpResponse:
    """Put aside what plainly is no matter of public rooms."""
    form = ReasonForm(request.POST, auto_id="dismiss-%s")
    return _told(
        request,
        lead,
        "dismiss_form",
        form,
        lambda data: services.dismiss(by=request.user, lead=lead, **data, now=timezone.now()),
    )


def report_at(report: int) -> Report:
    found = Report.objects.select_related("lead__room").filter(pk=report).first()
    if found is None or not found.phone:
        raise Http404
    return found


@require_POST
@never_cache
@needs(*KEEPERS, of=report_at)
def phone(request: HttpRequest, report: Report) -> HttpResponse:
    """A resident's number in full, to check back, for a purpose that is recorded."""
    form = PurposeForm(request.POST, auto_id="purpose-%s")
    if not form.is_valid():
        return views.show(request, report.lead, status=UNPROCESSABLE, purpose_form=form)
    services.open_phone(
        by=request.user, report=report, purpose=form.cleaned_data["purpose"], now=timezone.now()
    )
    return views.show(request, report.lead, opened=report.pk)
