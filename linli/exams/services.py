"""The verbs before a test: to open it, name rooms and clerks, draw the seats, sign in; to open an interview."""

from __future__ import annotations

import secrets
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, time

from django.contrib.auth.base_user import AbstractBaseUser
from django.db import models
from django.utils import timezone

from linli.exams import draw, queries, rules
from linli.exams import models as nouns
from linli.exams.models import Clerk, Exam, Interview, Room, SignIn
from linli.kernel.rulings import Ruling
from linli.people import queries as people
from linli.trail.acts import act

FROM, UNTIL = time(9, 0), time(11, 0)
"""When a test begins and ends unless somebody says otherwise."""


@dataclass(frozen=True, slots=True)
class Post:
    """What is applied for, and how many are taken."""

    name: str
    vacancies: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Candidate:
    """Somebody who takes the test. `key`: by which the asker knows them; `post`: code of a post;
    `traits`: codes that decide between equals (party, veteran, social)."""

    key: str
    name: str
    post: str
    traits: Collection[str] = field(default_factory=frozenset)


@dataclass(frozen=True, slots=True)
class Judge:
    """A member of a panel."""

    name: str
    unit: str = ""


@dataclass(frozen=True, slots=True)
class Told:
    """An exam that was changed, and how, for the trail; names of people stay out of it."""

    subject: models.Model
    facts: dict[str, object]


@act("exams.open_written")
def open_written(
    *,
    by: AbstractBaseUser,
    county: str,
    about: str,
    title: str,
    held_on: date,
    posts: Mapping[str, Post],
    candidates: Sequence[Candidate],
    terms_on: date | None = None,
    from_at: time = FROM,
    until_at: time = UNTIL,
    now: datetime,
) -> Exam:
    """Prepare a written test of candidates. `about`: the asker's own key, one exam each;
    `terms_on`: the day of the announcement, whose numbers hold (None: today)."""
    today = timezone.localdate(now)
    terms_on = terms_on or today
    queries.is_keeper(by, county, now).enforce()
    queries.lock_county(county)
    (
        rules.may_open(
            title=title,
            held_on=held_on,
            today=today,
            known=queries.exam_about(county, about) is not None,
        )
        & rules.check_posts([(code, post.name, post.vacancies) for code, post in posts.items()])
        & _check(candidates, posts=posts, there=())
        & rules.check_terms(queries.terms(on=terms_on, county=county))
    ).enforce()
    made = Exam.objects.create(
        county=county,
        place=county,
        number=queries.next_number(county),
        about=about,
        title=" ".join(title.split()),
        held_on=held_on,
        from_at=from_at,
        until_at=until_at,
        terms_on=terms_on,
        opened_by=by,
        opened_at=now,
    )
    nouns.Post.objects.bulk_create(
        nouns.Post(
            exam=made, place=county, code=code, name=post.name.strip(), vacancies=post.vacancies
        )
        for code, post in posts.items()
    )
    _enrol(made, candidates)
    return made


def _check(some: Sequence[Candidate], *, posts: Collection[str], there: Collection[str]) -> Ruling:
    told = [(one.key, one.name, one.post, one.traits) for one in some]
    return rules.check_candidates(told, posts=posts, there=there)


def _enrol(exam: Exam, some: Sequence[Candidate]) -> None:
    posts = {row.code: row for row in exam.posts.all()}
    nouns.Candidate.objects.bulk_create(
        (
            nouns.Candidate(
                exam=exam,
                place=exam.place,
                post=posts[one.post],
                key=one.key,
                name=" ".join(one.name.split()),
                traits=" ".join(sorted(one.traits)),
            )
            for one in some
        ),
        batch_size=1000,
    )


@act("exams.add_candidates")
def add_candidates(
    *, by: AbstractBaseUser, exam: Exam, candidates: Sequence[Candidate], now: datetime
) -> Told:
    """Further candidates, as long as the seats were not drawn: all of them or none."""
    held = queries.locked(exam)
    keys = {one.key for one in candidates}
    there = held.candidates.filter(key__in=keys).values_list("key", flat=True)
    posts = held.posts.values_list("code", flat=True)
    (
        queries.is_keeper(by, held.county, now)
        & rules.not_drawn(drawn=held.drawn_at is not None)
        & _check(candidates, posts=set(posts), there=set(there))
    ).enforce()
    _enrol(held, candidates)
    return Told(held, {"people": len(candidates)})


@act("exams.add_room")
def add_room(
    *,
    by: AbstractBaseUser,
    exam: Exam,
    name: str,
    seats: int,
    across: int = 5,
    address: str = "",
    now: datetime,
) -> Room:
    """A room with its seats, as long as they were not drawn."""
    held = queries.locked(exam)
    (
        queries.is_keeper(by, held.county, now)
        & rules.not_drawn(drawn=held.drawn_at is not None)
        & rules.check_room(name=name, seats=seats, across=across)
    ).enforce()
    return Room.objects.create(
        exam=held,
        place=held.place,
        number=held.rooms.count() + 1,
        name=name.strip(),
        address=address.strip(),
        seats=seats,
        across=across,
    )


