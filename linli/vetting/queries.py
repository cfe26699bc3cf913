"""What is there to see of joint vetting: each sees its own, and reasons only where they are opened."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from django.db.models import (
    Count,
    DateField,
    Exists,
    Max,
    OuterRef,
    Prefetch,
    Q,
    QuerySet,
    Subquery,
)
from django.utils import timezone

from linli.kernel.calendar import months_later
from linli.kernel.place import Scope
from linli.kernel.roles import DISTRICT, REVIEW, ROLES, Role
from linli.kernel.rulings import Ruling
from linli.people import queries as people
from linli.places import queries as places
from linli.scope.models import lies_in
from linli.sources import Circumstance, circumstances_of, number
from linli.vetting import rules, terms
from linli.vetting.models import Answer, AskBack, Question, Result, Round, Subject, Task
from linli.workforce import queries as workforce

STANDING = Q(signed__isnull=False, asked_back__isnull=True)
"""Answers that count: signed, and not asked back."""
_REASONS = ("code", "happened", "file_number")


def lock_county(county: str) -> None:
    """Numbers of rounds are given one after the other."""
    places.lock(county)


def next_number(county: str) -> str:
    """The next number of a county: L000001 …"""
    last = Round.objects.filter(county=county).aggregate(last=Max("number"))["last"]
    return f"L{int(last[1:]) + 1 if last else 1:06d}"


def locked(round: Round) -> Round:
    """The round as it is now, nobody else changing it until the act is done."""
    return Round.objects.select_for_update().get(pk=round.pk)


def locked_task(task: Task) -> Task:
    """The list as it is now, nobody else answering, signing or reopening it."""
    Task.objects.select_for_update().get(pk=task.pk)
    return Task.objects.select_related("round", "head").get(pk=task.pk)


def is_office(user: Any, county: str, now: datetime) -> Ruling:
    """Whether somebody acts for the vetting office of a county."""
    on = timezone.localdate(now)
    return rules.is_office(holds=REVIEW in people.roles_at(user, county, on))


def reply_by(today: date, county: str) -> date:
    """The day until which departments answer, if the office says no other."""
    days = number("vetting_reply_work_days", on=today, place=county)
    return places.calendar().add_working_days(today, days)


def circumstances(task: Task, on: date) -> dict[str, Circumstance]:
    """What a department may name on a day, by code."""
    return {
        code: one
        for code, one in circumstances_of(on=on, place=task.place).items()
        if not one.departments or task.role in one.departments
    }


def rounds(scope: Scope) -> QuerySet[Round]:
    """Rounds within a scope, each with `people` and `settled`: on its list, with a result."""
    return Round.objects.within(scope).annotate(
        people=Count("subjects", distinct=True),
        settled=Count("subjects__result", distinct=True),
    )


# --- one department ---------------------------------------------------------------------------


def tasks_of(role: Role, scope: Scope) -> QuerySet[Task]:
    """The lists of one department that were sent, the most pressing first.

    Each has `asked`, `answered` (people, signed or not) and `signed` (people whose answer counts).
    """
    return (
        measured(Task.objects.within(scope))
        .filter(role=role.code, round__sent_at__isnull=False)
        .select_related("round", "head")
        .order_by("due_on", "pk")
    )


def measured(rows: QuerySet[Task]) -> QuerySet[Task]:
    """Lists with how far each is: `asked`, `answered`, `signed`."""
    standing = Answer.objects.filter(STANDING, question=OuterRef("questions__pk"))
    live = Answer.objects.filter(question=OuterRef("questions__pk"), asked_back__isnull=True)
    return rows.annotate(
        asked=Count("questions", distinct=True),
        answered=Count("questions", filter=Exists(live), distinct=True),
        signed=Count("questions", filter=Exists(standing), distinct=True),
    )


@dataclass(frozen=True, slots=True)
class Asked:
    """A person on a department's list, and what the department itself said of them.

    `answers`: all of its own, by number; `back`: what the vetting office asks again; `open`: no
    signed answer stands; `due_on`: until when it may be answered.
    """

    question: Question
    subject: Subject
    answers: tuple[Answer, ...]
    back: AskBack | None
    open: bool
    due_on: date
    settled: bool


def answers_for_department(user: Any, task: Task, on: date) -> list[Asked]:
    """A department's own list and answers, in its order. Refused to anybody else: other
    departments, and the vetting office, which reads reasons one by one (opening.open_reason)."""
    rules.is_own_list(
        holds=task.role in {role.code for role in people.roles_at(user, task.place, on)}
    ).enforce()
    return asked_of(task)


def asked_of(task: Task, some: Collection[int] | None = None) -> list[Asked]:
    """People on a list (all, or those of some keys) with its answers. Three queries."""
    rows = (
        task.questions.filter(task__round__sent_at__isnull=False)
        .select_related("subject__result")
        .order_by("subject__position")
    )
    if some is not None:
        rows = rows.filter(subject__in=some)
    said = Answer.objects.select_related("signed", "asked_back", "by").order_by("number")
    return [_asked(task, row) for row in rows.prefetch_related(Prefetch("answers", said))]


def _asked(task: Task, row: Question) -> Asked:
    answers = tuple(row.answers.all())
    signed = [one for one in answers if hasattr(one, "signed")]
    back = getattr(signed[-1], "asked_back", None) if signed else None
    due_on = max(task.due_on, back.due_on) if back else task.due_on
    open_ = not signed or back is not None
    return Asked(row, row.subject, answers, back, open_, due_on, hasattr(row.subject, "result"))


def to_sign(task: Task) -> list[Answer]:
    """The answers that the head signs next: of each person without a standing one, the latest."""
    found = []
    for asked in asked_of(task):
        last = asked.answers[-1] if asked.answers else None
        if last and asked.open and not asked.settled and not hasattr(last, "signed"):
            found.append(last)
    return found


# --- the vetting office -----------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Said:
    """What a department says of a person, without its reason. `pk`: of the answer, for opening it;
    `conclusion` "" while nothing is signed; `asked_back`: it is to answer again."""

    role: str
    conclusion: str = ""
    pk: int | None = None
    number: int = 0
    asked_back: bool = False

    @property
    def counts(self) -> bool:
        return bool(self.conclusion) and not self.asked_back


@dataclass(frozen=True, slots=True)
class Vetted:
    """A person of a round as the vetting office sees them. `outcome`: what follows by rule, "" while
    a department keeps it open; `result`: what was confirmed."""

    subject: Subject
    said: tuple[Said, ...]
    outcome: str
    result: Result | None


def answers_for_review(user: Any, round: Round, on: date) -> list[Vetted]:
    """Everybody on a list with the signed conclusions, no reasons. For the vetting office alone."""
    rules.is_office(holds=REVIEW in people.roles_at(user, round.county, on)).enforce()
    return vetted(round)


def vetted(round: Round, some: Collection[int] | None = None) -> list[Vetted]:
    """The same, unasked: for the acts. Four queries however long the list."""
    rows = round.subjects.select_related("result", "worker").order_by("position")
    if some is not None:
        rows = rows.filter(pk__in=some)
    people_ = list(rows)
    said = _said(round, [subject.pk for subject in people_])
    found = []
    for subject in people_:
        mine = tuple(said.get(subject.pk, {}).values())
        whole = bool(mine) and all(one.counts for one in mine)
        found.append(
            Vetted(
                subject,
                mine,
                rules.outcome([one.conclusion for one in mine]) if whole else "",
                getattr(subject, "result", None),
            )
        )
    return found


def _said(round: Round, subjects: Collection[int]) -> dict[int, dict[str, Said]]:
    """Subject → department → its latest signed answer, or that there is none. Two queries."""
    found: dict[int, dict[str, Said]] = {}
    asked = Question.objects.filter(task__round=round, subject__in=subjects).order_by("task")
    for subject, role in asked.values_list("subject", "task__role"):
        found.setdefault(subject, {})[role] = Said(role)
    rows = Answer.objects.filter(
        question__task__round=round, question__subject__in=subjects, signed__isnull=False
    ).order_by("number")
    for pk, subject, role, conclusion, n, back in rows.values_list(
        "pk", "question__subject", "question__task__role", "conclusion", "number", "asked_back"
    ):
        found[subject][role] = Said(role, conclusion, pk, n, back is not None)
    return found


def unsigned_roles(round: Round) -> list[str]:
    """Codes of the departments that have not yet signed an answer of everybody asked of them."""
    once = Answer.objects.filter(question=OuterRef("pk"), signed__isnull=False)
    open_ = Question.objects.filter(~Exists(once), task=OuterRef("pk"))
    rows = round.tasks.filter(Exists(open_)).order_by("pk")
    return list(rows.values_list("role", flat=True))


def against(subjects: Collection[int]) -> dict[int, list[tuple[Circumstance, date]]]:
    """Subject → (circumstance, day of the fact) of the standing answers against them, by the rules
    of the day each was given. One query."""
    found: dict[int, list[tuple[Circumstance, date]]] = {}
    rows = Answer.objects.filter(
        STANDING, question__subject__in=subjects, conclusion__in=rules.AGAINST
    ).select_related("question")
    for row in rows:
        known = circumstances_of(on=timezone.localdate(row.at), place=row.place)
        ground = known[row.code]
        found.setdefault(row.question.subject_id, []).append(
            (ground, date.fromisoformat(row.happened))
        )
    return found


# --- in time ----------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Notice:
    """A department that has something left to sign near its day or after it. `left_days`: working
    days left, negative once the day is over; `kind`: rules.REMIND, REMIND_AGAIN or LATE."""

    task: Task
    kind: str
    left: int
    due_on: date
    left_days: int

    @property
    def role(self) -> Role:
        return ROLES[self.task.role]


def notices(scope: Scope, today: date, roles: Collection[Role]) -> list[Notice]:
    """What is told today to whoever holds roles within a scope: a department its own reminders and
    lateness; the vetting office and the district every list that is late. Three queries."""
    told = {role.code for role in roles}
    rows = measured(Task.objects.within(scope)).filter(
        round__sent_at__isnull=False, round__closed_at__isnull=True
    )
    if not {REVIEW.code, DISTRICT.code} & told:
        rows = rows.filter(role__in=told)
    calendar, found = places.calendar(), []
    backs = open_backs(scope)
    for task in rows.select_related("round", "head").order_by("due_on", "pk"):
        left = task.asked - task.signed
        if not left:
            continue
        due_on = max(task.due_on, backs.get(task.pk, task.due_on))
        left_days = calendar.working_days_between(today, due_on)
        kind = rules.notice(
            left_days=-1 if today > due_on else left_days,
            first=number("vetting_remind_work_days", on=today, place=task.place),
            again=number("vetting_remind_again_work_days", on=today, place=task.place),
        )
        if kind and (kind == rules.LATE or task.role in told):
            found.append(Notice(task, kind, left, due_on, left_days))
    return found


def open_backs(scope: Scope) -> Mapping[int, date]:
    """List → the last day of what was asked back and has no later signed answer."""
    later = Answer.objects.filter(STANDING, question=OuterRef("answer__question"))
    rows = AskBack.objects.within(scope).filter(~Exists(later))
    told = rows.values("answer__question__task").annotate(day=Max("due_on"))
    return dict(told.values_list("answer__question__task", "day"))


# --- what follows -----------------------------------------------------------------------------


def open_elsewhere(marks: Collection[str], but: Round) -> dict[str, str]:
    """Mark → number of another round of the county in which the person has no result yet."""
    rows = Subject.objects.filter(
        id_mark__in=marks, round__county=but.county, result__isnull=True
    ).exclude(round=but)
    return dict(rows.values_list("id_mark", "round__number"))


def failed_while(marks: Collection[str], county: str) -> list[Result]:
    """Earlier results of some people that hold as long as what they found lasts."""
    rows = Result.objects.filter(
        subject__id_mark__in=marks, subject__round__county=county, lasts=rules.WHILE
    )
    return list(rows.select_related("subject"))


def latest_result(mark: str, county: str, on: date) -> Result | None:
    """The last result of somebody's vettings in a county up to a day."""
    rows = Result.objects.filter(
        subject__id_mark=mark, subject__round__county=county, decided_on__lte=on
    )
    return rows.order_by("-decided_on", "-pk").first()


