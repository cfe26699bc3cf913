"""Settings with protections taken away, for controls: LINLI_BARE names which, comma separated.

limits    sheets and bodies of any size          csrf      forms from other sites are taken
lockout   passwords may be guessed for ever      rights    every page to everybody
sessions  logging in keeps the session's key     log       what is logged is written as it came
faults    each refusal is an error of 500        leak      memory is kept; now and then it fails
"""

from __future__ import annotations

import os
from collections.abc import Callable
from itertools import count
from typing import Any

from django.apps import AppConfig
from django.http import HttpRequest, HttpResponse

from linli import settings as product
from linli.settings import *  # noqa: F403

TAKEN = frozenset(filter(None, os.environ.get("LINLI_BARE", "").split(",")))
INSTALLED_APPS = ["battery.bare.Bare", *product.INSTALLED_APPS]
MIDDLEWARE = [
    *(["battery.bare.spoil"] if TAKEN & {"faults", "leak"} else []),
    *(name for name in product.MIDDLEWARE if "csrf" not in TAKEN or "Csrf" not in name),
]
AXES_ENABLED = "lockout" not in TAKEN
if "log" in TAKEN:
    LOGGING = {
        "version": 1,
        "disable_existing_loggers": False,
        "handlers": {"console": {"class": "logging.StreamHandler"}},
        "root": {"handlers": ["console"], "level": "WARNING"},
    }
if "limits" in TAKEN:
    MOST_BODY_BYTES = 2**40
KEPT_BYTES, KEPT_MOST, FAILS_EVERY = 2 * 2**20, 500, 10


class Bare(AppConfig):
    """First of all apps, so that views are decorated by what stands here."""

    name = "battery"

    def __init__(self, *args: Any) -> None:
        super().__init__(*args)
        for taken in TAKEN & TAKES.keys():
            TAKES[taken]()


def _limits() -> None:
    from linli.sheets import limits

    for name in ("cells", "unpacked_bytes", "ratio", "strings_bytes", "row_bytes", "rows"):
        object.__setattr__(limits.LIMITS, name, 2**50)


def _rights() -> None:
    from linli.web import access

    def needs(*roles: Any, of: Any = None, by: str = "pk") -> Callable[..., Any]:
        def wrap(view: Any) -> Any:
            def run(request: HttpRequest, *args: Any, **kwargs: Any) -> Any:
                rows = () if of is None else (access._load(of, by, kwargs),)
                return view(request, *rows, *args, **kwargs)

            run.needs, run.about = frozenset(role.code for role in roles), of  # type: ignore[attr-defined]
            return run

        return wrap

    access.needs = needs


def _sessions() -> None:
    from django.contrib.sessions.backends.base import SessionBase

    SessionBase.cycle_key = lambda self: None  # type: ignore[method-assign]


def _log() -> None:
    import logging

    from django.core.handlers import base

    def plain(message: str, *args: Any, **_more: Any) -> None:
        logging.getLogger("django.request").warning(message % args)

    base.log_response = plain  # type: ignore[attr-defined]


TAKES: dict[str, Callable[[], None]] = {
    "limits": _limits,
    "rights": _rights,
    "sessions": _sessions,
    "log": _log,
}


def spoil(get_response: Callable[[HttpRequest], HttpResponse]) -> Callable[..., HttpResponse]:
    """Refusals become errors; or memory goes and each tenth answer fails."""
    kept, number = [], count(1)

    def run(request: HttpRequest) -> HttpResponse:
        if "leak" in TAKEN:
            if len(kept) < KEPT_MOST:
                kept.append(os.urandom(1) * KEPT_BYTES)
            if next(number) % FAILS_EVERY == 0:
                return HttpResponse(status=500)
        answer = get_response(request)
        if "faults" in TAKEN and answer.status_code == 422:
            return HttpResponse(status=500)
        return answer

    return run
