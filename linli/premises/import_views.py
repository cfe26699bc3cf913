"""A spreadsheet of rooms: upload, say how it is read, look through it, write it."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from linli.files.wizard import ImportWizard
from linli.kernel.place import Scope
from linli.premises import importing, rules, sheet
from linli.premises.forms import kind_groups
from linli.premises.sheet import RoomRow
from linli.premises.views import KEEPERS, LIST
from linli.sheets import lists
from linli.sheets.headings import Headings
from linli.sheets.model import Sheet
from linli.web.access import needs, office_at
from linli.web.templatetags.words import say


class Rooms(ImportWizard):
    layout = sheet.LAYOUT
    route = "premises:import"
    pages = ("premises/import.html", "premises/import_look.html")

    @property
    def sheet_name(self) -> str:
        return _("公共用房台账")

    @property
    def scope(self) -> Scope:
        return self.request.access.whole(*KEEPERS)  # type: ignore[attr-defined]

    def place(self) -> str:
        return office_at(self.request, *KEEPERS)

    def hints(self) -> dict[str, str]:
        return {
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

    def codes(self) -> frozenset[str]:
        return frozenset(rules.kinds())

    def around(self) -> dict[str, Any]:
        return {"kinds": kind_groups()}

    def read(self, found_in: Sheet, found: Headings, told: lists.Told) -> lists.Read[RoomRow]:
        return sheet.read(found_in, found, told)

    def plan(self, rows: Sequence[RoomRow]) -> importing.Plan:
        return importing.plan(rows, scope=self.scope, today=timezone.localdate())

    def write(self, rows: Sequence[RoomRow], *, accept_good: bool) -> HttpResponse:
        done = importing.import_rooms(
            by=self.request.user,
            rows=rows,
            scope=self.scope,
            accept_good=accept_good,
            now=timezone.now(),
        )
        text = _("已导入：新登记%(new)s处，更新%(changed)s处，未变%(same)s处") % done.facts
        messages.success(self.request, text)
        return redirect(LIST)


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
@needs(*KEEPERS)
def upload(request: HttpRequest) -> HttpResponse:
    return Rooms(request).upload()


@require_safe
@needs(*KEEPERS)
def template(request: HttpRequest) -> HttpResponse:
    return Rooms(request).template()


@require_POST
@never_cache
@needs(*KEEPERS)
def look(request: HttpRequest) -> HttpResponse:
    return Rooms(request).look()


@require_POST
@needs(*KEEPERS)
def confirm(request: HttpRequest) -> HttpResponse:
    return Rooms(request).confirm()


@require_POST
@needs(*KEEPERS)
def bad_rows(request: HttpRequest) -> HttpResponse:
    return Rooms(request).bad_rows()
