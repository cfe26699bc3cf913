"""Teams and their people: the list, forming a team, a whole list as a spreadsheet."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from linli.files import queries as file_queries
from linli.files import services as files
from linli.kernel.roles import DEPARTMENTS
from linli.kernel.rulings import Refused
from linli.sheets.answers import XLSX, download, excel
from linli.sheets.writing import Column, Table, write_xlsx
from linli.survey import importing, queries, services, sheet, showing
from linli.survey.forms import MembersFilter, SheetForm, TeamForm
from linli.survey.views import (
    FORM,
    MANAGERS,
    READERS,
    UNPROCESSABLE,
    campaign_of,
    manages,
    must_manage,
    tabs,
)
from linli.web.access import needs
from linli.web.fields import whole_number
from linli.web.reasons import put_on
from linli.web.registers import Bulk, Register
from linli.web.templatetags.words import say

SHOWN_FAULTS = 100


def _members(request: HttpRequest, found: Any) -> tuple[MembersFilter, Any]:
    form = MembersFilter(request.GET)
    told = form.cleaned_data if form.is_valid() else {}
    rows = queries.members(
        found,
        text=told.get("q", ""),
        **{name: told.get(name, "") for name in ("team", "department", "account")},
    )
    return form, rows


@never_cache
@require_safe
@needs(*READERS)
def teams(request: HttpRequest, pk: int) -> HttpResponse:
    """The people of a survey by team, telephone numbers masked."""
    return _show(request, campaign_of(request, pk))


def _show(request: HttpRequest, found: Any, form: TeamForm | None = None) -> HttpResponse:
    filters, rows = _members(request, found)
    keeps = manages(request, found)
    table = Register(
        request,
        rows=rows,
        columns=showing.MEMBER_COLUMNS,
        filters=filters,
        bulk=[Bulk(code="remove", label=gettext_lazy("移出排查组"), icon="x")] if keeps else (),
        bulk_url=reverse("survey:remove", args=[found.pk]),
        excel_in_url=reverse("survey:import", args=[found.pk]) if keeps else "",
        excel_out_url=reverse("survey:teams_excel", args=[found.pk]),
        empty_title=gettext_lazy("还没有编组"),
        empty_text=gettext_lazy("从 Excel 导入各部门报来的名单：组号、姓名、部门，一人一行。"),
    )
    appointed = queries.appointed(found)
    next_number = max((team.number for team in queries.teams(found)), default=0) + 1
    context = {
        "register": table,
        "campaign": found,
        "tabs": tabs(found, "teams"),
        "state": showing.state_of(found),
        "manages": keeps,
        "form": form or TeamForm(initial={"number": next_number}),
        "departments_count": len(appointed),
        "people_count": sum(appointed.values()),
    }
    status = UNPROCESSABLE if form is not None else 200
    answer = render(request, table.template("survey/teams.html"), context, status=status)
    answer["Vary"] = "HX-Request"
    return answer


@require_POST
@needs(*MANAGERS)
def form_team(request: HttpRequest, pk: int) -> HttpResponse:
    """Form one team; its people come with the list."""
    found = must_manage(request, pk)
    form = TeamForm(request.POST)
    if form.is_valid():
        try:
            services.form_team(
                by=request.user, campaign=found, **form.cleaned_data, now=timezone.now()
            )
            return redirect("survey:teams", found.pk)
        except Refused as refused:
            put_on(form, refused.ruling)
    return _show(request, found, form)


@require_POST
@needs(*MANAGERS)
def remove(request: HttpRequest, pk: int) -> HttpResponse:
    """Take the ticked people out of their teams."""
    found = must_manage(request, pk)
    ticked = [n for n in map(whole_number, request.POST.getlist("row")) if n is not None]
    done = services.remove_members(
        by=request.user, campaign=found, members=ticked, now=timezone.now()
    )
    messages.success(request, _("已移出%(members)s人") % done.facts)
    return redirect("survey:teams", found.pk)


@never_cache
@require_safe
@needs(*READERS)
def teams_excel(request: HttpRequest, pk: int) -> HttpResponse:
    """The list as it can be brought in again; numbers in full only for who keeps it."""
    found = campaign_of(request, pk)
    columns = showing.member_sheet(manages(request, found))
    return excel(_("排查人员名单"), columns, _members(request, found)[1])


@require_safe
@needs(*MANAGERS)
def import_template(request: HttpRequest) -> HttpResponse:
    """An empty list to fill in."""
    heads = [Column(str(say(word)), "text") for word in sheet.FIELDS.values()]
    hints = {
        "department": _("、").join(say(role.name) for role in DEPARTMENTS),
        "username": _("没有账号的留空，用纸质表"),
        "lead": _("一组写一次即可"),
    }
    told = Table(
        _("填写说明"),
        [Column(_("栏目"), "text"), Column(_("怎么写"), "text")],
        [(say(word), hints.get(name, "")) for name, word in sheet.FIELDS.items()],
    )
    name = _("排查人员名单（空表）")
    return download(write_xlsx([Table(_("排查人员名单"), heads, []), told]), f"{name}.xlsx", XLSX)


@never_cache
@require_http_methods(FORM)
@needs(*MANAGERS)
def bring(request: HttpRequest, pk: int) -> HttpResponse:
    """A list of people: upload it, see what it would change and what is wrong."""
    found = must_manage(request, pk)
    form = SheetForm(request.POST or None, request.FILES or None)
    if request.method == "POST" and form.is_valid():
        brought = form.cleaned_data["sheet"]
        try:
            file = files.keep(
                by=request.user,
                content=brought,
                name=brought.name,
                place=found.place,
                personal=True,
                now=timezone.now(),
            )
            return _look(request, found, file)
        except Refused as refused:
            put_on(form, refused.ruling.at("sheet"))
    columns = [(word, sheet.HEADINGS[name]) for name, word in sheet.FIELDS.items()]
    context = {"form": form, "campaign": found, "columns": columns}
    status = UNPROCESSABLE if form.is_bound and form.errors else 200
    return render(request, "survey/import.html", context, status=status)


def _look(request: HttpRequest, found: Any, file: Any) -> HttpResponse:
    """The dry run: nothing is written."""
    found_in, headings = sheet.open_sheet(file_queries.content(file), name=file.name)
    lacking = sheet.lacking(headings)
    context: dict[str, Any] = {"file": file, "campaign": found, "lacking": lacking}
    if headings is not None and lacking.allowed:
        read = sheet.read(found_in, headings)
        plan = importing.plan(read.rows, campaign=found)
        faults = read.faults & plan.faults
        told = sorted(faults.reasons, key=lambda reason: reason.row or 0)
        context |= {
            "plan": plan,
            "faults": [
                (reason.row, say(sheet.FIELDS.get(reason.field, "")), reason)
                for reason in told[:SHOWN_FAULTS]
            ],
            "fault_count": len(told),
            "bad": len({reason.row for reason in told}),
        }
    return render(request, "survey/import_look.html", context)


@require_POST
@needs(*MANAGERS)
def confirm(request: HttpRequest, pk: int) -> HttpResponse:
    """Write the list: all of it, or with `good` the rows that are right."""
    found = must_manage(request, pk)
    number = request.POST.get("file", "")
    file = (
        file_queries.brought(pk=int(number), place=found.place, by=request.user)
        if number.isdecimal() and len(number) < 19
        else None
    )
    if file is None:
        raise Http404
    found_in, headings = sheet.open_sheet(file_queries.content(file), name=file.name)
    sheet.lacking(headings).enforce()
    if headings is None:
        raise Http404
    read = sheet.read(found_in, headings)
    good = "good" in request.POST
    if not good:
        read.faults.enforce()
    done = importing.import_members(
        by=request.user, campaign=found, rows=read.rows, accept_good=good, now=timezone.now()
    )
    messages.success(
        request, _("已导入：新编%(teams)s个组，%(new)s人，未变%(same)s人") % done.facts
    )
    return redirect("survey:teams", found.pk)
