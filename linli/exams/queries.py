"""What is there to see of exams: places, seats, scores that agree, rankings."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from django.db.models import Count, F, Max, OuterRef, Q, QuerySet, Subquery
from django.utils import timezone

from linli.exams import rules
from linli.exams import sheet as sheets
from linli.exams.models import (
    Candidate,
    Clerk,
    Entry,
    Exam,
    Extra,
    Interview,
    Mark,
    Post,
    Recusal,
    Room,
    Turn,
)
from linli.exams.ranking import TIES, Line, Mean, Placing, Terms, invite, mean, rank
from linli.kernel.place import Scope
from linli.kernel.roles import CORPS_KEEPERS
from linli.kernel.rulings import Ruling
from linli.people import queries as people
from linli.places import queries as places
from linli.sources import number

TERMS = {
    "written_most": "written_most",
    "written_pass": "written_pass",
    "interview_most": "interview_most",
    "interview_pass": "interview_pass",
    "written_share": "written_share",
    "interview_share": "interview_share",
    "ratio": "interview_ratio",
    "panel_least": "interview_panel_least",
    "panel_most": "interview_panel_most",
    "scores_least": "interview_scores_least",
    "drop_from": "interview_drop_from",
}
"""Field of `Terms` → the dated number that fills it."""


def lock_county(county: str) -> None:
    """Numbers of exams are given one after the other."""
    places.lock(county)


def next_number(county: str) -> str:
    """The next number of a county: B000001 …"""
    last = Exam.objects.filter(county=county).aggregate(last=Max("number"))["last"]
    return f"B{int(last[1:]) + 1 if last else 1:06d}"


def locked(exam: Exam) -> Exam:
    """The exam as it is now, nobody else changing it until the act is done."""
    return Exam.objects.select_for_update().get(pk=exam.pk)


def locked_interview(interview: Interview) -> Interview:
    Interview.objects.select_for_update().get(pk=interview.pk)
    return Interview.objects.select_related("exam").get(pk=interview.pk)


def is_keeper(user: Any, county: str, now: datetime) -> Ruling:
    """Whether somebody holds exams for a county."""
    held = people.roles_at(user, county, timezone.localdate(now))
    return rules.is_keeper(holds=bool(held & CORPS_KEEPERS))


def terms(*, on: date, county: str) -> Terms:
    """The numbers that hold for an exam announced on a day in a county."""
    values = {name: number(key, on=on, place=county) for name, key in TERMS.items()}
    order = {code: _order_of(code, on, county) for code in TIES}
    ties = tuple(code for code in sorted(order, key=lambda code: order[code]) if order[code])
    return Terms(**values, ties=ties)


def _order_of(code: str, on: date, county: str) -> int:
    """The turn of a tie rule, 0 where a county does not use it."""
    try:
        return number(f"tie_order_{code}", on=on, place=county)
    except (KeyError, LookupError):
        return 0


def terms_of(exam: Exam) -> Terms:
    return terms(on=exam.terms_on, county=exam.county)


def exam_about(county: str, about: str) -> Exam | None:
    """The exam that was asked for by somebody's key."""
    return Exam.objects.filter(county=county, about=about).first()


def exams(scope: Scope) -> QuerySet[Exam]:
    """Exams within a scope, the latest first, with `people` and `done`: typists who handed in."""
    done = Q(clerks__duty__in=rules.TYPISTS, clerks__done_at__isnull=False)
    counts = {
        "people": Count("candidates", distinct=True),
        "done": Count("clerks", filter=done, distinct=True),
    }
    rows = Exam.objects.within(scope).annotate(**counts).select_related("interview")
    return rows.order_by("-held_on", "-number")


def clerk_of(exam: Exam, user: Any, duty: str = "") -> Clerk | None:
    """What somebody is appointed for in an exam, on any of their accounts."""
    rows = exam.clerks.filter(user_id__in=people.one_person(user))
    return (rows.filter(duty=duty) if duty else rows).first()


def own_exams(user: Any) -> list[Clerk]:
    """What somebody is appointed for that is not locked yet."""
    rows = Clerk.objects.filter(user_id__in=people.one_person(user))
    return list(rows.select_related("exam", "exam__interview").order_by("exam__held_on", "pk"))


# --- the written test ---------------------------------------------------------------------------


def rooms(exam: Exam) -> list[Room]:
    """The rooms of an exam with `people`, `signed` (said of at the sign-in) and `gone`."""
    return list(
        exam.rooms.annotate(
            people=Count("candidates"),
            signed=Count("candidates__sign_in"),
            gone=Count("candidates__sign_in", filter=~Q(candidates__sign_in__state=rules.PRESENT)),
        )
    )


def candidates_in(room: Room) -> list[Candidate]:
    """Who sits in a room, by seat, with post and sign-in."""
    return list(room.candidates.select_related("post", "sign_in").order_by("seat"))