@act("exams.name_clerk")
def name_clerk(
    *, by: AbstractBaseUser, exam: Exam, user: AbstractBaseUser, duty: str, now: datetime
) -> Clerk:
    """Appoint somebody for one duty of one exam; another instead, until something was entered."""
    held = queries.locked(exam)
    before = held.clerks.filter(duty=duty).first()
    other = held.clerks.filter(user_id__in=people.one_person(user)).exclude(duty=duty).first()
    (
        queries.is_keeper(by, held.county, now)
        & rules.may_name_clerk(
            duty=duty,
            active=user.is_active,
            other_duty=other.duty if other else "",
            began=before is not None and (before.done_at is not None or before.entries.exists()),
            replaces=before is not None,
        )
    ).enforce()
    made = before or Clerk(exam=held, place=held.place, duty=duty)
    made.user, made.by, made.at = user, by, now  # type: ignore[assignment]
    made.save()
    return made


@act("exams.draw_seats")
def draw_seats(*, by: AbstractBaseUser, exam: Exam, seed: str = "", now: datetime) -> Told:
    """Draw the seats, once. `seed`: what was drawn in public, e.g. numbers of balls; "": chance.

    The order follows from the seed and the candidates' keys alone (`draw.seated`)."""
    held = queries.locked(exam)
    people_ = list(held.candidates.values_list("key", "post__code"))
    halls = list(held.rooms.all())
    (
        queries.is_keeper(by, held.county, now)
        & rules.may_draw(
            candidates=len(people_),
            seats=sum(hall.seats for hall in halls),
            drawn=held.drawn_at is not None,
        )
    ).enforce()
    seed = " ".join(seed.split())[:64] or secrets.token_hex(8)
    seats = draw.seated(people_, [draw.Hall(r.number, r.seats, r.across) for r in halls], seed)
    rows = {row.key: row for row in held.candidates.all()}
    numbered = {hall.number: hall for hall in halls}
    for seat in seats:
        row = rows[seat.key]
        row.room, row.seat = numbered[seat.room], seat.seat
        row.ticket = f"{held.number}{seat.room:02d}{seat.seat:03d}"
    for row in rows.values():  # dearer in bulk: one great CASE for each column
        row.save(update_fields=["room", "seat", "ticket"])
    held.seed, held.drawn_by, held.drawn_at = seed, by, now  # type: ignore[assignment]
    held.save(update_fields=["seed", "drawn_by", "drawn_at"])
    return Told(held, {"people": len(rows), "seed": seed})


@act("exams.sign_in")
def sign_in(
    *,
    by: AbstractBaseUser,
    room: Room,
    absent: Collection[int] = (),
    void: Mapping[int, str] | None = None,
    now: datetime,
) -> Told:
    """Who of a room was there: everybody but `absent` (keys of candidates) and `void` (key → what
    the misconduct was). May be said again until the scores are locked."""
    held, void = queries.locked(room.exam), void or {}
    seated = list(room.candidates.values_list("pk", flat=True))
    (
        queries.is_keeper(by, held.county, now)
        & rules.may_sign_in(
            drawn=held.drawn_at is not None,
            locked=held.locked_at is not None,
            today=timezone.localdate(now),
            held_on=held.held_on,
        )
        & rules.check_sign_in(
            strangers=bool((set(absent) | set(void)) - set(seated)),
            both=bool(set(absent) & set(void)),
            untold=any(not why.strip() for why in void.values()),
            scored=queries.scored_but(room, set(absent) | set(void)),
        )
    ).enforce()
    SignIn.objects.bulk_create(
        (
            SignIn(
                candidate_id=pk,
                place=held.place,
                state=rules.VOID if pk in void else rules.ABSENT if pk in absent else rules.PRESENT,
                why=void.get(pk, "").strip()[:200],
                by=by,
                at=now,
            )
            for pk in seated
        ),
        update_conflicts=True,
        unique_fields=["candidate"],
        update_fields=["state", "why", "by", "at"],
    )
    return Told(held, {"room": room.number, "absent": len(absent), "void": len(void)})


@act("exams.open_interview")
def open_interview(
    *,
    by: AbstractBaseUser,
    exam: Exam,
    title: str,
    held_on: date,
    panel: Sequence[Judge],
    keys: Collection[str] | None = None,
    now: datetime,
) -> Interview:
    """Prepare the interview. `keys`: who comes, all of whom passed the written test (None: everybody
    whom it leads there)."""
    held = queries.locked(exam)
    told = {one.key: one for one in queries.invited(held)}
    coming = [
        one.candidate
        for one in told.values()
        if (one.outcome == rules.IN if keys is None else one.key in keys)
    ]
    unfit = [key for key in keys or () if key not in told or not told[key].rank]
    (
        queries.is_keeper(by, held.county, now)
        & rules.may_open_interview(
            title=title,
            scores_locked=held.locked_at is not None,
            there=Interview.objects.filter(exam=held).exists(),
            held_on=held_on,
            today=timezone.localdate(now),
            panel=[judge.name for judge in panel],
            terms=queries.terms_of(held),
        )
        & rules.check_guests(
            people=len(coming), unfit=[told[k].name if k in told else k for k in unfit]
        )
    ).enforce()
    made = Interview.objects.create(
        exam=held,
        place=held.place,
        title=" ".join(title.split()),
        held_on=held_on,
        opened_by=by,
        opened_at=now,
    )
    nouns.Guest.objects.bulk_create(
        nouns.Guest(interview=made, place=held.place, candidate=row) for row in coming
    )
    nouns.Judge.objects.bulk_create(
        nouns.Judge(
            interview=made,
            place=held.place,
            position=at,
            name=judge.name.strip(),
            unit=judge.unit.strip(),
        )
        for at, judge in enumerate(panel, start=1)
    )
    return made
