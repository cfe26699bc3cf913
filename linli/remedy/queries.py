"""Reads of plans: the register and its views, one plan, what is late and who follows up."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.db.models import (
    Count,
    Exists,
    F,
    IntegerField,
    Max,
    Min,
    OuterRef,
    Q,
    QuerySet,
    Subquery,
    Value,
    Window,
)
from django.db.models.functions import RowNumber

from linli.cases import queries as cases
from linli.kernel.calendar import Calendar
from linli.kernel.place import Scope
from linli.kernel.roles import Role
from linli.leads import queries as lead_queries
from linli.people import queries as people
from linli.places import queries as places
from linli.remedy import dealings, letters, rules
from linli.remedy.flow import PLAN
from linli.remedy.models import (
    Attendance,
    Clause,
    Extension,
    Letter,
    Paper,
    Plan,
    PlanLead,
    Round,
    Talk,
    Task,
    Wording,
    Work,
)
from linli.search import words
from linli.search.lookups import closest
from linli.sources import number
from linli.sources.remedies import measures

CARDS = 20
"""A board shows so many plans of each state."""


def locked(plan: Plan) -> Plan:
    """The plan as it is now, nobody else changing it until the act is done."""
    return Plan.objects.select_for_update(of=("self",)).select_related("room").get(pk=plan.pk)


def locked_with(task: Task) -> tuple[Plan, Task]:
    """A measure and its plan, in the order in which everybody locks them."""
    plan = Plan.objects.select_for_update().get(pk=task.plan_id)
    return plan, Task.objects.select_for_update().get(pk=task.pk)


def lock_county(county: str) -> None:
    """Codes and letters of a county are numbered one after the other."""
    places.lock(county)


def next_code(county: str) -> str:
    """The next code of a county: P000001 …"""
    last = Plan.objects.filter(county=county).aggregate(last=Max("code"))["last"]
    return f"P{int(last[1:]) + 1 if last else 1:06d}"


def open_plan(room: Any) -> Plan | None:
    """The plan of a room that is not over."""
    return Plan.objects.filter(room=room).exclude(state__in=rules.OVER).first()


def not_cleared(room: Any) -> list[tuple[str, str]]:
    """(code of the plan, of the measure) of what has still to be done to the room itself."""
    codes = [code for code, measure in measures().items() if measure.clears]
    found = Task.objects.filter(plan__room=room, state=rules.OPEN, code__in=codes)
    return list(
        found.exclude(plan__state__in=rules.OVER)
        .order_by("plan__code", "number")
        .values_list("plan__code", "code")
    )


def case_of(plan: Plan) -> Any:
    found = cases.find(flow=PLAN, subject=plan)
    assert found is not None
    return found


def due_of(plan: Plan, case: Any) -> date | None:
    """Until when what is open now has to be done."""
    if plan.state == rules.CARRY:
        told = plan.tasks.exclude(state=rules.DROPPED).aggregate(
            first=Min("due_on", filter=Q(state=rules.OPEN)), last=Max("due_on")
        )
        return told["first"] or told["last"]
    due: date | None = case.waits.aggregate(due=Min("due_on"))["due"]
    return due


def is_same(user: Any, pk: int | None) -> bool:
    """Whether an account is the same person's."""
    return user is not None and pk in people.one_person(user)


def worked(plan: Plan, user: Any) -> bool:
    """Whether a person, by whichever account, worked on a measure of the plan."""
    mine = people.one_person(user) if user is not None else frozenset()
    return Work.objects.filter(task__plan=plan, by__in=mine).exists()


def clauses_open(plan: Plan) -> int:
    return Clause.objects.filter(agreement__plan=plan, state=rules.OPEN).count()


# --- leads --------------------------------------------------------------------------------------


def leads_taken(leads: Iterable[Any]) -> set[int]:
    """Which of some leads are in a plan."""
    wanted = [lead.pk for lead in leads]
    return set(PlanLead.objects.filter(lead__in=wanted).values_list("lead_id", flat=True))


def leads_free(room: Any) -> list[Any]:
    """Settled leads of a room that call for something and are in no plan."""
    taken = PlanLead.objects.values_list("lead_id", flat=True)
    free = lead_queries.settled_without_plan(Scope.of(room.place), planned=taken)
    return list(free.filter(room=room).order_by("pk"))


def leads_waiting(scope: Scope) -> QuerySet[Any]:
    """Settled leads on rooms of the register that no plan takes up, the oldest first."""
    taken = PlanLead.objects.values_list("lead_id", flat=True)
    found = lead_queries.settled_without_plan(scope, planned=taken)
    return found.filter(room__isnull=False, room__until_on=None)


def leads_of(plan: Plan) -> list[Any]:
    """The leads a plan deals with."""
    return [row.lead for row in plan.plan_leads.select_related("lead").order_by("pk")]


# --- the register -------------------------------------------------------------------------------


