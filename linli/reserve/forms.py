"""What is asked about people of the reserve."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from linli.places import queries as places
from linli.reserve import grading, rules
from linli.sources import HardIndicator, words
from linli.web.fields import DayField, FilesField, MonthField
from linli.web.templatetags.words import say

SEARCH = forms.TextInput(attrs={"type": "search"})
LONG = {"rows": 3, "maxlength": rules.LONGEST_TEXT}


def choices(of: str, first: Any = "") -> list[tuple[str, Any]]:
    """The words of a list for a select, with a first line that chooses nothing."""
    return [("", first or _("请选择")), *((code, say(one.name)) for code, one in words(of).items())]


def table(of: Mapping[str, Any], first: Any = "") -> list[tuple[str, Any]]:
    """The same of a table of msgids."""
    return [("", first or _("请选择")), *((code, say(name)) for code, name in of.items())]


def indented(inside: Sequence[places.Named]) -> list[tuple[str, Any]]:
    found = [(one.code, f"　{one.name}" if len(one.code) > 9 else one.name) for one in inside]
    return [("", _("全部")), *found]


class TalentsFilter(forms.Form):
    q = forms.CharField(
        label=_("姓名、储备编号、电话尾号"), required=False, max_length=64, widget=SEARCH
    )
    inside = forms.ChoiceField(label=_("街道或社区"), required=False)
    state = forms.ChoiceField(label=_("状态"), required=False)
    source = forms.ChoiceField(
        label=_("来源"), required=False, choices=lambda: choices("reserve_sources", _("全部"))
    )
    grade = forms.ChoiceField(
        label=_("最近评估"), required=False, choices=lambda: table(grading.GRADES, _("全部"))
    )
    stale = forms.ChoiceField(
        label=_("成长档案"),
        required=False,
        choices=[("", _("全部")), ("1", _("到期未记"))],
    )

    def __init__(self, *args: Any, inside: Sequence[places.Named], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["inside"].choices = indented(inside)  # type: ignore[attr-defined]
        self.fields["state"].choices = [  # type: ignore[attr-defined]
            *((code, say(name)) for code, name in rules.STATES.items()),
            ("all", _("全部")),
        ]


class MovesFilter(forms.Form):
    inside = forms.ChoiceField(label=_("街道或社区"), required=False)
    kind = forms.ChoiceField(
        label=_("进出"), required=False, choices=lambda: table(rules.MOVES, _("全部"))
    )
    since = DayField(label=_("起始日期"), required=False)

    def __init__(self, *args: Any, inside: Sequence[places.Named], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["inside"].choices = indented(inside)  # type: ignore[attr-defined]


class MonthFilter(forms.Form):
    month = MonthField(label=_("月份"), required=False)
    inside = forms.ChoiceField(label=_("街道或社区"), required=False)

    def __init__(self, *args: Any, inside: Sequence[places.Named], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["inside"].choices = indented(inside)  # type: ignore[attr-defined]


class _CommunityForm(forms.Form):
    place = forms.ChoiceField(label=_("社区"))

    def __init__(self, *args: Any, communities: Sequence[places.Named], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        found = [(one.code, one.name) for one in communities]
        self.fields["place"].choices = found if len(found) == 1 else [("", _("请选择")), *found]  # type: ignore[attr-defined]


class NominationForm(_CommunityForm):
    name = forms.CharField(label=_("姓名"), max_length=rules.LONGEST_NAME)
    id_number = forms.CharField(
        label=_("身份证号"),
        max_length=24,
        help_text=_("已有人事档案的，政治面貌、学历以档案为准"),
        widget=forms.TextInput(attrs={"autocomplete": "off", "inputmode": "text"}),
    )
    phone = forms.CharField(
        label=_("电话"),
        max_length=24,
        required=False,
        widget=forms.TextInput(attrs={"inputmode": "tel", "autocomplete": "off"}),
    )
    politics = forms.ChoiceField(label=_("政治面貌"), choices=lambda: choices("politics"))
    schooling = forms.ChoiceField(label=_("学历"), choices=lambda: choices("schooling"))
    source = forms.ChoiceField(label=_("来源"), choices=lambda: choices("reserve_sources"))
    why = forms.CharField(
        label=_("推荐理由"),
        max_length=rules.LONGEST_REASON,
        widget=forms.Textarea(attrs={"rows": 3}),
    )

    field_order = ["place", "name", "id_number", "phone", "politics", "schooling", "source", "why"]


class TakeOverForm(_CommunityForm):
    """Somebody who was in the reserve before the system."""

    name = forms.CharField(label=_("姓名"), max_length=rules.LONGEST_NAME)
    id_number = forms.CharField(
        label=_("身份证号"),
        max_length=24,
        widget=forms.TextInput(attrs={"autocomplete": "off", "inputmode": "text"}),
    )
    phone = forms.CharField(
        label=_("电话"),
        max_length=24,
        required=False,
        widget=forms.TextInput(attrs={"inputmode": "tel", "autocomplete": "off"}),
    )
    politics = forms.ChoiceField(label=_("政治面貌"), choices=lambda: choices("politics"))
    schooling = forms.ChoiceField(label=_("学历"), choices=lambda: choices("schooling"))
    source = forms.ChoiceField(label=_("来源"), choices=lambda: choices("reserve_sources"))
    since_on = DayField(label=_("入库日期"), help_text=_("年龄、学历按这一天计算"))

    field_order = [
        "place", "name", "id_number", "phone", "politics", "schooling", "source", "since_on",
    ]  # fmt: skip


class EvidenceForm(forms.Form):
    indicator = forms.ChoiceField(label=_("硬指标"))
    on = DayField(label=_("日期"))
    figure = forms.IntegerField(label=_("数"), min_value=1, max_value=100_000)
    told = forms.CharField(label=_("什么事"), max_length=rules.LONGEST_REASON)
    reference = forms.CharField(
        label=_("凭据编号"),
        max_length=64,
        required=False,
        help_text=_("工单号、台账号；有纸质材料的拍照附在下面"),
    )
    papers = FilesField(label=_("凭据材料"), required=False)

    def __init__(self, *args: Any, indicators: Mapping[str, HardIndicator], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        told = [(code, f"{say(one.name)}（{say(one.unit)}）") for code, one in indicators.items()]
        self.fields["indicator"].choices = [("", _("请选择")), *told]  # type: ignore[attr-defined]


class SheetForm(EvidenceForm):
    """One paper that shows figures of several people; the figures stand beside the names."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        del self.fields["figure"]


