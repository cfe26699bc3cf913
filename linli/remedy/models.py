"""The nouns of mending rooms: one plan per room, its measures, and what happens on the way."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.db.models import CheckConstraint, F, Index, Q, UniqueConstraint

from linli.remedy import dealings, rules
from linli.remedy.guards import GUARDS as GUARDS
from linli.remedy.rules import Cause
from linli.scope.models import Placed

USER = settings.AUTH_USER_MODEL


def _of(name: str, table: object, constraint: str) -> CheckConstraint:
    return CheckConstraint(condition=Q(**{f"{name}__in": list(table)}), name=constraint)  # type: ignore[call-overload]


class Plan(Placed):
    """What is done about one room (一房一策). A room has one at a time that is not over.

    `state`: the open step of its case, or how it ended (rules.STATES). `urgency`: 1 first.
    `due_on`: the day by which what is open now has to be done; while measures are carried out
    the earliest of theirs. `party`: who is behind it by name, masked where a natural `person`.
    """

    county = models.CharField(max_length=6)
    code = models.CharField(max_length=10)
    room = models.ForeignKey("premises.Room", models.PROTECT, related_name="plans")
    violation = models.CharField(max_length=24)
    violator = models.CharField(max_length=16)
    party = models.CharField(max_length=64, blank=True)
    person = models.BooleanField(default=False)
    reason = models.CharField(max_length=500, blank=True)
    urgency = models.PositiveSmallIntegerField()
    state = models.CharField(max_length=12, default=rules.DRAFT)
    due_on = models.DateField(null=True)
    opened_by = models.ForeignKey(USER, models.PROTECT, null=True, related_name="+")
    opened_at = models.DateTimeField()
    over_at = models.DateTimeField(null=True)
    over_note = models.CharField(max_length=200, blank=True)

    class Meta:
        ordering = ["urgency", F("due_on").asc(nulls_last=True), "pk"]
        indexes = [
            Index(fields=["state", "place"], name="remedy_plan_state"),
            Index(fields=["due_on"], name="remedy_plan_due"),
            Index(fields=["place", "urgency"], name="remedy_plan_urgency"),
        ]
        constraints = [
            UniqueConstraint(fields=["county", "code"], name="a_plan_code_once_in_a_county"),
            UniqueConstraint(
                fields=["room"],
                condition=~Q(state__in=sorted(rules.OVER)),
                name="a_room_has_one_plan_at_a_time",
            ),
            _of("state", rules.STATES, "a_plan_is_in_a_state"),
            _of("urgency", rules.URGENCY, "a_plan_is_urgent_somehow"),
            CheckConstraint(
                condition=Q(over_at__isnull=True) ^ Q(state__in=sorted(rules.OVER)),
                name="a_plan_that_is_over_says_when",
            ),
        ]

    def __str__(self) -> str:
        return self.code

    @property
    def cause(self) -> Cause:
        return Cause(
            violation=self.violation,
            violator=self.violator,
            party=self.party,
            person=self.person,
            reason=self.reason,
        )

    @property
    def is_over(self) -> bool:
        return self.state in rules.OVER


class PlanLead(models.Model):
    """A settled lead that a plan deals with; a lead is dealt with once."""

    plan = models.ForeignKey(Plan, models.PROTECT, related_name="plan_leads")
    lead = models.OneToOneField("leads.Lead", models.PROTECT, related_name="+")


class Task(Placed):
    """A measure of a plan: `code` in the catalogue, by whom, until when."""

    plan = models.ForeignKey(Plan, models.PROTECT, related_name="tasks")
    number = models.PositiveSmallIntegerField()
    code = models.CharField(max_length=16)
    text = models.CharField(max_length=300, blank=True)
    role = models.CharField(max_length=32)
    unit = models.CharField(max_length=64)
    contact = models.CharField(max_length=32)
    phone = models.CharField(max_length=20, blank=True)
    work_days = models.PositiveSmallIntegerField()
    due_on = models.DateField(null=True)
    state = models.CharField(max_length=12, default=rules.OPEN)
    ended_at = models.DateTimeField(null=True)
    ended_by = models.ForeignKey(USER, models.PROTECT, null=True, related_name="+")

    class Meta:
        ordering = ["number"]
        constraints = [
            UniqueConstraint(fields=["plan", "number"], name="measures_are_numbered"),
            UniqueConstraint(
                fields=["plan", "code"],
                condition=Q(state=rules.OPEN),
                name="a_measure_is_open_once",
            ),
            _of("state", rules.MEASURES, "a_measure_is_in_a_state"),
            CheckConstraint(
                condition=Q(ended_at__isnull=True) ^ ~Q(state=rules.OPEN),
                name="a_measure_that_ended_says_when",
            ),
        ]


class Work(Placed):
    """What was done on a measure, with its evidence. Never changed."""

    task = models.ForeignKey(Task, models.PROTECT, related_name="works")
    text = models.CharField(max_length=1000)
    outcome = models.CharField(max_length=12, default=rules.OPEN)
    by = models.ForeignKey(USER, models.PROTECT, null=True, related_name="+")
    at = models.DateTimeField()

    class Meta:
        ordering = ["pk"]
        constraints = [_of("outcome", rules.MEASURES, "work_leads_somewhere")]


class Extension(Placed):
    """More time for a measure: asked for with a reason, granted by somebody else."""

    task = models.ForeignKey(Task, models.PROTECT, related_name="extensions")
    old_on = models.DateField()
    new_on = models.DateField()
    reason = models.CharField(max_length=300)
    asked_by = models.ForeignKey(USER, models.PROTECT, null=True, related_name="+")
    asked_at = models.DateTimeField()
    state = models.CharField(max_length=12, default=rules.OPEN)
    decided_by = models.ForeignKey(USER, models.PROTECT, null=True, related_name="+")
    decided_at = models.DateTimeField(null=True)
    note = models.CharField(max_length=300, blank=True)

    class Meta:
        ordering = ["pk"]
        constraints = [
            UniqueConstraint(
                fields=["task"],
                condition=Q(state=rules.OPEN),
                name="one_extension_is_asked_at_a_time",
            ),
            CheckConstraint(condition=Q(new_on__gt=F("old_on")), name="an_extension_is_later"),
            CheckConstraint(condition=~Q(reason=""), name="an_extension_has_a_reason"),
            CheckConstraint(
                condition=~Q(state=rules.GRANTED)
                | Q(asked_by__isnull=True)
                | ~Q(decided_by=F("asked_by")),
                name="an_extension_is_granted_by_another",
            ),
            _of("state", rules.EXTENSIONS, "an_extension_is_in_a_state"),
        ]


class Visit(Placed):
    """Several agencies at one room at once (联合执法): one record. Never changed."""

    plan = models.ForeignKey(Plan, models.PROTECT, related_name="visits")
    on = models.DateField()
    found = models.CharField(max_length=1000)
    next = models.CharField(max_length=500, blank=True)
    told_by = models.ForeignKey(USER, models.PROTECT, null=True, related_name="+")
    told_at = models.DateTimeField()

    class Meta:
        ordering = ["pk"]


class Attendance(models.Model):
    """An agency at a visit, and who came for it."""

    visit = models.ForeignKey(Visit, models.PROTECT, related_name="attendances")
    agency = models.CharField(max_length=32)
    people = models.CharField(max_length=200)

    class Meta:
        ordering = ["pk"]
        constraints = [UniqueConstraint(fields=["visit", "agency"], name="an_agency_attends_once")]


class Talk(Placed):
    """A formal talk (约谈): with whom, what was promised by when, and whether it was kept."""

    plan = models.ForeignKey(Plan, models.PROTECT, related_name="talks")
    number = models.PositiveSmallIntegerField()
    on = models.DateField()
    whom = models.CharField(max_length=64)
    person = models.BooleanField(default=False)
    present = models.CharField(max_length=200, blank=True)
    said = models.CharField(max_length=1000, blank=True)
    promise = models.CharField(max_length=500)
    promised_on = models.DateField()
    told_by = models.ForeignKey(USER, models.PROTECT, null=True, related_name="+")
    told_at = models.DateTimeField()
    state = models.CharField(max_length=12, default=rules.OPEN)
    checked_by = models.ForeignKey(USER, models.PROTECT, null=True, related_name="+")
    checked_at = models.DateTimeField(null=True)
    check_note = models.CharField(max_length=500, blank=True)

    class Meta:
        ordering = ["pk"]
        constraints = [
            UniqueConstraint(fields=["plan", "number"], name="talks_are_numbered"),
            CheckConstraint(condition=~Q(promise=""), name="a_talk_has_a_promise"),
            CheckConstraint(condition=Q(promised_on__gte=F("on")), name="a_promise_is_for_later"),
            _of("state", rules.PROMISES, "a_promise_is_in_a_state"),
        ]


class Agreement(Placed):
    """A construction contract signed anew (重签代建合同) with the developer."""

    plan = models.ForeignKey(Plan, models.PROTECT, related_name="agreements")
    number = models.CharField(max_length=64)
    signed_on = models.DateField()
    principal = models.CharField(max_length=64)
    builder = models.CharField(max_length=64)
    told_by = models.ForeignKey(USER, models.PROTECT, null=True, related_name="+")
    told_at = models.DateTimeField()

    class Meta:
        ordering = ["pk"]
        constraints = [
            UniqueConstraint(fields=["plan", "number"], name="a_contract_is_signed_once")
        ]


class Clause(Placed):
    """A clause of such a contract that is tracked: its words, until when, and what came of it."""

    agreement = models.ForeignKey(Agreement, models.PROTECT, related_name="clauses")
    code = models.CharField(max_length=16)
    text = models.CharField(max_length=500)
    due_on = models.DateField(null=True)
    state = models.CharField(max_length=12, default=rules.OPEN)
    note = models.CharField(max_length=300, blank=True)
    told_by = models.ForeignKey(USER, models.PROTECT, null=True, related_name="+")
    told_at = models.DateTimeField(null=True)

    class Meta:
        ordering = ["pk"]
        constraints = [
            UniqueConstraint(fields=["agreement", "code"], name="a_clause_once_in_a_contract"),
            _of("state", rules.CLAUSES, "a_clause_is_in_a_state"),
        ]


class Round(Placed):
    """A round of follow-up (督办) on a plan that is late, by the street or the district.

    It ends when it is answered for (`ended_at`): the plan is in time again or over. `answer`: what
    the responsible unit replied; replying does not stop the clock.
    """

    plan = models.ForeignKey(Plan, models.PROTECT, related_name="rounds")
    number = models.PositiveSmallIntegerField()
    level = models.CharField(max_length=8)
    issued_on = models.DateField()
    late_since = models.DateField()
    due_on = models.DateField()
    answer = models.CharField(max_length=500, blank=True)
    answered_by = models.ForeignKey(USER, models.PROTECT, null=True, related_name="+")
    answered_at = models.DateTimeField(null=True)
    ended_at = models.DateTimeField(null=True)

    class Meta:
        ordering = ["number"]
        indexes = [Index(fields=["ended_at", "place"], name="remedy_round_open")]
        constraints = [
            UniqueConstraint(fields=["plan", "number"], name="follow_up_rounds_are_numbered"),
            _of("level", dealings.LEVELS, "a_round_has_a_level"),
            CheckConstraint(
                condition=Q(answered_at__isnull=True) ^ ~Q(answer=""),
                name="an_answer_says_something",
            ),
        ]


class Letter(Placed):
    """A letter as it was issued; its words stay. `about`: the talk or round it tells of, as the
    trail names rows. `person`: it names a natural person, so that opening it is a recorded look.
    `reply_by_on`: until when an answer is asked for."""

    plan = models.ForeignKey(Plan, models.PROTECT, related_name="letters")
    kind = models.CharField(max_length=12)
    number = models.CharField(max_length=64)
    serial = models.PositiveIntegerField()
    year = models.PositiveSmallIntegerField()
    title = models.CharField(max_length=100)
    to = models.CharField(max_length=64)
    person = models.BooleanField(default=False)
    body = models.TextField()
    sender = models.CharField(max_length=64)
    on = models.DateField()
    reply_by_on = models.DateField(null=True)
    about = models.CharField(max_length=64, blank=True)
    issued_by = models.ForeignKey(USER, models.PROTECT, null=True, related_name="+")
    issued_at = models.DateTimeField()
    answer = models.CharField(max_length=1000, blank=True)
    answered_on = models.DateField(null=True)
    answered_by = models.ForeignKey(USER, models.PROTECT, null=True, related_name="+")

    class Meta:
        ordering = ["pk"]
        constraints = [
            UniqueConstraint(
                fields=["sender", "kind", "year", "serial"], name="letters_are_numbered"
            ),
            CheckConstraint(
                condition=Q(answered_on__isnull=True) ^ ~Q(answer=""),
                name="an_answered_letter_has_an_answer",
            ),
        ]


class Wording(Placed):
    """A county's own words of a kind of letter, in force until `ended_at`. Its words stay."""

    kind = models.CharField(max_length=12)
    title = models.CharField(max_length=40)
    number = models.CharField(max_length=40)
    body = models.TextField()
    told_by = models.ForeignKey(USER, models.PROTECT, null=True, related_name="+")
    told_at = models.DateTimeField()
    ended_by = models.ForeignKey(USER, models.PROTECT, null=True, related_name="+")
    ended_at = models.DateTimeField(null=True)

    class Meta:
        ordering = ["pk"]
        constraints = [
            UniqueConstraint(
                fields=["place", "kind"],
                condition=Q(ended_at__isnull=True),
                name="a_county_words_a_letter_once",
            )
        ]


class Paper(Placed):
    """A photograph or file of a plan. `about`: the row it belongs to, as the trail names rows."""

    plan = models.ForeignKey(Plan, models.PROTECT, related_name="papers")
    about = models.CharField(max_length=64)
    file = models.ForeignKey("files.File", models.PROTECT, related_name="+")
    added_by = models.ForeignKey(USER, models.PROTECT, null=True, related_name="+")
    added_at = models.DateTimeField()

    class Meta:
        ordering = ["pk"]
        constraints = [UniqueConstraint(fields=["about", "file"], name="a_paper_once_about_a_row")]
