"""The nouns of surveys. Areas are hundredths of a square metre (dm²)."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.db.models import CheckConstraint, F, Index, Q, UniqueConstraint

from linli.premises import rules as rooms
from linli.scope.models import Placed
from linli.survey import comparing, questions, rules
from linli.survey.guards import GUARDS as GUARDS

USER = settings.AUTH_USER_MODEL
LOOKS = list(questions.LOOKS)


class Campaign(Placed):
    """A survey of all public rooms of a county (拉网式排查); `place` is the county.

    `departments`: codes of those that take part; `inside`: the places it is about, none for all. It runs from `started_at` until `closed_at`.
    """

    name = models.CharField(max_length=64)
    from_on = models.DateField()
    until_on = models.DateField()
    departments = models.JSONField(default=list)
    inside = models.JSONField(default=list)
    planned_by = models.ForeignKey(USER, models.PROTECT, null=True, related_name="+")
    planned_at = models.DateTimeField()
    started_at = models.DateTimeField(null=True)
    started_by = models.ForeignKey(USER, models.PROTECT, null=True, related_name="+")
    closed_at = models.DateTimeField(null=True)
    closed_by = models.ForeignKey(USER, models.PROTECT, null=True, related_name="+")

    class Meta:
        ordering = ["-from_on", "-pk"]
        constraints = [
            UniqueConstraint(fields=["place", "name"], name="a_campaign_has_a_name_of_its_own"),
            CheckConstraint(
                condition=Q(until_on__gte=F("from_on")), name="a_campaign_ends_after_it_begins"
            ),
            CheckConstraint(
                condition=Q(closed_at__isnull=True) | Q(started_at__isnull=False),
                name="a_campaign_closes_after_it_started",
            ),
        ]

    def __str__(self) -> str:
        return self.name


class Team(Placed):
    """A team of a campaign, led by a department; `place` is the county."""

    campaign = models.ForeignKey(Campaign, models.PROTECT, related_name="teams")
    number = models.PositiveSmallIntegerField()
    name = models.CharField(max_length=64)
    lead = models.CharField(max_length=32)

    class Meta:
        ordering = ["campaign", "number"]
        constraints = [
            UniqueConstraint(fields=["campaign", "number"], name="a_team_number_once"),
            CheckConstraint(condition=Q(number__gte=1), name="teams_are_counted_from_one"),
        ]

    def __str__(self) -> str:
        return self.name


class Member(Placed):
    """Somebody appointed to a team. `unit`: where they work; `user`: their account, if they have
    one: without it they work on paper. `phone` is shown masked; `place` is the county."""

    campaign = models.ForeignKey(Campaign, models.PROTECT, related_name="members")
    team = models.ForeignKey(Team, models.PROTECT, related_name="members")
    name = models.CharField(max_length=32)
    department = models.CharField(max_length=32)
    unit = models.CharField(max_length=64, blank=True)
    phone = models.CharField(max_length=20, blank=True)
    user = models.ForeignKey(USER, models.PROTECT, null=True, blank=True, related_name="+")

    class Meta:
        ordering = ["team", "pk"]
        constraints = [
            UniqueConstraint(
                fields=["campaign", "phone"],
                condition=~Q(phone=""),
                name="a_telephone_is_one_member",
            ),
            UniqueConstraint(
                fields=["campaign", "user"],
                condition=Q(user__isnull=False),
                name="an_account_is_one_member",
            ),
            UniqueConstraint(
                fields=["campaign", "name", "unit"],
                condition=Q(phone=""),
                name="a_member_without_telephone_is_one",
            ),
        ]

    def __str__(self) -> str:
        return self.name


class Assignment(Placed):
    """A look at a street, community or estate is a team's. `place`: that place."""

    campaign = models.ForeignKey(Campaign, models.PROTECT, related_name="assignments")
    team = models.ForeignKey(Team, models.PROTECT, related_name="assignments")
    look = models.CharField(max_length=12)
    given_by = models.ForeignKey(USER, models.PROTECT, null=True, related_name="+")
    given_at = models.DateTimeField()

    class Meta:
        ordering = ["place", "look"]
        constraints = [
            UniqueConstraint(
                fields=["campaign", "place", "look"], name="a_look_at_a_place_is_one_teams"
            ),
            CheckConstraint(condition=Q(look__in=LOOKS), name="an_assigned_look_is_known"),
        ]


