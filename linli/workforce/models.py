"""The nouns of the corps. Numbers that name a person are sealed: the database alone tells none."""

from __future__ import annotations

from datetime import date

from django.conf import settings
from django.db import models
from django.db.models import CheckConstraint, F, Index, Q, UniqueConstraint

from linli.keys.sealed import Sealed
from linli.scope.models import Placed
from linli.search.lookups import Given
from linli.workforce.guards import GUARDS as GUARDS

USER = settings.AUTH_USER_MODEL


class Worker(Placed):
    """The file (档案) of somebody who serves, or served, in the communities of a county.

    `place`: where they serve, or served last. `number` is given once in a county. `id_mark`: the
    keyed hash of `id_number`, by which one person has one file; `phone_tail`: the last four figures
    of `phone`, to be found by. `born_on` and `sex` are those of the number. `user`: the account, if they have one.
    """

    county = models.CharField(max_length=6)
    number = models.CharField(max_length=10)
    name = models.CharField(max_length=32)
    initials = models.CharField(max_length=64, blank=True)
    sex = models.CharField(max_length=6)
    born_on = models.DateField()
    id_number = Sealed(max_length=18)
    id_mark = models.CharField(max_length=64)
    phone = Sealed(max_length=20, blank=True, default="")
    phone_tail = models.CharField(max_length=4, blank=True)
    politics = models.CharField(max_length=16)
    joined_party_on = models.DateField(null=True, blank=True)
    user = models.OneToOneField(
        USER, models.PROTECT, null=True, blank=True, related_name="worker_file"
    )
    opened_by = models.ForeignKey(USER, models.PROTECT, null=True, related_name="+")
    opened_at = models.DateTimeField()

    class Meta:
        ordering = ["place", "number"]
        indexes = [
            Index(fields=["name"], name="workforce_worker_name"),
            Index(fields=["initials"], name="workforce_worker_initials"),
            Index(Given("name"), name="workforce_worker_given"),
            Index(fields=["phone_tail"], name="workforce_worker_phone"),
            Index(fields=["place", "number"], name="workforce_worker_place"),
        ]
        constraints = [
            UniqueConstraint(fields=["county", "number"], name="a_file_number_once_in_a_county"),
            UniqueConstraint(
                fields=["county", "id_mark"], name="a_person_has_one_file_in_a_county"
            ),
            CheckConstraint(condition=~Q(id_mark=""), name="a_file_is_somebody_s"),
            CheckConstraint(condition=Q(sex__in=["male", "female"]), name="a_file_has_a_sex"),
        ]

    def __str__(self) -> str:
        return self.name

    def age(self, on: date) -> int:
        """Full years on a day; 1 March for those born on 29 February."""
        return on.year - self.born_on.year - ((on.month, on.day) < _birthday(self.born_on))


def _birthday(born_on: date) -> tuple[int, int]:
    return born_on.month, born_on.day


class Tenure(Placed):
    """A post (任职) held at a community, from a day on and until a day (that day included).

    `title`, `way` and `ended_how` are words of sources/corps.toml; `subject`: what led to it, as
    the trail names rows. Only its end is ever written into it.
    """

    worker = models.ForeignKey(Worker, models.PROTECT, related_name="tenures")
    title = models.CharField(max_length=24)
    rung = models.CharField(max_length=12)
    way = models.CharField(max_length=16)
    since_on = models.DateField()
    until_on = models.DateField(null=True, blank=True)
    ended_how = models.CharField(max_length=16, blank=True)
    ended_why = models.CharField(max_length=200, blank=True)
    subject = models.CharField(max_length=128, blank=True, db_index=True)
    by = models.ForeignKey(USER, models.PROTECT, null=True, related_name="+")
    at = models.DateTimeField()
    ended_by = models.ForeignKey(USER, models.PROTECT, null=True, related_name="+")
    ended_at = models.DateTimeField(null=True)

    class Meta:
        ordering = ["worker", "since_on"]
        indexes = [
            Index(fields=["place", "since_on", "until_on"], name="workforce_tenure_place"),
            Index(fields=["worker", "since_on"], name="workforce_tenure_worker"),
        ]
        constraints = [
            UniqueConstraint(
                fields=["worker"], condition=Q(until_on__isnull=True), name="one_open_post_a_person"
            ),
            CheckConstraint(
                condition=Q(until_on__isnull=True) | Q(until_on__gte=F("since_on")),
                name="a_post_ends_after_it_begins",
            ),
            CheckConstraint(
                condition=Q(until_on__isnull=True, ended_how="", ended_at__isnull=True)
                | Q(until_on__isnull=False) & ~Q(ended_how=""),
                name="a_post_that_ended_says_how",
            ),
        ]


