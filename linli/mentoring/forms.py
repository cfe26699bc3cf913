"""What is asked about mentoring."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from django import forms
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from linli.mentoring import rules
from linli.places import queries as places
from linli.sources import words
from linli.web.fields import DayField
from linli.web.templatetags.words import say

ALL = _("全部")
STATES = {"open": _("结对中"), "stalled": _("停滞"), "ended": _("已结束")}
HOW_MUCH = ((0, _("不需要")), (1, _("想学")), (2, _("需要")), (3, _("急需")))
SCORES = ((1, "1"), (2, "2"), (3, "3"), (4, "4"), (5, "5"))


def topics() -> list[tuple[str, Any]]:
    return [(code, say(one.name)) for code, one in words("topics").items()]


def in_places(some: Sequence[places.Named], first: Any) -> list[tuple[str, Any]]:
    return [
        ("", first),
        *((one.code, f"　{one.name}" if len(one.code) > 9 else one.name) for one in some),
    ]


class PairsFilter(forms.Form):
    q = forms.CharField(
        label=_("导师或被帮带人"),
        required=False,
        max_length=32,
        widget=forms.TextInput(attrs={"type": "search"}),
    )
    inside = forms.ChoiceField(label=_("街道或社区"), required=False)
    state = forms.ChoiceField(
        label=_("状态"), required=False, choices=lambda: [("", ALL), *STATES.items()]
    )

    def __init__(self, *args: Any, inside: Sequence[places.Named], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["inside"].choices = in_places(inside, ALL)  # type: ignore[attr-defined]


class StationForm(forms.Form):
    place = forms.ChoiceField(label=_("社区"))
    name = forms.CharField(label=_("驿站名称"), max_length=64)
    address = forms.CharField(label=_("地址"), max_length=128, required=False)
    opened_on = DayField(label=_("成立日期"))

    def __init__(self, *args: Any, inside: Sequence[places.Named], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["place"].choices = in_places(inside, _("请选择"))  # type: ignore[attr-defined]
        self.fields["opened_on"].initial = timezone.localdate


class MentorForm(forms.Form):
    """An old hand: somebody who serves here, or a former one by name."""

    worker = forms.ChoiceField(
        label=_("在职人员"), required=False, help_text=_("已退下来的老委员不选，写姓名")
    )
    name = forms.CharField(label=_("姓名"), max_length=32, required=False)
    skills = forms.MultipleChoiceField(
        label=_("专长"), widget=forms.CheckboxSelectMultiple, choices=topics
    )
    most = forms.IntegerField(label=_("最多同时带几人"), min_value=1, max_value=9)
    about = forms.CharField(
        label=_("经历"), max_length=200, required=False, help_text=_("例如：任社区主任二十年")
    )

    def __init__(self, *args: Any, people: Sequence[tuple[str, str]], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["worker"].choices = [("", _("不在职")), *people]  # type: ignore[attr-defined]


class NeedsForm(forms.Form):
    """What somebody needs to learn."""

    worker = forms.ChoiceField(label=_("被帮带人"))

    def __init__(
        self,
        *args: Any,
        people: Sequence[tuple[str, str]],
        needs: Mapping[str, int] | None = None,
        **kwargs: Any,
    ) -> None:
        super().__init__(*args, **kwargs)
        self.fields["worker"].choices = [("", _("请选择")), *people]  # type: ignore[attr-defined]
        for code, name in topics():
            self.fields[f"need-{code}"] = forms.TypedChoiceField(
                label=name, choices=HOW_MUCH, coerce=int, initial=(needs or {}).get(code, 0)
            )

    @property
    def needs(self) -> dict[str, int]:
        told = {code: self.cleaned_data[f"need-{code}"] for code in words("topics")}
        return {code: weight for code, weight in told.items() if weight}


class AreaForm(forms.Form):
    place = forms.ChoiceField(label=_("匹配范围"))

    def __init__(self, *args: Any, inside: Sequence[places.Named], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["place"].choices = in_places(inside, _("请选择"))  # type: ignore[attr-defined]


class LogForm(forms.Form):
    """One side's log of a month or quarter; the mentor rates the topics of a quarter."""

    on = DayField(label=_("帮带日期"))
    spot = forms.CharField(label=_("地点"), max_length=64, required=False)
    text = forms.CharField(
        label=_("记录"),
        max_length=rules.LONGEST,
        widget=forms.Textarea(attrs={"rows": 6}),
        help_text=_("教了什么、学到什么、还卡在哪里"),
    )

    def __init__(self, *args: Any, rated: Sequence[str] = (), **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.rated = tuple(rated)
        for code in rated:
            self.fields[f"rate-{code}"] = forms.TypedChoiceField(
                label=say(words("topics")[code].name),
                choices=SCORES,
                coerce=int,
                widget=forms.RadioSelect,
                help_text=_("现在的水平，一分最低、五分最高"),
            )

    @property
    def ratings(self) -> dict[str, int]:
        return {code: self.cleaned_data[f"rate-{code}"] for code in self.rated}


class ReasonForm(forms.Form):
    why = forms.CharField(label=_("原因"), max_length=200)
