"""The register of places: finding, adding, renaming, merging; the switcher of the shell."""

from __future__ import annotations

from typing import Any
from urllib.parse import urlsplit

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import Resolver404, resolve, reverse
from django.utils import timezone
from django.utils.text import capfirst
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_POST, require_safe

from linli.kernel import place as codes
from linli.kernel.roles import DISTRICT, SECRETARY, STREET, SYSTEM_ADMIN
from linli.kernel.rulings import Refused
from linli.places import queries, services
from linli.places.forms import (
    AddPlaceForm,
    AddressForm,
    CloseForm,
    PlacesFilter,
    RenameForm,
    SucceedForm,
    inside,
)
from linli.places.models import Place
from linli.scope.names import WithPaths
from linli.sheets.answers import excel
from linli.web.access import may, needs
from linli.web.reasons import put_on
from linli.web.registers import Column, Register
from linli.web.templatetags.words import say

HERE = "here"
"""Key of the session: the place one chose to be in."""

UNPROCESSABLE = 422
READERS = (SYSTEM_ADMIN, DISTRICT, STREET, SECRETARY)
KEEPERS = (SYSTEM_ADMIN, SECRETARY)
"""Who writes down buildings, doors and grids; official codes are the system administrator's."""


def by_code(code: str) -> Place:
    found = queries.find(code)
    if found is None:
        raise Http404
    return found


def status_of(form: Any) -> int:
    return UNPROCESSABLE if form.is_bound and form.errors else 200


def _state(place: Place) -> tuple[Any, str]:
    return (
        (gettext_lazy("使用中"), "done") if not place.until_on else (gettext_lazy("已撤销"), "void")
    )


COLUMNS = (
    Column(
        code="name",
        label=gettext_lazy("名称"),
        sort="name",
        href=lambda row: reverse("places:detail", args=[row.place]),
    ),
    Column(
        code="level",
        label=gettext_lazy("级别"),
        value=lambda row: capfirst(say(codes.NAMES[row.level])),
        sort="level",
    ),
    Column(code="place", label=gettext_lazy("代码"), sort="place"),
    Column(code="path", label=gettext_lazy("在哪里"), value="path"),
    Column(code="address", label=gettext_lazy("地址")),
    Column(code="since_on", label=gettext_lazy("从"), kind="day", shown=False),
    Column(code="until_on", label=gettext_lazy("到"), kind="day", shown=False),
    Column(code="state", label=gettext_lazy("状态"), kind="state", value=_state),
)


def _chosen(request: HttpRequest) -> tuple[PlacesFilter, WithPaths]:
    form = PlacesFilter(request.GET)
    data = form.cleaned_data if form.is_valid() else {}
    rows = queries.register(
        request.access.scope(*READERS),  # type: ignore[attr-defined]
        text=data.get("q", ""),
        level=data.get("level", ""),
        closed=data.get("closed", False),
    )
    return form, WithPaths(rows)


@require_safe
@needs(*READERS)
def register(request: HttpRequest) -> HttpResponse:
    """Streets, communities, estates, grids and buildings within scope."""
    form, rows = _chosen(request)
    admin = request.access.holds(SYSTEM_ADMIN)  # type: ignore[attr-defined]
    table = Register(
        request,
        rows=rows,
        columns=COLUMNS,
        filters=form,
        excel_in_url=reverse("places:import") if admin else "",
        excel_out_url=reverse("places:excel"),
        empty_title=gettext_lazy("还没有录入地方"),
        empty_text=gettext_lazy("先导入统计用区划代码表，再在社区下面增加小区和网格。"),
    )
    return render(request, table.template("places/register.html"), {"register": table})


@require_safe
@needs(*READERS)
def register_excel(request: HttpRequest) -> HttpResponse:
    return excel(_("地方"), COLUMNS, _chosen(request)[1])


@require_safe
@needs(of=by_code)
def detail(request: HttpRequest, place: Place) -> HttpResponse:
    """One place: what it is, what it was, what lies in it."""
    return _detail(request, place)


def _detail(request: HttpRequest, place: Place, *, status: int = 200, **forms: Any) -> HttpResponse:
    today = timezone.localdate()
    children = list(queries.children(place.place)[:500])
    context = {
        "place": place,
        "level": codes.NAMES[place.level],
        "state_word": _state(place),
        "path": queries.path(place.place)[:-1],
        "former": queries.former_names(place.place),
        "successors": queries.successors(place.place),
        "predecessors": queries.names(sorted(queries.predecessors([place.place]))),
        "children": [(child, codes.NAMES[child.level]) for child in children],
        "door_count": queries.doors(place.place).count() if len(place.place) >= 15 else None,
        "adds": bool(inside(place.level)) and _may_add(request, place),
        "keeps": may(request, place.place, *KEEPERS),
        "codes": may(request, place.place, SYSTEM_ADMIN),
        "rename_form": RenameForm(initial={"name": place.name, "on": today}),
        "address_form": AddressForm(initial={"address": place.address}),
        "succeed_form": SucceedForm(initial={"since_on": today}),
        "close_form": CloseForm(initial={"until_on": today}),
    }
    return render(request, "places/detail.html", context | forms, status=status)


