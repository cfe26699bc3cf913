"""The verbs of plans: draft, measure, approve, carry out, extend, re-check, close out."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime
from typing import Any

from django.contrib.auth.base_user import AbstractBaseUser
from django.utils import timezone

from linli.cases import services as cases
from linli.kernel.flow import RETURNED
from linli.kernel.rulings import every, require
from linli.kernel.words import gettext_noop as _
from linli.places import queries as places
from linli.remedy import queries, rules
from linli.remedy.flow import APPROVE, CARRY, CLOSE, DRAFT, PLAN, RECHECK
from linli.remedy.models import Extension, Plan, PlanLead, Task, Work
from linli.remedy.rules import Cause
from linli.remedy.standing import keep_papers, settle, stamp
from linli.trail.acts import act

User = AbstractBaseUser | None


@act("remedy.draft")
def draft_plan(
    *, by: User, room: Any, cause: Cause, leads: Sequence[Any] = (), now: datetime
) -> Plan:
    """Begin the plan of a room, from its settled leads or for a reason of one's own."""
    queries.lock_county(room.county)
    before = queries.open_plan(room)
    every(
        [
            rules.may_draft(
                cause,
                leads=len(leads),
                open_code=before.code if before else "",
                ended=room.until_on is not None,
            ),
            _leads_fit(room, leads),
        ]
    ).enforce()
    plan = Plan.objects.create(
        county=room.county,
        code=queries.next_code(room.county),
        place=room.place,
        room=room,
        violation=cause.violation,
        violator=cause.violator,
        party=cause.party.strip(),
        person=cause.person,
        reason=cause.reason.strip(),
        urgency=rules.urgency_of(cause.violation),
        opened_by=by,
        opened_at=now,
    )
    PlanLead.objects.bulk_create([PlanLead(plan=plan, lead=lead) for lead in leads])
    cases.open_case(
        by=by, flow=PLAN, subject=plan, title=f"{plan.code} {room.name}", place=plan.place, now=now
    )
    settle(plan, by=by, now=now)
    return plan


def _leads_fit(room: Any, leads: Sequence[Any]) -> Any:
    taken = queries.leads_taken(leads)
    return every(
        require(
            lead.room_id == room.pk and lead.stands,
            _("线索%(number)s不是这处用房的，或没有认定属实"),
            "处置规则:1",
            number=lead.number,
        )
        & require(
            lead.pk not in taken,
            _("线索%(number)s已列入方案"),
            "处置规则:1",
            number=lead.number,
        )
        for lead in leads
    ).at("leads")


@act("remedy.join")
def join_leads(*, by: User, plan: Plan, leads: Sequence[Any], now: datetime) -> Plan:
    """More settled leads of the same room come under a plan that is not over."""
    plan = queries.locked(plan)
    every(
        [
            rules.running(plan.state),
            require(leads, _("请选择线索")).at("leads"),
            _leads_fit(plan.room, leads),
        ]
    ).enforce()
    PlanLead.objects.bulk_create([PlanLead(plan=plan, lead=lead) for lead in leads])
    return plan


# --- measures -----------------------------------------------------------------------------------


@act("remedy.add_measure")
def add_measure(*, by: User, plan: Plan, task: rules.Task, now: datetime) -> Task:
    """Put a measure into a plan. Its days run from the approval; if that is past, from today."""
    plan = queries.locked(plan)
    today = timezone.localdate(now)
    due, reaches = rules.deadline(
        places.calendar(), today, min(max(task.work_days, 0), rules.MOST_WORK_DAYS)
    )
    every(
        [
            rules.may_task(
                task,
                plan.cause,
                kind=plan.room.kind,
                state=plan.state,
                twice=plan.tasks.filter(code=task.code, state=rules.OPEN).exists(),
            ),
            reaches,
        ]
    ).enforce()
    made = _new_task(plan, task, due_on=due if plan.state == CARRY else None)
    settle(plan, by=by, now=now)
    return made


def _new_task(plan: Plan, task: rules.Task, *, due_on: date | None) -> Task:
    return Task.objects.create(
        plan=plan,
        place=plan.place,
        number=plan.tasks.count() + 1,
        code=task.code,
        text=task.text.strip(),
        role=task.role,
        unit=task.unit.strip(),
        contact=task.contact.strip(),
        phone=task.phone.strip(),
        work_days=task.work_days,
        due_on=due_on,
    )


@act("remedy.drop_measure")
def drop_measure(*, by: User, task: Task, note: str, now: datetime) -> Task:
    """A measure is not taken after all, for a reason; it stays readable."""
    plan, task = queries.locked_with(task)
    every(
        [
            require(plan.state in (DRAFT, CARRY), _("现在不能改方案里的措施"), "处置规则:2"),
            require(task.state == rules.OPEN, _("这项措施已不在办理")),
            rules.says_why(note),
        ]
    ).enforce()
    _end_task(task, by=by, text=note, outcome=rules.DROPPED, now=now)
    settle(plan, by=by, now=now)
    return task


