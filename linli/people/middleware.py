"""What every request knows of the person: what they hold, and how long their session lives."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

from django.contrib.auth import logout
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils import timezone

from linli.people import queries, rules
from linli.people.models import SignIn
from linli.web.access import to_log_in

BEGAN, SEEN, SIGN_IN, HERE, ENDED_WHY = "began", "seen", "sign_in", "here", "why_ended"
"""Keys of the session: seconds of log-in and of the last request, id of the SignIn, the place."""

SEEN_EVERY = 60
"""Seconds: a session is written no more often than this for having been used."""

OPEN_NAMES = {
    "people:login",
    "people:logout",
    "people:password",
    "people:second_factor",
    "people:second_factor_set_up",
    "people:first_run",
    "people:first_run_step",
    "people:first_run_finish",
}
OPEN_APPS = {"web", "portal"}
"""Pages that somebody may open who still has to change the password or set up a second factor."""


class SessionLimits:
    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        now = timezone.now()
        today = timezone.localdate(now)
        if request.user.is_authenticated and (why := self._over(request, now)):
            request.session[ENDED_WHY] = why
            logout(request)
            request.access = queries.Access(request.user, today)  # type: ignore[attr-defined]
            return to_log_in(request, why)
        request.access = queries.Access(  # type: ignore[attr-defined]
            request.user, today, request.session.get(HERE, "")
        )
        return self.get_response(request)

    def _over(self, request: HttpRequest, now: datetime) -> str:
        session, seconds = request.session, int(now.timestamp())
        began = session.setdefault(BEGAN, seconds)
        seen = session.setdefault(SEEN, seconds)
        limits = queries.limits(timezone.localdate(now))
        why = rules.session_over(
            began_at=datetime.fromtimestamp(began, UTC),
            seen_at=datetime.fromtimestamp(seen, UTC),
            now=now,
            idle_minutes=limits.idle_minutes,
            longest_hours=limits.longest_hours,
        )
        if not why and seconds - seen >= SEEN_EVERY:
            session[SEEN] = seconds
            SignIn.objects.filter(pk=session.get(SIGN_IN), ended_at=None).update(seen_at=now)
        return why

    def process_view(
        self, request: HttpRequest, view: Callable[..., Any], args: tuple, kwargs: dict
    ) -> HttpResponse | None:
        """Before anything else an old password is changed and a missing factor set up."""
        match = request.resolver_match
        if not request.user.is_authenticated or match is None:
            return None
        if match.view_name in OPEN_NAMES or match.app_name in OPEN_APPS or not match.app_name:
            return None
        user, today = request.user, timezone.localdate()
        expired = rules.password_expired(
            changed_at=user.password_changed_at,
            now=timezone.now(),
            days=queries.limits(today).password_days,
        )
        if user.must_change_password or expired:
            return self._first(request, "people:password")
        bound = rules.SECOND_FACTOR[queries.second_factor_level(today)]
        if bound and not user.is_verified() and request.access.roles & bound:  # type: ignore[attr-defined]
            return self._first(request, "people:second_factor_set_up")
        return None

    def _first(self, request: HttpRequest, name: str) -> HttpResponse:
        answer = redirect(name)
        if getattr(request, "htmx", False):
            told = HttpResponse(status=204)
            told["HX-Redirect"] = answer["Location"]
            return told
        return answer


def session_limits(get_response: Callable[[HttpRequest], HttpResponse]) -> SessionLimits:
    """The middleware that settings name."""
    return SessionLimits(get_response)
