"""The nouns of public rooms. Areas are hundredths of a square metre (dm²), money is fen."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.db.models import CheckConstraint, F, Index, Q, UniqueConstraint
from django.db.models.functions import Substr

from linli.premises import rules
from linli.premises.guards import GUARDS as GUARDS
from linli.premises.rules import Facts
from linli.scope.models import Placed
from linli.search.words import initials

USER = settings.AUTH_USER_MODEL
AREA = {"__gte": rules.SMALLEST_DM2, "__lte": rules.LARGEST_DM2}


def _area(name: str) -> Q:
    fits = Q(**{f"{name}{end}": value for end, value in AREA.items()})
    return Q(**{f"{name}__isnull": True}) | fits


class Room(Placed):
    """A public room: of an estate, or of one of its buildings (`place`).

    `code` is given once in a county and never changes. `owner` is whose the room is, changed only
    by a `Passage`; whom the law calls for follows from `kind` (rules.owner_due). `state`,
    `occupant` are those of the open `Use`. `spot_x`, `spot_y`: where it lies on the estate's
    plan, in thousandths of its width and height. `until_on`: off the register since then.
    """

    county = models.CharField(max_length=6)
    code = models.CharField(max_length=10)
    kind = models.CharField(max_length=24)
    name = models.CharField(max_length=64, db_index=True)
    initials = models.CharField(max_length=64, blank=True, db_index=True)
    building = models.CharField(max_length=32, blank=True)
    floor = models.SmallIntegerField(null=True, blank=True)
    planned_dm2 = models.PositiveIntegerField(null=True, blank=True)
    measured_dm2 = models.PositiveIntegerField(null=True, blank=True)
    own_entrance = models.BooleanField(null=True, blank=True)
    state = models.CharField(max_length=12)
    occupant = models.CharField(max_length=64, blank=True)
    occupant_person = models.BooleanField(default=False)
    owner = models.CharField(max_length=12, default=rules.UNKNOWN)
    title_state = models.CharField(max_length=12, default=rules.NO_TITLE)
    title_no = models.CharField(max_length=64, blank=True)
    title_on = models.DateField(null=True, blank=True)
    spot_x = models.SmallIntegerField(null=True, blank=True)
    spot_y = models.SmallIntegerField(null=True, blank=True)
    note = models.CharField(max_length=500, blank=True)
    since_on = models.DateField(null=True, blank=True)
    until_on = models.DateField(null=True, blank=True)
    until_reason = models.CharField(max_length=200, blank=True)

    class Meta:
        ordering = ["place", "code"]
        indexes = [
            Index(Substr("place", 1, 15), "code", name="premises_room_estate"),
            Index(fields=["state", "place"], name="premises_room_state"),
            Index(fields=["kind", "place"], name="premises_room_kind"),
            Index(fields=["code"], name="premises_room_code"),
        ]
        constraints = [
            UniqueConstraint(fields=["county", "code"], name="a_room_code_once_in_a_county"),
            UniqueConstraint(
                fields=["place", "building", "name", "kind"],
                condition=Q(until_on__isnull=True),
                name="a_room_is_registered_once",
            ),
            CheckConstraint(condition=_area("planned_dm2"), name="a_planned_area_can_be"),
            CheckConstraint(condition=_area("measured_dm2"), name="a_measured_area_can_be"),
            CheckConstraint(
                condition=Q(floor__isnull=True)
                | Q(floor__gte=rules.LOWEST_FLOOR, floor__lte=rules.HIGHEST_FLOOR) & ~Q(floor=0),
                name="a_floor_can_be",
            ),
            CheckConstraint(
                condition=Q(spot_x__isnull=True, spot_y__isnull=True)
                | Q(spot_x__gte=0, spot_x__lte=1000, spot_y__gte=0, spot_y__lte=1000),
                name="a_spot_is_on_the_plan",
            ),
            CheckConstraint(
                condition=Q(until_on__isnull=True, until_reason="")
                | Q(until_on__isnull=False) & ~Q(until_reason=""),
                name="a_room_that_ended_says_why",
            ),
            CheckConstraint(condition=Q(state__in=list(rules.STATES)), name="a_room_is_in_a_state"),
            CheckConstraint(
                condition=Q(owner__in=list(rules.OWNERS_OF)), name="a_room_has_a_known_owner"
            ),
            CheckConstraint(
                condition=Q(title_state__in=list(rules.TITLES)), name="a_title_is_in_a_state"
            ),
            CheckConstraint(
                condition=~Q(title_state=rules.NO_TITLE) | Q(title_no="", title_on__isnull=True),
                name="a_title_without_registration_has_no_number",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.code} {self.name}"

    def take(self, facts: Facts) -> Room:
        """Take over what is written down about the room; saving is left to the caller."""
        for name in Facts.__slots__:
            setattr(self, name, getattr(facts, name))
        self.initials = initials(facts.name)[:64]
        return self

    @property
    def told(self) -> Facts:
        """What is written down about the room."""
        return Facts(**{name: getattr(self, name) for name in Facts.__slots__})

    @property
    def area_dm2(self) -> int | None:
        """What counts as its area: measured, or planned as long as nobody measured it."""
        return self.measured_dm2 if self.measured_dm2 is not None else self.planned_dm2

    @property
    def estate(self) -> str:
        return self.place[:15]

    @property
    def owner_due(self) -> str:
        return rules.owner_due(self.kind)

    @property
    def rent_goes_to(self) -> str:
        return rules.rent_goes_to(self.kind)


class Use(Placed):
    """How a room is used from a day until a day: a line of its ledger of use (管理使用台账).

    The open line (without `until_on`) is what the room's `state` and `occupant` say.
    """

    room = models.ForeignKey(Room, models.PROTECT, related_name="uses")
    since_on = models.DateField()
    until_on = models.DateField(null=True, blank=True)
    state = models.CharField(max_length=12)
    purpose = models.CharField(max_length=100, blank=True)
    occupant = models.CharField(max_length=64, blank=True)
    occupant_person = models.BooleanField(default=False)
    note = models.CharField(max_length=200, blank=True)
    told_by = models.ForeignKey(USER, models.PROTECT, null=True, related_name="+")
    told_at = models.DateTimeField()

    class Meta:
        ordering = ["-since_on", "-pk"]
        constraints = [
            UniqueConstraint(
                fields=["room"],
                condition=Q(until_on__isnull=True),
                name="a_room_has_one_use_at_a_time",
            ),
            CheckConstraint(
                condition=Q(until_on__isnull=True) | Q(until_on__gte=F("since_on")),
                name="a_use_ends_after_it_began",
            ),
            CheckConstraint(condition=Q(state__in=list(rules.STATES)), name="a_use_is_in_a_state"),
        ]


class Passage(Placed):
    """A room passed from one owner to another: settled in a consultation, or handed over.

    `subject`: the row that did it, as the trail names rows. Never changed.
    """

    room = models.ForeignKey(Room, models.PROTECT, related_name="passages")
    way = models.CharField(max_length=12)
    from_owner = models.CharField(max_length=12)
    to_owner = models.CharField(max_length=12)
    on = models.DateField()
    ground = models.CharField(max_length=200)
    subject = models.CharField(max_length=128, blank=True)
    by = models.ForeignKey(USER, models.PROTECT, null=True, related_name="+")
    at = models.DateTimeField()

    class Meta:
        ordering = ["pk"]
        constraints = [
            CheckConstraint(condition=~Q(from_owner=F("to_owner")), name="a_passage_changes_owner"),
            CheckConstraint(condition=Q(way__in=list(rules.WAYS)), name="a_passage_has_a_way"),
            CheckConstraint(condition=~Q(ground=""), name="a_passage_has_a_ground"),
        ]


class Contract(Placed):
    """A lease of a room. `rent_fen` is due once every `per`; `until_on` None: without fixed term.

    `person`: the lessee is a natural person, shown masked. `ended_on`: it ended on this day,
    whatever was agreed. `written`: there is a written contract.
    """

    room = models.ForeignKey(Room, models.PROTECT, related_name="contracts")
    number = models.CharField(max_length=64, blank=True)
    lessor = models.CharField(max_length=64)
    lessee = models.CharField(max_length=64)
    person = models.BooleanField(default=False)
    phone = models.CharField(max_length=20, blank=True)
    purpose = models.CharField(max_length=100, blank=True)
    from_on = models.DateField()
    until_on = models.DateField(null=True, blank=True)
    rent_fen = models.BigIntegerField()
    per = models.CharField(max_length=8)
    paid_to = models.CharField(max_length=12)
    written = models.BooleanField(default=True)
    note = models.CharField(max_length=200, blank=True)
    ended_on = models.DateField(null=True, blank=True)
    end_reason = models.CharField(max_length=200, blank=True)
    told_by = models.ForeignKey(USER, models.PROTECT, null=True, related_name="+")
    told_at = models.DateTimeField()

    class Meta:
        ordering = ["-from_on", "-pk"]
        indexes = [Index(fields=["until_on"], name="premises_contract_until")]
        constraints = [
            CheckConstraint(
                condition=Q(until_on__isnull=True) | Q(until_on__gte=F("from_on")),
                name="a_contract_ends_after_it_begins",
            ),
            CheckConstraint(
                condition=Q(ended_on__isnull=True) | Q(ended_on__gte=F("from_on")),
                name="a_contract_is_ended_after_it_began",
            ),
            CheckConstraint(
                condition=Q(ended_on__isnull=True, end_reason="") | Q(ended_on__isnull=False),
                name="a_reason_ends_a_contract",
            ),
            CheckConstraint(condition=Q(rent_fen__gte=0), name="a_rent_is_not_negative"),
            CheckConstraint(condition=Q(per__in=list(rules.PERS)), name="a_rent_is_due_regularly"),
            CheckConstraint(
                condition=Q(paid_to__in=list(rules.PAID_TO)), name="a_rent_goes_somewhere"
            ),
        ]


class RoomPaper(models.Model):
    """A photograph, drawing, contract or other paper of a room (or of one of its contracts)."""

    room = models.ForeignKey(Room, models.PROTECT, related_name="papers")
    contract = models.ForeignKey(Contract, models.PROTECT, null=True, related_name="papers")
    file = models.ForeignKey("files.File", models.PROTECT, related_name="+")
    kind = models.CharField(max_length=12)
    caption = models.CharField(max_length=100, blank=True)
    shown_on = models.DateField(null=True, blank=True)
    added_by = models.ForeignKey(USER, models.PROTECT, null=True, related_name="+")
    added_at = models.DateTimeField()
    removed_at = models.DateTimeField(null=True)

    class Meta:
        ordering = ["pk"]
        constraints = [
            UniqueConstraint(
                fields=["room", "file"],
                condition=Q(removed_at__isnull=True),
                name="a_paper_once_in_a_room",
            ),
            CheckConstraint(
                condition=Q(kind__in=list(rules.PAPERS)), name="a_room_paper_has_a_kind"
            ),
        ]


class SitePlan(Placed):
    """The picture an estate's rooms are shown on; `place` is the estate, the latest one counts."""

    file = models.ForeignKey("files.File", models.PROTECT, related_name="+")
    added_by = models.ForeignKey(USER, models.PROTECT, null=True, related_name="+")
    added_at = models.DateTimeField()
    removed_at = models.DateTimeField(null=True)

    class Meta:
        ordering = ["pk"]
        constraints = [
            UniqueConstraint(
                fields=["place"],
                condition=Q(removed_at__isnull=True),
                name="an_estate_has_one_plan",
            ),
        ]
