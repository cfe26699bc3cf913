"""What the office fills in."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from linli.exams.services import Judge
from linli.places import queries as places
from linli.recruitment import rules
from linli.recruitment.eligibility import Conditions
from linli.sources import words
from linli.web.fields import DayField
from linli.web.templatetags.words import say

SEARCH = forms.TextInput(attrs={"type": "search"})


def choices(table: Mapping[str, Any], first: Any = "") -> list[tuple[str, Any]]:
    """A table of words for a select, with a first line that chooses nothing."""
    return [("", first or _("全部")), *((code, say(word)) for code, word in table.items())]


def _words(of: str) -> list[tuple[str, Any]]:
    return [(code, say(one.name)) for code, one in words(of).items()]


class AnnouncementForm(forms.Form):
    title = forms.CharField(label=_("公告标题"), max_length=rules.LONGEST_TITLE)
    opens_on = DayField(label=_("报名开始"))
    closes_on = DayField(label=_("报名截止"), help_text=_("当天也可以报名"))
    reference_on = DayField(label=_("年龄基准日"), help_text=_("年龄和毕业年限算到这一天"))
    written_on = DayField(label=_("笔试日期（计划）"), required=False)
    interview_on = DayField(label=_("面试日期（计划）"), required=False)
    contact = forms.CharField(label=_("咨询单位和电话"), max_length=100, required=False)
    text = forms.CharField(
        label=_("公告说明"),
        max_length=rules.LONGEST_TEXT,
        required=False,
        widget=forms.Textarea(attrs={"rows": 8}),
        help_text=_("待遇、程序、纪律等；岗位和条件在下一步逐个填写"),
    )


class PostForm(forms.Form):
    """A post; what it asks for begins as the rules allow."""

    place = forms.ChoiceField(label=_("街道或社区"))
    title = forms.ChoiceField(label=_("职务"), choices=lambda: _words("titles"), initial="worker")
    wanted = forms.IntegerField(label=_("招聘人数"), min_value=1, max_value=rules.MOST_WANTED)
    age_min = forms.IntegerField(label=_("最低年龄"), min_value=16, max_value=70)
    age_max = forms.IntegerField(label=_("最高年龄"), min_value=16, max_value=70)
    experience_years = forms.IntegerField(
        label=_("放宽年龄的社区工作年限"), min_value=0, max_value=40, help_text=_("不放宽填0")
    )
    age_max_experienced = forms.IntegerField(label=_("放宽后的最高年龄"), max_value=70)
    schooling = forms.ChoiceField(label=_("最低学历"), choices=lambda: _words("schooling"))
    party_only = forms.BooleanField(label=_("限中共党员"), required=False)
    local = forms.BooleanField(label=_("限在招聘地（县、市、区）居住"), required=False)
    group = forms.ChoiceField(
        label=_("只面向"), required=False, choices=lambda: choices(rules.GROUPS, _("不限"))
    )
    note = forms.CharField(label=_("其他说明"), max_length=200, required=False)

    def __init__(self, *args: Any, inside: Sequence[places.Named], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        found = [(one.code, f"　{one.name}" if len(one.code) > 9 else one.name) for one in inside]
        self.fields["place"].choices = [("", _("请选择")), *found]  # type: ignore[attr-defined]

    def told(self, county: str) -> dict[str, Any]:
        """For `announcing.add_post`."""
        given = dict(self.cleaned_data)
        local = given.pop("local")
        own = ("place", "title", "wanted", "note")
        asked = {name: given[name] for name in given if name not in own}
        return {name: given[name] for name in own} | {
            "conditions": Conditions(**asked, residence=county if local else "")
        }


class ApplicationsFilter(forms.Form):
    q = forms.CharField(
        label=_("姓名、编号、身份证号"), required=False, max_length=64, widget=SEARCH
    )
    post = forms.ChoiceField(label=_("岗位"), required=False)
    stage = forms.ChoiceField(
        label=_("环节"), required=False, choices=lambda: choices(rules.STAGES)
    )
    ruling = forms.ChoiceField(
        label=_("资格"), required=False, choices=lambda: choices(rules.RULINGS)
    )
    state = forms.ChoiceField(
        label=_("状态"), required=False, choices=lambda: choices(rules.STATES)
    )
    group = forms.ChoiceField(
        label=_("身份"), required=False, choices=lambda: choices(rules.GROUPS)
    )

    def __init__(self, *args: Any, posts: Iterable[tuple[str, str]], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["post"].choices = [("", _("全部")), *posts]  # type: ignore[attr-defined]


class WhyForm(forms.Form):
    why = forms.CharField(
        label=_("理由"),
        max_length=rules.LONGEST_WHY,
        required=False,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text=_("会告知本人。与自动核对结论不同、或者不通过的必填。"),
    )


class NeedWhyForm(forms.Form):
    why = forms.CharField(
        label=_("理由"),
        max_length=rules.LONGEST_WHY,
        widget=forms.Textarea(attrs={"rows": 3}),
        error_messages={"required": _("请写明理由")},
    )


class OnForm(forms.Form):
    on = DayField(label=_("日期"))


class NoteForm(OnForm, WhyForm):
    field_order = ["on", "why"]


class AppointForm(forms.Form):
    """The day they take the post; where a post names a street, the community of each."""

    since_on = DayField(label=_("任职日期"))

    def __init__(
        self, *args: Any, rows: Iterable[Any] = (), communities: Any = (), **kwargs: Any
    ) -> None:
        super().__init__(*args, **kwargs)
        self.asked: list[str] = []
        for row in rows:
            if len(row.post.place) < 12:
                name = f"community_{row.pk}"
                self.asked.append(name)
                inside = [
                    (one.code, one.name)
                    for one in communities
                    if one.code.startswith(row.post.place)
                ]
                self.fields[name] = forms.ChoiceField(
                    label=f"{row.name}（{row.number}）", choices=[("", _("请选择")), *inside]
                )

    def communities(self) -> dict[int, str]:
        return {int(name.rpartition("_")[2]): self.cleaned_data[name] for name in self.asked}


class TestForm(forms.Form):
    title = forms.CharField(label=_("名称"), max_length=100)
    held_on = DayField(label=_("日期"))


class PanelForm(TestForm):
    panel = forms.CharField(
        label=_("评委"),
        max_length=2000,
        widget=forms.Textarea(attrs={"rows": 7}),
        help_text=_("一行一人：姓名，单位。人数为单数。"),
    )

    def judges(self) -> list[Judge]:
        found = []
        for line in self.cleaned_data["panel"].replace(",", "，").splitlines():
            name, _mark, unit = line.partition("，")
            if name.strip():
                found.append(Judge(name.strip(), unit.strip()))
        return found


class RoundForm(forms.Form):
    round = forms.ChoiceField(label=_("联审"))

    def __init__(self, *args: Any, rounds: Iterable[Any], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["round"].choices = [  # type: ignore[attr-defined]
            (str(one.pk), f"{one.number} {one.title}") for one in rounds
        ]


class SettleForm(forms.Form):
    upheld = forms.ChoiceField(
        label=_("结论"),
        choices=[("", _("请选择")), ("no", _("不影响聘用")), ("yes", _("反映属实，不予聘用"))],
    )
    why = forms.CharField(
        label=_("查明的情况和理由"),
        max_length=rules.LONGEST_WHY,
        widget=forms.Textarea(attrs={"rows": 4}),
        help_text=_("会告知提出异议的人"),
    )


class PurposeForm(forms.Form):
    purpose = forms.CharField(
        label=_("用途"), max_length=64, help_text=_("逐次留痕，审计管理员可查")
    )
