"""How announcements and applications are shown: words, badges, columns."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from typing import Any

from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy

from linli.exams import queries as exams
from linli.recruitment import rules
from linli.recruitment.models import Announcement, Application
from linli.sources import words
from linli.web.registers import Column


def word(of: str, code: str) -> Any:
    """What a code of a list of sources/corps.toml is called."""
    found = words(of).get(code)
    return found.name if found else code


def state_of(row: Announcement, today: date) -> tuple[Any, str]:
    """(word, kind of badge) of an announcement."""
    if row.cancelled_at:
        return gettext_lazy("已取消"), "void"
    if not row.published_at:
        return gettext_lazy("草稿"), "draft"
    if today < row.opens_on:
        return gettext_lazy("待报名"), "wait"
    if today <= row.closes_on:
        return gettext_lazy("正在报名"), "open"
    turn = getattr(row, "turn_step", None)
    if turn:
        return _STEPS.get(turn, turn), "open"
    return gettext_lazy("已办结"), "done"


_STEPS: dict[str, Any] = {**rules.STAGES, "vetting": gettext_lazy("送联审")}


def standing_of(row: Application) -> tuple[Any, str]:
    """(word, kind of badge) of an application."""
    said = rules.standing(ruling=row.ruling, stage=row.stage, state=row.state)
    kinds = {
        rules.OPEN: "open",
        rules.STANDBY: "wait",
        rules.APPOINTED: "done",
        rules.OUT: "void",
        rules.WITHDRAWN: "void",
    }
    return said, kinds[row.state]


def groups_of(row: Application) -> tuple[str, ...]:
    return tuple(rules.GROUPS[code] for code in row.groups)


def tie_of(row: Application) -> Any:
    return exams.TIES.get(row.tie_by, "")


ANNOUNCEMENTS = (
    Column(
        code="title",
        label=gettext_lazy("公告标题"),
        href=lambda row: reverse("recruitment:announcement", args=[row.pk]),
    ),
    Column(code="number", label=gettext_lazy("编号"), sort="number"),
    Column(code="wanted", label=gettext_lazy("招聘人数"), kind="number"),
    Column(code="people", label=gettext_lazy("报名"), kind="number"),
    Column(code="appointed", label=gettext_lazy("已聘用"), kind="number"),
    Column(code="opens_on", label=gettext_lazy("报名开始"), kind="day", sort="opens_on"),
    Column(code="closes_on", label=gettext_lazy("报名截止"), kind="day", sort="closes_on"),
    Column(
        code="state",
        label=gettext_lazy("状态"),
        kind="state",
        value=lambda row: state_of(row, timezone.localdate()),
    ),
)

APPLICATIONS = (
    Column(
        code="name",
        label=gettext_lazy("姓名"),
        href=lambda row: reverse("recruitment:application", args=[row.pk]),
    ),
    Column(code="number", label=gettext_lazy("编号"), sort="number"),
    Column(code="post", label=gettext_lazy("岗位"), value="post.code", sort="post__code"),
    Column(
        code="age",
        label=gettext_lazy("年龄"),
        kind="number",
        value=lambda row: row.age_then,
    ),
    Column(
        code="schooling",
        label=gettext_lazy("学历"),
        value=lambda row: word("schooling", row.schooling),
    ),
    Column(
        code="politics",
        label=gettext_lazy("政治面貌"),
        value=lambda row: word("politics", row.politics),
        shown=False,
    ),
    Column(code="groups", label=gettext_lazy("身份"), value=groups_of),
    Column(
        code="written",
        label=gettext_lazy("笔试"),
        kind="number",
        value=lambda row: rules.points(row.written_score),
        sort="written_score",
    ),
    Column(
        code="interview",
        label=gettext_lazy("面试"),
        kind="number",
        value=lambda row: rules.points(row.interview_score),
        sort="interview_score",
        shown=False,
    ),
    Column(
        code="total",
        label=gettext_lazy("总成绩"),
        kind="number",
        value=lambda row: rules.points(row.total_score),
        sort="total_score",
    ),
    Column(code="rank", label=gettext_lazy("名次"), kind="number", sort="rank"),
    Column(code="state", label=gettext_lazy("状态"), kind="state", value=standing_of),
    Column(
        code="at",
        label=gettext_lazy("报名时间"),
        kind="moment",
        value="at",
        sort="at",
        shown=False,
    ),
)


SCORES = frozenset({"written", "total", "rank"})


def columns(*, scored: bool) -> tuple[Column, ...]:
    """The columns of applications; those of scores stand aside until there are any."""
    return tuple(
        replace(one, shown=False) if one.code in SCORES and not scored else one
        for one in APPLICATIONS
    )
