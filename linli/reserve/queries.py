"""What is there to see of the reserve. Everything asks within a scope."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import date, datetime, time
from typing import Any

from django.db.models import (
    CharField,
    Count,
    Exists,
    F,
    IntegerField,
    Max,
    OuterRef,
    Q,
    QuerySet,
    Subquery,
    Sum,
)
from django.utils import timezone

from linli.kernel.calendar import months_later
from linli.kernel.identity import parse_id_number
from linli.kernel.period import Period, Span
from linli.kernel.place import Scope
from linli.kernel.rulings import ALLOWED, Ruling
from linli.places import queries as places
from linli.reserve import rules
from linli.reserve.models import (
    Entry,
    Evaluation,
    Evidence,
    Move,
    Nomination,
    Proposal,
    Score,
    Sheet,
    Talent,
)
from linli.search.lookups import TAIL, Given, closest
from linli.search.words import latin
from linli.sources import HardIndicator, hard_indicators, number, number_of
from linli.workforce import clearance
from linli.workforce import queries as workforce


def lock_county(county: str) -> None:
    """Files of a county's reserve are numbered one after the other."""
    places.lock(county)


def next_serial(county: str) -> int:
    """The next number of a county's reserve, without its letter."""
    last = Talent.objects.filter(county=county).aggregate(last=Max("number"))["last"]
    return int(last[1:]) + 1 if last else 1


def locked(talent: Talent) -> Talent:
    """The file as it is now, nobody else changing it until the act is done."""
    return Talent.objects.select_for_update(of=("self",)).get(pk=talent.pk)


def limits(county: str, on: date) -> rules.Limits:
    """The numbers of entry on a day in a county."""
    most = number_of("reserve_age_max", on=on, place=county)
    return rules.Limits(
        age_min=number("appointment_age_min", on=on, place=county),
        age_max=most.value,
        age_cite=most.cite,
        return_months=number("reserve_return_months", on=on, place=county),
        vetting=bool(number("reserve_vetting_required", on=on, place=county)),
    )


def bars(mark: str) -> list[rules.Barred]:
    """The times in which somebody must not be appointed."""
    return [
        rules.Barred(from_on=one.from_on, until_on=one.until_on, cite=one.cite)
        for one in workforce.bars(mark)
    ]


def half_text(code: str) -> str:
    """2026-H1 → 2026年上半年."""
    return Span.of_code(code).text


def cleared(mark: str, county: str, on: date) -> Ruling:
    """What the vetting says of somebody, where the county's rule asks for it."""
    return clearance.ruling(mark, county, on) if limits(county, on).vetting else ALLOWED


def indicators(county: str, on: date) -> dict[str, HardIndicator]:
    """The hard indicators of a county on a day."""
    return hard_indicators(on=on, place=county)


# --- registers --------------------------------------------------------------------------------


def due_month(today: date, county: str = "") -> Period:
    """The latest month whose entry is due by a day."""
    days = number("reserve_entry_due_days", on=today, place=county)
    month = Period.of(today).previous
    return month if rules.entry_due_on(month, days) < today else month.previous


def _lacks_entry(month: Period) -> Q:
    """Files in the reserve that owe a month's entry and have none."""
    written = Entry.objects.filter(talent=OuterRef("pk"), period=month.code)
    return Q(state=rules.IN) & _owes(month) & ~Exists(written)


def _owes(month: Period) -> Q:
    """Files that were in the reserve, and in the system, before a month began."""
    begun = timezone.make_aware(datetime.combine(month.first_on, time.min))
    return Q(entered_on__lt=month.first_on, opened_at__lt=begun)


def counted_from(talent: Talent) -> date:
    """The day from which the growth file counts: of entry, or of coming into the system if later."""
    opened_on = timezone.localdate(talent.opened_at)
    return max(talent.entered_on or opened_on, opened_on)


def talents(scope: Scope) -> QuerySet[Talent]:
    """Files within a scope, those of people who left among them."""
    return Talent.objects.within(scope)


