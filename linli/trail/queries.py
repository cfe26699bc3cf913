"""Reads of the trail, for the audit administrator and nobody else."""

from __future__ import annotations

import re
from datetime import date, datetime, time, timedelta

from django.db.models import Q, QuerySet
from django.utils import timezone

from linli.kernel.place import Scope
from linli.scope.models import lies_in
from linli.trail.models import Line, Look

SIGNING = ("people.sign_in", "people.sign_out")
SPAN = timedelta(days=30)
"""How far back a list reaches unless told otherwise."""


def _start_of(day: date) -> datetime:
    return datetime.combine(day, time.min, tzinfo=timezone.get_current_timezone())


def _within(rows: QuerySet, scope: Scope) -> QuerySet:
    """Rows of a scope and those of no place at all (log-ins, accounts)."""
    return rows.filter(lies_in(scope) | Q(place=""))


def _spanned(rows: QuerySet, since: date, until: date) -> QuerySet:
    return rows.filter(at__gte=_start_of(since), at__lt=_start_of(until + timedelta(1)))


def _by(rows: QuerySet, text: str) -> QuerySet:
    if not (text := text.strip()):
        return rows
    like = Q(by__name__icontains=text) | Q(by__username__icontains=text)
    if plain := re.sub(r"[^a-z0-9]", "", text.lower()):
        like |= Q(by__initials__begins=plain)
    return rows.filter(like)


def lines(
    scope: Scope,
    *,
    since: date,
    until: date,
    act: str = "",
    by: str = "",
    subject: str = "",
    done: str = "",
) -> QuerySet[Line]:
    """Acts within a scope from a day until a day, newest first.

    `act`: a code, or the part before the dot for all acts of a domain; `by`: part of a name;
    `subject`: as the trail names rows; `done`: "yes", "no" (refused) or "".
    """
    found = _by(_spanned(_within(Line.objects.all(), scope), since, until), by)
    if act:
        found = found.filter(act=act) if "." in act else found.filter(act__startswith=f"{act}.")
    if subject:
        found = found.filter(subject=subject.strip())
    if done:
        found = found.filter(done=done == "yes")
    return found.select_related("by").order_by("-at", "-pk")


def sign_ins(
    scope: Scope, *, since: date, until: date, by: str = "", done: str = ""
) -> QuerySet[Line]:
    """Log-ins, failed ones among them, and the ends of sessions."""
    return lines(scope, since=since, until=until, by=by, done=done).filter(act__in=SIGNING)


def looks(scope: Scope, *, since: date, until: date, by: str = "") -> QuerySet[Look]:
    """Who opened personal data, newest first."""
    found = _by(_spanned(_within(Look.objects.all(), scope), since, until), by)
    return found.select_related("by").order_by("-at", "-pk")


def about(*subjects: str, limit: int = 50) -> list[Line]:
    """What was done to a row, or to several, newest first."""
    found = Line.objects.filter(subject__in=subjects).select_related("by")
    return list(found.order_by("-at", "-pk")[:limit])
