"""The verbs of signing together: one ceremony, one agreement, many rooms; all of them or none."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime

from django.contrib.auth.base_user import AbstractBaseUser
from django.db import IntegrityError, transaction
from django.utils import timezone

from linli.cases import services as cases
from linli.handover import batch_rules, flow, queries
from linli.handover.dossier import Dossier
from linli.handover.models import Batch, BatchRoom, Handover
from linli.kernel.rulings import Refused, Ruling, every, require
from linli.kernel.words import gettext_noop as _
from linli.people import queries as people
from linli.places import queries as places
from linli.sources.procedures import AGREE
from linli.trail.acts import act

User = AbstractBaseUser


def _opener(by: User, place: str, now: datetime) -> bool:
    return bool(people.roles_at(by, place, timezone.localdate(now)) & set(flow.OPENERS))


@act("handover.make_batch")
def make_batch(
    *,
    by: User,
    place: str,
    name: str,
    held_on: date,
    developer: str,
    receiver: str,
    venue: str = "",
    now: datetime,
) -> Batch:
    """Prepare a signing of several rooms between two parties, in a county or a street."""
    batch_rules.may_make_batch(
        name=name,
        developer=developer,
        receiver=receiver,
        opener=_opener(by, place, now),
        openers=flow.OPENERS,
        calendar=places.calendar().gaps(held_on, held_on),
    ).enforce()
    county = place[:6]
    queries.lock_county(county)
    return Batch.objects.create(
        place=place,
        county=county,
        number=queries.next_batch_number(county),
        name=name.strip()[:80],
        held_on=held_on,
        venue=venue.strip()[:80],
        developer=" ".join(developer.split())[:80],
        receiver=" ".join(receiver.split())[:80],
        made_by=by,
        made_at=now,
    )


@act("handover.prepare_batch")
def prepare(*, by: User, handovers: Sequence[Handover], now: datetime, **told: object) -> Batch:
    """A signing with its first rooms: both or neither (see make_batch, put_in)."""
    made = make_batch(by=by, now=now, **told)  # type: ignore[arg-type]
    return put_in(by=by, batch=made, handovers=handovers, now=now) if handovers else made


@act("handover.put_in_batch")
def put_in(*, by: User, batch: Batch, handovers: Sequence[Handover], now: datetime) -> Batch:
    """Put handovers into a signing; all of them or none."""
    batch = queries.locked_batch(batch)
    _may_change(by, batch, now)
    count = batch.entries.filter(left_at=None).count()
    found = [queries.locked(each) for each in handovers]
    every(
        [
            batch_rules.may_join(
                number=each.number,
                inside=each.place.startswith(batch.place),
                same_parties=(each.developer, each.receiver) == (batch.developer, batch.receiver),
                elsewhere=str(queries.batch_of(each) or ""),
                ended=bool(each.ended_at),
                count=count + at,
            )
            for at, each in enumerate(found)
        ]
    ).enforce()
    for each in found:
        try:
            with transaction.atomic():
                BatchRoom.objects.create(batch=batch, handover=each)
        except IntegrityError:
            raise Refused(batch_rules.is_free(number=each.number, elsewhere="…")) from None
    return batch


@act("handover.take_out_of_batch")
def take_out(*, by: User, batch: Batch, handover: Handover, now: datetime) -> Batch:
    """Take a handover out of a signing that was not held yet."""
    batch = queries.locked_batch(batch)
    _may_change(by, batch, now)
    batch.entries.filter(handover=handover, left_at=None).update(left_at=now)
    return batch


@act("handover.drop_batch")
def drop_batch(*, by: User, batch: Batch, now: datetime) -> Batch:
    """Give a signing up; its rooms are free for another."""
    batch = queries.locked_batch(batch)
    _may_change(by, batch, now)
    batch.entries.filter(left_at=None).update(left_at=now)
    batch.dropped_at = now
    batch.save(update_fields=["dropped_at"])
    return batch


def _may_change(by: User, batch: Batch, now: datetime) -> None:
    every(
        [
            batch_rules.still_open(
                signed=batch.signed_at is not None, dropped=batch.dropped_at is not None
            ),
            require(
                _opener(by, batch.place, now),
                _("集中签约由%(who)s组织"),
                who=tuple(role.name for role in flow.OPENERS),
            ),
        ]
    ).enforce()


def readiness(
    batch: Batch, *, by: User, now: datetime, handovers: Sequence[Handover] | None = None
) -> list[tuple[Handover, Dossier, Ruling]]:
    """Each room of a batch with what keeps it from being signed."""
    today = timezone.localdate(now)
    rows = queries.in_batch(batch) if handovers is None else handovers
    found = []
    for each in rows:
        dossier = Dossier(each)
        step = dossier.step_that(AGREE)
        ruling = dossier.may_pass(step, by=by, roles=dossier.roles(by, today))
        found.append((each, dossier, ruling))
    return found


@act("handover.sign_batch")
def sign_batch(
    *,
    by: User,
    batch: Batch,
    agreement_no: str,
    giver: str,
    taker: str,
    signed_on: date,
    now: datetime,
) -> Batch:
    """Both parties signed one agreement: the step of every room is done, or of none."""
    batch = queries.locked_batch(batch)
    _may_change(by, batch, now)
    rows = [queries.locked(each) for each in queries.in_batch(batch)]
    ready = readiness(batch, by=by, now=now, handovers=rows)
    every(
        [
            batch_rules.may_sign_batch(
                rooms=len(rows),
                agreement_no=agreement_no,
                giver=giver,
                taker=taker,
                signed_on=signed_on,
                today=timezone.localdate(now),
                ready_on=max(
                    (d.begun_on(d.step_that(AGREE)) for _h, d, r in ready if r.allowed),
                    default=signed_on,
                ),
            ),
            *(batch_rules.of_room(h.number, h.room.name, r) for h, _d, r in ready),
        ]
    ).enforce()
    for each, dossier, _ruling in ready:
        cases.stamp(
            by=by,
            case=each.case,
            step=dossier.step_that(AGREE),
            note=f"{batch.number} {agreement_no.strip()}",
            now=now,
        )
    batch.agreement_no = agreement_no.strip()[:40]
    batch.giver, batch.taker = giver.strip()[:40], taker.strip()[:40]
    batch.signed_by, batch.signed_at, batch.signed_on = by, now, signed_on
    batch.save()
    return batch
