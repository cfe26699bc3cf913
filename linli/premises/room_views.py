"""Writing rooms down, and telling what happened to one."""

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
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from linli.files import answers
from linli.kernel.rulings import Refused
from linli.places import queries as places
from linli.premises import queries, rules, services, views
from linli.premises.forms import (
    BulkForm,
    EndForm,
    EndLeaseForm,
    EstateForm,
    LeaseForm,
    NewRoomForm,
    PapersForm,
    PurposeForm,
    RoomForm,
    SpotForm,
    TitleForm,
    UseForm,
)
from linli.premises.models import Contract, Room, RoomPaper
from linli.premises.views import KEEPERS, READERS, UNPROCESSABLE
from linli.web.access import may, needs, own_address
from linli.web.reasons import put_on

FORM = ["GET", "HEAD", "POST"]


def _status(form: Form) -> int:
    return UNPROCESSABLE if form.is_bound and form.errors else 200


@never_cache
@require_http_methods(FORM)
@needs(*KEEPERS)
def new(request: HttpRequest) -> HttpResponse:
    """Write a room down: its estate first, then the rest.

    `name`: what it is called where it was found; `next`: where somebody wants its code, as `code`.
    """
    estate = _estate(request)
    if estate is None:
        form = EstateForm(request.GET or None)
        if form.is_bound and form.is_valid():
            if may(request, form.cleaned_data["estate"].place, *KEEPERS):
                return redirect(f"{request.path}?in={form.cleaned_data['estate'].place}")
            form.add_error("estate", _("这个小区不在您的辖区内"))
        return render(request, "premises/choose.html", {"form": form}, status=_status(form))
    today = timezone.localdate()
    name = request.GET.get("name", "")[:64]
    initial = {"since_on": today, "owner": rules.UNKNOWN, "place": estate.place, "name": name}
    form = NewRoomForm(request.POST or None, estate=estate, initial=initial)
    if request.method == "POST" and form.is_valid():
        try:
            made = services.register_room(
                by=request.user, facts=form.facts, **form.use, now=timezone.now()
            )
        except Refused as refused:
            put_on(form, refused.ruling)
        else:
            messages.success(request, _("已登记，编码%(code)s") % {"code": made.code})
            asked = own_address(request, request.GET.get("next", ""))
            return redirect(f"{asked}?code={made.code}") if asked else views.done(made)
    context = {"form": form, "estate": estate, "path": places.path(estate.place)}
    return render(request, "premises/new.html", context, status=_status(form))


def _estate(request: HttpRequest) -> Any | None:
    """The estate in the address, if the reader writes there."""
    code = request.GET.get("in", "")
    if not code:
        return None
    found = places.find(code)
    if found is None or found.level != "estate" or not may(request, code, *KEEPERS):
        raise Http404
    return found


@never_cache
@require_http_methods(FORM)
@needs(*KEEPERS, of=Room)
def edit(request: HttpRequest, room: Room) -> HttpResponse:
    """Put right what is written down about a room."""
    estate = places.find(room.estate)
    if estate is None:
        raise Http404
    initial = {name: getattr(room.told, name) for name in room.told.__slots__}
    form = RoomForm(request.POST or None, estate=estate, initial=initial)
    if request.method == "POST" and form.is_valid():
        try:
            services.amend_room(by=request.user, room=room, facts=form.facts, now=timezone.now())
        except Refused as refused:
            put_on(form, refused.ruling)
        else:
            messages.success(request, _("已保存"))
            return views.done(room)
    context = {"form": form, "room": room, "path": places.path(room.estate)}
    return render(request, "premises/edit.html", context, status=_status(form))


def _told(
    request: HttpRequest,
    room: Room,
    name: str,
    form: Form,
    act: Callable[[dict], Any],
    shown: Any = None,
) -> HttpResponse:
    """One of the small forms on a room's page: do it and come back, or show what is wrong."""
    if form.is_valid():
        try:
            act(form.cleaned_data)
        except Refused as refused:
            put_on(form, refused.ruling)
        else:
            messages.success(request, _("已保存"))
            return views.done(room)
    return views.show(request, room, status=UNPROCESSABLE, **{name: shown or form})


@require_POST
@needs(*KEEPERS, of=Room)
def use(request: HttpRequest, room: Room) -> HttpResponse:
    return _told(
        request,
        room,
        "use_form",
        UseForm(request.POST, auto_id=views.USE),
        lambda data: services.record_use(by=request.user, room=room, **data, now=timezone.now()),
    )


@require_POST
@needs(*KEEPERS, of=Room)
def title(request: HttpRequest, room: Room) -> HttpResponse:
    return _told(
        request,
        room,
        "title_form",
        TitleForm(request.POST, auto_id=views.TITLE),
        lambda data: services.tell_title(by=request.user, room=room, **data, now=timezone.now()),
    )


@require_POST
@needs(*KEEPERS, of=Room)
def spot(request: HttpRequest, room: Room) -> HttpResponse:
    return _told(
        request,
        room,
        "spot_form",
        SpotForm(request.POST, auto_id=views.SPOT),
        lambda data: services.place_on_plan(by=request.user, room=room, **data, now=timezone.now()),
    )


