"""How plans are shown: words, badges, clocks, masked names, the page of one."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from typing import Any

from django.db.models import QuerySet
from django.urls import reverse
from django.utils.translation import gettext_lazy

from linli.cases import queries as cases
from linli.kernel.calendar import WORK, Calendar
from linli.kernel.identity import looks_like_a_person, mask_name, mask_phone
from linli.kernel.roles import ROLES
from linli.places import queries as places
from linli.remedy import dealings, letters, queries, rules, timeline
from linli.remedy.flow import PLAN
from linli.remedy.models import Plan, Round
from linli.sources import lead_kinds, number, room_kinds
from linli.sources.remedies import clauses, measures, violations, violators
from linli.trail.acts import label
from linli.web.registers import Column

BADGES = {
    rules.DRAFT: "draft",
    rules.APPROVE: "wait",
    rules.CARRY: "open",
    rules.RECHECK: "wait",
    rules.CLOSE: "wait",
    rules.CLOSED: "done",
    rules.DROPPED: "void",
}
OUTCOMES = {rules.OPEN: "open", rules.DONE: "done", rules.DROPPED: "void"}
KEPT = {rules.OPEN: "open", rules.KEPT: "done", rules.BROKEN: "late"}
GRANTED = {rules.OPEN: "wait", rules.GRANTED: "done", rules.REFUSED: "void"}


def state_of(plan: Plan) -> tuple[Any, str]:
    """(word, kind of badge)."""
    return rules.STATES[plan.state], BADGES[plan.state]


def urgency_of(plan: Plan) -> tuple[Any, str]:
    """Only what comes first is marked; vermilion stays for what is overdue."""
    return rules.URGENCY[plan.urgency], {1: "open", 2: "wait", 3: "draft"}[plan.urgency]


def masked(name: str, *, person: bool) -> str:
    return mask_name(name) if person and name else name


def party_of(plan: Plan) -> str:
    """Who is behind it by name, a person masked."""
    return masked(plan.party, person=plan.person)


def phone_of(phone: str, *, whole: bool) -> str:
    return phone if whole or not phone else mask_phone(phone)


def left_of(due: date | None, today: date, calendar: Calendar) -> int | None:
    """Working days left."""
    return calendar.left(today, due, WORK) if due else None


class Rows:
    """Plans for a register: those of the page that is shown get names and clocks."""

    def __init__(self, rows: QuerySet[Any], today: date, calendar: Calendar) -> None:
        self.rows, self.today, self.calendar = rows, today, calendar

    def count(self) -> int:
        return self.rows.count()

    __len__ = count

    def order_by(self, *names: str) -> Rows:
        return Rows(self.rows.order_by(*names), self.today, self.calendar)

    def __getitem__(self, some: slice) -> list[Any]:
        return dressed(self.rows[some], self.today, self.calendar)


def dressed(rows: Iterable[Any], today: date, calendar: Calendar) -> list[Any]:
    """Plans, rounds or leads with `estate_name`, `around` and `left`, in two queries for all."""
    found = list(rows)
    ways = places.paths({row.place[:15] for row in found})
    for row in found:
        steps = ways.get(row.place[:15], ())
        row.estate_name = steps[-1].name if steps else row.place
        row.around = places.SEPARATOR.join(
            step.name for step in steps if step.level in ("street", "community")
        )
        plan = row.plan if isinstance(row, Round) else row
        due = getattr(plan, "due_on", None)
        row.left = left_of(due, today, calendar)
    return found


def _plan_url(plan: Plan) -> str:
    return reverse("remedy:plan", args=[plan.pk])


COLUMNS = (
    Column(
        code="room",
        label=gettext_lazy("用房名称"),
        value="room.name",
        href=_plan_url,
        sort="room__name",
    ),
    Column(code="code", label=gettext_lazy("方案编号"), sort="code"),
    Column(
        code="urgency",
        label=gettext_lazy("优先级"),
        kind="state",
        value=urgency_of,
        sort="urgency",
    ),
    Column(code="estate", label=gettext_lazy("小区"), value="estate_name", sort="place"),
    Column(
        code="violation",
        label=gettext_lazy("问题类型"),
        value=lambda plan: violations()[plan.violation].name,
        sort="violation",
    ),
    Column(
        code="violator",
        label=gettext_lazy("责任主体"),
        value=lambda plan: violators()[plan.violator],
        sort="violator",
    ),
    Column(code="party", label=gettext_lazy("责任单位或个人名称"), value=party_of, shown=False),
    Column(code="state", label=gettext_lazy("状态"), kind="state", value=state_of, sort="state"),
    Column(code="left", label=gettext_lazy("期限"), kind="deadline", value="left", sort="due_on"),
    Column(code="due_on", label=gettext_lazy("到期日"), kind="day", sort="due_on", shown=False),
    Column(code="room_code", label=gettext_lazy("用房编码"), value="room.code", shown=False),
    Column(
        code="kind",
        label=gettext_lazy("用房类别"),
        value=lambda plan: room_kinds()[plan.room.kind].name,
        shown=False,
    ),
    Column(code="around", label=gettext_lazy("街道、社区"), value="around", shown=False),
    Column(
        code="opened_at",
        label=gettext_lazy("拟订时间"),
        kind="moment",
        sort="opened_at",
        shown=False,
    ),
    Column(
        code="over_at", label=gettext_lazy("销号时间"), kind="moment", sort="over_at", shown=False
    ),
)

ROUNDS = (
    Column(
        code="room",
        label=gettext_lazy("用房名称"),
        value="plan.room.name",
        href=lambda row: reverse("remedy:plan", args=[row.plan_id]) + "#followups",
    ),
    Column(code="code", label=gettext_lazy("方案编号"), value="plan.code"),
    Column(code="estate", label=gettext_lazy("小区"), value="estate_name"),
    Column(
        code="level",
        label=gettext_lazy("督办"),
        kind="state",
        value=lambda row: (
            dealings.LEVELS[row.level],
            "late" if row.level == dealings.BY_DISTRICT else "open",
        ),
    ),
    Column(code="number", label=gettext_lazy("轮次"), kind="number", sort="number"),
    Column(code="left", label=gettext_lazy("逾期"), kind="deadline", value="left"),
    Column(code="due_on", label=gettext_lazy("本轮到期日"), kind="day", sort="due_on"),
    Column(
        code="answered",
        label=gettext_lazy("回复"),
        kind="state",
        value=lambda row: (
            (gettext_lazy("已回复"), "done")
            if row.answered_at
            else (gettext_lazy("待回复"), "wait")
        ),
    ),
    Column(code="around", label=gettext_lazy("街道、社区"), value="around", shown=False),
)


LEADS = (
    Column(
        code="room",
        label=gettext_lazy("用房名称"),
        value="room.name",
        href=lambda lead: reverse("premises:room", args=[lead.room_id]),
        sort="room__name",
    ),
    Column(
        code="number",
        label=gettext_lazy("线索编号"),
        href=lambda lead: reverse("leads:lead", args=[lead.pk]),
        sort="number",
    ),
    Column(code="estate", label=gettext_lazy("小区"), value="estate_name", sort="place"),
    Column(
        code="kind",
        label=gettext_lazy("问题类型"),
        value=lambda lead: lead_kinds()[lead.kind_now].name,
    ),
    Column(code="settled_on", label=gettext_lazy("认定日期"), kind="day", sort="settled_on"),
    Column(
        code="draft",
        label=gettext_lazy("方案"),
        value=lambda lead: gettext_lazy("拟订方案"),
        href=lambda lead: f"{reverse('remedy:new')}?room={lead.room_id}",
    ),
    Column(code="around", label=gettext_lazy("街道、社区"), value="around", shown=False),
)


def default_days(code: str, today: date, place: str) -> int:
    """The working days a measure usually has."""
    return number(measures()[code].days, on=today, place=place)


# --- the page of a plan -------------------------------------------------------------------------


def agencies(visit: Any) -> list[tuple[Any, str]]:
    """Who came to a visit: (agency, people)."""
    return [
        (ROLES[row.agency].name if row.agency in ROLES else row.agency, row.people)
        for row in visit.attendances.all()
    ]


def page(plan: Plan, *, case: Any, today: date, whole: bool) -> dict[str, Any]:
    """What the page of a plan shows of its measures and of all that happened on the way.

    `whole`: the reader sees telephones in full.
    """
    calendar = places.calendar()
    tasks, dealt, leads = queries.tasks(plan), queries.dealings_of(plan), queries.leads_of(plan)
    papers = queries.papers(plan)
    works = [work for task in tasks for work in task.works.all()]
    terms = [clause for made in dealt.agreements for clause in made.clauses.all()]
    for row in (*works, *dealt.visits, *dealt.talks, *dealt.agreements, *terms):
        row.shown_papers = papers.get(label(row), [])
    for letter in dealt.letters:
        letter.shown_to = masked(letter.to, person=letter.person and looks_like_a_person(letter.to))
    return {
        "left": left_of(plan.due_on, today, calendar),
        "tasks": [_task(task, plan.room.kind, today, calendar, whole=whole) for task in tasks],
        "extended": sum(
            row.state == rules.GRANTED for task in tasks for row in task.extensions.all()
        ),
        "recontract": any(
            task.code == "recontract" and task.state != rules.DROPPED for task in tasks
        ),
        "dealt": dealt,
        "leads": leads,
        "visits": [(row, agencies(row)) for row in dealt.visits],
        "talks": [_talk(row, today) for row in dealt.talks],
        "agreements": [
            (row, [_clause(one, today, calendar) for one in row.clauses.all()])
            for row in dealt.agreements
        ],
        "letters": [_letter(row, plan, today, calendar) for row in dealt.letters],
        "rounds": [
            (row, dealings.LEVELS[row.level], calendar.gaps(row.issued_on, row.due_on))
            for row in dealt.rounds
        ],
        "rechecks": [
            one for about, some in papers.items() if about.startswith("cases.") for one in some
        ],
        "events": timeline.events(
            plan,
            tasks=tasks,
            dealt=dealt,
            stamps=cases.stamps(case),
            steps={step.code: step.name for step in PLAN.steps},
            leads=leads,
        ),
    }


def _task(task: Any, kind: str, today: date, calendar: Calendar, *, whole: bool) -> dict[str, Any]:
    rows, measure = task.extensions.all(), measures()[task.code]
    return {
        "row": task,
        "measure": measure,
        "cites": measure.grounds(kind),
        "phone": phone_of(task.phone, whole=whole),
        "state": (rules.MEASURES[task.state], OUTCOMES[task.state]),
        "left": left_of(task.due_on, today, calendar) if task.state == rules.OPEN else None,
        "extensions": [(row, rules.EXTENSIONS[row.state], GRANTED[row.state]) for row in rows],
        "granted": sum(row.state == rules.GRANTED for row in rows),
    }


def _talk(row: Any, today: date) -> tuple[Any, ...]:
    """(talk, with whom, word, kind of badge, whether the promise's day has come)."""
    whom = masked(row.whom, person=row.person)
    due = row.state == rules.OPEN and row.promised_on <= today
    return row, whom, rules.PROMISES[row.state], KEPT[row.state], due


def _clause(row: Any, today: date, calendar: Calendar) -> tuple[Any, ...]:
    """(clause, name, word, kind of badge, working days left while it is open)."""
    left = left_of(row.due_on, today, calendar) if row.state == rules.OPEN else None
    return row, clauses()[row.code], rules.CLAUSES[row.state], KEPT[row.state], left


def _letter(row: Any, plan: Plan, today: date, calendar: Calendar) -> tuple[Any, ...]:
    """(letter, kind, working days left to reply)."""
    waits = row.answered_on is None and not plan.is_over
    return (
        row,
        letters.KINDS[row.kind],
        left_of(row.reply_by_on, today, calendar) if waits else None,
    )
