"""Opening what is sealed: each number and each reason for a purpose, and each look is kept."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime

from django.contrib.auth.base_user import AbstractBaseUser
from django.db import models
from django.utils import timezone

from linli.kernel.roles import ROLES
from linli.kernel.rulings import Ruling, require
from linli.kernel.words import gettext_noop as _
from linli.people import queries as people
from linli.sources import circumstances_of
from linli.trail.acts import act, look
from linli.vetting import queries, rules
from linli.vetting.models import Answer, Round, Subject, Task

LONGEST_PURPOSE = 64
BEFORE_SIGNING = "签署前核对"
"""What a head looks at their own list for."""


@dataclass(frozen=True, slots=True)
class Reason:
    """What stands behind an answer, opened for one person once. `subject`: the answer."""

    subject: Answer
    code: str
    name: str
    happened_on: date | None
    file_number: str


@dataclass(frozen=True, slots=True)
class Opened:
    """What was opened of a list: by the key of the person, a number or a reason."""

    subject: models.Model
    found: Mapping[int, object] = field(repr=False)

    @property
    def facts(self) -> dict[str, object]:
        """For the trail: how many, not whose."""
        return {"people": len(self.found)}


def _for(purpose: str) -> Ruling:
    return require(purpose.strip(), _("请写明查看的用途"), "联审规则:8", "个人信息保护法:6").at(
        "purpose"
    )


def _is_own(by: AbstractBaseUser, task: Task, now: datetime) -> Ruling:
    on = timezone.localdate(now)
    return rules.is_own_list(holds=ROLES[task.role] in people.roles_at(by, task.place, on))


def _look(by: AbstractBaseUser, row: models.Model, name: str, purpose: str, now: datetime) -> None:
    look(by=by, subject=row, field=name, purpose=purpose.strip()[:LONGEST_PURPOSE], now=now)


def _reason(row: Answer) -> Reason:
    known = circumstances_of(on=timezone.localdate(row.at), place=row.place)
    return Reason(
        row,
        row.code,
        known[row.code].name if row.code else "",
        date.fromisoformat(row.happened) if row.happened else None,
        row.file_number,
    )


@act("vetting.open_reason")
def open_reason(*, by: AbstractBaseUser, answer: Answer, purpose: str, now: datetime) -> Reason:
    """Show the vetting office the reason of a signed answer; who looked, when and what for is kept."""
    row = Answer.objects.select_related("signed").get(pk=answer.pk)
    (
        queries.is_office(by, row.place, now)
        & require(hasattr(row, "signed"), _("部门还没有签署这份答复"), "联审规则:6")
        & _for(purpose)
    ).enforce()
    _look(by, row, "vetting_reason", purpose, now)
    return _reason(row)


@act("vetting.open_own")
def open_own(*, by: AbstractBaseUser, answer: Answer, purpose: str, now: datetime) -> Reason:
    """Show a department what it wrote itself of somebody."""
    row = Answer.objects.select_related("question__task").get(pk=answer.pk)
    (_is_own(by, row.question.task, now) & _for(purpose)).enforce()
    _look(by, row, "vetting_reason", purpose, now)
    return _reason(row)


@act("vetting.check")
def check(*, by: AbstractBaseUser, task: Task, now: datetime) -> Opened:
    """Show a head every reason that they are about to sign: nobody signs what they have not read."""
    held = Task.objects.select_related("round", "head").get(pk=task.pk)
    waiting = queries.to_sign(held)
    (
        _is_own(by, held, now)
        & rules.may_sign(
            head=held.head_id in people.one_person(by),
            head_name=held.head.name,
            unsigned=len(waiting),
        )
    ).enforce()
    told = [row for row in waiting if row.code]
    for row in told:
        _look(by, row, "vetting_reason", BEFORE_SIGNING, now)
    return Opened(held, {row.question.subject_id: _reason(row) for row in told})


@act("vetting.open_numbers")
def open_numbers(*, by: AbstractBaseUser, task: Task, purpose: str, now: datetime) -> Opened:
    """Show a department the identity numbers of its list, which it looks people up by."""
    held = Task.objects.select_related("round").get(pk=task.pk)
    (
        _is_own(by, held, now)
        & require(held.round.closed_at is None, _("这次联审已办结，不再查看证件号码"), "联审规则:8")
        & _for(purpose)
    ).enforce()
    some = [asked.subject for asked in queries.asked_of(held)]
    for row in some:
        _look(by, row, "id_number", purpose, now)
    return Opened(held, {row.pk: row.id_number for row in some})


@act("vetting.open_number")
def open_number(*, by: AbstractBaseUser, subject: Subject, purpose: str, now: datetime) -> Opened:
    """Show the vetting office one person's identity number."""
    (queries.is_office(by, subject.round.county, now) & _for(purpose)).enforce()
    _look(by, subject, "id_number", purpose, now)
    return Opened(subject, {subject.pk: subject.id_number})


@act("vetting.print_decision")
def print_decision(*, by: AbstractBaseUser, round: Round, now: datetime) -> Round:
    """Take the decision sheet of a round out of the system; each time is kept."""
    (
        queries.is_office(by, round.county, now)
        & require(round.sent_at is not None, _("名单还没有送各部门，没有可以打印的内容"))
    ).enforce()
    return round
