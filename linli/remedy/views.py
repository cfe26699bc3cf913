"""The register of plans as a list and a board; one plan's page; what is supervised."""

from __future__ import annotations

from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from linli.cases import queries as cases
from linli.kernel.place import Scope
from linli.kernel.rulings import Ruling, require
from linli.kernel.words import AnyOf, gettext_noop
from linli.places import queries as places
from linli.premises import queries as premises
from linli.premises import rules as room_rules
from linli.remedy import dealings, lateness, queries, rules, showing
from linli.remedy.flow import PLAN
from linli.remedy.forms import PlansFilter
from linli.remedy.models import Plan
from linli.remedy.readers import DECIDERS, DOERS, OTHERS, READERS, WHOLE, plans_seen
from linli.sheets.answers import excel
from linli.sources import number, room_kinds
from linli.sources.remedies import violations, violators
from linli.web.access import may, needs
from linli.web.context import Link
from linli.web.registers import Register
from linli.web.templatetags.words import say

LIST, BOARD = "remedy:register", "remedy:board"


def plan_at(pk: int) -> Plan:
    return get_object_or_404(Plan.objects.select_related("room", "opened_by"), pk=pk)


def seen(request: HttpRequest, plan: Plan) -> None:
    """A department that a plan does not concern does not find it."""
    held = request.access.roles_at(plan.place)  # type: ignore[attr-defined]
    if not held & set(WHOLE) and not queries.concerned(plan, held & set(OTHERS)):
        raise Http404


def does(request: HttpRequest, place: str) -> Ruling:
    """Whether the reader does anything at a place, and if not, who does."""
    return require(
        may(request, place, *DOERS),
        gettext_noop("处置方案由%(who)s办理"),
        who=AnyOf(role.name for role in DOERS),
    )


# --- the register -------------------------------------------------------------------------------


class Chosen:
    """What a reader narrowed the register to: the form, the plans, their tally."""

    def __init__(self, request: HttpRequest) -> None:
        self.request, self.today = request, timezone.localdate()
        self.calendar = places.calendar()
        near = queries.near_day(self.today, self.calendar)
        access = request.access  # type: ignore[attr-defined]
        self.scope: Scope = access.scope(*READERS)
        self.all = plans_seen(access)
        self.form = PlansFilter(request.GET, inside=queries.inside_choices(self.scope))
        told = self.form.cleaned_data if self.form.is_valid() else {}
        names = ("inside", "violation", "violator", "state", "urgency", "look")
        self.rows = queries.register(
            self.all,
            self.scope,
            today=self.today,
            near=near,
            text=told.get("q", ""),
            **{name: told.get(name, "") for name in names},
        )
        self.tally = queries.tally(self.rows, today=self.today, near=near)

    def register(self, *, view: str, **more: Any) -> Register:
        """The shell of both views: filters, tabs, counts, buttons."""
        query = self.request.GET.copy()
        query.pop("page", None)
        tail = f"?{query.urlencode()}" if query else ""
        tabs = [
            Link(word, f"{reverse(name)}{tail}", icon, name == view)
            for name, word, icon in (
                (LIST, gettext_lazy("列表"), "layout-list"),
                (BOARD, gettext_lazy("看板"), "layout-kanban"),
            )
        ]
        narrowed = any(self.request.GET.get(name) for name in self.form.fields)
        holds = self.request.access.holds(*DOERS)  # type: ignore[attr-defined]
        return Register(
            self.request,
            rows=showing.Rows(self.rows, self.today, self.calendar),
            columns=showing.COLUMNS,
            filters=self.form,
            total_count=self.all.count() if narrowed else self.tally["total"],
            counted=self.tally["total"],
            tabs=tabs,
            new_url=reverse("remedy:new") if holds else "",
            new_label=gettext_lazy("拟订方案"),
            excel_out_url=reverse("remedy:excel"),
            empty_title=gettext_lazy("还没有处置方案"),
            empty_text=gettext_lazy(
                "一房一策：线索认定后，或巡查发现问题时，为这处用房拟订方案，写明措施、责任单位和期限。"
            ),
            **more,
        )


