"""What is asked about training."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from django import forms
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from linli.places import queries as places
from linli.sources import words
from linli.training import rules
from linli.web.fields import DayField
from linli.web.templatetags.words import say

SEARCH = forms.TextInput(attrs={"type": "search"})
STATES = {"coming": _("未办"), "held": _("已办"), "cancelled": _("已取消")}
ALL = _("全部")


def choices(of: str, first: Any = "") -> list[tuple[str, Any]]:
    """The words of a list for a select, with a first line that chooses nothing."""
    return [("", first or _("请选择")), *((code, say(one.name)) for code, one in words(of).items())]


def in_places(some: Sequence[places.Named], first: Any) -> list[tuple[str, Any]]:
    """Places for a select, communities set in a little."""
    return [
        ("", first),
        *((one.code, f"　{one.name}" if len(one.code) > 9 else one.name) for one in some),
    ]


class SessionsFilter(forms.Form):
    q = forms.CharField(label=_("名称、编号"), required=False, max_length=64, widget=SEARCH)
    inside = forms.ChoiceField(label=_("片区"), required=False)
    topic = forms.ChoiceField(
        label=_("专题"), required=False, choices=lambda: choices("topics", ALL)
    )
    kind = forms.ChoiceField(label=_("形式"), required=False)
    state = forms.ChoiceField(
        label=_("状态"), required=False, choices=lambda: [("", ALL), *STATES.items()]
    )

    def __init__(self, *args: Any, inside: Sequence[places.Named], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["inside"].choices = in_places(inside, ALL)  # type: ignore[attr-defined]
        self.fields["kind"].choices = [  # type: ignore[attr-defined]
            ("", ALL),
            *((code, say(word)) for code, word in rules.KINDS.items()),
        ]


class PlanForm(forms.Form):
    """A session that is planned."""

    place = forms.ChoiceField(label=_("片区"), help_text=_("片区内的培训对象都会列入名单"))
    kind = forms.ChoiceField(label=_("培训形式"))
    topic = forms.ChoiceField(label=_("专题"), choices=lambda: choices("topics"))
    title = forms.CharField(label=_("培训名称"), max_length=64)
    layers = forms.MultipleChoiceField(
        label=_("培训对象"),
        required=False,
        widget=forms.CheckboxSelectMultiple,
        help_text=_("都不选就是片区内全体社区工作者"),
        choices=lambda: choices("layers")[1:],
    )
    venue = forms.ModelChoiceField(label=_("场所"), queryset=None, empty_label=_("请选择"))
    trainer = forms.CharField(label=_("授课人"), max_length=64)
    day = DayField(label=_("日期"))
    time = forms.TimeField(
        label=_("开始时间"), widget=forms.TimeInput(attrs={"type": "time"}, format="%H:%M")
    )
    minutes = forms.IntegerField(label=_("时长（分钟）"), min_value=1)

    def __init__(
        self, *args: Any, inside: Sequence[places.Named], venues: Any, **kwargs: Any
    ) -> None:
        super().__init__(*args, **kwargs)
        self.fields["place"].choices = in_places(inside, _("请选择"))  # type: ignore[attr-defined]
        self.fields["kind"].choices = [  # type: ignore[attr-defined]
            (code, say(word)) for code, word in rules.KINDS.items()
        ]
        self.fields["venue"].queryset = venues  # type: ignore[attr-defined]
        self.fields["venue"].label_from_instance = lambda venue: venue.name  # type: ignore[attr-defined]

    def clean(self) -> dict[str, Any]:
        told = super().clean() or {}
        if told.get("day") and told.get("time"):
            told["starts_at"] = timezone.make_aware(datetime.combine(told["day"], told["time"]))
        return told


class ReasonForm(forms.Form):
    why = forms.CharField(label=_("原因"), max_length=200)


class ForForm(forms.Form):
    """The organiser signs somebody in."""

    worker = forms.ChoiceField(label=_("人员"))
    reason = forms.CharField(
        label=_("补签原因"), max_length=200, help_text=_("例如：手机没电，现场核对身份")
    )

    def __init__(self, *args: Any, people: Sequence[tuple[str, str]], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["worker"].choices = [("", _("请选择")), *people]  # type: ignore[attr-defined]


class ListForm(forms.Form):
    """Who signed on paper."""

    workers = forms.MultipleChoiceField(
        label=_("表上已签名的人"), widget=forms.CheckboxSelectMultiple
    )
    reason = forms.CharField(label=_("说明"), max_length=200)

    def __init__(self, *args: Any, people: Sequence[tuple[str, str]], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["workers"].choices = people  # type: ignore[attr-defined]


class VenueForm(forms.Form):
    name = forms.CharField(label=_("场所名称"), max_length=64)
    kind = forms.ChoiceField(label=_("场所类别"), choices=lambda: choices("venues"))
    place = forms.ChoiceField(label=_("所在地"))
    address = forms.CharField(label=_("地址"), max_length=128, required=False)
    seats = forms.IntegerField(label=_("座位数"), min_value=1, required=False)

    def __init__(self, *args: Any, inside: Sequence[places.Named], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["place"].choices = in_places(inside, _("请选择"))  # type: ignore[attr-defined]


class BankFilter(forms.Form):
    q = forms.CharField(label=_("题目"), required=False, max_length=64, widget=SEARCH)
    topic = forms.ChoiceField(
        label=_("专题"), required=False, choices=lambda: choices("topics", ALL)
    )


class QuestionForm(forms.Form):
    topic = forms.ChoiceField(label=_("专题"), choices=lambda: choices("topics"))
    text = forms.CharField(
        label=_("题目"), max_length=300, widget=forms.Textarea(attrs={"rows": 3})
    )
    options = forms.CharField(
        label=_("选项"),
        max_length=900,
        help_text=_("每行一个，2至6个"),
        widget=forms.Textarea(attrs={"rows": 5}),
    )
    right = forms.IntegerField(
        label=_("正确选项"), min_value=1, max_value=6, help_text=_("第几行；交卷前不向答题人显示")
    )
    why = forms.CharField(
        label=_("解析"),
        max_length=300,
        required=False,
        help_text=_("交卷后显示"),
        widget=forms.Textarea(attrs={"rows": 2}),
    )

    def clean_options(self) -> list[str]:
        return [line.strip() for line in self.cleaned_data["options"].splitlines() if line.strip()]

    def clean_right(self) -> int:
        return int(self.cleaned_data["right"]) - 1


class PeopleFilter(forms.Form):
    q = forms.CharField(label=_("姓名、档案编号"), required=False, max_length=64, widget=SEARCH)
    inside = forms.ChoiceField(label=_("街道或社区"), required=False)
    on = DayField(label=_("截至"), required=False)

    def __init__(self, *args: Any, inside: Sequence[places.Named], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["inside"].choices = in_places(inside, ALL)  # type: ignore[attr-defined]


class AreasFilter(forms.Form):
    on = DayField(label=_("截至"), required=False)


class PaperForm(forms.Form):
    """The questions of a paper, one choice each."""

    def __init__(self, *args: Any, items: Sequence[Any], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for item in items:
            self.fields[f"q{item.position}"] = forms.TypedChoiceField(
                label=f"{item.position}. {item.question.text}",
                coerce=int,
                choices=[(str(n), option) for n, option in enumerate(item.question.options)],
                widget=forms.RadioSelect,
            )

    @property
    def chosen(self) -> dict[int, int]:
        return {int(name[1:]): value for name, value in self.cleaned_data.items()}
