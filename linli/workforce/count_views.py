"""Headcount: each community's workers beside the rule, as of any day."""

from __future__ import annotations

from datetime import date
from typing import Any

from django import forms as fields
from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_safe

from linli.kernel.rulings import Refused
from linli.places import queries as places
from linli.sheets.answers import excel
from linli.sources import number_of
from linli.web.access import may, needs
from linli.web.fields import DayField
from linli.web.reasons import put_on
from linli.web.registers import Column, Register
from linli.workforce import queries, services
from linli.workforce.forms import ResidentsForm
from linli.workforce.views import FORM, UNPROCESSABLE
from linli.workforce.who import KEEPERS, READERS


class OnForm(fields.Form):
    on = DayField(label=gettext_lazy("截至"), required=False)


def _state(row: Any) -> tuple[Any, str]:
    if row.gap is None:
        return gettext_lazy("人口未填"), "wait"
    return (gettext_lazy("缺员"), "open") if row.gap else (gettext_lazy("满员"), "done")


COLUMNS = (
    Column(
        code="name",
        label=gettext_lazy("社区"),
        href=lambda row: f"{reverse('workforce:register')}?inside={row.place}",
    ),
    Column(code="street", label=gettext_lazy("街道")),
    Column(code="residents", label=gettext_lazy("常住人口"), kind="number"),
    Column(code="as_of_on", label=gettext_lazy("数据日期"), kind="day"),
    Column(code="wanted", label=gettext_lazy("应有"), kind="number"),
    Column(code="serving", label=gettext_lazy("在职"), kind="number"),
    Column(code="gap", label=gettext_lazy("缺员"), kind="number"),
    Column(code="state", label=gettext_lazy("状态"), kind="state", value=_state),
    Column(
        code="tell",
        label=gettext_lazy("登记人口"),
        value=lambda row: gettext_lazy("登记") if row.told_by_reader else "",
        href=lambda row: (
            reverse("workforce:residents", args=[row.place]) if row.told_by_reader else ""
        ),
    ),
)


class Counted:
    """A community's headcount with its names."""

    def __init__(self, told: queries.Headcount, steps: Any, *, tells: bool) -> None:
        self.told, self.told_by_reader = told, tells
        level = {step.level: step.name for step in steps}
        self.name, self.street = level.get("community", told.place), level.get("street", "")

    def __getattr__(self, name: str) -> Any:
        return getattr(self.told, name)


def _counted(request: HttpRequest) -> tuple[OnForm, date, list[Counted]]:
    form = OnForm(request.GET)
    on = (form.cleaned_data.get("on") if form.is_valid() else None) or timezone.localdate()
    rows = queries.headcounts(request.access.scope(*READERS), on)  # type: ignore[attr-defined]
    ways = places.paths({row.place for row in rows})
    tells = request.access.holds(*KEEPERS)  # type: ignore[attr-defined]
    return form, on, [Counted(row, ways.get(row.place, ()), tells=tells) for row in rows]


@never_cache
@require_safe
@needs(*READERS)
def headcount(request: HttpRequest) -> HttpResponse:
    """How many workers each community should have and has."""
    form, on, rows = _counted(request)
    table = Register(
        request,
        rows=rows,
        columns=COLUMNS,
        filters=form,
        per_page=50,
        excel_out_url=reverse("workforce:headcount_excel"),
        empty_title=gettext_lazy("辖区内没有社区"),
        empty_text=gettext_lazy("社区录入以后，这里对照员额。"),
    )
    place = min((row.place[:6] for row in rows), default="")
    known = [row for row in rows if row.gap is not None]
    context = {
        "register": table,
        "on": on,
        "wanted": sum(row.wanted for row in known),
        "serving": sum(row.serving for row in rows),
        "gap": sum(row.gap for row in known),
        "unknown": len(rows) - len(known),
        "rates": [
            number_of(name, on=on, place=place)
            for name in ("workers_per_ten_thousand", "workers_least_a_community")
        ],
    }
    answer = render(request, table.template("workforce/headcount.html"), context)
    answer["Vary"] = "HX-Request"
    return answer


@never_cache
@require_safe
@needs(*READERS)
def headcount_excel(request: HttpRequest) -> HttpResponse:
    return excel(_("社区员额"), COLUMNS[:-1], _counted(request)[2])


def community(code: str) -> Any:
    found = places.find(code)
    if found is None or found.level != "community":
        raise Http404
    return found


@never_cache
@require_http_methods(FORM)
@needs(*KEEPERS, of=community)
def residents(request: HttpRequest, found: Any) -> HttpResponse:
    """Say how many people live in a community."""
    form = ResidentsForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            services.tell_residents(
                by=request.user, place=found.place, **form.cleaned_data, now=timezone.now()
            )
        except Refused as refused:
            put_on(form, refused.ruling)
        else:
            messages.success(request, _("已登记"))
            return redirect("workforce:headcount")
    status = UNPROCESSABLE if form.is_bound and form.errors else 200
    context = {"form": form, "place": found, "may": may(request, found.place, *KEEPERS)}
    return render(request, "workforce/residents.html", context, status=status)
