"""A roll as a spreadsheet: upload, say how it is read, look through it, write it."""

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
from linli.sheets import lists
from linli.sheets.headings import Headings
from linli.sheets.model import Sheet
from linli.sources import words
from linli.web.access import needs, office_at
from linli.web.templatetags.words import say
from linli.workforce import importing, sheet
from linli.workforce.sheet import RollRow
from linli.workforce.views import REGISTER
from linli.workforce.who import KEEPERS

LISTS = {
    "title": "titles",
    "politics": "politics",
    "schooling": "schooling",
    "degree": "degrees",
    "certificate": "certificates",
}


class Roll(ImportWizard):
    layout = sheet.LAYOUT
    route = "workforce:import"
    pages = ("workforce/import.html", "workforce/import_look.html")

    @property
    def sheet_name(self) -> str:
        return _("社区工作者名册")

    @property
    def scope(self) -> Scope:
        return self.request.access.whole(*KEEPERS)  # type: ignore[attr-defined]

    def place(self) -> str:
        return office_at(self.request, *KEEPERS)

    def hints(self) -> dict[str, str]:
        told = {
            field: _("、").join(say(word.name) for word in words(of).values())
            for field, of in LISTS.items()
        }
        return told | {
            "id_number": _("18位，按文本格式填写"),
            "since": _("新建档案的必填，如 2024-03-01"),
            "certificate_on": _("有证书的必填"),
        }

    def read(self, found_in: Sheet, found: Headings, told: lists.Told) -> lists.Read[RollRow]:
        return sheet.read(found_in, found)

    def plan(self, rows: Sequence[RollRow]) -> importing.Plan:
        return importing.plan(rows, scope=self.scope, today=timezone.localdate())

    def write(self, rows: Sequence[RollRow], *, accept_good: bool) -> HttpResponse:
        done = importing.import_roll(
            by=self.request.user,
            rows=rows,
            scope=self.scope,
            accept_good=accept_good,
            now=timezone.now(),
        )
        text = _("已导入：新建档案%(new)s份，更新%(changed)s份，没有变化%(same)s份") % done.facts
        messages.success(self.request, text)
        return redirect(REGISTER)


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
@needs(*KEEPERS)
def upload(request: HttpRequest) -> HttpResponse:
    return Roll(request).upload()


@require_safe
@needs(*KEEPERS)
def template(request: HttpRequest) -> HttpResponse:
    return Roll(request).template()


@require_POST
@never_cache
@needs(*KEEPERS)
def look(request: HttpRequest) -> HttpResponse:
    return Roll(request).look()


@require_POST
@needs(*KEEPERS)
def confirm(request: HttpRequest) -> HttpResponse:
    return Roll(request).confirm()


@require_POST
@needs(*KEEPERS)
def bad_rows(request: HttpRequest) -> HttpResponse:
    return Roll(request).bad_rows()