def concerns(role_codes: Collection[str]) -> Q:
    """Plans that concern departments: theirs is a measure, or they came to a visit."""
    tasks = Task.objects.filter(plan=OuterRef("pk"), role__in=role_codes)
    came = Attendance.objects.filter(visit__plan=OuterRef("pk"), agency__in=role_codes)
    return Q(Exists(tasks)) | Q(Exists(came))


def visible(whole: Scope, departments: Scope, role_codes: Collection[str]) -> QuerySet[Plan]:
    """Plans in a scope, and in that of departments those that concern them."""
    found = Plan.objects.within(whole)
    if not role_codes:
        return found
    others = Plan.objects.within(departments).filter(concerns(role_codes))
    return Plan.objects.filter(Q(pk__in=found.values("pk")) | Q(pk__in=others.values("pk")))


def concerned(plan: Plan, roles: Collection[Role]) -> bool:
    """Whether a plan concerns one of some departments."""
    codes = [role.code for role in roles]
    return Plan.objects.filter(pk=plan.pk).filter(concerns(codes)).exists()


def near_day(today: date, calendar: Calendar) -> date:
    """Until this day a deadline is near."""
    return calendar.add_working_days(today, number("remedy_near_work_days", on=today))


def is_late(today: date) -> Q:
    return Q(due_on__lt=today) & ~Q(state__in=rules.OVER)


def _looked_for(look: str, today: date, near: date) -> Q:
    """Plans that want somebody's attention, by the codes of rules.LOOKS."""
    rounds = Round.objects.filter(plan=OuterRef("pk"), ended_at=None)
    extended = Extension.objects.filter(task__plan=OuterRef("pk"), state=rules.GRANTED)
    asked = Extension.objects.filter(task__plan=OuterRef("pk"), state=rules.OPEN)
    talks = Talk.objects.filter(plan=OuterRef("pk"), state=rules.OPEN, promised_on__lte=today)
    letters = Letter.objects.filter(
        plan=OuterRef("pk"), answered_on=None, reply_by_on__isnull=False
    ).exclude(kind="followup")
    going = ~Q(state__in=rules.OVER)
    return {
        "late": lambda: is_late(today),
        "near": lambda: Q(due_on__gte=today, due_on__lte=near),
        "street": lambda: (
            Q(Exists(rounds.filter(level=dealings.BY_STREET)))
            & ~Q(Exists(rounds.filter(level=dealings.BY_DISTRICT)))
        ),
        "district": lambda: Q(Exists(rounds.filter(level=dealings.BY_DISTRICT))),
        "asked": lambda: Q(Exists(asked)) & going,
        "extended": lambda: Q(Exists(extended)),
        "answer": lambda: Q(Exists(rounds.filter(answered_at=None))) & going,
        "promise": lambda: Q(Exists(talks)) & going,
        "letter": lambda: Q(Exists(letters)) & going,
    }.get(look, Q)()


def register(
    rows: QuerySet[Plan],
    scope: Scope,
    *,
    today: date,
    near: date,
    text: str = "",
    inside: str = "",
    violation: str = "",
    violator: str = "",
    state: str = "",
    urgency: str = "",
    look: str = "",
) -> QuerySet[Plan]:
    """The register with its filters. `look`: a key of rules.LOOKS; `state` "": whatever is not
    over, unless something is looked for by text."""
    found = rows.within(scope.within(inside)) if inside else rows  # type: ignore[attr-defined]
    told = {"violation": violation, "violator": violator, "urgency": urgency}
    found = found.filter(**{name: value for name, value in told.items() if value})
    if state and state != "all":
        found = found.filter(state=state)
    if look:
        found = found.filter(_looked_for(look, today, near))
    if text.strip():
        found = found.filter(_like(text.strip(), scope))
    first = F("over_at").desc(nulls_first=True)
    due = F("due_on").asc(nulls_last=True)
    return found.select_related("room").order_by(first, "urgency", due, "pk")


def _like(text: str, scope: Scope) -> Q:
    """By code, room, who is behind it (organisations only), or the estate's name."""
    like = Q(room__name__icontains=text) | Q(party__icontains=text, person=False)
    if plain := words.latin(text):
        like |= Q(code__begins=plain.upper()) | Q(room__code__begins=plain.upper())
        like |= Q(room__initials__begins=plain)
    estates = places.of_level("estate", scope).filter(places.matching(text))
    for code in list(estates.values_list("place", flat=True)[:50]):
        like |= Q(place__begins=code)
    return like


def closest_plans(text: str, rows: QuerySet[Plan], *, limit: int) -> list[Plan]:
    """For the search: by code, the room's name, code or initials."""
    mine = rows.select_related("room")
    if not text.isascii():
        named = mine.filter(room__name__begins=text)
        return closest(limit, named, mine.filter(room__name__icontains=text))
    plain = words.latin(text)
    if not plain:
        return []
    by_code = mine.filter(code__begins=plain.upper())
    by_room = mine.filter(Q(room__code__begins=plain.upper()) | Q(room__initials__begins=plain))
    return closest(limit, by_code, by_room)


