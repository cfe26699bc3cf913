"""Half-yearly evaluations: to open one, score it by keyboard, see the ranking, sign it."""

from __future__ import annotations

from datetime import date
from typing import Any

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from linli.kernel.period import Period, Span
from linli.kernel.rulings import Reason, Refused, require
from linli.kernel.words import gettext_noop as noop
from linli.places import queries as places
from linli.reserve import evaluating, grading, queries, rules, showing
from linli.reserve.models import Evaluation, Sheet
from linli.reserve.views import FORM, UNPROCESSABLE
from linli.reserve.who import COMMUNITY_SIDE, FIGURES, KEEPERS, SCORERS
from linli.sheets.answers import excel
from linli.web.access import needs, office_at
from linli.web.registers import Column, Register
from linli.web.templatetags.words import say

PER_PAGE = 25
HALVES = 4


def _county(request: HttpRequest) -> str:
    return office_at(request, *FIGURES)[:6]


def _evaluation(request: HttpRequest, pk: int) -> Evaluation:
    """An evaluation of the reader's own county."""
    found = queries.evaluations(request.access.whole(*FIGURES)).filter(pk=pk).first()  # type: ignore[attr-defined]
    if found is None:
        raise Http404
    return found


@never_cache
@require_http_methods(FORM)
@needs(*FIGURES)
def evaluations(request: HttpRequest) -> HttpResponse:
    """Evaluations so far, and the half-years that may be opened or why not."""
    today, county = timezone.localdate(), _county(request)
    keeps = request.access.holds(*KEEPERS)  # type: ignore[attr-defined]
    if request.method == "POST":
        made = evaluating.open_evaluation(
            by=request.user,  # type: ignore[arg-type]
            county=office_at(request, *KEEPERS)[:6] if keeps else "",
            half=request.POST.get("half", ""),
            now=timezone.now(),
        )
        messages.success(request, _("已开始，两方可以评分"))
        return redirect("reserve:evaluation", made.pk)
    rows = [
        {
            "row": row,
            "half": queries.half_text(row.half),
            "state": (gettext_lazy("已签署"), "done")
            if row.signed_at
            else (gettext_lazy("评分中"), "open"),
        }
        for row in queries.evaluations(request.access.scope(*FIGURES))  # type: ignore[attr-defined]
    ]
    context = {"rows": rows, "keeps": keeps, "halves": _halves(county, today) if keeps else ()}
    return render(request, "reserve/evaluations.html", context)


def _halves(county: str, today: date) -> list[dict[str, Any]]:
    """This half-year and the one before it, where they are not open: may they be?"""
    this = Period.of(today).half
    found = []
    for half in (this.previous, this):
        if not Evaluation.objects.filter(county=county, half=half.code).exists():
            ruling = evaluating.may_open(county, half.code, today)
            found.append({"half": half, "ruling": ruling})
    return found


FIRST = (
    Column(
        code="name",
        label=gettext_lazy("姓名"),
        value="talent.name",
        href=lambda row: reverse("reserve:talent", args=[row.talent_id]),
    ),
    Column(code="rank", label=gettext_lazy("名次"), kind="number"),
    Column(
        code="grade",
        label=gettext_lazy("等次"),
        kind="state",
        value=lambda row: showing.grade_of(row.grade),
    ),
    Column(
        code="points",
        label=gettext_lazy("得分"),
        kind="number",
        value=lambda row: showing.points(row.tenths),
    ),
)
LAST = (
    Column(code="where", label=gettext_lazy("社区")),
    Column(
        code="affiliation",
        label=gettext_lazy("政治面貌"),
        value=lambda row: showing.word("politics", row.talent.politics),
        shown=False,
    ),
    Column(code="missing", label=gettext_lazy("缺记月数"), kind="number", shown=False),
    Column(code="left", label=gettext_lazy("出库原因"), value=lambda row: row.left_why),
)


def _columns(evaluation: Evaluation) -> tuple[Column, ...]:
    """Rank and total, then each indicator of the county."""
    table = queries.indicators(evaluation.county, Span.of_code(evaluation.half).last_on)
    return (
        *FIRST,
        *(
            Column(
                code=f"by_{code}",
                label=say(one.name),
                kind="number",
                value=lambda row, code=code: row.by_indicator.get(code, ""),
            )
            for code, one in table.items()
        ),
        *LAST,
    )