class Grading(models.Model):
    """The grade (岗位等级) somebody has from a day on, and why. Never changed: of two from one day
    the later entry counts."""

    worker = models.ForeignKey(Worker, models.PROTECT, related_name="gradings")
    rung = models.CharField(max_length=12)
    grade = models.PositiveSmallIntegerField()
    since_on = models.DateField()
    why = models.CharField(max_length=200)
    by = models.ForeignKey(USER, models.PROTECT, null=True, related_name="+")
    at = models.DateTimeField()

    class Meta:
        ordering = ["worker", "since_on", "pk"]
        constraints = [
            CheckConstraint(condition=Q(grade__gte=1), name="grades_are_counted_from_one"),
        ]


class Schooling(models.Model):
    """An education that was finished, with its degree ("" without one)."""

    worker = models.ForeignKey(Worker, models.PROTECT, related_name="schoolings")
    level = models.CharField(max_length=16)
    degree = models.CharField(max_length=16, blank=True)
    school = models.CharField(max_length=64, blank=True)
    major = models.CharField(max_length=64, blank=True)
    full_time = models.BooleanField(default=True)
    finished_on = models.DateField(null=True, blank=True)
    file = models.ForeignKey("files.File", models.PROTECT, null=True, related_name="+")
    by = models.ForeignKey(USER, models.PROTECT, null=True, related_name="+")
    at = models.DateTimeField()

    class Meta:
        ordering = ["worker", "pk"]
        indexes = [Index(fields=["level", "worker"], name="workforce_schooling_level")]
        constraints = [
            UniqueConstraint(
                fields=["worker", "level", "school", "major"], name="a_schooling_once"
            ),
        ]


class Certificate(models.Model):
    """A certificate (证书) as it was given; `until_on`: the last day it holds, None for good."""

    worker = models.ForeignKey(Worker, models.PROTECT, related_name="certificates")
    kind = models.CharField(max_length=24)
    name = models.CharField(max_length=64, blank=True)
    number = models.CharField(max_length=64, blank=True)
    given_on = models.DateField()
    until_on = models.DateField(null=True, blank=True)
    file = models.ForeignKey("files.File", models.PROTECT, null=True, related_name="+")
    by = models.ForeignKey(USER, models.PROTECT, null=True, related_name="+")
    at = models.DateTimeField()

    class Meta:
        ordering = ["worker", "given_on", "pk"]
        constraints = [
            UniqueConstraint(fields=["worker", "kind", "number"], name="a_certificate_once"),
            CheckConstraint(
                condition=Q(until_on__isnull=True) | Q(until_on__gte=F("given_on")),
                name="a_certificate_ends_after_it_is_given",
            ),
        ]


