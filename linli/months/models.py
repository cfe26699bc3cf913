from __future__ import annotations

from django.conf import settings
from django.db import models
from django.db.models import UniqueConstraint

from linli.scope.models import Placed

USER = settings.AUTH_USER_MODEL


class Month(Placed):
    """A month of a book that was handed in for sealing. Where it stands follows from its case,
    seal and release.

    `content`: hash of the statement that was handed in; signers sign that and nothing else.
    """

    book = models.ForeignKey("ledger.Book", models.PROTECT, related_name="months")
    period = models.CharField(max_length=7)
    content = models.CharField(max_length=64, blank=True)
    handed_in_at = models.DateTimeField(null=True)

    class Meta:
        ordering = ["book", "-period"]
        constraints = [UniqueConstraint(fields=["book", "period"], name="a_month_once_a_book")]

    def __str__(self) -> str:
        return f"{self.book} {self.period}"


class GateAnswer(Placed):
    """What the bookkeeper said to one soft gate of a month; later words replace earlier ones."""

    book = models.ForeignKey("ledger.Book", models.PROTECT, related_name="gate_answers")
    period = models.CharField(max_length=7)
    point = models.CharField(max_length=120)
    text = models.CharField(max_length=300)
    by = models.ForeignKey(USER, models.PROTECT, related_name="+")
    at = models.DateTimeField()

    class Meta:
        constraints = [
            UniqueConstraint(fields=["book", "period", "point"], name="one_answer_a_point")
        ]
