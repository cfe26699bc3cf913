"""How vettings are shown: words, badges, columns, rows."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy

from linli.kernel.calendar import WORK, Calendar
from linli.kernel.identity import mask_id_number
from linli.places import queries as places
from linli.vetting import desks, rules
from linli.vetting.models import Result, Round, Task
from linli.vetting.queries import Asked, Said, Vetted
from linli.web.registers import Column
from linli.web.templatetags.words import say

ROUND_STATES = {
    desks.DRAFT: (gettext_lazy("拟定名单"), "draft"),
    desks.OPEN: (gettext_lazy("部门答复中"), "open"),
    desks.LATE: (gettext_lazy("有部门逾期"), "late"),
    desks.CLOSED: (gettext_lazy("已办结"), "done"),
}
OUTCOME_BADGES = {
    rules.PASSED: "done",
    rules.FAILED: "draft",
    rules.UNVERIFIED: "wait",
    rules.SUSPENDED: "wait",
}
OPEN, BACK, WAIT, DONE = "open", "back", "wait", "done"
ASKED_STATES = {
    OPEN: (gettext_lazy("未答复"), "open"),
    BACK: (gettext_lazy("退回核实"), "open"),
    WAIT: (gettext_lazy("待签署"), "wait"),
    DONE: (gettext_lazy("已签署"), "done"),
}
SHORT = {
    "discipline": gettext_lazy("纪检"),
    "organisation": gettext_lazy("组织"),
    "social": gettext_lazy("社工"),
    "political_legal": gettext_lazy("政法"),
    "petitions": gettext_lazy("信访"),
    "court": gettext_lazy("法院"),
    "procuratorate": gettext_lazy("检察"),
    "police": gettext_lazy("公安"),
    "justice": gettext_lazy("司法"),
    "housing": gettext_lazy("住建"),
    "resources": gettext_lazy("自然资源"),
    "civil": gettext_lazy("民政"),
    "finance": gettext_lazy("财政"),
    "tax": gettext_lazy("税务"),
    "enforcement": gettext_lazy("执法"),
}
"""Departments in a narrow column."""
SAID_BADGES = {
    rules.CLEAR: "done",
    rules.CANNOT: "draft",
    rules.UNFIT: "draft",
    rules.VERIFY: "wait",
}


def short(role: str) -> Any:
    return SHORT.get(role, rules.role_name(role))


def round_state(held: Round, today: date) -> tuple[Any, str]:
    """(word, kind of badge). `held`: of desks.register, or asks for the late lists."""
    late = getattr(held, "is_late", None)
    if late is None:
        late = desks.late_tasks(today).filter(round=held).exists()
    return ROUND_STATES[desks.state_of(held, late=late)]


def round_columns(calendar: Calendar, today: date) -> tuple[Column, ...]:
    return (
        Column(
            code="number",
            label=gettext_lazy("编号"),
            href=lambda row: reverse("vetting:round", args=[row.pk]),
            sort="number",
        ),
        Column(code="title", label=gettext_lazy("名称")),
        Column(
            code="purpose", label=gettext_lazy("事由"), value=lambda r: rules.PURPOSES[r.purpose]
        ),
        Column(code="people", label=gettext_lazy("人数"), kind="number"),
        Column(code="lists", label=gettext_lazy("部门"), kind="number"),
        Column(code="settled", label=gettext_lazy("已出结果"), kind="number"),
        Column(
            code="left",
            label=gettext_lazy("答复期限"),
            kind="deadline",
            value=lambda row: None if row.closed_at else calendar.left(today, row.due_on, WORK),
        ),
        Column(code="due_on", label=gettext_lazy("期限日期"), kind="day", sort="due_on"),
        Column(
            code="state",
            label=gettext_lazy("状态"),
            kind="state",
            value=lambda row: round_state(row, today),
        ),
    )


# --- a department's lists ---------------------------------------------------------------------


def list_state(task: Task, today: date) -> tuple[Any, str]:
    """(word, kind of badge) of a department's list."""
    if task.asked == task.signed:  # type: ignore[attr-defined]
        return gettext_lazy("已签署"), "done"
    if task.round.closed_at is not None:
        return gettext_lazy("已办结"), "done"
    if today > task.due_on:
        return gettext_lazy("已逾期"), "late"
    if task.asked == task.answered:  # type: ignore[attr-defined]
        return gettext_lazy("待签署"), "wait"
    return gettext_lazy("待答复"), "open"