class DeclineForm(forms.Form):
    reason = forms.CharField(
        label=_("不予入库的原因"),
        max_length=rules.LONGEST_REASON,
        widget=forms.Textarea(attrs={"rows": 2}),
    )


class EntryForm(forms.Form):
    period = MonthField(label=_("月份"))
    told = forms.CharField(
        label=_("本月成长"),
        max_length=rules.LONGEST_TEXT,
        help_text=_("做了什么、学了什么、有什么进步"),
        widget=forms.Textarea(attrs=LONG),
    )
    helped = forms.CharField(
        label=_("培养措施"),
        max_length=rules.LONGEST_TEXT,
        required=False,
        help_text=_("安排了什么任务、谁带教"),
        widget=forms.Textarea(attrs=LONG),
    )


class LeaveForm(forms.Form):
    code = forms.ChoiceField(label=_("出库原因"), choices=lambda: table(rules.BY_HAND))
    why = forms.CharField(
        label=_("具体情况"),
        max_length=rules.LONGEST_REASON,
        widget=forms.Textarea(attrs={"rows": 2}),
    )
    on = DayField(label=_("出库日期"))


class MentorForm(forms.Form):
    mentor = forms.ChoiceField(label=_("培养人"), required=False)

    def __init__(self, *args: Any, people: Sequence[Any], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["mentor"].choices = [  # type: ignore[attr-defined]
            ("", _("由社区书记记")),
            *((str(user.pk), user.name) for user in people),
        ]


class WithdrawForm(forms.Form):
    why = forms.CharField(label=_("撤回的原因"), max_length=rules.LONGEST_REASON)


class PurposeForm(forms.Form):
    purpose = forms.CharField(
        label=_("用途"), max_length=64, help_text=_("逐次留痕，审计管理员可查")
    )


class TitleForm(forms.Form):
    title = forms.ChoiceField(label=_("职务"), choices=lambda: choices("titles")[1:])


class ProposeForm(forms.Form):
    why = forms.CharField(label=_("理由"), max_length=rules.LONGEST_REASON, required=False)


class AppointForm(forms.Form):
    since_on = DayField(label=_("任职日期"))


class ReasonForm(forms.Form):
    reason = forms.CharField(label=_("撤回的原因"), max_length=rules.LONGEST_REASON)