@never_cache
@require_safe
@needs(*READERS)
def register(request: HttpRequest) -> HttpResponse:
    """Every plan the reader may see, the most pressing first."""
    chosen = Chosen(request)
    return _answer(request, chosen.register(view=LIST), chosen)


@never_cache
@require_safe
@needs(*READERS)
def board(request: HttpRequest) -> HttpResponse:
    """The same plans in columns, by where they stand."""
    chosen = Chosen(request)
    cards = queries.board(chosen.rows)
    showing.dressed(
        [plan for several in cards.values() for plan in several], chosen.today, chosen.calendar
    )
    counts = chosen.tally["counts"]
    columns = [
        {
            "label": rules.STATES[state],
            "count": counts[state],
            "cards": [_card(plan) for plan in several],
            "more_url": _narrowed(request, state) if counts[state] > len(several) else "",
        }
        for state, several in cards.items()
    ]
    table = chosen.register(view=BOARD, instead="remedy/board.html", shown=columns)
    return _answer(request, table, chosen)


def _card(plan: Any) -> dict[str, Any]:
    facts = [plan.estate_name, say(violations()[plan.violation].name)]
    if plan.urgency == 1 and not plan.is_over:
        facts.append(say(rules.URGENCY[1]))
    return {
        "title": plan.room.name,
        "url": reverse("remedy:plan", args=[plan.pk]),
        "text": " · ".join(facts),
        "left": plan.left,
    }


def _narrowed(request: HttpRequest, state: str) -> str:
    query = request.GET.copy()
    query["state"] = state
    return f"{reverse(LIST)}?{query.urlencode()}"


def _answer(request: HttpRequest, table: Register, chosen: Chosen) -> HttpResponse:
    mine = request.access.scope(*DOERS)  # type: ignore[attr-defined]
    holds = request.access.holds(*DOERS)  # type: ignore[attr-defined]
    waits = queries.leads_waiting(mine).count() if holds else 0
    context = {"register": table, "tally": chosen.tally, "waits": waits}
    answer = render(request, table.template("remedy/register.html"), context)
    answer["Vary"] = "HX-Request"
    return answer


@never_cache
@require_safe
@needs(*READERS)
def register_excel(request: HttpRequest) -> HttpResponse:
    """All plans of the filter with every column."""
    chosen = Chosen(request)
    return excel(
        _("一房一策台账"),
        showing.COLUMNS,
        showing.dressed(chosen.rows, chosen.today, chosen.calendar),
    )


@never_cache
@require_safe
@needs(*READERS)
def followups(request: HttpRequest) -> HttpResponse:
    """The supervision list: what is late by street, and the rounds that run."""
    today = timezone.localdate()
    access = request.access  # type: ignore[attr-defined]
    rows = plans_seen(access)
    street = request.GET.get("street", "")
    level = request.GET.get("level", "")
    told = lateness.supervised(rows, today=today)
    if street in {each.street for each in told}:
        rows = rows.within(street)
    level = level if level in dealings.LEVELS else ""
    found = lateness.latest_rounds(rows, level=level)
    names = places.names({each.street for each in told})
    table = Register(
        request,
        rows=showing.Rows(found, today, places.calendar()),
        columns=showing.ROUNDS,
        empty_title=gettext_lazy("没有督办中的方案"),
        empty_text=gettext_lazy("方案逾期后由街道督办，到轮次仍未办结的由区级督办。"),
    )
    context = {
        "register": table,
        "streets": [(each, names.get(each.street, each.street)) for each in told],
        "late": sum(each.late for each in told),
        "level": dealings.LEVELS.get(level, ""),
        "narrowed": bool(street or level),
        "rounds": number("remedy_street_rounds_count", on=today),
    }
    return render(request, table.template("remedy/followups.html"), context)


