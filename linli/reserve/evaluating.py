"""The half-yearly evaluation: to open it, to score for a side, to sign it and move people by it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime

from django.utils import timezone

from linli.kernel.period import Span
from linli.kernel.place import Scope
from linli.kernel.rulings import Refused, Ruling, every
from linli.people import queries as people
from linli.places import queries as places
from linli.reserve import grading, placing, queries, rules, services
from linli.reserve.entering import User, entry_ruling, move_out
from linli.reserve.grading import COMMUNITY, COUNTY, LEAVE, SIDES, Bounds, Result
from linli.reserve.models import Evaluation, Nomination, Score, Sheet, Talent
from linli.reserve.who import COMMUNITY_SIDE, KEEPERS
from linli.sources import HardIndicator, number
from linli.trail.acts import act
from linli.workforce import queries as workforce

Words = Mapping[int, Mapping[str, int]]
"""Sheet → indicator → figure."""


def candidates(county: str, half: Span, on: date) -> list[Talent]:
    """Who takes part in the evaluation of a half-year."""
    after = number("reserve_evaluated_after_months", on=on, place=county)
    rows = Talent.objects.filter(county=county, state=rules.IN).order_by("place", "number")
    return [
        row
        for row in rows
        if row.entered_on
        and grading.is_evaluated(
            entered_on=row.entered_on, left_on=row.left_on, half=half, after_months=after
        )
    ]


def may_open(county: str, half: str, today: date) -> Ruling:
    """May the evaluation of a half-year be opened today? Shown before it is asked."""
    span = grading.span_of(half)
    over = span is not None and span.last_on < today
    return grading.may_open(
        half=half,
        today=today,
        there=Evaluation.objects.filter(county=county, half=half).exists(),
        people=len(candidates(county, span, today)) if span and over else 0,
    )


@act("reserve.open_evaluation")
def open_evaluation(*, by: User, county: str, half: str, now: datetime) -> Evaluation:
    """Open the evaluation of a half-year that is over, with everybody who takes part."""
    today = timezone.localdate(now)
    queries.lock_county(county)
    may_open(county, half, today).enforce()
    span = grading.span_of(half)
    assert span is not None
    days = number("reserve_evaluation_work_days", on=today, place=county)
    made = Evaluation.objects.create(
        county=county,
        place=county,
        half=half,
        due_on=places.calendar().add_working_days(today, days),
        opened_by=by,
        opened_at=now,
    )
    Sheet.objects.bulk_create(
        Sheet(evaluation=made, talent=row, place=row.place)
        for row in candidates(county, span, today)
    )
    return made


@act("reserve.score")
def score(
    *, by: User, evaluation: Evaluation, side: str, words: Words, now: datetime
) -> services.Told:
    """Take down the figures of a side for any number of people; none is taken where one is refused.
    A figure never goes beyond what the evidence shows; until the signing a later one replaces it."""
    evaluation = queries.locked_evaluation(evaluation)
    half = Span.of_code(evaluation.half)
    table = queries.indicators(evaluation.county, half.last_on)
    rows = {
        row.pk: row
        for row in Sheet.objects.filter(evaluation=evaluation, pk__in=words).select_related(
            "talent"
        )
    }
    taken = [
        (rows[pk], table[code], figure)
        for pk, figures in words.items()
        if pk in rows
        for code, figure in figures.items()
        if code in table
    ]
    (_may_score(by, evaluation, side, list(rows.values()), now) & _may_take(taken, half)).enforce()
    made = [
        Score(
            sheet=row,
            side=side,
            indicator=one.code,
            figure=figure,
            tenths=one.tenths(figure),
            by=by,
            at=now,
        )
        for row, one, figure in taken
    ]
    Score.objects.bulk_create(
        made,
        update_conflicts=True,
        unique_fields=["sheet", "side", "indicator"],
        update_fields=["figure", "tenths", "by", "at"],
    )
    return services.Told(evaluation, {"side": side, "people": len(rows)})


def _may_score(
    by: User, evaluation: Evaluation, side: str, rows: list[Sheet], now: datetime
) -> Ruling:
    """May somebody score these people for a side?"""
    today = timezone.localdate(now)
    other = COUNTY if side == COMMUNITY else COMMUNITY
    return grading.may_score(
        signed=evaluation.signed_at is not None,
        side=side,
        other_side_by=queries.scorers(evaluation, other),
        by=by.pk if by else None,
        holds=by is None
        or all(_holds(by, side, place, today) for place in {row.place for row in rows}),
    )


def _may_take(taken: list[tuple[Sheet, HardIndicator, int]], half: Span) -> Ruling:
    """Whether each figure is one that the evidence shows; at ``s<sheet>_<indicator>``."""
    table = {one.code: one for _row, one, _figure in taken}
    keys = {row.talent_id for row, _one, _figure in taken}
    shown = queries.shown_by_evidence(keys, half, table)
    return every(
        grading.may_figure(
            indicator=one,
            figure=figure,
            proved=shown[row.talent_id][one.code],
            name=row.talent.name,
        ).at(f"s{row.pk}_{one.code}")
        for row, one, figure in taken
    )


def _holds(by: User, side: str, place: str, today: date) -> bool:
    wanted = COMMUNITY_SIDE if side == COMMUNITY else KEEPERS
    return bool(people.roles_at(by, place, today) & set(wanted))  # type: ignore[arg-type]


@dataclass(frozen=True, slots=True)
class Outlook:
    """What signing would do now: results in order; who is not in the reserve any more; nominations
    that would come in, and those that would not, with the reasons."""

    results: tuple[Result, ...]
    sheets: Mapping[int, Sheet]
    gone: tuple[Sheet, ...]
    entering: tuple[Nomination, ...]
    refused: tuple[tuple[Nomination, Ruling], ...]
    ruling: Ruling

    @property
    def leaving(self) -> list[Result]:
        return [one for one in self.results if one.grade == LEAVE]


def bounds(county: str, on: date) -> Bounds:
    """The numbers of an evaluation."""

    def of(name: str) -> int:
        return number(name, on=on, place=county)

    return Bounds(
        community=of("reserve_community_percent"),
        excellent=of("reserve_excellent_percent"),
        good=of("reserve_good_percent"),
        enough=of("reserve_pass_percent"),
        fair_times=of("reserve_fair_times"),
        missing_months=of("reserve_missing_months"),
        stay_age=of("reserve_stay_age_max"),
    )


def outlook(evaluation: Evaluation, today: date) -> Outlook:
    """What signing an evaluation would do, as everything stands."""
    county, half = evaluation.county, Span.of_code(evaluation.half)
    table = queries.indicators(county, half.last_on)
    rows = {
        row.pk: row for row in Sheet.objects.filter(evaluation=evaluation).select_related("talent")
    }
    here = {pk: row for pk, row in rows.items() if row.talent.state == rules.IN}
    told = {one.key: one for one in _told(evaluation, here, table, today)}
    lacking: dict[str, list[str]] = {side: [] for side in SIDES}
    for pk, one in told.items():
        for side in grading.incomplete(one, table):
            lacking[side].append(here[pk].talent.name)
    short = [(side, _few(names)) for side, names in lacking.items() if names]
    limits = bounds(county, half.last_on)
    whole = [one for one in told.values() if not grading.incomplete(one, table)]
    results = grading.ranked([grading.result(one, table, limits, half.text) for one in whole], told)
    entering, refused = _nominations(county, today)
    return Outlook(
        results=tuple(results),
        sheets=here,
        gone=tuple(row for pk, row in rows.items() if pk not in here),
        entering=tuple(entering),
        refused=tuple(refused),
        ruling=grading.may_sign(
            signed=evaluation.signed_at is not None, people=len(here), lacking=short
        ),
    )


def _few(names: list[str]) -> tuple[str, ...]:
    """The first names, and how many more there are."""
    return tuple(names[:8]) + ((f"…（{len(names)}）",) if len(names) > 8 else ())


def _told(
    evaluation: Evaluation,
    here: Mapping[int, Sheet],
    table: Mapping[str, HardIndicator],
    today: date,
) -> list[grading.Sheet]:
    half = Span.of_code(evaluation.half)
    keys = [row.talent_id for row in here.values()]
    given, wrote = queries.scores(list(here)), queries.written(keys)
    fair = queries.fair_before(keys, evaluation.half)
    barred = workforce.barred([row.talent.id_mark for row in here.values()], today)
    days = number("reserve_entry_due_days", on=today, place=evaluation.county)
    found = []
    for pk, row in here.items():
        talent = row.talent
        missing = rules.missing_months(
            entered_on=queries.counted_from(talent),
            left_on=None,
            written=wrote.get(talent.pk, set()),
            today=today,
            due_days=days,
        )
        found.append(
            grading.Sheet(
                key=pk,
                scores={
                    side: {code: one.tenths for code, one in scores.items()}
                    for side, scores in given.get(pk, {}).items()
                },
                party=talent.is_party,
                entered_on=talent.entered_on or half.first_on,
                number=talent.number,
                missing=sum(half.contains(month.first_on) for month in missing),
                fair_before=fair.get(talent.pk, 0),
                age=talent.age(today),
                barred=talent.id_mark in barred,
            )
        )
    return found


def _nominations(
    county: str, today: date
) -> tuple[list[Nomination], list[tuple[Nomination, Ruling]]]:
    entering, refused = [], []
    for row in queries.nominations(Scope.of(county)):
        ruling = entry_ruling(row.talent, today)
        if ruling.allowed:
            entering.append(row)
        else:
            refused.append((row, ruling))
    return entering, refused


@act("reserve.sign_evaluation")
def sign(*, by: User, evaluation: Evaluation, now: datetime) -> services.Told:
    """Sign an evaluation: ranks and grades are written, whoever the rules send out leaves, and
    nominations that may come in do. From then on nothing of it changes."""
    evaluation = queries.locked_evaluation(evaluation)
    today = timezone.localdate(now)
    seen = outlook(evaluation, today)
    seen.ruling.enforce()
    table = queries.indicators(evaluation.county, Span.of_code(evaluation.half).last_on)
    full = sum(one.points for one in table.values()) * grading.TENTHS
    missing = {one.key: one.missing for one in _told(evaluation, seen.sheets, table, today)}
    for one in seen.results:
        row = seen.sheets[one.key]
        row.tenths, row.full_tenths = one.tenths, full
        row.rank, row.grade, row.missing = one.rank, one.grade, missing[one.key]
    Sheet.objects.bulk_update(
        [seen.sheets[one.key] for one in seen.results],
        ["tenths", "full_tenths", "rank", "grade", "missing"],
        batch_size=500,
    )
    for one in seen.leaving:
        talent = queries.locked(seen.sheets[one.key].talent)
        move_out(talent, one.reason, one.values, on=today, by=by, now=now, evaluation=evaluation)
        _drop_proposal(talent, by, now)
    came = 0
    for row in seen.entering:
        try:
            services.admit(by=by, nomination=row, evaluation=evaluation, now=now)
        except Refused:
            continue
        came += 1
    evaluation.signed_by, evaluation.signed_at = by, now  # type: ignore[assignment]
    evaluation.save(update_fields=["signed_by", "signed_at"])
    return services.Told(
        evaluation, {"people": len(seen.results), "out": len(seen.leaving), "in": came}
    )


def _drop_proposal(talent: Talent, by: User, now: datetime) -> None:
    """Whoever leaves is not proposed any more."""
    row = queries.open_proposal(talent)
    if row is not None:
        placing.withdraw(by=by, proposal=row, reason=placing.GONE, now=now)