def _ranking(evaluation: Evaluation, rows: Any) -> showing.Rows:
    """Sheets with `where`, points by indicator, and why somebody left."""
    table = queries.indicators(evaluation.county, Span.of_code(evaluation.half).last_on)
    share = evaluating.bounds(evaluation.county, Span.of_code(evaluation.half).last_on).community

    def dress(some: Any) -> list[Sheet]:
        found = showing.named(some)
        given = queries.scores([row.pk for row in found])
        moves = {
            move.talent_id: move
            for move in evaluation.moves.filter(
                kind=rules.LEFT, talent__in=[row.talent_id for row in found]
            )
        }
        for row in found:
            sides = {
                side: {code: one.tenths for code, one in scores.items()}
                for side, scores in given.get(row.pk, {}).items()
            }
            row.by_indicator = _joined(sides, table, share)
            move = moves.get(row.talent_id)
            row.left_why = showing.why(move) if move else ""
        return found

    return showing.Rows(rows, dress)


def _joined(sides: dict[str, dict[str, int]], table: Any, share: int) -> dict[str, str]:
    """Points by indicator, once both sides have scored all of them."""
    if any(set(table) - set(sides.get(side, {})) for side in grading.SIDES):
        return {}
    ours, theirs = sides[grading.COMMUNITY], sides[grading.COUNTY]
    return {code: grading.shown(grading.of_both(ours[code], theirs[code], share)) for code in table}


@never_cache
@require_safe
@needs(*FIGURES)
def evaluation(request: HttpRequest, pk: int) -> HttpResponse:
    """One evaluation: how far the sides are, what signing would do, the ranking once it is signed."""
    found = _evaluation(request, pk)
    today, scope = timezone.localdate(), request.access.scope(*FIGURES)  # type: ignore[attr-defined]
    rows = queries.sheets(found, scope)
    keeps = request.access.holds(*KEEPERS)  # type: ignore[attr-defined]
    table = Register(
        request,
        rows=_ranking(found, rows),
        columns=_columns(found),
        excel_out_url=reverse("reserve:ranking_excel", args=[found.pk]),
        empty_title=gettext_lazy("辖区内没有参评人员"),
        empty_text=gettext_lazy("半年最后一天在库满规定月数的参评。"),
    )
    count = len(queries.indicators(found.county, Span.of_code(found.half).last_on))
    context: dict[str, Any] = {
        "register": table,
        "evaluation": found,
        "half": queries.half_text(found.half),
        "left": places.calendar().left(today, found.due_on, "work"),
        "keeps": keeps,
        "own_side": _side(request),
        "progress": [
            {
                "side": name,
                "code": side,
                "done": rows.count() - queries.with_scored(rows, side, count).count(),
                "all": rows.count(),
            }
            for side, name in grading.SIDES.items()
        ]
        if not found.signed_at
        else (),
        "moved": list(
            found.moves.within(scope).select_related("talent").order_by("-kind", "talent__number")
        ),
    }
    if found.signed_at is None and keeps:
        context["outlook"] = _outlook(found, today)
    context["moved"] = [(move, showing.why(move)) for move in context["moved"]]
    answer = render(request, table.template("reserve/evaluation.html"), context)
    answer["Vary"] = "HX-Request"
    return answer


def _outlook(found: Evaluation, today: date) -> dict[str, Any]:
    """What signing would do, for the page."""
    seen = evaluating.outlook(found, today)
    grades = {code: 0 for code in grading.GRADES}
    for one in seen.results:
        grades[one.grade] += 1
    leaving = []
    for one in seen.leaving:
        told = rules.REASONS[one.reason]
        talent = seen.sheets[one.key].talent
        values = dict(one.values)
        if "indicator" in values:
            table = queries.indicators(found.county, Span.of_code(found.half).last_on)
            values["indicator"] = table[str(values["indicator"])].name
        leaving.append((talent, Reason(told.sentence, values, told.cites)))
    return {
        "ruling": seen.ruling,
        "grades": [(grading.GRADES[code], n) for code, n in grades.items()],
        "leaving": leaving,
        "entering": seen.entering,
        "refused": seen.refused,
        "gone": seen.gone,
    }


def _side(request: HttpRequest) -> str:
    """The side somebody scores for: the county's where they keep, else the community's."""
    if request.access.holds(*KEEPERS):  # type: ignore[attr-defined]
        return grading.COUNTY
    return grading.COMMUNITY if request.access.holds(*COMMUNITY_SIDE) else ""  # type: ignore[attr-defined]


@never_cache
@require_safe
@needs(*FIGURES)
def ranking_excel(request: HttpRequest, pk: int) -> HttpResponse:
    """The ranking with the points of each indicator."""
    found = _evaluation(request, pk)
    rows = queries.sheets(found, request.access.scope(*FIGURES))  # type: ignore[attr-defined]
    name = _("%(half)s评估排名") % {"half": queries.half_text(found.half)}
    return excel(name, _columns(found), _ranking(found, rows))