def to_score(clerk: Clerk) -> QuerySet[Candidate]:
    """Whose paper a typist enters, by ticket: `own`, what this typist entered, and of the other
    nothing."""
    own = Entry.objects.filter(clerk=clerk, candidate=OuterRef("pk")).values("hundredths")
    return (
        Candidate.objects.filter(exam_id=clerk.exam_id, sign_in__state=rules.PRESENT)
        .annotate(own=Subquery(own))
        .select_related("room")
        .order_by("ticket")
    )


def scored_but(room: Room, gone: Collection[int]) -> list[str]:
    """Names of people of a room who are said to be gone although a score was entered."""
    rows = room.candidates.filter(pk__in=gone, entries__isnull=False).distinct()
    return list(rows.values_list("name", flat=True))


def unsigned(exam: Exam) -> int:
    """Candidates of whom nobody said whether they were there."""
    return exam.candidates.filter(sign_in__isnull=True).count()


def handed_in(exam: Exam) -> bool:
    """Whether both typists have handed in."""
    done = exam.clerks.filter(duty__in=rules.TYPISTS, done_at__isnull=False)
    return done.count() == len(rules.TYPISTS)


def _entered(duty: str) -> Subquery:
    rows = Entry.objects.filter(candidate=OuterRef("pk"), clerk__duty=duty)
    return Subquery(rows.values("hundredths"))


def compared(exam: Exam) -> QuerySet[Candidate]:
    """Candidates who sat it, with `one` and `two` as entered and `settled`."""
    return exam.candidates.filter(sign_in__state=rules.PRESENT).annotate(
        one=_entered(rules.FIRST),
        two=_entered(rules.SECOND),
        settled=F("settlement__hundredths"),
    )


def differing(exam: Exam) -> QuerySet[Candidate]:
    """Those whose two entries differ."""
    return compared(exam).exclude(one=F("two")).order_by("ticket")


def scores(exam: Exam) -> dict[int, int]:
    """Candidate → score that stands, for everybody whose two entries agree or were settled."""
    found = {}
    for pk, one, two, settled in compared(exam).values_list("pk", "one", "two", "settled"):
        if settled is not None or (one == two and one is not None):
            found[pk] = settled if settled is not None else one
    return found


# --- the interview ------------------------------------------------------------------------------


def standing_back(interview: Interview) -> set[tuple[int, int]]:
    """(judge, turn) of everybody who stands back."""
    return set(Recusal.objects.filter(judge__interview=interview).values_list("judge", "turn"))


def marks(interview: Interview, turns: Collection[int] | None = None) -> dict[int, dict[int, Mark]]:
    """Turn → judge → the score that stands, of all turns or of some."""
    found: dict[int, dict[int, Mark]] = {}
    rows = Mark.objects.filter(turn__interview=interview).order_by("number")
    if turns is not None:
        rows = rows.filter(turn__in=turns)
    for row in rows:
        found.setdefault(row.turn_id, {})[row.judge_id] = row
    return found


def missing_marks(interview: Interview) -> int:
    """How many scores members have not given yet."""
    judges, back, given = list(interview.judges.all()), standing_back(interview), marks(interview)
    turns = interview.turns.filter(absent=False).values_list("pk", flat=True)
    return sum(
        (judge.pk, turn) not in back and judge.pk not in given.get(turn, {})
        for turn in turns
        for judge in judges
    )


def means(interview: Interview) -> dict[int, Mean]:
    """Candidate → mean of the scores of the panel, once all of them are there."""
    judges, back, given = list(interview.judges.all()), standing_back(interview), marks(interview)
    drop_from = terms_of(interview.exam).drop_from
    found = {}
    for turn in interview.turns.filter(absent=False):
        asked = [judge.pk for judge in judges if (judge.pk, turn.pk) not in back]
        told = given.get(turn.pk, {})
        if asked and all(pk in told for pk in asked):
            found[turn.candidate_id] = mean(
                [told[pk].hundredths for pk in asked], drop_from=drop_from
            )
    return found


def turns(interview: Interview) -> list[Turn]:
    """The turns in their order, with candidate and post."""
    return list(interview.turns.select_related("candidate__post").order_by("position"))


# --- rankings -----------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Standing:
    """Where a candidate stands; see `ranking.Placing`. Scores in hundredths."""

    candidate: Candidate
    placing: Placing

    @property
    def key(self) -> str:
        return self.candidate.key

    @property
    def name(self) -> str:
        return self.candidate.name

    @property
    def ticket(self) -> str:
        return self.candidate.ticket

    @property
    def post(self) -> str:
        return self.placing.line.post

    @property
    def written(self) -> int | None:
        return self.placing.line.written

    @property
    def interview(self) -> int | None:
        return self.placing.line.interview

    @property
    def score(self) -> int | None:
        return self.placing.score

    @property
    def rank(self) -> int:
        return self.placing.rank

    @property
    def tie(self) -> str:
        return self.placing.tie

    @property
    def outcome(self) -> str:
        return self.placing.outcome

    @property
    def why(self) -> str:
        return self.placing.why


