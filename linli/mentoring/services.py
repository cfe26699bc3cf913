"""The verbs of mentoring: stations, mentors, needs, proposals and pairs, logs of both sides."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime

from django.contrib.auth.base_user import AbstractBaseUser
from django.db import models
from django.utils import timezone

from linli.kernel import place as codes
from linli.kernel.period import Span
from linli.kernel.place import Scope
from linli.kernel.rulings import Ruling, every, require
from linli.kernel.words import gettext_noop as _
from linli.mentoring import queries, rules
from linli.mentoring.models import (
    Line,
    Log,
    Mentee,
    Mentor,
    Pair,
    Proposal,
    Rating,
    Station,
)
from linli.sources import words
from linli.trail.acts import act

User = AbstractBaseUser | None


@dataclass(frozen=True, slots=True)
class Told:
    """Something done to several rows, for the trail; names of people stay out of it."""

    subject: models.Model
    facts: dict[str, object]


@act("mentoring.open_station")
def open_station(
    *, by: User, place: str, name: str, address: str = "", opened_on: date, now: datetime
) -> Station:
    """Open the station of a community."""
    name = " ".join(name.split())
    every(
        [
            codes.check(place, "community").at("place"),
            require(queries.is_known(place), _("这个地方还没有录入或已撤销")).at("place"),
            require(name, _("请填写驿站名称")).at("name"),
            require(opened_on <= timezone.localdate(now), _("成立日期在今天之后")).at("opened_on"),
            require(
                not Station.objects.filter(place=place, closed_on__isnull=True).exists(),
                _("这个社区已有开着的驿站"),
                "帮带规则:1",
            ).at("place"),
        ]
    ).enforce()
    return Station.objects.create(
        place=place, name=name, address=address.strip(), opened_on=opened_on, by=by, at=now
    )


@act("mentoring.close_station")
def close_station(*, by: User, station: Station, now: datetime) -> Station:
    """Close a station that teaches nobody any more."""
    queries.lock(station.place)
    station = Station.objects.select_for_update().get(pk=station.pk)
    teaching = Pair.objects.filter(mentor__station=station, ended_on__isnull=True).count()
    every(
        [
            require(station.closed_on is None, _("这个驿站已关闭")),
            require(not teaching, _("还有%(n)s对没有结束，先结束或另行结对"), n=teaching),
        ]
    ).enforce()
    station.closed_on = timezone.localdate(now)
    station.save(update_fields=["closed_on"])
    station.mentors.filter(until_on__isnull=True).update(until_on=station.closed_on)
    return station


@act("mentoring.add_mentor")
def add_mentor(
    *,
    by: User,
    station: Station,
    name: str,
    skills: Collection[str],
    most: int,
    worker: models.Model | None = None,
    user: User = None,
    about: str = "",
    now: datetime,
) -> Mentor:
    """Name an old hand a mentor of a station."""
    queries.lock(station.place)
    name = " ".join(name.split())
    there = Mentor.objects.filter(until_on__isnull=True)
    twice = (
        there.filter(worker=worker).exists()
        if worker is not None
        else there.filter(station=station, name=name).exists()
    )
    rules.check_mentor(
        name=name, skills=skills, most=most, open_=station.closed_on is None, twice=twice
    ).enforce()
    return Mentor.objects.create(
        station=station,
        place=station.place,
        name=name,
        worker=worker,
        user=user or getattr(worker, "user", None),
        skills=[topic for topic in words("topics") if topic in skills],
        most=most,
        about=about.strip()[:200],
        since_on=timezone.localdate(now),
        by=by,
        at=now,
    )


@act("mentoring.end_mentor")
def end_mentor(*, by: User, mentor: Mentor, now: datetime) -> Mentor:
    """Somebody is no mentor any more; their pairs have to be ended before."""
    queries.lock(mentor.place)
    mentor = Mentor.objects.select_for_update(of=("self",)).get(pk=mentor.pk)
    teaching = mentor.pairs.filter(ended_on__isnull=True).count()
    every(
        [
            require(mentor.until_on is None, _("此人已不是导师")),
            require(not teaching, _("还有%(n)s对没有结束，先结束或另行结对"), n=teaching),
        ]
    ).enforce()
    mentor.until_on = timezone.localdate(now)
    mentor.save(update_fields=["until_on"])
    return mentor


@act("mentoring.tell_needs")
def tell_needs(
    *, by: User, worker: models.Model, needs: Mapping[str, int], now: datetime
) -> Mentee:
    """Write down what somebody needs to learn, topic → how much; told anew it replaces the first."""
    today = timezone.localdate(now)
    queries.lock(worker.county)  # type: ignore[attr-defined]
    row = queries.serving(Scope.of(worker.county), today).filter(pk=worker.pk).first()  # type: ignore[attr-defined]
    rules.check_needs(
        needs,
        serving=row is not None,
        mentors=Mentor.objects.filter(worker=worker, until_on__isnull=True).exists(),
    ).enforce()
    assert row is not None
    told, _made = Mentee.objects.update_or_create(
        worker=worker,
        ended_on=None,
        defaults={
            "place": row.place_now,
            "needs": {topic: needs[topic] for topic in words("topics") if topic in needs},
            "told_on": today,
            "by": by,
            "at": now,
        },
    )
    return told


@act("mentoring.propose")
def propose(*, by: User, place: str, now: datetime) -> Proposal:
    """Reckon the pairs of an area with the highest sum of points; nothing holds until confirmed."""
    queries.lock(place)
    today = timezone.localdate(now)
    mentees = list(queries.waiting(Scope.of(place)).order_by("pk")[: rules.MOST_AT_ONCE + 1])
    mentors = list(queries.mentors(Scope.of(place)).filter(station__closed_on__isnull=True))
    slots = [(one, load) for one in mentors for load in range(one.load, one.most)]
    every(
        [
            require(mentees, _("没有等待结对的人；先登记需求")),
            require(slots, _("没有还能带人的导师；先聘导师")),
            require(
                len(mentees) <= rules.MOST_AT_ONCE,
                _("一次最多给%(n)s人匹配，请按街道或社区分别匹配"),
                n=rules.MOST_AT_ONCE,
            ).at("place"),
        ]
    ).enforce()
    by_weight = queries.weights(today, place)
    told = [[_score(one, mentor, load, by_weight) for mentor, load in slots] for one in mentees]
    matrix = [[sum(parts.values()) if parts else None for parts in row] for row in told]
    chosen = rules.assign(matrix)
    made = Proposal.objects.create(
        place=place,
        points=sum(matrix[n][at] or 0 for n, at in enumerate(chosen) if at is not None),
        by=by,
        at=now,
    )
    Line.objects.bulk_create(
        _line(made, mentees[n], slots, told[n], matrix[n], at) for n, at in enumerate(chosen)
    )
    return made


def _score(one: Mentee, mentor: Mentor, load: int, by: rules.Weights) -> rules.Points | None:
    if mentor.worker_id == one.worker_id:
        return None
    return rules.score(
        needs=one.needs,
        skills=mentor.skills,
        one=one.place,
        other=mentor.place,
        load=load,
        by=by,
    )


def _line(
    made: Proposal,
    one: Mentee,
    slots: Sequence[tuple[Mentor, int]],
    told: Sequence[rules.Points | None],
    points: Sequence[int | None],
    at: int | None,
) -> Line:
    best = max(range(len(slots)), key=lambda n: points[n] or -1)
    return Line(
        proposal=made,
        mentee=one,
        mentor=slots[at][0] if at is not None else None,
        points=(points[at] or 0) if at is not None else 0,
        parts=dict(told[at] or {}) if at is not None else {},
        best=slots[best][0] if points[best] is not None else None,
        best_points=points[best] or 0,
    )


@act("mentoring.decide")
def decide(*, by: User, proposal: Proposal, taken: Collection[int], now: datetime) -> Told:
    """Confirm the pairs of a proposal that somebody ticked; the others are dropped."""
    queries.lock(proposal.place)
    proposal = Proposal.objects.select_for_update().get(pk=proposal.pk)
    rows = list(proposal.lines.select_related("mentee", "mentor"))
    wanted = [row for row in rows if row.pk in taken and row.mentor is not None]
    busy = set(
        Pair.objects.filter(
            mentee__in=[row.mentee_id for row in wanted], ended_on__isnull=True
        ).values_list("mentee", flat=True)
    )
    full = _overfull(wanted)
    every(
        [
            require(proposal.decided_at is None, _("这份建议已经处理过")),
            require(not busy, _("有人已经另行结对，请重新匹配")),
            require(not full, _("导师带的人已满：%(who)s；请重新匹配"), who=tuple(full)),
        ]
    ).enforce()
    today = timezone.localdate(now)
    Pair.objects.bulk_create(
        Pair(
            place=row.mentee.place,
            mentor=row.mentor,
            mentee=row.mentee,
            points=row.points,
            parts=row.parts,
            begun_on=today,
            by=by,
            at=now,
        )
        for row in wanted
    )
    chosen = {row.pk for row in wanted}
    for row in rows:
        row.taken = row.pk in chosen
    Line.objects.bulk_update(rows, ["taken"])
    proposal.decided_by, proposal.decided_at = by, now  # type: ignore[assignment]
    proposal.save(update_fields=["decided_by", "decided_at"])
    return Told(proposal, {"pairs": len(wanted)})


def _overfull(wanted: Sequence[Line]) -> list[str]:
    """Names of mentors who would have more mentees than they take, or are mentors no more."""
    mentors = (
        {
            one.pk: one
            for one in queries.mentors(Scope.of(*{row.mentor.place for row in wanted}))  # type: ignore[union-attr]
        }
        if wanted
        else {}
    )
    more: dict[int, int] = {}
    names = {}
    for row in wanted:
        more[row.mentor_id] = more.get(row.mentor_id, 0) + 1  # type: ignore[index,arg-type]
        names[row.mentor_id] = row.mentor.name  # type: ignore[index,union-attr]
    return [
        str(names[pk])
        for pk, n in more.items()
        if pk not in mentors or mentors[pk].load + n > mentors[pk].most  # type: ignore[attr-defined]
    ]


@act("mentoring.end_pair")
def end_pair(*, by: User, pair: Pair, why: str, now: datetime) -> Pair:
    """A pair ends; the mentee waits for another mentor, what was written stays."""
    pair = Pair.objects.select_for_update(of=("self",)).get(pk=pair.pk)
    (require(pair.ended_on is None, _("这次结对已结束")) & rules.needs_reason(why)).enforce()
    pair.ended_on, pair.ended_why = timezone.localdate(now), why.strip()
    pair.save(update_fields=["ended_on", "ended_why"])
    return pair


@act("mentoring.write_log")
def write_log(
    *,
    by: AbstractBaseUser,
    pair: Pair,
    period: str,
    on: date,
    text: str,
    spot: str = "",
    ratings: Mapping[str, int] | None = None,
    now: datetime,
) -> Told:
    """Write, or write anew, one side's log of a month or quarter. `ratings`: topic → 1–5, of the
    mentor about a quarter. Sealed once both sides have written."""
    pair = Pair.objects.select_for_update(of=("self",)).get(pk=pair.pk)
    side, ratings = queries.side_of(pair, by), ratings or {}
    there = {row.side: row for row in pair.logs.filter(period=period)}
    span = _span(period)
    (
        rules.may_write(
            side=side,
            ended=pair.ended_on is not None,
            span=span,
            begun_on=pair.begun_on,
            on=on,
            today=timezone.localdate(now),
            text=text,
            both=len(there) == len(rules.SIDES),
        )
        & _may_rate(pair, period, span, side, ratings)
    ).enforce()
    told = {"on": on, "spot": spot.strip()[:64], "text": text.strip(), "by": by, "at": now}
    if side in there:
        Log.objects.filter(pk=there[side].pk).update(**told)
    else:
        Log.objects.create(pair=pair, period=period, side=side, **told)
    Rating.objects.bulk_create(
        Rating(pair=pair, period=period, topic=topic, score=score, at=now)
        for topic, score in ratings.items()
    )
    return Told(pair, {"period": period, "side": side})


def _span(period: str) -> Span | None:
    try:
        span = Span.of_code(period)
    except ValueError:
        return None
    return span if span.kind in ("month", "quarter") else None


def _may_rate(
    pair: Pair, period: str, span: Span | None, side: str, ratings: Mapping[str, int]
) -> Ruling:
    quarterly = span is not None and span.kind == "quarter"
    return every(
        [
            require(
                not ratings or side == rules.MENTOR and quarterly,
                _("评分由导师每季一次"),
                "帮带规则:6",
            ),
            require(set(ratings) <= set(words("topics")), _("没有这个专题")),
            require(all(1 <= n <= 5 for n in ratings.values()), _("评分为一至五分")),
            require(
                not ratings or not pair.ratings.filter(period=period).exists(),
                _("这一季已评过分，评分不改"),
                "帮带规则:6",
            ),
        ]
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class Wrote:
    """A page of a handbook that one side kept on paper."""

    period: str
    side: str
    on: date
    text: str
    spot: str = ""
    ratings: Mapping[str, int]


@act("mentoring.take_handbook")
def take_handbook(*, by: User, pair: Pair, pages: Sequence[Wrote], now: datetime) -> Told:
    """Take over the handbook of a pair that was kept on paper: every page, or none and why."""
    today = timezone.localdate(now)
    pair = Pair.objects.select_for_update(of=("self",)).get(pk=pair.pk)
    written = set(pair.logs.values_list("period", "side"))
    faults = []
    for at, page in enumerate(pages, start=1):
        ruling = rules.may_write(
            side=page.side,
            ended=pair.ended_on is not None,
            span=_span(page.period),
            begun_on=pair.begun_on,
            on=page.on,
            today=today,
            text=page.text,
            both=(page.period, page.side) in written,
        )
        faults.append(ruling.at("", at))
        written.add((page.period, page.side))
    every(faults).enforce()
    Log.objects.bulk_create(
        Log(
            pair=pair,
            period=page.period,
            side=page.side,
            on=page.on,
            spot=page.spot,
            text=page.text.strip(),
            by=by,
            at=now,
        )
        for page in pages
    )
    Rating.objects.bulk_create(
        Rating(pair=pair, period=page.period, topic=topic, score=score, at=now)
        for page in pages
        for topic, score in page.ratings.items()
    )
    return Told(pair, {"pages": len(pages)})
