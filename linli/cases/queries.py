"""Reads of cases: what is done, whose turn it is, what waits on whom, which flows there are."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime, time
from functools import cache, lru_cache
from importlib import import_module
from importlib.util import find_spec

from django.apps import apps
from django.db import models
from django.db.models import Count, F, OuterRef, Q, QuerySet, Subquery, Window
from django.db.models.functions import RowNumber
from django.utils import timezone

from linli.cases import rules
from linli.cases.models import Case, DutyDone, KeptFlow, Stamp, Wait
from linli.kernel.calendar import Calendar
from linli.kernel.duty import Duty
from linli.kernel.flow import PASSED, RETURNED, Flow, Step
from linli.kernel.place import Scope
from linli.kernel.roles import ROLES, Role
from linli.kernel.words import AnyOf
from linli.people import queries as people
from linli.scope.models import lies_in
from linli.sources import Procedure, number, procedures
from linli.sources.procedures import read_plain
from linli.trail.acts import label

DONE, OPEN, LATE, WAIT = "done", "open", "late", "wait"


def flows() -> dict[str, Flow]:
    """Every flow by its code: from the flow.py of every domain, and those told as data."""
    return _flows(tuple(told.code for told in procedures()))


@lru_cache(maxsize=4)
def _flows(codes: tuple[str, ...]) -> dict[str, Flow]:
    """The same, made anew when what is told as data is another."""
    found = {told.code: told.flow for told in procedures() if told.code in codes}
    for module in _flow_modules():
        for value in vars(module).values():
            if isinstance(value, Flow):
                found[value.code] = value
    return dict(sorted(found.items()))


@cache
def duties() -> dict[str, Duty]:
    """Every duty by its code, from the flow.py of every domain."""
    found = {}
    for module in _flow_modules():
        for value in vars(module).values():
            if isinstance(value, Duty):
                found[value.code] = value
    return dict(sorted(found.items()))


def _flow_modules() -> list[object]:
    names = [
        f"{config.name}.flow"
        for config in apps.get_app_configs()
        if config.name.startswith("linli.")
    ]
    return [import_module(name) for name in names if find_spec(name)]


def flow_of(case: Case) -> Flow:
    """The flow a case goes by: as it was worded when the case began."""
    return flows().get(case.flow) or procedure(case.flow).flow


def procedure(code: str) -> Procedure:
    """A flow told as data, by its code: one in force, or one that cases began under."""
    told = next((told for told in procedures() if told.code == code), None)
    return told or _kept(code)


@cache
def _kept(code: str) -> Procedure:
    # What was kept never changes.
    return read_plain(KeptFlow.objects.get(code=code).told)


def turn_of(case: str = "case") -> tuple[Subquery, Subquery]:
    """(code of the step whose turn it is, until when) of the row's case, to annotate rows with."""
    waits = Wait.objects.filter(case=OuterRef(case)).order_by(
        models.F("due_on").asc(nulls_last=True), "step"
    )
    return Subquery(waits.values("step")[:1]), Subquery(waits.values("due_on")[:1])


@dataclass(frozen=True, slots=True)
class Waited:
    """How long a step took in some cases: how often it was done, seconds of the median and of the
    longest, and the case that was."""

    count: int
    median_s: int
    longest_s: int
    longest_case: int


def waited(cases: QuerySet, *, since: date) -> dict[str, Waited]:
    """Step → how long it took where it passed since a day; one query, a few rows a step."""
    begun = datetime.combine(since, time.min, timezone.get_current_timezone())
    done = Stamp.objects.filter(
        case__in=cases, outcome=PASSED, at__gte=begun, waited_s__isnull=False
    )
    ranked = done.annotate(
        rank=Window(RowNumber(), partition_by="step", order_by=["waited_s", "pk"]),
        n=Window(Count("pk"), partition_by="step"),
    )
    middle = Q(rank=(F("n") + 1) / 2) | Q(rank=(F("n") + 2) / 2)
    told: dict[str, list[tuple[int, int, int, int]]] = {}
    rows = ranked.filter(middle | Q(rank=F("n"))).order_by("step", "rank")
    for step, rank, n, seconds, case in rows.values_list(
        "step", "rank", "n", "waited_s", "case_id"
    ):
        told.setdefault(step, []).append((rank, n, seconds, case))
    return {step: _waited(found) for step, found in told.items()}


