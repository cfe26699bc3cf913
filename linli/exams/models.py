"""The nouns of an exam. Scores are whole hundredths of a point."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.db.models import CheckConstraint, Q, UniqueConstraint

from linli.exams import rules
from linli.exams.guards import GUARDS as GUARDS
from linli.scope.models import Placed

USER = settings.AUTH_USER_MODEL


class Exam(Placed):
    """A written test (笔试). `place` is the county.

    `about`: the key of whoever asked for it; `terms_on`: the day whose numbers hold (that of the
    announcement). `seed`: from which the seats were drawn; `digest`: of the score sheet as locked.
    """

    county = models.CharField(max_length=6)
    number = models.CharField(max_length=10)
    about = models.CharField(max_length=64)
    title = models.CharField(max_length=100)
    held_on = models.DateField()
    from_at = models.TimeField()
    until_at = models.TimeField()
    terms_on = models.DateField()
    opened_by = models.ForeignKey(USER, models.PROTECT, null=True, related_name="+")
    opened_at = models.DateTimeField()
    seed = models.CharField(max_length=64, blank=True)
    drawn_by = models.ForeignKey(USER, models.PROTECT, null=True, related_name="+")
    drawn_at = models.DateTimeField(null=True)
    digest = models.CharField(max_length=64, blank=True)
    locked_by = models.ForeignKey(USER, models.PROTECT, null=True, related_name="+")
    locked_at = models.DateTimeField(null=True)

    class Meta:
        ordering = ["-held_on", "-number"]
        constraints = [
            UniqueConstraint(fields=["county", "number"], name="an_exam_number_once_in_a_county"),
            UniqueConstraint(fields=["county", "about"], name="one_exam_for_one_matter"),
            CheckConstraint(
                condition=Q(drawn_at__isnull=True, seed="")
                | Q(drawn_at__isnull=False) & ~Q(seed=""),
                name="seats_are_drawn_by_a_seed",
            ),
            CheckConstraint(
                condition=Q(locked_at__isnull=True, digest="")
                | Q(locked_at__isnull=False) & ~Q(digest=""),
                name="locked_scores_have_a_digest",
            ),
        ]

    def __str__(self) -> str:
        return self.title


class Post(Placed):
    """What candidates apply for, and how many are taken."""

    exam = models.ForeignKey(Exam, models.PROTECT, related_name="posts")
    code = models.CharField(max_length=24)
    name = models.CharField(max_length=100)
    vacancies = models.PositiveIntegerField()

    class Meta:
        ordering = ["exam", "code"]
        constraints = [
            UniqueConstraint(fields=["exam", "code"], name="a_post_once_in_an_exam"),
            CheckConstraint(condition=Q(vacancies__gte=1), name="a_post_in_an_exam_is_vacant"),
        ]

    def __str__(self) -> str:
        return self.name


class Room(Placed):
    """A room of a written test. `across`: how many seats stand side by side."""

    exam = models.ForeignKey(Exam, models.PROTECT, related_name="rooms")
    number = models.PositiveSmallIntegerField()
    name = models.CharField(max_length=60)
    address = models.CharField(max_length=100, blank=True)
    seats = models.PositiveSmallIntegerField()
    across = models.PositiveSmallIntegerField()

    class Meta:
        ordering = ["exam", "number"]
        constraints = [
            UniqueConstraint(fields=["exam", "number"], name="an_exam_room_number_once"),
            CheckConstraint(
                condition=Q(seats__gte=1, across__gte=1), name="an_exam_room_has_seats"
            ),
        ]

    def __str__(self) -> str:
        return self.name


class Candidate(Placed):
    """Somebody who takes a test. `key`: by which whoever asked for the exam knows them; `traits`:
    codes that may decide between equal totals; ticket, room and seat come with the draw."""

    exam = models.ForeignKey(Exam, models.PROTECT, related_name="candidates")
    post = models.ForeignKey(Post, models.PROTECT, related_name="candidates")
    key = models.CharField(max_length=64)
    name = models.CharField(max_length=32)
    traits = models.CharField(max_length=64, blank=True)
    room = models.ForeignKey(Room, models.PROTECT, null=True, related_name="candidates")
    seat = models.PositiveSmallIntegerField(null=True)
    ticket = models.CharField(max_length=16, blank=True)

    class Meta:
        ordering = ["exam", "ticket", "pk"]
        constraints = [
            UniqueConstraint(fields=["exam", "key"], name="a_candidate_once_in_an_exam"),
            UniqueConstraint(fields=["room", "seat"], name="a_seat_for_one_candidate"),
            UniqueConstraint(
                fields=["exam", "ticket"], condition=~Q(ticket=""), name="a_ticket_once_in_an_exam"
            ),
            CheckConstraint(
                condition=Q(room__isnull=True, seat__isnull=True, ticket="")
                | Q(room__isnull=False, seat__isnull=False) & ~Q(ticket=""),
                name="seat_and_ticket_come_together",
            ),
        ]

    def __str__(self) -> str:
        return self.name


class SignIn(Placed):
    """Whether a candidate was there. `why`: what the misconduct was."""

    candidate = models.OneToOneField(Candidate, models.PROTECT, related_name="sign_in")
    state = models.CharField(max_length=8)
    why = models.CharField(max_length=200, blank=True)
    by = models.ForeignKey(USER, models.PROTECT, null=True, related_name="+")
    at = models.DateTimeField()

    class Meta:
        constraints = [
            CheckConstraint(
                condition=Q(state__in=list(rules.STATES)), name="who_sat_an_exam_was_there_or_not"
            ),
            CheckConstraint(condition=~Q(state=rules.VOID) | ~Q(why=""), name="misconduct_is_told"),
        ]


class Clerk(Placed):
    """Somebody appointed for one exam. `done_at`: when a typist had entered all and handed in."""

    exam = models.ForeignKey(Exam, models.PROTECT, related_name="clerks")
    user = models.ForeignKey(USER, models.PROTECT, related_name="+")
    duty = models.CharField(max_length=12)
    by = models.ForeignKey(USER, models.PROTECT, null=True, related_name="+")
    at = models.DateTimeField()
    done_at = models.DateTimeField(null=True)

    class Meta:
        ordering = ["pk"]
        constraints = [
            UniqueConstraint(fields=["exam", "duty"], name="a_duty_of_an_exam_is_of_one"),
            UniqueConstraint(fields=["exam", "user"], name="one_duty_an_exam_for_one_person"),
            CheckConstraint(
                condition=Q(duty__in=list(rules.DUTIES)), name="a_clerk_of_an_exam_has_a_duty"
            ),
        ]


class Entry(Placed):
    """The score of a candidate as one typist entered it."""

    candidate = models.ForeignKey(Candidate, models.PROTECT, related_name="entries")
    clerk = models.ForeignKey(Clerk, models.PROTECT, related_name="entries")
    hundredths = models.PositiveIntegerField()
    at = models.DateTimeField()

    class Meta:
        ordering = ["pk"]
        constraints = [
            UniqueConstraint(fields=["candidate", "clerk"], name="a_typist_enters_a_score_once")
        ]


class Settlement(Placed):
    """The score that stands where two entries differ, and why. Never changed."""

    candidate = models.OneToOneField(Candidate, models.PROTECT, related_name="settlement")
    hundredths = models.PositiveIntegerField()
    reason = models.CharField(max_length=200)
    by = models.ForeignKey(USER, models.PROTECT, related_name="+")
    at = models.DateTimeField()

    class Meta:
        constraints = [CheckConstraint(condition=~Q(reason=""), name="a_settled_score_says_why")]


class Interview(Placed):
    """The interview (面试) that follows a written test."""

    exam = models.OneToOneField(Exam, models.PROTECT, related_name="interview")
    title = models.CharField(max_length=100)
    held_on = models.DateField()
    opened_by = models.ForeignKey(USER, models.PROTECT, null=True, related_name="+")
    opened_at = models.DateTimeField()
    seed = models.CharField(max_length=64, blank=True)
    drawn_by = models.ForeignKey(USER, models.PROTECT, null=True, related_name="+")
    drawn_at = models.DateTimeField(null=True)
    digest = models.CharField(max_length=64, blank=True)
    locked_by = models.ForeignKey(USER, models.PROTECT, null=True, related_name="+")
    locked_at = models.DateTimeField(null=True)

    class Meta:
        ordering = ["-held_on", "-pk"]
        constraints = [
            CheckConstraint(
                condition=Q(drawn_at__isnull=True, seed="")
                | Q(drawn_at__isnull=False) & ~Q(seed=""),
                name="an_interview_is_ordered_by_a_seed",
            ),
            CheckConstraint(
                condition=Q(locked_at__isnull=True, digest="")
                | Q(locked_at__isnull=False) & ~Q(digest=""),
                name="a_locked_interview_has_a_digest",
            ),
        ]

    def __str__(self) -> str:
        return self.title


class Guest(Placed):
    """Somebody who is to come to an interview: whom the written test led there and who is still in."""

    interview = models.ForeignKey(Interview, models.PROTECT, related_name="guests")
    candidate = models.OneToOneField(Candidate, models.PROTECT, related_name="guest")


class Judge(Placed):
    """A member of the panel. `unit`: where they come from."""

    interview = models.ForeignKey(Interview, models.PROTECT, related_name="judges")
    position = models.PositiveSmallIntegerField()
    name = models.CharField(max_length=32)
    unit = models.CharField(max_length=60, blank=True)

    class Meta:
        ordering = ["interview", "position"]
        constraints = [
            UniqueConstraint(fields=["interview", "position"], name="judges_sit_in_order"),
            UniqueConstraint(fields=["interview", "name"], name="a_judge_sits_once"),
        ]

    def __str__(self) -> str:
        return self.name


class Turn(Placed):
    """When a candidate is interviewed, by lot; `absent`: did not come."""

    interview = models.ForeignKey(Interview, models.PROTECT, related_name="turns")
    candidate = models.OneToOneField(Candidate, models.PROTECT, related_name="turn")
    position = models.PositiveSmallIntegerField()
    absent = models.BooleanField(default=False)

    class Meta:
        ordering = ["interview", "position"]
        constraints = [
            UniqueConstraint(fields=["interview", "position"], name="interviews_have_their_order")
        ]


class Recusal(Placed):
    """A member who stands back for one candidate, and why. Never taken back."""

    judge = models.ForeignKey(Judge, models.PROTECT, related_name="recusals")
    turn = models.ForeignKey(Turn, models.PROTECT, related_name="recusals")
    reason = models.CharField(max_length=200)
    by = models.ForeignKey(USER, models.PROTECT, null=True, related_name="+")
    at = models.DateTimeField()

    class Meta:
        constraints = [
            UniqueConstraint(fields=["judge", "turn"], name="a_judge_stands_back_once"),
            CheckConstraint(condition=~Q(reason=""), name="who_stands_back_says_why"),
        ]


class Mark(Placed):
    """The score a member gave. Never changed: of several the latest `number` stands, the others
    were corrected, and `why` says for what reason."""

    judge = models.ForeignKey(Judge, models.PROTECT, related_name="marks")
    turn = models.ForeignKey(Turn, models.PROTECT, related_name="marks")
    number = models.PositiveSmallIntegerField()
    hundredths = models.PositiveIntegerField()
    why = models.CharField(max_length=200, blank=True)
    by = models.ForeignKey(USER, models.PROTECT, null=True, related_name="+")
    at = models.DateTimeField()

    class Meta:
        ordering = ["turn", "judge", "number"]
        constraints = [
            UniqueConstraint(fields=["judge", "turn", "number"], name="scores_are_numbered"),
            CheckConstraint(condition=Q(number=1) | ~Q(why=""), name="a_corrected_score_says_why"),
        ]


class Extra(Placed):
    """The score of an additional test (加试) between equals. Never changed."""

    candidate = models.OneToOneField(Candidate, models.PROTECT, related_name="extra")
    hundredths = models.PositiveIntegerField()
    by = models.ForeignKey(USER, models.PROTECT, null=True, related_name="+")
    at = models.DateTimeField()
