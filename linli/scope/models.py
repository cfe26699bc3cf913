"""A row that belongs to a place. The first digits of its code are the places that contain it."""

from __future__ import annotations

from typing import Self

from django.db import models

from linli.kernel.place import Scope, bounds


class PlacedQuerySet(models.QuerySet):
    def within(self, scope: Scope | str) -> Self:
        """Rows of the places a scope covers; an empty scope covers nothing."""
        prefixes = {scope} if isinstance(scope, str) else scope.prefixes
        if not prefixes:
            return self.none()
        wanted = models.Q()
        for prefix in sorted(prefixes):
            low, high = bounds(prefix)
            wanted |= models.Q(place__gte=low, place__lt=high)
        return self.filter(wanted)


class Placed(models.Model):
    """Adds `place`, the code of the place the row belongs to."""

    place = models.CharField(max_length=32, db_index=True)

    objects = PlacedQuerySet.as_manager()

    class Meta:
        abstract = True
