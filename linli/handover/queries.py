"""Reads of handovers: the register, one handover whole, signings, stages."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.db.models import Count, Exists, Max, OuterRef, Q, QuerySet, Subquery

from linli.cases import queries as cases
from linli.handover import flow, rules, stages
from linli.handover.models import (
    Batch,
    BatchRoom,
    Defect,
    Handover,
    Paper,
    Signature,
    TaxLine,
)
from linli.kernel.place import Scope
from linli.kernel.roles import Role
from linli.places import queries as places
from linli.premises import queries as premises
from linli.sources import Procedure

CARDS = 12
"""A board shows so many handovers of each step."""
ENDED = "ended"


def locked(handover: Handover) -> Handover:
    """The handover as it is now, nobody else changing it until the act is done."""
    rows = Handover.objects.select_for_update(of=("self",)).select_related("case", "room")
    return rows.get(pk=handover.pk)


def locked_batch(batch: Batch) -> Batch:
    return Batch.objects.select_for_update().get(pk=batch.pk)


def lock_county(county: str) -> None:
    """Numbers of a county are given one after the other."""
    places.lock(county)


def next_number(county: str) -> str:
    """The next number of a county: Y000001 …"""
    last = Handover.objects.filter(county=county).aggregate(last=Max("number"))["last"]
    return f"Y{int(last[1:]) + 1 if last else 1:06d}"


def next_batch_number(county: str) -> str:
    last = Batch.objects.filter(county=county).aggregate(last=Max("number"))["last"]
    return f"Q{int(last[1:]) + 1 if last else 1:05d}"


def running(room: Any) -> str:
    """Number of the handover a room is in, "" if none."""
    found = Handover.objects.filter(room=room, ended_at=None).values_list("number", flat=True)
    return found.first() or ""


def free(rooms: QuerySet[Any]) -> QuerySet[Any]:
    """Those of some rooms that are in no handover now."""
    return rooms.exclude(Exists(Handover.objects.filter(room=OuterRef("pk"), ended_at=None)))


def of_room(room: Any) -> list[Handover]:
    """All handovers of a room, the latest first."""
    step, due = cases.turn_of()
    found = Handover.objects.filter(room=room).select_related("case")
    return list(found.annotate(turn=step, due_on=due))


# --- the register -----------------------------------------------------------------------------


def handovers(scope: Scope) -> QuerySet[Handover]:
    """All handovers within a scope, with the step whose turn it is and until when."""
    step, due = cases.turn_of()
    found = Handover.objects.within(scope).select_related("room", "case")
    return found.annotate(turn=step, due_on=due)


def register(
    scope: Scope,
    *,
    today: date,
    text: str = "",
    inside: str = "",
    kind: str = "",
    turn: str = "",
    look: str = "",
    roles: Iterable[Role] = (),
) -> QuerySet[Handover]:
    """The register with its filters. `turn`: a step, or "ended"; `look`: a key of LOOKS; `roles`:
    those of the reader, for what waits for their signature."""
    found = handovers(scope.within(inside) if inside else scope)
    if turn == ENDED:
        found = found.exclude(ended_at=None)
    elif turn:
        found = found.filter(ended_at=None, turn=turn)
    if kind:
        found = found.filter(room__kind=kind)
    if look == "sign":
        found = found.filter(unsigned(roles, scope, today))
    elif look:
        found = found.filter(_looked_for(look, today))
    if text.strip():
        found = found.filter(like(text.strip(), scope))
    return found.order_by("-opened_at", "-pk")


def unsigned(roles: Iterable[Role], scope: Scope, today: date) -> Q:
    """Handovers whose turn is at a step that one of these roles signs and has not signed yet."""
    place = min(scope.prefixes | scope.alone, default="", key=len)[:6]
    plans = flow.in_force(place, today).plans.values()
    wanted = Q(pk__in=())
    for role in roles:
        steps = [plan.code for plan in plans if role.code in plan.sign]
        signed = Signature.objects.filter(
            handover=OuterRef("pk"), step=OuterRef("turn"), role=role.code, void_at=None
        )
        if steps:
            wanted |= Q(turn__in=steps) & ~Q(Exists(signed))
    return Q(ended_at=None) & wanted


def to_sign(scope: Scope, roles: Iterable[Role], today: date) -> int:
    """How many handovers wait for a signature of one of these roles; one query."""
    return handovers(scope).filter(unsigned(roles, scope, today)).count()


def _looked_for(look: str, today: date) -> Q:
    open_defects = Defect.objects.filter(handover=OuterRef("pk"), closed_at=None)
    taxes = TaxLine.objects.filter(handover=OuterRef("pk"), confirmed_at=None)
    promised = Paper.objects.filter(
        handover=OuterRef("pk"), file=None, removed_at=None, promised_on__lt=today
    )
    return {
        "late": Q(ended_at=None, due_on__lt=today),
        "defects": Q(Exists(open_defects)),
        "taxes": Q(Exists(taxes), ended_at=None),
        "promises": Q(Exists(promised), ended_at=None),
        "done": Q(outcome=rules.DONE),
        "dropped": Q(outcome=rules.DROPPED),
    }.get(look, Q())


def like(text: str, scope: Scope) -> Q:
    """Number, developer, receiver, room or estate."""
    estates = places.of_level("estate", scope).filter(name__contains=text)
    inside = Q(pk__in=())
    for code in estates.values_list("place", flat=True)[:50]:
        inside |= Q(place__startswith=code)
    return (
        Q(number__iexact=text)
        | Q(developer__contains=text)
        | Q(receiver__contains=text)
        | Q(room__code__iexact=text)
        | Q(room__name__contains=text)
        | inside
    )


def closest(text: str, scope: Scope, *, limit: int) -> list[Handover]:
    """The handovers somebody may mean, the latest first."""
    return list(handovers(scope).filter(like(text.strip(), scope)).order_by("-opened_at")[:limit])


def board(
    rows: QuerySet[Handover], codes: Iterable[str]
) -> tuple[dict[str, list[Handover]], dict[str, int]]:
    """The most pressing of each step, and how many wait at it; two queries."""
    found: dict[str, list[Handover]] = {code: [] for code in codes}
    counts: dict[str, int] = {}
    picked: list[int] = []
    waiting = rows.filter(ended_at=None).order_by("due_on", "pk")
    for pk, turn in waiting.values_list("pk", "turn"):
        counts[turn] = counts.get(turn, 0) + 1
        if counts[turn] <= CARDS:
            picked.append(pk)
    for one in waiting.filter(pk__in=picked):
        found.setdefault(one.turn, []).append(one)
    return found, counts


def step_names(rows: Iterable[Handover]) -> dict[tuple[str, str], str]:
    """(flow, step) → its name, for the flows of some handovers."""
    flows = {row.case.flow for row in rows if row.case}
    return {
        (code, step.code): step.name for code in flows for step in cases.procedure(code).flow.steps
    }


def inside_choices(scope: Scope) -> list[places.Named]:
    return premises.inside_choices(scope)


# --- desks ----------------------------------------------------------------------------------------


def to_confirm(scope: Scope, *, but: Any) -> int:
    """Lines of tax worksheets that wait for somebody else's confirmation; one query."""
    lines = TaxLine.objects.filter(handover__in=Handover.objects.within(scope))
    open_ = lines.filter(handover__ended_at=None, confirmed_at=None)
    return open_.exclude(told_by=but).values("handover").distinct().count()


