"""The set-up of an installation in the browser: /setup/.

Open while there is no account at all, and then to the system administrator until it is finished.
Before there is any account, whoever is not at the server itself must know the code that lies in
the data directory, so that nobody else can take a fresh server over.
"""

from __future__ import annotations

import hmac
import ipaddress
import logging
import os
import secrets
from typing import Any

from django.conf import settings
from django.contrib.auth import login
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_POST

from linli.kernel.roles import SYSTEM_ADMIN
from linli.people import first_run, queries, services
from linli.people.forms import CodeForm
from linli.people.models import User
from linli.people.own_views import BACKEND
from linli.web.access import to_log_in

MAY_SET_UP = "may_set_up"
UNPROCESSABLE = 422


def code_file() -> str:
    """Where the code lies that a first visitor from elsewhere must know."""
    path = settings.KEYS / "setup.code"
    if not path.exists():
        path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
        with os.fdopen(handle, "w") as file:
            file.write(secrets.token_hex(4))
        logging.getLogger("linli.setup").warning("setup code: see %s", path)
    return str(path)


def _at_the_server(request: HttpRequest) -> bool:
    """A visitor on the machine itself, with no proxy in between."""
    passed_on = request.META.get("HTTP_X_FORWARDED_FOR") or request.META.get("HTTP_FORWARDED")
    if settings.PROXIES or passed_on:
        return False
    try:
        return ipaddress.ip_address(request.META.get("REMOTE_ADDR", "")).is_loopback
    except ValueError:
        return False


def _gate(request: HttpRequest) -> HttpResponse | None:
    """What stands before the set-up; None lets the visitor in."""
    if queries.nobody_yet():
        if _at_the_server(request) or request.session.get(MAY_SET_UP):
            return None
        return _ask_code(request)
    if not queries.first_run_open():
        raise Http404
    if not request.user.is_authenticated:
        return to_log_in(request)
    if not request.access.holds(SYSTEM_ADMIN):  # type: ignore[attr-defined]
        raise Http404
    return None


def _ask_code(request: HttpRequest) -> HttpResponse:
    path = code_file()
    form = CodeForm(request.POST if "code" in request.POST else None)
    form.fields["code"].label = _("设置口令")
    if form.is_bound and form.is_valid():
        with open(path) as file:
            right = hmac.compare_digest(file.read().strip(), form.cleaned_data["code"].strip())
        if right:
            request.session.cycle_key()
            request.session[MAY_SET_UP] = True
            return redirect("people:first_run")
        form.add_error("code", _("设置口令不对"))
    status = UNPROCESSABLE if form.is_bound and form.errors else 200
    context = {"form": form, "name": os.path.join("keys", "setup.code")}
    return render(request, "people/first_run_code.html", context, status=status)


def _shown(current: str) -> list[dict[str, Any]]:
    """The steps as the stepper shows them."""
    found = []
    for step in first_run.steps():
        done = step.done()
        state = "open" if step.code == current else "done" if done else "wait"
        found.append({"name": step.title, "state": state, "code": step.code, "done": done})
    return found


@sensitive_post_parameters()
@never_cache
def set_up(request: HttpRequest, code: str = "") -> HttpResponse:
    """One step; without a code the first that is not done, at the end what to do next."""
    if (answer := _gate(request)) is not None:
        return answer
    todo = next((step for step in first_run.steps() if not step.done()), None)
    if not code and todo is None:
        context = {"steps": _shown(""), "after": first_run.after()}
        return render(request, "people/first_run_end.html", context)
    if queries.nobody_yet() and code not in ("", "administrators"):
        return redirect("people:first_run")
    step = first_run.step(code) if code else todo
    if step is None or (step.code == "administrators" and step.done()):
        raise Http404
    form = step(request.POST or None, request.FILES or None)
    if request.method == "POST" and form.is_valid():
        secrets_made = _save(request, form)
        if secrets_made is not None:
            context = {"step": step, "secrets": secrets_made, "steps": _shown("")}
            if secrets_made:
                return render(request, "people/first_run_secrets.html", context)
            return redirect("people:first_run")
    status = UNPROCESSABLE if form.is_bound and form.errors else 200
    context = {
        "form": form,
        "parts": first_run.parts(form),
        "step": step,
        "steps": _shown(step.code),
    }
    return render(request, "people/first_run.html", context, status=status)


def _save(request: HttpRequest, form: Any) -> dict[str, str] | None:
    """Save a step; whoever makes the administrators goes on as the system administrator."""
    alone = queries.nobody_yet()
    by = None if alone else request.user
    made = first_run.save(form, by=by, now=timezone.now())
    if made is not None and alone:
        username = form.cleaned_data["system_admin_username"]
        login(request, User.objects.get(username=username), backend=BACKEND)
    return made


@require_POST
def finish(request: HttpRequest) -> HttpResponse:
    """The installation is set up; the pages close."""
    if (answer := _gate(request)) is not None:
        return answer
    if queries.nobody_yet():
        raise Http404
    services.finish_first_run(by=request.user, now=timezone.now())
    return redirect(settings.LOGIN_REDIRECT_URL)
