"""The verbs of training: venues, to plan a session, sign in, close the list, certify."""

from __future__ import annotations

import secrets
from collections.abc import Collection, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime

from django.contrib.auth.base_user import AbstractBaseUser
from django.db import models
from django.utils import timezone

from linli.cases import services as cases
from linli.kernel import place as codes
from linli.kernel.period import Period
from linli.kernel.place import Scope
from linli.kernel.rulings import every, require
from linli.kernel.words import gettext_noop as _
from linli.sources import number, words
from linli.trail.acts import act
from linli.training import flow, owed, queries, rules
from linli.training.models import Certificate, Invite, Session, SignIn, Venue
from linli.workforce import records

User = AbstractBaseUser | None
CODE_LETTERS = "ABCDEFGHJKLMNPQRSTUVWXYZ23456789"
"""Of check codes: none that is taken for another."""
CODE_LENGTH = 12


@dataclass(frozen=True, slots=True)
class Told:
    """Something done to a session, for the trail; names of people stay out of it."""

    subject: models.Model
    facts: dict[str, object]


@act("training.add_venue")
def add_venue(
    *,
    by: User,
    place: str,
    name: str,
    kind: str,
    address: str = "",
    seats: int | None = None,
    now: datetime,
) -> Venue:
    """Write down where people are trained."""
    name = " ".join(name.split())
    every(
        [
            require(name, _("请填写场所名称")).at("name"),
            require(kind in words("venues"), _("请选择场所类别")).at("kind"),
            codes.check(place, "county", "street", "community").at("place"),
            require(queries.is_known(place), _("这个地方还没有录入或已撤销")).at("place"),
            require(seats is None or seats > 0, _("座位数应大于0")).at("seats"),
            require(
                not Venue.objects.filter(place=place, name=name).exists(),
                _("这里已有同名的场所"),
            ).at("name"),
        ]
    ).enforce()
    return Venue.objects.create(
        place=place, name=name, kind=kind, address=address.strip(), seats=seats, by=by, at=now
    )


@act("training.close_venue")
def close_venue(*, by: User, venue: Venue, now: datetime) -> Venue:
    """No session is planned there any more."""
    venue = Venue.objects.select_for_update().get(pk=venue.pk)
    require(venue.closed_on is None, _("这个场所已停用")).enforce()
    venue.closed_on = timezone.localdate(now)
    venue.save(update_fields=["closed_on"])
    return venue


@act("training.plan")
def plan(
    *,
    by: User,
    place: str,
    kind: str,
    title: str,
    topic: str,
    venue: Venue,
    trainer: str,
    starts_at: datetime,
    minutes: int,
    layers: Collection[str] = (),
    told_later: bool = False,
    now: datetime,
) -> Session:
    """Plan a session for an area; everybody there whom it is for is asked, as they serve now.

    `told_later`: it was held before the system knew of it; then people come on a list on paper.
    """
    on = timezone.localdate(starts_at)
    county = place[:6]
    rules.may_plan(
        kind=kind,
        title=title,
        topic=topic,
        layers=layers,
        place=place,
        known_place=queries.is_known(place),
        minutes=minutes,
        micro_most=number("training_micro_minutes_max", on=on, place=place),
        trainer=trainer,
        starts_at=starts_at,
        now=now,
        venue_open=venue.closed_on is None,
        told_later=told_later,
    ).enforce()
    queries.lock_county(county)
    made = Session.objects.create(
        county=county,
        place=place,
        number=queries.next_number(Session, county, "PX"),
        kind=kind,
        title=" ".join(title.split()),
        topic=topic,
        layers=[code for code in words("layers") if code in layers],
        venue=venue,
        trainer=trainer.strip(),
        starts_at=starts_at,
        minutes=minutes,
        seed=secrets.token_hex(4),
        by=by,
        at=now,
    )
    _ask(made, on if told_later else timezone.localdate(now))
    return made


def _ask(session: Session, on: date) -> None:
    """Put everybody whom a session is for on its list, as they serve on a day."""
    Invite.objects.bulk_create(
        (
            Invite(session=session, worker_id=pk, place=where)
            for pk, where in queries.asked_for(session, on)
        ),
        batch_size=1000,
    )


@act("training.cancel")
def cancel(*, by: User, session: Session, why: str, now: datetime) -> Session:
    """The session is not held."""
    session = queries.locked(session)
    (
        queries.running(session)
        & require(not session.sign_ins.exists(), _("已有人签到，不能取消；请截止签到"))
        & rules.needs_reason(why)
    ).enforce()
    session.cancelled_by, session.cancelled_at = by, now  # type: ignore[assignment]
    session.cancelled_why = why.strip()
    session.save(update_fields=["cancelled_by", "cancelled_at", "cancelled_why"])
    return session


@act("training.sign_in")
def sign_in(*, by: AbstractBaseUser, session: Session, code: str, now: datetime) -> SignIn:
    """Sign oneself in with the code that is shown on the spot."""
    session, worker = queries.locked(session), queries.file_of(by)
    require(
        worker is not None, _("您的账号没有关联人事档案，请找社区书记或社会工作部门关联")
    ).enforce()
    return _arrive(by, session, worker, rules.QR, "", now, queries.code_holds(session, code, now))


@act("training.sign_in_for")
def sign_in_for(
    *, by: User, session: Session, worker: models.Model, reason: str, now: datetime
) -> SignIn:
    """The organiser signs somebody in who could not scan, and says why."""
    session = queries.locked(session)
    return _arrive(by, session, worker, rules.CLERK, reason, now, False)


