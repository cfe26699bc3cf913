"""What waits on whom in joint vettings, and the registers of rounds, lists and results."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date

from django.db.models import Count, Exists, F, OuterRef, Q, QuerySet

from linli.kernel.place import Scope
from linli.kernel.roles import Role
from linli.places import queries as places
from linli.search.words import latin
from linli.vetting import queries, rules
from linli.vetting.models import Answer, Question, Result, Round, Subject, Task
from linli.vetting.queries import STANDING

DRAFT, OPEN, LATE, CLOSED = "draft", "open", "late", "closed"


def _unsigned() -> QuerySet[Question]:
    """Questions without an answer that counts, of people without a result."""
    standing = Answer.objects.filter(STANDING, question=OuterRef("pk"))
    return Question.objects.filter(~Exists(standing), subject__result__isnull=True)


def late_tasks(today: date) -> QuerySet[Task]:
    """Lists whose day is over and on which something is unsigned."""
    left = _unsigned().filter(task=OuterRef("pk"))
    return Task.objects.filter(
        Exists(left), due_on__lt=today, round__sent_at__isnull=False, round__closed_at__isnull=True
    )


def register(
    scope: Scope, *, text: str = "", purpose: str = "", state: str = "", today: date
) -> QuerySet[Round]:
    """Rounds within a scope, the latest first; each with `people`, `settled`, `lists`, `is_late`."""
    rows = queries.rounds(scope).annotate(
        lists=Count("tasks", distinct=True),
        is_late=Exists(late_tasks(today).filter(round=OuterRef("pk"))),
    )
    if text := text.strip():
        rows = rows.filter(Q(title__contains=text) | Q(number=latin(text).upper()))
    if purpose:
        rows = rows.filter(purpose=purpose)
    if state == DRAFT:
        rows = rows.filter(sent_at__isnull=True)
    elif state == CLOSED:
        rows = rows.filter(closed_at__isnull=False)
    elif state:
        rows = rows.filter(sent_at__isnull=False, closed_at__isnull=True)
        rows = rows.filter(is_late=True) if state == LATE else rows
    return rows.order_by("county", "-number")


def own_lists(roles: Collection[Role], scope: Scope) -> QuerySet[Task]:
    """Every list that was sent to some departments, those still open first, by their day."""
    return (
        queries.measured(Task.objects.within(scope))
        .filter(role__in=[role.code for role in roles], round__sent_at__isnull=False)
        .select_related("round", "head")
        .order_by(F("round__closed_at").desc(nulls_first=True), "due_on", "pk")
    )


# --- waiting ----------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Waiting:
    """A list with something left for its department: so many people to answer or sign of, until
    when, and how many working days that is from today."""

    task: Task
    left: int
    due_on: date
    left_days: int


def waiting_on(roles: Collection[Role], scope: Scope, today: date) -> list[Waiting]:
    """The lists of some departments that are not signed through, whenever they are due. Two queries."""
    rows = queries.measured(Task.objects.within(scope)).filter(
        role__in=[role.code for role in roles],
        round__sent_at__isnull=False,
        round__closed_at__isnull=True,
    )
    backs = queries.open_backs(scope)
    calendar, found = places.calendar(), []
    for task in rows.select_related("round", "head").order_by("due_on", "pk"):
        if left := task.asked - task.signed:
            due_on = max(task.due_on, backs.get(task.pk, task.due_on))
            days = -1 if today > due_on else calendar.working_days_between(today, due_on)
            found.append(Waiting(task, left, due_on, days))
    return found


def to_confirm(scope: Scope) -> QuerySet[Round]:
    """Rounds in which every department has signed about somebody whose result is not confirmed."""
    open_ = Question.objects.filter(
        ~Exists(Answer.objects.filter(signed__isnull=False, question=OuterRef("pk"))),
        task__round=OuterRef("pk"),
    )
    return (
        Round.objects.within(scope)
        .filter(~Exists(open_), sent_at__isnull=False, closed_at__isnull=True)
        .annotate(left=Count("subjects", filter=Q(subjects__result__isnull=True)))
        .order_by("due_on", "pk")
    )


def drafts(scope: Scope, today: date) -> QuerySet[Round]:
    """Rounds not sent whose day is over: nobody can answer any more before it is set anew."""
    return Round.objects.within(scope).filter(sent_at__isnull=True, due_on__lt=today)


# --- results ----------------------------------------------------------------------------------


def results(scope: Scope, *, text: str = "", outcome: str = "") -> QuerySet[Result]:
    """Conclusions within a scope, the latest first, by name or number of the round."""
    rows = queries.results(scope).select_related("subject__worker")
    if text := text.strip():
        number = latin(text).upper()
        rows = rows.filter(Q(subject__name__startswith=text) | Q(subject__round__number=number))
    return rows.filter(outcome=outcome) if outcome else rows


def of_person(mark: str, county: str, but: Subject) -> list[Result]:
    """Earlier results of one person in a county, the latest first."""
    rows = Result.objects.filter(subject__id_mark=mark, subject__round__county=county)
    return list(rows.exclude(subject=but).select_related("subject__round").order_by("-pk"))


def departments_asked(scope: Scope, on: date) -> tuple[int, str] | None:
    """How many departments the latest round that was sent by a day asks, and its number."""
    rows = Round.objects.within(scope).filter(sent_at__date__lte=on)
    last = rows.annotate(asked=Count("tasks")).order_by("-sent_at", "-pk").first()
    return (last.asked, last.number) if last else None


def closest_rounds(text: str, scope: Scope, *, limit: int) -> list[Round]:
    """Rounds by number, or by how their title begins."""
    rows = Round.objects.within(scope)
    found = list(rows.filter(number=latin(text).upper())[:limit]) if latin(text) else []
    more = rows.filter(title__contains=text.strip()).exclude(pk__in=[row.pk for row in found])
    return [*found, *more.order_by("-number")[: limit - len(found)]]


def state_of(held: Round, *, late: bool) -> str:
    """DRAFT, OPEN, LATE or CLOSED."""
    if held.sent_at is None:
        return DRAFT
    if held.closed_at is not None:
        return CLOSED
    return LATE if late else OPEN


def outcome_counts(rows: Collection[queries.Vetted]) -> dict[str, int]:
    """How many people of a round stand how: by result or what follows from the answers; "" = open."""
    found: dict[str, int] = dict.fromkeys((*rules.OUTCOMES, ""), 0)
    for one in rows:
        found[one.result.outcome if one.result else one.outcome] += 1
    return found