def defects_to_see_to(scope: Scope, *, but: Any, today: date) -> tuple[int, int]:
    """(mended by somebody else and waiting for a re-check, past their day); one query."""
    found = Defect.objects.filter(
        handover__in=Handover.objects.within(scope), closed_at=None, handover__ended_at=None
    )
    told = found.aggregate(
        again=Count("pk", filter=Q(mended_at__isnull=False) & ~Q(mended_by=but)),
        late=Count("pk", filter=Q(mended_at=None, due_on__lt=today)),
    )
    return told["again"], told["late"]


# --- signings --------------------------------------------------------------------------------------


def batches(scope: Scope) -> QuerySet[Batch]:
    """The signings within a scope, and those that hold a room within it."""
    mine = BatchRoom.objects.filter(
        left_at=None, batch=OuterRef("pk"), handover__in=Handover.objects.within(scope)
    )
    inside = Batch.objects.within(scope).values("pk")
    found = Batch.objects.filter(Q(pk__in=inside) | Q(Exists(mine)))
    rooms = BatchRoom.objects.filter(batch=OuterRef("pk"), left_at=None).order_by()
    count = rooms.values("batch").annotate(n=Count("pk")).values("n")
    return found.annotate(room_count=Subquery(count)).order_by("-held_on", "-pk")


