"""The verbs of the vetting office: to open a round, draw up and send its list, reopen, ask back."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime

from django.contrib.auth.base_user import AbstractBaseUser
from django.db import models
from django.utils import timezone

from linli.kernel.identity import parse_id_number
from linli.kernel.roles import ROLES
from linli.kernel.rulings import Ruling, every, require
from linli.kernel.words import gettext_noop as _
from linli.people import queries as people
from linli.places import queries as places
from linli.sources import number
from linli.trail.acts import act
from linli.vetting import queries, rules
from linli.vetting.models import Answer, AskBack, Question, Reopening, Round, Subject, Task
from linli.vetting.who import MAY_BE_ASKED
from linli.workforce import queries as workforce


@act("vetting.open")
def open_round(
    *,
    by: AbstractBaseUser,
    county: str,
    purpose: str,
    title: str,
    heads: Mapping[str, AbstractBaseUser | None],
    due_on: date | None = None,
    now: datetime,
) -> Round:
    """Begin to draw up a round. `heads`: department → who answers for it and signs; `due_on` None:
    the number of working days that the rules give."""
    today, calendar = timezone.localdate(now), places.calendar()
    due_on = due_on or queries.reply_by(today, county)
    queries.is_office(by, county, now).enforce()
    queries.lock_county(county)
    (
        rules.may_open(
            purpose=purpose,
            title=title,
            heads={role: _holds(head, role, county, today) for role, head in heads.items()},
            known=MAY_BE_ASKED,
            today=today,
            due_on=due_on,
            earliest_on=calendar.add_working_days(today, 1),
            working_day=calendar.is_working_day(due_on),
        )
        & calendar.missing(due_on.year).at("due_on")
    ).enforce()
    made = Round.objects.create(
        county=county,
        place=county,
        number=queries.next_number(county),
        purpose=purpose,
        title=" ".join(title.split()),
        due_on=due_on,
        opened_by=by,
        opened_at=now,
    )
    Task.objects.bulk_create(
        Task(round=made, place=county, role=role, head=heads[role], due_on=due_on)
        for role in MAY_BE_ASKED
        if role in heads
    )
    return made


def _holds(head: AbstractBaseUser | None, role: str, county: str, today: date) -> bool:
    return head is not None and ROLES.get(role) in people.roles_at(head, county, today)


@act("vetting.change_due")
def change_due(*, by: AbstractBaseUser, round: Round, due_on: date, now: datetime) -> Round:
    """Set another day until which departments answer, while the list is drawn up."""
    held = queries.locked(round)
    today, calendar = timezone.localdate(now), places.calendar()
    (
        queries.is_office(by, held.county, now)
        & rules.is_draft(sent=held.sent_at is not None)
        & rules.may_be_due(
            today=today,
            due_on=due_on,
            earliest_on=calendar.add_working_days(today, 1),
            working_day=calendar.is_working_day(due_on),
        )
        & calendar.missing(due_on.year).at("due_on")
    ).enforce()
    held.due_on = due_on
    held.save(update_fields=["due_on"])
    held.tasks.update(due_on=due_on)
    return held


@dataclass(frozen=True, slots=True)
class Told:
    """A round that was changed, and how, for the trail; names of people stay out of it."""

    subject: models.Model
    facts: dict[str, object]


@act("vetting.name_head")
def name_head(*, by: AbstractBaseUser, task: Task, head: AbstractBaseUser, now: datetime) -> Task:
    """Another person answers for a department and signs from now on."""
    task = queries.locked_task(task)
    holds = _holds(head, task.role, task.place, timezone.localdate(now))
    (
        queries.is_office(by, task.place, now)
        & require(
            holds,
            _("负责人须是本部门的人员：%(roles)s"),
            "联审规则:1",
            roles=rules.role_name(task.role),
        ).at("head")
        & require(task.round.closed_at is None, _("这次联审已办结"))
    ).enforce()
    task.head = head  # type: ignore[assignment]
    task.save(update_fields=["head"])
    return task


@dataclass(frozen=True, slots=True, kw_only=True)
class Person:
    """Somebody for the list: a worker by file, or a person by name and number. `place`: where they
    are to serve, "" for where the file says, or the county."""

    worker: models.Model | None = None
    name: str = ""
    id_number: str = ""
    place: str = ""


@act("vetting.add_subjects")
def add_subjects(
    *, by: AbstractBaseUser, round: Round, some: Sequence[Person], now: datetime
) -> Told:
    """Put people on the list while it is drawn up: all of them or, with every fault told, none."""
    held = queries.locked(round)
    (
        queries.is_office(by, held.county, now) & rules.is_draft(sent=held.sent_at is not None)
    ).enforce()
    read = [_read(held, one) for one in some]
    marks = [row.id_mark for row, _known in read if row.id_mark]
    files = workforce.files_of(held.county, marks)
    for row, _known in read:
        row.worker = row.worker or files.get(row.id_mark)
    _may_add(held, read, marks, timezone.localdate(now)).enforce()
    last = held.subjects.aggregate(last=models.Max("position"))["last"] or 0
    for at, (row, _known) in enumerate(read, start=last + 1):
        row.position = at
    Subject.objects.bulk_create(row for row, _known in read)
    return Told(held, {"people": len(read)})


def _read(held: Round, one: Person) -> tuple[Subject, Ruling]:
    """A person as a row of the list, and what is said of their number."""
    worker = one.worker
    given = worker.id_number if worker is not None else one.id_number  # type: ignore[attr-defined]
    name = worker.name if worker is not None else one.name  # type: ignore[attr-defined]
    identity, known = parse_id_number(given)
    id_number = identity.number if identity else ""
    row = Subject(
        round=held,
        worker=worker,
        name=" ".join(name.split()),
        id_number=id_number,
        id_mark=workforce.id_mark(id_number),
        place=one.place or (worker.place if worker is not None else held.county),  # type: ignore[attr-defined]
    )
    return row, known


def _may_add(
    held: Round, read: Sequence[tuple[Subject, Ruling]], marks: Sequence[str], today: date
) -> Ruling:
    there = set(held.subjects.filter(id_mark__in=marks).values_list("id_mark", flat=True))
    elsewhere = queries.open_elsewhere(marks, held)
    known = [row.worker_id for row, _known in read if row.worker_id]
    serving = set(
        workforce.serving(queries.Scope.of(held.county), today)
        .filter(pk__in=known)
        .values_list("pk", flat=True)
    )
    rulings = []
    for at, (row, ruling) in enumerate(read, start=1):
        rulings.append(
            rules.may_add(
                known=ruling,
                name=row.name,
                twice=row.id_mark in there,
                elsewhere=elsewhere.get(row.id_mark, ""),
                here=row.place.startswith(held.county),
                serves=row.worker_id in serving,
                purpose=held.purpose,
            ).at("", at)
        )
        there |= {row.id_mark} - {""}
    return every(rulings)


@act("vetting.remove_subject")
def remove_subject(*, by: AbstractBaseUser, subject: Subject, now: datetime) -> Told:
    """Take somebody off the list before it is sent."""
    held = queries.locked(subject.round)
    (
        queries.is_office(by, held.county, now) & rules.is_draft(sent=held.sent_at is not None)
    ).enforce()
    subject.delete()
    return Told(held, {"people": -1})


@act("vetting.send")
def send(
    *,
    by: AbstractBaseUser,
    round: Round,
    only: Mapping[str, Collection[int]] | None = None,
    now: datetime,
) -> Told:
    """Send the list: each department is asked of everybody, or of those that `only` names for it
    (department → keys of people). From then on nobody comes on the list or goes off it."""
    held, only = queries.locked(round), only or {}
    tasks = list(held.tasks.all())
    people_ = {row.pk: row.name for row in held.subjects.all()}
    asked = {task: [pk for pk in people_ if pk in only.get(task.role, people_)] for task in tasks}
    reached = {pk for keys in asked.values() for pk in keys}
    named = {pk for keys in only.values() for pk in keys}
    (
        queries.is_office(by, held.county, now)
        & rules.may_send(
            sent=held.sent_at is not None,
            people=len(people_),
            over=timezone.localdate(now) > held.due_on,
            unasked=[name for pk, name in people_.items() if pk not in reached],
            strangers=bool(named - set(people_) or set(only) - {task.role for task in tasks}),
        )
    ).enforce()
    Question.objects.bulk_create(
        (
            Question(task=task, subject_id=pk, place=held.place)
            for task, keys in asked.items()
            for pk in keys
        ),
        batch_size=1000,
    )
    held.sent_by, held.sent_at = by, now  # type: ignore[assignment]
    held.save(update_fields=["sent_by", "sent_at"])
    return Told(held, {"people": len(people_), "departments": len(tasks)})


@act("vetting.reopen")
def reopen(
    *, by: AbstractBaseUser, task: Task, reason: str, due_on: date | None = None, now: datetime
) -> Reopening:
    """Let a department that was late answer until another day, with the reason kept.

    `due_on` None: as many working days as for what is asked back."""
    task = queries.locked_task(task)
    today, calendar = timezone.localdate(now), places.calendar()
    due_on = due_on or _verify_by(today, task.place)
    (
        queries.is_office(by, task.place, now)
        & rules.may_reopen(
            left=sum(one.open and not one.settled for one in queries.asked_of(task)),
            over=today > task.due_on,
            due_on=due_on,
            earliest_on=calendar.add_working_days(today, 1),
        )
        & rules.check_reason(reason)
        & calendar.missing(due_on.year).at("due_on")
    ).enforce()
    task.due_on = due_on
    task.save(update_fields=["due_on"])
    return Reopening.objects.create(
        task=task, place=task.place, reason=reason.strip(), due_on=due_on, by=by, at=now
    )


def _verify_by(today: date, county: str) -> date:
    days = number("vetting_verify_work_days", on=today, place=county)
    return places.calendar().add_working_days(today, days)


@act("vetting.ask_back")
def ask_back(*, by: AbstractBaseUser, answer: Answer, text: str, now: datetime) -> AskBack:
    """Ask a department again about what it signed of somebody: the answer stays, and counts no more."""
    task = queries.locked_task(answer.question.task)
    row = Answer.objects.select_related("question__subject__result").get(pk=answer.pk)
    (
        queries.is_office(by, task.place, now)
        & rules.may_ask_back(
            stands=hasattr(row, "signed") and not hasattr(row, "asked_back"),
            settled=hasattr(row.question.subject, "result"),
            text=text,
        )
    ).enforce()
    return AskBack.objects.create(
        answer=row,
        place=task.place,
        text=text.strip(),
        due_on=_verify_by(timezone.localdate(now), task.place),
        by=by,
        at=now,
    )
