"""The nouns of leads and consultations."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.db.models import CheckConstraint, F, Index, Q, UniqueConstraint

from linli.leads import rules, verdicts
from linli.leads.guards import GUARDS as GUARDS
from linli.scope.models import Placed

USER = settings.AUTH_USER_MODEL


class Lead(Placed):
    """What is wrong with a public room, as it was found or reported.

    `number` is given once in a county. `room` None: not on the register, `spot_text` says where.
    `text`: the first report, in words any department may read. `subject`: what raised it, as the
    trail names rows. What a consultation found: `conclusion`, `settled_kind` (where the problem
    is of another kind), `settled_on`; `violator` is who answers for it, as far as is known.
    """

    county = models.CharField(max_length=6)
    number = models.CharField(max_length=10)
    room = models.ForeignKey("premises.Room", models.PROTECT, null=True, related_name="leads")
    spot_text = models.CharField(max_length=100, blank=True)
    kind = models.CharField(max_length=24)
    violator = models.CharField(max_length=12, default=rules.UNKNOWN)
    source = models.CharField(max_length=12)
    text = models.CharField(max_length=1000)
    subject = models.CharField(max_length=128, blank=True, db_index=True)
    raised_by = models.ForeignKey(USER, models.PROTECT, null=True, related_name="+")
    raised_at = models.DateTimeField()
    state = models.CharField(max_length=12, default=rules.OPEN)
    conclusion = models.CharField(max_length=16, blank=True)
    settled_kind = models.CharField(max_length=24, blank=True)
    settled_on = models.DateField(null=True, blank=True)
    dismissed_by = models.ForeignKey(USER, models.PROTECT, null=True, related_name="+")
    dismissed_at = models.DateTimeField(null=True)
    dismissed_why = models.CharField(max_length=300, blank=True)

    class Meta:
        ordering = ["county", "number"]
        indexes = [
            Index(fields=["state", "place"], name="leads_lead_state"),
            Index(fields=["kind", "place"], name="leads_lead_kind"),
            Index(fields=["number"], name="leads_lead_number"),
        ]
        constraints = [
            UniqueConstraint(fields=["county", "number"], name="a_lead_number_once_in_a_county"),
            UniqueConstraint(
                fields=["room", "kind"],
                condition=Q(state__in=list(rules.UNSETTLED), room__isnull=False),
                name="a_room_has_one_open_lead_of_a_kind",
            ),
            CheckConstraint(condition=Q(state__in=list(rules.STATES)), name="a_lead_is_in_a_state"),
            CheckConstraint(
                condition=Q(source__in=list(rules.SOURCES)), name="a_lead_has_a_source"
            ),
            CheckConstraint(
                condition=Q(violator__in=list(rules.VIOLATORS)), name="a_lead_has_a_violator"
            ),
            CheckConstraint(
                condition=Q(room__isnull=False) | ~Q(spot_text=""),
                name="a_lead_says_where",
            ),
            CheckConstraint(
                condition=~Q(state=rules.SETTLED, conclusion="")
                & (Q(conclusion="") | Q(conclusion__in=list(rules.CONCLUSIONS))),
                name="a_settled_lead_has_a_conclusion",
            ),
            CheckConstraint(
                condition=Q(state=rules.DISMISSED) & ~Q(dismissed_why="")
                | ~Q(state=rules.DISMISSED) & Q(dismissed_why=""),
                name="a_dismissed_lead_says_why",
            ),
        ]

    def __str__(self) -> str:
        return self.number

    @property
    def kind_now(self) -> str:
        """The kind it is of, as far as is known: as settled, else as raised."""
        return self.settled_kind or self.kind

    @property
    def is_settled(self) -> bool:
        return self.state == rules.SETTLED

    @property
    def stands(self) -> bool:
        """Whether something is to be mended."""
        return self.state == rules.SETTLED and self.conclusion in rules.STANDS


class Report(Placed):
    """Somebody's own words about a lead: the first, and whoever reports the same again.

    `query` and `phone` are those of a resident without an account, who asks with them.
    """

    lead = models.ForeignKey(Lead, models.PROTECT, related_name="reports")
    source = models.CharField(max_length=12)
    text = models.CharField(max_length=1000)
    subject = models.CharField(max_length=128, blank=True)
    query = models.CharField(max_length=12, null=True, unique=True)
    phone = models.CharField(max_length=20, blank=True)
    by = models.ForeignKey(USER, models.PROTECT, null=True, related_name="+")
    at = models.DateTimeField()

    class Meta:
        ordering = ["pk"]
        constraints = [
            CheckConstraint(
                condition=Q(source__in=list(rules.SOURCES)), name="a_report_has_a_source"
            ),
            CheckConstraint(
                condition=Q(query__isnull=True, phone="") | Q(query__isnull=False) & ~Q(phone=""),
                name="a_query_is_asked_with_a_phone",
            ),
        ]


class Photo(models.Model):
    """A picture that came with a report. `taken_at`, `east`, `north` (millionths of a degree): as
    the camera or the page told, None where nobody did."""

    report = models.ForeignKey(Report, models.PROTECT, related_name="photos")
    file = models.ForeignKey("files.File", models.PROTECT, related_name="+")
    taken_at = models.DateTimeField(null=True)
    east = models.IntegerField(null=True)
    north = models.IntegerField(null=True)

    class Meta:
        ordering = ["pk"]
        constraints = [
            UniqueConstraint(fields=["report", "file"], name="a_photo_once_in_a_report"),
            CheckConstraint(
                condition=Q(east__isnull=True, north__isnull=True)
                | Q(east__gte=-180_000_000, east__lte=180_000_000)
                & Q(north__gte=-90_000_000, north__lte=90_000_000),
                name="a_photo_was_taken_on_earth",
            ),
        ]


class Consultation(Placed):
    """Departments confer on leads. `convener`: code of the role that called it; `place`: widest
    place its leads lie in. Closed once, with a conclusion on every item."""

    county = models.CharField(max_length=6)
    number = models.CharField(max_length=10)
    title = models.CharField(max_length=100)
    convener = models.CharField(max_length=16)
    on = models.DateField()
    due_on = models.DateField()
    convened_by = models.ForeignKey(USER, models.PROTECT, null=True, related_name="+")
    convened_at = models.DateTimeField()
    closed_by = models.ForeignKey(USER, models.PROTECT, null=True, related_name="+")
    closed_at = models.DateTimeField(null=True)

    class Meta:
        ordering = ["county", "-number"]
        indexes = [Index(fields=["closed_at", "due_on"], name="leads_consultation_due")]
        constraints = [
            UniqueConstraint(fields=["county", "number"], name="consultations_are_numbered"),
            CheckConstraint(
                condition=Q(due_on__gte=F("on")), name="a_consultation_leaves_time_to_sign"
            ),
        ]

    def __str__(self) -> str:
        return self.number


class Seat(models.Model):
    """A department that is asked: code of its role."""

    consultation = models.ForeignKey(Consultation, models.PROTECT, related_name="seats")
    role = models.CharField(max_length=16)

    class Meta:
        ordering = ["pk"]
        constraints = [
            UniqueConstraint(fields=["consultation", "role"], name="a_department_is_asked_once")
        ]


class Item(Placed):
    """A lead on an agenda, with the conclusion proposed: departments agree with it or do not.

    `room_kind`, `owner`: what the register is to say of the room from then on ("" = as it does).
    `outcome` is written once, when the consultation ends; `why`: the convener's reasons for a
    casting vote, or for sending it back.
    """

    consultation = models.ForeignKey(Consultation, models.PROTECT, related_name="items")
    lead = models.ForeignKey(Lead, models.PROTECT, related_name="items")
    position = models.PositiveSmallIntegerField()
    conclusion = models.CharField(max_length=16)
    settled_kind = models.CharField(max_length=24, blank=True)
    violator = models.CharField(max_length=12)
    room_kind = models.CharField(max_length=24, blank=True)
    owner = models.CharField(max_length=12, blank=True)
    text = models.CharField(max_length=500, blank=True)
    outcome = models.CharField(max_length=12, blank=True)
    why = models.CharField(max_length=300, blank=True)

    class Meta:
        ordering = ["consultation", "position"]
        constraints = [
            UniqueConstraint(fields=["consultation", "lead"], name="a_lead_once_on_an_agenda"),
            UniqueConstraint(
                fields=["lead"], condition=Q(outcome=""), name="a_lead_on_one_open_agenda"
            ),
            CheckConstraint(
                condition=Q(conclusion__in=list(rules.CONCLUSIONS)),
                name="an_item_proposes_a_conclusion",
            ),
            CheckConstraint(
                condition=Q(outcome="") | Q(outcome__in=list(verdicts.OUTCOMES)),
                name="an_item_ends_in_an_outcome",
            ),
        ]


class Signature(Placed):
    """One act of signing by one person for a department, over any number of items.

    `digest`: SHA-256 of what was signed, word for word (verdicts.signed_text).
    """

    consultation = models.ForeignKey(Consultation, models.PROTECT, related_name="signatures")
    role = models.CharField(max_length=16)
    digest = models.CharField(max_length=64)
    by = models.ForeignKey(USER, models.PROTECT, related_name="+")
    at = models.DateTimeField()

    class Meta:
        ordering = ["pk"]


class Opinion(Placed):
    """What a department says to an item. Never changed; withdrawn with a reason it stays."""

    item = models.ForeignKey(Item, models.PROTECT, related_name="opinions")
    signature = models.ForeignKey(Signature, models.PROTECT, related_name="opinions")
    role = models.CharField(max_length=16)
    stance = models.CharField(max_length=8)
    text = models.CharField(max_length=500, blank=True)
    withdrawn_at = models.DateTimeField(null=True)
    withdrawn_by = models.ForeignKey(USER, models.PROTECT, null=True, related_name="+")
    withdrawn_why = models.CharField(max_length=300, blank=True)

    class Meta:
        ordering = ["pk"]
        indexes = [Index(fields=["role", "item"], name="leads_opinion_role")]
        constraints = [
            UniqueConstraint(
                fields=["item", "role"],
                condition=Q(withdrawn_at__isnull=True),
                name="a_department_signs_an_item_once",
            ),
            CheckConstraint(
                condition=Q(stance__in=list(verdicts.STANCES)), name="an_opinion_takes_a_stance"
            ),
            CheckConstraint(
                condition=~Q(stance=verdicts.DISAGREE, text=""),
                name="a_disagreement_says_why",
            ),
            CheckConstraint(
                condition=Q(withdrawn_at__isnull=True, withdrawn_why="")
                | Q(withdrawn_at__isnull=False) & ~Q(withdrawn_why=""),
                name="a_withdrawal_says_why",
            ),
        ]
