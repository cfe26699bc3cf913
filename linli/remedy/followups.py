"""Following up on plans that are late: the street by rounds, then the district."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from django.utils import timezone

from linli.kernel.rulings import Refused, Ruling, every, require
from linli.kernel.words import gettext_noop as _
from linli.places import queries as places
from linli.remedy import dealings, issuing, lateness, queries, rules
from linli.remedy.models import Letter, Plan, Round
from linli.remedy.standing import User
from linli.sources import number
from linli.trail.acts import act, label


@act("remedy.follow_up")
def follow_up(*, by: User, plan: Plan, now: datetime) -> Round:
    """Issue the round of follow-up that is due on a plan today, with its letter.

    The days to answer are working days; where a year's holidays are not known they are reckoned
    by weekends, and whoever runs this is told (`Supervision.warnings`).
    """
    plan = queries.locked(plan)
    today = timezone.localdate(now)
    late = not plan.is_over and plan.due_on is not None and plan.due_on < today
    told = dealings.next_round(
        lateness.rounds_of(plan),
        late=late,
        today=today,
        street_rounds=number("remedy_street_rounds_count", on=today, place=plan.place),
    )
    require(told is not None, _("现在不用督办"), "处置规则:7").enforce()
    assert told is not None and plan.due_on is not None
    days = number("remedy_followup_work_days", on=today, place=plan.place)
    row = Round.objects.create(
        plan=plan,
        place=plan.place,
        number=told[0],
        level=told[1],
        issued_on=today,
        late_since=plan.due_on,
        due_on=places.calendar().add_working_days(today, days),
    )
    issuing.follow_up_letter(row, by=by, now=now)
    return row


@dataclass(frozen=True, slots=True)
class Supervision:
    """What one run of the daily chore did. `warnings`: what makes its days doubtful."""

    issued: tuple[Round, ...]
    refused: tuple[Ruling, ...]
    warnings: Ruling


def run(*, now: datetime, step: object = None) -> Supervision:
    """The daily chore: follow up on everything that is late. However often it runs, a plan gets one
    round at a time. `step` (done, total, text) is told of each plan."""
    issued, refused = [], []
    plans = lateness.to_follow_up(timezone.localdate(now))
    for done, plan in enumerate(plans, 1):
        try:
            issued.append(follow_up(by=None, plan=plan, now=now))
        except Refused as fault:
            refused.append(fault.ruling)
        if callable(step):
            step(done, len(plans), plan.code)
    calendar = places.calendar()
    doubts = every(calendar.gaps(row.issued_on, row.due_on) for row in issued)
    seen = {str(reason): reason for reason in doubts.reasons}
    return Supervision(tuple(issued), tuple(refused), Ruling(tuple(seen.values())))


@act("remedy.answer_follow_up")
def answer_follow_up(*, by: User, row: Round, text: str, now: datetime) -> Round:
    """What the responsible unit replies to a follow-up; the clock runs on until it is done."""
    plan = queries.locked(row.plan)
    row = Round.objects.select_for_update().get(pk=row.pk)
    every(
        [
            rules.running(plan.state),
            dealings.may_answer(answered=row.answered_at is not None, text=text),
        ]
    ).enforce()
    row.answer, row.answered_by, row.answered_at = text.strip(), by, now
    row.save(update_fields=["answer", "answered_by", "answered_at"])
    Letter.objects.filter(about=label(row)).update(
        answer=row.answer, answered_on=timezone.localdate(now), answered_by=by
    )
    return row
