"""What the rules of area ask of estates and communities, and an estate's plan."""

from __future__ import annotations

from dataclasses import dataclass
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

from linli.files import answers
from linli.kernel.place import Scope
from linli.kernel.rulings import Refused
from linli.places import queries as places
from linli.places import services as place_services
from linli.premises import queries, quota, services, showing
from linli.premises.forms import FiguresForm, PlanForm, QuotaFilter, RoomsFilter
from linli.premises.models import SitePlan
from linli.premises.views import KEEPERS, READERS, UNPROCESSABLE, keeps
from linli.sheets.answers import excel
from linli.sources import BASES, BUILT, CONFIDENCE, room_kinds
from linli.web.access import needs
from linli.web.reasons import put_on
from linli.web.registers import Column, Register
from linli.web.templatetags.words import say


@dataclass(frozen=True, slots=True)
class Row:
    """An estate with what it owes, for the register of quotas."""

    pk: str
    name: str
    around: str
    owed: queries.Owed

    @property
    def state(self) -> tuple[Any, str]:
        if self.owed.gaps:
            return gettext_lazy("有缺口"), "open"
        if self.owed.unknown:
            return gettext_lazy("资料不全"), "wait"
        return gettext_lazy("已达标"), "done"


COLUMNS = (
    Column(
        code="name",
        label=gettext_lazy("小区"),
        href=lambda row: reverse("premises:quota", args=[row.pk]),
    ),
    Column(code="around", label=gettext_lazy("街道、社区")),
    Column(code="state", label=gettext_lazy("情况"), kind="state", value="state"),
    Column(
        code="households",
        label=gettext_lazy("户数"),
        kind="number",
        value="owed.size.household_count",
    ),
    Column(
        code="floor",
        label=gettext_lazy("总建筑面积"),
        kind="number",
        value=lambda row: showing.area(row.owed.size.floor_dm2),
    ),
    Column(
        code="completed_on",
        label=gettext_lazy("竣工日期"),
        kind="day",
        value="owed.size.completed_on",
    ),
    Column(code="gaps", label=gettext_lazy("缺口项数"), kind="number", value="owed.gaps"),
    Column(
        code="gap",
        label=gettext_lazy("缺口面积"),
        kind="number",
        value=lambda row: showing.area(row.owed.gap_dm2) if row.owed.gaps else "",
    ),
    Column(code="unknown", label=gettext_lazy("资料不全项数"), kind="number", value="owed.unknown"),
)


def _chosen(request: HttpRequest) -> tuple[QuotaFilter, list[Row], int]:
    scope: Scope = request.access.scope(*READERS)  # type: ignore[attr-defined]
    form = QuotaFilter(request.GET, inside=queries.inside_choices(scope))
    told = form.cleaned_data if form.is_valid() else {}
    if told.get("inside"):
        scope = scope.within(told["inside"])
    found = places.of_level("estate", scope)
    if text := told.get("q", "").strip():
        found = found.filter(places.matching(text))
    codes = list(found.order_by("place").values_list("place", flat=True))
    owed = queries.owed(codes, on=timezone.localdate())
    ways = places.paths(codes)
    rows = [Row(code, ways[code][-1].name, _around(ways[code]), owed[code]) for code in codes]
    look = told.get("look", "")
    fits = {
        "gap": lambda row: row.owed.gaps,
        "unknown": lambda row: row.owed.unknown,
        "met": lambda row: not row.owed.gaps and not row.owed.unknown,
    }.get(look, lambda row: True)
    return form, [row for row in rows if fits(row)], len(rows)


def _around(way: tuple[places.Named, ...]) -> str:
    steps = [step.name for step in way if step.level in ("street", "community")]
    return places.SEPARATOR.join(steps)


@never_cache
@require_safe
@needs(*READERS)
def quotas(request: HttpRequest) -> HttpResponse:
    """Every estate within scope: required, present, gap by the dated rules."""
    form, rows, total = _chosen(request)
    table = Register(
        request,
        rows=rows,
        columns=COLUMNS,
        filters=form,
        total_count=total,
        excel_out_url=reverse("premises:quotas_excel"),
        empty_title=gettext_lazy("辖区内还没有小区"),
        empty_text=gettext_lazy("先在地方里录入小区，再登记户数、建筑面积和竣工日期。"),
    )
    return render(request, table.template("premises/quotas.html"), {"register": table})


