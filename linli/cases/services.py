"""Writes of cases: opening one, stamping a step, closing it."""

from __future__ import annotations

from datetime import date, datetime

from django.contrib.auth.base_user import AbstractBaseUser
from django.db import IntegrityError, models, transaction
from django.utils import timezone

from linli.cases import queries, rules
from linli.cases.models import Case, DutyDone, KeptFlow, Stamp, Wait
from linli.kernel.calendar import Calendar
from linli.kernel.duty import Duty
from linli.kernel.flow import PASSED, Flow
from linli.kernel.rulings import Refused
from linli.people import queries as people
from linli.places import queries as places
from linli.sources import procedures
from linli.trail.acts import act, label


@act("cases.open")
def open_case(
    *,
    by: AbstractBaseUser | None,
    flow: Flow,
    subject: models.Model,
    title: str,
    place: str,
    promised_on: date | None = None,
    now: datetime,
) -> Case:
    """Begin a flow about a row. A row has one case of a flow at most, for good.

    `promised_on`: the day that was promised to whoever asked; its `promised` steps are due then.
    """
    named = label(subject)
    rules.may_open(known=Case.objects.filter(flow=flow.code, subject=named).exists()).enforce()
    try:
        with transaction.atomic():
            case = Case.objects.create(
                flow=flow.code,
                subject=named,
                title=title[:200],
                place=place,
                promised_on=promised_on,
                opened_at=now,
                opened_by=by,
            )
    except IntegrityError:
        raise Refused(rules.may_open(known=True)) from None
    _keep_wording(flow, now)
    _write_waits(case, queries.folded(case, ()), places.calendar())
    return case


def _keep_wording(flow: Flow, now: datetime) -> None:
    """A flow told as data may be told otherwise tomorrow: the case ends as it began."""
    told = next((told for told in procedures() if told.code == flow.code), None)
    if told is not None:
        KeptFlow.objects.get_or_create(
            code=flow.code, defaults={"told": told.plain(), "kept_at": now}
        )


@act("cases.stamp")
def stamp(
    *,
    by: AbstractBaseUser,
    case: Case,
    step: str,
    outcome: str = PASSED,
    note: str = "",
    now: datetime,
) -> Stamp:
    """Do a step, or send it back, as one of the roles `by` holds at the case's place today.

    Of two people who do so at once one is told that the other was first. The case is closed when
    no step is left. `case` is brought up to date.
    """
    rules.may_touch(closed=case.closed_at is not None).enforce()
    flow = queries.flow_of(case)
    before = queries.folded(case)
    roles = people.roles_at(by, case.place, timezone.localdate(now))
    flow.may_stamp(
        step,
        done=before.done.keys(),
        roles=roles,
        own_steps=queries.own_steps(before, by),
        outcome=outcome,
    ).enforce()
    number = _next_number(case)
    made = Stamp.objects.create(
        case=case,
        number=number,
        step=step,
        outcome=outcome,
        role=next(role.code for role in flow.step(step).by if role in roles),
        by=by,
        at=now,
        waited_s=_waited(before, step, now),
        note=note.strip(),
    )
    after = queries.folded(case)
    _write_waits(case, after, places.calendar())
    if not after.open:
        case.closed_at = now
        case.save(update_fields=["closed_at"])
    return made


def _waited(before: rules.Folded, step: str, now: datetime) -> int | None:
    since = before.open.get(step)
    return max(int((now - since).total_seconds()), 0) if since else None


def _next_number(case: Case) -> int:
    """Take the next number, unless somebody else took it since the case was read."""
    ours = Case.objects.filter(
        pk=case.pk, stamp_count=case.stamp_count, closed_at__isnull=True
    ).update(stamp_count=case.stamp_count + 1)
    rules.unchanged(ours=bool(ours)).enforce()
    case.stamp_count += 1
    return case.stamp_count


@act("cases.close")
def close_case(*, by: AbstractBaseUser | None, case: Case, note: str = "", now: datetime) -> Case:
    """Give a case up before its last step: nothing waits any more. Its stamps stay."""
    rules.may_touch(closed=case.closed_at is not None).enforce()
    case.closed_at, case.closed_by, case.closing_note = now, by, note.strip()[:200]
    case.save(update_fields=["closed_at", "closed_by", "closing_note"])
    case.waits.all().delete()
    return case


@act("cases.promise")
def promise(
    *,
    by: AbstractBaseUser | None,
    case: Case,
    on: date | None,
    now: datetime,  # noqa: ARG001
) -> Case:
    """By which day the `promised` steps of a case are due from now on."""
    case.promised_on = on
    case.save(update_fields=["promised_on"])
    _write_waits(case, queries.folded(case), places.calendar())
    return case


@act("cases.reopen")
def reopen_case(*, by: AbstractBaseUser | None, case: Case, now: datetime) -> Case:
    """Take up again a case that was given up; it goes on where its stamps left it."""
    rules.may_reopen(
        closed=case.closed_at is not None, finished=not queries.folded(case).open
    ).enforce()
    case.closed_at, case.closed_by, case.closing_note = None, None, ""
    case.save(update_fields=["closed_at", "closed_by", "closing_note"])
    _write_waits(case, queries.folded(case), places.calendar())
    return case


@act("cases.refold")
def refold(*, by: AbstractBaseUser | None, case: Case, now: datetime) -> Case:
    """Make what waits follow from the stamps again (after the holiday table changed, say)."""
    _write_waits(case, queries.folded(case), places.calendar())
    return case


@act("cases.do_duty")
def do_duty(
    *,
    by: AbstractBaseUser | None,
    duty: Duty,
    place: str,
    period: str,
    subject: models.Model | None = None,
    now: datetime,
) -> DutyDone:
    """Note that a duty was done for a period at a place; the first time counts."""
    done, _made = DutyDone.objects.get_or_create(
        duty=duty.code,
        place=place,
        period=period,
        defaults={"by": by, "at": now, "subject": label(subject)},
    )
    return done


def _write_waits(case: Case, fold: rules.Folded, calendar: Calendar) -> None:
    wanted = {} if case.closed_at else queries.waits_wanted(case, fold, calendar)
    kept = {(wait.step, wait.role): wait for wait in case.waits.all()}
    for key in kept.keys() - wanted.keys():
        kept[key].delete()
    for key, (since, due) in wanted.items():
        wait = kept.get(key) or Wait(case=case, place=case.place, step=key[0], role=key[1])
        if (wait.since_at, wait.due_on, wait.pk is None) != (since, due, False):
            wait.since_at, wait.due_on = since, due
            wait.save()
