"""The nouns of mentoring: stations, mentors, who needs what, proposals, pairs, logs of both sides."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.db.models import CheckConstraint, F, Index, Q, UniqueConstraint

from linli.mentoring.guards import GUARDS as GUARDS
from linli.scope.models import Placed

USER = settings.AUTH_USER_MODEL
WORKER = "workforce.Worker"


class Station(Placed):
    """A station of old hands (老社工驿站) in a community."""

    name = models.CharField(max_length=64)
    address = models.CharField(max_length=128, blank=True)
    opened_on = models.DateField()
    closed_on = models.DateField(null=True, blank=True)
    by = models.ForeignKey(USER, models.PROTECT, null=True, related_name="+")
    at = models.DateTimeField()

    class Meta:
        ordering = ["place", "pk"]
        constraints = [
            UniqueConstraint(
                fields=["place"],
                condition=Q(closed_on__isnull=True),
                name="one_open_station_a_community",
            ),
            CheckConstraint(
                condition=Q(closed_on__isnull=True) | Q(closed_on__gte=F("opened_on")),
                name="a_station_closes_after_it_opens",
            ),
        ]


class Mentor(Placed):
    """An old hand of a station. `worker`: their file while they serve; `user`: their account;
    `skills`: topics of sources/corps.toml; `most`: so many mentees at a time."""

    station = models.ForeignKey(Station, models.PROTECT, related_name="mentors")
    name = models.CharField(max_length=32)
    worker = models.ForeignKey(WORKER, models.PROTECT, null=True, related_name="+")
    user = models.ForeignKey(USER, models.PROTECT, null=True, related_name="mentor_of")
    skills = models.JSONField()
    most = models.PositiveSmallIntegerField()
    about = models.CharField(max_length=200, blank=True)
    since_on = models.DateField()
    until_on = models.DateField(null=True, blank=True)
    by = models.ForeignKey(USER, models.PROTECT, null=True, related_name="+")
    at = models.DateTimeField()

    class Meta:
        ordering = ["place", "pk"]


class Mentee(Placed):
    """What somebody needs: topic → how much, from 1 to 3. One open row a person."""

    worker = models.ForeignKey(WORKER, models.PROTECT, related_name="mentee_rows")
    needs = models.JSONField()
    told_on = models.DateField()
    ended_on = models.DateField(null=True, blank=True)
    by = models.ForeignKey(USER, models.PROTECT, null=True, related_name="+")
    at = models.DateTimeField()

    class Meta:
        ordering = ["place", "pk"]
        constraints = [
            UniqueConstraint(
                fields=["worker"],
                condition=Q(ended_on__isnull=True),
                name="a_person_tells_their_needs_once",
            )
        ]


class Proposal(Placed):
    """Pairs that were reckoned for an area, to be confirmed by a person or dropped."""

    points = models.PositiveIntegerField()
    by = models.ForeignKey(USER, models.PROTECT, null=True, related_name="+")
    at = models.DateTimeField()
    decided_by = models.ForeignKey(USER, models.PROTECT, null=True, related_name="+")
    decided_at = models.DateTimeField(null=True)

    class Meta:
        ordering = ["-pk"]


class Line(models.Model):
    """A pair of a proposal. `parts`: the points it is made of; `best`, `best_points`: the mentor who
    would have suited the mentee most, taken alone. `mentor` None: nobody was left."""

    proposal = models.ForeignKey(Proposal, models.PROTECT, related_name="lines")
    mentee = models.ForeignKey(Mentee, models.PROTECT, related_name="+")
    mentor = models.ForeignKey(Mentor, models.PROTECT, null=True, related_name="+")
    points = models.PositiveSmallIntegerField()
    parts = models.JSONField()
    best = models.ForeignKey(Mentor, models.PROTECT, null=True, related_name="+")
    best_points = models.PositiveSmallIntegerField()
    taken = models.BooleanField(null=True)

    class Meta:
        ordering = ["proposal", "pk"]
        constraints = [
            UniqueConstraint(fields=["proposal", "mentee"], name="a_mentee_once_in_a_proposal")
        ]


class Pair(Placed):
    """Somebody teaches somebody. `parts`: why these two, as they were reckoned. `place`: the mentee's."""

    mentor = models.ForeignKey(Mentor, models.PROTECT, related_name="pairs")
    mentee = models.ForeignKey(Mentee, models.PROTECT, related_name="pairs")
    points = models.PositiveSmallIntegerField()
    parts = models.JSONField()
    begun_on = models.DateField()
    ended_on = models.DateField(null=True, blank=True)
    ended_why = models.CharField(max_length=200, blank=True)
    by = models.ForeignKey(USER, models.PROTECT, null=True, related_name="+")
    at = models.DateTimeField()

    class Meta:
        ordering = ["place", "pk"]
        indexes = [Index(fields=["place", "ended_on"], name="mentoring_pair_place")]
        constraints = [
            UniqueConstraint(
                fields=["mentee"],
                condition=Q(ended_on__isnull=True),
                name="a_mentee_has_one_mentor_at_a_time",
            ),
            CheckConstraint(
                condition=Q(ended_on__isnull=True, ended_why="")
                | Q(ended_on__isnull=False) & ~Q(ended_why=""),
                name="a_pair_that_ended_says_why",
            ),
        ]


class Log(models.Model):
    """What one side wrote about a month ("2026-10") or a quarter on site ("2026-Q4").

    `side`: "mentor" or "mentee". Sealed once the other side has written, too.
    """

    pair = models.ForeignKey(Pair, models.PROTECT, related_name="logs")
    period = models.CharField(max_length=8)
    side = models.CharField(max_length=8)
    on = models.DateField()
    spot = models.CharField(max_length=64, blank=True)
    text = models.CharField(max_length=600)
    by = models.ForeignKey(USER, models.PROTECT, null=True, related_name="+")
    at = models.DateTimeField()

    class Meta:
        ordering = ["-period", "side"]
        constraints = [
            UniqueConstraint(fields=["pair", "period", "side"], name="a_side_writes_a_period_once"),
            CheckConstraint(condition=Q(side__in=["mentor", "mentee"]), name="a_log_is_of_a_side"),
        ]


class Rating(models.Model):
    """How far a mentee has come with a topic in a quarter, from 1 to 5, as their mentor sees it."""

    pair = models.ForeignKey(Pair, models.PROTECT, related_name="ratings")
    period = models.CharField(max_length=8)
    topic = models.CharField(max_length=16)
    score = models.PositiveSmallIntegerField()
    at = models.DateTimeField()

    class Meta:
        ordering = ["period", "topic"]
        constraints = [
            UniqueConstraint(
                fields=["pair", "period", "topic"], name="a_topic_is_rated_once_a_quarter"
            ),
            CheckConstraint(condition=Q(score__gte=1, score__lte=5), name="scores_are_one_to_five"),
        ]
