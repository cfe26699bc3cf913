"""The nouns of a handover. Areas and heights are hundredths, money is fen, rates millionths."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.db.models import CheckConstraint, F, Index, Q, UniqueConstraint

from linli.handover import rules
from linli.handover.guards import GUARDS as GUARDS
from linli.scope.models import Placed

USER = settings.AUTH_USER_MODEL


def _person(null: bool = False) -> models.ForeignKey:
    return models.ForeignKey(USER, models.PROTECT, null=null, related_name="+")


def _pair(who: str, when: str) -> Q:
    """Who did it and when it was done are both there, or neither is."""
    both = Q(**{f"{who}__isnull": False, f"{when}__isnull": False})
    return both | Q(**{f"{who}__isnull": True, f"{when}__isnull": True})


class Handover(Placed):
    """A room on its way to the state; its steps are the stamps of `case`.

    `number`: once in a county. `ended_at`, `outcome`: entered and opened (`done`), or given up.
    `title_no`, `title_on`: as the register of real estate gave them at the transfer; `card_no`:
    of the asset card.
    """

    county = models.CharField(max_length=6)
    number = models.CharField(max_length=10)
    room = models.ForeignKey("premises.Room", models.PROTECT, related_name="handovers")
    case = models.OneToOneField("cases.Case", models.PROTECT, null=True, related_name="+")
    developer = models.CharField(max_length=80)
    receiver = models.CharField(max_length=80)
    receiver_kind = models.CharField(max_length=12)
    opened_by = _person(null=True)
    opened_at = models.DateTimeField()
    ended_at = models.DateTimeField(null=True)
    outcome = models.CharField(max_length=8, blank=True)
    why_ended = models.CharField(max_length=200, blank=True)
    title_no = models.CharField(max_length=64, blank=True)
    title_on = models.DateField(null=True)
    card_no = models.CharField(max_length=32, blank=True)
    card_on = models.DateField(null=True)
    value_fen = models.BigIntegerField(null=True)

    class Meta:
        ordering = ["-opened_at", "-pk"]
        indexes = [Index(fields=["ended_at", "place"], name="handover_open_place")]
        constraints = [
            UniqueConstraint(fields=["county", "number"], name="a_handover_number_once_a_county"),
            UniqueConstraint(
                fields=["room"],
                condition=Q(ended_at__isnull=True),
                name="a_room_has_one_open_handover",
            ),
            UniqueConstraint(
                fields=["room"], condition=Q(outcome="done"), name="a_room_is_handed_over_once"
            ),
            CheckConstraint(
                condition=Q(ended_at__isnull=True, outcome="", why_ended="")
                | Q(ended_at__isnull=False, outcome="done", why_ended="")
                | Q(ended_at__isnull=False, outcome="dropped") & ~Q(why_ended=""),
                name="a_handover_ends_one_way",
            ),
            CheckConstraint(
                condition=Q(receiver_kind__in=list(rules.RECEIVERS)),
                name="a_receiver_is_of_a_kind",
            ),
            CheckConstraint(
                condition=Q(title_no="", title_on__isnull=True)
                | ~Q(title_no="") & Q(title_on__isnull=False),
                name="a_title_has_number_and_day",
            ),
            CheckConstraint(
                condition=~Q(outcome="done") | ~Q(title_no="") & ~Q(card_no=""),
                name="what_is_done_has_title_and_card",
            ),
        ]

    def __str__(self) -> str:
        return self.number


class Paper(models.Model):
    """A paper of a step: a file, or the day by which one that is missing was promised."""

    handover = models.ForeignKey(Handover, models.PROTECT, related_name="papers")
    step = models.CharField(max_length=16)
    kind = models.CharField(max_length=32)
    file = models.ForeignKey("files.File", models.PROTECT, null=True, related_name="+")
    promised_on = models.DateField(null=True)
    promised_by = models.CharField(max_length=40, blank=True)
    note = models.CharField(max_length=200, blank=True)
    added_by = _person(null=True)
    added_at = models.DateTimeField()
    removed_at = models.DateTimeField(null=True)

    class Meta:
        ordering = ["pk"]
        constraints = [
            CheckConstraint(
                condition=Q(file__isnull=False, promised_on__isnull=True, promised_by="")
                | Q(file__isnull=True, promised_on__isnull=False) & ~Q(promised_by=""),
                name="a_paper_is_there_or_promised",
            ),
            UniqueConstraint(
                fields=["handover", "kind"],
                condition=Q(file__isnull=True, removed_at__isnull=True),
                name="a_paper_is_promised_once",
            ),
            UniqueConstraint(
                fields=["handover", "kind", "file"],
                condition=Q(removed_at__isnull=True, file__isnull=False),
                name="a_file_stands_once_as_a_paper",
            ),
        ]


class Notice(models.Model):
    """What was sent back, and all that was missing, told at once (一次性补正通知)."""

    handover = models.ForeignKey(Handover, models.PROTECT, related_name="notices")
    number = models.PositiveIntegerField()
    step = models.CharField(max_length=16)
    missing = models.JSONField(default=list)
    text = models.CharField(max_length=500)
    due_on = models.DateField(null=True)
    by = _person(null=True)
    at = models.DateTimeField()

    class Meta:
        ordering = ["number"]
        constraints = [
            UniqueConstraint(fields=["handover", "number"], name="a_notice_has_its_own_number")
        ]


class Signature(models.Model):
    """A role signed a step. `void_at`: the step was opened again, it is to be signed anew."""

    handover = models.ForeignKey(Handover, models.PROTECT, related_name="signatures")
    step = models.CharField(max_length=16)
    role = models.CharField(max_length=32)
    by = _person()
    at = models.DateTimeField()
    note = models.CharField(max_length=200, blank=True)
    void_at = models.DateTimeField(null=True)

    class Meta:
        ordering = ["pk"]
        constraints = [
            UniqueConstraint(
                fields=["handover", "step", "role"],
                condition=Q(void_at__isnull=True),
                name="a_role_signs_a_step_once",
            )
        ]


class Finding(models.Model):
    """What the joint team found of one item of the acceptance, signed by who answers for it.

    `value`: what was measured, in hundredths. `void_at`: looked at again, another one counts.
    """

    handover = models.ForeignKey(Handover, models.PROTECT, related_name="findings")
    item = models.CharField(max_length=16)
    value = models.BigIntegerField(null=True)
    outcome = models.CharField(max_length=8)
    note = models.CharField(max_length=200, blank=True)
    role = models.CharField(max_length=32)
    by = _person()
    at = models.DateTimeField()
    seen_on = models.DateField()
    void_at = models.DateTimeField(null=True)

    class Meta:
        ordering = ["pk"]
        constraints = [
            UniqueConstraint(
                fields=["handover", "item"],
                condition=Q(void_at__isnull=True),
                name="an_item_is_found_once",
            ),
            CheckConstraint(
                condition=Q(outcome__in=list(rules.OUTCOMES)), name="a_finding_has_an_outcome"
            ),
            CheckConstraint(
                condition=Q(value__isnull=True) | Q(value__gte=1, value__lte=rules.LARGEST_VALUE),
                name="a_measured_value_can_be",
            ),
            CheckConstraint(
                condition=~Q(outcome=rules.FAIL) | ~Q(note=""), name="a_failure_says_what"
            ),
        ]


class Defect(models.Model):
    """Something to be mended before the room is accepted; re-checked by another person."""

    handover = models.ForeignKey(Handover, models.PROTECT, related_name="defects")
    number = models.PositiveIntegerField()
    item = models.CharField(max_length=16, blank=True)
    text = models.CharField(max_length=200)
    raised_by = _person()
    raised_at = models.DateTimeField()
    due_on = models.DateField()
    round = models.PositiveIntegerField(default=1)
    mended_by = _person(null=True)
    mended_at = models.DateTimeField(null=True)
    mended_text = models.CharField(max_length=200, blank=True)
    evidence = models.ForeignKey("files.File", models.PROTECT, null=True, related_name="+")
    checked_by = _person(null=True)
    checked_at = models.DateTimeField(null=True)
    check_text = models.CharField(max_length=200, blank=True)
    closed_at = models.DateTimeField(null=True)

    class Meta:
        ordering = ["number"]
        indexes = [Index(fields=["closed_at", "due_on"], name="handover_defect_due")]
        constraints = [
            UniqueConstraint(fields=["handover", "number"], name="a_defect_has_its_own_number"),
            CheckConstraint(condition=_pair("mended_by", "mended_at"), name="who_mended_when"),
            CheckConstraint(condition=_pair("checked_by", "checked_at"), name="who_checked_when"),
            CheckConstraint(
                condition=Q(closed_at__isnull=True)
                | Q(mended_by__isnull=False, checked_by__isnull=False)
                & ~Q(checked_by=F("mended_by")),
                name="a_closed_defect_was_checked_by_another",
            ),
        ]

    @property
    def state(self) -> str:
        if self.closed_at:
            return rules.CLOSED
        return rules.MENDED if self.mended_at else rules.OPEN


class TaxLine(models.Model):
    """A line of the tax worksheet: what people reckoned, and who of the offices confirmed it."""

    handover = models.ForeignKey(Handover, models.PROTECT, related_name="tax_lines")
    tax = models.CharField(max_length=16)
    basis_fen = models.BigIntegerField(null=True)
    ppm = models.PositiveIntegerField(null=True)
    rate_since = models.DateField(null=True)
    rate_cite = models.CharField(max_length=40, blank=True)
    amount_fen = models.BigIntegerField()
    exempt_text = models.CharField(max_length=200, blank=True)
    exempt_cite = models.CharField(max_length=40, blank=True)
    note = models.CharField(max_length=200, blank=True)
    told_by = _person()
    told_at = models.DateTimeField()
    confirmed_by = _person(null=True)
    confirmed_role = models.CharField(max_length=32, blank=True)
    confirmed_at = models.DateTimeField(null=True)

    class Meta:
        ordering = ["pk"]
        constraints = [
            UniqueConstraint(fields=["handover", "tax"], name="a_tax_stands_once_on_a_worksheet"),
            CheckConstraint(
                condition=_pair("confirmed_by", "confirmed_at"), name="who_confirmed_a_tax_when"
            ),
            CheckConstraint(
                condition=Q(confirmed_by__isnull=True) | ~Q(confirmed_by=F("told_by")),
                name="a_tax_is_confirmed_by_another",
            ),
            CheckConstraint(condition=Q(amount_fen__gte=0), name="a_tax_is_not_negative"),
            CheckConstraint(
                condition=Q(exempt_text="", exempt_cite="")
                | ~Q(exempt_text="") & ~Q(exempt_cite=""),
                name="an_exemption_has_its_ground",
            ),
        ]

    @property
    def due_fen(self) -> int:
        return 0 if self.exempt_text else self.amount_fen


class Batch(Placed):
    """A ceremony: one agreement between a developer and a receiver about several rooms.

    `place`: county or street. Signed once, all rooms together; never changed after.
    """

    county = models.CharField(max_length=6)
    number = models.CharField(max_length=10)
    name = models.CharField(max_length=80)
    held_on = models.DateField()
    venue = models.CharField(max_length=80, blank=True)
    developer = models.CharField(max_length=80)
    receiver = models.CharField(max_length=80)
    agreement_no = models.CharField(max_length=40, blank=True)
    giver = models.CharField(max_length=40, blank=True)
    taker = models.CharField(max_length=40, blank=True)
    made_by = _person(null=True)
    made_at = models.DateTimeField()
    signed_by = _person(null=True)
    signed_at = models.DateTimeField(null=True)
    signed_on = models.DateField(null=True)
    dropped_at = models.DateTimeField(null=True)

    class Meta:
        ordering = ["-held_on", "-pk"]
        constraints = [
            UniqueConstraint(fields=["county", "number"], name="a_batch_number_once_a_county"),
            CheckConstraint(
                condition=Q(signed_at__isnull=True, signed_on__isnull=True)
                | Q(signed_at__isnull=False, signed_on__isnull=False)
                & ~Q(giver="")
                & ~Q(taker="")
                & ~Q(agreement_no=""),
                name="a_signed_batch_has_both_hands",
            ),
            CheckConstraint(
                condition=Q(signed_at__isnull=True) | Q(dropped_at__isnull=True),
                name="a_signed_batch_stands",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.number} {self.name}"


class BatchRoom(models.Model):
    """A handover signed (or to be signed) in a batch. `left_at`: taken out before the signing."""

    batch = models.ForeignKey(Batch, models.PROTECT, related_name="entries")
    handover = models.ForeignKey(Handover, models.PROTECT, related_name="batch_entries")
    left_at = models.DateTimeField(null=True)

    class Meta:
        ordering = ["pk"]
        constraints = [
            UniqueConstraint(
                fields=["handover"],
                condition=Q(left_at__isnull=True),
                name="a_handover_is_in_one_batch",
            )
        ]
