"""Reads of bases (底数): those of a survey, their rows, what is still open."""

from __future__ import annotations

from typing import Any

from django.db.models import Count, QuerySet

from linli.kernel.place import Scope
from linli.survey.models import Campaign, Freeze, FrozenRoom, Target


def open_of(found: Campaign, place: str) -> QuerySet[Target]:
    """Rooms of a place that are neither complete nor named as exceptions."""
    return found.targets.within(place).filter(complete_at=None, waiver=None)


def frozen_places(found: Campaign) -> list[str]:
    return list(found.freezes.values_list("place", flat=True))


def freeze(pk: int) -> Freeze | None:
    return Freeze.objects.select_related("campaign", "by").filter(pk=pk).first()


def comparable(county: str) -> list[Freeze]:
    """Every base of a county, whatever survey it is of, the latest first, with its `room_count`."""
    rows = Freeze.objects.filter(campaign__place=county).select_related("by")
    return list(rows.annotate(room_count=Count("rows")).order_by("-on", "-pk"))


def frozen_rows(found: Freeze, scope: Scope) -> list[FrozenRoom]:
    """The rows of a base within a scope, in their order."""
    return list(FrozenRoom.objects.within(scope).filter(freeze=found).order_by("number"))


def all_frozen(found: Freeze) -> list[dict[str, Any]]:
    """The facts of all rows of a base, in the order they were hashed in."""
    return list(found.rows.order_by("number").values_list("facts", flat=True))
