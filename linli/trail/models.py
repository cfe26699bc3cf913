from django.conf import settings
from django.db import models

from linli.scope.models import Placed


class Line(Placed):
    """One line of the trail: who did which act on what, where and when. Never changed.

    `by` is empty only for what anybody may do without an account (an objection, a failed log-in).
    `done` False: the act was refused, `facts` says why.
    """

    act = models.CharField(max_length=64)
    subject = models.CharField(max_length=128, blank=True)
    by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+", db_index=True
    )
    at = models.DateTimeField()
    done = models.BooleanField(default=True)
    facts = models.JSONField(default=dict)

    class Meta:
        indexes = [
            models.Index(fields=["at"], name="trail_line_at"),
            models.Index(fields=["subject", "at"], name="trail_line_subject"),
        ]


class Look(Placed):
    """Somebody opened a field that holds personal data. Never changed."""

    subject = models.CharField(max_length=128)
    field = models.CharField(max_length=32)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    at = models.DateTimeField()
    purpose = models.CharField(max_length=64, blank=True)
