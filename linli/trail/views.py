"""What the audit administrator reads: acts, looks at personal data, log-ins. Nobody writes here."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

from django import forms
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_safe

from linli.kernel.roles import AUDIT_ADMIN
from linli.scope.names import WithPaths
from linli.sheets.answers import excel
from linli.trail import queries
from linli.trail.forms import LinesFilter, LooksFilter, SignInsFilter
from linli.trail.words import FIELDS, act_name
from linli.web.access import needs
from linli.web.context import Link
from linli.web.registers import Column, Register
from linli.web.templatetags.words import say


def _who(row: Any) -> str:
    return row.by.name if row.by_id else _("（无账号）")


def _result(row: Any) -> tuple[Any, str]:
    return (gettext_lazy("已办"), "done") if row.done else (gettext_lazy("被拒"), "late")


def _said(row: Any) -> str:
    """The facts of a line in one sentence; the blanks in recorded reasons stay blank."""
    facts = dict(row.facts)
    reasons = facts.pop("reasons", ())
    parts = [re.sub(r"%\(\w+\)s", "…", say(reason)) for reason in reasons]
    parts += [f"{key}={value}" for key, value in facts.items()]
    return "；".join(parts)


AT = Column(code="at", label=gettext_lazy("时间"), kind="moment", sort="at")
BY = Column(code="by", label=gettext_lazy("谁"), value=_who)
USERNAME = Column(
    code="username",
    label=gettext_lazy("登录名"),
    value=lambda row: row.by.username if row.by_id else "",
    shown=False,
)
PATH = Column(code="path", label=gettext_lazy("地点"), value="path")
SUBJECT = Column(code="subject", label=gettext_lazy("对象"))
LINE_COLUMNS = (
    AT,
    BY,
    USERNAME,
    Column(
        code="act", label=gettext_lazy("做了什么"), value=lambda row: act_name(row.act), sort="act"
    ),
    PATH,
    SUBJECT,
    Column(code="done", label=gettext_lazy("结果"), kind="state", value=_result),
    Column(code="facts", label=gettext_lazy("说明"), value=_said),
)
SIGN_IN_COLUMNS = (
    AT,
    BY,
    USERNAME,
    Column(code="act", label=gettext_lazy("做了什么"), value=lambda row: act_name(row.act)),
    Column(code="done", label=gettext_lazy("结果"), kind="state", value=_result),
    Column(code="facts", label=gettext_lazy("说明"), value=_said),
)
LOOK_COLUMNS = (
    AT,
    BY,
    USERNAME,
    Column(
        code="field",
        label=gettext_lazy("看了什么"),
        value=lambda row: FIELDS.get(row.field, row.field),
    ),
    SUBJECT,
    Column(code="purpose", label=gettext_lazy("用途")),
    PATH,
)


def _chosen(request: HttpRequest, form: forms.Form) -> dict[str, Any]:
    """What the filters say; the last thirty days unless they say otherwise."""
    data = dict(form.cleaned_data) if form.is_valid() else {}
    today = timezone.localdate()
    until = data.get("until") or today
    data["until"], data["since"] = until, data.get("since") or until - queries.SPAN
    return data


def _tabs(current: str) -> list[Link]:
    pages = (
        ("trail:lines", gettext_lazy("操作")),
        ("trail:looks", gettext_lazy("查看个人信息")),
        ("trail:sign_ins", gettext_lazy("登录")),
    )
    return [Link(label, reverse(name), current=name == current) for name, label in pages]


def _page(
    request: HttpRequest,
    *,
    name: str,
    form: forms.Form,
    find: Callable[..., Any],
    columns: tuple[Column, ...],
    excel_name: str = "",
) -> HttpResponse:
    """One of the three lists, or its rows as Excel."""
    scope = request.access.scope(AUDIT_ADMIN)  # type: ignore[attr-defined]
    rows = WithPaths(find(scope, **_chosen(request, form)))
    if excel_name:
        return excel(excel_name, columns, rows)
    register = Register(
        request,
        rows=rows,
        columns=columns,
        filters=form,
        tabs=_tabs(name),
        excel_out_url=reverse(f"{name}_excel"),
        empty_title=gettext_lazy("这段时间没有记录"),
        empty_text=gettext_lazy("不填日期时只列最近三十天。"),
    )
    return render(request, register.template("trail/lines.html"), {"register": register})


@require_safe
@needs(AUDIT_ADMIN)
def lines(request: HttpRequest, *, excel_name: str = "") -> HttpResponse:
    """Who did which act on what, where and when; refused ones, too."""
    return _page(
        request,
        name="trail:lines",
        form=LinesFilter(request.GET),
        find=queries.lines,
        columns=LINE_COLUMNS,
        excel_name=excel_name,
    )


@require_safe
@needs(AUDIT_ADMIN)
def lines_excel(request: HttpRequest) -> HttpResponse:
    return lines(request, excel_name=_("操作留痕"))


@require_safe
@needs(AUDIT_ADMIN)
def looks(request: HttpRequest, *, excel_name: str = "") -> HttpResponse:
    """Who opened personal data, and what for."""
    return _page(
        request,
        name="trail:looks",
        form=LooksFilter(request.GET),
        find=queries.looks,
        columns=LOOK_COLUMNS,
        excel_name=excel_name,
    )


@require_safe
@needs(AUDIT_ADMIN)
def looks_excel(request: HttpRequest) -> HttpResponse:
    return looks(request, excel_name=_("查看个人信息记录"))


@require_safe
@needs(AUDIT_ADMIN)
def sign_ins(request: HttpRequest, *, excel_name: str = "") -> HttpResponse:
    """Log-ins, failed ones among them, and how sessions ended."""
    return _page(
        request,
        name="trail:sign_ins",
        form=SignInsFilter(request.GET),
        find=queries.sign_ins,
        columns=SIGN_IN_COLUMNS,
        excel_name=excel_name,
    )


@require_safe
@needs(AUDIT_ADMIN)
def sign_ins_excel(request: HttpRequest) -> HttpResponse:
    return sign_ins(request, excel_name=_("登录记录"))