class Contract(models.Model):
    """A labour contract (劳动合同); `until_on` None: without term."""

    worker = models.ForeignKey(Worker, models.PROTECT, related_name="contracts")
    number = models.CharField(max_length=32)
    employer = models.CharField(max_length=64)
    from_on = models.DateField()
    until_on = models.DateField(null=True, blank=True)
    file = models.ForeignKey("files.File", models.PROTECT, null=True, related_name="+")
    by = models.ForeignKey(USER, models.PROTECT, null=True, related_name="+")
    at = models.DateTimeField()

    class Meta:
        ordering = ["worker", "from_on", "pk"]
        constraints = [
            UniqueConstraint(fields=["worker", "number"], name="a_contract_once"),
            CheckConstraint(
                condition=Q(until_on__isnull=True) | Q(until_on__gte=F("from_on")),
                name="a_labour_contract_ends_after_it_begins",
            ),
        ]


class Assessment(models.Model):
    """The yearly assessment (年度考核) of somebody. Never changed: the latest of a year counts."""

    worker = models.ForeignKey(Worker, models.PROTECT, related_name="assessments")
    year = models.PositiveSmallIntegerField()
    grade = models.CharField(max_length=12)
    note = models.CharField(max_length=200, blank=True)
    by = models.ForeignKey(USER, models.PROTECT, null=True, related_name="+")
    at = models.DateTimeField()

    class Meta:
        ordering = ["worker", "year", "pk"]


class Leave(Placed):
    """Leave (请假) from a day until a day, both included. `place`: where the worker serves."""

    worker = models.ForeignKey(Worker, models.PROTECT, related_name="leaves")
    kind = models.CharField(max_length=16)
    from_on = models.DateField()
    until_on = models.DateField()
    note = models.CharField(max_length=200, blank=True)
    by = models.ForeignKey(USER, models.PROTECT, null=True, related_name="+")
    at = models.DateTimeField()
    cancelled_by = models.ForeignKey(USER, models.PROTECT, null=True, related_name="+")
    cancelled_at = models.DateTimeField(null=True)

    class Meta:
        ordering = ["worker", "from_on"]
        indexes = [Index(fields=["place", "from_on"], name="workforce_leave_place")]
        constraints = [
            CheckConstraint(
                condition=Q(until_on__gte=F("from_on")), name="a_leave_ends_after_it_begins"
            ),
        ]


class Bar(Placed):
    """Somebody must not be appointed (任职限制) from a day on, until a day (None: for good).

    `id_mark` says who, whether or not they have a file; `subject`: what found it, as the trail
    names rows; `cite`: its ground. The reason itself is not here. `place` is the county.
    """

    id_mark = models.CharField(max_length=64, db_index=True)
    from_on = models.DateField()
    until_on = models.DateField(null=True, blank=True)
    cite = models.CharField(max_length=64)
    subject = models.CharField(max_length=128)
    by = models.ForeignKey(USER, models.PROTECT, null=True, related_name="+")
    at = models.DateTimeField()
    lifted_by = models.ForeignKey(USER, models.PROTECT, null=True, related_name="+")
    lifted_at = models.DateTimeField(null=True)
    lifted_why = models.CharField(max_length=200, blank=True)

    class Meta:
        ordering = ["pk"]
        constraints = [
            UniqueConstraint(fields=["id_mark", "subject"], name="a_finding_bars_once"),
            CheckConstraint(
                condition=Q(until_on__isnull=True) | Q(until_on__gte=F("from_on")),
                name="a_bar_ends_after_it_begins",
            ),
            CheckConstraint(
                condition=Q(lifted_at__isnull=True, lifted_why="")
                | Q(lifted_at__isnull=False) & ~Q(lifted_why=""),
                name="a_lifted_bar_says_why",
            ),
        ]


class Residents(Placed):
    """How many people live in a community, as of a day and from a source; the latest day counts."""

    as_of_on = models.DateField()
    count = models.PositiveIntegerField()
    household_count = models.PositiveIntegerField(null=True, blank=True)
    source = models.CharField(max_length=128)
    by = models.ForeignKey(USER, models.PROTECT, null=True, related_name="+")
    at = models.DateTimeField()

    class Meta:
        ordering = ["place", "-as_of_on"]
        constraints = [
            UniqueConstraint(fields=["place", "as_of_on"], name="residents_are_told_once_a_day")
        ]
