"""A row that belongs to a place. The first digits of its code are the places that contain it."""

from __future__ import annotations

from typing import Self

from django.db import models
from django.db.models import Q

from linli.kernel.place import Scope


def lies_in(scope: Scope) -> Q:
    """The condition on `place` for a query that joins it with others."""
    if scope.everywhere:
        return Q()
    wanted = Q(place__in=scope.alone)
    for low, high in scope.ranges():
        wanted |= Q(place__gte=low, place__lt=high)
    return wanted


class PlacedQuerySet(models.QuerySet):
    def within(self, scope: Scope | str) -> Self:
        """Rows of the places a scope covers, or of one place and all in it.

        An empty scope covers nothing, EVERYWHERE all rows, those without a place among them.
        """
        return self.filter(lies_in(Scope.of(scope) if isinstance(scope, str) else scope))


class Placed(models.Model):
    """Adds `place`, the code of the place the row belongs to."""

    place = models.CharField(max_length=32, db_index=True)

    objects = PlacedQuerySet.as_manager()

    class Meta:
        abstract = True
