"""The nouns of the reserve. Numbers that name a person are sealed: the database alone tells none."""

from __future__ import annotations

from datetime import date

from django.conf import settings
from django.db import models
from django.db.models import CheckConstraint, Index, Q, UniqueConstraint

from linli.keys.sealed import Sealed
from linli.reserve import grading, rules
from linli.reserve.guards import GUARDS as GUARDS
from linli.scope.models import Placed
from linli.search.lookups import Given

USER = settings.AUTH_USER_MODEL


def _of(name: str, table: object, constraint: str) -> CheckConstraint:
    return CheckConstraint(condition=Q(**{f"{name}__in": list(table)}), name=constraint)  # type: ignore[call-overload]


def _settled(how: str, at: str, open_: str, constraint: str) -> CheckConstraint:
    """Something is settled, with its moment, or it is open."""
    return CheckConstraint(
        condition=Q(**{how: open_, f"{at}__isnull": True})
        | ~Q(**{how: open_}) & Q(**{f"{at}__isnull": False}),
        name=constraint,
    )


class Talent(Placed):
    """The file (储备档案) of somebody in the reserve of a county, or nominated for it, or gone.

    `place`: the community that nominated. `number` is given once in a county. `id_mark`: by which
    one person has one file. `worker`: their personnel file, where they serve; name, politics and
    schooling are those of the nomination. `mentor`: who writes the growth file, None for the
    community's secretary. `entered_on`, `left_on`: of the latest stay.
    """

    county = models.CharField(max_length=6)
    number = models.CharField(max_length=10)
    name = models.CharField(max_length=32)
    initials = models.CharField(max_length=64, blank=True)
    sex = models.CharField(max_length=6)
    born_on = models.DateField()
    id_number = Sealed(max_length=18)
    id_mark = models.CharField(max_length=64)
    phone = Sealed(max_length=20, blank=True, default="")
    phone_tail = models.CharField(max_length=4, blank=True)
    politics = models.CharField(max_length=16)
    schooling = models.CharField(max_length=16)
    source = models.CharField(max_length=24)
    worker = models.ForeignKey("workforce.Worker", models.PROTECT, null=True, related_name="+")
    mentor = models.ForeignKey(USER, models.PROTECT, null=True, blank=True, related_name="+")
    state = models.CharField(max_length=12, default=rules.NOMINATED)
    entered_on = models.DateField(null=True)
    left_on = models.DateField(null=True)
    opened_at = models.DateTimeField()

    class Meta:
        ordering = ["place", "number"]
        indexes = [
            Index(fields=["state", "place", "number"], name="reserve_talent_state"),
            Index(fields=["place", "number"], name="reserve_talent_place"),
            Index(fields=["name"], name="reserve_talent_name"),
            Index(fields=["initials"], name="reserve_talent_initials"),
            Index(Given("name"), name="reserve_talent_given"),
            Index(fields=["phone_tail"], name="reserve_talent_phone"),
        ]
        constraints = [
            UniqueConstraint(fields=["county", "number"], name="a_reserve_number_once_in_a_county"),
            UniqueConstraint(fields=["county", "id_mark"], name="a_person_is_in_a_reserve_once"),
            CheckConstraint(condition=~Q(id_mark=""), name="a_reserve_file_is_somebody_s"),
            _of("state", rules.STATES, "a_reserve_file_is_in_a_state"),
            CheckConstraint(
                condition=~Q(state=rules.IN) | Q(entered_on__isnull=False, left_on__isnull=True),
                name="who_is_in_reserve_has_entered",
            ),
            CheckConstraint(
                condition=~Q(state__in=[rules.OUT, rules.USED]) | Q(left_on__isnull=False),
                name="who_left_the_reserve_says_when",
            ),
        ]

    def __str__(self) -> str:
        return self.name

    def age(self, on: date) -> int:
        """Full years on a day; 1 March for those born on 29 February."""
        born = self.born_on
        return on.year - born.year - ((on.month, on.day) < (born.month, born.day))

    @property
    def is_party(self) -> bool:
        return self.politics in rules.PARTY


