"""What a visitor may fill in."""

from __future__ import annotations

import secrets
from typing import Any

from django import forms
from django.core import signing
from django.utils.text import capfirst
from django.utils.translation import gettext_lazy as _

from linli.portal import rules

SALT = "linli.portal.form"


class ObjectionForm(forms.Form):
    """What is wrong with a figure, and a phone to ask by. `website` is seen by programs only."""

    text = forms.CharField(
        label=_("您认为哪里不对"),
        min_length=5,
        max_length=1000,
        widget=forms.Textarea(attrs={"rows": 5}),
        help_text=_(
            "写清楚事实，例如：我七月交了三百元停车费，凭证里没有。请不要写别人的姓名、房号、电话。"
        ),
    )
    phone = forms.CharField(
        label=_("您的电话"),
        max_length=20,
        widget=forms.TextInput(attrs={"inputmode": "tel", "autocomplete": "tel"}),
        help_text=_("不公开。只用来核实情况，查询答复时要用后四位。"),
    )
    website = forms.CharField(
        label=_("请不要填写这一栏"),
        required=False,
        max_length=100,
        widget=forms.TextInput(attrs={"tabindex": "-1", "autocomplete": "off"}),
    )
    token = forms.CharField(required=False, max_length=200, widget=forms.HiddenInput)


class AskForm(forms.Form):
    query = forms.CharField(
        label=_("查询号"),
        max_length=16,
        widget=forms.TextInput(
            attrs={"autocapitalize": "characters", "autocomplete": "off", "spellcheck": "false"}
        ),
        help_text=_("提交异议时显示的八位字母和数字"),
    )
    tail = forms.CharField(
        label=_("电话后四位"),
        min_length=4,
        max_length=4,
        widget=forms.TextInput(attrs={"inputmode": "numeric", "autocomplete": "off"}),
    )

    def clean_query(self) -> str:
        return "".join(c for c in self.cleaned_data["query"].upper() if c.isalnum())


class NoticeForm(forms.Form):
    """What stands on a paper notice: the book, the month, the eight characters of its seal."""

    book = forms.RegexField(
        label=capfirst(_("账套编号")),
        regex=r"^\s*[A-Za-z0-9_-]{1,16}\s*$",
        widget=forms.TextInput(attrs={"placeholder": "B000001", "autocapitalize": "characters"}),
    )
    period = forms.RegexField(
        label=_("月份"),
        regex=r"^\s*[0-9]{4}-[0-9]{2}\s*$",
        widget=forms.TextInput(attrs={"placeholder": "2026-10", "inputmode": "numeric"}),
    )
    root = forms.RegexField(
        label=_("印上的八个字符"),
        regex=r"^\s*(?:[0-9A-Fa-f]{4}\s*[0-9A-Fa-f]{4})\s*$",
        widget=forms.TextInput(attrs={"autocomplete": "off", "spellcheck": "false"}),
    )

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        return {name: "".join(str(value).split()) for name, value in data.items()}


def token(now: float) -> str:
    """What a form carries instead of a cookie: when it was shown, and a number of its own."""
    return signing.dumps({"at": int(now), "nonce": secrets.token_hex(12)}, salt=SALT)


def opened(value: str, now: float) -> tuple[float | None, str]:
    """Seconds since a form was shown and its number; (None, "") if we did not sign it."""
    try:
        told = signing.loads(value, salt=SALT, max_age=rules.MOST_SECONDS + 60)
        return now - told["at"], told["nonce"]
    except (signing.BadSignature, KeyError, TypeError):
        return None, ""
