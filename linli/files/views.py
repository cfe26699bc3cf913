"""Papers by their own addresses: for who keeps and oversees the books of their place."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.utils import timezone
from django.views.decorators.http import require_safe

from linli.files import answers
from linli.files.models import File
from linli.kernel.roles import FUND_GROUP, OVERSEERS
from linli.web.access import needs

READERS = tuple(sorted(FUND_GROUP | OVERSEERS, key=lambda role: role.code))
"""Administrators run the system; they do not read its papers."""


@require_safe
@needs(*READERS, of=File)
def download(request: HttpRequest, file: File) -> HttpResponse:
    """The paper as it was kept, always to be saved."""
    return answers.whole(file, by=request.user, now=timezone.now())


@require_safe
@needs(*READERS, of=File)
def thumbnail(request: HttpRequest, file: File) -> HttpResponse:
    """A small picture of a photograph."""
    return answers.small(file, by=request.user, now=timezone.now())
