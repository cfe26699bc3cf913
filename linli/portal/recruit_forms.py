"""What somebody fills in who applies for a post, or objects to a name."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.text import capfirst
from django.utils.translation import gettext_lazy as _

from linli.recruitment import rules
from linli.sources import words
from linli.web.fields import DayField, FilesField
from linli.web.templatetags.words import say

MOST_FILES = 4
ELSEWHERE = "elsewhere"
PAPER = "paper_"


def _choices(of: str) -> list[tuple[str, Any]]:
    return [("", _("请选择")), *((code, say(one.name)) for code, one in words(of).items())]


class _Sent(forms.Form):
    """`website` is seen by programs only; `token` says when the form was shown."""

    website = forms.CharField(
        label=_("请不要填写这一栏"),
        required=False,
        max_length=100,
        widget=forms.TextInput(attrs={"tabindex": "-1", "autocomplete": "off"}),
    )
    token = forms.CharField(required=False, max_length=200, widget=forms.HiddenInput)


class ApplyForm(_Sent):
    post = forms.ChoiceField(label=_("报考岗位"))
    name = forms.CharField(
        label=_("姓名"), max_length=32, widget=forms.TextInput(attrs={"autocomplete": "name"})
    )
    id_number = forms.CharField(
        label=_("身份证号"),
        max_length=24,
        help_text=_("年龄由身份证号计算。加密保存，不公开。"),
        widget=forms.TextInput(attrs={"autocomplete": "off", "data-no-draft": True}),
    )
    phone = forms.CharField(
        label=_("手机号码"),
        max_length=24,
        help_text=_("不公开。用来通知，查询时要用后四位。"),
        widget=forms.TextInput(attrs={"inputmode": "tel", "autocomplete": "tel"}),
    )
    schooling = forms.ChoiceField(label=_("最高学历"), choices=lambda: _choices("schooling"))
    school = forms.CharField(label=_("毕业院校"), max_length=64, required=False)
    major = forms.CharField(label=_("专业"), max_length=64, required=False)
    finished_on = DayField(label=_("毕业日期"), required=False)
    politics = forms.ChoiceField(label=_("政治面貌"), choices=lambda: _choices("politics"))
    residence = forms.ChoiceField(label=_("现居住地"))
    experience_years = forms.IntegerField(
        label=_("社区工作年限"),
        min_value=0,
        max_value=60,
        initial=0,
        help_text=_("满几年填几；没有填0"),
        widget=forms.TextInput(attrs={"inputmode": "numeric"}),
    )
    groups = forms.MultipleChoiceField(
        label=_("您属于"),
        required=False,
        widget=forms.CheckboxSelectMultiple,
        help_text=_("可以多选；勾选的要有材料"),
    )
    promised = forms.BooleanField(
        label=_(
            "我承诺所填内容和材料真实；没有受过刑事处罚、被开除党籍或公职、失信被执行等不得聘用的情形。"
        )
    )

    def __init__(self, *args: Any, posts: Any, streets: Any, county: str, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        chosen: dict[str, Any] = self.fields
        chosen["post"].choices = [("", _("请选择")), *posts]
        chosen["residence"].choices = [
            ("", _("请选择")),
            *streets,
            (county, _("本地其他地方")),
            (ELSEWHERE, _("外地")),
        ]
        chosen["groups"].choices = [(code, capfirst(say(n))) for code, n in rules.GROUPS.items()]
        for kind, name in rules.PAPERS.items():
            must = kind in (rules.ID_CARD, rules.DIPLOMA)
            chosen[PAPER + kind] = FilesField(
                label=capfirst(say(name)),
                required=must,
                accept="image/*,.pdf",
                largest_mb=20,
                help_text=_("拍照或者PDF") if must else _("勾选对应身份的要交。"),
            )
        order = [name for name in chosen if name not in ("promised", "website", "token")]
        self.order_fields([*order, "promised", "website", "token"])

    @property
    def papers(self) -> list[Any]:
        """The fields for documents, for the template."""
        return [self[PAPER + kind] for kind in rules.PAPERS]

    def clean_residence(self) -> str:
        chosen = str(self.cleaned_data["residence"])
        return "" if chosen == ELSEWHERE else chosen

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        for kind in rules.PAPERS:
            if len(data.get(PAPER + kind) or ()) > MOST_FILES:
                self.add_error(PAPER + kind, forms.ValidationError(_("最多4个文件")))
        for group in data.get("groups", ()):
            field = PAPER + rules.PAPER_OF[group]
            if not data.get(field) and field not in self.errors:
                said = _("勾选了“%(group)s”，请交这份材料")
                told = {"group": say(rules.GROUPS[group])}
                self.add_error(field, forms.ValidationError(said, params=told))
        return data


class NameForm(_Sent):
    """An objection to somebody who is proposed."""

    about = forms.ChoiceField(label=_("对谁有异议"))
    text = forms.CharField(
        label=_("反映的事实"),
        min_length=5,
        max_length=1000,
        widget=forms.Textarea(attrs={"rows": 5}),
        help_text=_("写清时间、地点和事实，便于查明。内容不公开。"),
    )
    phone = forms.CharField(
        label=_("您的电话"),
        max_length=20,
        widget=forms.TextInput(attrs={"inputmode": "tel", "autocomplete": "tel"}),
        help_text=_("不公开。只用来核实情况，查询答复时要用后四位。"),
    )

    def __init__(self, *args: Any, names: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["about"].choices = [("", _("请选择")), *names]  # type: ignore[attr-defined]


class OwnForm(forms.Form):
    """What proves an application one's own: sent again with every act on its page."""

    query = forms.CharField(max_length=16, widget=forms.HiddenInput)
    tail = forms.CharField(max_length=4, widget=forms.HiddenInput)


class AgainForm(OwnForm):
    """The same with why the office should look again."""

    text = forms.CharField(
        label=_("请再看一下，因为"),
        max_length=rules.LONGEST_WHY,
        widget=forms.Textarea(attrs={"rows": 3}),
    )
