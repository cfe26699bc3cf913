"""The verbs of leads: to raise one, to put it to its room, to put it aside.

What a consultation does with it stands in `consulting`.
"""

from __future__ import annotations

import secrets
from collections.abc import Callable, Sequence
from datetime import datetime
from typing import Any

from django.contrib.auth.base_user import AbstractBaseUser
from django.db import models
from django.utils import timezone

from linli.files import services as files
from linli.kernel.rulings import require
from linli.kernel.words import gettext_noop as _
from linli.leads import queries, rules
from linli.leads.models import Lead, Photo, Report
from linli.leads.photos import Shot, place_and_time
from linli.sources import lead_kinds
from linli.trail.acts import act, label, look

__all__ = ["Shot"]

User = AbstractBaseUser | None
ALPHABET = "ABCDEFGHJKLMNPQRSTUVWXYZ23456789"
Entropy = Callable[[int], bytes]


@act("leads.raise")
def raise_lead(
    *,
    by: User,
    county: str,
    room: Any | None,
    place: str,
    kind: str,
    text: str,
    source: str,
    violator: str = rules.UNKNOWN,
    subject: models.Model | str | None = None,
    spot_text: str = "",
    photos: Sequence[Shot] = (),
    now: datetime,
) -> Lead:
    """Write down what is wrong with a room; gives the lead, which may have been there already.

    The same open kind on the same room (or spot, where `room` is None) is one lead: whoever
    reports it again adds a report to it. `place` is the room's own where there is a room.
    `subject`: what raised it, a row or its name in the trail. `photos`: see `Shot`.
    """
    return _report(
        by,
        county=county,
        room=room,
        place=place,
        kind=kind,
        text=text,
        source=source,
        violator=violator,
        subject=subject,
        spot_text=spot_text,
        photos=photos,
        now=now,
    ).lead


@act("leads.report")
def report_lead(
    *,
    by: User,
    county: str,
    room: Any | None,
    place: str,
    kind: str,
    text: str,
    phone: str,
    spot_text: str = "",
    photos: Sequence[Shot] = (),
    now: datetime,
    entropy: Entropy = secrets.token_bytes,
) -> Report:
    """A resident reports without an account; gives the report with the number to ask by."""
    rules.may_leave_phone(phone).enforce()
    return _report(
        by,
        county=county,
        room=room,
        place=place,
        kind=kind,
        text=text,
        source=rules.RESIDENT,
        violator=rules.UNKNOWN,
        subject=None,
        spot_text=spot_text,
        photos=photos,
        phone="".join(c for c in phone if c.isdigit()),
        query="".join(ALPHABET[byte % 32] for byte in entropy(8)),
        now=now,
    )


def _report(
    by: User,
    *,
    county: str,
    room: Any | None,
    place: str,
    kind: str,
    text: str,
    source: str,
    violator: str,
    subject: models.Model | str | None,
    spot_text: str,
    photos: Sequence[Shot],
    now: datetime,
    phone: str = "",
    query: str | None = None,
) -> Report:
    place = room.place if room is not None else place
    spot_text = " ".join(spot_text.split())
    (
        rules.may_raise(
            kind=kind,
            known_kinds=lead_kinds(on=timezone.localdate(now)),
            place=place,
            known_place=queries.is_known(place),
            has_room=room is not None,
            room_ended=room is not None and room.until_on is not None,
            same_county=place.startswith(county),
            spot_text=spot_text,
            text=text,
            source=source,
            violator=violator,
        )
        & rules.may_keep_photos(len(photos))
    ).enforce()
    named = subject if isinstance(subject, str) else label(subject)
    queries.lock_county(county)
    lead = queries.same_open(room=room, place=place, spot_text=spot_text, kind=kind)
    if lead is None:
        lead = Lead(county=county, place=place, room=room, spot_text=spot_text, kind=kind)
        lead.number = queries.next_number(Lead, "X", county)
        lead.violator, lead.source, lead.text = violator, source, text.strip()
        lead.subject, lead.raised_by, lead.raised_at = named, by, now
        lead.save()
    elif lead.violator == rules.UNKNOWN != violator:
        lead.violator = violator
        lead.save(update_fields=["violator"])
    report = Report(lead=lead, place=lead.place, source=source, text=text.strip(), subject=named)
    report.query, report.phone, report.by, report.at = query, phone, by, now
    report.save()
    _keep_photos(by, report, photos, now)
    return report


def _keep_photos(by: User, report: Report, photos: Sequence[Shot], now: datetime) -> None:
    seen: set[int] = set()
    for shot in photos:
        file = shot.kept or files.keep(
            by=by, content=shot.content, name=shot.name, place=report.place, personal=True, now=now
        )
        rules.is_photo(file.is_picture).enforce()
        if file.pk in seen:
            continue
        seen.add(file.pk)
        taken_at, east, north = place_and_time(shot, file)
        Photo.objects.create(report=report, file=file, taken_at=taken_at, east=east, north=north)


@act("leads.join_room")
def join_room(*, by: User, lead: Lead, room: Any, now: datetime) -> Lead:
    """Put a lead that named only a spot to the room it is about."""
    queries.lock_county(lead.county)
    lead = queries.locked(lead)
    twin = queries.same_open(room=room, place="", spot_text="", kind=lead.kind, but=lead)
    rules.may_join_room(
        state=lead.state,
        conclusion=lead.conclusion,
        has_room=lead.room_id is not None,
        same_estate=room.place.startswith(lead.place[:15]),
        room_ended=room.until_on is not None,
        twin=twin.number if twin else "",
    ).enforce()
    lead.room, lead.place = room, room.place
    lead.save(update_fields=["room", "place"])
    return lead


@act("leads.dismiss")
def dismiss(*, by: User, lead: Lead, reason: str, now: datetime) -> Lead:
    """Put aside what plainly is no matter of public rooms; the reason is kept and can be read."""
    lead = queries.locked(lead)
    rules.may_dismiss(state=lead.state, source=lead.source, reason=reason).enforce()
    lead.state, lead.dismissed_why = rules.DISMISSED, reason.strip()
    lead.dismissed_by, lead.dismissed_at = by, now
    lead.save(update_fields=["state", "dismissed_why", "dismissed_by", "dismissed_at"])
    return lead


@act("leads.open_phone")
def open_phone(*, by: AbstractBaseUser, report: Report, purpose: str, now: datetime) -> Report:
    """Somebody opens a resident's number to check back, for a purpose that is kept."""
    require(purpose.strip(), _("请写明用途"), "会商规则:10").at("purpose").enforce()
    look(by=by, subject=report, field="phone", purpose=purpose.strip()[:64], now=now)
    return report