def _may_add(request: HttpRequest, place: Place) -> bool:
    roles = KEEPERS if place.level in ("community", "estate", "building") else (SYSTEM_ADMIN,)
    return place.until_on is None and may(request, place.place, *roles)


@needs(*KEEPERS, of=by_code)
def add(request: HttpRequest, parent: Place) -> HttpResponse:
    """Add a place inside another."""
    if not _may_add(request, parent) or not inside(parent.level):
        raise Http404
    form = AddPlaceForm(request.POST or None, parent=parent)
    if request.method == "POST" and form.is_valid():
        try:
            made = services.add_place(
                by=request.user, parent=parent.place, **form.cleaned_data, now=timezone.now()
            )
        except Refused as refused:
            put_on(form, refused.ruling)
        else:
            messages.success(request, _("已增加%(name)s") % {"name": made.name})
            return redirect("places:detail", made.place)
    context = {"form": form, "parent": parent, "path": queries.path(parent.place)}
    return render(request, "places/add.html", context, status=status_of(form))


def _change(request: HttpRequest, place: Place, *, name: str, form: Any, act: Any) -> HttpResponse:
    """One of the small forms on a place's page: do it and come back, or show what is wrong."""
    if form.is_valid():
        try:
            act(form.cleaned_data)
        except Refused as refused:
            put_on(form, refused.ruling)
        else:
            messages.success(request, _("已保存"))
            return redirect("places:detail", place.place)
    return _detail(request, place, status=UNPROCESSABLE, **{name: form})


@require_POST
@needs(*KEEPERS, of=by_code)
def rename(request: HttpRequest, place: Place) -> HttpResponse:
    if place.level in ("county", "street", "community") and not may(
        request, place.place, SYSTEM_ADMIN
    ):
        raise Http404
    return _change(
        request,
        place,
        name="rename_form",
        form=RenameForm(request.POST),
        act=lambda data: services.rename_place(
            by=request.user, place=place, **data, now=timezone.now()
        ),
    )


@require_POST
@needs(*KEEPERS, of=by_code)
def describe(request: HttpRequest, place: Place) -> HttpResponse:
    return _change(
        request,
        place,
        name="address_form",
        form=AddressForm(request.POST),
        act=lambda data: services.describe_place(
            by=request.user, place=place, **data, now=timezone.now()
        ),
    )


@require_POST
@needs(SYSTEM_ADMIN, of=by_code)
def succeed(request: HttpRequest, place: Place) -> HttpResponse:
    return _change(
        request,
        place,
        name="succeed_form",
        form=SucceedForm(request.POST),
        act=lambda data: services.succeed(by=request.user, old=place, **data, now=timezone.now()),
    )


@require_POST
@needs(SYSTEM_ADMIN, of=by_code)
def close(request: HttpRequest, place: Place) -> HttpResponse:
    return _change(
        request,
        place,
        name="close_form",
        form=CloseForm(request.POST),
        act=lambda data: services.close_place(
            by=request.user, place=place, **data, now=timezone.now()
        ),
    )


@require_safe
@needs()
def switch(request: HttpRequest) -> HttpResponse:
    """?q=… → places to be in: a fragment for htmx, a page without it."""
    text = request.GET.get("q", "")
    found = queries.search(text, request.access.whole(), limit=12)  # type: ignore[attr-defined]
    paths = queries.name_paths(place.place for place in found)
    context = {
        "q": text,
        "found": [(place, paths[place.place]) for place in found],
        "here": request.access.here,  # type: ignore[attr-defined]
        "back": _register_of(request),
    }
    part = "#results" if request.htmx else ""  # type: ignore[attr-defined]
    return render(request, f"places/switch.html{part}", context)


def _register_of(request: HttpRequest) -> str:
    """The list one is on: it makes sense in another place, too; a single thing does not."""
    came = urlsplit(
        getattr(request.htmx, "current_url_abs_path", "")  # type: ignore[attr-defined]
        or request.META.get("HTTP_REFERER", "")
    ).path
    try:
        return came if came and not resolve(came).kwargs else ""
    except Resolver404:
        return ""


@require_safe
@needs()
def go(request: HttpRequest) -> HttpResponse:
    """?to=code: from now on only what is in that place; without a code, everything again."""
    to = request.GET.get("to", "")
    if to and not request.access.whole().touches(to):  # type: ignore[attr-defined]
        raise Http404
    request.session[HERE] = to
    back = request.GET.get("back", "")
    try:
        safe = back.startswith("/") and not resolve(back).kwargs
    except Resolver404:
        safe = False
    return redirect(back if safe else "notices:desk")


@require_safe
@needs()
def options(request: HttpRequest) -> HttpResponse:
    """Any single parameter as text → options for the list of a place field."""
    text = next(iter(request.GET.values()), "")
    levels = ("county", "street", "community", "estate", codes.GRID)
    found = queries.search(text, request.access.whole(), levels=levels) if text else []  # type: ignore[attr-defined]
    paths = queries.name_paths(place.place for place in found)
    context = {"found": [(place.place, paths[place.place]) for place in found]}
    return render(request, "places/options.html", context)
