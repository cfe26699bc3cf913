"""The interview: its order drawn, members who stand back, scores, the lock, an additional test."""

from __future__ import annotations

import secrets
from collections.abc import Mapping
from datetime import datetime

from django.contrib.auth.base_user import AbstractBaseUser
from django.utils import timezone

from linli.exams import draw, queries, rules
from linli.exams import sheet as sheets
from linli.exams.models import Exam, Extra, Interview, Judge, Mark, Recusal, Turn
from linli.exams.services import Told
from linli.kernel.rulings import every, require
from linli.kernel.words import gettext_noop as _
from linli.trail.acts import act


@act("exams.draw_order")
def draw_order(
    *, by: AbstractBaseUser, interview: Interview, seed: str = "", now: datetime
) -> Told:
    """Draw the order, once: posts by lot, and by lot within each. `seed` as for the seats."""
    held = queries.locked_interview(interview)
    guests = held.guests.select_related("candidate__post")
    some = [guest.candidate for guest in guests]
    (
        queries.is_keeper(by, held.place, now)
        & rules.may_draw_order(drawn=held.drawn_at is not None, people=len(some))
    ).enforce()
    seed = " ".join(seed.split())[:64] or secrets.token_hex(8)
    ordered = sorted(
        some,
        key=lambda row: (
            draw.lot(seed, f"post:{row.post.code}"),
            row.post.code,
            draw.lot(seed, row.key),
            row.key,
        ),
    )
    Turn.objects.bulk_create(
        Turn(interview=held, place=held.place, candidate=row, position=at)
        for at, row in enumerate(ordered, start=1)
    )
    held.seed, held.drawn_by, held.drawn_at = seed, by, now  # type: ignore[assignment]
    held.save(update_fields=["seed", "drawn_by", "drawn_at"])
    return Told(held, {"people": len(ordered), "seed": seed})


@act("exams.recuse")
def recuse(
    *, by: AbstractBaseUser, judge: Judge, turn: Turn, reason: str, now: datetime
) -> Recusal:
    """A member of the panel stands back for one candidate; no score is asked from them."""
    held = queries.locked_interview(turn.interview)
    back = {pk for pk, of in queries.standing_back(held) if of == turn.pk}
    (
        queries.is_keeper(by, held.place, now)
        & require(judge.interview_id == held.pk, _("不是这场面试的评委"))
        & rules.may_recuse(
            locked=held.locked_at is not None,
            marked=Mark.objects.filter(judge=judge, turn=turn).exists(),
            already=judge.pk in back,
            left=held.judges.count() - len(back | {judge.pk}),
            terms=queries.terms_of(held.exam),
            reason=reason,
        )
    ).enforce()
    return Recusal.objects.create(
        judge=judge, turn=turn, place=held.place, reason=reason.strip(), by=by, at=now
    )


@act("exams.mark")
def mark(
    *,
    by: AbstractBaseUser,
    turn: Turn,
    scores: Mapping[int, int],
    reason: str = "",
    now: datetime,
) -> Told:
    """Scores of members for one candidate (judge → hundredths). One that is there already and
    differs is corrected for a `reason`; the former stays."""
    return _mark(by, turn.interview, {turn.pk: scores}, reason, now)


@act("exams.mark_all")
def mark_all(
    *,
    by: AbstractBaseUser,
    interview: Interview,
    scores: Mapping[int, Mapping[int, int]],
    reason: str = "",
    now: datetime,
) -> Told:
    """The same for many candidates at once (turn → judge → hundredths): all or, told why, none."""
    return _mark(by, interview, scores, reason, now)