@never_cache
@require_POST
@needs(*KEEPERS)
def sign(request: HttpRequest, pk: int) -> HttpResponse:
    """Sign an evaluation and move people by it."""
    found = _evaluation(request, pk)
    told = evaluating.sign(by=request.user, evaluation=found, now=timezone.now())  # type: ignore[arg-type]
    messages.success(
        request,
        _("已签署：参评%(people)s人，出库%(out)s人，入库%(in)s人") % told.facts,
    )
    return redirect("reserve:evaluation", found.pk)


@never_cache
@require_http_methods(FORM)
@needs(*SCORERS)
def score(request: HttpRequest, pk: int) -> HttpResponse:
    """The sheet of a side: a row a person, a figure an indicator; Enter and arrows walk the grid."""
    found = _evaluation(request, pk)
    require(found.signed_at is None, noop("评估已签署，不再改动"), "储备规则:8").enforce()
    side = _side(request)
    roles = KEEPERS if side == grading.COUNTY else COMMUNITY_SIDE
    rows = queries.sheets(found, request.access.scope(*roles))  # type: ignore[attr-defined]
    page = Paginator(rows, PER_PAGE).get_page(request.GET.get("page"))
    half = Span.of_code(found.half)
    table = queries.indicators(found.county, half.last_on)
    ruling, faults, typed = None, {}, {}
    if request.method == "POST":
        words, typed, faults = _read(request, page.object_list, table)
        if not faults:
            try:
                told = evaluating.score(
                    by=request.user,  # type: ignore[arg-type]
                    evaluation=found,
                    side=side,
                    words=words,
                    now=timezone.now(),
                )
            except Refused as refused:
                ruling = refused.ruling
                faults = {one.field: say(one) for one in ruling.reasons if one.field}
            else:
                messages.success(request, _("已保存%(people)s人的评分") % told.facts)
                following = page.next_page_number() if page.has_next() else 0
                where = reverse("reserve:score", args=[found.pk])
                if following:
                    return redirect(f"{where}?page={following}")
                return redirect("reserve:evaluation", found.pk)
    context = {
        "evaluation": found,
        "half": half.text,
        "side": grading.SIDES.get(side, ""),
        "table": list(table.values()),
        "lines": _lines(page.object_list, side, table, half, typed, faults),
        "page": page,
        "ruling": ruling,
        "faults": list(faults.values()),
        "share": _share(found, side),
    }
    status = UNPROCESSABLE if faults or ruling else 200
    return render(request, "reserve/score.html", context, status=status)


def _share(found: Evaluation, side: str) -> int:
    community = evaluating.bounds(found.county, Span.of_code(found.half).last_on).community
    return community if side == grading.COMMUNITY else 100 - community


def _read(
    request: HttpRequest, rows: Any, table: Any
) -> tuple[dict[int, dict[str, int]], dict[str, str], dict[str, str]]:
    """What was typed: figures by sheet, the texts, and what is no figure."""
    words: dict[int, dict[str, int]] = {}
    typed: dict[str, str] = {}
    faults: dict[str, str] = {}
    for row in rows:
        for code, one in table.items():
            field = f"s{row.pk}_{code}"
            text = request.POST.get(field, "").strip()
            typed[field] = text
            if not text:
                continue
            if text.isascii() and text.isdigit() and len(text) <= 6:
                words.setdefault(row.pk, {})[code] = int(text)
            else:
                faults[field] = _("%(name)s的“%(of)s”请填整数") % {
                    "name": row.talent.name,
                    "of": say(one.name),
                }
    return words, typed, faults


def _lines(
    rows: Any, side: str, table: Any, half: Span, typed: dict[str, str], faults: dict[str, str]
) -> list[dict[str, Any]]:
    """A line a person: cells with what is kept, what evidence shows, what the other side took."""
    rows = showing.named(rows)
    given = queries.scores([row.pk for row in rows])
    proved = queries.shown_by_evidence([row.talent_id for row in rows], half, table)
    other = grading.COUNTY if side == grading.COMMUNITY else grading.COMMUNITY
    found = []
    for row in rows:
        mine = given.get(row.pk, {}).get(side, {})
        theirs = given.get(row.pk, {}).get(other, {})
        cells = []
        for code, one in table.items():
            field = f"s{row.pk}_{code}"
            shows = proved[row.talent_id][code]
            kept = mine[code].figure if code in mine else shows
            cells.append(
                {
                    "field": field,
                    "one": one,
                    "value": typed.get(field, str(kept)),
                    "shows": shows,
                    "points": grading.shown(mine[code].tenths) if code in mine else "",
                    "other": theirs[code].figure if code in theirs else None,
                    "fault": faults.get(field, ""),
                }
            )
        found.append({"row": row, "cells": cells, "kept": len(mine) == len(table)})
    return found