class Target(Placed):
    """A room to be looked at: off the register as it was when the campaign started, or found.

    `code`: the room's, or that of what was found (N001 …). `complete_at`: the third look is in;
    from then on nothing of it changes, and it lies in a `pile`.
    """

    campaign = models.ForeignKey(Campaign, models.PROTECT, related_name="targets")
    room = models.ForeignKey("premises.Room", models.PROTECT, null=True, related_name="+")
    code = models.CharField(max_length=10)
    name = models.CharField(max_length=64, db_index=True)
    kind = models.CharField(max_length=24)
    building = models.CharField(max_length=32, blank=True)
    listed_at = models.DateTimeField()
    found_by = models.ForeignKey(Member, models.PROTECT, null=True, related_name="+")
    complete_at = models.DateTimeField(null=True)
    pile = models.CharField(max_length=12, blank=True)

    class Meta:
        ordering = ["place", "code"]
        indexes = [
            Index(fields=["campaign", "place", "code"], name="survey_target_place"),
            Index(fields=["campaign", "pile"], name="survey_target_pile"),
        ]
        constraints = [
            UniqueConstraint(fields=["campaign", "code"], name="a_target_code_once"),
            UniqueConstraint(
                fields=["campaign", "room"],
                condition=Q(room__isnull=False),
                name="a_room_is_looked_at_once_a_campaign",
            ),
            UniqueConstraint(
                fields=["campaign", "place", "building", "name", "kind"],
                condition=Q(room__isnull=True),
                name="what_was_found_is_listed_once",
            ),
            CheckConstraint(
                condition=Q(complete_at__isnull=True, pile="")
                | Q(complete_at__isnull=False, pile__in=list(comparing.PILES)),
                name="what_is_complete_lies_in_a_pile",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.code} {self.name}"

    @property
    def estate(self) -> str:
        return self.place[:15]


class Check(Placed):
    """One look at a target, as it was put in; never changed. `place` is the target's.

    `told_by`: the account that put it in, for a member without one. `mends`: the look it stands in
    the place of, and `why`. `area_dm2` stands apart from the other `answers` (topic → answer).
    """

    target = models.ForeignKey(Target, models.PROTECT, related_name="checks")
    look = models.CharField(max_length=12)
    member = models.ForeignKey(Member, models.PROTECT, related_name="checks")
    told_by = models.ForeignKey(USER, models.PROTECT, null=True, related_name="+")
    at = models.DateTimeField()
    area_dm2 = models.PositiveIntegerField(null=True)
    answers = models.JSONField()
    note = models.CharField(max_length=500, blank=True)
    mends = models.OneToOneField("self", models.PROTECT, null=True, related_name="mended_by")
    why = models.CharField(max_length=200, blank=True)

    class Meta:
        ordering = ["pk"]
        constraints = [
            UniqueConstraint(
                fields=["target", "look"],
                condition=Q(mends__isnull=True),
                name="a_look_begins_once",
            ),
            CheckConstraint(condition=Q(look__in=LOOKS), name="a_look_is_known"),
            CheckConstraint(
                condition=Q(area_dm2__isnull=True)
                | Q(area_dm2__gte=rooms.SMALLEST_DM2, area_dm2__lte=rooms.LARGEST_DM2),
                name="a_seen_area_can_be",
            ),
            CheckConstraint(
                condition=Q(mends__isnull=True, why="") | Q(mends__isnull=False) & ~Q(why=""),
                name="a_mending_look_says_why",
            ),
        ]

    @property
    def told(self) -> questions.Answers:
        """What was answered."""
        found = questions.from_json(self.answers)
        return found | ({"area": self.area_dm2} if self.area_dm2 is not None else {})


class Photo(models.Model):
    """A photograph of a look: where and when it was taken, as far as anybody can tell.

    Degrees are millionths, `within_m` the accuracy; `taken_from`: who says so (rules.TAKEN_FROM).
    """

    check_of = models.ForeignKey(Check, models.PROTECT, related_name="photos")
    file = models.ForeignKey("files.File", models.PROTECT, related_name="+")
    taken_at = models.DateTimeField(null=True)
    lat_e6 = models.IntegerField(null=True)
    lon_e6 = models.IntegerField(null=True)
    within_m = models.PositiveIntegerField(null=True)
    taken_from = models.CharField(max_length=8)
    kept_at = models.DateTimeField()

    class Meta:
        ordering = ["pk"]
        constraints = [
            UniqueConstraint(fields=["check_of", "file"], name="a_photo_once_a_look"),
            CheckConstraint(
                condition=Q(taken_from__in=list(rules.TAKEN_FROM)), name="a_photo_has_a_teller"
            ),
            CheckConstraint(
                condition=Q(lat_e6__isnull=True, lon_e6__isnull=True)
                | Q(
                    lat_e6__gte=-90_000_000,
                    lat_e6__lte=90_000_000,
                    lon_e6__gte=-180_000_000,
                    lon_e6__lte=180_000_000,
                ),
                name="a_photo_is_on_earth",
            ),
        ]

    @property
    def degrees(self) -> str:
        """37.81000° N, 120.75000° E; "" where nobody knows."""
        if self.lat_e6 is None or self.lon_e6 is None:
            return ""
        north, east = self.lat_e6 / 1e6, self.lon_e6 / 1e6
        return f"{abs(north):.5f}° {'N' if north >= 0 else 'S'}, {abs(east):.5f}° {'E' if east >= 0 else 'W'}"


class Finding(Placed):
    """Why a lead was raised: two looks that disagree about a topic, or a fact that is wrong.

    `looks`: "drawing,site", or "" for a fact. `place` is the target's. Never changed.
    """

    target = models.ForeignKey(Target, models.PROTECT, related_name="findings")
    lead = models.ForeignKey("leads.Lead", models.PROTECT, related_name="+")
    kind = models.CharField(max_length=24)
    topic = models.CharField(max_length=24)
    looks = models.CharField(max_length=24, blank=True)

    class Meta:
        ordering = ["pk"]
        constraints = [
            UniqueConstraint(fields=["target", "topic", "looks"], name="a_difference_once")
        ]


class Waiver(Placed):
    """A target that need not be complete before the base is frozen, and why. `place`: its own."""

    target = models.OneToOneField(Target, models.PROTECT, related_name="waiver")
    reason = models.CharField(max_length=200)
    by = models.ForeignKey(USER, models.PROTECT, null=True, related_name="+")
    at = models.DateTimeField()

    class Meta:
        constraints = [CheckConstraint(condition=~Q(reason=""), name="an_exception_says_why")]


class Freeze(Placed):
    """The base (底数) of a place as of a day. `root`: hash over its rows, in their order."""

    campaign = models.ForeignKey(Campaign, models.PROTECT, related_name="freezes")
    on = models.DateField()
    by = models.ForeignKey(USER, models.PROTECT, null=True, related_name="+")
    at = models.DateTimeField()
    root = models.CharField(max_length=64)

    class Meta:
        ordering = ["-on", "-pk"]
        constraints = [
            UniqueConstraint(fields=["campaign", "place", "on"], name="a_base_once_a_day")
        ]


class FrozenRoom(Placed):
    """A row of a base: the facts of a room as they were copied. Never changed."""

    freeze = models.ForeignKey(Freeze, models.PROTECT, related_name="rows")
    number = models.PositiveIntegerField()
    facts = models.JSONField()

    class Meta:
        ordering = ["freeze", "number"]
        constraints = [UniqueConstraint(fields=["freeze", "number"], name="a_frozen_row_once")]