class Nomination(Placed):
    """A community or street nominates somebody (推荐); the county admits or declines, once."""

    talent = models.ForeignKey(Talent, models.PROTECT, related_name="nominations")
    source = models.CharField(max_length=24)
    why = models.CharField(max_length=200)
    by = models.ForeignKey(USER, models.PROTECT, null=True, related_name="+")
    at = models.DateTimeField()
    outcome = models.CharField(max_length=12, blank=True)
    reason = models.CharField(max_length=200, blank=True)
    settled_by = models.ForeignKey(USER, models.PROTECT, null=True, related_name="+")
    settled_at = models.DateTimeField(null=True)

    class Meta:
        ordering = ["-pk"]
        indexes = [Index(fields=["outcome", "place"], name="reserve_nomination_open")]
        constraints = [
            UniqueConstraint(
                fields=["talent"],
                condition=Q(outcome=""),
                name="a_person_is_nominated_once_at_a_time",
            ),
            _of("outcome", ("", rules.IN, rules.DECLINED), "a_nomination_has_an_outcome"),
            _settled("outcome", "settled_at", "", "a_settled_nomination_says_when"),
            CheckConstraint(
                condition=~Q(outcome=rules.DECLINED) | ~Q(reason=""),
                name="who_is_declined_is_told_why",
            ),
        ]

    def __str__(self) -> str:
        return self.talent.name


class Evaluation(Placed):
    """The evaluation (综合评估) of the reserve of a county over a half-year. Never changed once it
    is signed. `place` is the county."""

    county = models.CharField(max_length=6)
    half = models.CharField(max_length=8)
    due_on = models.DateField()
    opened_by = models.ForeignKey(USER, models.PROTECT, null=True, related_name="+")
    opened_at = models.DateTimeField()
    signed_by = models.ForeignKey(USER, models.PROTECT, null=True, related_name="+")
    signed_at = models.DateTimeField(null=True)

    class Meta:
        ordering = ["county", "-half"]
        constraints = [
            UniqueConstraint(fields=["county", "half"], name="a_half_year_is_evaluated_once"),
        ]

    def __str__(self) -> str:
        return self.half


class Move(Placed):
    """Somebody enters or leaves the reserve, and why (rules.REASONS, with `facts` for its sentence
    and `why` as written). Never changed. `subject`: what came of it, as the trail names rows."""

    talent = models.ForeignKey(Talent, models.PROTECT, related_name="moves")
    kind = models.CharField(max_length=8)
    reason = models.CharField(max_length=16)
    facts = models.JSONField(default=dict)
    why = models.CharField(max_length=200, blank=True)
    on_day = models.DateField()
    evaluation = models.ForeignKey(Evaluation, models.PROTECT, null=True, related_name="moves")
    subject = models.CharField(max_length=128, blank=True)
    by = models.ForeignKey(USER, models.PROTECT, null=True, related_name="+")
    at = models.DateTimeField()

    class Meta:
        ordering = ["talent", "pk"]
        indexes = [
            Index(fields=["kind", "place", "on_day"], name="reserve_move_kind"),
            Index(fields=["talent", "on_day"], name="reserve_move_talent"),
        ]
        constraints = [
            _of("kind", rules.MOVES, "a_move_goes_in_or_out"),
            _of("reason", rules.REASONS, "a_move_has_a_reason"),
        ]


class Entry(Placed):
    """What somebody did in a month, and what was done for them (成长档案). Never changed; what was
    left out comes as another entry of the month, `number` from 1."""

    talent = models.ForeignKey(Talent, models.PROTECT, related_name="entries")
    period = models.CharField(max_length=7)
    number = models.PositiveSmallIntegerField()
    told = models.CharField(max_length=500)
    helped = models.CharField(max_length=500, blank=True)
    by = models.ForeignKey(USER, models.PROTECT, null=True, related_name="+")
    at = models.DateTimeField()

    class Meta:
        ordering = ["talent", "period", "number"]
        constraints = [
            UniqueConstraint(fields=["talent", "period", "number"], name="entries_are_numbered")
        ]


