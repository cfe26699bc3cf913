"""What is there to see of training. Everything asks within a scope."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable
from datetime import date, datetime, timedelta
from typing import Any

from django.db.models import Count, Max, OuterRef, Q, QuerySet, Subquery
from django.utils import timezone

from linli.kernel.calendar import months_later
from linli.kernel.place import EVERYWHERE, Scope
from linli.keys import vault
from linli.places import queries as places
from linli.scope.models import lies_in
from linli.sources import number
from linli.training import rules
from linli.training.models import (
    Certificate,
    Invite,
    Paper,
    PaperItem,
    Question,
    Session,
    SignIn,
    Venue,
)
from linli.workforce import queries as workforce

MINUTE = 60
FEW = 5


def lock_county(county: str) -> None:
    """Numbers of a county are given one after the other."""
    places.lock(county)


def next_number(of: Any, county: str, letters: str) -> str:
    """The next number of sessions (PX00001 …) or certificates (PZ00001 …) of a county."""
    last = of.objects.filter(county=county).aggregate(last=Max("number"))["last"]
    return f"{letters}{int(last[len(letters) :]) + 1 if last else 1:05d}"


def is_known(place: str) -> bool:
    return places.in_force().filter(place=place).exists()


def window(on: date) -> tuple[date, date]:
    """The twelve months up to a day: first and last day."""
    return months_later(on, -12) + timedelta(days=1), on


# --- people -------------------------------------------------------------------------------------


def file_of(user: Any) -> Any | None:
    """The personnel file of an account, None without one."""
    return getattr(user, "worker_file", None)


def worker(pk: int) -> Any | None:
    """A file by its key, wherever it is."""
    return workforce.workers(EVERYWHERE).filter(pk=pk).first()


def serving(scope: Scope, on: date) -> QuerySet:
    """Files of those who serve on a day within a scope, each with `rung_now` and `place_now`."""
    return workforce.serving(scope, on)


def asked_for(session: Session, on: date) -> list[tuple[int, str]]:
    """(file, community) of those a session is for, as they serve on a day; two queries."""
    rows = list(serving(Scope.of(session.place), on).values_list("pk", "rung_now", "place_now"))
    firsts = workforce.first_posts([pk for pk, _rung, _place in rows])
    return [
        (pk, place)
        for pk, rung, place in rows
        if rules.is_asked(session.layers, rung, (on - firsts[pk]).days)
    ]


# --- sessions -----------------------------------------------------------------------------------


def around(scope: Scope) -> Q:
    """Sessions within a scope, and those of the streets and counties it lies in."""
    wider = {code[:n] for code in (*scope.prefixes, *scope.alone) for n in (6, 9) if len(code) > n}
    return lies_in(scope) | Q(place__in=wider)


def sessions(scope: Scope) -> QuerySet[Session]:
    """Sessions that concern a scope, the latest first, with how many were asked and came."""
    return Session.objects.filter(around(scope)).select_related("venue")


def counted(rows: Iterable[Session]) -> list[Session]:
    """Sessions with `asked`, `came`, `tested` and `passed_count`; three queries for all of them."""
    found = list(rows)
    pks = [row.pk for row in found]
    asked = _by_session(Invite.objects.filter(session__in=pks))
    came = _by_session(SignIn.objects.filter(session__in=pks))
    done = Paper.objects.filter(session__in=pks, done_at__isnull=False)
    tested = {
        pk: (people, passed)
        for pk, people, passed in done.values("session")
        .annotate(
            people=Count("worker", distinct=True),
            ok=Count("worker", filter=Q(passed=True), distinct=True),
        )
        .values_list("session", "people", "ok")
    }
    for row in found:
        row.asked, row.came = asked.get(row.pk, 0), came.get(row.pk, 0)  # type: ignore[attr-defined]
        row.tested, row.passed_count = tested.get(row.pk, (0, 0))  # type: ignore[attr-defined]
    return found


def _by_session(rows: QuerySet) -> dict[int, int]:
    return dict(rows.values("session").annotate(n=Count("pk")).values_list("session", "n"))


def locked(session: Session) -> Session:
    return Session.objects.select_for_update().get(pk=session.pk)


def running(session: Session) -> Any:
    """Whether people may still sign in, by what was done with the session."""
    return rules.is_running(
        closed=session.closed_at is not None, cancelled=session.cancelled_at is not None
    )


def arrival(session: Session, at: datetime) -> rules.Arrival:
    """Somebody arriving at a session at a moment, by the numbers of its place."""
    on = timezone.localdate(session.starts_at)
    return rules.Arrival(
        starts_at=session.starts_at,
        minutes=session.minutes,
        at=at,
        early=number("training_early_minutes", on=on, place=session.place),
        late=number("training_late_minutes", on=on, place=session.place),
    )


def ends_at(session: Session) -> datetime:
    return session.starts_at + timedelta(minutes=session.minutes)


def code_of(session: Session, at: datetime) -> str:
    """The code that is shown on the spot in the minute of a moment."""
    return _code(session, int(at.timestamp()) // MINUTE)


def code_holds(session: Session, code: str, at: datetime) -> bool:
    """Whether a code was shown in this minute or in one of the few before it."""
    lasts = number("training_code_minutes", on=timezone.localdate(at), place=session.place)
    turn = int(at.timestamp()) // MINUTE
    return bool(code) and code in {_code(session, turn - back) for back in range(lasts)}


def _code(session: Session, turn: int) -> str:
    told = vault.keyed_hash(f"training|{session.pk}|{session.seed}|{turn}")
    return hashlib.sha256(told.encode()).hexdigest()[: rules.CODE_SIGNS]


def held(scope: Scope, on: date) -> QuerySet[Session]:
    """Sessions that were held within a scope in the twelve months up to a day."""
    first, last = window(on)
    return Session.objects.within(scope).filter(
        closed_at__isnull=False, starts_at__date__gte=first, starts_at__date__lte=last
    )


def of_worker(worker: Any, *, since: datetime) -> QuerySet[Session]:
    """Sessions somebody was asked to that begin after a moment, the next first."""
    return (
        Session.objects.filter(
            invites__worker=worker, starts_at__gte=since, cancelled_at__isnull=True
        )
        .select_related("venue")
        .order_by("starts_at")
    )


def signed_in(worker: Any) -> QuerySet[SignIn]:
    """What somebody was at, the latest first."""
    return (
        SignIn.objects.filter(worker=worker)
        .select_related("session", "session__venue")
        .order_by("-session__starts_at")
    )


def venues(scope: Scope) -> QuerySet[Venue]:
    return Venue.objects.filter(around(scope)).annotate(
        held=Count("sessions", filter=Q(sessions__closed_at__isnull=False))
    )


def present(session: Session) -> list[SignIn]:
    """Who was there, with their best paper (`best`): two queries."""
    rows = list(session.sign_ins.select_related("worker", "by"))
    best = best_papers(session)
    for row in rows:
        row.best = best.get(row.worker_id)  # type: ignore[attr-defined]
    return rows


def best_papers(session: Session) -> dict[int, Paper]:
    rows = session.papers.filter(done_at__isnull=False).order_by("right", "-attempt")
    return {row.worker_id: row for row in rows}


def absent(session: Session) -> QuerySet[Invite]:
    """Who was asked and has not signed in."""
    there = session.sign_ins.values("worker")
    return (
        session.invites.exclude(worker__in=there)
        .select_related("worker")
        .order_by("place", "worker__number")
    )


# --- the question bank --------------------------------------------------------------------------


def bank(county: str, *, topic: str = "", at: datetime | None = None) -> QuerySet[Question]:
    """The questions in force in a county, each in its latest version (as of a moment)."""
    known = Question.objects.filter(place=county, number=OuterRef("number"))
    rows = Question.objects.filter(place=county)
    if at is not None:
        known, rows = known.filter(at__lte=at), rows.filter(at__lte=at)
    rows = rows.filter(version=Subquery(known.order_by("-version").values("version")[:1]))
    rows = rows.filter(active=True).order_by("number")
    return rows.filter(topic=topic) if topic else rows


def versions(question: Question) -> QuerySet[Question]:
    return Question.objects.filter(place=question.place, number=question.number).select_related(
        "by"
    )


def pool(session: Session, at: datetime) -> list[int]:
    """Keys of the questions that a test of a session is drawn from at a moment."""
    return list(bank(session.county, topic=session.topic, at=at).values_list("pk", flat=True))


def weak_topics(scope: Scope, on: date) -> list[rules.Weak]:
    """How often each topic was answered wrongly in the last months, the worst first; one query."""
    months = number("training_weak_months", on=on)
    rows = (
        PaperItem.objects.filter(
            lies_in_paper(scope),
            paper__done_at__date__gt=months_later(on, -months),
            paper__done_at__date__lte=on,
        )
        .values("question__topic")
        .annotate(asked=Count("pk"), wrong=Count("pk", filter=Q(right=False)))
    )
    found = [rules.Weak(row["question__topic"], row["wrong"], row["asked"]) for row in rows]
    return sorted(found, key=lambda one: (-one.wrong / one.asked, one.topic))


def lies_in_paper(scope: Scope) -> Q:
    """The condition on the paper's place for a query over its items."""
    return Q(paper__in=Paper.objects.within(scope))