def score_sheet(exam: Exam, until: str = "") -> sheets.Sheet:
    """What the ranking is computed from, as it stands now, or as it was when the scores of the
    "written" test or of the "interview" were locked."""
    interview = None if until == "written" else Interview.objects.filter(exam=exam).first()
    told = scores(exam)
    by_panel = means(interview) if interview else {}
    drawn = interview is not None and interview.drawn_at is not None
    invited_ = set(Turn.objects.filter(interview=interview).values_list("candidate", flat=True))
    rows = Extra.objects.filter(candidate__exam=exam).values_list("candidate", "hundredths")
    extra = {} if until else dict(rows)
    lines = tuple(
        Line(
            ticket=row.ticket or f"#{row.pk}",
            post=row.post.code,
            written=told.get(row.pk),
            interview=by_panel[row.pk].value if row.pk in by_panel else None,
            additional=extra.get(row.pk),
            invited=not drawn or row.pk in invited_,
            traits=frozenset(row.traits.split()),
            void=row.state == rules.VOID,
        )
        for row in exam.candidates.select_related("post").annotate(state=F("sign_in__state"))
    )
    vacancies = dict(exam.posts.values_list("code", "vacancies"))
    return sheets.Sheet(terms_of(exam), vacancies, lines)


def _standings(exam: Exam, placings: Collection[Placing]) -> list[Standing]:
    rows = {
        row.ticket or f"#{row.pk}": row for row in exam.candidates.select_related("post", "room")
    }
    return [Standing(rows[one.line.ticket], one) for one in placings]


def invited(exam: Exam) -> list[Standing]:
    """Ranking by the written test, and who goes to the interview. Empty until it is locked."""
    if exam.locked_at is None:
        return []
    told = score_sheet(exam)
    return _standings(exam, invite(told.lines, terms=told.terms, vacancies=told.vacancies))


def standing(exam: Exam) -> list[Standing]:
    """Ranking by total within each post. Empty until the interview is locked."""
    if not Interview.objects.filter(exam=exam, locked_at__isnull=False).exists():
        return []
    told = score_sheet(exam)
    return _standings(exam, rank(told.lines, terms=told.terms, vacancies=told.vacancies))


def sheet(exam: Exam, until: str = "") -> bytes:
    """The score sheet as a file (see `score_sheet`); `sheet.digest` is its SHA-256."""
    return sheets.write(score_sheet(exam, until))


def seat_of(exam: Exam, key: str) -> Candidate | None:
    """Where somebody sits, once it was drawn."""
    rows = exam.candidates.filter(key=key, room__isnull=False)
    return rows.select_related("room", "post", "exam").first()


def slips(exam: Exam, rows: Iterable[Candidate]) -> dict[str, Any]:
    """Admission slips as data for prints.render("admission")."""
    return {
        "code": f"{exam.number}-ZKZ",
        "unit": places.name(exam.county),
        "title": exam.title,
        "held_on": exam.held_on,
        "hours": f"{exam.from_at:%H:%M}–{exam.until_at:%H:%M}",
        "slips": [
            {
                "ticket": row.ticket,
                "name": row.name,
                "post": row.post.name,
                "room": f"{row.room.number} {row.room.name}" if row.room else "",
                "address": row.room.address if row.room else "",
                "seat": row.seat or 0,
            }
            for row in rows
        ],
    }


def slip(exam: Exam, key: str) -> dict[str, Any] | None:
    """The admission slip of one candidate, once the seats were drawn."""
    row = seat_of(exam, key)
    return slips(exam, [row]) if row else None


def room_sheet(room: Room) -> dict[str, Any]:
    """A room's plan and list to sign as data for prints.render("exam_room")."""
    exam = room.exam
    return {
        "code": f"{exam.number}-{room.number:02d}",
        "unit": places.name(exam.county),
        "title": exam.title,
        "held_on": exam.held_on,
        "hours": f"{exam.from_at:%H:%M}–{exam.until_at:%H:%M}",
        "number": room.number,
        "room": room.name,
        "address": room.address,
        "seats": room.seats,
        "across": room.across,
        "seed": exam.seed,
        "people": [
            {"seat": row.seat, "ticket": row.ticket, "name": row.name, "post": row.post.name}
            for row in candidates_in(room)
        ],
    }


def posts(exam: Exam) -> QuerySet[Post]:
    """The posts of an exam with `people`, who apply."""
    return exam.posts.annotate(people=Count("candidates"))


def stage(exam: Exam, interview: Interview | None) -> str:
    """How far an exam is: a key of `showing.STAGES`."""
    if interview is not None:
        if interview.locked_at:
            return "ranked"
        return "interviewing" if interview.drawn_at else "panel"
    if exam.locked_at:
        return "scored"
    if exam.drawn_at is None:
        return "open"
    done = getattr(exam, "done", None)
    both = handed_in(exam) if done is None else done == len(rules.TYPISTS)
    return "compare" if both else "drawn"


def listed(exam: Exam, *, post: str = "") -> QuerySet[Candidate]:
    """The candidates of an exam with post, room and `state` of the sign-in."""
    rows = exam.candidates.select_related("post", "room").annotate(state=F("sign_in__state"))
    return rows.filter(post__code=post) if post else rows
