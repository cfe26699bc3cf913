"""Writes of papers."""

from __future__ import annotations

from datetime import datetime

from django.contrib.auth.base_user import AbstractBaseUser
from django.core.files.base import File as Upload
from django.db import IntegrityError, transaction

from linli.files import blobs, queries, rules, scanners
from linli.files.models import File
from linli.kernel.rulings import Refused
from linli.trail.acts import act


@act("files.keep")
def keep(
    *,
    by: AbstractBaseUser | None,
    content: Upload | bytes,
    name: str,
    place: str,
    personal: bool = False,
    now: datetime,
) -> File:
    """Keep a paper or photograph for a place, checked by its own bytes.

    The same bytes kept before for the place give the first row again, with `kept_before` True.
    `personal`: it shows personal data, so that every opening is recorded.
    """
    data = _whole(content, name)
    kind = rules.recognise(data)
    rules.may_keep(name=name, size=len(data), kind=kind).enforce()
    assert kind is not None
    if before := queries.known(place, blobs.sha256_of(data)):
        return _again(before, personal=personal)
    _scan(data, name)
    width, height, small = blobs.measure(data, name=name) if kind.picture else (None, None, b"")
    sha256 = blobs.write(data)
    if small:
        blobs.write_thumbnail(sha256, small)
    row = File(
        place=place,
        sha256=sha256,
        size=len(data),
        mime=kind.mime,
        name=rules.clean_name(name, kind),
        width=width,
        height=height,
        personal=personal,
        kept_by=by,
        kept_at=now,
    )
    return _saved(row)


def _whole(content: Upload | bytes, name: str) -> bytes:
    """The bytes, never more of them than may be kept."""
    if isinstance(content, bytes):
        return content
    if content.size is not None and content.size > rules.LARGEST:
        raise Refused(rules.may_keep(name=name, size=content.size, kind=rules.TEXT))
    content.seek(0)
    return content.read(rules.LARGEST + 1)


def _again(before: File, *, personal: bool) -> File:
    """The row there was; once somebody says that it is personal it stays so."""
    if personal and not before.personal:
        before.personal = True
        before.save(update_fields=["personal"])
    before.kept_before = True
    return before


def _scan(data: bytes, name: str) -> None:
    found = scanners.scan(data)
    rules.scanner_answers(answers=found is not None).enforce()
    rules.is_clean(name=name, found=found or "").enforce()


def _saved(row: File) -> File:
    """Of two who keep the same paper at once the second gets the first one's row."""
    try:
        with transaction.atomic():
            row.save()
    except IntegrityError:
        first = queries.known(row.place, row.sha256)
        if first is None:
            raise
        return _again(first, personal=row.personal)
    return row