def _end_task(task: Task, *, by: User, text: str, outcome: str, now: datetime) -> Work:
    task.extensions.filter(state=rules.OPEN).update(
        state=rules.REFUSED, decided_at=now, note="措施已不在办理"
    )
    task.state, task.ended_at, task.ended_by = outcome, now, by
    task.save(update_fields=["state", "ended_at", "ended_by"])
    return _told(task, by=by, text=text, outcome=outcome, now=now)


def _told(task: Task, *, by: User, text: str, outcome: str, now: datetime) -> Work:
    return Work.objects.create(
        task=task, place=task.place, text=text.strip(), outcome=outcome, by=by, at=now
    )


@act("remedy.work")
def tell_work(
    *, by: User, task: Task, text: str, papers: Sequence[Any] = (), now: datetime
) -> Work:
    """What was done on a measure today, with whatever shows it; the measure goes on."""
    plan, task = queries.locked_with(task)
    every(
        [
            rules.may_work(plan_state=plan.state, measure_state=task.state),
            require(text.strip(), _("请写明办了什么")).at("text"),
        ]
    ).enforce()
    work = _told(task, by=by, text=text, outcome=rules.OPEN, now=now)
    keep_papers(plan, work, papers, by=by, now=now)
    return work


@act("remedy.finish_measure")
def finish_measure(
    *, by: User, task: Task, text: str, papers: Sequence[Any] = (), now: datetime
) -> Work:
    """A measure is done: its result, and what proves it."""
    plan, task = queries.locked_with(task)
    every(
        [
            rules.may_work(plan_state=plan.state, measure_state=task.state),
            rules.may_finish(result=text, files=len(papers)),
        ]
    ).enforce()
    work = _end_task(task, by=by, text=text, outcome=rules.DONE, now=now)
    keep_papers(plan, work, papers, by=by, now=now)
    settle(plan, by=by, now=now)
    return work


@act("remedy.ask_extension")
def ask_extension(*, by: User, task: Task, new_on: date, reason: str, now: datetime) -> Extension:
    """Ask for more time for a measure; the clock runs on until somebody else grants it."""
    plan, task = queries.locked_with(task)
    today = timezone.localdate(now)
    rules.may_extend(
        places.calendar(),
        measure_state=task.state,
        plan_state=plan.state,
        old=task.due_on or today,
        new=new_on,
        today=today,
        reason=reason,
        asked=task.extensions.filter(state=rules.OPEN).exists(),
    ).enforce()
    return Extension.objects.create(
        task=task,
        place=task.place,
        old_on=task.due_on or today,
        new_on=new_on,
        reason=reason.strip(),
        asked_by=by,
        asked_at=now,
    )


@act("remedy.decide_extension")
def decide_extension(
    *, by: User, extension: Extension, granted: bool, note: str = "", now: datetime
) -> Extension:
    """Grant more time, or not. By somebody other than who asked."""
    plan, task = queries.locked_with(extension.task)
    row = Extension.objects.select_for_update().get(pk=extension.pk)
    rules.may_decide(
        state=row.state,
        same=queries.is_same(by, row.asked_by_id),
        granted=granted,
        note=note,
        new=row.new_on,
        today=timezone.localdate(now),
    ).enforce()
    row.state = rules.GRANTED if granted else rules.REFUSED
    row.decided_by, row.decided_at, row.note = by, now, note.strip()
    row.save(update_fields=["state", "decided_by", "decided_at", "note"])
    if granted:
        task.due_on = row.new_on
        task.save(update_fields=["due_on"])
        settle(plan, by=by, now=now)
    return row


# --- the flow -----------------------------------------------------------------------------------


@act("remedy.propose")
def propose(*, by: User, plan: Plan, note: str = "", now: datetime) -> Plan:
    """The plan is drafted; whoever approves is next."""
    plan = queries.locked(plan)
    rules.may_propose(tasks=plan.tasks.filter(state=rules.OPEN).count()).enforce()
    stamp(plan, DRAFT, by=by, note=note, now=now)
    return plan


@act("remedy.approve")
def approve(*, by: User, plan: Plan, note: str = "", now: datetime) -> Plan:
    """Approved by somebody else than who drafted it: from today the days of measures run."""
    plan = queries.locked(plan)
    calendar, today = places.calendar(), timezone.localdate(now)
    tasks = list(plan.tasks.filter(state=rules.OPEN)) if plan.state == APPROVE else []
    told = [rules.deadline(calendar, today, task.work_days) for task in tasks]
    every(ruling for _due, ruling in told).enforce()
    for task, (due, _ruling) in zip(tasks, told, strict=True):
        task.due_on = due
        task.save(update_fields=["due_on"])
    stamp(plan, APPROVE, by=by, note=note, now=now)
    return plan


