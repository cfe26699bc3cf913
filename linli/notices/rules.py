"""Which duties are owed on a day. No database, no clock, no request."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta

from linli.kernel.duty import Duty
from linli.kernel.period import Period

SPANS = {1: "month", 3: "quarter", 6: "half", 12: "year"}
EARLIER = 2
"""So many earlier periods are still asked for when they were left undone."""


@dataclass(frozen=True, slots=True)
class Owed:
    """A duty owed for a period at a place until a day. `args`: of the duty's page, where known;
    `people`: for so many of them (0: it is no matter of people)."""

    duty: Duty
    place: str
    period: str
    due_on: date
    args: tuple[str, ...] = ()
    people: int = 0


def owed(duty: Duty, *, place: str, since: date, today: date) -> list[Owed]:
    """What a holder since a day owes: the latest period and a few before it, the oldest first.

    A duty with a `due_day` is owed for a period once that is over; one without, during it. A
    period that was over before the appointment began is not the holder's.
    """
    span = Period.of(today).span(SPANS[duty.months])
    if duty.due_day:
        span = span.previous
    found = []
    for _turn in range(EARLIER + 1):
        if span.last_on < since:
            break
        due = span.last_on + timedelta(days=duty.due_day)
        found.append(Owed(duty, place, span.code, due))
        span = span.previous
    return found[::-1]