def _mark(
    by: AbstractBaseUser,
    interview: Interview,
    scores: Mapping[int, Mapping[int, int]],
    reason: str,
    now: datetime,
) -> Told:
    held = queries.locked_interview(interview)
    turns = {turn.pk: turn for turn in held.turns.filter(pk__in=scores)}
    judges = {judge.pk: judge.name for judge in held.judges.all()}
    back, given = queries.standing_back(held), queries.marks(held, turns)
    terms = queries.terms_of(held.exam)
    clerk = queries.clerk_of(held.exam, by, rules.INTERVIEW)
    asked = {(turn, judge): n for turn, some in scores.items() for judge, n in some.items()}
    changed = {
        (turn, judge): n
        for (turn, judge), n in asked.items()
        if (mark := given.get(turn, {}).get(judge)) is None or mark.hundredths != n
    }
    corrects = any(judge in given.get(turn, {}) for turn, judge in changed)
    every(
        [
            rules.is_clerk(duty=rules.INTERVIEW, held=clerk is not None),
            require(
                set(scores) <= set(turns) and {judge for _turn, judge in asked} <= set(judges),
                _("不是这场面试的评委"),
            ),
            rules.may_mark(
                locked=held.locked_at is not None,
                today=timezone.localdate(now),
                held_on=held.held_on,
                recused=[judges[judge] for turn, judge in asked if (judge, turn) in back],
                absent=any(turn.absent for turn in turns.values()),
            ),
            rules.may_correct(changes=corrects, reason=reason),
            *(
                rules.check_score(n, most=terms.interview_most).at(f"score_{judge}")
                for (_turn, judge), n in asked.items()
            ),
        ]
    ).enforce()
    Mark.objects.bulk_create(
        (
            Mark(
                judge_id=judge,
                turn_id=turn,
                place=held.place,
                number=given[turn][judge].number + 1 if judge in given.get(turn, {}) else 1,
                hundredths=n,
                why=reason.strip() if judge in given.get(turn, {}) else "",
                by=by,
                at=now,
            )
            for (turn, judge), n in changed.items()
        ),
        batch_size=1000,
    )
    return Told(held, {"turns": len(turns), "scores": len(changed)})


@act("exams.miss")
def miss(*, by: AbstractBaseUser, turn: Turn, absent: bool = True, now: datetime) -> Told:
    """A candidate did not come to the interview, or came after all."""
    held = queries.locked_interview(turn.interview)
    turn = Turn.objects.get(pk=turn.pk)
    clerk = queries.clerk_of(held.exam, by, rules.INTERVIEW)
    (
        rules.is_clerk(duty=rules.INTERVIEW, held=clerk is not None)
        & rules.may_miss(locked=held.locked_at is not None, marked=turn.marks.exists())
    ).enforce()
    turn.absent = absent
    turn.save(update_fields=["absent"])
    return Told(held, {"turn": turn.position, "absent": absent})


@act("exams.lock_interview")
def lock(*, by: AbstractBaseUser, interview: Interview, now: datetime) -> Told:
    """Lock the scores of the interview under one's name, with the digest of the score sheet."""
    held = queries.locked_interview(interview)
    clerk = queries.clerk_of(held.exam, by)
    (
        queries.is_keeper(by, held.place, now)
        & rules.may_lock_interview(
            locked=held.locked_at is not None,
            drawn=held.drawn_at is not None,
            missing=queries.missing_marks(held),
            marker=clerk is not None and clerk.duty == rules.INTERVIEW,
        )
    ).enforce()
    held.digest = sheets.digest(queries.sheet(held.exam, "interview"))
    held.locked_by, held.locked_at = by, now  # type: ignore[assignment]
    held.save(update_fields=["digest", "locked_by", "locked_at"])
    return Told(held, {"digest": held.digest})


@act("exams.add_test")
def add_test(*, by: AbstractBaseUser, exam: Exam, scores: Mapping[int, int], now: datetime) -> Told:
    """The scores of an additional test (candidate → hundredths) of all who tie at the last place of
    their post: of everybody at once, so that nobody is tested against a score that is known."""
    exam = queries.locked(exam)
    tied = [one for one in queries.standing(exam) if one.outcome == rules.TIED]
    posts = {one.post for one in tied if one.candidate.pk in scores}
    wanted = {one.candidate.pk: one.name for one in tied if one.post in posts}
    there = Extra.objects.filter(candidate__in=scores).exists()
    most = queries.terms_of(exam).written_most
    every(
        [
            queries.is_keeper(by, exam.county, now),
            rules.may_add_test(
                ranked=Interview.objects.filter(exam=exam, locked_at__isnull=False).exists(),
                tied=bool(scores) and set(scores) <= set(wanted),
                left=[name for pk, name in wanted.items() if pk not in scores],
                already=there,
            ),
            *(
                rules.check_score(value, most=most).at(f"score_{pk}")
                for pk, value in scores.items()
            ),
        ]
    ).enforce()
    Extra.objects.bulk_create(
        Extra(candidate_id=pk, place=exam.place, hundredths=value, by=by, at=now)
        for pk, value in scores.items()
    )
    return Told(exam, {"people": len(scores)})
