"""Papers are opened only here: by who holds a role where they belong, and never run."""

from __future__ import annotations

from urllib.parse import quote

from django.http import FileResponse, Http404, HttpRequest, HttpResponse
from django.utils import timezone
from django.views.decorators.http import require_safe

from linli.files import blobs
from linli.files.models import File
from linli.kernel.roles import FUND_GROUP, OVERSEERS
from linli.trail.acts import look
from linli.web.access import needs

READERS = tuple(sorted(FUND_GROUP | OVERSEERS, key=lambda role: role.code))
"""Administrators run the system; they do not read its papers."""


@require_safe
@needs(*READERS, of=File)
def download(request: HttpRequest, file: File) -> HttpResponse:
    """The paper as it was kept, always to be saved."""
    if file.personal:
        look(by=request.user, subject=file, field="file", now=timezone.now())
    return _answer(blobs.path_of(file.sha256), file.mime, file.name, inline=False)


@require_safe
@needs(*READERS, of=File)
def thumbnail(request: HttpRequest, file: File) -> HttpResponse:
    """A small picture of a photograph, made here and without its metadata."""
    if file.personal:
        look(by=request.user, subject=file, field="thumbnail", now=timezone.now())
    path = blobs.thumbnail_of(file.sha256)
    return _answer(path, blobs.THUMBNAIL_MIME, f"{file.sha256[:8]}.webp", inline=True)


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
