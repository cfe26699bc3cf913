"""A spreadsheet of leads: upload, say how it is read, look through it, write it."""

from __future__ import annotations

import json
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from linli.files import queries as file_queries
from linli.files import services as files
from linli.kernel.place import Scope
from linli.kernel.rulings import Refused, Ruling
from linli.leads import importing, rules, sheet
from linli.leads.forms import SheetForm
from linli.leads.sheet import FIELDS, HEADINGS, Read, Told
from linli.leads.views import LIST, UNPROCESSABLE
from linli.leads.who import KEEPERS
from linli.sheets import lists
from linli.sheets.answers import XLSX, download
from linli.sheets.writing import Column, Table, write_xlsx
from linli.sources import lead_kinds
from linli.web.access import needs
from linli.web.reasons import put_on
from linli.web.templatetags.words import say

SHOWN_FAULTS = 100


def _place(request: HttpRequest) -> str:
    """Where the file is kept: at the place by whose office the reader keeps leads."""
    posts = request.access.posts  # type: ignore[attr-defined]
    here = request.access.here  # type: ignore[attr-defined]
    mine = [post.place for post in posts if post.role in KEEPERS]
    return next((place for place in mine if here.startswith(place)), min(mine))


def _scope(request: HttpRequest) -> Scope:
    return request.access.whole(*KEEPERS)  # type: ignore[attr-defined]


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
@needs(*KEEPERS)
def upload(request: HttpRequest) -> HttpResponse:
    """A list of leads: upload it, see what it would raise and what is wrong."""
    form = SheetForm(request.POST or None, request.FILES or None)
    if request.method == "POST" and form.is_valid():
        brought = form.cleaned_data["sheet"]
        try:
            file = files.keep(
                by=request.user,
                content=brought,
                name=brought.name,
                place=_place(request),
                personal=True,
                now=timezone.now(),
            )
            return _look(request, file, Told())
        except Refused as refused:
            put_on(form, refused.ruling.at("sheet"))
    columns = [(word, HEADINGS[name]) for name, word in FIELDS.items()]
    status = UNPROCESSABLE if form.is_bound and form.errors else 200
    return render(request, "leads/import.html", {"form": form, "columns": columns}, status=status)


@require_safe
@needs(*KEEPERS)
def template(request: HttpRequest) -> HttpResponse:
    """An empty list to fill in, and what may be written in each column."""
    heads = [Column(str(say(word)), "text") for word in FIELDS.values()]
    hints = {
        "number": _("新登记的留空"),
        "kind": _("、").join(say(kind.name) for kind in lead_kinds().values()),
        "violator": _("、").join(say(word) for word in rules.VIOLATORS.values()),
        "spot": _("不在台账上的必填"),
        "text": _("不写个人的证件号和手机号"),
    }
    told = Table(
        _("填写说明"),
        [Column(_("栏目"), "text"), Column(_("怎么写"), "text")],
        [(say(word), hints.get(name, "")) for name, word in FIELDS.items()],
    )
    name = _("线索台账（空表）")
    return download(write_xlsx([Table(_("线索台账"), heads, []), told]), f"{name}.xlsx", XLSX)


def _kept(request: HttpRequest) -> Any:
    """The file that was looked through; only the one who brought it goes on with it."""
    pk = request.POST.get("file", "")
    found = (
        file_queries.brought(pk=int(pk), place=_place(request), by=request.user)
        if pk.isdigit() and len(pk) < 19
        else None
    )
    if found is None:
        raise Http404
    return found


def _told(request: HttpRequest) -> Told:
    """How the reader says the sheet is to be read: from the selects, or as it was kept."""
    kept = request.POST.get("told", "")
    if kept:
        try:
            found = dict(json.loads(kept))
        except (ValueError, TypeError):
            raise Http404 from None
        return Told({str(k): str(v) for k, v in found.items() if k in FIELDS})
    columns: dict[str, str] = {}
    for heading, field in zip(
        request.POST.getlist("heading"), request.POST.getlist("field"), strict=False
    ):
        if field in FIELDS and field not in columns:
            columns[field] = heading
    for field in FIELDS:
        columns.setdefault(field, "")
    return Told(columns)


@require_POST
@never_cache
@needs(*KEEPERS)
def look(request: HttpRequest) -> HttpResponse:
    """The same file read as the reader says."""
    return _look(request, _kept(request), _told(request))


def _look(request: HttpRequest, file: Any, told: Told) -> HttpResponse:
    """The dry run: nothing is written."""
    found_in, found = sheet.open_sheet(file_queries.content(file), name=file.name, told=told)
    context: dict[str, Any] = {"file": file, "lacking": sheet.lacking(found)}
    if found is not None:
        read = sheet.read(found_in, found)
        plan = importing.plan(read.rows, scope=_scope(request), today=timezone.localdate())
        faults = read.faults & plan.faults
        context |= {
            "read": read,
            "plan": plan,
            "faults": _said(faults)[:SHOWN_FAULTS],
            "fault_count": len(faults.reasons),
            "bad": len({reason.row for reason in faults.reasons}),
            "choices": [("", _("（不读）")), *((n, say(w)) for n, w in FIELDS.items())],
            "columns": lists.columns(read.sheet, read.found),
            "told": json.dumps(dict(told.columns), ensure_ascii=False) if told.columns else "{}",
        }
    return render(request, "leads/import_look.html", context)


def _said(faults: Ruling) -> list[tuple[int | None, str, Any]]:
    told = sorted(faults.reasons, key=lambda reason: reason.row or 0)
    return [(reason.row, say(FIELDS.get(reason.field, "")), reason) for reason in told]


@require_POST
@needs(*KEEPERS)
def confirm(request: HttpRequest) -> HttpResponse:
    """Write the list: all of it, or with `good` the rows that are right."""
    read = _again(_kept(request), _told(request))
    good = "good" in request.POST
    if not good:
        read.faults.enforce()
    done = importing.import_leads(
        by=request.user,
        rows=read.rows,
        scope=_scope(request),
        accept_good=good,
        now=timezone.now(),
    )
    text = _("已导入：新线索%(new)s条，并入原线索%(added)s条，已有编号%(same)s条") % done.facts
    messages.success(request, text)
    return redirect(LIST)


def _again(file: Any, told: Told) -> Read:
    found_in, found = sheet.open_sheet(file_queries.content(file), name=file.name, told=told)
    if found is None or not sheet.lacking(found).allowed:
        raise Http404
    return sheet.read(found_in, found)


@require_POST
@needs(*KEEPERS)
def bad_rows(request: HttpRequest) -> HttpResponse:
    """The rows that need mending, with their faults, as a workbook to mend and bring again."""
    read = _again(_kept(request), _told(request))
    plan = importing.plan(read.rows, scope=_scope(request), today=timezone.localdate())
    data = lists.bad_rows(read.sheet, read.found, read.faults & plan.faults, say=say)
    return download(data, f"{_('待修改的行')}.xlsx", XLSX)
