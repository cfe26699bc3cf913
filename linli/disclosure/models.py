from __future__ import annotations

from django.conf import settings
from django.db import models
from django.db.models import Index, Q, UniqueConstraint

from linli.disclosure.guards import GUARDS as GUARDS
from linli.keys.vault import Kept
from linli.scope.models import Placed

USER = settings.AUTH_USER_MODEL


class Release(Kept, Placed):
    """The papers of a sealed month (version 1) or of a correction (2 and up), as they were made.

    `statement`, `table_text`, `notice`: the exact content of statement.json, statement.csv and
    notice.pdf; their hashes stand in `leaf`. `salts`: of the reason of a correction.
    """

    book = models.ForeignKey("ledger.Book", models.PROTECT, related_name="releases")
    period = models.CharField(max_length=7)
    version = models.PositiveSmallIntegerField(default=1)
    leaf = models.OneToOneField("ledger.Leaf", models.PROTECT, related_name="release")
    statement = models.TextField()
    table_text = models.TextField()
    notice = models.BinaryField()
    reason = models.CharField(max_length=300, blank=True)
    salts = models.JSONField(default=dict)
    made_at = models.DateTimeField()
    published_at = models.DateTimeField(null=True)
    shown_until_on = models.DateField(null=True)

    class Meta:
        ordering = ["book", "period", "version"]
        constraints = [
            UniqueConstraint(fields=["book", "period", "version"], name="one_release_a_version")
        ]


class Objection(Kept, Placed):
    """Somebody doubts a published figure. Nobody needs an account; the phone's tail asks again.

    `shown`: the text that the public reads, after a person has looked for personal data in it;
    `withheld`: why it is not shown. `salts` belong to the commitments in the two leaves.
    """

    book = models.ForeignKey("ledger.Book", models.PROTECT, related_name="objections")
    number = models.PositiveIntegerField()
    query = models.CharField(max_length=12, unique=True)
    period = models.CharField(max_length=7)
    version = models.PositiveSmallIntegerField(default=1)
    figure = models.CharField(max_length=100)
    text = models.TextField()
    phone = models.CharField(max_length=20)
    made_at = models.DateTimeField()
    due_on = models.DateField()
    leaf = models.OneToOneField("ledger.Leaf", models.PROTECT, null=True, related_name="objection")
    shown = models.TextField(blank=True)
    withheld = models.CharField(max_length=200, blank=True)
    ground = models.CharField(max_length=100, blank=True)
    screened_by = models.ForeignKey(USER, models.PROTECT, null=True, related_name="+")
    screened_at = models.DateTimeField(null=True)
    outcome = models.CharField(max_length=16, blank=True)
    answer = models.TextField(blank=True)
    answered_by = models.ForeignKey(USER, models.PROTECT, null=True, related_name="+")
    answered_at = models.DateTimeField(null=True)
    answer_leaf = models.OneToOneField(
        "ledger.Leaf", models.PROTECT, null=True, related_name="answer"
    )
    salts = models.JSONField(default=dict)

    class Meta:
        ordering = ["book", "number"]
        indexes = [Index(fields=["book", "period"], name="disclosure_objection_month")]
        constraints = [
            UniqueConstraint(fields=["book", "number"], name="objections_are_numbered"),
            models.CheckConstraint(
                condition=Q(answered_at__isnull=True, answered_by__isnull=True)
                | Q(answered_at__isnull=False, answered_by__isnull=False),
                name="an_answer_says_who_and_when",
            ),
        ]


class Beside(Kept, Placed):
    """What another keeper says it holds for the estate (special maintenance fund); never summed."""

    book = models.ForeignKey("ledger.Book", models.PROTECT, related_name="beside")
    name = models.CharField(max_length=64)
    keeper = models.CharField(max_length=100)
    amount_fen = models.BigIntegerField()
    as_of_on = models.DateField()
    source = models.CharField(max_length=100)
    told_by = models.ForeignKey(USER, models.PROTECT, null=True, related_name="+")
    told_at = models.DateTimeField()

    class Meta:
        ordering = ["book", "name", "-as_of_on"]
