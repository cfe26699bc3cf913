"""What is asked about people of the corps."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django import forms
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from linli.places import queries as places
from linli.sources import words
from linli.web.fields import DayField
from linli.web.templatetags.words import say
from linli.workforce.queries import COLLEGE_UP

SEARCH = forms.TextInput(attrs={"type": "search"})
STATES = {"serving": _("在职"), "left": _("不在职"), "all": _("全部")}


def choices(of: str, first: Any = "") -> list[tuple[str, Any]]:
    """The words of a list for a select, with a first line that chooses nothing."""
    return [("", first or _("请选择")), *((code, say(one.name)) for code, one in words(of).items())]


class WorkersFilter(forms.Form):
    q = forms.CharField(
        label=_("姓名、档案编号、电话尾号"), required=False, max_length=64, widget=SEARCH
    )
    inside = forms.ChoiceField(label=_("街道或社区"), required=False)
    state = forms.ChoiceField(label=_("状态"), required=False, choices=list(STATES.items()))
    title = forms.ChoiceField(
        label=_("职务"), required=False, choices=lambda: choices("titles", _("全部"))
    )
    schooling = forms.ChoiceField(label=_("学历"), required=False)
    politics = forms.ChoiceField(
        label=_("政治面貌"), required=False, choices=lambda: choices("politics", _("全部"))
    )
    on = DayField(label=_("截至"), required=False)

    def __init__(self, *args: Any, inside: Sequence[places.Named], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        found = [(one.code, f"　{one.name}" if len(one.code) > 9 else one.name) for one in inside]
        self.fields["inside"].choices = [("", _("全部")), *found]  # type: ignore[attr-defined]
        all_, *levels = choices("schooling", _("全部"))
        self.fields["schooling"].choices = [  # type: ignore[attr-defined]
            all_,
            (COLLEGE_UP, _("大专及以上")),
            *levels,
        ]


class PersonForm(forms.Form):
    """Who a file is about."""

    name = forms.CharField(label=_("姓名"), max_length=32)
    id_number = forms.CharField(
        label=_("身份证号"),
        max_length=24,
        help_text=_("加密保存，平时只显示前4位和后4位"),
        widget=forms.TextInput(attrs={"autocomplete": "off", "inputmode": "text"}),
    )
    phone = forms.CharField(
        label=_("电话"),
        max_length=24,
        required=False,
        widget=forms.TextInput(attrs={"inputmode": "tel", "autocomplete": "off"}),
    )
    politics = forms.ChoiceField(label=_("政治面貌"), choices=lambda: choices("politics"))
    joined_party_on = DayField(label=_("入党日期"), required=False)


class _CommunityForm(forms.Form):
    place = forms.ChoiceField(label=_("社区"))

    def __init__(self, *args: Any, communities: Sequence[places.Named], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["place"].choices = [  # type: ignore[attr-defined]
            ("", _("请选择")),
            *((one.code, one.name) for one in communities),
        ]


class FileForm(PersonForm, _CommunityForm):
    """A new file: who, and where they serve."""

    field_order = ["name", "id_number", "phone", "politics", "joined_party_on", "place"]


class AmendForm(PersonForm):
    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["id_number"].required = False
        self.fields["id_number"].help_text = _("不填则不改")


class PostForm(_CommunityForm):
    title = forms.ChoiceField(label=_("职务"), choices=lambda: choices("titles"))
    way = forms.ChoiceField(label=_("任职方式"), choices=lambda: choices("ways"))
    since_on = DayField(label=_("任职日期"))

    field_order = ["place", "title", "way", "since_on"]


class EndForm(forms.Form):
    until_on = DayField(label=_("离任日期"), help_text=_("在任的最后一天"))
    how = forms.ChoiceField(label=_("离任原因"), choices=lambda: choices("endings"))
    why = forms.CharField(label=_("说明"), max_length=200, required=False)


class GradeForm(forms.Form):
    grade = forms.IntegerField(label=_("岗位等级"), min_value=1, max_value=99)
    since_on = DayField(label=_("起算日"))
    why = forms.CharField(label=_("缘由"), max_length=200)


class SchoolingForm(forms.Form):
    level = forms.ChoiceField(label=_("学历"), choices=lambda: choices("schooling"))
    degree = forms.ChoiceField(
        label=_("学位"), required=False, choices=lambda: choices("degrees", _("无"))
    )
    school = forms.CharField(label=_("毕业院校"), max_length=64, required=False)
    major = forms.CharField(label=_("专业"), max_length=64, required=False)
    finished_on = DayField(label=_("毕业日期"), required=False)
    full_time = forms.BooleanField(label=_("全日制"), required=False, initial=True)


class CertificateForm(forms.Form):
    kind = forms.ChoiceField(label=_("证书"), choices=lambda: choices("certificates"))
    name = forms.CharField(
        label=_("证书名称"), max_length=64, required=False, help_text=_("选“其他证书”的填写")
    )
    number = forms.CharField(label=_("证书编号"), max_length=64, required=False)
    given_on = DayField(label=_("发证日期"))
    until_on = DayField(label=_("有效期至"), required=False, help_text=_("长期有效的留空"))


class ContractForm(forms.Form):
    number = forms.CharField(label=_("合同编号"), max_length=32)
    employer = forms.CharField(label=_("用人单位"), max_length=64)
    from_on = DayField(label=_("开始日期"))
    until_on = DayField(label=_("结束日期"), required=False, help_text=_("无固定期限的留空"))


class AssessmentForm(forms.Form):
    year = forms.IntegerField(label=_("年度"), min_value=1990, max_value=2200)
    grade = forms.ChoiceField(label=_("考核等次"), choices=lambda: choices("grades"))
    note = forms.CharField(label=_("说明"), max_length=200, required=False)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["year"].initial = timezone.localdate().year - 1


class LeaveForm(forms.Form):
    kind = forms.ChoiceField(label=_("假别"), choices=lambda: choices("leaves"))
    from_on = DayField(label=_("开始日期"))
    until_on = DayField(label=_("结束日期"))
    note = forms.CharField(label=_("说明"), max_length=200, required=False)


class PurposeForm(forms.Form):
    purpose = forms.CharField(
        label=_("用途"), max_length=64, help_text=_("逐次留痕，审计管理员可查")
    )


class ResidentsForm(forms.Form):
    count = forms.IntegerField(label=_("常住人口"), min_value=1)
    household_count = forms.IntegerField(label=_("户数"), min_value=1, required=False)
    as_of_on = DayField(label=_("数据日期"))
    source = forms.CharField(label=_("数据来源"), max_length=128)