@never_cache
@require_safe
@needs(*DOERS)
def waiting(request: HttpRequest) -> HttpResponse:
    """Settled leads whose room has no plan yet."""
    scope = request.access.scope(*DOERS)  # type: ignore[attr-defined]
    rows = queries.leads_waiting(scope).select_related("room")
    table = Register(
        request,
        rows=showing.Rows(rows, timezone.localdate(), places.calendar()),
        columns=showing.LEADS,
        empty_title=gettext_lazy("没有待订方案的线索"),
        empty_text=gettext_lazy("线索会商认定属实后列在这里，同一处用房的几条线索并入一份方案。"),
    )
    return render(request, table.template("remedy/waiting.html"), {"register": table})


# --- one plan -----------------------------------------------------------------------------------


@never_cache
@require_safe
@needs(*READERS, of=plan_at)
def plan(request: HttpRequest, plan: Plan) -> HttpResponse:
    """One plan: what is wrong, what is done about it by whom until when, and all that happened."""
    seen(request, plan)
    today = timezone.localdate()
    case = queries.case_of(plan)
    doing = does(request, plan.place)
    context = {
        "plan": plan,
        "room": plan.room,
        "path": places.path(plan.place[:15]),
        "state_word": showing.state_of(plan),
        "urgency": showing.urgency_of(plan),
        "violation": violations()[plan.violation].name,
        "violator": violators()[plan.violator],
        "party": showing.party_of(plan),
        "kind": room_kinds()[plan.room.kind].name,
        "room_state": room_rules.STATES[plan.room.state],
        "near": number("remedy_near_work_days", on=today, place=plan.place),
        "steps": cases.progress(case, on=today),
        "uses": [(use, room_rules.STATES[use.state]) for use in premises.uses(plan.room)[:6]],
        "doing": doing,
        "deciding": may(request, plan.place, *DECIDERS),
        "press": _press(request, plan, case),
        "free": len(queries.leads_free(plan.room)) if doing.allowed and not plan.is_over else 0,
        "reads_leads": may(request, plan.place, *WHOLE),
        **showing.page(plan, case=case, today=today, whole=doing.allowed),
    }
    return render(request, "remedy/plan.html", context)


VERBS = {
    rules.DRAFT: ("propose", gettext_noop("提交审批")),
    rules.APPROVE: ("approve", gettext_noop("批准")),
    rules.CARRY: ("report", gettext_noop("报告办理完毕")),
    rules.RECHECK: ("recheck", gettext_noop("复查通过")),
    rules.CLOSE: ("close", gettext_noop("销号")),
}
"""Step → the address and the word of what does it."""


def _press(request: HttpRequest, plan: Plan, case: Any) -> dict[str, Any] | None:
    """The step that is open: its button, whether this reader may press it and why not."""
    if plan.is_over:
        return None
    name, word = VERBS[plan.state]
    fold = cases.folded(case)
    roles = request.access.roles_at(plan.place)  # type: ignore[attr-defined]
    ruling = PLAN.may_stamp(
        plan.state,
        done=fold.done.keys(),
        roles=roles,
        own_steps=cases.own_steps(fold, request.user),  # type: ignore[arg-type]
    )
    if plan.state in (rules.RECHECK, rules.CLOSE) and ruling.allowed:
        ruling = rules.another(
            worked=queries.worked(plan, request.user), closing=plan.state == rules.CLOSE
        )
    back = ""
    if plan.state in (rules.APPROVE, rules.RECHECK, rules.CLOSE) and ruling.allowed:
        back = reverse("remedy:send_back", args=[plan.pk])
    return {
        "word": word,
        "url": reverse(f"remedy:{name}", args=[plan.pk]),
        "ruling": ruling,
        "back": back,
    }
