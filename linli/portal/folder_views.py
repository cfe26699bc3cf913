"""The published folder as it lies on disk, for whoever wants the files and not the pages.

Nothing of it is run here but `verify.html`, and that only while it is, byte for byte, the tool
this program ships: other pages are shown sandboxed, without scripts.
"""

from __future__ import annotations

import re
from functools import lru_cache
from pathlib import Path

from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.http import http_date
from django.views.decorators.http import require_safe

from linli.disclosure import folder
from linli.portal import pages

NAME = re.compile(r"[0-9A-Za-z][0-9A-Za-z._-]*(?:/[0-9A-Za-z][0-9A-Za-z._-]*)*")
TYPES = {
    ".html": "text/html; charset=utf-8",
    ".json": "application/json",
    ".jsonl": "application/jsonl; charset=utf-8",
    ".csv": "text/csv; charset=utf-8",
    ".pdf": "application/pdf",
}
TEXT = "text/plain; charset=utf-8"
TOOL = "verify.html"
SANDBOXED = (
    "default-src 'none'; style-src 'unsafe-inline'; img-src 'self' data:; sandbox allow-popups"
)
RUNNING = (
    "default-src 'none'; script-src 'unsafe-inline'; style-src 'unsafe-inline'; connect-src 'self'; "
    "img-src data:; base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
)
LARGE = 32 * 1024 * 1024


def inside(path: str) -> Path:
    """The file of the published folder that a path names; Http404 for anything else."""
    root = Path(settings.PUBLIC).resolve()
    if not NAME.fullmatch(path) or path.startswith(folder.UNFINISHED):
        raise Http404
    try:
        found = folder.standing(root, path).resolve(strict=True)
    except (OSError, ValueError):
        raise Http404 from None
    if root not in found.parents or not found.is_file() or found.stat().st_size > LARGE:
        raise Http404
    return found


@lru_cache
def _tool() -> bytes:
    return (Path(settings.ROOT) / "linli" / "proof" / "tools" / TOOL).read_bytes()


@require_safe
def top(request: HttpRequest) -> HttpResponse:
    """The folder itself: there is no list of files in it but the signed one."""
    return redirect("portal:published", path="SHA256SUMS")


@require_safe
def published(request: HttpRequest, path: str) -> HttpResponse:
    """A file of the folder; of a month's folder its index."""
    if path.endswith("/"):
        path += "index.html"
    found = inside(path)
    content = found.read_bytes()
    mime = TYPES.get(found.suffix, TEXT)
    answer = pages.data(request, content, mime, cache="public, no-cache")
    answer["Last-Modified"] = http_date(found.stat().st_mtime)
    if mime.startswith("text/html"):
        runs = path == TOOL and content == _tool()
        answer["Content-Security-Policy"] = RUNNING if runs else SANDBOXED
    return answer
