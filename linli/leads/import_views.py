"""A spreadsheet of leads: upload, say how it is read, look through it, write it."""

from __future__ import annotations

from collections.abc import Sequence

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from linli.files.wizard import ImportWizard
from linli.kernel.place import Scope
from linli.leads import importing, rules, sheet
from linli.leads.sheet import LeadRow
from linli.leads.views import LIST
from linli.leads.who import KEEPERS
from linli.sheets import lists
from linli.sheets.headings import Headings
from linli.sheets.model import Sheet
from linli.sources import lead_kinds
from linli.web.access import needs, office_at
from linli.web.templatetags.words import say


class Leads(ImportWizard):
    layout = sheet.LAYOUT
    route = "leads:import"
    pages = ("leads/import.html", "leads/import_look.html")

    @property
    def sheet_name(self) -> str:
        return _("线索台账")

    @property
    def scope(self) -> Scope:
        return self.request.access.whole(*KEEPERS)  # type: ignore[attr-defined]

    def place(self) -> str:
        return office_at(self.request, *KEEPERS)

    def hints(self) -> dict[str, str]:
        return {
            "number": _("新登记的留空"),
            "kind": _("、").join(say(kind.name) for kind in lead_kinds().values()),
            "violator": _("、").join(say(word) for word in rules.VIOLATORS.values()),
            "spot": _("不在台账上的必填"),
            "text": _("不写个人的证件号和手机号"),
        }

    def read(self, found_in: Sheet, found: Headings, told: lists.Told) -> lists.Read[LeadRow]:
        return sheet.read(found_in, found)

    def plan(self, rows: Sequence[LeadRow]) -> importing.Plan:
        return importing.plan(rows, scope=self.scope, today=timezone.localdate())

    def write(self, rows: Sequence[LeadRow], *, accept_good: bool) -> HttpResponse:
        done = importing.import_leads(
            by=self.request.user,
            rows=rows,
            scope=self.scope,
            accept_good=accept_good,
            now=timezone.now(),
        )
        text = _("已导入：新线索%(new)s条，并入原线索%(added)s条，已有编号%(same)s条") % done.facts
        messages.success(self.request, text)
        return redirect(LIST)


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
@needs(*KEEPERS)
def upload(request: HttpRequest) -> HttpResponse:
    return Leads(request).upload()


@require_safe
@needs(*KEEPERS)
def template(request: HttpRequest) -> HttpResponse:
    return Leads(request).template()


@require_POST
@never_cache
@needs(*KEEPERS)
def look(request: HttpRequest) -> HttpResponse:
    return Leads(request).look()


@require_POST
@needs(*KEEPERS)
def confirm(request: HttpRequest) -> HttpResponse:
    return Leads(request).confirm()


@require_POST
@needs(*KEEPERS)
def bad_rows(request: HttpRequest) -> HttpResponse:
    return Leads(request).bad_rows()
