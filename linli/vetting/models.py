"""The nouns of joint vetting. What stands against somebody is sealed: the database alone tells none."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.db.models import CheckConstraint, Index, Q, UniqueConstraint

from linli.keys.sealed import Sealed
from linli.scope.models import Placed
from linli.vetting import rules
from linli.vetting.guards import GUARDS as GUARDS

USER = settings.AUTH_USER_MODEL


class Round(Placed):
    """A joint vetting (联审): departments are asked of people until a day. `place` is the county.

    `number` is given once in a county. Drawn up until `sent_at`; closed when everybody on its list
    has a result.
    """

    county = models.CharField(max_length=6)
    number = models.CharField(max_length=10)
    purpose = models.CharField(max_length=12)
    title = models.CharField(max_length=100)
    due_on = models.DateField()
    opened_by = models.ForeignKey(USER, models.PROTECT, null=True, related_name="+")
    opened_at = models.DateTimeField()
    sent_by = models.ForeignKey(USER, models.PROTECT, null=True, related_name="+")
    sent_at = models.DateTimeField(null=True)
    closed_at = models.DateTimeField(null=True)

    class Meta:
        ordering = ["county", "-number"]
        constraints = [
            UniqueConstraint(fields=["county", "number"], name="a_vetting_number_once_in_a_county"),
            CheckConstraint(
                condition=Q(purpose__in=list(rules.PURPOSES)), name="a_vetting_has_a_purpose"
            ),
            CheckConstraint(
                condition=Q(closed_at__isnull=True) | Q(sent_at__isnull=False),
                name="a_vetting_is_sent_before_it_closes",
            ),
        ]

    def __str__(self) -> str:
        return self.number


class Task(Placed):
    """The list of one department in a round. `role`: its code; `head`: who signs; `due_on`: until
    when, as set or reopened last."""

    round = models.ForeignKey(Round, models.PROTECT, related_name="tasks")
    role = models.CharField(max_length=16)
    head = models.ForeignKey(USER, models.PROTECT, related_name="+")
    due_on = models.DateField()

    class Meta:
        ordering = ["pk"]
        indexes = [Index(fields=["role", "place"], name="vetting_task_role")]
        constraints = [
            UniqueConstraint(fields=["round", "role"], name="a_department_has_one_list_a_round")
        ]


class Subject(Placed):
    """Somebody who is vetted: with a file, or without. `place`: where they serve or are to serve;
    `id_mark`: by which the person is known."""

    round = models.ForeignKey(Round, models.PROTECT, related_name="subjects")
    position = models.PositiveIntegerField()
    worker = models.ForeignKey("workforce.Worker", models.PROTECT, null=True, related_name="+")
    name = models.CharField(max_length=32)
    id_number = Sealed(max_length=18)
    id_mark = models.CharField(max_length=64, db_index=True)

    class Meta:
        ordering = ["round", "position"]
        constraints = [
            UniqueConstraint(fields=["round", "position"], name="a_list_has_its_order"),
            UniqueConstraint(fields=["round", "id_mark"], name="a_person_once_on_a_list"),
            CheckConstraint(condition=~Q(id_mark=""), name="who_is_vetted_is_known"),
        ]

    def __str__(self) -> str:
        return self.name


class Question(Placed):
    """One department is asked of one person."""

    task = models.ForeignKey(Task, models.PROTECT, related_name="questions")
    subject = models.ForeignKey(Subject, models.PROTECT, related_name="questions")

    class Meta:
        ordering = ["pk"]
        constraints = [
            UniqueConstraint(fields=["task", "subject"], name="a_department_is_asked_of_one_once")
        ]


class Answer(Placed):
    """What a department says of somebody. Never changed: of those not signed the latest stands.

    `number`: counted from 1 for each question. Sealed: `code` of the circumstance (sources), the
    day of the fact (`happened`, ISO) and the file number; "" where nothing stands against them.
    """

    question = models.ForeignKey(Question, models.PROTECT, related_name="answers")
    number = models.PositiveSmallIntegerField()
    conclusion = models.CharField(max_length=8)
    code = Sealed(max_length=24, blank=True, default="")
    happened = Sealed(max_length=10, blank=True, default="")
    file_number = Sealed(max_length=40, blank=True, default="")
    by = models.ForeignKey(USER, models.PROTECT, related_name="+")
    at = models.DateTimeField()

    class Meta:
        ordering = ["question", "number"]
        constraints = [
            UniqueConstraint(fields=["question", "number"], name="answers_are_numbered"),
            CheckConstraint(
                condition=Q(conclusion__in=list(rules.CONCLUSIONS)), name="an_answer_concludes"
            ),
            CheckConstraint(
                condition=~Q(conclusion__in=list(rules.AGAINST))
                | ~Q(code="") & ~Q(happened="") & ~Q(file_number=""),
                name="an_answer_against_somebody_says_why",
            ),
            CheckConstraint(
                condition=~Q(conclusion=rules.CLEAR) | Q(code="", happened="", file_number=""),
                name="an_answer_for_somebody_says_no_more",
            ),
        ]


class Signature(Placed):
    """A head signs what the department has answered. `digest`: keyed hash of it, word for word."""

    task = models.ForeignKey(Task, models.PROTECT, related_name="signatures")
    digest = models.CharField(max_length=64)
    by = models.ForeignKey(USER, models.PROTECT, related_name="+")
    at = models.DateTimeField()

    class Meta:
        ordering = ["pk"]


class Signed(models.Model):
    """One answer that a signature covers; from then on it counts."""

    signature = models.ForeignKey(Signature, models.PROTECT, related_name="signed")
    answer = models.OneToOneField(Answer, models.PROTECT, related_name="signed")


class AskBack(Placed):
    """The vetting office asks a department again about a signed answer, which counts no more."""

    answer = models.OneToOneField(Answer, models.PROTECT, related_name="asked_back")
    text = Sealed(max_length=200)
    due_on = models.DateField()
    by = models.ForeignKey(USER, models.PROTECT, related_name="+")
    at = models.DateTimeField()


class Reopening(Placed):
    """A department that was late may answer until another day, for a reason."""

    task = models.ForeignKey(Task, models.PROTECT, related_name="reopenings")
    reason = models.CharField(max_length=200)
    due_on = models.DateField()
    by = models.ForeignKey(USER, models.PROTECT, related_name="+")
    at = models.DateTimeField()

    class Meta:
        ordering = ["pk"]


class Result(Placed):
    """How the vetting of somebody ended; all that leaves the vetting office. Never changed.

    `lasts`: how long they must not be appointed (rules.LASTS), "" where they may; `why`: the
    office's reason for suspending.
    """

    subject = models.OneToOneField(Subject, models.PROTECT, related_name="result")
    outcome = models.CharField(max_length=12)
    lasts = models.CharField(max_length=8, blank=True)
    why = models.CharField(max_length=200, blank=True)
    decided_on = models.DateField()
    by = models.ForeignKey(USER, models.PROTECT, related_name="+")
    at = models.DateTimeField()

    class Meta:
        ordering = ["pk"]
        constraints = [
            CheckConstraint(
                condition=Q(outcome__in=list(rules.OUTCOMES)), name="a_vetting_has_an_outcome"
            ),
            CheckConstraint(
                condition=Q(outcome=rules.SUSPENDED) & ~Q(why="")
                | ~Q(outcome=rules.SUSPENDED) & Q(why=""),
                name="who_is_suspended_is_told_why",
            ),
        ]