# --- certificates -------------------------------------------------------------------------------


def certificates(scope: Scope) -> QuerySet[Certificate]:
    return Certificate.objects.within(scope).select_related("worker")


def certificate_by(code: str) -> Certificate | None:
    """The certificate of a check code, for anybody."""
    return Certificate.objects.select_related("worker").filter(code=code.strip().upper()).first()


def standing_certificate(worker: Any, on: date) -> Certificate | None:
    """The certificate that somebody holds for the twelve months up to a day."""
    first, _last = window(on)
    rows = Certificate.objects.filter(worker=worker, voided_at__isnull=True, until_on__gte=first)
    return rows.first()


def papers_open(worker: Any, now: datetime) -> list[Session]:
    """Sessions somebody was at whose test they may still take and have not passed; two queries."""
    days = number("training_test_days", on=timezone.localdate(now))
    since = now - timedelta(days=days + 1)
    rows = Session.objects.filter(
        sign_ins__worker=worker, starts_at__gte=since, starts_at__lte=now, cancelled_at__isnull=True
    ).exclude(papers__in=Paper.objects.filter(worker=worker, passed=True))
    topics = {
        (county, topic)
        for county, topic in Question.objects.filter(active=True)
        .values_list("place", "topic")
        .distinct()
    }
    most = number("training_test_attempts", on=timezone.localdate(now))
    rows = rows.annotate(
        tries=Count("papers", filter=Q(papers__worker=worker, papers__done_at__isnull=False))
    )
    return [
        row
        for row in rows
        if (row.county, row.topic) in topics
        and row.tries < most
        and now <= ends_at(row) + timedelta(days=days)
    ]


def found(text: str, scope: Scope, *, limit: int) -> list[Session]:
    """Sessions by number or a part of the title, the latest first."""
    asked = text.strip()
    if not asked:
        return []
    rows = Session.objects.filter(around(scope))
    return list(rows.filter(Q(number=asked.upper()) | Q(title__contains=asked))[:limit])


def left_open(scope: Scope, now: datetime) -> QuerySet[Session]:
    """Sessions that began hours ago and were neither closed nor cancelled."""
    return (
        Session.objects.within(scope)
        .filter(closed_at=None, cancelled_at=None, starts_at__lt=now - timedelta(hours=8))
        .order_by("starts_at")
    )
