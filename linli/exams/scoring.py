"""The scores of the written test: entered twice, compared, settled, locked."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime

from django.contrib.auth.base_user import AbstractBaseUser

from linli.exams import queries, rules
from linli.exams import sheet as sheets
from linli.exams.models import Candidate, Clerk, Entry, Exam, Settlement
from linli.exams.services import Told
from linli.kernel.rulings import Ruling, every
from linli.people import queries as people
from linli.trail.acts import act


def _own(by: AbstractBaseUser, clerk: Clerk) -> Ruling:
    return rules.is_clerk(duty=clerk.duty, held=clerk.user_id in people.one_person(by))


@act("exams.enter")
def enter(*, by: AbstractBaseUser, clerk: Clerk, scores: Mapping[int, int], now: datetime) -> Told:
    """Enter scores (candidate → hundredths), all or with every fault told none; the typist may
    enter one again until everything was handed in."""
    exam = queries.locked(clerk.exam)
    clerk = Clerk.objects.get(pk=clerk.pk)
    known = {
        pk: (name, state)
        for pk, name, state in exam.candidates.filter(pk__in=scores).values_list(
            "pk", "name", "sign_in__state"
        )
    }
    most = queries.terms_of(exam).written_most
    every(
        [
            _own(by, clerk),
            rules.may_enter(
                done=clerk.done_at is not None,
                locked=exam.locked_at is not None,
                strangers=bool(set(scores) - set(known)),
                missing=[name for name, state in known.values() if state != rules.PRESENT],
            ),
            *(
                rules.check_score(value, most=most).at(f"score_{pk}", at)
                for at, (pk, value) in enumerate(scores.items(), start=1)
            ),
        ]
    ).enforce()
    Entry.objects.bulk_create(
        (
            Entry(candidate_id=pk, clerk=clerk, place=exam.place, hundredths=value, at=now)
            for pk, value in scores.items()
        ),
        batch_size=1000,
        update_conflicts=True,
        unique_fields=["candidate", "clerk"],
        update_fields=["hundredths", "at"],
    )
    return Told(exam, {"duty": clerk.duty, "people": len(scores)})


@act("exams.hand_in")
def hand_in(*, by: AbstractBaseUser, clerk: Clerk, now: datetime) -> Told:
    """A typist has entered every score; from then on none of them changes."""
    exam = queries.locked(clerk.exam)
    clerk = Clerk.objects.get(pk=clerk.pk)
    left = queries.to_score(clerk).filter(own__isnull=True).count()
    (
        _own(by, clerk)
        & rules.not_locked(locked=exam.locked_at is not None)
        & rules.may_hand_in(
            done=clerk.done_at is not None, signed=queries.unsigned(exam), left=left
        )
    ).enforce()
    clerk.done_at = now
    clerk.save(update_fields=["done_at"])
    return Told(exam, {"duty": clerk.duty})


@act("exams.settle")
def settle(
    *, by: AbstractBaseUser, candidate: Candidate, hundredths: int, reason: str, now: datetime
) -> Settlement:
    """A third person looks at the paper and says which score stands, and why."""
    exam = queries.locked(candidate.exam)
    clerk = queries.clerk_of(exam, by, rules.SETTLER)
    row = queries.compared(exam).filter(pk=candidate.pk).first()
    differs = row is not None and row.one != row.two and row.settled is None
    every(
        [
            rules.is_clerk(duty=rules.SETTLER, held=clerk is not None),
            rules.may_settle(
                both=queries.handed_in(exam),
                differs=differs,
                locked=exam.locked_at is not None,
                reason=reason,
            ),
            rules.check_score(hundredths, most=queries.terms_of(exam).written_most).at("score"),
        ]
    ).enforce()
    return Settlement.objects.create(
        candidate=candidate,
        place=exam.place,
        hundredths=hundredths,
        reason=reason.strip(),
        by=by,
        at=now,
    )


@act("exams.lock")
def lock(*, by: AbstractBaseUser, exam: Exam, now: datetime) -> Told:
    """Lock the scores under one's name: the digest of the sheet is kept, and nothing changes any more."""
    held = queries.locked(exam)
    clerk = queries.clerk_of(held, by)
    (
        queries.is_keeper(by, held.county, now)
        & rules.may_lock(
            locked=held.locked_at is not None,
            both=queries.handed_in(held),
            differing=queries.differing(held).filter(settled__isnull=True).count(),
            typist=clerk is not None and clerk.duty in rules.TYPISTS,
        )
    ).enforce()
    held.digest = sheets.digest(queries.sheet(held, "written"))
    held.locked_by, held.locked_at = by, now  # type: ignore[assignment]
    held.save(update_fields=["digest", "locked_by", "locked_at"])
    return Told(held, {"digest": held.digest})
