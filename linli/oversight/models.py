from __future__ import annotations

from django.conf import settings
from django.db import models
from django.db.models import Q, UniqueConstraint

from linli.scope.models import Placed

USER = settings.AUTH_USER_MODEL


class Followup(Placed):
    """A street or district follows up (督办) on a month of an estate's accounts.

    What was replied and why it was sent back are the stamps of its case. `due_on`: the day by
    which the step that is open now has to be done.
    """

    book = models.ForeignKey("ledger.Book", models.PROTECT, related_name="followups")
    number = models.PositiveIntegerField()
    period = models.CharField(max_length=7)
    text = models.CharField(max_length=500)
    raised_by = models.ForeignKey(USER, models.PROTECT, related_name="+")
    raised_at = models.DateTimeField()
    due_on = models.DateField()
    round = models.PositiveSmallIntegerField(default=1)
    closed_at = models.DateTimeField(null=True)

    class Meta:
        ordering = ["-raised_at", "-pk"]
        constraints = [
            UniqueConstraint(fields=["book", "number"], name="followups_are_numbered"),
            UniqueConstraint(
                fields=["book", "period"],
                condition=Q(closed_at=None),
                name="one_open_followup_a_month",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.book} {self.period}"
