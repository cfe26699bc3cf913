"""What everybody does for themselves: log in and out, password, second factor, sessions."""

from __future__ import annotations

from typing import Any

import django_otp
import segno
from django.conf import settings
from django.contrib import messages
from django.contrib.auth import authenticate, login, logout, update_session_auth_hash
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render, resolve_url
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_POST, require_safe
from django_otp.plugins.otp_totp.models import TOTPDevice

from linli.kernel.rulings import Refused
from linli.people import queries, services
from linli.people.forms import CodeForm, LogInForm, OwnPasswordForm, PasswordForm
from linli.people.middleware import SIGN_IN
from linli.people.models import SignIn, User
from linli.people.passwords import told
from linli.web.access import needs, own_address
from linli.web.reasons import put_on

PENDING = "pending"
"""Key of the session: who gave the right password and still owes the second factor."""

PENDING_SECONDS = 300
PENDING_TRIES = 5
BACKEND = "django.contrib.auth.backends.ModelBackend"
UNPROCESSABLE = 422


def _next(request: HttpRequest) -> str:
    """Where to go after logging in: an address of this site, and one that begins at its root."""
    target = request.POST.get("next") or request.GET.get("next") or ""
    return own_address(request, target) or resolve_url(settings.LOGIN_REDIRECT_URL)


@sensitive_post_parameters("password")
@never_cache
def log_in(request: HttpRequest) -> HttpResponse:
    """Log-in name and password. Who has a second factor is asked for it on the next page."""
    if request.user.is_authenticated:
        return redirect(_next(request))
    if queries.nobody_yet():
        return redirect("people:first_run")
    form = LogInForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        user = authenticate(request, **form.cleaned_data)
        if user is not None:
            return _let_in(request, user)
        if not getattr(request, "axes_locked_out", False):
            form.add_error(None, _("登录名或密码不对，或账号已停用"))
    context = {
        "form": form,
        "next": _next(request),
        "why": request.GET.get("why", ""),
        "demo_accounts": queries.demo_accounts(on=timezone.localdate()),
    }
    return render(request, "people/login.html", context, status=_status(form))


def _status(form: Any) -> int:
    return UNPROCESSABLE if form.is_bound and form.errors else 200


def _let_in(request: HttpRequest, user: Any) -> HttpResponse:
    target = _next(request)
    if not queries.has_second_factor(user):
        login(request, user, backend=BACKEND)
        return redirect(target)
    request.session.cycle_key()
    request.session[PENDING] = {
        "user": user.pk,
        "at": int(timezone.now().timestamp()),
        "next": target,
        "tries": 0,
    }
    return redirect("people:second_factor")


@sensitive_post_parameters("code")
@never_cache
def second_factor(request: HttpRequest) -> HttpResponse:
    """The six figures of the authenticator, or a recovery code."""
    pending = request.session.get(PENDING)
    user = User.objects.filter(pk=(pending or {}).get("user"), is_active=True).first()
    seconds = int(timezone.now().timestamp())
    if user is None or seconds - pending["at"] > PENDING_SECONDS:
        request.session.pop(PENDING, None)
        return redirect("people:login")
    form = CodeForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        code = form.cleaned_data["code"].replace(" ", "")
        if _passes(request, user, code):
            return redirect(pending["next"])
        pending["tries"] += 1
        request.session[PENDING] = pending
        if pending["tries"] >= PENDING_TRIES:
            del request.session[PENDING]
            messages.error(request, _("验证码错误次数过多，请重新登录"))
            return redirect("people:login")
        form.add_error("code", _("验证码不对或已过期"))
    return render(request, "people/second_factor.html", {"form": form}, status=_status(form))


def _passes(request: HttpRequest, user: User, code: str) -> bool:
    device = TOTPDevice.objects.filter(user=user, confirmed=True).first()
    right = device is not None and code.isdigit() and device.verify_token(code)
    if not right:
        try:
            services.use_recovery_code(by=user, code=code, now=timezone.now())
        except Refused:
            return False
    request.session.pop(PENDING, None)
    login(request, user, backend=BACKEND)
    django_otp.login(request, device)
    return True


@require_POST
def log_out(request: HttpRequest) -> HttpResponse:
    logout(request)
    answer = redirect(settings.LOGOUT_REDIRECT_URL)
    answer["Clear-Site-Data"] = '"cache", "storage"'
    return answer


