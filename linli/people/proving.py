"""Proof that it is still the same person: what they signed in with, asked once more before a signature.

Wrong passwords count towards the lock-out of the log-in page (django-axes), wrong codes towards the
throttle of the authenticator, so that nobody tries them here instead.
"""

from __future__ import annotations

from django import forms
from django.contrib.auth import HASH_SESSION_KEY, authenticate
from django.http import HttpRequest
from django.utils import timezone
from django.utils.translation import gettext_lazy
from django_otp.plugins.otp_totp.models import TOTPDevice

from linli.kernel.rulings import Ruling, require
from linli.kernel.words import gettext_noop as _
from linli.people import queries
from linli.trail.acts import record

LONGEST = 128


class ProofField(forms.CharField):
    """The password, or the six figures for whoever has a second factor; never kept, never shown."""

    def __init__(self, *, user: object) -> None:
        by_code = queries.has_second_factor(user)  # type: ignore[arg-type]
        told = {"autocomplete": "one-time-code" if by_code else "current-password"}
        if by_code:
            told["inputmode"] = "numeric"
        super().__init__(
            label=gettext_lazy("验证码") if by_code else gettext_lazy("登录密码"),
            help_text=gettext_lazy("手机上显示的六位数字")
            if by_code
            else gettext_lazy("签署前再输一次，证明是您本人"),
            max_length=LONGEST,
            strip=False,
            widget=forms.PasswordInput(attrs={**told, "data-no-draft": ""}),
        )


def proved(request: HttpRequest, secret: str) -> Ruling:
    """Whether whoever is signed in knows their password or code at this moment; kept in the trail."""
    user = request.user
    if queries.has_second_factor(user):  # type: ignore[arg-type]
        device = TOTPDevice.objects.filter(user=user, confirmed=True).first()
        code = secret.replace(" ", "")
        right = device is not None and code.isdigit() and device.verify_token(code)
        ruling = require(right, _("验证码不对或已用过，请等手机上的下一组数字；没有签署"))
    else:
        known = authenticate(request, username=user.get_username(), password=secret)
        right = known is not None
        if known is not None:  # an old hash was renewed on the way: this session goes on
            request.session[HASH_SESSION_KEY] = known.get_session_auth_hash()
        ruling = require(right, _("密码不对，没有签署"))
    told = {"by": user, "now": timezone.now()}
    facts = {} if right else {"reasons": [reason.text for reason in ruling.reasons]}
    record("people.prove", user, told, done=bool(right), facts=facts)  # type: ignore[arg-type]
    return ruling.at("secret")
