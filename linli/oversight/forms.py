"""How the matrix is narrowed, and what is written into a follow-up."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from linli.oversight.rules import FILTERS
from linli.web.fields import MonthField
from linli.web.templatetags.words import say

SEARCH = forms.TextInput(attrs={"type": "search"})


def show_choices() -> list[tuple[str, Any]]:
    return [("", _("全部")), *((code, say(word)) for code, word in FILTERS.items())]


def order_choices() -> list[tuple[str, Any]]:
    return [("", _("逾期多的在前")), ("place", _("按地方"))]


def state_choices() -> list[tuple[str, Any]]:
    return [
        ("", _("全部")),
        ("open", _("未销号")),
        ("late", _("已逾期")),
        ("closed", _("已销号")),
    ]


class MatrixFilter(forms.Form):
    q = forms.CharField(label=_("小区名称或账套编号"), required=False, max_length=64, widget=SEARCH)
    inside = forms.ChoiceField(label=_("街道或社区"), required=False)
    show = forms.ChoiceField(label=_("只看"), required=False, choices=show_choices)
    month = MonthField(label=_("哪个月"), required=False)
    order = forms.ChoiceField(label=_("排列"), required=False, choices=order_choices)

    def __init__(self, *args: Any, inside: Sequence[tuple[str, str]], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["inside"].choices = [("", _("全部")), *inside]  # type: ignore[attr-defined]


class FollowupsFilter(forms.Form):
    q = forms.CharField(label=_("小区、编号或事由"), required=False, max_length=64, widget=SEARCH)
    state = forms.ChoiceField(label=_("状态"), required=False, choices=state_choices)
    period = MonthField(label=_("哪个月"), required=False)


class RaiseForm(forms.Form):
    period = forms.ChoiceField(label=_("哪个月的账"))
    text = forms.CharField(
        label=_("督办事由"),
        max_length=500,
        widget=forms.Textarea(attrs={"rows": 4}),
        help_text=_("写明要做什么，例如：10月公示已逾期五天，请说明原因并在限期内公示"),
    )

    def __init__(self, *args: Any, periods: Sequence[tuple[str, str]], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["period"].choices = periods  # type: ignore[attr-defined]


class TextForm(forms.Form):
    """What was done, or why it goes back."""

    text = forms.CharField(
        label=_("说明"), max_length=1000, widget=forms.Textarea(attrs={"rows": 4})
    )

    def __init__(self, *args: Any, label: Any = None, help_text: Any = "", **kwargs: Any) -> None:
        required = kwargs.pop("required", True)
        super().__init__(*args, **kwargs)
        field = self.fields["text"]
        field.label, field.help_text = label or field.label, help_text
        field.required = required
