"""The growth files of a month: the list for whoever looks on, one sheet for whoever writes."""

from __future__ import annotations

from datetime import date
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_safe

from linli.kernel.period import Period
from linli.kernel.place import Scope
from linli.kernel.rulings import Refused, Ruling
from linli.places import queries as places
from linli.reserve import forms, growing, queries, rules, showing
from linli.reserve.views import FORM, UNPROCESSABLE
from linli.reserve.who import FIGURES, WRITERS
from linli.sheets.answers import excel
from linli.sources import number
from linli.web.access import needs
from linli.web.registers import Column, Register
from linli.web.templatetags.words import say
from linli.workforce import queries as workforce

COLUMNS = (
    Column(
        code="name",
        label=gettext_lazy("姓名"),
        href=lambda row: reverse("reserve:talent", args=[row.pk]),
    ),
    Column(code="number", label=gettext_lazy("储备编号")),
    Column(code="where", label=gettext_lazy("社区"), sort="place"),
    Column(
        code="state",
        label=gettext_lazy("状态"),
        kind="state",
        value=lambda row: (
            (gettext_lazy("已记"), "done")
            if row.wrote_at
            else (gettext_lazy("未记"), "late" if row.month_over else "wait")
        ),
    ),
    Column(
        code="wrote",
        label=gettext_lazy("记录日期"),
        kind="day",
        value=lambda row: timezone.localdate(row.wrote_at) if row.wrote_at else None,
    ),
    Column(code="wrote_by", label=gettext_lazy("记录人")),
    Column(code="told", label=gettext_lazy("本月成长")),
)


def _list(request: HttpRequest) -> tuple[forms.MonthFilter, Period, showing.Rows, date]:
    scope: Scope = request.access.scope(*FIGURES)  # type: ignore[attr-defined]
    today = timezone.localdate()
    told = request.GET.copy()
    told.setdefault("month", Period.of(today).code)
    form = forms.MonthFilter(told, inside=workforce.inside_choices(scope))
    chosen = form.cleaned_data if form.is_valid() else {}
    month = Period(chosen.get("month") or Period.of(today).code)
    rows = queries.month_list(scope, month)
    if chosen.get("inside"):
        rows = rows.within(chosen["inside"])
    due_on = rules.entry_due_on(month, number("reserve_entry_due_days", on=today))

    def dress(some: Any) -> list[Any]:
        found = showing.named(some)
        for row in found:
            row.month_over = due_on < today
        return found

    return form, month, showing.Rows(rows, dress), due_on


@never_cache
@require_safe
@needs(*FIGURES)
def months(request: HttpRequest) -> HttpResponse:
    """Who has an entry for a month, and who has none: those without first."""
    form, month, rows, due_on = _list(request)
    table = Register(
        request,
        rows=rows,
        columns=COLUMNS,
        filters=form,
        excel_out_url=reverse("reserve:months_excel"),
        empty_title=gettext_lazy("这个月没有应记的档案"),
        empty_text=gettext_lazy("入库次月起，每人每月记一次成长档案。"),
    )
    context = {
        "register": table,
        "month": month,
        "due_on": due_on,
        "missing": rows.rows.filter(wrote_at__isnull=True).count(),
        "all_of_them": rows.count(),
    }
    answer = render(request, table.template("reserve/months.html"), context)
    answer["Vary"] = "HX-Request"
    return answer


@never_cache
@require_safe
@needs(*FIGURES)
def months_excel(request: HttpRequest) -> HttpResponse:
    _form, month, rows, _due_on = _list(request)
    name = _("成长档案%(month)s") % {"month": month.code}
    return excel(name, COLUMNS, rows)


def _community(code: str, period: str) -> Any:
    found = places.find(code)
    if found is None or found.level != "community":
        raise Http404
    try:
        found.month = Period(period)  # type: ignore[attr-defined]
    except ValueError:
        raise Http404 from None
    return found


def _put_on(sheets: dict[int, forms.EntryForm], ruling: Ruling) -> str:
    """Each reason beside the field of the person it is about; the first of those about nobody."""
    rest = ""
    for reason in ruling.reasons:
        form = sheets.get(reason.row or 0)
        if form is None:
            rest = rest or say(reason)
        else:
            form.add_error(reason.field if reason.field in form.fields else None, say(reason))
    return rest or _("有几处要改，写的都还在")


@never_cache
@require_http_methods(FORM)
@needs(*WRITERS, of=_community)
def month(request: HttpRequest, found: Any) -> HttpResponse:
    """A community's growth files of a month on one page: whoever has none yet gets a form."""
    month = found.month
    rows = list(queries.month_list(Scope.of(found.place), month))
    open_ = [row for row in rows if row.wrote_at is None and row.state == rules.IN]
    sheets = {row.pk: forms.EntryForm(request.POST or None, prefix=f"t{row.pk}") for row in open_}
    for form in sheets.values():
        del form.fields["period"]
        form.fields["told"].required = False
    faults = False
    if request.method == "POST":
        faults = not all([form.is_valid() for form in sheets.values()])
        wrote = [
            growing.Line(talent=row, **sheets[row.pk].cleaned_data)
            for row in open_
            if sheets[row.pk].is_valid() and sheets[row.pk].cleaned_data["told"].strip()
        ]
        if not faults:
            try:
                told = growing.write_month(
                    by=request.user,  # type: ignore[arg-type]
                    period=month.code,
                    lines=wrote,
                    now=timezone.now(),
                )
            except Refused as refused:
                faults = True
                messages.error(request, _put_on(sheets, refused.ruling))
            else:
                messages.success(request, _("已记%(people)s人") % told.facts)
                return redirect("reserve:month", found.place, month.code)
    today = timezone.localdate()
    context = {
        "place": found,
        "path": places.path(found.place),
        "month": month,
        "previous": month.previous,
        "next": month.next if month < Period.of(today) else None,
        "due_on": rules.entry_due_on(month, number("reserve_entry_due_days", on=today)),
        "left": (
            rules.entry_due_on(month, number("reserve_entry_due_days", on=today)) - today
        ).days,
        "open": [(row, sheets[row.pk]) for row in open_],
        "written": [row for row in rows if row.wrote_at is not None],
    }
    return render(request, "reserve/month.html", context, status=UNPROCESSABLE if faults else 200)
