"""A spreadsheet of the people of a survey: upload, say how it is read, look through it, write it."""

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
from linli.kernel.roles import DEPARTMENTS
from linli.sheets import lists
from linli.sheets.headings import Headings
from linli.sheets.model import Sheet
from linli.survey import importing, sheet
from linli.survey.models import Campaign
from linli.survey.sheet import MemberRow
from linli.survey.views import FORM, MANAGERS, must_manage
from linli.web.access import needs
from linli.web.templatetags.words import say


class Members(ImportWizard):
    layout = sheet.LAYOUT
    route = "survey:import"
    pages = ("survey/import.html", "survey/import_look.html")

    def __init__(self, request: HttpRequest, pk: int) -> None:
        super().__init__(request, pk)
        self.campaign: Campaign = must_manage(request, pk)

    @property
    def sheet_name(self) -> str:
        return _("排查人员名单")

    def place(self) -> str:
        return self.campaign.place

    def hints(self) -> dict[str, str]:
        return {
            "department": _("、").join(say(role.name) for role in DEPARTMENTS),
            "username": _("没有账号的留空，用纸质表"),
            "lead": _("一组写一次即可"),
        }

    def around(self) -> dict[str, Any]:
        return {"campaign": self.campaign}

    def read(self, found_in: Sheet, found: Headings, told: lists.Told) -> lists.Read[MemberRow]:
        return sheet.read(found_in, found)

    def plan(self, rows: Sequence[MemberRow]) -> importing.Plan:
        return importing.plan(rows, campaign=self.campaign)

    def write(self, rows: Sequence[MemberRow], *, accept_good: bool) -> HttpResponse:
        done = importing.import_members(
            by=self.request.user,
            campaign=self.campaign,
            rows=rows,
            accept_good=accept_good,
            now=timezone.now(),
        )
        text = _("已导入：新编%(teams)s个组，%(new)s人，未变%(same)s人") % done.facts
        messages.success(self.request, text)
        return redirect("survey:teams", self.campaign.pk)


@never_cache
@require_http_methods(FORM)
@needs(*MANAGERS)
def upload(request: HttpRequest, pk: int) -> HttpResponse:
    return Members(request, pk).upload()


@require_safe
@needs(*MANAGERS)
def template(request: HttpRequest, pk: int) -> HttpResponse:
    return Members(request, pk).template()


@require_POST
@never_cache
@needs(*MANAGERS)
def look(request: HttpRequest, pk: int) -> HttpResponse:
    return Members(request, pk).look()


@require_POST
@needs(*MANAGERS)
def confirm(request: HttpRequest, pk: int) -> HttpResponse:
    return Members(request, pk).confirm()


@require_POST
@needs(*MANAGERS)
def bad_rows(request: HttpRequest, pk: int) -> HttpResponse:
    return Members(request, pk).bad_rows()