@act("remedy.report")
def report(*, by: User, plan: Plan, note: str = "", now: datetime) -> Plan:
    """All measures are done: somebody else looks on the spot."""
    plan = queries.locked(plan)
    if plan.state == CARRY:
        tasks = list(plan.tasks.all())
        rules.may_report(
            unfinished=rules.names_of([t.code for t in tasks if t.state == rules.OPEN]),
            done=sum(task.state == rules.DONE for task in tasks),
            extending=Extension.objects.filter(task__plan=plan, state=rules.OPEN).count(),
        ).enforce()
    stamp(plan, CARRY, by=by, note=note, now=now)
    return plan


@act("remedy.recheck")
def recheck(*, by: User, plan: Plan, note: str, papers: Sequence[Any] = (), now: datetime) -> Plan:
    """Somebody who did not work on it looked and found it mended."""
    plan = queries.locked(plan)
    every(
        [
            require(note.strip(), _("请写明看到的情况")).at("note"),
            rules.another(worked=queries.worked(plan, by), closing=False),
        ]
    ).enforce()
    made = stamp(plan, RECHECK, by=by, note=note, now=now)
    keep_papers(plan, made, papers, by=by, now=now)
    return plan


@act("remedy.close")
def close(*, by: User, plan: Plan, note: str = "", now: datetime) -> Plan:
    """Closed out (销号), by somebody who neither did the work nor re-checked it."""
    plan = queries.locked(plan)
    every(
        [
            rules.another(worked=queries.worked(plan, by), closing=True),
            rules.may_close(
                promises=plan.talks.filter(state=rules.OPEN).count(),
                clauses_open=queries.clauses_open(plan),
            ),
        ]
    ).enforce()
    stamp(plan, CLOSE, by=by, note=note, now=now)
    return plan


@act("remedy.send_back")
def send_back(
    *,
    by: User,
    plan: Plan,
    note: str,
    redo: Sequence[Task] = (),
    work_days: int = 0,
    now: datetime,
) -> Plan:
    """The open step sends the plan back, with the reason.

    After the work was done, the measures of `redo` are to be taken once more within `work_days`.
    """
    plan = queries.locked(plan)
    step = plan.state
    every(
        [
            rules.says_why(note),
            require(
                step in (APPROVE, RECHECK, CLOSE),
                _("方案“%(state)s”，没有可以退回的"),
                state=rules.STATES[step],
            ),
        ]
    ).enforce()
    if step != APPROVE:
        _redo(plan, redo, work_days=work_days, note=note, now=now)
    stamp(plan, step, by=by, note=note, now=now, outcome=RETURNED)
    return plan


def _redo(plan: Plan, redo: Sequence[Task], *, work_days: int, note: str, now: datetime) -> None:
    today = timezone.localdate(now)
    days = min(max(work_days, 0), rules.MOST_WORK_DAYS)
    due, reaches = rules.deadline(places.calendar(), today, days)
    codes = [task.code for task in redo]
    every(
        [
            require(redo, _("请选择要重做的措施")).at("redo"),
            require(
                all(task.plan_id == plan.pk for task in redo) and len(set(codes)) == len(codes),
                _("要重做的措施不在这份方案里"),
            ).at("redo"),
            require(
                1 <= work_days <= rules.MOST_WORK_DAYS,
                _("期限应为1到%(most)s个工作日"),
                "处置规则:3",
                most=rules.MOST_WORK_DAYS,
            ).at("work_days"),
            reaches,
        ]
    ).enforce()
    for task in redo:
        names = ("code", "role", "unit", "contact", "phone")
        told = {name: getattr(task, name) for name in names}
        again = rules.Task(**told, work_days=work_days, text=note.strip()[:300])
        _new_task(plan, again, due_on=due)


@act("remedy.drop")
def drop_plan(*, by: User, plan: Plan, note: str, now: datetime) -> Plan:
    """The plan is given up, for a reason: its leads are free for another."""
    plan = queries.locked(plan)
    every(
        [
            rules.says_why(note),
            require(
                plan.state in (DRAFT, APPROVE, CARRY),
                _("方案“%(state)s”，不能撤销"),
                "处置规则:2",
                state=rules.STATES[plan.state],
            ),
        ]
    ).enforce()
    cases.close_case(by=by, case=queries.case_of(plan), note=note, now=now)
    for task in plan.tasks.filter(state=rules.OPEN):
        _end_task(task, by=by, text=note, outcome=rules.DROPPED, now=now)
    plan.plan_leads.all().delete()
    plan.state, plan.over_at, plan.over_note = rules.DROPPED, now, note.strip()[:200]
    plan.save(update_fields=["state", "over_at", "over_note"])
    settle(plan, by=by, now=now)
    return plan