@never_cache
@require_safe
@needs(*READERS)
def quotas_excel(request: HttpRequest) -> HttpResponse:
    return excel(_("用房配置情况"), COLUMNS, _chosen(request)[1])


def at(code: str) -> Any:
    """The estate or community of a code."""
    found = places.find(code)
    if found is None or found.level not in ("estate", "community"):
        raise Http404
    return found


def estate_at(code: str) -> Any:
    found = at(code)
    if found.level != "estate":
        raise Http404
    return found


@never_cache
@require_safe
@needs(*READERS, of=at)
def one(request: HttpRequest, place: Any) -> HttpResponse:
    """What the rules ask of one estate or community, rule by rule with its ground."""
    return _show(request, place)


def _show(request: HttpRequest, place: Any, *, status: int = 200, **forms: Any) -> HttpResponse:
    today = timezone.localdate()
    is_estate = place.level == "estate"
    owed = (
        queries.owed([place.place], on=today)[place.place]
        if is_estate
        else queries.owed_to_community(place.place, on=today)
    )
    told = places.figures([place.place]).get(place.place)
    lacking = {code for base in _bases(owed) for code in owed.lacking.get(base, ())}
    context = {
        "place": place,
        "is_estate": is_estate,
        "path": places.path(place.place)[1:-1],
        "owed": owed,
        "lines": [_line(each, owed) for each in owed.checks],
        "idle": [(rule, room_kinds()[rule.room].name, BUILT[rule.built]) for rule in owed.idle],
        "size": owed.size,
        "floor": showing.area(owed.size.floor_dm2),
        "above": showing.area(owed.size.above_dm2),
        "counted_doors": is_estate and (told is None or told.household_count is None),
        "told": told,
        "lacking": sorted(places.names(lacking).items()),
        "inside": places.children(place.place).filter(level="estate") if not is_estate else (),
        "may": keeps(request, place.place),
        "figures_form": FiguresForm(initial=_initial(told, today)),
    }
    return render(request, "premises/quota.html", context | forms, status=status)


def _bases(owed: queries.Owed) -> set[str]:
    return {each.rule.base for each in owed.checks if each.required_dm2 is None}


def _initial(told: Any, today: Any) -> dict[str, Any]:
    if told is None:
        return {"as_of_on": today}
    names = ("household_count", "floor_dm2", "above_dm2", "completed_on", "as_of_on", "source")
    return {name: getattr(told, name) for name in names}


def _line(check: quota.Check, owed: queries.Owed) -> dict[str, Any]:
    """A rule as a row of the table."""
    rule = check.rule
    shown = {each.rule.room for each in owed.checks}
    return {
        "kind": room_kinds()[rule.room].name,
        "part": room_kinds()[rule.room].parent in shown,
        "rule": _said(rule),
        "cites": rule.cites,
        "confidence": CONFIDENCE[rule.confidence] if rule.confidence != "read" else "",
        "note": rule.note,
        "required": showing.area(check.required_dm2),
        "most": showing.area(check.most_dm2),
        "present": showing.area(check.present_dm2) or "0",
        "misused": showing.area(check.misused_dm2) if check.misused_dm2 else "",
        "gap": showing.area(check.gap_dm2) if check.gap_dm2 else "",
        "met": check.gap_dm2 == 0,
        "unused": showing.area(check.unused_dm2) if check.unused_dm2 else "",
        "check": check,
        "url": f"{reverse('premises:register')}?kind={rule.room}",
    }


def _said(rule: Any) -> str:
    """A rule in one sentence."""
    told = []
    base = say(BASES.get(rule.base, ""))
    if rule.per_hundred:
        told.append(_("每百户%(n)s平方米") % {"n": rule.per_hundred})
    elif rule.tiers:
        told.append(_("按%(base)s分档") % {"base": base})
    elif rule.permille and rule.most_permille:
        told.append(
            _("%(base)s的%(n)s‰至%(most)s‰")
            % {"base": base, "n": rule.permille, "most": rule.most_permille}
        )
    elif rule.permille:
        told.append(_("%(base)s的%(n)s‰") % {"base": base, "n": rule.permille})
    if rule.min_m2:
        told.append(_("不少于%(n)s平方米") % {"n": rule.min_m2})
    return _("、").join(told)