def list_columns(calendar: Calendar, today: date) -> tuple[Column, ...]:
    return (
        Column(
            code="title",
            label=gettext_lazy("联审"),
            value=lambda task: f"{task.round.number} {task.round.title}",
            href=lambda task: reverse("vetting:list", args=[task.pk]),
        ),
        Column(
            code="role", label=gettext_lazy("部门"), value=lambda task: rules.role_name(task.role)
        ),
        Column(code="asked", label=gettext_lazy("人数"), kind="number"),
        Column(code="answered", label=gettext_lazy("已答复"), kind="number"),
        Column(code="signed", label=gettext_lazy("已签署"), kind="number"),
        Column(code="head", label=gettext_lazy("负责人"), value="head.name"),
        Column(
            code="left",
            label=gettext_lazy("答复期限"),
            kind="deadline",
            value=lambda task: (
                None
                if task.round.closed_at or task.asked == task.signed
                else calendar.left(today, task.due_on, WORK)
            ),
        ),
        Column(
            code="state",
            label=gettext_lazy("状态"),
            kind="state",
            value=lambda task: list_state(task, today),
        ),
    )


@dataclass(frozen=True, slots=True)
class AskedRow:
    """A person on a department's own list."""

    pk: int
    position: int
    name: str
    id_number: str
    where: str
    state: str
    conclusion: Any
    href: str

    @property
    def badge(self) -> tuple[Any, str]:
        return ASKED_STATES[self.state]


def asked_state(one: Asked) -> str:
    last = one.answers[-1] if one.answers else None
    if not one.open or one.settled:
        return DONE
    if last is not None and not hasattr(last, "signed"):
        return WAIT
    return BACK if one.back else OPEN


def asked_rows(
    task: Task, some: Iterable[Asked], numbers: Mapping[int, Any] | None = None
) -> list[AskedRow]:
    """Rows of a department's list; `numbers`: those that were opened, the others masked."""
    found = list(some)
    where = places.names({one.subject.place for one in found})
    rows = []
    for one in found:
        state, subject = asked_state(one), one.subject
        said = one.answers[-1].conclusion if one.answers and state in (WAIT, DONE) else ""
        rows.append(
            AskedRow(
                pk=subject.pk,
                position=subject.position,
                name=subject.name,
                id_number=(numbers or {}).get(subject.pk) or mask_id_number(subject.id_number),
                where=where.get(subject.place, subject.place),
                state=state,
                conclusion=rules.CONCLUSIONS.get(said, ""),
                href=reverse("vetting:say", args=[task.pk, subject.pk]),
            )
        )
    return rows


ASKED_COLUMNS = (
    Column(code="name", label=gettext_lazy("姓名"), href=lambda row: row.href),
    Column(code="position", label=gettext_lazy("序号"), kind="number"),
    Column(code="id_number", label=gettext_lazy("身份证号")),
    Column(code="where", label=gettext_lazy("社区")),
    Column(code="state", label=gettext_lazy("状态"), kind="state", value="badge"),
    Column(code="conclusion", label=gettext_lazy("本部门答复")),
)
NUMBER_COLUMNS = (
    Column(code="position", label=gettext_lazy("序号"), kind="number"),
    Column(code="name", label=gettext_lazy("姓名")),
    Column(code="id_number", label=gettext_lazy("身份证号")),
    Column(code="where", label=gettext_lazy("社区")),
)
"""What a department takes along to look people up."""


# --- the office -------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class PersonRow:
    """A person of a round as the office sees them: what each department says, no reasons."""

    pk: int
    position: int
    name: str
    where: str
    said: Mapping[str, Said]
    outcome: str
    result: Result | None

    @property
    def signed(self) -> str:
        """So many departments of so many whose answer counts."""
        return f"{sum(said.counts for said in self.said.values())}/{len(self.said)}"

    @property
    def told(self) -> tuple[str, ...]:
        """Departments that said something, and what."""
        return tuple(
            f"{say(short(said.role))} {say(said_state(said)[0])}"
            for said in self.said.values()
            if said.asked_back or said.conclusion not in ("", rules.CLEAR)
        )

    @property
    def silent(self) -> tuple[Any, ...]:
        """Departments that have signed nothing yet."""
        return tuple(short(said.role) for said in self.said.values() if not said.conclusion)

    @property
    def state(self) -> tuple[Any, str]:
        if self.result is not None:
            return rules.OUTCOMES[self.result.outcome], OUTCOME_BADGES[self.result.outcome]
        if self.outcome:
            return PENDING[self.outcome], OUTCOME_BADGES[self.outcome]
        return gettext_lazy("等部门答复"), "open"


