"""What a visitor may fill in."""

from __future__ import annotations

import secrets
from typing import Any

from django import forms
from django.core import signing
from django.utils import timezone
from django.utils.text import capfirst
from django.utils.translation import gettext_lazy as _

from linli.portal import rules
from linli.sources import lead_kinds
from linli.web.fields import FilesField
from linli.web.templatetags.words import say

MOST_PHOTOS = 3
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


class LeadForm(forms.Form):
    """What is wrong with a public room of an estate, where, and a phone to ask by."""

    kind = forms.ChoiceField(label=_("什么问题"))
    spot_text = forms.CharField(
        label=_("在哪里"),
        max_length=100,
        help_text=_("例如：3号楼一层东侧、北门岗亭旁平房"),
    )
    text = forms.CharField(
        label=_("您看到的情况"),
        min_length=5,
        max_length=1000,
        widget=forms.Textarea(attrs={"rows": 5}),
        help_text=_("写事不写人：谁在用、用来做什么、多久了。请不要写别人的姓名、电话、证件号。"),
    )
    photos = FilesField(
        label=_("照片（最多3张）"),
        required=False,
        accept="image/*",
        camera=True,
        help_text=_("拍房屋和门牌，不拍路人的脸。"),
    )
    phone = forms.CharField(
        label=_("您的电话"),
        max_length=20,
        widget=forms.TextInput(attrs={"inputmode": "tel", "autocomplete": "tel"}),
        help_text=_("不公开。只用来核实情况，查询办理情况时要用后四位。"),
    )
    website = forms.CharField(
        label=_("请不要填写这一栏"),
        required=False,
        max_length=100,
        widget=forms.TextInput(attrs={"tabindex": "-1", "autocomplete": "off"}),
    )
    token = forms.CharField(required=False, max_length=200, widget=forms.HiddenInput)

    def __init__(self, *args: Any, room: Any = None, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        kinds = lead_kinds(on=timezone.localdate()).values()
        words = [(kind.code, capfirst(say(kind.name))) for kind in kinds if kind.public]
        self.fields["kind"].choices = [("", _("请选择")), *words]  # type: ignore[attr-defined]
        if room is not None:
            self.fields["spot_text"].required = False

    def clean_photos(self) -> list[Any]:
        photos: list[Any] = self.cleaned_data["photos"]
        if len(photos) > MOST_PHOTOS:
            raise forms.ValidationError(_("最多3张照片"))
        return photos


class AskForm(forms.Form):
    query = forms.CharField(
        label=_("查询号"),
        max_length=16,
        widget=forms.TextInput(
            attrs={"autocapitalize": "characters", "autocomplete": "off", "spellcheck": "false"}
        ),
        help_text=_("提交时显示的八位字母和数字"),
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