def register(
    scope: Scope,
    *,
    today: date,
    text: str = "",
    inside: str = "",
    state: str = rules.IN,
    source: str = "",
    grade: str = "",
    stale: bool = False,
) -> QuerySet[Talent]:
    """The register: by state ("" for all), source, grade of the latest signed evaluation, and
    whether the growth file is behind. Each has `last_period`, `grade_now`, `rank_now`."""
    rows = with_latest(talents(scope))
    if inside:
        rows = rows.within(inside)
    if state:
        rows = rows.filter(state=state)
    if source:
        rows = rows.filter(source=source)
    if grade:
        rows = rows.filter(grade_now=grade)
    if stale:
        rows = rows.filter(_lacks_entry(due_month(today)))
    return rows.filter(_named(text)) if text.strip() else rows


def with_latest(rows: QuerySet[Talent]) -> QuerySet[Talent]:
    """Files with the month of the last entry and the latest signed result."""
    entries = Entry.objects.filter(talent=OuterRef("pk")).order_by("-period", "-number")
    signed = Sheet.objects.filter(
        talent=OuterRef("pk"), evaluation__signed_at__isnull=False
    ).order_by("-evaluation__half")
    return rows.annotate(
        last_period=Subquery(entries.values("period")[:1], output_field=CharField()),
        grade_now=Subquery(signed.values("grade")[:1], output_field=CharField()),
        rank_now=Subquery(signed.values("rank")[:1], output_field=IntegerField()),
        tenths_now=Subquery(signed.values("tenths")[:1], output_field=IntegerField()),
        full_now=Subquery(signed.values("full_tenths")[:1], output_field=IntegerField()),
    )


def _named(text: str) -> Q:
    asked = text.strip()
    identity, _ruling = parse_id_number(asked)
    if identity:
        return Q(id_mark=workforce.id_mark(identity.number))
    known = Q(name__contains=asked)
    if short := latin(asked):
        known |= Q(initials__begins=short) | Q(number=short.upper())
    if asked.isdigit() and len(asked) == TAIL:
        known |= Q(phone_tail=asked)
    return known


def found(text: str, scope: Scope, *, limit: int) -> list[Talent]:
    """People by name, initials, number of the file, telephone tail, or the whole identity number."""
    rows, asked = talents(scope), text.strip()
    identity, _ruling = parse_id_number(asked)
    if identity:
        return list(rows.filter(id_mark=workforce.id_mark(identity.number))[:limit])
    tail = asked[-TAIL:] if asked.isdigit() and len(asked) in (TAIL, 11) else ""
    choices = [rows.filter(phone_tail=tail)] if tail else []
    if short := latin(asked):
        choices += [rows.filter(number=short.upper()), rows.filter(initials__begins=short)]
    choices.append(rows.filter(name__begins=asked))
    choices.append(rows.alias(given=Given("name")).filter(given__begins=asked))
    return closest(limit, *choices) if asked else []


@dataclass(frozen=True, slots=True)
class Figures:
    """The reserve of a scope in figures. `short`: communities with fewer than the rule says."""

    people: int
    party: int
    stale: int
    waiting: int


def figures(scope: Scope, today: date) -> Figures:
    """Counts for the head of the register; one query."""
    month = due_month(today)
    told = talents(scope).aggregate(
        people=Count("pk", filter=Q(state=rules.IN)),
        party=Count("pk", filter=Q(state=rules.IN, politics__in=rules.PARTY)),
        stale=Count("pk", filter=_lacks_entry(month)),
        waiting=Count("pk", filter=Q(state=rules.NOMINATED)),
    )
    return Figures(**told)


def size(scope: Scope, on: date) -> int:
    """How many are in the reserve on a day: entered by then and not left by then."""
    return (
        talents(scope)
        .filter(entered_on__lte=on)
        .filter(Q(left_on__isnull=True) | Q(left_on__gt=on))
        .count()
    )