@require_POST
@needs(*KEEPERS, of=Room)
def end(request: HttpRequest, room: Room) -> HttpResponse:
    return _told(
        request,
        room,
        "end_form",
        EndForm(request.POST, auto_id=views.END),
        lambda data: services.end_room(by=request.user, room=room, **data, now=timezone.now()),
    )


@require_POST
@needs(*KEEPERS)
def bulk(request: HttpRequest) -> HttpResponse:
    """The ticked rooms are used in one way from a day on; asks how first."""
    scope = request.access.scope(*KEEPERS)  # type: ignore[attr-defined]
    rows = queries.rooms(scope).filter(
        pk__in=[n for n in request.POST.getlist("row") if n.isdigit()]
    )
    rooms = list(rows[:500])
    form = BulkForm(
        request.POST if "state" in request.POST else None,
        initial={"since_on": timezone.localdate()},
    )
    if not rooms:
        messages.warning(request, _("没有选中可以登记的用房"))
        return redirect(views.LIST)
    if form.is_bound and form.is_valid():
        try:
            services.record_uses(
                by=request.user, rooms=rooms, **form.cleaned_data, now=timezone.now()
            )
        except Refused as refused:
            put_on(form, refused.ruling)
        else:
            messages.success(request, _("已登记%(n)s处") % {"n": len(rooms)})
            return redirect(views.LIST)
    return render(
        request, "premises/bulk.html", {"form": form, "rooms": rooms}, status=_status(form)
    )


# --- leases -----------------------------------------------------------------------------------


def contract_at(contract: int) -> Contract:
    found = queries.contract(contract)
    if found is None:
        raise Http404
    return found


@never_cache
@require_http_methods(FORM)
@needs(*KEEPERS, of=Room)
def new_lease(request: HttpRequest, room: Room) -> HttpResponse:
    """Write a lease down with its papers."""
    form = LeaseForm(request.POST or None, request.FILES or None, initial={"per": "month"})
    if request.method == "POST" and form.is_valid():
        now = timezone.now()
        try:
            made = services.add_contract(by=request.user, room=room, terms=form.terms, now=now)
            _keep(request, room, form.cleaned_data["papers"], kind="contract", contract=made)
        except Refused as refused:
            put_on(form, refused.ruling)
        else:
            messages.success(request, _("已登记"))
            return views.done(room, "#leases")
    context = {"form": form, "room": room, "path": places.path(room.estate)}
    return render(request, "premises/new_lease.html", context, status=_status(form))


@require_POST
@needs(*KEEPERS, of=contract_at)
def end_lease(request: HttpRequest, contract: Contract) -> HttpResponse:
    form = EndLeaseForm(request.POST, auto_id=f"end-{contract.pk}-%s")
    return _told(
        request,
        contract.room,
        "lease_forms",
        form,
        lambda data: services.end_contract(
            by=request.user, contract=contract, **data, now=timezone.now()
        ),
        shown={contract.pk: {"end": form}},
    )


@require_POST
@never_cache
@needs(*READERS, of=contract_at)
def lessee(request: HttpRequest, contract: Contract) -> HttpResponse:
    """The lessee's name and telephone in full, for a purpose that is recorded."""
    form = PurposeForm(request.POST, auto_id=f"purpose-{contract.pk}-%s")
    if not form.is_valid():
        faulty = {contract.pk: {"purpose": form}}
        return views.show(request, contract.room, status=UNPROCESSABLE, lease_forms=faulty)
    services.open_lessee(
        by=request.user, contract=contract, purpose=form.cleaned_data["purpose"], now=timezone.now()
    )
    return views.show(request, contract.room, opened=contract.pk)


# --- papers -----------------------------------------------------------------------------------


def _keep(request: HttpRequest, room: Room, papers: list[Any], **told: Any) -> None:
    for paper in papers:
        services.add_paper(
            by=request.user, room=room, content=paper, name=paper.name, **told, now=timezone.now()
        )


@require_POST
@needs(*KEEPERS, of=Room)
def add_papers(request: HttpRequest, room: Room) -> HttpResponse:
    form = PapersForm(request.POST, request.FILES, auto_id=views.PAPERS)
    return _told(
        request,
        room,
        "papers_form",
        form,
        lambda data: _keep(request, room, data.pop("papers"), **data),
    )


def paper_at(paper: int) -> RoomPaper:
    found = queries.paper(paper)
    if found is None:
        raise Http404
    found.place = found.room.place  # type: ignore[attr-defined]
    return found


@require_safe
@needs(*READERS, of=paper_at)
def paper(request: HttpRequest, found: RoomPaper) -> HttpResponse:
    return answers.whole(found.file, by=request.user, now=timezone.now())


@require_safe
@needs(*READERS, of=paper_at)
def paper_small(request: HttpRequest, found: RoomPaper) -> HttpResponse:
    if not found.file.is_picture:
        raise Http404
    return answers.small(found.file, by=request.user, now=timezone.now())


@require_POST
@needs(*KEEPERS, of=paper_at)
def remove_paper(request: HttpRequest, found: RoomPaper) -> HttpResponse:
    services.remove_paper(by=request.user, paper=found, now=timezone.now())
    messages.success(request, _("已移除"))
    return views.done(found.room, "#papers")
