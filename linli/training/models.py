"""The nouns of training: venues, the question bank, sessions, who was asked and came, tests, certificates."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.db.models import CheckConstraint, Index, Q, UniqueConstraint

from linli.scope.models import Placed
from linli.training.guards import GUARDS as GUARDS

USER = settings.AUTH_USER_MODEL
WORKER = "workforce.Worker"


class Venue(Placed):
    """Where people are trained (阵地). `kind`: a word of sources/corps.toml; `place`: where it lies."""

    name = models.CharField(max_length=64)
    kind = models.CharField(max_length=16)
    address = models.CharField(max_length=128, blank=True)
    seats = models.PositiveIntegerField(null=True, blank=True)
    closed_on = models.DateField(null=True, blank=True)
    by = models.ForeignKey(USER, models.PROTECT, null=True, related_name="+")
    at = models.DateTimeField()

    class Meta:
        ordering = ["place", "name"]
        constraints = [
            UniqueConstraint(fields=["place", "name"], name="a_venue_has_its_name_once_at_a_place")
        ]


class Question(Placed):
    """One version of a question of a county's bank; the latest of a number is in force.

    `options`: 2–6 texts; `right`: which one, from 0; `active` False: withdrawn. `place`: the county.
    """

    number = models.PositiveIntegerField()
    version = models.PositiveSmallIntegerField()
    topic = models.CharField(max_length=16)
    text = models.CharField(max_length=300)
    options = models.JSONField()
    right = models.PositiveSmallIntegerField()
    why = models.CharField(max_length=300, blank=True)
    active = models.BooleanField(default=True)
    by = models.ForeignKey(USER, models.PROTECT, null=True, related_name="+")
    at = models.DateTimeField()

    class Meta:
        ordering = ["place", "number", "-version"]
        indexes = [Index(fields=["place", "topic", "number"], name="training_question_topic")]
        constraints = [
            UniqueConstraint(
                fields=["place", "number", "version"], name="a_question_has_each_version_once"
            )
        ]


class Session(Placed):
    """One training. `place`: the area it is for, a county, street or community.

    `kind`: "micro" (微培训) or "class" (a day of a county class, 集中培训). `layers`: codes of those
    it is for, empty for everybody. `seed`: what the tests are drawn by, for all to see.
    """

    county = models.CharField(max_length=6)
    number = models.CharField(max_length=10)
    kind = models.CharField(max_length=8)
    title = models.CharField(max_length=64)
    topic = models.CharField(max_length=16)
    layers = models.JSONField(default=list)
    venue = models.ForeignKey(Venue, models.PROTECT, related_name="sessions")
    trainer = models.CharField(max_length=64)
    starts_at = models.DateTimeField()
    minutes = models.PositiveSmallIntegerField()
    seed = models.CharField(max_length=12)
    by = models.ForeignKey(USER, models.PROTECT, null=True, related_name="+")
    at = models.DateTimeField()
    closed_by = models.ForeignKey(USER, models.PROTECT, null=True, related_name="+")
    closed_at = models.DateTimeField(null=True)
    cancelled_by = models.ForeignKey(USER, models.PROTECT, null=True, related_name="+")
    cancelled_at = models.DateTimeField(null=True)
    cancelled_why = models.CharField(max_length=200, blank=True)

    class Meta:
        ordering = ["-starts_at", "-pk"]
        indexes = [
            Index(fields=["place", "starts_at"], name="training_session_place"),
            Index(fields=["starts_at", "closed_at"], name="training_session_when"),
        ]
        constraints = [
            UniqueConstraint(fields=["county", "number"], name="a_session_number_once_in_a_county"),
            CheckConstraint(condition=Q(minutes__gte=1), name="a_session_takes_time"),
            CheckConstraint(
                condition=Q(closed_at__isnull=True) | Q(cancelled_at__isnull=True),
                name="a_session_is_held_or_cancelled",
            ),
            CheckConstraint(
                condition=Q(cancelled_at__isnull=True, cancelled_why="")
                | Q(cancelled_at__isnull=False) & ~Q(cancelled_why=""),
                name="a_cancelled_session_says_why",
            ),
        ]

    def __str__(self) -> str:
        return self.title


class Invite(Placed):
    """Somebody was asked to a session, as of the day it was planned. `place`: their community."""

    session = models.ForeignKey(Session, models.PROTECT, related_name="invites")
    worker = models.ForeignKey(WORKER, models.PROTECT, related_name="+")

    class Meta:
        constraints = [
            UniqueConstraint(fields=["session", "worker"], name="one_is_asked_to_a_session_once")
        ]
        indexes = [Index(fields=["worker", "session"], name="training_invite_worker")]


class SignIn(Placed):
    """Somebody was there. `way`: "qr" (scanned the code), "clerk" (signed in by the organiser, with
    the reason) or "sheet" (from a list signed on paper). `place`: their community then."""

    session = models.ForeignKey(Session, models.PROTECT, related_name="sign_ins")
    worker = models.ForeignKey(WORKER, models.PROTECT, related_name="training_sign_ins")
    way = models.CharField(max_length=8)
    late = models.BooleanField(default=False)
    reason = models.CharField(max_length=200, blank=True)
    by = models.ForeignKey(USER, models.PROTECT, null=True, related_name="+")
    at = models.DateTimeField()

    class Meta:
        ordering = ["at", "pk"]
        indexes = [Index(fields=["worker", "session"], name="training_signin_worker")]
        constraints = [
            UniqueConstraint(fields=["session", "worker"], name="one_signs_in_to_a_session_once"),
            CheckConstraint(condition=Q(way="qr") | ~Q(reason=""), name="no_scan_without_a_reason"),
        ]


class Paper(Placed):
    """A test as somebody took it: drawn by `seed`, handed in once. `place`: their community."""

    session = models.ForeignKey(Session, models.PROTECT, related_name="papers")
    worker = models.ForeignKey(WORKER, models.PROTECT, related_name="training_papers")
    attempt = models.PositiveSmallIntegerField()
    seed = models.CharField(max_length=40)
    pass_percent = models.PositiveSmallIntegerField()
    asked = models.PositiveSmallIntegerField()
    started_at = models.DateTimeField()
    done_at = models.DateTimeField(null=True)
    right = models.PositiveSmallIntegerField(null=True)
    passed = models.BooleanField(null=True)

    class Meta:
        ordering = ["pk"]
        indexes = [Index(fields=["worker", "session"], name="training_paper_worker")]
        constraints = [
            UniqueConstraint(
                fields=["session", "worker", "attempt"], name="an_attempt_at_a_test_is_one_paper"
            ),
            CheckConstraint(
                condition=Q(done_at__isnull=True, right__isnull=True, passed__isnull=True)
                | Q(done_at__isnull=False, right__isnull=False, passed__isnull=False),
                name="a_test_has_its_result_when_it_is_in",
            ),
        ]


class PaperItem(models.Model):
    """A question of a paper, at its place, and what was chosen; None until it is handed in."""

    paper = models.ForeignKey(Paper, models.PROTECT, related_name="items")
    question = models.ForeignKey(Question, models.PROTECT, related_name="+")
    position = models.PositiveSmallIntegerField()
    chosen = models.PositiveSmallIntegerField(null=True)
    right = models.BooleanField(null=True)

    class Meta:
        ordering = ["paper", "position"]
        constraints = [
            UniqueConstraint(fields=["paper", "position"], name="a_paper_has_a_question_a_place")
        ]


class Certificate(Placed):
    """A training certificate: what somebody had done by a day. `code`: what anybody checks it by."""

    county = models.CharField(max_length=6)
    number = models.CharField(max_length=16)
    code = models.CharField(max_length=16, unique=True)
    worker = models.ForeignKey(WORKER, models.PROTECT, related_name="training_certificates")
    from_on = models.DateField()
    until_on = models.DateField()
    minutes = models.PositiveIntegerField()
    session_count = models.PositiveSmallIntegerField()
    by = models.ForeignKey(USER, models.PROTECT, null=True, related_name="+")
    at = models.DateTimeField()
    voided_by = models.ForeignKey(USER, models.PROTECT, null=True, related_name="+")
    voided_at = models.DateTimeField(null=True)
    voided_why = models.CharField(max_length=200, blank=True)

    class Meta:
        ordering = ["-pk"]
        constraints = [
            UniqueConstraint(
                fields=["county", "number"], name="a_training_certificate_number_once"
            ),
            CheckConstraint(
                condition=Q(voided_at__isnull=True, voided_why="")
                | Q(voided_at__isnull=False) & ~Q(voided_why=""),
                name="a_withdrawn_certificate_says_why",
            ),
        ]
