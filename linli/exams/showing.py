"""How exams are shown: stages, steps, columns."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from linli.exams import queries, rules
from linli.exams.models import Candidate, Exam, Interview
from linli.exams.queries import Standing
from linli.exams.ranking import OUTCOMES, TIES, WHYS
from linli.web.registers import Column

STAGES: Mapping[str, tuple[Any, str]] = {
    "open": (_("待抽签排座"), "open"),
    "drawn": (_("待考试、录入"), "open"),
    "compare": (_("待复核、锁定"), "open"),
    "scored": (_("笔试成绩已锁定"), "done"),
    "panel": (_("待抽签定面试次序"), "open"),
    "interviewing": (_("面试中"), "open"),
    "ranked": (_("已排名"), "done"),
}
STEPS = (
    ("open", _("考生、考场")),
    ("drawn", _("签到、两次录入")),
    ("compare", _("复核、锁定")),
    ("scored", _("组织面试、定序")),
    ("interviewing", _("评分、锁定")),
    ("ranked", _("排名")),
)
TURNS: Mapping[str, Any] = {
    "open": _("下一步：设置考场、指定考务人员，然后抽签排座。由社会工作部门或者组织部门办理。"),
    "drawn": _("下一步：考试当天逐考场签到；之后两名录入人各自录入、交卷。"),
    "compare": _("下一步：复核人查看不一致的原卷；之后由没有录入过的人锁定成绩。"),
    "scored": _("下一步：确定面试日期和评委。"),
    "panel": _("下一步：抽签排定面试次序。"),
    "interviewing": _("下一步：计分人逐人登记评分；之后由没有计分的人锁定。"),
    "ranked": _("排名已定，成绩册可以导出复算。"),
}


def steps(stage: str) -> list[dict[str, Any]]:
    """The stepper of an exam."""
    codes = [code for code, _name in STEPS]
    at = codes.index("scored" if stage == "panel" else stage)
    done = len(codes) if stage == codes[-1] else at
    return [
        {"name": name, "state": "done" if n < done else "open" if n == at else "wait"}
        for n, (_code, name) in enumerate(STEPS)
    ]


REGISTER = (
    Column(
        code="title",
        label=_("考试名称"),
        href=lambda exam: reverse("exams:exam", args=[exam.pk]),
    ),
    Column(code="number", label=_("编号")),
    Column(code="held_on", label=_("笔试日期"), kind="day"),
    Column(code="people", label=_("考生"), kind="number"),
    Column(code="stage", label=_("状态"), kind="state", value=lambda exam: stage_of(exam)),
)


def stage_of(exam: Exam) -> tuple[Any, str]:
    """(word, kind of badge) of an exam."""
    return STAGES[queries.stage(exam, interview_of(exam))]


def interview_of(exam: Exam) -> Interview | None:
    try:
        return exam.interview
    except Interview.DoesNotExist:
        return None


@dataclass(frozen=True, slots=True)
class Row:
    """A candidate of the register, with the standing there is so far."""

    candidate: Candidate
    standing: Standing | None

    @property
    def pk(self) -> int:
        return self.candidate.pk

    def score(self, name: str) -> str:
        return rules.plain(getattr(self.standing, name)) if self.standing else ""

    @property
    def outcome(self) -> tuple[Any, str] | None:
        if self.standing is None:
            return None
        kinds = {rules.IN: "done", rules.TIED: "open", rules.OUT: "void"}
        return OUTCOMES[self.standing.outcome], kinds[self.standing.outcome]

    @property
    def why(self) -> Any:
        return WHYS[self.standing.why] if self.standing else ""

    @property
    def sign_in(self) -> Any:
        return rules.STATES.get(self.candidate.state or "", "")  # type: ignore[attr-defined]


COLUMNS = (
    Column(code="name", label=_("姓名"), value=lambda row: row.candidate.name),
    Column(code="ticket", label=_("准考证号"), value=lambda row: row.candidate.ticket),
    Column(code="post", label=_("岗位"), value=lambda row: row.candidate.post.name),
    Column(
        code="seat",
        label=_("考场座位"),
        value=lambda row: (
            f"{row.candidate.room.number}-{row.candidate.seat}" if row.candidate.room_id else ""
        ),
    ),
    Column(code="sign_in", label=_("签到"), value="sign_in"),
    Column(code="written", label=_("笔试"), kind="number", value=lambda row: row.score("written")),
    Column(
        code="interview", label=_("面试"), kind="number", value=lambda row: row.score("interview")
    ),
    Column(code="score", label=_("总成绩"), kind="number", value=lambda row: row.score("score")),
    Column(
        code="rank",
        label=_("名次"),
        kind="number",
        value=lambda row: row.standing.rank or None if row.standing else None,
    ),
    Column(code="outcome", label=_("结果"), kind="state", value="outcome"),
    Column(code="why", label=_("原因"), value="why"),
    Column(
        code="tie",
        label=_("并列比较"),
        value=lambda row: TIES.get(row.standing.tie, "") if row.standing else "",
        shown=False,
    ),
)


def rows(exam: Exam, *, text: str = "", post: str = "", outcome: str = "") -> list[Row]:
    """The candidates of an exam by rank within their posts, once there is a ranking."""
    found = queries.standing(exam) or queries.invited(exam)
    places = {one.candidate.pk: at for at, one in enumerate(found)}
    told = {one.candidate.pk: one for one in found}
    wanted = text.strip().upper()
    some = [
        Row(row, told.get(row.pk))
        for row in queries.listed(exam, post=post)
        if (not wanted or wanted in row.name or wanted in row.ticket)
        and (not outcome or (row.pk in told and told[row.pk].outcome == outcome))
    ]
    some.sort(key=lambda row: (places.get(row.pk, 0), row.candidate.ticket, row.pk))
    return some