class Evidence(Placed):
    """A figure for a hard indicator, and what shows it: a paper, or the number of one."""

    talent = models.ForeignKey(Talent, models.PROTECT, related_name="evidence")
    indicator = models.CharField(max_length=24)
    on_day = models.DateField()
    figure = models.PositiveIntegerField()
    told = models.CharField(max_length=200)
    reference = models.CharField(max_length=64, blank=True)
    file = models.ForeignKey("files.File", models.PROTECT, null=True, related_name="+")
    by = models.ForeignKey(USER, models.PROTECT, null=True, related_name="+")
    at = models.DateTimeField()
    withdrawn_by = models.ForeignKey(USER, models.PROTECT, null=True, related_name="+")
    withdrawn_at = models.DateTimeField(null=True)
    withdrawn_why = models.CharField(max_length=200, blank=True)

    class Meta:
        ordering = ["talent", "-on_day", "-pk"]
        indexes = [Index(fields=["talent", "on_day"], name="reserve_evidence_talent")]
        constraints = [
            CheckConstraint(
                condition=~Q(reference="") | Q(file__isnull=False), name="evidence_shows_something"
            ),
            CheckConstraint(condition=Q(figure__gt=0), name="evidence_has_a_figure"),
        ]


class Sheet(Placed):
    """Somebody in an evaluation, and the result once it is signed: total in tenths of a point of
    `full_tenths`, rank, grade. `place`: of the file."""

    evaluation = models.ForeignKey(Evaluation, models.PROTECT, related_name="sheets")
    talent = models.ForeignKey(Talent, models.PROTECT, related_name="sheets")
    tenths = models.PositiveIntegerField(null=True)
    full_tenths = models.PositiveIntegerField(null=True)
    rank = models.PositiveIntegerField(null=True)
    grade = models.CharField(max_length=12, blank=True)
    missing = models.PositiveSmallIntegerField(default=0)

    class Meta:
        ordering = ["evaluation", "place", "talent__number"]
        indexes = [
            Index(fields=["evaluation", "rank"], name="reserve_sheet_rank"),
            Index(fields=["talent", "-evaluation"], name="reserve_sheet_talent"),
        ]
        constraints = [
            UniqueConstraint(
                fields=["evaluation", "talent"], name="a_person_once_in_an_evaluation"
            ),
            _of("grade", ("", *grading.GRADES), "a_sheet_has_a_grade"),
        ]


class Score(models.Model):
    """The figure that a side took for an indicator, and the points it gives, in tenths."""

    sheet = models.ForeignKey(Sheet, models.PROTECT, related_name="scores")
    side = models.CharField(max_length=12)
    indicator = models.CharField(max_length=24)
    figure = models.PositiveIntegerField()
    tenths = models.PositiveIntegerField()
    by = models.ForeignKey(USER, models.PROTECT, null=True, related_name="+")
    at = models.DateTimeField()

    class Meta:
        ordering = ["sheet", "side", "pk"]
        constraints = [
            UniqueConstraint(
                fields=["sheet", "side", "indicator"], name="a_side_scores_an_indicator_once"
            ),
            _of("side", grading.SIDES, "a_score_is_of_a_side"),
        ]


class Proposal(Placed):
    """Somebody of the reserve is proposed for a free post; `place` is the community. `facts`: why
    they are ready, as it stood then."""

    talent = models.ForeignKey(Talent, models.PROTECT, related_name="proposals")
    title = models.CharField(max_length=24)
    rank = models.PositiveIntegerField(null=True)
    facts = models.JSONField(default=list)
    why = models.CharField(max_length=200, blank=True)
    by = models.ForeignKey(USER, models.PROTECT, null=True, related_name="+")
    at = models.DateTimeField()
    outcome = models.CharField(max_length=12, blank=True)
    reason = models.CharField(max_length=200, blank=True)
    settled_by = models.ForeignKey(USER, models.PROTECT, null=True, related_name="+")
    settled_at = models.DateTimeField(null=True)

    class Meta:
        ordering = ["-pk"]
        indexes = [Index(fields=["outcome", "place"], name="reserve_proposal_open")]
        constraints = [
            UniqueConstraint(
                fields=["talent"], condition=Q(outcome=""), name="one_proposal_at_a_time"
            ),
            _of("outcome", ("", "appointed", "withdrawn"), "a_proposal_has_an_outcome"),
            _settled("outcome", "settled_at", "", "a_settled_proposal_says_when"),
        ]

    def __str__(self) -> str:
        return self.talent.name