def _arrive(
    by: User,
    session: Session,
    worker: models.Model,
    way: str,
    reason: str,
    now: datetime,
    code_holds: bool,
) -> SignIn:
    arrival = queries.arrival(session, now)
    serves = queries.serving(Scope.of(session.county), timezone.localdate(session.starts_at))
    row = serves.filter(pk=worker.pk).first()
    (
        queries.running(session)
        & rules.may_sign_in(
            arrival,
            way=way,
            code_holds=code_holds,
            serving=row is not None,
            already=session.sign_ins.filter(worker=worker).exists(),
            reason=reason,
        )
    ).enforce()
    assert row is not None
    return SignIn.objects.create(
        session=session,
        worker=worker,
        place=row.place_now,
        way=way,
        late=arrival.is_late and way == rules.QR,
        reason=reason.strip(),
        by=by,
        at=now,
    )


@dataclass(frozen=True, slots=True)
class Came:
    """Somebody on a list that was signed on the spot, and when they came."""

    worker: models.Model
    at: datetime


@act("training.take_list")
def take_list(
    *, by: User, session: Session, some: Sequence[Came], reason: str, now: datetime
) -> Told:
    """Take over a list signed on paper: everybody on it, or with every fault told nobody."""
    session = queries.locked(session)
    on = timezone.localdate(session.starts_at)
    serves = dict(
        queries.serving(Scope.of(session.county), on)
        .filter(pk__in=[one.worker.pk for one in some])
        .values_list("pk", "place_now")
    )
    there = set(session.sign_ins.values_list("worker", flat=True))
    rulings = [queries.running(session), require(some, _("名单上没有人"))]
    rows = []
    first = queries.arrival(session, now)
    for at, one in enumerate(some, start=1):
        arrival = replace(first, at=one.at)
        rulings.append(
            rules.may_sign_in(
                arrival,
                way=rules.SHEET,
                code_holds=False,
                serving=one.worker.pk in serves,
                already=one.worker.pk in there,
                reason=reason,
            ).at("", at)
        )
        there.add(one.worker.pk)
        rows.append(
            SignIn(
                session=session,
                worker=one.worker,
                place=serves.get(one.worker.pk, ""),
                way=rules.SHEET,
                late=arrival.is_late,
                reason=reason.strip(),
                by=by,
                at=one.at,
            )
        )
    every(rulings).enforce()
    SignIn.objects.bulk_create(rows, batch_size=1000)
    return Told(session, {"people": len(rows)})


@act("training.close")
def close(*, by: User, session: Session, now: datetime) -> Told:
    """Close the list: the session was held. A street's micro-training of the month is done."""
    session = queries.locked(session)
    people = session.sign_ins.count()
    rules.may_end(
        running=queries.running(session), started=now >= session.starts_at, people=people
    ).enforce()
    session.closed_by, session.closed_at = by, now  # type: ignore[assignment]
    session.save(update_fields=["closed_by", "closed_at"])
    if session.kind == rules.MICRO and len(session.place) == codes.LEVELS["street"]:
        cases.do_duty(
            by=by,
            duty=flow.MICRO,
            place=session.place,
            period=Period.of(timezone.localdate(session.starts_at)).code,
            subject=session,
            now=now,
        )
    return Told(session, {"people": people})


@act("training.certify")
def certify(
    *, by: User, worker: models.Model, on: date | None = None, now: datetime
) -> Certificate:
    """Give somebody the certificate of the twelve months up to today; it comes into their file."""
    on = on or timezone.localdate(now)
    county: str = worker.county  # type: ignore[attr-defined]
    queries.lock_county(county)
    found = owed.owing_of(worker, on)
    rules.may_certify(
        found.coverage if found else None,
        standing=queries.standing_certificate(worker, on) is not None,
    ).enforce()
    assert found is not None
    first, last = queries.window(on)
    made = Certificate.objects.create(
        county=county,
        place=found.worker.place_now,
        number=queries.next_number(Certificate, county, "PZ"),
        code="".join(secrets.choice(CODE_LETTERS) for _n in range(CODE_LENGTH)),
        worker=worker,
        from_on=first,
        until_on=last,
        minutes=sum(item.done for item in found.coverage.items if not item.in_days),
        session_count=queries.signed_in(worker)
        .filter(
            session__closed_at__isnull=False,
            session__starts_at__date__gte=first,
            session__starts_at__date__lte=last,
        )
        .count(),
        by=by,
        at=now,
    )
    records.add_certificate(
        by=by,
        worker=worker,
        kind="other",
        name="社区工作者年度培训证书",
        number=f"{county}-{made.number}",
        given_on=on,
        now=now,
    )
    return made


@act("training.void")
def void(*, by: User, certificate: Certificate, why: str, now: datetime) -> Certificate:
    """Withdraw a certificate; the check page says so from now on."""
    certificate = Certificate.objects.select_for_update().get(pk=certificate.pk)
    (
        require(certificate.voided_at is None, _("这份证书已撤销")) & rules.needs_reason(why)
    ).enforce()
    certificate.voided_by, certificate.voided_at = by, now  # type: ignore[assignment]
    certificate.voided_why = why.strip()
    certificate.save(update_fields=["voided_by", "voided_at", "voided_why"])
    return certificate