def _waited(found: list[tuple[int, int, int, int]]) -> Waited:
    """From (rank, of how many, seconds, case) of the middle one or two and of the last."""
    n = found[0][1]
    middle = [seconds for rank, _n, seconds, _case in found if rank in ((n + 1) // 2, (n + 2) // 2)]
    _rank, _n, longest, case = found[-1]
    return Waited(n, sum(middle) // len(middle), longest, case)


def find(*, flow: Flow | str, subject: models.Model | str) -> Case | None:
    """The case of a row in a flow, open or closed."""
    code = flow if isinstance(flow, str) else flow.code
    named = subject if isinstance(subject, str) else label(subject)
    return Case.objects.filter(flow=code, subject=named).first()


def closed(flow: Flow, subjects: Iterable[models.Model]) -> dict[str, bool]:
    """Row, as the trail names it → whether its case in a flow is over; those without one are left
    out. One query."""
    named = [label(subject) for subject in subjects]
    rows = Case.objects.filter(flow=flow.code, subject__in=named)
    return {row.subject: row.closed_at is not None for row in rows}


def stamps(case: Case) -> list[Stamp]:
    """All stamps of a case, oldest first."""
    return list(case.stamps.select_related("by").order_by("number"))


def folded(case: Case, some: Iterable[Stamp] | None = None) -> rules.Folded:
    """What follows from the stamps of a case (read anew unless given)."""
    told = case.stamps.order_by("number") if some is None else some
    return rules.fold(
        flow_of(case),
        opened_at=case.opened_at,
        stamps=[rules.Stamped(s.step, s.outcome, s.by_id, s.at) for s in told],
    )


def done(case: Case) -> frozenset[str]:
    """Codes of the steps that stand done."""
    return frozenset(folded(case).done)


def steps_of(case: Case, user: models.Model) -> frozenset[str]:
    """The steps that stand done by this person."""
    return own_steps(folded(case), user)


def own_steps(fold: rules.Folded, user: models.Model) -> frozenset[str]:
    """The same from what follows from the stamps; by whichever account of the person."""
    return frozenset().union(*(fold.steps_of(pk) for pk in people.one_person(user)))


def open_steps(case: Case) -> tuple[Step, ...]:
    """The steps whose turn it is; none once the case is closed."""
    if case.closed_at is not None:
        return ()
    flow = flow_of(case)
    return flow.open_steps(done(case))


@dataclass(frozen=True, slots=True)
class StepShown:
    """A step as the stepper on a page shows it (web/components/stepper.html).

    `state`: done | open | late | wait. `by`: the name of who did it, else the roles whose turn it
    is or will be. `at`: when it was done; `due_on`: until when it is to be. `said`: the stamp's
    note; of an open step that was `returned`: why.
    """

    step: Step
    state: str
    by: tuple[str, ...]
    at: datetime | None = None
    due_on: date | None = None
    said: str = ""
    returned: bool = False

    @property
    def name(self) -> str:
        return self.step.name

    @property
    def note(self) -> date | None:
        return timezone.localdate(self.at) if self.at else self.due_on


def progress(case: Case, *, on: date | None = None) -> list[StepShown]:
    """Every step of a case in order: who did it when, or whose turn it is until when.

    Two queries. With a day `on` an open step past its day is `late`.
    """
    told = stamps(case)
    fold = folded(case, told)
    due = dict(case.waits.values_list("step", "due_on"))
    back = next((stamp for stamp in reversed(told) if stamp.outcome == RETURNED), None)
    passed = {stamp.step: stamp for stamp in told if stamp.outcome == PASSED}
    flow = flow_of(case)
    shown = []
    for step in flow.steps:
        if step.code in fold.done:
            shown.append(_done(step, passed[step.code]))
        elif step.code in fold.open and case.closed_at is None:
            late = on is not None and (due.get(step.code) or on) < on
            since = fold.open[step.code]
            returned = (
                back is not None and back.at == since and flow.step(back.step).back == step.code
            )
            said = back.note if back and returned else ""
            state = LATE if late else OPEN
            roles = _roles(step)
            shown.append(StepShown(step, state, roles, None, due.get(step.code), said, returned))
        else:
            shown.append(StepShown(step, WAIT, _roles(step)))
    return shown


def _done(step: Step, stamp: Stamp) -> StepShown:
    by = (stamp.by.name,) if stamp.by else ()
    return StepShown(step, DONE, by, stamp.at, said=stamp.note)


def _roles(step: Step) -> tuple[str, ...]:
    return AnyOf(role.name for role in step.by)


def waiting(where: Mapping[Role, Scope]) -> QuerySet[Wait]:
    """What waits on roles, each within its own scope; the most pressing first."""
    wanted = Q(pk__in=())
    for role, scope in where.items():
        wanted |= Q(role=role.code) & lies_in(scope)
    return (
        Wait.objects.filter(wanted)
        .select_related("case")
        .order_by(models.F("due_on").asc(nulls_last=True), "since_at", "pk")
    )


def waiting_counts(scope: Scope, on: date) -> dict[tuple[str, str], tuple[int, int]]:
    """(role code, place) → (steps waiting, of these overdue), for all people in a scope."""
    rows = (
        Wait.objects.within(scope)
        .values_list("role", "place")
        .annotate(n=Count("pk"), late=Count("pk", filter=Q(due_on__lt=on)))
        .order_by()
    )
    return {(role, place): (n, late) for role, place, n, late in rows}


def overdue(scope: Scope, on: date) -> QuerySet[Wait]:
    """Steps within a scope whose day has passed, the oldest first."""
    return (
        Wait.objects.within(scope)
        .filter(due_on__lt=on)
        .select_related("case")
        .order_by("due_on", "pk")
    )


def lately(scope: Scope, *, since: datetime, limit: int = 20) -> list[Stamp]:
    """The latest stamps within a scope, newest first."""
    found = Stamp.objects.filter(case__in=Case.objects.within(scope), at__gte=since)
    return list(found.select_related("case", "by").order_by("-at", "-pk")[:limit])


def duties_done(
    codes: Collection[str], places: Collection[str], periods: Collection[str]
) -> set[tuple[str, str, str]]:
    """(duty, place, period) of what was done. One query."""
    rows = DutyDone.objects.filter(duty__in=codes, place__in=places, period__in=periods)
    return set(rows.values_list("duty", "place", "period"))


def waits_wanted(
    case: Case, fold: rules.Folded, calendar: Calendar
) -> dict[tuple[str, str], tuple[datetime, date | None]]:
    """(step, role code) → (since when, due on): what must wait, from the stamps."""
    flow = flow_of(case)
    found = {}
    for code, since in fold.open.items():
        step = flow.step(code)
        day = timezone.localdate(since)
        due = case.promised_on if step.promised else None
        if due is None and step.days:
            due = due_on(step, day, case.place, calendar)
        for role in step.by:
            found[code, role.code] = (since, due)
    return found


def due_on(step: Step, day: date, place: str, calendar: Calendar) -> date | None:
    """Until when a step that opens on a day is to be done, None without a limit.

    A limit of a flow told as data that its county has taken away since is no limit any more.
    """
    try:
        allowed = number(step.days, on=day, place=place) if step.days else None
    except LookupError:
        allowed = None
    return None if allowed is None else calendar.add_working_days(day, allowed)


def wrong_waits(calendar: Calendar) -> list[Case]:
    """Cases whose kept waits do not follow from their stamps: for `doctor`, mended by `refold`."""
    wrong = []
    for case in Case.objects.prefetch_related("stamps", "waits").iterator(chunk_size=500):
        fold = folded(case, case.stamps.all())
        wanted = {} if case.closed_at else waits_wanted(case, fold, calendar)
        kept = {(w.step, w.role): (w.since_at, w.due_on) for w in case.waits.all()}
        if kept != wanted or case.stamp_count != len(case.stamps.all()):
            wrong.append(case)
    return wrong


def role_of(wait: Wait) -> Role | None:
    return ROLES.get(wait.role)
