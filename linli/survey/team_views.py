"""Teams and their people: the list, forming a team, taking somebody out of one."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST, require_safe

from linli.kernel.rulings import Refused
from linli.sheets.answers import excel
from linli.survey import queries, services, showing
from linli.survey.forms import MembersFilter, TeamForm
from linli.survey.views import (
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