def in_batch(batch: Batch) -> list[Handover]:
    """The handovers of a batch, in the order they were put in."""
    found = handovers(Scope.of(batch.county)).filter(
        batch_entries__batch=batch, batch_entries__left_at=None
    )
    return list(found.order_by("batch_entries__pk"))


def batch_of(handover: Handover) -> Batch | None:
    """The batch a handover is in."""
    return Batch.objects.filter(entries__handover=handover, entries__left_at=None).first()


def candidates(batch: Batch) -> list[Handover]:
    """Handovers that could be put into a batch: same parties, in no other."""
    taken = BatchRoom.objects.filter(left_at=None).values("handover")
    found = handovers(Scope.of(batch.place)).filter(
        ended_at=None, developer=batch.developer, receiver=batch.receiver
    )
    return list(found.exclude(pk__in=taken).order_by("number")[: rules.MOST_ROOMS])


# --- stages ----------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Stages:
    """How long steps take within a scope. `procedure`: the one in force there."""

    procedure: Procedure
    stages: list[stages.Stage]
    running: int
    done: int

    @property
    def bottleneck(self) -> stages.Stage | None:
        return stages.bottleneck(self.stages)


def stages_of(scope: Scope, *, procedure: Procedure, since: date, today: date) -> Stages:
    """Durations of the steps that passed since a day, and what waits now; four queries."""
    here = Handover.objects.within(scope)
    told = cases.waited(here.values("case"), since=since)
    found = {}
    for step in procedure.flow.steps:
        stage = found[step.code] = stages.Stage(step.code, step.name)
        if one := told.get(step.code):
            stage.count, stage.longest_case = one.count, one.longest_case
            stage.median, stage.longest = stages.days(one.median_s), stages.days(one.longest_s)
    for turn, waiting, late in (
        handovers(scope)
        .filter(ended_at=None)
        .order_by()
        .values("turn")
        .annotate(waiting=Count("pk"), late=Count("pk", filter=Q(due_on__lt=today)))
        .values_list("turn", "waiting", "late")
    ):
        if turn in found:
            found[turn].waiting, found[turn].late = waiting, late
    ends = here.aggregate(
        running=Count("pk", filter=Q(ended_at=None)),
        done=Count("pk", filter=Q(outcome=rules.DONE)),
    )
    return Stages(procedure, list(found.values()), ends["running"], ends["done"])


def by_cases(wanted: Collection[int]) -> dict[int, Handover]:
    """Case → its handover."""
    return {one.case_id: one for one in Handover.objects.filter(case__in=wanted)}


def step_count(place: str, on: date) -> int:
    """Indicator handover_steps: the steps of the flow in force at a place on a day."""
    return len(flow.in_force(place, on).flow.steps)


def handed_over(scope: Scope, *, since: date, until: date) -> int:
    """Rooms handed over within a scope and a stretch of days: counted from the rows."""
    return (
        Handover.objects.within(scope)
        .filter(outcome=rules.DONE, ended_at__date__gte=since, ended_at__date__lte=until)
        .count()
    )
