from django.conf import settings
from django.db import models

from linli.scope.models import Placed


class KeptFlow(models.Model):
    """A flow that was told as data when a case of it began: by this wording the case ends."""

    code = models.CharField(max_length=32, primary_key=True)
    told = models.TextField()
    kept_at = models.DateTimeField()


class Case(Placed):
    """One run of a flow about one row (`subject`, as the trail names rows).

    `promised_on`: the day promised to whoever asked. Closed when its last step is done, or given
    up before with `closing_note`.
    """

    flow = models.CharField(max_length=32)
    subject = models.CharField(max_length=128)
    title = models.CharField(max_length=200)
    opened_at = models.DateTimeField()
    opened_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+"
    )
    promised_on = models.DateField(null=True)
    closed_at = models.DateTimeField(null=True)
    closed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+"
    )
    closing_note = models.CharField(max_length=200, blank=True)
    stamp_count = models.PositiveIntegerField(default=0)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["flow", "subject"], name="a_row_has_one_case_a_flow"),
            models.CheckConstraint(
                condition=models.Q(closed_at__isnull=False)
                | models.Q(closed_by__isnull=True, closing_note=""),
                name="who_closed_a_case_did_so_once",
            ),
        ]


class Stamp(models.Model):
    """One step done (passed) or sent back (returned). Stamps are numbered without gaps.

    `waited_s`: seconds since the step's turn came; None where it was not its turn.
    """

    case = models.ForeignKey(Case, models.PROTECT, related_name="stamps")
    number = models.PositiveIntegerField()
    step = models.CharField(max_length=32)
    outcome = models.CharField(max_length=16)
    role = models.CharField(max_length=32)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+")
    at = models.DateTimeField()
    waited_s = models.PositiveBigIntegerField(null=True)
    note = models.TextField(blank=True)

    class Meta:
        ordering = ["number"]
        constraints = [
            models.UniqueConstraint(fields=["case", "number"], name="a_stamp_has_its_own_number")
        ]


class Wait(Placed):
    """A step whose turn it is: what waits on a role in a place.

    It follows from the stamps; it is kept so that a desk is one query. `doctor` folds it again.
    """

    case = models.ForeignKey(Case, models.CASCADE, related_name="waits")
    step = models.CharField(max_length=32)
    role = models.CharField(max_length=32)
    since_at = models.DateTimeField()
    due_on = models.DateField(null=True)

    class Meta:
        indexes = [
            models.Index(fields=["role", "place"], name="cases_wait_role_place"),
            models.Index(fields=["due_on"], name="cases_wait_due"),
        ]
        constraints = [
            models.UniqueConstraint(
                fields=["case", "step", "role"], name="a_step_waits_once_on_a_role"
            )
        ]


class DutyDone(Placed):
    """A duty done for a period (2026-10, 2026-Q4 …) at a place. `subject`: the row that shows it."""

    duty = models.CharField(max_length=32)
    period = models.CharField(max_length=8)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+")
    at = models.DateTimeField()
    subject = models.CharField(max_length=128, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["duty", "place", "period"], name="a_duty_is_done_once_a_period"
            )
        ]
