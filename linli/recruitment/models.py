"""The nouns of recruitment. Numbers that name a person are sealed: the database alone tells none."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.db.models import CheckConstraint, F, Index, Q, UniqueConstraint

from linli.keys.sealed import Sealed
from linli.recruitment import rules
from linli.recruitment.eligibility import Conditions
from linli.recruitment.guards import GUARDS as GUARDS
from linli.scope.models import Placed
from linli.search.lookups import Given

USER = settings.AUTH_USER_MODEL


class Announcement(Placed):
    """A recruitment (选聘公告). `place` is the county, `number` given once in it.

    A draft until `published_at`. `reference_on`: the day on which ages and terms are counted;
    applications are taken from `opens_on` until `closes_on`, both included. `written_on` and
    `interview_on`: as planned. `case`: its run of the flow, once it is published.
    """

    county = models.CharField(max_length=6)
    number = models.CharField(max_length=10)
    title = models.CharField(max_length=100)
    text = models.TextField(max_length=4000, blank=True)
    contact = models.CharField(max_length=100, blank=True)
    reference_on = models.DateField()
    opens_on = models.DateField()
    closes_on = models.DateField()
    written_on = models.DateField(null=True, blank=True)
    interview_on = models.DateField(null=True, blank=True)
    case = models.OneToOneField("cases.Case", models.PROTECT, null=True, related_name="+")
    drafted_by = models.ForeignKey(USER, models.PROTECT, null=True, related_name="+")
    drafted_at = models.DateTimeField()
    published_by = models.ForeignKey(USER, models.PROTECT, null=True, related_name="+")
    published_at = models.DateTimeField(null=True)
    cancelled_at = models.DateTimeField(null=True)
    cancelled_why = models.CharField(max_length=200, blank=True)

    class Meta:
        ordering = ["county", "-number"]
        constraints = [
            UniqueConstraint(
                fields=["county", "number"], name="a_recruitment_number_once_in_a_county"
            ),
            CheckConstraint(
                condition=Q(closes_on__gte=F("opens_on")), name="a_window_closes_after_it_opens"
            ),
        ]

    def __str__(self) -> str:
        return self.number


class Post(Placed):
    """A post of an announcement (岗位). `place`: the street or community it is at; the rest is what
    it asks for (eligibility.Conditions). It stays as it was published."""

    announcement = models.ForeignKey(Announcement, models.PROTECT, related_name="posts")
    code = models.CharField(max_length=4)
    title = models.CharField(max_length=24)
    wanted = models.PositiveSmallIntegerField()
    age_min = models.PositiveSmallIntegerField()
    age_max = models.PositiveSmallIntegerField()
    age_max_experienced = models.PositiveSmallIntegerField()
    experience_years = models.PositiveSmallIntegerField()
    schooling = models.CharField(max_length=16)
    party_only = models.BooleanField(default=False)
    residence = models.CharField(max_length=12, blank=True)
    group = models.CharField(max_length=12, blank=True)
    note = models.CharField(max_length=200, blank=True)

    class Meta:
        ordering = ["announcement", "code"]
        constraints = [
            UniqueConstraint(fields=["announcement", "code"], name="a_post_code_once"),
            CheckConstraint(condition=Q(wanted__gte=1), name="a_post_wants_somebody"),
        ]

    def __str__(self) -> str:
        return self.code

    @property
    def conditions(self) -> Conditions:
        return Conditions(
            age_min=self.age_min,
            age_max=self.age_max,
            age_max_experienced=self.age_max_experienced,
            experience_years=self.experience_years,
            schooling=self.schooling,
            party_only=self.party_only,
            residence=self.residence,
            group=self.group,
        )


class Publication(Placed):
    """Names that are proposed, shown to all (公示) until a day, that day included."""

    announcement = models.ForeignKey(Announcement, models.PROTECT, related_name="publications")
    from_on = models.DateField()
    until_on = models.DateField()
    by = models.ForeignKey(USER, models.PROTECT, related_name="+")
    at = models.DateTimeField()
    ended_at = models.DateTimeField(null=True)

    class Meta:
        ordering = ["pk"]
        constraints = [
            CheckConstraint(
                condition=Q(until_on__gte=F("from_on")), name="names_are_shown_for_a_while"
            )
        ]


class Application(Placed):
    """Somebody applies for a post (报名). `place` is the post's.

    `number`: in the order in which they came, for the office; `query`: by which the applicant asks
    (with the last figures of the phone: `tail_mark` is the keyed hash of both). `ruling`, `stage`
    and `state` (rules) are folded from checks and outcomes, to be listed by; `rank` is that of the
    post, `tie_by` what told equals apart (a code of the exams);
    `vetting`: the round on whose list they are. Scores are hundredths of a point, as the score sheets say.
    """

    announcement = models.ForeignKey(Announcement, models.PROTECT, related_name="applications")
    post = models.ForeignKey(Post, models.PROTECT, related_name="applications")
    number = models.CharField(max_length=10)
    query = models.CharField(max_length=8, unique=True)
    name = models.CharField(max_length=32)
    initials = models.CharField(max_length=64, blank=True)
    sex = models.CharField(max_length=6)
    born_on = models.DateField()
    id_number = Sealed(max_length=18)
    id_mark = models.CharField(max_length=64)
    phone = Sealed(max_length=20)
    tail_mark = models.CharField(max_length=64)
    schooling = models.CharField(max_length=16)
    school = models.CharField(max_length=64, blank=True)
    major = models.CharField(max_length=64, blank=True)
    finished_on = models.DateField(null=True, blank=True)
    politics = models.CharField(max_length=16)
    residence = models.CharField(max_length=12, blank=True)
    experience_years = models.PositiveSmallIntegerField(default=0)
    in_party = models.BooleanField(default=False)
    in_graduate = models.BooleanField(default=False)
    in_veteran = models.BooleanField(default=False)
    in_social = models.BooleanField(default=False)
    at = models.DateTimeField()
    by = models.ForeignKey(USER, models.PROTECT, null=True, related_name="+")
    ruling = models.CharField(max_length=12)
    stage = models.CharField(max_length=12, default=rules.CHECK)
    state = models.CharField(max_length=12, default=rules.OPEN)
    again_on = models.DateField(null=True, blank=True)
    written_score = models.PositiveIntegerField(null=True)
    interview_score = models.PositiveIntegerField(null=True)
    total_score = models.PositiveIntegerField(null=True)
    rank = models.PositiveIntegerField(null=True)
    tie_by = models.CharField(max_length=32, blank=True)
    vetting = models.ForeignKey("vetting.Round", models.PROTECT, null=True, related_name="+")
    publication = models.ForeignKey(
        Publication, models.PROTECT, null=True, related_name="applications"
    )
    worker = models.ForeignKey("workforce.Worker", models.PROTECT, null=True, related_name="+")
    appointed_on = models.DateField(null=True, blank=True)

    class Meta:
        ordering = ["announcement", "number"]
        indexes = [
            Index(
                fields=["announcement", "stage", "state", "ruling", "again_on"],
                name="recruitment_application_at",
            ),
            Index(fields=["announcement", "ruling", "post"], name="recruitment_application_ruling"),
            Index(fields=["post", "stage", "state"], name="recruitment_application_post"),
            # The figures of the groups are counted from this alone.
            Index(
                fields=[
                    "announcement",
                    *(f"in_{code}" for code in rules.GROUPS),
                    "ruling",
                    "stage",
                    "state",
                ],
                name="recruitment_application_groups",
            ),
            Index(fields=["announcement", "total_score"], name="recruitment_application_total"),
            Index(fields=["announcement", "name"], name="recruitment_application_name"),
            Index(fields=["announcement", "initials"], name="recruitment_applicant_short"),
            Index(Given("name"), name="recruitment_application_given"),
            Index(fields=["id_mark"], name="recruitment_application_who"),
            Index(fields=["appointed_on", "place"], name="recruitment_appointed"),
        ]
        constraints = [
            UniqueConstraint(fields=["announcement", "number"], name="an_application_number_once"),
            UniqueConstraint(
                fields=["announcement", "id_mark"],
                condition=Q(state__in=list(rules.LIVE)),
                name="a_person_applies_once_to_an_announcement",
            ),
            CheckConstraint(condition=~Q(id_mark=""), name="an_applicant_is_somebody"),
            CheckConstraint(
                condition=Q(ruling__in=list(rules.RULINGS)), name="an_application_is_ruled"
            ),
            CheckConstraint(
                condition=Q(stage__in=list(rules.STAGES), state__in=list(rules.STATES)),
                name="an_application_is_somewhere",
            ),
            CheckConstraint(
                condition=Q(state=rules.APPOINTED, worker__isnull=False, appointed_on__isnull=False)
                | ~Q(state=rules.APPOINTED) & Q(worker__isnull=True, appointed_on__isnull=True),
                name="who_is_appointed_has_a_file",
            ),
        ]

    def __str__(self) -> str:
        return self.number

    @property
    def groups(self) -> tuple[str, ...]:
        """Codes of the groups they belong to, in the order of rules.GROUPS."""
        return tuple(code for code in rules.GROUPS if getattr(self, f"in_{code}"))

    @property
    def is_live(self) -> bool:
        return self.state in rules.LIVE


class Paper(models.Model):
    """A document (材料) that came with an application; `kind` is one of rules.PAPERS."""

    application = models.ForeignKey(Application, models.PROTECT, related_name="papers")
    kind = models.CharField(max_length=12)
    file = models.ForeignKey("files.File", models.PROTECT, related_name="+")

    class Meta:
        ordering = ["application", "pk"]
        constraints = [
            UniqueConstraint(fields=["application", "kind", "file"], name="a_paper_comes_once"),
            CheckConstraint(condition=Q(kind__in=list(rules.PAPERS)), name="a_paper_is_of_a_kind"),
        ]


class Check(models.Model):
    """Whether an application meets the conditions: by rule, then as somebody decided. Never changed.

    `reasons`: [text, values, cites] of each; `why`: what the office, or (`by` None after the first)
    the applicant who asks to look again, says.
    """

    application = models.ForeignKey(Application, models.PROTECT, related_name="checks")
    kind = models.CharField(max_length=8)
    ruling = models.CharField(max_length=12)
    reasons = models.JSONField(default=list)
    why = models.CharField(max_length=200, blank=True)
    by = models.ForeignKey(USER, models.PROTECT, null=True, related_name="+")
    at = models.DateTimeField()

    RULE, OFFICE, ASKED = "rule", "office", "asked"

    class Meta:
        ordering = ["application", "pk"]
        constraints = [
            CheckConstraint(
                condition=Q(kind="office", by__isnull=False) | ~Q(kind="office"),
                name="who_decides_an_application_is_known",
            )
        ]


class Outcome(models.Model):
    """How a stage ended for somebody. Never changed. `outcome`: rules.OUTCOMES; `on`: the day, of
    the medical also until when it is to be repeated; `why`: the reason, never of the medical."""

    application = models.ForeignKey(Application, models.PROTECT, related_name="outcomes")
    stage = models.CharField(max_length=12)
    outcome = models.CharField(max_length=8)
    on = models.DateField()
    why = models.CharField(max_length=200, blank=True)
    by = models.ForeignKey(USER, models.PROTECT, null=True, related_name="+")
    at = models.DateTimeField()

    class Meta:
        ordering = ["application", "pk"]
        constraints = [
            CheckConstraint(
                condition=~Q(stage=rules.MEDICAL) | Q(why=""),
                name="a_medical_has_no_contents",
            ),
            CheckConstraint(
                condition=Q(outcome__in=list(rules.OUTCOMES)), name="a_stage_ends_somehow"
            ),
        ]


class Objection(Placed):
    """Somebody objects to a name that is shown (异议). Settled with a reason, upheld or not.

    `query` and `tail_mark`: by which whoever objected asks what came of it.
    """

    publication = models.ForeignKey(Publication, models.PROTECT, related_name="objections")
    application = models.ForeignKey(Application, models.PROTECT, related_name="objections")
    query = models.CharField(max_length=8, unique=True)
    text = Sealed(max_length=1000)
    phone = Sealed(max_length=20, blank=True, default="")
    tail_mark = models.CharField(max_length=64, blank=True)
    at = models.DateTimeField()
    upheld = models.BooleanField(null=True)
    settled_why = models.CharField(max_length=200, blank=True)
    settled_by = models.ForeignKey(USER, models.PROTECT, null=True, related_name="+")
    settled_at = models.DateTimeField(null=True)

    class Meta:
        ordering = ["pk"]
        constraints = [
            CheckConstraint(
                condition=Q(upheld__isnull=True, settled_at__isnull=True, settled_why="")
                | Q(upheld__isnull=False, settled_at__isnull=False) & ~Q(settled_why=""),
                name="an_objection_is_settled_with_a_reason",
            )
        ]
