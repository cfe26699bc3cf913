"""The base (底数): what is still open, freezing it, one base, two held against each other."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST, require_safe

from linli.kernel.rulings import Refused
from linli.places import queries as places
from linli.sheets.answers import excel
from linli.survey import base_columns, freezing, frozen, papers, queries, rules, showing
from linli.survey.forms import CompareForm, FreezeForm
from linli.survey.models import Freeze
from linli.survey.views import (
    MANAGERS,
    READERS,
    UNPROCESSABLE,
    campaign_of,
    manages,
    must_manage,
    scope_of,
    tabs,
)
from linli.web.access import needs
from linli.web.reasons import put_on
from linli.web.registers import Register


@never_cache
@require_safe
@needs(*READERS)
def bases(request: HttpRequest, pk: int) -> HttpResponse:
    """The bases that were frozen, and what is still open."""
    return _show(request, campaign_of(request, pk))


def _show(request: HttpRequest, found: Any, form: FreezeForm | None = None) -> HttpResponse:
    bases = frozen.comparable(found.place)
    wider = _wider(found)
    names = places.names({found.place, *wider, *(row.place for row in bases)})
    words = [(str(row.pk), f"{row.on:%Y-%m-%d} {names[row.place]}") for row in bases]
    context = {
        "campaign": found,
        "tabs": tabs(found, "bases"),
        "state": showing.state_of(found),
        "manages": manages(request, found),
        "rows": [(row, names[row.place]) for row in bases if row.campaign_id == found.pk],
        "open_count": frozen.open_of(found, found.place).count(),
        "targets_url": reverse("survey:targets", args=[found.pk]),
        "form": form or _form(found, names, wider),
        "compare": CompareForm(bases=words) if len(words) > 1 else None,
        "compare_url": reverse("survey:compare", args=[found.pk]),
        "running": queries.state(found) in (rules.RUNNING, rules.FROZEN),
    }
    status = UNPROCESSABLE if form is not None else 200
    return render(request, "survey/bases.html", context, status=status)


def _wider(found: Any) -> list[str]:
    """The streets and communities with rooms to be looked at."""
    return sorted({code[:n] for code in queries.estates(found) for n in (9, 12)})


def _form(
    found: Any, names: Mapping[str, str], wider: Sequence[str], data: Any = None
) -> FreezeForm:
    inside = [
        (code, f"　{names[code]}" if len(code) > 9 else names[code])
        for code in [found.place, *wider]
    ]
    initial = {"place": found.place, "on": timezone.localdate()}
    return FreezeForm(data, inside=inside, initial=initial)


@require_POST
@needs(*MANAGERS)
def freeze(request: HttpRequest, pk: int) -> HttpResponse:
    """Freeze the base of a place."""
    found = must_manage(request, pk)
    wider = _wider(found)
    form = _form(found, places.names({found.place, *wider}), wider, request.POST)
    if form.is_valid():
        try:
            made = freezing.freeze(
                by=request.user, campaign=found, **form.cleaned_data, now=timezone.now()
            )
        except Refused as refused:
            put_on(form, refused.ruling)
        else:
            messages.success(request, _("底数已冻结，共%(n)s处") % {"n": made.rows.count()})
            return redirect("survey:base", made.pk)
    return _show(request, found, form)


def _base(request: HttpRequest, pk: int) -> Freeze:
    """A base of a county the reader has to do with, its rows within their scope."""
    found = frozen.freeze(pk)
    if found is None or not scope_of(request).touches(found.campaign.place):
        raise Http404
    return found


def _rows(request: HttpRequest, found: Freeze) -> list[dict[str, Any]]:
    return [row.facts for row in frozen.frozen_rows(found, scope_of(request))]


@never_cache
@require_safe
@needs(*READERS)
def base(request: HttpRequest, pk: int) -> HttpResponse:
    """One base: its day, who, its hash computed again from its rows, and the rows."""
    found = _base(request, pk)
    table = Register(
        request,
        rows=_rows(request, found),
        columns=base_columns.COLUMNS,
        excel_out_url=reverse("survey:base_excel", args=[found.pk]),
        paper_url=reverse("survey:base_pdf", args=[found.pk]),
        paper_label=gettext_lazy("打印"),
        empty_title=gettext_lazy("您的辖区在这次底数里没有用房"),
        empty_text=gettext_lazy("底数按地方冻结。"),
    )
    again = freezing.root_of(frozen.all_frozen(found))
    context = {
        "register": table,
        "base": found,
        "campaign": found.campaign,
        "name": places.name_path(found.place),
        "holds": again == found.root,
        "piles": base_columns.piles(frozen.all_frozen(found)),
        "total": found.rows.count(),
    }
    return render(request, table.template("survey/base.html"), context)


@never_cache
@require_safe
@needs(*READERS)
def base_excel(request: HttpRequest, pk: int) -> HttpResponse:
    """The rows of a base within scope."""
    found = _base(request, pk)
    name = f"{places.name(found.place)}{_('用房底数')}{found.on:%Y%m%d}"
    return excel(name, base_columns.COLUMNS, _rows(request, found))


@never_cache
@require_safe
@needs(*READERS)
def base_pdf(request: HttpRequest, pk: int) -> HttpResponse:
    """The base on paper, with its hash."""
    found = _base(request, pk)
    data = papers.base(found, _rows(request, found))
    name = f"{places.name(found.place)}{_('用房底数')}{found.on:%Y%m%d}"
    return papers.pdf(request, "survey_base", data, name)


@never_cache
@require_safe
@needs(*READERS)
def compare(request: HttpRequest, pk: int) -> HttpResponse:
    """Two bases: rooms added, gone, and changed field by field."""
    found = campaign_of(request, pk)
    known = {str(row.pk): row for row in frozen.comparable(found.place)}
    before = known.get(request.GET.get("before", ""))
    after = known.get(request.GET.get("after", ""))
    if before is None or after is None:
        raise Http404
    told = rules.compare(_rows(request, before), _rows(request, after))
    ways = places.name_paths({before.place, after.place})
    context = {
        "campaign": found,
        "before": (before, ways[before.place]),
        "after": (after, ways[after.place]),
        "added": [base_columns.short(row) for row in told.added],
        "gone": [base_columns.short(row) for row in told.gone],
        "changed": [
            (base_columns.short(one.after), base_columns.fields(one)) for one in told.changed
        ],
        "same": told.same,
    }
    return render(request, "survey/compare.html", context)
