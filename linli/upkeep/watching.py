"""Every request is written down and counted by its route: never its address, which may name people."""

from __future__ import annotations

import secrets
import time
from collections.abc import Callable

import structlog
from django.conf import settings
from django.http import HttpRequest, HttpResponse

from linli.upkeep import metrics

METHODS = frozenset({"GET", "HEAD", "POST", "OPTIONS", "PUT", "PATCH", "DELETE"})
QUIET = frozenset({"static", "healthz", "readyz", "metrics"})
"""Routes of machines: counted, and written down only where they fail."""


def watched(
    get_response: Callable[[HttpRequest], HttpResponse],
) -> Callable[[HttpRequest], HttpResponse]:
    """The middleware that settings name first, so that it sees every answer.

    `X-Request-Id` joins an answer to its line.
    """
    log = structlog.get_logger("linli.requests")
    metrics.begin()

    def run(request: HttpRequest) -> HttpResponse:
        started, name = time.perf_counter(), secrets.token_hex(6)
        structlog.contextvars.clear_contextvars()
        structlog.contextvars.bind_contextvars(request=name)
        response = get_response(request)
        seconds, route = time.perf_counter() - started, route_of(request)
        method = request.method if request.method in METHODS else "OTHER"
        status = response.status_code
        metrics.count(route=route, method=str(method), status=status, seconds=seconds)
        if route not in QUIET or status >= 500:
            milliseconds = round(seconds * 1000, 1)
            log.info("request", route=route, method=method, status=status, ms=milliseconds)
        response["X-Request-Id"] = name
        return response

    return run


def route_of(request: HttpRequest) -> str:
    """The name of what answered; "static" for files, "" where no route fitted."""
    if request.resolver_match is not None:
        return request.resolver_match.view_name
    return "static" if request.path_info.startswith(f"/{settings.STATIC_URL.strip('/')}/") else ""
