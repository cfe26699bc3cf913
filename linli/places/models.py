from django.db import models
from django.db.models.functions import Length
from django.db.models.lookups import Exact

from linli.kernel.place import GRID, LEVELS, NAMES
from linli.scope.models import Placed

KEPT_LEVELS = ("county", "street", "community", "estate", "building", "unit")
LENGTHS = {GRID: 16} | {level: LEVELS[level] for level in KEPT_LEVELS}


def level_choices() -> list[tuple[str, str]]:
    return [(level, str(NAMES[level])) for level in LENGTHS]


def _length_is_of_level() -> models.Q:
    fits = models.Q()
    for level, length in sorted(LENGTHS.items()):
        fits |= models.Q(Exact(Length("place"), length), level=level)
    return fits


class Place(Placed):
    """A county, street, community, estate, grid, building or unit; `place` is its own code.

    A code is never used twice. A place that was merged or taken apart keeps its row with
    `until_on`; the names it had before are `FormerName`s.
    """

    place = models.CharField(max_length=32, unique=True)
    level = models.CharField(max_length=12, choices=level_choices)
    name = models.CharField(max_length=64)
    initials = models.CharField(max_length=64, blank=True)
    address = models.CharField(max_length=128, blank=True)
    since_on = models.DateField(null=True, blank=True)
    until_on = models.DateField(null=True, blank=True)

    class Meta:
        ordering = ["place"]
        indexes = [
            models.Index(fields=["level", "place"], name="places_place_level"),
            models.Index(fields=["name"], name="places_place_name"),
            models.Index(fields=["initials"], name="places_place_initials"),
        ]
        constraints = [
            models.CheckConstraint(condition=_length_is_of_level(), name="a_code_is_of_its_level"),
            models.CheckConstraint(
                condition=models.Q(until_on__isnull=True)
                | models.Q(since_on__isnull=True)
                | models.Q(until_on__gte=models.F("since_on")),
                name="a_place_ends_after_it_begins",
            ),
        ]

    def __str__(self) -> str:
        return self.name

    @property
    def code(self) -> str:
        return self.place


class FormerName(Placed):
    """What a place was called until a day (that day included)."""

    name = models.CharField(max_length=64)
    until_on = models.DateField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["place", "until_on"], name="one_name_ends_a_day")
        ]


class Succession(Placed):
    """From a day on, `place` has taken over what was `old` (streets merged, a code changed)."""

    old = models.CharField(max_length=32, db_index=True)
    since_on = models.DateField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["place", "old"], name="a_place_is_taken_over_once"),
            models.CheckConstraint(
                condition=~models.Q(place=models.F("old")), name="nobody_succeeds_themselves"
            ),
        ]


class Door(Placed):
    """One dwelling or shop: a door of a building. `area_dm2` is in hundredths of a square metre."""

    place = models.CharField(max_length=32, unique=True)
    name = models.CharField(max_length=32)
    floor = models.SmallIntegerField(null=True, blank=True)
    area_dm2 = models.PositiveIntegerField(null=True, blank=True)

    class Meta:
        ordering = ["place"]

    def __str__(self) -> str:
        return self.name


class DoorGrid(Placed):
    """The grid (`grid`, a code) a door (`place`, its code) belongs to, from a day until a day."""

    grid = models.CharField(max_length=32, db_index=True)
    since_on = models.DateField()
    until_on = models.DateField(null=True, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["place"],
                condition=models.Q(until_on__isnull=True),
                name="a_door_is_in_one_grid_at_a_time",
            ),
            models.CheckConstraint(
                condition=models.Q(until_on__isnull=True)
                | models.Q(until_on__gte=models.F("since_on")),
                name="a_door_leaves_a_grid_after_it_came",
            ),
        ]


class Figures(Placed):
    """How large an estate is, as of a day and from a source; the latest day counts.

    Areas are hundredths of a square metre: `floor_dm2` in all, `above_dm2` above ground. Empty is
    unknown. `completed_on`: when it was accepted as built.
    """

    as_of_on = models.DateField()
    household_count = models.PositiveIntegerField(null=True, blank=True)
    floor_dm2 = models.BigIntegerField(null=True, blank=True)
    above_dm2 = models.BigIntegerField(null=True, blank=True)
    completed_on = models.DateField(null=True, blank=True)
    source = models.CharField(max_length=128)

    class Meta:
        ordering = ["place", "-as_of_on"]
        constraints = [
            models.UniqueConstraint(
                fields=["place", "as_of_on"], name="an_estate_has_one_set_of_figures_a_day"
            ),
            models.CheckConstraint(
                condition=models.Q(floor_dm2__isnull=True) | models.Q(floor_dm2__gt=0),
                name="a_floor_area_is_positive",
            ),
            models.CheckConstraint(
                condition=models.Q(above_dm2__isnull=True)
                | models.Q(above_dm2__gt=0)
                & (
                    models.Q(floor_dm2__isnull=True)
                    | models.Q(above_dm2__lte=models.F("floor_dm2"))
                ),
                name="what_is_above_ground_is_part_of_it",
            ),
        ]


class Outline(Placed):
    """Where a place lies: the ring around it, as [longitude, latitude] in millionths of a degree.

    Degrees are those of CGCS2000 (as in WGS 84). The first corner is not repeated at the end.
    """

    place = models.CharField(max_length=32, unique=True)
    ring = models.JSONField()
    source = models.CharField(max_length=128)

    class Meta:
        ordering = ["place"]


class Holiday(models.Model):
    """A day that is off, or a weekend day that is worked (调休)."""

    day = models.DateField(unique=True)
    off = models.BooleanField()
    name = models.CharField(max_length=32, blank=True)

    class Meta:
        ordering = ["day"]


class HolidayYear(models.Model):
    """A year whose holiday table is complete, and where it is from."""

    year = models.PositiveSmallIntegerField(unique=True)
    source = models.CharField(max_length=128)
