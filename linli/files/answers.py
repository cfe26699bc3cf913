"""Answers that hand out a paper: what is personal is a recorded look, and nothing is ever run.

A domain hands its papers out with the thing they belong to, to who may see that thing.
"""

from __future__ import annotations

from datetime import datetime
from urllib.parse import quote

from django.db import models
from django.http import FileResponse, Http404, HttpResponse

from linli.files import blobs
from linli.files.models import File
from linli.trail.acts import look


def whole(file: File, *, by: models.Model, now: datetime) -> HttpResponse:
    """The paper as it was kept, always to be saved."""
    if file.personal:
        look(by=by, subject=file, field="file", now=now)
    return _answer(blobs.path_of(file.sha256), file.mime, file.name, inline=False)


def small(file: File, *, by: models.Model, now: datetime) -> HttpResponse:
    """A small picture of a photograph, made here and without its metadata."""
    if file.personal:
        look(by=by, subject=file, field="thumbnail", now=now)
    path = blobs.thumbnail_of(file.sha256)
    return _answer(path, blobs.THUMBNAIL_MIME, f"{file.sha256[:8]}.webp", inline=True)


def picture(file: File, *, by: models.Model, now: datetime) -> HttpResponse:
    """A kept picture shown in a page. Raises Http404 for a paper that is none."""
    if not file.is_picture:
        raise Http404
    if file.personal:
        look(by=by, subject=file, field="file", now=now)
    return _answer(blobs.path_of(file.sha256), file.mime, file.name, inline=True)


def _answer(path: object, mime: str, name: str, *, inline: bool) -> HttpResponse:
    try:
        answer = FileResponse(open(path, "rb"), content_type=mime)  # type: ignore[call-overload]  # noqa: SIM115 - the answer closes it
    except OSError:
        raise Http404 from None
    kind = "inline" if inline else "attachment"
    answer["Content-Disposition"] = f"{kind}; filename*=UTF-8''{quote(name)}"
    answer["X-Content-Type-Options"] = "nosniff"
    answer["Content-Security-Policy"] = "default-src 'none'; sandbox"
    answer["Cache-Control"] = "private, no-store"
    return answer
