"""A spreadsheet of rooms: upload, say how it is read, look through it, write it."""

from __future__ import annotations

import json
from typing import Any

from django import forms
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
from linli.premises import importing, rules, sheet
from linli.premises.forms import SheetForm, kind_groups
from linli.premises.sheet import FIELDS, Read, Told
from linli.premises.views import KEEPERS, LIST, UNPROCESSABLE
from linli.sheets import lists
from linli.sheets.answers import XLSX, download
from linli.sheets.writing import Column, Table, write_xlsx
from linli.web.access import needs
from linli.web.reasons import put_on
from linli.web.templatetags.words import say

SHOWN_FAULTS = 100


def _place(request: HttpRequest) -> str:
    """Where the file is kept: at the place by whose office the reader writes the register."""
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
    """A list of rooms: upload it, see what it would change and what is wrong."""
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
    status = UNPROCESSABLE if form.is_bound and form.errors else 200
    return render(request, "premises/import.html", _context(form), status=status)


def _context(form: forms.Form) -> dict[str, Any]:
    columns = [(word, sheet.headings(name)) for name, word in FIELDS.items()]
    return {"form": form, "columns": columns}


@require_safe
@needs(*KEEPERS)
def template(request: HttpRequest) -> HttpResponse:
    """An empty list to fill in: the headings, and beneath each what may be written there."""
    heads = [Column(str(say(word)), "text") for word in FIELDS.values()]
    hints = {
        "code": _("新登记的留空"),
        "kind": _("、").join(say(kind.name) for kind in rules.kinds().values()),
        "state": _("、").join(say(word) for word in rules.STATES.values()),
        "owner": _("、").join(say(word) for word in rules.OWNERS_OF.values()),
        "title_state": _("、").join(say(word) for word in rules.TITLES.values()),
        "planned": _("平方米"),
        "measured": _("平方米"),
        "entrance": _("是或否"),
        "since": "2026-01-01",
        "title_on": "2026-01-01",
    }
    told = Table(
        _("填写说明"),
        [Column(_("栏目"), "text"), Column(_("怎么写"), "text")],
        [(say(word), hints.get(name, "")) for name, word in FIELDS.items()],
    )
    empty = Table(_("公共用房台账"), heads, [])
    name = _("公共用房台账（空表）")
    return download(write_xlsx([empty, told]), f"{name}.xlsx", XLSX)


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
    """How the reader says the sheet is to be read: from the selects, or as it was kept in the form."""
    kept = request.POST.get("told", "")
    if kept:
        try:
            found = json.loads(kept)
            columns = {str(k): str(v) for k, v in dict(found["columns"]).items() if k in FIELDS}
            kinds = {str(k): str(v) for k, v in dict(found["kinds"]).items() if v in rules.kinds()}
        except (ValueError, KeyError, TypeError):
            raise Http404 from None
        return Told(columns, kinds)
    columns = {}
    for heading, field in zip(
        request.POST.getlist("heading"), request.POST.getlist("field"), strict=False
    ):
        if field in FIELDS and field not in columns:
            columns[field] = heading
    for field in FIELDS:
        columns.setdefault(field, "")
    kinds = dict(zip(request.POST.getlist("word"), request.POST.getlist("kind"), strict=False))
    return Told(columns, {word: kind for word, kind in kinds.items() if kind in rules.kinds()})


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
        read = sheet.read(found_in, found, told)
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
            "kinds": kind_groups(),
            "words": [(word, n, told.kinds.get(word, "")) for word, n in read.unknown.items()]
            + [(word, 0, kind) for word, kind in told.kinds.items() if word not in read.unknown],
            "told": json.dumps(
                {"columns": dict(told.columns), "kinds": dict(told.kinds)}, ensure_ascii=False
            ),
        }
    return render(request, "premises/import_look.html", context)


def _said(faults: Ruling) -> list[tuple[int | None, str, Any]]:
    told = sorted(faults.reasons, key=lambda reason: reason.row or 0)
    return [(reason.row, say(FIELDS.get(reason.field, "")), reason) for reason in told]


@require_POST
@needs(*KEEPERS)
def confirm(request: HttpRequest) -> HttpResponse:
    """Write the list: all of it, or with `good` the rows that are right."""
    file, told = _kept(request), _told(request)
    read = _again(file, told)
    good = "good" in request.POST
    if not good:
        read.faults.enforce()
    done = importing.import_rooms(
        by=request.user,
        rows=read.rows,
        scope=_scope(request),
        accept_good=good,
        now=timezone.now(),
    )
    text = _("已导入：新登记%(new)s处，更新%(changed)s处，未变%(same)s处") % done.facts
    messages.success(request, text)
    return redirect(LIST)


def _again(file: Any, told: Told) -> Read:
    found_in, found = sheet.open_sheet(file_queries.content(file), name=file.name, told=told)
    if found is None:
        raise Http404
    return sheet.read(found_in, found, told)


@require_POST
@needs(*KEEPERS)
def bad_rows(request: HttpRequest) -> HttpResponse:
    """The rows that need mending, with their faults, as a workbook to mend and bring again."""
    file, told = _kept(request), _told(request)
    read = _again(file, told)
    plan = importing.plan(read.rows, scope=_scope(request), today=timezone.localdate())
    data = lists.bad_rows(read.sheet, read.found, read.faults & plan.faults, say=say)
    return download(data, f"{_('待修改的行')}.xlsx", XLSX)
