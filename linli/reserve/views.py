"""The register of the reserve, nominations, who came and went, the table of indicators."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_safe

from linli.kernel.place import Scope
from linli.kernel.rulings import Refused, Ruling, require
from linli.kernel.words import AnyOf
from linli.kernel.words import gettext_noop as noop
from linli.places import queries as places
from linli.reserve import entering, forms, growing, queries, rules, services, showing
from linli.reserve.models import Nomination
from linli.reserve.who import FIGURES, KEEPERS, NOMINATORS, READERS, WRITERS
from linli.sheets.answers import excel
from linli.sources import number
from linli.sources.reserve import COUNTED
from linli.web.access import may, needs, office_at
from linli.web.reasons import put_on
from linli.web.registers import Register
from linli.web.templatetags.words import say
from linli.workforce import queries as workforce

UNPROCESSABLE = 422
MOST_ON_A_SHEET, MOST_FIGURES = 200, 6
FORM = ["GET", "HEAD", "POST"]


class Chosen:
    """What a reader narrowed the register to."""

    def __init__(self, request: HttpRequest) -> None:
        self.scope: Scope = request.access.scope(*READERS)  # type: ignore[attr-defined]
        told = request.GET.copy()
        told.setdefault("state", rules.IN)
        self.form = forms.TalentsFilter(told, inside=workforce.inside_choices(self.scope))
        chosen = self.form.cleaned_data if self.form.is_valid() else {}
        self.today: date = timezone.localdate()
        state = chosen.get("state") or rules.IN
        self.rows = showing.Rows(
            queries.register(
                self.scope,
                today=self.today,
                text=chosen.get("q", ""),
                inside=chosen.get("inside", ""),
                state="" if state == "all" else state,
                source=chosen.get("source", ""),
                grade=chosen.get("grade", ""),
                stale=bool(chosen.get("stale")),
            ),
            showing.talents(self.today, queries.due_month(self.today)),
        )


@never_cache
@require_safe
@needs(*READERS)
def register(request: HttpRequest) -> HttpResponse:
    """Everybody in the reserve within scope."""
    chosen = Chosen(request)
    nominates = request.access.holds(*NOMINATORS)  # type: ignore[attr-defined]
    table = Register(
        request,
        rows=chosen.rows,
        columns=showing.COLUMNS,
        filters=chosen.form,
        new_url=reverse("reserve:new") if nominates else "",
        new_label=gettext_lazy("推荐"),
        excel_out_url=reverse("reserve:excel"),
        empty_title=gettext_lazy("储备库里还没有人"),
        empty_text=gettext_lazy(
            "社区、街道推荐，县级审核入库：35周岁及以下、大专及以上，党员优先。"
        ),
    )
    context = {
        "register": table,
        "figures": queries.figures(chosen.scope, chosen.today),
        "keeps": request.access.holds(*KEEPERS),  # type: ignore[attr-defined]
        "writes": request.access.holds(*WRITERS),  # type: ignore[attr-defined]
        "sees_figures": request.access.holds(*FIGURES),  # type: ignore[attr-defined]
    }
    answer = render(request, table.template("reserve/register.html"), context)
    answer["Vary"] = "HX-Request"
    return answer


@never_cache
@require_safe
@needs(*READERS)
def register_excel(request: HttpRequest) -> HttpResponse:
    """All files of the filter with every column; numbers masked."""
    return excel(_("后备力量名册"), showing.COLUMNS, Chosen(request).rows)


def communities(request: HttpRequest, *roles: Any) -> list[places.Named]:
    """The communities within what a reader may see by some roles."""
    scope = request.access.whole(*roles)  # type: ignore[attr-defined]
    rows = places.in_force().filter(level="community").within(scope)
    return [places.Named(code, name) for code, name in rows.values_list("place", "name")]


@never_cache
@require_http_methods(FORM)
@needs(*NOMINATORS)
def new(request: HttpRequest) -> HttpResponse:
    """Nominate somebody."""
    form = forms.NominationForm(request.POST or None, communities=communities(request, *NOMINATORS))
    county, today = office_at(request, *NOMINATORS)[:6], timezone.localdate()
    if request.method == "POST" and form.is_valid():
        try:
            made = services.nominate(
                by=request.user, county=county, **form.cleaned_data, now=timezone.now()
            )
        except Refused as refused:
            put_on(form, refused.ruling)
        else:
            messages.success(request, _("已推荐%(name)s，等县级审核") % {"name": made.talent.name})
            return redirect("reserve:nomination", made.pk)
    context = {
        "form": form,
        "age": number("reserve_age_max", on=today, place=county),
    }
    status = UNPROCESSABLE if form.is_bound and form.errors else 200
    return render(request, "reserve/new.html", context, status=status)


@never_cache
@require_http_methods(FORM)
@needs(*KEEPERS)
def take_over(request: HttpRequest) -> HttpResponse:
    """Write down somebody who was in the reserve before the system."""
    form = forms.TakeOverForm(request.POST or None, communities=communities(request, *KEEPERS))
    if request.method == "POST" and form.is_valid():
        try:
            told = services.take_over(
                by=request.user,  # type: ignore[arg-type]
                county=office_at(request, *KEEPERS)[:6],
                rows=[services.Was(**form.cleaned_data)],
                now=timezone.now(),
            )
        except Refused as refused:
            put_on(form, Ruling(tuple(replace(r, row=None) for r in refused.ruling.reasons)))
        else:
            messages.success(request, _("已接收"))
            return redirect("reserve:talent", told.subject.pk)
    status = UNPROCESSABLE if form.is_bound and form.errors else 200
    return render(request, "reserve/take_over.html", {"form": form}, status=status)


@never_cache
@require_http_methods(FORM)
@needs(*WRITERS)
def sheet(request: HttpRequest) -> HttpResponse:
    """Bring one paper that shows figures of several people: a sign-in sheet, a summary."""
    today, county = timezone.localdate(), office_at(request, *WRITERS)[:6]
    scope: Scope = request.access.scope(*WRITERS)  # type: ignore[attr-defined]
    rows = showing.named(queries.talents(scope).filter(state=rules.IN)[:MOST_ON_A_SHEET])
    form = forms.SheetForm(
        request.POST or None,
        request.FILES or None,
        indicators=queries.indicators(county, today),
        initial={"on": today},
    )
    typed = {row.pk: request.POST.get(f"f{row.pk}", "").strip() for row in rows}
    faults: dict[int, str] = {
        pk: _("请填整数") for pk, text in typed.items() if text and not figure_of(text)
    }
    if request.method == "POST" and form.is_valid() and not faults:
        told = dict(form.cleaned_data)
        told["papers"] = [(file, file.name) for file in told["papers"]]
        try:
            made = growing.prove_many(
                by=request.user,  # type: ignore[arg-type]
                proof=growing.Proof(**told),
                figures=[(row, int(typed[row.pk])) for row in rows if typed[row.pk]],
                now=timezone.now(),
            )
        except Refused as refused:
            reasons = refused.ruling.reasons
            faults = {r.row: say(r) for r in reasons if r.row and r.field in ("figure", "")}
            rest = {str(r): replace(r, row=None) for r in reasons if r.row not in faults}
            put_on(form, Ruling(tuple(rest.values())))
        else:
            messages.success(request, _("已登记%(people)s人") % made.facts)
            return redirect("reserve:register")
    context = {
        "form": form,
        "rows": [(row, typed[row.pk], faults.get(row.pk, "")) for row in rows],
        "faults": faults,
        "full": len(rows) == MOST_ON_A_SHEET,
        "indicators": queries.indicators(county, today),
    }
    status = UNPROCESSABLE if form.is_bound and (form.errors or faults) else 200
    return render(request, "reserve/sheet.html", context, status=status)


def figure_of(text: str) -> bool:
    """Whether a text is a figure somebody may have meant."""
    return text.isascii() and text.isdigit() and len(text) <= MOST_FIGURES


@never_cache
@require_http_methods(FORM)
@needs(*FIGURES, of=Nomination)
def nomination(request: HttpRequest, found: Nomination) -> HttpResponse:
    """One nomination: who, why, whether they may enter; the county admits or declines."""
    form = forms.DeclineForm()
    if request.method == "POST":
        require(
            may(request, found.place, *KEEPERS),
            noop("入库由%(who)s审核"),
            "储备规则:2",
            who=AnyOf(role.name for role in KEEPERS),
        ).enforce()
        told: dict[str, Any] = {
            "by": request.user,
            "nomination": found,
            "now": timezone.now(),
        }
        if request.POST.get("act") == "admit":
            services.admit(**told)
            messages.success(request, _("%(name)s已入库") % {"name": found.talent.name})
            return redirect("reserve:talent", found.talent_id)
        form = forms.DeclineForm(request.POST)
        if form.is_valid():
            try:
                services.decline(**told, **form.cleaned_data)
            except Refused as refused:
                put_on(form, refused.ruling)
            else:
                messages.success(request, _("已记不予入库和原因"))
                return redirect("reserve:nomination", found.pk)
    talent, today = found.talent, timezone.localdate()
    context = {
        "nomination": found,
        "talent": talent,
        "path": places.path(found.place),
        "facts": [
            (noop("储备编号"), talent.number),
            (noop("年龄"), _("%(n)s岁") % {"n": talent.age(today)}),
            (noop("学历"), showing.word("schooling", talent.schooling)),
            (noop("政治面貌"), showing.word("politics", talent.politics)),
            (noop("来源"), showing.word("reserve_sources", found.source)),
            (noop("推荐人"), found.by.name if found.by else ""),
            (noop("推荐日期"), timezone.localdate(found.at)),
        ],
        "ruling": entering.entry_ruling(talent, today) if not found.outcome else None,
        "keeps": may(request, found.place, *KEEPERS),
        "outcome": (rules.STATES[found.outcome], showing.STATE_KINDS[found.outcome])
        if found.outcome
        else (rules.STATES[rules.NOMINATED], "wait"),
        "form": form,
    }
    status = UNPROCESSABLE if form.is_bound and form.errors else 200
    return render(request, "reserve/nomination.html", context, status=status)


def _moves(request: HttpRequest) -> tuple[forms.MovesFilter, showing.Rows]:
    scope: Scope = request.access.scope(*FIGURES)  # type: ignore[attr-defined]
    form = forms.MovesFilter(request.GET, inside=workforce.inside_choices(scope))
    chosen = form.cleaned_data if form.is_valid() else {}
    rows = queries.moves(scope, kind=chosen.get("kind", ""), since=chosen.get("since"))
    if chosen.get("inside"):
        rows = rows.within(chosen["inside"])
    return form, showing.Rows(rows, showing.named)


@never_cache
@require_safe
@needs(*FIGURES)
def moves(request: HttpRequest) -> HttpResponse:
    """Who entered, left and was appointed, each with the reason."""
    form, rows = _moves(request)
    table = Register(
        request,
        rows=rows,
        columns=showing.MOVE_COLUMNS,
        filters=form,
        excel_out_url=reverse("reserve:moves_excel"),
        empty_title=gettext_lazy("还没有进出记录"),
        empty_text=gettext_lazy("入库、出库、启用都写明原因，留在这里。"),
    )
    answer = render(request, table.template("reserve/moves.html"), {"register": table})
    answer["Vary"] = "HX-Request"
    return answer


@never_cache
@require_safe
@needs(*FIGURES)
def moves_excel(request: HttpRequest) -> HttpResponse:
    return excel(_("储备进出记录"), showing.MOVE_COLUMNS, _moves(request)[1])


@never_cache
@require_safe
@needs(*READERS)
def indicators(request: HttpRequest) -> HttpResponse:
    """The hard indicators: what counts, what shows it, how many points."""
    county, today = office_at(request, *READERS)[:6], timezone.localdate()
    table = queries.indicators(county, today)
    rows = [(one, COUNTED[one.counted]) for one in table.values()]
    total = sum(one.points for one in table.values())
    return render(request, "reserve/indicators.html", {"rows": rows, "total": total})