def cleared(mark: str, county: str, on: date) -> Ruling:
    """May somebody take a post on a day? Asked before every appointment (workforce.clearance)."""
    last = latest_result(mark, county, on)
    return terms.cleared(
        outcome=last.outcome if last else "",
        decided_on=last.decided_on if last else None,
        months=number("vetting_valid_months", on=on, place=county),
        on=on,
    )


def due_again(county: str, on: date) -> QuerySet[Any]:
    """Files of people who serve in a county and passed no vetting within the term, the longest ago first.

    Each has `passed_on`, None for never, beside what `workforce.queries.serving` gives.
    """
    passed = Result.objects.filter(
        subject__id_mark=OuterRef("id_mark"),
        subject__round__county=county,
        outcome=rules.PASSED,
        decided_on__lte=on,
    ).order_by("-decided_on")
    months = number("vetting_again_months", on=on, place=county)
    return (
        workforce.serving(Scope.of(county), on)
        .annotate(passed_on=Subquery(passed.values("decided_on")[:1], output_field=DateField()))
        .filter(Q(passed_on__isnull=True) | Q(passed_on__lt=months_later(on, -months)))
        .order_by("passed_on", "place", "number")
    )


def results(scope: Scope) -> QuerySet[Result]:
    """Conclusions within a scope: what may be known outside the vetting office."""
    return Result.objects.filter(lies_in(scope)).select_related("subject__round").order_by("-pk")