@require_POST
@needs(*KEEPERS, of=estate_at)
def figures(request: HttpRequest, estate: Any) -> HttpResponse:
    """How large an estate is, with the day and the source of it."""
    form = FiguresForm(request.POST)
    if form.is_valid():
        try:
            place_services.tell_figures(
                by=request.user, estate=estate, **form.cleaned_data, now=timezone.now()
            )
        except Refused as refused:
            put_on(form, refused.ruling)
        else:
            messages.success(request, _("已保存"))
            return redirect("premises:quota", estate.place)
    return _show(request, estate, status=UNPROCESSABLE, figures_form=form)


# --- an estate's plan -------------------------------------------------------------------------


@never_cache
@require_safe
@needs(*READERS, of=estate_at)
def plan(request: HttpRequest, estate: Any) -> HttpResponse:
    """An estate's rooms on its plan, the list beside it; of the same filter as the register."""
    return _plan(request, estate)


def _plan(request: HttpRequest, estate: Any, *, status: int = 200, **forms: Any) -> HttpResponse:
    scope = Scope.of(estate.place)
    form = RoomsFilter(request.GET, inside=queries.inside_choices(scope))
    told = form.cleaned_data if form.is_valid() else {}
    narrow = {name: told.get(name, "") for name in ("kind", "state", "owner", "look")}
    rows = queries.register(scope, today=timezone.localdate(), **narrow)
    rooms = showing.named(rows[:500])
    drawing, left = showing.site(estate.place, rooms)
    kept = queries.plan(estate.place)
    counts: dict[str, int] = {}
    for room in rooms:
        counts[room.state] = counts.get(room.state, 0) + 1
    query = request.GET.copy()
    query.pop("page", None)
    unplaced = {room.pk for room in left}
    context = {
        "estate": estate,
        "path": places.path(estate.place)[:-1],
        "drawing": drawing,
        "rooms": [
            (
                room,
                showing.kind_name(room.kind),
                showing.state_of(room),
                str(showing.LETTERS[room.state]),
                room.pk in unplaced,
            )
            for room in rooms
        ],
        "left": len(left),
        "legend": showing.legend(counts, url=request.path, query=dict(query.lists())),
        "query": query.urlencode(),
        "narrowed": any(narrow.values()),
        "kept": kept,
        "spots": sum(room.spot_x is not None for room in rooms),
        "may": keeps(request, estate.place),
        "plan_form": PlanForm(),
    }
    return render(request, "premises/plan.html", context | forms, status=status)


@require_POST
@needs(*KEEPERS, of=estate_at)
def keep_plan(request: HttpRequest, estate: Any) -> HttpResponse:
    form = PlanForm(request.POST, request.FILES)
    if form.is_valid():
        picture = form.cleaned_data["plan"]
        try:
            services.keep_plan(
                by=request.user,
                estate=estate,
                content=picture,
                name=picture.name,
                now=timezone.now(),
            )
        except Refused as refused:
            put_on(form, refused.ruling.at("plan"))
        else:
            messages.success(request, _("平面图已保存"))
            return redirect("premises:plan", estate.place)
    return _plan(request, estate, status=UNPROCESSABLE, plan_form=form)


@require_POST
@needs(*KEEPERS, of=estate_at)
def drop_plan(request: HttpRequest, estate: Any) -> HttpResponse:
    kept = queries.plan(estate.place)
    if kept is not None:
        services.drop_plan(by=request.user, plan=kept, now=timezone.now())
        messages.success(request, _("平面图已撤下"))
    return redirect("premises:plan", estate.place)


@require_safe
@needs(*READERS, of=SitePlan)
def plan_picture(request: HttpRequest, found: SitePlan) -> HttpResponse:
    return answers.picture(found.file, by=request.user, now=timezone.now())
