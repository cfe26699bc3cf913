"""Reads of papers."""

from __future__ import annotations

from collections.abc import Collection, Iterator

from django.db.models import QuerySet

from linli.files import blobs
from linli.files.models import File

MOST = 2**63 - 1
"""The largest number of a row; a visitor may send a larger one."""


def kept(pks: Collection[int], place: str) -> QuerySet[File]:
    """Those of some papers that were kept for this very place, not for one within it."""
    return File.objects.filter(place=place, pk__in=[pk for pk in pks if pk <= MOST])


def known(place: str, sha256: str) -> File | None:
    """The paper with these bytes that a place has kept already."""
    return File.objects.filter(place=place, sha256=sha256).first()


def brought(*, pk: int, place: str, by: object) -> File | None:
    """A paper that somebody themselves brought for a place: to go on with an import, say."""
    return File.objects.filter(pk=pk, place=place, kept_by=by).first()


def content(file: File) -> bytes:
    """The bytes of a paper; raises ValueError if they were changed, OSError if they are gone."""
    return blobs.read(file.sha256)


def for_all(file: File) -> tuple[bytes, str]:
    """A paper as everybody may see it, and what it is: of a picture a copy without what the camera
    wrote into it. Raises ValueError, OSError as `content`."""
    if file.is_picture:
        return blobs.bare_copy(file.sha256), blobs.COPY_MIME
    return content(file), file.mime


def spoiled() -> Iterator[tuple[File, str]]:
    """Papers whose bytes are "gone" or "changed": for `doctor` and `verify`. Reads every file."""
    seen: dict[str, str] = {}
    for file in File.objects.order_by("sha256").iterator(chunk_size=500):
        if file.sha256 not in seen:
            seen[file.sha256] = _state(file.sha256)
        if seen[file.sha256]:
            yield file, seen[file.sha256]


def _state(sha256: str) -> str:
    try:
        blobs.read(sha256)
    except OSError:
        return "gone"
    except ValueError:
        return "changed"
    return ""
