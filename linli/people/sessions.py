"""Signing in and out: what is recorded, and what a session carries."""

from __future__ import annotations

import ipaddress
from typing import Any

from django.conf import settings
from django.contrib.auth.signals import user_logged_in, user_logged_out, user_login_failed
from django.dispatch import receiver
from django.http import HttpRequest
from django.utils import timezone

from linli.people import services
from linli.people.middleware import BEGAN, ENDED_WHY, SEEN, SIGN_IN
from linli.people.models import SignIn, User
from linli.trail.acts import record

SIGNED_IN = "people.sign_in"


def address_of(request: HttpRequest) -> str | None:
    """The address a request came from, behind as many trusted proxies as settings say.

    Each proxy appends the address it saw to X-Forwarded-For; what stands further left was sent by
    the visitor and proves nothing.
    """
    direct = request.META.get("REMOTE_ADDR", "")
    proxies = getattr(settings, "AXES_IPWARE_PROXY_COUNT", 0) or 0
    passed = [a.strip() for a in request.META.get("HTTP_X_FORWARDED_FOR", "").split(",")]
    wanted = passed[-proxies] if 0 < proxies <= len(passed) else direct
    try:
        return str(ipaddress.ip_address(wanted))
    except ValueError:
        return None


@receiver(user_logged_in, dispatch_uid="linli.people.signed_in")
def signed_in(request: HttpRequest | None, user: User, **more: Any) -> None:
    """Begin to count the session's hours, and leave a line."""
    if request is None or not hasattr(request, "session"):
        return
    now = timezone.now()
    session = request.session
    if session.session_key is None:
        session.create()
    made = services.sign_in(
        by=user,
        session_key=session.session_key or "",
        address=address_of(request),
        agent=request.META.get("HTTP_USER_AGENT", ""),
        now=now,
    )
    session[BEGAN] = session[SEEN] = int(now.timestamp())
    session[SIGN_IN] = made.pk


@receiver(user_logged_out, dispatch_uid="linli.people.signed_out")
def signed_out(request: HttpRequest, user: User | None, **more: Any) -> None:
    """Note that the session ended, and why."""
    kept = SignIn.objects.filter(pk=request.session.get(SIGN_IN), ended_at=None).first()
    if user is not None and kept is not None:
        why = request.session.get(ENDED_WHY, "out")
        services.sign_out(by=user, sign_in=kept, why=why, now=timezone.now())


@receiver(user_login_failed, dispatch_uid="linli.people.failed")
def failed(credentials: dict[str, Any], request: HttpRequest | None = None, **more: Any) -> None:
    """A wrong password leaves a line, too; once locked out, nothing more is written.

    A name that nobody has is not kept: people type passwords into the wrong field.
    """
    if request is None or getattr(request, "axes_locked_out", False):
        return
    user = User.objects.filter(username=credentials.get("username", "")).first()
    record(
        SIGNED_IN,
        user,
        {"by": user, "now": timezone.now()},
        done=False,
        facts={"address": address_of(request) or "", "known": user is not None},
    )
