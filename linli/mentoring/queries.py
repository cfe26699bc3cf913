"""What is there to see of mentoring. Everything asks within a scope."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from datetime import date
from typing import Any

from django.db.models import Count, Exists, OuterRef, Q, QuerySet, Subquery, Value
from django.db.models.functions import Coalesce

from linli.kernel.period import Period, Span
from linli.kernel.place import EVERYWHERE, Scope
from linli.mentoring import rules
from linli.mentoring.models import Line, Log, Mentee, Mentor, Pair, Proposal, Station
from linli.places import queries as places
from linli.sources import number
from linli.workforce import queries as workforce

OPEN = Q(ended_on__isnull=True)


def is_known(place: str) -> bool:
    return places.in_force().filter(place=place).exists()


def lock(place: str) -> None:
    """One person at a time names mentors, needs and pairs of a county."""
    places.lock(place[:6])


def weights(on: date, place: str) -> rules.Weights:
    """What counts how much, on a day at a place."""
    return rules.Weights(
        need=number("mentoring_points_need", on=on, place=place),
        community=number("mentoring_points_community", on=on, place=place),
        street=number("mentoring_points_street", on=on, place=place),
        load=number("mentoring_points_load", on=on, place=place),
    )


def serving(scope: Scope, on: date) -> QuerySet:
    return workforce.serving(scope, on)


def worker(pk: int) -> Any | None:
    return workforce.workers(EVERYWHERE).filter(pk=pk).first()


# --- stations and mentors -----------------------------------------------------------------------


def stations(scope: Scope) -> QuerySet[Station]:
    """Stations with how many mentors and open pairs each has."""
    mentors = Mentor.objects.filter(station=OuterRef("pk"), until_on__isnull=True)
    paired = Pair.objects.filter(OPEN, mentor__station=OuterRef("pk"))
    return Station.objects.within(scope).annotate(
        mentor_count=_counted(mentors, "station"), pair_count=_counted(paired, "mentor__station")
    )


def _counted(rows: QuerySet, by: str) -> Coalesce:
    told = rows.order_by().values(by).annotate(n=Count("pk")).values("n")
    return Coalesce(Subquery(told), Value(0))


def open_stations(scope: Scope, on: date) -> QuerySet[Station]:
    """Stations open on a day."""
    return Station.objects.within(scope).filter(
        Q(closed_on__isnull=True) | Q(closed_on__gte=on), opened_on__lte=on
    )


def mentors(scope: Scope) -> QuerySet[Mentor]:
    """Mentors in office, each with `load`: how many they teach now."""
    load = Pair.objects.filter(OPEN, mentor=OuterRef("pk"))
    return (
        Mentor.objects.within(scope)
        .filter(until_on__isnull=True)
        .select_related("station", "worker")
        .annotate(load=_counted(load, "mentor"))
    )


def waiting(scope: Scope) -> QuerySet[Mentee]:
    """Who asked to be taught and has no mentor."""
    paired = Pair.objects.filter(OPEN, mentee=OuterRef("pk"))
    return (
        Mentee.objects.within(scope)
        .filter(~Exists(paired), ended_on__isnull=True)
        .select_related("worker")
    )


# --- pairs --------------------------------------------------------------------------------------


def pairs(scope: Scope) -> QuerySet[Pair]:
    """Pairs of mentees within a scope, each with `last_both`: the latest month both wrote about."""
    other = Log.objects.filter(pair=OuterRef("pair"), period=OuterRef("period"), side=rules.MENTEE)
    both = (
        Log.objects.filter(Exists(other), pair=OuterRef("pk"), side=rules.MENTOR)
        .exclude(period__contains="Q")
        .order_by("-period")
    )
    return (
        Pair.objects.within(scope)
        .select_related("mentor", "mentor__station", "mentee", "mentee__worker")
        .annotate(last_both=Coalesce(Subquery(both.values("period")[:1]), Value("")))
    )


def stalled(scope: Scope, today: date) -> QuerySet[Pair]:
    """Open pairs that have stood still, as `rules.is_stalled` says it."""
    months = number("mentoring_stalled_months", on=today)
    limit = Period.of(today).plus(-months)
    return pairs(scope).filter(OPEN, begun_on__lt=limit.first_on, last_both__lt=limit.code)


def is_stalled(pair: Any, today: date) -> bool:
    """Whether a pair of `pairs` has stood still."""
    return pair.ended_on is None and rules.is_stalled(
        begun_on=pair.begun_on,
        last_both=pair.last_both,
        months=number("mentoring_stalled_months", on=today, place=pair.place),
        today=today,
    )


def pair(pk: int) -> Pair | None:
    return pairs(EVERYWHERE).filter(pk=pk).first()


def side_of(found: Pair, user: Any) -> str:
    """Which side of a pair an account is; "" for neither."""
    if found.mentor.user_id == user.pk:
        return rules.MENTOR
    return rules.MENTEE if found.mentee.worker.user_id == user.pk else ""


def mine(user: Any) -> QuerySet[Pair]:
    """The open pairs somebody is a side of."""
    return pairs(EVERYWHERE).filter(OPEN, Q(mentor__user=user) | Q(mentee__worker__user=user))


def owed_by(user: Any, today: date) -> list[tuple[Pair, str, list[Any]]]:
    """(pair, side, periods still to be written about) of somebody's pairs; two queries."""
    found = list(mine(user))
    written = defaultdict(set)
    rows = Log.objects.filter(pair__in=[one.pk for one in found])
    for pair_, side, period in rows.values_list("pair", "side", "period"):
        written[pair_, side].add(period)
    told = []
    for one in found:
        side = side_of(one, user)
        owed = rules.owed_periods(begun_on=one.begun_on, written=written[one.pk, side], today=today)
        told.append((one, side, owed))
    return told


