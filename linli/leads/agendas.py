"""Reads of consultations: who sees which, what was said to each item, what waits on whom."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.db.models import (
    Count,
    Exists,
    F,
    IntegerField,
    OuterRef,
    Prefetch,
    Q,
    QuerySet,
    Subquery,
    Value,
)
from django.db.models.functions import Coalesce

from linli.kernel.place import Scope
from linli.kernel.roles import DEPARTMENTS
from linli.leads import verdicts
from linli.leads.models import Consultation, Item, Opinion, Seat, Signature
from linli.scope.models import lies_in
from linli.search import words


def locked(consultation: Consultation) -> Consultation:
    """The consultation as it is now, nobody else signing or ending it until the act is done."""
    return Consultation.objects.select_for_update().get(pk=consultation.pk)


def items(consultation: Consultation) -> list[Item]:
    """The agenda, with leads and rooms."""
    return list(consultation.items.select_related("lead__room").order_by("position"))


def seats(consultation: Consultation) -> list[str]:
    """Codes of the departments asked, in the order they sign."""
    return list(consultation.seats.values_list("role", flat=True))


def opinions_of(consultation: Consultation) -> dict[int, dict[str, Opinion]]:
    """Item → department → the opinion that stands; one query."""
    found: dict[int, dict[str, Opinion]] = {}
    rows = Opinion.objects.filter(item__consultation=consultation, withdrawn_at=None)
    for row in rows.select_related("signature__by"):
        found.setdefault(row.item_id, {})[row.role] = row
    return found


def withdrawn(consultation: Consultation) -> list[Opinion]:
    """Opinions that were taken back, the oldest first."""
    rows = Opinion.objects.filter(item__consultation=consultation).exclude(withdrawn_at=None)
    return list(rows.select_related("signature__by", "withdrawn_by", "item__lead").order_by("pk"))


def signatures(consultation: Consultation) -> list[Signature]:
    """Every act of signing, the oldest first, with how many items it was about. Two queries."""
    rows = consultation.signatures.select_related("by", "consultation")
    said = Opinion.objects.select_related("item__lead").order_by("item__position")
    found = list(rows.prefetch_related(Prefetch("opinions", said)).order_by("pk"))
    for one in found:
        one.item_count = len(one.opinions.all())  # type: ignore[attr-defined]
    return found


def standings(
    consultation: Consultation,
    some: Sequence[Item],
    numbers: verdicts.Numbers,
    *,
    over: bool,
    said: Mapping[int, Mapping[str, Opinion]] | None = None,
) -> dict[int, tuple[str, verdicts.Count]]:
    """Item → (how it stands, its count)."""
    told = opinions_of(consultation) if said is None else said
    asked = len(seats(consultation))
    found = {}
    for item in some:
        stances = [one.stance for one in told.get(item.pk, {}).values()]
        counted = verdicts.count(asked, stances)
        found[item.pk] = (verdicts.standing(counted, numbers, over=over), counted)
    return found


# --- who sees which ---------------------------------------------------------------------------


def addressed(access: Any, conveners: Iterable[Any]) -> Q:
    """Consultations that somebody may see: those of their places for who convenes, and for a
    department those in which it is asked."""
    seen = lies_in(access.scope(*conveners))
    for role in DEPARTMENTS:
        if access.holds(role):
            asked = Exists(Seat.objects.filter(consultation=OuterRef("pk"), role=role.code))
            seen |= lies_in(access.scope(role)) & Q(asked)
    return seen


def register(seen: Q, *, text: str = "", state: str = "", today: date) -> QuerySet[Consultation]:
    """The consultations somebody may see, the latest first, with how far each is."""
    found = Consultation.objects.filter(seen)
    if text.strip():
        like = Q(title__icontains=text.strip())
        if plain := words.latin(text.strip()):
            like |= Q(number__begins=plain.upper())
            like |= Exists(
                Item.objects.filter(consultation=OuterRef("pk"), lead__number__begins=plain.upper())
            )
        found = found.filter(like)
    if state == "closed":
        found = found.exclude(closed_at=None)
    elif state == "open":
        found = found.filter(closed_at=None, due_on__gte=today)
    elif state == "over":
        found = found.filter(closed_at=None, due_on__lt=today)
    return _measured(found).order_by("-county", "-number")


def _measured(rows: QuerySet[Consultation]) -> QuerySet[Consultation]:
    """With `item_count`, `seat_count` and `opinion_count` (those that stand)."""

    standing = Opinion.objects.filter(withdrawn_at=None)
    return rows.annotate(
        item_count=_number(Item.objects.all(), "consultation"),
        seat_count=_number(Seat.objects.all(), "consultation"),
        opinion_count=_number(standing, "item__consultation"),
    )


def _number(rows: QuerySet, of: str) -> Any:
    """How many rows belong to a consultation, 0 where there are none."""
    told = rows.filter(**{of: OuterRef("pk")}).order_by().values(of).annotate(n=Count("pk"))
    return Coalesce(Subquery(told.values("n"), output_field=IntegerField()), Value(0))


def closest_consultations(text: str, seen: Q, *, limit: int) -> list[Consultation]:
    """For the search: by number or by the beginning of the name."""
    like = Q(title__begins=text)
    if len(plain := words.latin(text)) >= 2:
        like |= Q(number__begins=plain.upper())
    return list(Consultation.objects.filter(seen).filter(like).order_by("-number")[:limit])


# --- what waits -------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Waiting:
    """A consultation in which a department has something left to sign. `left`: so many items."""

    consultation: Consultation
    role: str
    left: int


def waiting_on(role: str, scope: Scope, today: date) -> list[Waiting]:
    """What one department has still to sign; one query. Past its day nothing can be signed."""
    asked = Exists(Seat.objects.filter(consultation=OuterRef("pk"), role=role))
    said = Opinion.objects.filter(role=role, withdrawn_at=None)
    rows = (
        _measured(Consultation.objects.within(scope))
        .filter(asked, closed_at=None, due_on__gte=today)
        .annotate(mine=_number(said, "item__consultation"))
        .filter(mine__lt=F("item_count"))
        .order_by("due_on", "number")
    )
    return [Waiting(row, role, row.item_count - row.mine) for row in rows]


def to_conclude(convener: str, scope: Scope, today: date) -> list[Consultation]:
    """Consultations that their convener can end now: all signed, or the day is over."""
    rows = _measured(Consultation.objects.within(scope)).filter(convener=convener, closed_at=None)
    full = Q(opinion_count__gte=F("item_count") * F("seat_count"))
    return list(rows.filter(full | Q(due_on__lt=today)).order_by("due_on", "number"))


def absent(
    consultation: Consultation, some: Sequence[Item], said: Mapping[int, Mapping[str, Opinion]]
) -> dict[str, list[int]]:
    """Department → positions of the items it has not signed; only those with any."""
    found = {}
    for role in seats(consultation):
        missing = [item.position for item in some if role not in said.get(item.pk, {})]
        if missing:
            found[role] = missing
    return found
