"""How a vetting ends, person by person, and what follows from it."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from datetime import date, datetime

from django.contrib.auth.base_user import AbstractBaseUser
from django.utils import timezone

from linli.cases import queries as case_queries
from linli.cases import services as cases
from linli.kernel.rulings import require
from linli.kernel.words import gettext_noop as _
from linli.trail.acts import act, label
from linli.vetting import flow, queries, rules
from linli.vetting.models import Result, Round
from linli.vetting.queries import Vetted
from linli.vetting.services import Told
from linli.vetting.terms import Term, term
from linli.workforce import queries as workforce
from linli.workforce import services as files


@act("vetting.confirm")
def confirm(
    *,
    by: AbstractBaseUser,
    round: Round,
    subjects: Collection[int],
    suspended: Mapping[int, str] | None = None,
    now: datetime,
) -> Told:
    """Confirm how the vetting of people ended, as it follows from the answers; `suspended`: key →
    reason of those whom the office suspends instead. Whoever did not pass is barred, and leaves the
    post they hold. The round closes with its last result."""
    held, suspended = queries.locked(round), suspended or {}
    today = timezone.localdate(now)
    queries.is_office(by, held.county, now).enforce()
    wanted = set(subjects) | set(suspended)
    some = queries.vetted(held, wanted)
    rules.may_confirm(
        chosen=len(wanted),
        strangers=held.sent_at is None or len(some) != len(wanted),
        missing=[rules.role_name(role) for role in queries.unsigned_roles(held)],
        pending=[one.subject.name for one in some if any(said.asked_back for said in one.said)],
        settled=[one.subject.name for one in some if one.result],
        suspended={
            one.subject.name: suspended[one.subject.pk]
            for one in some
            if one.subject.pk in suspended
        },
    ).enforce()
    terms = {
        pk: term(grounds, today)
        for pk, grounds in queries.against(
            [one.subject.pk for one in some if one.subject.pk not in suspended]
        ).items()
    }
    made = Result.objects.bulk_create(_result(one, suspended, terms, by, now) for one in some)
    _follow(held, made, terms, by, now)
    if not held.subjects.filter(result__isnull=True).exists():
        held.closed_at = now
        held.save(update_fields=["closed_at"])
    counts: dict[str, object] = {}
    for row in made:
        counts[row.outcome] = int(str(counts.get(row.outcome, 0))) + 1
    return Told(held, counts)


def _result(
    one: Vetted,
    suspended: Mapping[int, str],
    terms: Mapping[int, Term],
    by: AbstractBaseUser,
    now: datetime,
) -> Result:
    pk = one.subject.pk
    return Result(
        subject=one.subject,
        place=one.subject.place,
        outcome=rules.SUSPENDED if pk in suspended else one.outcome,
        lasts=terms.get(pk, Term()).lasts,
        why=suspended.get(pk, "").strip(),
        decided_on=timezone.localdate(now),
        by=by,
        at=now,
    )


def _follow(
    held: Round,
    made: Sequence[Result],
    terms: Mapping[int, Term],
    by: AbstractBaseUser,
    now: datetime,
) -> None:
    """Bars and leavings of those who did not pass. Whoever passed is no longer barred by what an
    earlier vetting found to last as long as it lasts."""
    for row in made:
        if row.outcome == rules.FAILED:
            _bar(held, row, terms[row.subject_id], by, now)
            _leaves(held, row, by, now)
    passed = [row.subject.id_mark for row in made if row.outcome == rules.PASSED]
    for earlier in queries.failed_while(passed, held.county):
        bar = workforce.bar_by(earlier.subject.id_mark, label(earlier))
        if bar is not None:
            files.lift_bar(by=by, bar=bar, why=f"联审{held.number}通过", now=now)


def _bar(held: Round, row: Result, found: Term, by: AbstractBaseUser, now: datetime) -> None:
    """The ground is the rule of vetting: the file does not tell what stands against somebody."""
    if found.lasts:
        files.bar(
            by=by,
            id_mark=row.subject.id_mark,
            county=held.county,
            from_on=row.decided_on,
            until_on=found.until_on,
            cite="联审规则:9",
            subject=row,
            now=now,
        )


def _leaves(held: Round, row: Result, by: AbstractBaseUser, now: datetime) -> None:
    worker = row.subject.worker
    post = workforce.post_of(worker, row.decided_on) if worker else None
    if post is not None:
        cases.open_case(
            by=by,
            flow=flow.LEAVING,
            subject=row,
            title=f"{worker.name}（联审{held.number}）",
            place=post.place,
            now=now,
        )


@act("vetting.leave")
def leave(*, by: AbstractBaseUser, result: Result, until_on: date, now: datetime) -> Result:
    """Whoever did not pass leaves the post they hold; `until_on` is the last day of it. Where they
    left otherwise in the meantime, only what waited is done."""
    case = case_queries.find(flow=flow.LEAVING, subject=result)
    require(case is not None, _("这个结论没有需要办理的离任")).enforce()
    assert case is not None
    cases.stamp(by=by, case=case, step=flow.LEAVE, now=now)
    worker = result.subject.worker
    if workforce.post_of(worker, timezone.localdate(now)) is not None:
        files.end_post(
            by=by,
            worker=worker,
            until_on=until_on,
            how="vetting",
            why=f"联审{result.subject.round.number}",
            now=now,
        )
    return result
