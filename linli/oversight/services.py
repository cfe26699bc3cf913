"""The verbs of oversight: raise a follow-up, reply, send it back, close it."""

from __future__ import annotations

from datetime import datetime

from django.contrib.auth.base_user import AbstractBaseUser
from django.db.models import Max
from django.utils import timezone

from linli.cases import queries as case_queries
from linli.cases import services as cases
from linli.kernel.flow import RETURNED
from linli.kernel.period import Period
from linli.ledger import queries as ledger
from linli.oversight import rules
from linli.oversight.flow import FOLLOWUP
from linli.oversight.models import Followup
from linli.people import queries as people
from linli.places import queries as places
from linli.sources import number
from linli.trail.acts import act

User = AbstractBaseUser
RAISERS = FOLLOWUP.step("check").by


@act("oversight.raise")
def raise_followup(*, by: User, book: object, period: str, text: str, now: datetime) -> Followup:
    """Follow up on a month of a book; from now on it waits on the fund group's desks."""
    ledger.lock(book)
    place, today = book.place, timezone.localdate(now)  # type: ignore[attr-defined]
    rules.may_raise(
        text=text,
        period=period,
        first=book.first_period,  # type: ignore[attr-defined]
        last=Period.of(today).code,
        open_=Followup.objects.filter(book=book, period=period, closed_at=None).exists(),
        held=bool(people.roles_at(by, place, today) & set(RAISERS)),
        who=[role.name for role in RAISERS],
    ).enforce()
    last = Followup.objects.filter(book=book).aggregate(last=Max("number"))["last"] or 0
    row = Followup.objects.create(
        book=book,
        place=place,
        number=last + 1,
        period=period,
        text=text.strip(),
        raised_by=by,
        raised_at=now,
        due_on=_due("reply", place, now),
    )
    cases.open_case(
        by=by, flow=FOLLOWUP, subject=row, title=f"{row} {row.text}", place=place, now=now
    )
    return row


@act("oversight.reply")
def reply(*, by: User, followup: Followup, text: str, now: datetime) -> Followup:
    """The fund group says what it has done; the street's turn."""
    rules.may_reply(text=text).enforce()
    return _stamp(by, followup, "reply", text, now, due="check")


@act("oversight.send_back")
def send_back(*, by: User, followup: Followup, text: str, now: datetime) -> Followup:
    """What was done does not hold: another round."""
    rules.may_send_back(text=text).enforce()
    followup = _stamp(by, followup, "check", text, now, due="reply", outcome=RETURNED)
    followup.round += 1
    followup.save(update_fields=["round"])
    return followup


@act("oversight.close")
def close(*, by: User, followup: Followup, text: str = "", now: datetime) -> Followup:
    """Checked and closed, by somebody who did not reply."""
    followup = _stamp(by, followup, "check", text, now)
    followup.closed_at = now
    followup.save(update_fields=["closed_at"])
    return followup


def _stamp(
    by: User, row: Followup, step: str, text: str, now: datetime, *, due: str = "", **more: str
) -> Followup:
    row = Followup.objects.select_for_update().get(pk=row.pk)
    case = case_queries.find(flow=FOLLOWUP, subject=row)
    cases.stamp(by=by, case=case, step=step, note=text, now=now, **more)
    if due:
        row.due_on = _due(due, row.place, now)
        row.save(update_fields=["due_on"])
    return row


def _due(step: str, place: str, now: datetime) -> object:
    """The last working day for a step that opens now."""
    today = timezone.localdate(now)
    days = number(FOLLOWUP.step(step).days, on=today, place=place)
    return places.calendar().add_working_days(today, days)