def logs(found: Pair) -> list[dict[str, Any]]:
    """What was written about each period, the latest first: both sides beside each other."""
    told: dict[str, dict[str, Any]] = {}
    for row in found.logs.select_related("by"):
        told.setdefault(row.period, {"period": row.period})[row.side] = row
    rows = sorted(told.values(), key=lambda row: _order(row["period"]), reverse=True)
    for row in rows:
        row["sealed"] = rules.MENTOR in row and rules.MENTEE in row
    return rows


def _order(period: str) -> tuple[str, str]:
    return Span.of_code(period).last.code, period


def growth(found: Pair) -> dict[str, dict[str, int]]:
    """Quarter → topic → score of somebody, over all their mentors; one query."""
    told: dict[str, dict[str, int]] = {}
    rows = type(found).objects.filter(mentee__worker=found.mentee.worker_id)
    for period, topic, score in rows.filter(ratings__isnull=False).values_list(
        "ratings__period", "ratings__topic", "ratings__score"
    ):
        told.setdefault(period, {})[topic] = score
    return dict(sorted(told.items()))


def due_now(scope: Scope, today: date) -> dict[str, int]:
    """How many open pairs have not both written about last month, and how many stand still."""
    last = Period.of(today).previous
    rows = pairs(scope).filter(OPEN, begun_on__lte=last.last_on)
    return {
        "open": pairs(scope).filter(OPEN).count(),
        "late": rows.filter(last_both__lt=last.code).count(),
        "stalled": stalled(scope, today).count(),
    }


# --- proposals ----------------------------------------------------------------------------------


def proposals(scope: Scope) -> QuerySet[Proposal]:
    return Proposal.objects.within(scope).annotate(
        asked=Count("lines"),
        paired=Count("lines", filter=Q(lines__mentor__isnull=False)),
        taken=Count("lines", filter=Q(lines__taken=True)),
    )


def lines(found: Proposal) -> Iterable[Line]:
    return found.lines.select_related("mentee__worker", "mentor__station", "best").order_by(
        "mentee__place", "pk"
    )


def found(text: str, scope: Scope, *, limit: int) -> list[Mentor]:
    """Mentors in office by name."""
    asked = text.strip()
    return list(mentors(scope).filter(name__startswith=asked)[:limit]) if asked else []
