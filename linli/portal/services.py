"""The verbs of the public side: to object, to report, and to fail at asking."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any

from linli.disclosure import services as disclosure
from linli.leads import services as leads
from linli.ledger import queries as ledger
from linli.portal import queries, rules
from linli.portal.models import Attempt
from linli.recruitment import queries as recruiting
from linli.recruitment import services as recruitment
from linli.trail.acts import act

KEEP = timedelta(days=2)


@act("portal.object")
def object_to(
    *,
    by: None,
    release: object,
    figure: str,
    text: str,
    phone: str,
    visitor: str,
    nonce: str,
    now: datetime,
) -> object:
    """A resident objects without an account; the same form sent twice gives the same objection.

    `visitor`: hash of where it comes from; `nonce`: of the form. Refused if too many came.
    """
    book = release.book  # type: ignore[attr-defined]
    ledger.lock(book)
    if known := queries.sent_before(book, nonce):
        return known
    rules.may_object_again(**queries.objected(visitor, book.code, now=now)).enforce()
    made = disclosure.object_to(
        by=by, release=release, figure=figure, text=text, phone=phone, now=now
    )
    _note(Attempt.OBJECTION, visitor, book.code, now=now, nonce=nonce, answer=made.query)
    return made


@act("portal.report")
def report_lead(
    *,
    by: None,
    book: Any,
    room: Any | None,
    kind: str,
    spot_text: str,
    text: str,
    phone: str,
    photos: Sequence[Any],
    visitor: str,
    nonce: str,
    now: datetime,
) -> Any:
    """A resident reports what is wrong with a public room of an estate, without an account.

    The same form sent twice gives the same report. Refused if too many came.
    """
    ledger.lock(book)
    if known := queries.reported_before(nonce):
        return known
    rules.may_report_again(
        **queries.objected(visitor, book.code, now=now, what=Attempt.LEAD)
    ).enforce()
    made = leads.report_lead(
        by=by,
        county=book.place[:6],
        room=room,
        place=book.place,
        kind=kind,
        spot_text=spot_text,
        text=text,
        phone=phone,
        photos=[leads.Shot(content=photo, name=photo.name) for photo in photos],
        now=now,
    )
    _note(Attempt.LEAD, visitor, book.code, now=now, nonce=nonce, answer=made.query or "")
    return made


@act("portal.apply")
def apply(
    *,
    by: None,
    announcement: Any,
    entry: recruitment.Entry,
    papers: Sequence[recruitment.Sent],
    visitor: str,
    nonce: str,
    now: datetime,
) -> Any:
    """Somebody applies for a post without an account; the same form sent twice is one application.

    Refused if too many came.
    """
    recruiting.locked(announcement)
    if known := queries.applied_before(nonce):
        return known
    about = f"J{announcement.pk}"
    rules.may_apply_again(**queries.objected(visitor, about, now=now, what=Attempt.APPLY)).enforce()
    made = recruitment.apply(by=by, announcement=announcement, entry=entry, papers=papers, now=now)
    _note(Attempt.APPLY, visitor, about, now=now, nonce=nonce, answer=made.query)
    return made


@act("portal.object_to_name")
def object_to_name(
    *,
    by: None,
    application: Any,
    text: str,
    phone: str,
    visitor: str,
    nonce: str,
    now: datetime,
) -> Any:
    """Somebody objects to a name that is proposed; the same form sent twice is one objection."""
    recruiting.locked(application.announcement)
    if known := queries.named_before(nonce):
        return known
    about = f"J{application.announcement_id}"
    rules.may_object_to_names(
        **queries.objected(visitor, about, now=now, what=Attempt.NAME)
    ).enforce()
    made = recruitment.object_to(by=by, application=application, text=text, phone=phone, now=now)
    _note(Attempt.NAME, visitor, about, now=now, nonce=nonce, answer=made.query)
    return made


@act("portal.ask_in_vain")
def ask_in_vain(*, by: None, query: str, visitor: str, now: datetime) -> None:
    """Somebody asked for an objection with digits that do not fit; it is counted."""
    _note(Attempt.ASK, visitor, query[:16], now=now)


def _note(
    what: str,
    visitor: str,
    about: str,
    *,
    now: datetime,
    nonce: str | None = None,
    answer: str = "",
) -> None:
    Attempt.objects.filter(at__lt=now - KEEP).delete()
    Attempt.objects.create(
        what=what, visitor=visitor, about=about, nonce=nonce, answer=answer, at=now
    )