def moves(scope: Scope, *, kind: str = "", since: date | None = None) -> QuerySet[Move]:
    """Who entered, left or was appointed within a scope, the latest first."""
    rows = Move.objects.within(scope).select_related("talent", "evaluation", "by")
    if kind:
        rows = rows.filter(kind=kind)
    if since:
        rows = rows.filter(on_day__gte=since)
    return rows.order_by("-on_day", "-pk")


def nominations(scope: Scope) -> QuerySet[Nomination]:
    """Nominations that wait within a scope: Party members first, then as they came."""
    rows = Nomination.objects.within(scope).filter(outcome="").select_related("talent", "by")
    return rows.annotate(after=Count("pk", filter=~Q(talent__politics__in=rules.PARTY))).order_by(
        "after", "at", "pk"
    )


# --- the growth file --------------------------------------------------------------------------


def written(pks: Collection[int]) -> dict[int, set[str]]:
    """File → months with an entry, in one query."""
    found_: dict[int, set[str]] = {}
    for talent, period in Entry.objects.filter(talent__in=pks).values_list("talent", "period"):
        found_.setdefault(talent, set()).add(period)
    return found_


def month_list(scope: Scope, month: Period) -> QuerySet[Talent]:
    """Who owes a month's entry, each with `wrote`: the moment of the first one."""
    first = Entry.objects.filter(talent=OuterRef("pk"), period=month.code).order_by("number")
    rows = talents(scope).filter(_owes(month))
    rows = rows.filter(Q(left_on__isnull=True) | Q(left_on__gt=month.last_on))
    return rows.annotate(
        wrote_at=Subquery(first.values("at")[:1]),
        wrote_by=Subquery(first.values("by__name")[:1], output_field=CharField()),
        told=Subquery(first.values("told")[:1], output_field=CharField()),
    ).order_by(F("wrote_at").asc(nulls_first=True), "place", "number")


def owing(
    scope: Scope, months: Collection[Period], mentor: Any = None
) -> dict[tuple[str, str], int]:
    """(community, month) → how many entries are missing, in one query."""
    rows = talents(scope).filter(state=rules.IN)
    if mentor is not None:
        rows = rows.filter(mentor=mentor)
    counted = {f"m{at}": Count("pk", filter=_lacks_entry(month)) for at, month in enumerate(months)}
    return {
        (row["place"], month.code): row[f"m{at}"]
        for row in rows.order_by().values("place").annotate(**counted)
        for at, month in enumerate(months)
        if row[f"m{at}"]
    }


def proved(pks: Collection[int], half: Span) -> dict[tuple[int, str], tuple[int, int]]:
    """(file, indicator) → sum and count of the evidence of a half-year, in one query."""
    rows = Evidence.objects.filter(
        talent__in=pks,
        withdrawn_at__isnull=True,
        on_day__gte=half.first_on,
        on_day__lte=half.last_on,
    )
    told = rows.order_by().values_list("talent", "indicator").annotate(Sum("figure"), Count("pk"))
    return {(talent, code): (total, n) for talent, code, total, n in told}


def shown_by_evidence(
    pks: Collection[int], half: Span, table: Mapping[str, HardIndicator]
) -> dict[int, dict[str, int]]:
    """File → indicator → what its evidence of a half-year shows."""
    told = proved(pks, half)
    return {
        pk: {
            code: one.figure(*told[pk, code]) if (pk, code) in told else 0
            for code, one in table.items()
        }
        for pk in pks
    }


def signed_half(county: str, on: date) -> str:
    """The half-year of a day in words, if its evaluation is signed; else ""."""
    half = Period.of(on).half
    there = Evaluation.objects.filter(county=county, half=half.code, signed_at__isnull=False)
    return half.text if there.exists() else ""


# --- evaluations ------------------------------------------------------------------------------


