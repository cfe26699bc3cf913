"""The register of handovers as a list and a board; how long the steps take."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from linli.handover import flow, queries, rules, showing
from linli.handover.forms import HandoversFilter
from linli.kernel.roles import ROLES, ROOM_READERS
from linli.places import queries as places
from linli.sheets.answers import excel
from linli.sources import number
from linli.web.access import needs
from linli.web.context import Link
from linli.web.registers import Register
from linli.web.templatetags.words import say

UNPROCESSABLE = 422
READERS = tuple(sorted(ROOM_READERS, key=lambda role: role.code))
WRITERS = flow.WRITERS
OPENERS = flow.OPENERS
LIST, BOARD, BATCHES = "handover:register", "handover:board", "handover:batches"
LOOKS_BACK = timedelta(days=365)
"""Durations are those of the last year."""


def county_of(request: HttpRequest) -> str:
    """The place whose flow a reader sees: the county of what they may see."""
    scope = request.access.scope(*READERS)  # type: ignore[attr-defined]
    return min(scope.prefixes | scope.alone, default="", key=len)[:6]


class Chosen:
    """What a reader narrowed the register to: the form, the handovers, their tally."""

    def __init__(self, request: HttpRequest) -> None:
        self.request, self.today = request, timezone.localdate()
        self.scope = request.access.scope(*READERS)  # type: ignore[attr-defined]
        self.procedure = flow.in_force(county_of(request), self.today)
        self.form = HandoversFilter(
            request.GET, inside=queries.inside_choices(self.scope), procedure=self.procedure
        )
        told = self.form.cleaned_data if self.form.is_valid() else {}
        self.rows = queries.register(
            self.scope,
            today=self.today,
            text=told.get("q", ""),
            **{name: told.get(name, "") for name in ("inside", "turn", "look")},
            roles=request.access.roles,  # type: ignore[attr-defined]
        )

    def register(self, *, view: str, **more: Any) -> Register:
        """The shell of list and board: filters, tabs, buttons."""
        holds = self.request.access.holds(*OPENERS)  # type: ignore[attr-defined]
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
        return Register(
            self.request,
            columns=showing.COLUMNS,
            filters=self.form,
            tabs=tabs,
            new_url=reverse("handover:new") if holds else "",
            new_label=gettext_lazy("开办移交"),
            excel_out_url=reverse("handover:excel"),
            empty_title=gettext_lazy("还没有移交"),
            empty_text=gettext_lazy(
                "社区配套用房由建设单位移交给国家：从用房台账里选一处开办，按流程逐个环节办理。"
            ),
            **{"rows": showing.Rows(self.rows, self.today)} | more,
        )


@never_cache
@require_safe
@needs(*READERS)
def register(request: HttpRequest) -> HttpResponse:
    """Every handover within scope, the latest first."""
    return _answer(request, Chosen(request).register(view=LIST))


@never_cache
@require_safe
@needs(*READERS)
def board(request: HttpRequest) -> HttpResponse:
    """The running handovers in columns, by the step whose turn it is."""
    chosen = Chosen(request)
    steps = {step.code: step.name for step in chosen.procedure.flow.steps}
    cards, counts = queries.board(chosen.rows, steps)
    rows = showing.named([row for several in cards.values() for row in several], chosen.today)
    for row in rows:
        # A step of a flow that is no longer in force keeps its own name.
        steps.setdefault(row.turn, row.turn_name)  # type: ignore[attr-defined]
    columns = [
        {
            "label": steps[code],
            "count": counts.get(code, 0),
            "cards": [_card(row) for row in several],
            "more_url": f"{reverse(LIST)}?turn={code}"
            if counts.get(code, 0) > len(several) and chosen.procedure.plans.get(code)
            else "",
        }
        for code, several in cards.items()
    ]
    table = chosen.register(
        view=BOARD,
        rows=rows,
        counted=sum(counts.values()),
        instead="handover/board.html",
        shown=columns,
    )
    return _answer(request, table)


def _card(row: Any) -> dict[str, Any]:
    return {
        "title": row.room.name,
        "url": reverse("handover:handover", args=[row.pk]),
        "text": " · ".join([row.number, row.estate_name, row.receiver]),
        "left": row.left,
    }


def _answer(request: HttpRequest, table: Register) -> HttpResponse:
    answer = render(request, table.template("handover/register.html"), {"register": table})
    answer["Vary"] = "HX-Request"
    return answer


@never_cache
@require_safe
@needs(*READERS)
def register_excel(request: HttpRequest) -> HttpResponse:
    """All handovers of the filter with every column."""
    chosen = Chosen(request)
    return excel(_("用房移交台账"), showing.COLUMNS, showing.Rows(chosen.rows, chosen.today))


@never_cache
@require_safe
@needs(*READERS)
def stages(request: HttpRequest) -> HttpResponse:
    """The flow in force, drawn from its definition, and how long its steps take."""
    today = timezone.localdate()
    procedure = flow.in_force(county_of(request), today)
    scope = request.access.scope(*READERS)  # type: ignore[attr-defined]
    told = queries.stages_of(scope, procedure=procedure, since=today - LOOKS_BACK, today=today)
    longest = queries.by_cases({stage.longest_case for stage in told.stages})
    rows = [
        {
            "stage": stage,
            "longest": longest.get(stage.longest_case),
            "step": procedure.flow.step(stage.code),
            "plan": procedure.plans[stage.code],
            "sign": tuple(ROLES[code].name for code in procedure.plans[stage.code].sign),
            "days": _limit(procedure.flow.step(stage.code).days, county_of(request), today),
            "papers": len(procedure.plans[stage.code].papers)
            + len(procedure.plans[stage.code].must),
            "narrow": told.bottleneck is stage,
        }
        for stage in told.stages
    ]
    context = {
        "told": told,
        "rows": rows,
        "drawing": showing.diagram(procedure),
        "source": procedure.source,
        "local": places.name(procedure.place) if procedure.place else "",
        "chart": {
            "unit": "count",
            "x": [say(stage.name) for stage in told.stages],
            "series": [
                {
                    "name": _("中位用时（日）"),
                    "tone": "common",
                    "values": [round(stage.median or 0) for stage in told.stages],
                },
                {
                    "name": _("最长用时（日）"),
                    "tone": "plain",
                    "values": [round(stage.longest or 0) for stage in told.stages],
                },
            ],
        },
        "ends": rules.ENDS,
    }
    return render(request, "handover/stages.html", context)


def _limit(name: str, place: str, on: date) -> int | None:
    try:
        return number(name, on=on, place=place) if name else None
    except LookupError:
        return None