def tally(rows: QuerySet[Plan], *, today: date, near: date) -> dict[str, Any]:
    """Counts of a filter: by state, how many are urgent, near, late; one query."""
    late, soon = is_late(today), Q(due_on__gte=today, due_on__lte=near)
    told = (
        rows.order_by()
        .values_list("state")
        .annotate(
            n=Count("pk"),
            late=Count("pk", filter=late),
            near=Count("pk", filter=soon),
            urgent=Count("pk", filter=Q(urgency=1) & ~Q(state__in=rules.OVER)),
        )
    )
    found = list(told)
    return {
        "counts": {state: 0 for state in rules.STATES} | {row[0]: row[1] for row in found},
        "total": sum(row[1] for row in found),
        "late": sum(row[2] for row in found),
        "near": sum(row[3] for row in found),
        "urgent": sum(row[4] for row in found),
    }


def board(rows: QuerySet[Plan]) -> dict[str, list[Plan]]:
    """The first plans of each state, the most pressing first; one query."""
    ranked = rows.order_by().annotate(
        rank=Window(
            RowNumber(),
            partition_by="state",
            order_by=["urgency", "due_on", "pk"],
        )
    )
    found: dict[str, list[Plan]] = {state: [] for state in rules.STATES}
    for plan in ranked.filter(rank__lte=CARDS).order_by("state", "rank"):
        found[plan.state].append(plan)
    return found


def inside_choices(scope: Scope) -> list[places.Named]:
    """Streets and communities to narrow the register to."""
    rows = places.in_force().filter(level__in=("street", "community")).within(scope)
    return [places.Named(code, name) for code, name in rows.values_list("place", "name")]


# --- one plan -----------------------------------------------------------------------------------


def tasks(plan: Plan) -> list[Task]:
    """The measures with their works and extensions; three queries."""
    return list(
        plan.tasks.prefetch_related("works__by", "extensions__asked_by", "extensions__decided_by")
    )


def papers(plan: Plan) -> dict[str, list[Paper]]:
    """Row, as the trail names it → its files; one query."""
    found: dict[str, list[Paper]] = {}
    for paper in plan.papers.select_related("file"):
        found.setdefault(paper.about, []).append(paper)
    return found


def paper(pk: int) -> Paper | None:
    return Paper.objects.select_related("file", "plan").filter(pk=pk).first()


@dataclass(frozen=True, slots=True)
class Dealings:
    """What happened on the way of a plan."""

    visits: list[Any]
    talks: list[Any]
    agreements: list[Any]
    rounds: list[Any]
    letters: list[Any]


def dealings_of(plan: Plan) -> Dealings:
    """Visits, talks, contracts, follow-ups, letters; eight queries."""
    return Dealings(
        list(plan.visits.select_related("told_by").prefetch_related("attendances")),
        list(plan.talks.select_related("told_by", "checked_by")),
        list(plan.agreements.select_related("told_by").prefetch_related("clauses__told_by")),
        list(plan.rounds.select_related("answered_by")),
        list(plan.letters.select_related("issued_by", "answered_by")),
    )


def plans_of(room: Any) -> list[Plan]:
    """All plans of a room, the latest first."""
    return list(Plan.objects.filter(room=room).order_by("-pk"))


TO_SEE_TO = ("late", "near", "answer", "promise", "letter", "asked")
"""What a desk says about plans, of rules.LOOKS; `leads` beside them are those without a plan."""


def to_see_to(user: Any, scope: Scope, *, today: date, near: date) -> dict[str, int]:
    """How many plans in a scope want each of TO_SEE_TO, as the register counts them, and how many
    settled leads (`leads`) have none. One query, asked beside the reader's own row."""
    wanted = {
        look: Plan.objects.within(scope).filter(_looked_for(look, today, near))
        for look in TO_SEE_TO
    }
    counts = {
        name: _count(rows) for name, rows in (wanted | {"leads": leads_waiting(scope)}).items()
    }
    mine = user._meta.model._default_manager.filter(pk=user.pk)
    return dict(mine.values(**counts).get())


def _count(rows: QuerySet[Any]) -> Subquery:
    """The number of rows, as a part of another query."""
    one = rows.order_by().annotate(all_of_them=Value(1)).values("all_of_them")
    return Subquery(one.annotate(n=Count("pk")).values("n"), output_field=IntegerField())


def next_serial(sender: str, kind: str, year: int) -> int:
    """Letters of a sender and kind are numbered by the year."""
    found = Letter.objects.filter(sender=sender, kind=kind, year=year)
    return (found.aggregate(last=Max("serial"))["last"] or 0) + 1


def wordings(county: str) -> dict[str, Wording]:
    """Kind → the county's own words in force."""
    found = Wording.objects.filter(place=county, ended_at=None).select_related("told_by")
    return {row.kind: row for row in found}


def template(kind: str, county: str) -> letters.Template:
    """The template in force in a county."""
    own = Wording.objects.filter(place=county, kind=kind, ended_at=None).first()
    if own is None:
        return letters.as_it_comes(kind)
    return letters.Template(kind=kind, title=own.title, number=own.number, body=own.body, own=True)