def evaluations(scope: Scope) -> QuerySet[Evaluation]:
    """Evaluations of the counties of a scope, the latest first, with `people` within it."""
    counties = {code[:6] for code in (*scope.prefixes, *scope.alone)}
    mine = Sheet.objects.within(scope).filter(evaluation=OuterRef("pk")).order_by()
    people = mine.values("evaluation").annotate(n=Count("pk")).values("n")
    rows = (
        Evaluation.objects.all()
        if scope.everywhere
        else Evaluation.objects.filter(county__in=counties)
    )
    return rows.annotate(people=Subquery(people, output_field=IntegerField())).order_by("-half")


def locked_evaluation(evaluation: Evaluation) -> Evaluation:
    return Evaluation.objects.select_for_update(of=("self",)).get(pk=evaluation.pk)


def sheets(evaluation: Evaluation, scope: Scope) -> QuerySet[Sheet]:
    """Who takes part within a scope: by rank once it is signed, by community before."""
    rows = Sheet.objects.within(scope).filter(evaluation=evaluation).select_related("talent")
    if evaluation.signed_at:
        return rows.order_by(F("rank").asc(nulls_last=True), "talent__number")
    return rows.order_by("place", "talent__number")


def with_scored(rows: QuerySet[Sheet], side: str, indicators_count: int) -> QuerySet[Sheet]:
    """Sheets that a side has not scored whole."""
    mine = Score.objects.filter(sheet=OuterRef("pk"), side=side).order_by()
    n = mine.values("sheet").annotate(n=Count("pk")).values("n")
    return rows.annotate(n=Subquery(n, output_field=IntegerField())).filter(
        Q(n__isnull=True) | Q(n__lt=indicators_count)
    )


def scores(pks: Collection[int]) -> dict[int, dict[str, dict[str, Score]]]:
    """Sheet → side → indicator → score, in one query."""
    found_: dict[int, dict[str, dict[str, Score]]] = {}
    for row in Score.objects.filter(sheet__in=pks).select_related("by"):
        found_.setdefault(row.sheet_id, {}).setdefault(row.side, {})[row.indicator] = row
    return found_


def scorers(evaluation: Evaluation, side: str) -> set[int]:
    """Keys of the people who scored for a side."""
    rows = Score.objects.filter(sheet__evaluation=evaluation, side=side, by__isnull=False)
    return set(rows.order_by().values_list("by", flat=True).distinct())


def fair_before(pks: Collection[int], half: str) -> dict[int, int]:
    """File → so many signed evaluations in a row before a half that ended fair, in one query."""
    found_: dict[int, int] = {}
    stopped: set[int] = set()
    rows = Sheet.objects.filter(
        talent__in=pks, evaluation__signed_at__isnull=False, evaluation__half__lt=half
    ).exclude(grade="")
    for talent, grade in rows.order_by("talent", "-evaluation__half").values_list(
        "talent", "grade"
    ):
        if talent not in stopped and grade == "fair":
            found_[talent] = found_.get(talent, 0) + 1
        else:
            stopped.add(talent)
    return found_


# --- posts ------------------------------------------------------------------------------------


def proposals(scope: Scope) -> QuerySet[Proposal]:
    """Proposals within a scope, open ones first."""
    rows = Proposal.objects.within(scope).select_related("talent", "by", "settled_by")
    return rows.annotate(over=Count("pk", filter=~Q(outcome=""))).order_by("over", "-pk")


def open_proposal(talent: Talent) -> Proposal | None:
    return Proposal.objects.filter(talent=talent, outcome="").first()


def wants_evaluation(county: str, half: Span, today: date) -> bool:
    """Whether a half-year that is over has people to evaluate and no evaluation."""
    if half.last_on >= today or Evaluation.objects.filter(county=county, half=half.code).exists():
        return False
    after = number("reserve_evaluated_after_months", on=today, place=county)
    since = months_later(half.last_on, -after)
    return Talent.objects.filter(county=county, state=rules.IN, entered_on__lte=since).exists()
