"""The matrix of estates and months, one estate's twelve months, and follow-ups."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST, require_safe

from linli.cases import queries as cases
from linli.kernel.calendar import WORK, Calendar
from linli.kernel.flow import PASSED
from linli.kernel.period import Period
from linli.kernel.place import Scope
from linli.kernel.roles import DISTRICT, FUND_GROUP, OVERSEERS, SECRETARY, STREET
from linli.kernel.rulings import ALLOWED, Refused, Ruling, require
from linli.kernel.words import AnyOf, gettext_noop
from linli.ledger import queries as ledger
from linli.oversight import queries, rules, services
from linli.oversight.flow import FOLLOWUP
from linli.oversight.forms import FollowupsFilter, MatrixFilter, RaiseForm, TextForm
from linli.oversight.models import Followup
from linli.oversight.templatetags.oversight_words import said
from linli.places import queries as places
from linli.scope.names import WithPaths
from linli.sheets.answers import excel
from linli.web.access import may, needs
from linli.web.reasons import put_on
from linli.web.registers import Column, Register

HEADS = (STREET, DISTRICT, SECRETARY)
READERS = tuple(sorted(FUND_GROUP | OVERSEERS, key=lambda role: role.code))
RAISERS = services.RAISERS
REPLIERS = FOLLOWUP.step("reply").by
PER_PAGE = 50
UNPROCESSABLE = 422


# --- the matrix -------------------------------------------------------------------------------


def _matrix(request: HttpRequest) -> tuple[MatrixFilter, queries.Matrix, list[rules.Row]]:
    scope: Scope = request.access.scope(*HEADS)  # type: ignore[attr-defined]
    inside = [(one.code, one.name) for one in queries.places_in(scope)]
    form = MatrixFilter(request.GET, inside=inside)
    told = form.cleaned_data if form.is_valid() else {}
    if told.get("inside"):
        scope = scope.within(told["inside"])
    found = queries.matrix(scope, now=timezone.now(), text=told.get("q", ""))
    rows = queries.narrowed(
        found.rows,
        wanted=told.get("show", ""),
        month=told.get("month", ""),
        order=told.get("order", ""),
    )
    return form, found, rows


@never_cache
@require_safe
@needs(*HEADS)
def matrix(request: HttpRequest) -> HttpResponse:
    """Every estate within scope over twelve months: what is published, what is late."""
    form, found, rows = _matrix(request)
    query = request.GET.copy()
    query.pop("page", None)
    context = {
        "form": form,
        "found": found,
        "page": Paginator(rows, PER_PAGE).get_page(request.GET.get("page")),
        "count": len(rows),
        "total": len(found.rows),
        "query": query.urlencode(),
        "inside": request.GET.get("inside", ""),
        "today": timezone.localdate(),
    }
    return render(request, "oversight/matrix.html", context)


@never_cache
@require_safe
@needs(*HEADS)
def matrix_excel(request: HttpRequest) -> HttpResponse:
    _form, found, rows = _matrix(request)
    columns = [
        Column(code="path", label=gettext_lazy("地方")),
        Column(code="name", label=gettext_lazy("账套")),
        Column(code="code", label=gettext_lazy("编号")),
        *(
            Column(code=month.code, label=month.code, value=lambda row, at=at: said(row.cells[at]))
            for at, month in enumerate(found.months)
        ),
        Column(code="overdue", label=gettext_lazy("逾期月数"), kind="number"),
        Column(code="late", label=gettext_lazy("迟公示月数"), kind="number"),
        Column(code="objections", label=gettext_lazy("未答复异议"), kind="number"),
        Column(code="followups", label=gettext_lazy("未销号督办"), kind="number"),
    ]
    return excel(_("两笔账公示情况"), columns, rows)


# --- one estate -------------------------------------------------------------------------------


@never_cache
@require_safe
@needs(*READERS, of=ledger.offers.book_at)
def estate(request: HttpRequest, book: Any) -> HttpResponse:
    """Twelve months of one estate, its follow-ups, and raising one."""
    return _estate(request, book)


def _estate(
    request: HttpRequest, book: Any, form: RaiseForm | None = None, status: int = 200
) -> HttpResponse:
    now = timezone.now()
    found = queries.matrix(Scope.of(book.place), now=now, code=book.code)
    row = found.rows[0]
    raises = may(request, book.place, *RAISERS)
    choices = _months(book, now)
    asked = request.GET.get("period", "")
    first = asked if asked in dict(choices) else choices[0][0]
    context = {
        "book": book,
        "row": row,
        "cells": [one for one in reversed(row.cells) if one.state],
        "followups": queries.of_book(book),
        "may_raise": require(
            raises,
            gettext_noop("督办由%(who)s发出"),
            "督办规则:1",
            who=AnyOf(r.name for r in RAISERS),
        ),
        "form": form or RaiseForm(periods=choices, initial={"period": first}),
        "today": timezone.localdate(now),
    }
    return render(request, "oversight/estate.html", context, status=status)


def _months(book: Any, now: Any) -> list[tuple[str, str]]:
    """The months one may follow up on, the latest first."""
    this, first = Period.of(timezone.localdate(now)), Period(book.first_period)
    span = [this.plus(-n) for n in range(queries.MONTHS + 1)]
    return [(one.code, one.code) for one in span if one >= first] or [(this.code, this.code)]


@require_POST
@needs(*RAISERS, of=ledger.offers.book_at)
def raise_followup(request: HttpRequest, book: Any) -> HttpResponse:
    form = RaiseForm(request.POST, periods=_months(book, timezone.now()))
    if form.is_valid():
        try:
            row = services.raise_followup(
                by=request.user, book=book, now=timezone.now(), **form.cleaned_data
            )
        except Refused as refused:
            put_on(form, refused.ruling)
        else:
            messages.success(request, _("督办已发出，资金管理小组的工作台上会出现"))
            return redirect("oversight:followup", row.pk)
    return _estate(request, book, form, UNPROCESSABLE)


# --- follow-ups -------------------------------------------------------------------------------


def state_of(row: Followup, today: Any) -> tuple[Any, str]:
    """(word, kind of badge)."""
    if row.closed_at:
        return gettext_lazy("已销号"), "done"
    return gettext_lazy("未销号"), "late" if row.due_on < today else "open"


def _columns(calendar: Calendar, today: Any) -> tuple[Column, ...]:
    return (
        Column(
            code="text",
            label=gettext_lazy("事由"),
            href=lambda row: reverse("oversight:followup", args=[row.pk]),
        ),
        Column(code="book", label=gettext_lazy("账套"), value="book.name"),
        Column(code="period", label=gettext_lazy("月份"), kind="period", sort="period"),
        Column(
            code="state",
            label=gettext_lazy("状态"),
            kind="state",
            value=lambda row: state_of(row, today),
        ),
        Column(code="round", label=gettext_lazy("第几轮"), kind="number", sort="round"),
        Column(
            code="left",
            label=gettext_lazy("期限"),
            kind="deadline",
            value=lambda row: None if row.closed_at else calendar.left(today, row.due_on, WORK),
            sort="due_on",
        ),
        Column(code="raised_by", label=gettext_lazy("发出人"), value="raised_by.name"),
        Column(
            code="raised_at",
            label=gettext_lazy("发出"),
            kind="day",
            value=lambda row: timezone.localdate(row.raised_at),
            sort="raised_at",
        ),
        Column(code="place", label=gettext_lazy("地方"), value="path", shown=False),
    )


def _chosen(request: HttpRequest) -> tuple[FollowupsFilter, Any, int]:
    scope: Scope = request.access.scope(*READERS)  # type: ignore[attr-defined]
    form, today = FollowupsFilter(request.GET), timezone.localdate()
    told = form.cleaned_data if form.is_valid() else {}
    rows = queries.followups(
        scope,
        text=told.get("q", ""),
        state=told.get("state", ""),
        period=told.get("period", ""),
        today=today,
    )
    return form, rows, queries.followups(scope, today=today).count()


@never_cache
@require_safe
@needs(*READERS)
def followups(request: HttpRequest) -> HttpResponse:
    """Every follow-up within scope, the open ones first."""
    form, rows, total = _chosen(request)
    register = Register(
        request,
        rows=WithPaths(rows),
        columns=_columns(places.calendar(), timezone.localdate()),
        filters=form,
        total_count=total,
        excel_out_url=f"{reverse('oversight:followups_excel')}?{request.GET.urlencode()}",
        empty_title=gettext_lazy("没有督办"),
        empty_text=gettext_lazy("街道在小区的督导页上对某个月的账发出督办，办结核实后销号。"),
    )
    return render(request, register.template("oversight/followups.html"), {"register": register})


@never_cache
@require_safe
@needs(*READERS)
def followups_excel(request: HttpRequest) -> HttpResponse:
    columns = _columns(places.calendar(), timezone.localdate())
    return excel(_("督办"), columns, WithPaths(_chosen(request)[1]))


@never_cache
@require_safe
@needs(*READERS, of=Followup)
def followup(request: HttpRequest, row: Followup) -> HttpResponse:
    """One follow-up: what was asked, what was done, whose turn it is."""
    return _show(request, row)


def _show(request: HttpRequest, row: Followup, status: int = 200, **more: Any) -> HttpResponse:
    today, calendar = timezone.localdate(), places.calendar()
    case = cases.find(flow=FOLLOWUP, subject=row)
    word, badge = state_of(row, today)
    context = {
        "row": row,
        "book": row.book,
        "state_name": word,
        "badge": badge,
        "left": None if row.closed_at else calendar.left(today, row.due_on, WORK),
        "steps": cases.progress(case, on=today) if case else (),
        "events": _events(row, case),
        "may": _may(request, row, case),
        "reply_form": TextForm(
            label=_("做了什么"), help_text=_("写明原因、已办的事和结果；街道核实后销号")
        ),
        "check_form": TextForm(label=_("核实情况"), required=False),
    }
    return render(request, "oversight/followup.html", context | more, status=status)


def _may(request: HttpRequest, row: Followup, case: Any) -> dict[str, Ruling]:
    if case is None or case.closed_at is not None:
        return {"reply": ALLOWED, "check": ALLOWED}
    fold = cases.folded(case)
    roles = request.access.roles_at(row.place)  # type: ignore[attr-defined]
    return {
        step.code: FOLLOWUP.may_stamp(
            step.code,
            done=fold.done.keys(),
            roles=roles,
            own_steps=cases.own_steps(fold, request.user),
        )
        for step in FOLLOWUP.steps
    }


def _events(row: Followup, case: Any) -> list[dict[str, Any]]:
    told: list[dict[str, Any]] = [
        {
            "at": row.raised_at,
            "title": _("发出督办"),
            "text": row.text,
            "by": row.raised_by.name,
            "kind": "",
        }
    ]
    for stamp in cases.stamps(case) if case else ():
        passed = stamp.outcome == PASSED
        told.append(
            {
                "at": stamp.at,
                "title": FOLLOWUP.step(stamp.step).name if passed else _("退回重办"),
                "text": stamp.note,
                "by": stamp.by.name if stamp.by else "",
                "kind": "done" if passed else "",
            }
        )
    return told[::-1]


def _act(request: HttpRequest, row: Followup, act: Any, name: str, form: TextForm) -> HttpResponse:
    if form.is_valid():
        try:
            act(by=request.user, followup=row, text=form.cleaned_data["text"], now=timezone.now())
        except Refused as refused:
            put_on(form, refused.ruling)
        else:
            return redirect("oversight:followup", row.pk)
    return _show(request, row, UNPROCESSABLE, **{name: form})


@require_POST
@needs(*REPLIERS, of=Followup)
def reply(request: HttpRequest, row: Followup) -> HttpResponse:
    form = TextForm(request.POST, label=_("做了什么"))
    return _act(request, row, services.reply, "reply_form", form)


@require_POST
@needs(*RAISERS, of=Followup)
def check(request: HttpRequest, row: Followup) -> HttpResponse:
    """Close it, or with `back` send it back."""
    back = "back" in request.POST
    form = TextForm(request.POST, label=_("核实情况"), required=back)
    return _act(request, row, services.send_back if back else services.close, "check_form", form)
