"""When the database is away: what is said, and what was typed is handed back to be sent again."""

from __future__ import annotations

import sqlite3
import sys

from django.db import InterfaceError, OperationalError
from django.http import HttpRequest, HttpResponse
from django.http.multipartparser import MultiPartParserError
from django.http.request import RawPostDataException
from django.shortcuts import render
from django.utils import translation

AGAIN_SECONDS = 10
MOST_HANDED_BACK = 200_000
"""Characters: a form larger than this is sent again by the browser's own button."""
SECRETS = ("password",)


def is_away(error: BaseException | None) -> bool:
    """Whether an error means: not now. The server is gone, the file is locked, cannot be opened or
    written, or the disk is full; a wrong statement is not that."""
    if isinstance(error, InterfaceError):
        return True
    if not isinstance(error, OperationalError):
        return False
    cause = error.__cause__
    if isinstance(cause, sqlite3.Error):
        return getattr(cause, "sqlite_errorcode", 0) & 0xFF != sqlite3.SQLITE_ERROR
    return True


def answer(request: HttpRequest) -> HttpResponse | None:
    """The 503 page where the error being handled says that the database is away, else None."""
    if not is_away(sys.exc_info()[1]):
        return None
    typed = _typed(request) if request.method == "POST" else None
    page = "web/components/away.html" if request.headers.get("HX-Request") else "web/away.html"
    with translation.override(translation.get_language_from_request(request)):
        response = render(None, page, {"request": request, "typed": typed}, status=503)
    response["Retry-After"] = str(AGAIN_SECONDS)
    response["Cache-Control"] = "no-store"
    if request.headers.get("HX-Request"):
        response["HX-Retarget"], response["HX-Reswap"] = "#notes", "innerHTML"
    return response


def _typed(request: HttpRequest) -> list[tuple[str, str]] | None:
    """The fields of a form as they came; None where they cannot be put into a page: files, or
    words that no page may show."""
    try:
        fields = [(name, value) for name, values in request.POST.lists() for value in values]
        files = bool(request.FILES)
    except (RawPostDataException, MultiPartParserError, OSError):
        return None
    secret = any(word in name for name, _value in fields for word in SECRETS)
    too_much = sum(len(value) for _name, value in fields) > MOST_HANDED_BACK
    return None if files or secret or too_much else fields