PENDING = {
    rules.PASSED: gettext_lazy("可确认通过"),
    rules.FAILED: gettext_lazy("应确认不通过"),
    rules.UNVERIFIED: gettext_lazy("有需核实"),
}
"""What follows from the answers and waits for the office."""


def said_state(said: Said) -> tuple[Any, str]:
    """(word, kind of badge) of what a department says."""
    if said.asked_back:
        return gettext_lazy("退回核实中"), "wait"
    if not said.conclusion:
        return gettext_lazy("未签署"), "open"
    return rules.CONCLUSIONS[said.conclusion], SAID_BADGES[said.conclusion]


def person_rows(some: Iterable[Vetted]) -> list[PersonRow]:
    found = list(some)
    where = places.names({one.subject.place for one in found})
    return [
        PersonRow(
            one.subject.pk,
            one.subject.position,
            one.subject.name,
            where.get(one.subject.place, one.subject.place),
            {said.role: said for said in one.said},
            one.outcome,
            one.result,
        )
        for one in found
    ]


def person_columns() -> tuple[Column, ...]:
    """For the office. What is nothing out of the ordinary is a figure, what is stands by name."""
    return (
        Column(
            code="name",
            label=gettext_lazy("姓名"),
            href=lambda row: reverse("vetting:person", args=[row.pk]),
        ),
        Column(code="where", label=gettext_lazy("社区")),
        Column(code="signed", label=gettext_lazy("已签部门"), value="signed"),
        Column(code="told", label=gettext_lazy("有情形、需核实的"), value="told"),
        Column(code="silent", label=gettext_lazy("还没有签的"), value="silent"),
        Column(code="state", label=gettext_lazy("结果"), kind="state"),
    )


# --- results ----------------------------------------------------------------------------------


def result_columns(*, office: bool) -> tuple[Column, ...]:
    """`office`: the name leads to the answers, which the office alone reads."""
    return (
        Column(
            code="name",
            label=gettext_lazy("姓名"),
            value="subject.name",
            href=(lambda row: reverse("vetting:person", args=[row.subject_id])) if office else None,
        ),
        Column(code="where", label=gettext_lazy("社区")),
        Column(
            code="number",
            label=gettext_lazy("联审"),
            value=lambda row: f"{row.subject.round.number} {row.subject.round.title}",
        ),
        Column(
            code="outcome",
            label=gettext_lazy("结论"),
            kind="state",
            value=lambda row: (rules.OUTCOMES[row.outcome], OUTCOME_BADGES[row.outcome]),
        ),
        Column(code="decided_on", label=gettext_lazy("确认日期"), kind="day", sort="decided_on"),
        Column(
            code="lasts",
            label=gettext_lazy("限制任职"),
            value=lambda row: rules.LASTS.get(row.lasts, ""),
        ),
        Column(
            code="leaving",
            label=gettext_lazy("离任"),
            value=lambda row: row.leaving,
            href=lambda row: reverse("vetting:leave", args=[row.pk]) if row.leaving else "",
        ),
    )


class Named:
    """Rows of a query for a register: those of the page shown get `where`, and what `more` adds."""

    def __init__(self, rows: Any, more: Any = None) -> None:
        self.rows, self.more = rows, more

    def count(self) -> int:
        return self.rows.count()

    __len__ = count

    def order_by(self, *names: str) -> Named:
        return Named(self.rows.order_by(*names), self.more)

    def __getitem__(self, some: slice) -> list[Any]:
        return self._named(self.rows[some])

    def __iter__(self) -> Any:
        return iter(self._named(self.rows))

    def _named(self, rows: Any) -> list[Any]:
        found = list(rows)
        names = places.names({row.place for row in found})
        for row in found:
            row.where = names.get(row.place, row.place)
        if self.more:
            self.more(found)
        return found


def day(at: Any) -> str:
    return f"{timezone.localtime(at):%Y-%m-%d %H:%M}" if at else ""
