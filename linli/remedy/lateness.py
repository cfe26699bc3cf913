"""What is late, and the rounds of follow-up on it: reads."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from django.db.models import Count, Exists, Min, OuterRef, Q, QuerySet
from django.db.models.functions import Substr

from linli.kernel.place import Scope
from linli.remedy import dealings
from linli.remedy.models import Plan, Round
from linli.remedy.queries import is_late


def to_follow_up(today: date, scope: Scope | None = None) -> list[Plan]:
    """Late plans on which no round is running today."""
    running = Round.objects.filter(plan=OuterRef("pk"), ended_at=None, due_on__gte=today)
    found = Plan.objects.filter(is_late(today)).exclude(Exists(running))
    if scope is not None:
        found = found.filter(pk__in=Plan.objects.within(scope).values("pk"))
    return list(found.select_related("room").order_by("pk"))


def rounds_of(plan: Plan) -> list[dealings.Round]:
    """The rounds of a plan as the rules see them."""
    return [
        dealings.Round(
            number=row.number,
            level=row.level,
            due_on=row.due_on,
            ended=row.ended_at is not None,
        )
        for row in plan.rounds.all()
    ]


def latest_rounds(rows: QuerySet[Plan], *, level: str = "") -> QuerySet[Round]:
    """The running round of each plan, the longest late first."""
    found = Round.objects.filter(ended_at=None, plan__in=rows.values("pk"))
    last = Round.objects.filter(plan=OuterRef("plan"), ended_at=None).order_by("-number")
    found = found.filter(pk=last.values("pk")[:1])
    if level:
        found = found.filter(level=level)
    return found.select_related("plan__room").order_by("late_since", "pk")


@dataclass(frozen=True, slots=True)
class Supervised:
    """What is late in one street: plans, follow-ups by level, since when the oldest is late."""

    street: str
    late: int
    by_street: int
    by_district: int
    oldest: date | None


def supervised(rows: QuerySet[Plan], *, today: date) -> list[Supervised]:
    """Streets with something late, the longest late first; one query."""
    district = Round.objects.filter(plan=OuterRef("pk"), ended_at=None, level="district")
    street = Round.objects.filter(plan=OuterRef("pk"), ended_at=None, level="street")
    told = (
        rows.filter(is_late(today))
        .order_by()
        .annotate(street=Substr("place", 1, 9), up=Exists(district), here=Exists(street))
        .values_list("street")
        .annotate(
            n=Count("pk"),
            by_street=Count("pk", filter=Q(here=True, up=False)),
            by_district=Count("pk", filter=Q(up=True)),
            oldest=Min("due_on"),
        )
    )
    found = [Supervised(*row) for row in told]
    return sorted(found, key=lambda each: (each.oldest or today, each.street))