@sensitive_post_parameters("old", "password", "again")
@never_cache
@needs()
def password(request: HttpRequest) -> HttpResponse:
    """Change one's own password; also where one is sent when it must be changed."""
    form = PasswordForm(request.POST or None)
    forced = request.user.must_change_password
    if request.method == "POST" and form.is_valid():
        try:
            services.change_password(
                by=request.user,
                old=form.cleaned_data["old"],
                new=form.cleaned_data["password"],
                keep=request.session.get(SIGN_IN),
                now=timezone.now(),
            )
        except Refused as refused:
            put_on(form, refused.ruling)
        else:
            _keep_session(request)
            messages.success(request, _("密码已修改，其他地方的登录已全部退出"))
            return redirect(settings.LOGIN_REDIRECT_URL if forced else "people:security")
    limits = queries.limits(timezone.localdate())
    rules = told(kept=limits.passwords_kept)
    context = {"form": form, "forced": forced, "limits": limits, "rules": rules}
    return render(request, "people/password.html", context, status=_status(form))


def _keep_session(request: HttpRequest) -> None:
    """This session goes on, under a new key, with the new password."""
    update_session_auth_hash(request, request.user)
    request.session.save()
    SignIn.objects.filter(pk=request.session.get(SIGN_IN)).update(
        session_key=request.session.session_key
    )


@require_safe
@never_cache
@needs()
def security(request: HttpRequest) -> HttpResponse:
    """Where one is signed in, and the second factor."""
    context = {
        "sessions": queries.own_sessions(request.user),
        "this": request.session.get(SIGN_IN),
        "has_second_factor": queries.has_second_factor(request.user),
        "codes_left": queries.recovery_codes_left(request.user),
        "form": OwnPasswordForm(),
    }
    return render(request, "people/security.html", context)


@require_POST
@needs()
def end_session(request: HttpRequest, pk: int) -> HttpResponse:
    sign_in = get_object_or_404(SignIn, pk=pk, user=request.user)
    services.end_session(by=request.user, sign_in=sign_in, now=timezone.now())
    messages.success(request, _("那里的登录已退出"))
    return redirect("people:security")


@require_POST
@needs()
def end_other_sessions(request: HttpRequest) -> HttpResponse:
    keep = request.session.get(SIGN_IN)
    services.end_other_sessions(by=request.user, keep=keep, now=timezone.now())
    messages.success(request, _("其他地方的登录已全部退出"))
    return redirect("people:security")


@never_cache
@needs()
def second_factor_set_up(request: HttpRequest) -> HttpResponse:
    """Scan, enter the first code, keep the recovery codes."""
    if queries.has_second_factor(request.user):
        return redirect("people:security")
    form = CodeForm(request.POST or None)
    form.fields["code"].label = _("手机上显示的六位数字")
    if request.method == "POST" and form.is_valid():
        try:
            handed = services.confirm_second_factor(
                by=request.user, code=form.cleaned_data["code"], now=timezone.now()
            )
        except Refused as refused:
            put_on(form, refused.ruling)
        else:
            device = TOTPDevice.objects.filter(user=request.user, confirmed=True).first()
            django_otp.login(request, device)
            return render(request, "people/recovery_codes.html", {"codes": handed.codes})
    device = TOTPDevice.objects.filter(user=request.user, confirmed=False).first()
    if device is None:
        device = services.begin_second_factor(by=request.user, now=timezone.now())
    context = {"form": form, "url": device.config_url, "secret": _spelled(device)}
    context["drawn"] = segno.make(device.config_url, error="m")
    return render(request, "people/second_factor_set_up.html", context, status=_status(form))


def _spelled(device: TOTPDevice) -> str:
    """The secret to type by hand, in groups of four."""
    from base64 import b32encode

    text = b32encode(device.bin_key).decode()
    return " ".join(text[n : n + 4] for n in range(0, len(text), 4))


@require_POST
@never_cache
@needs()
def recovery_codes(request: HttpRequest) -> HttpResponse:
    """New recovery codes, shown once."""
    handed = services.new_recovery_codes(by=request.user, now=timezone.now())
    return render(request, "people/recovery_codes.html", {"codes": handed.codes})


@require_POST
@sensitive_post_parameters("password")
@needs()
def second_factor_remove(request: HttpRequest) -> HttpResponse:
    form = OwnPasswordForm(request.POST)
    if form.is_valid():
        services.remove_second_factor(
            by=request.user, password=form.cleaned_data["password"], now=timezone.now()
        )
        messages.success(request, _("两步验证已停用"))
    return redirect("people:security")
