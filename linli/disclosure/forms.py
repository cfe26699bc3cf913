"""What the fund group fills in about objections, and about money beside the accounts."""

from __future__ import annotations

from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from linli.disclosure.rules import OUTCOMES
from linli.kernel.identity import personal_data_in
from linli.sources import articles
from linli.web.fields import AmountField, DayField
from linli.web.templatetags.words import say

AS_IS, EDITED, WITHHELD = "as_is", "edited", "withheld"
GROUNDS = (
    "个人信息保护法:25",
    "个人信息保护法:28",
    "个人信息保护法:10",
    "linli:ledger.objection",
)
LOOKED = _("标出的几处我都看过，不是个人信息")


def state_choices() -> list[tuple[str, Any]]:
    return [
        ("", _("全部")),
        ("checking", _("待审查个人信息")),
        ("open", _("待答复")),
        ("late", _("已逾期")),
        ("answered", _("已答复")),
    ]


def ground_choices() -> list[tuple[str, str]]:
    known = articles()
    return [("", "—"), *((cite, say(known[cite].label)) for cite in GROUNDS if cite in known)]


def outcome_choices() -> list[tuple[str, str]]:
    return [("", "—"), *((code, say(word)) for code, word in OUTCOMES.items())]


def way_choices() -> list[tuple[str, Any]]:
    return [
        (AS_IS, _("按原文公开")),
        (EDITED, _("隐去个人信息后公开")),
        (WITHHELD, _("内容不公开，只公布理由和数目")),
    ]


class ObjectionsFilter(forms.Form):
    q = forms.CharField(
        label=_("查询号、账套或内容"),
        required=False,
        max_length=64,
        widget=forms.TextInput(attrs={"type": "search"}),
    )
    state = forms.ChoiceField(label=_("状态"), required=False, choices=state_choices)
    period = forms.RegexField(
        label=_("公示月份"),
        required=False,
        regex=r"^[0-9]{4}-[0-9]{2}$",
        widget=forms.TextInput(attrs={"type": "month"}),
    )


class ScreenForm(forms.Form):
    """How a text is shown to everybody, after a person has looked for personal data in it."""

    way = forms.ChoiceField(label=_("怎样公开"), choices=way_choices, widget=forms.RadioSelect)
    shown = forms.CharField(
        label=_("公开的文字"),
        required=False,
        max_length=1000,
        widget=forms.Textarea(attrs={"rows": 4}),
        help_text=_(
            "选“隐去”时用这段文字：只隐去个人信息，不改意思；认出的已换成星号，姓名要靠您看。"
        ),
    )
    withheld = forms.CharField(
        label=_("不公开的理由"),
        required=False,
        max_length=200,
        help_text=_("选“不公开”时填写：会公布，写明是哪一类内容，不写内容本身"),
    )
    ground = forms.ChoiceField(label=_("依据"), required=False, choices=ground_choices)
    looked = forms.BooleanField(label=LOOKED, required=False)

    def __init__(self, *args: Any, text: str, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._text = text

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        way = data.get("way")
        if way == EDITED and not data.get("shown", "").strip():
            self.add_error("shown", ValidationError(_("请写出隐去个人信息后的文字")))
        if way == WITHHELD and not data.get("withheld", "").strip():
            self.add_error("withheld", ValidationError(_("请写明不公开的理由")))
        if way == WITHHELD and not data.get("ground"):
            self.add_error("ground", ValidationError(_("不予公开须写明依据")))
        said = {AS_IS: self._text, EDITED: data.get("shown", "")}.get(way or "", "")
        if said and personal_data_in(said) and not data.get("looked"):
            self.add_error(
                "looked",
                ValidationError(_("要公开的文字里仍有像个人信息的内容，请看过后勾选，或隐去")),
            )
        return data

    @property
    def decision(self) -> dict[str, str]:
        """What `services.screen` takes."""
        data = self.cleaned_data
        shown = {AS_IS: self._text, EDITED: data["shown"]}.get(data["way"], "")
        if shown:
            return {"shown": shown, "withheld": "", "ground": ""}
        return {"shown": "", "withheld": data["withheld"], "ground": data["ground"]}


class AnswerForm(forms.Form):
    outcome = forms.ChoiceField(
        label=_("答复结论"),
        choices=outcome_choices,
        help_text=_(
            "“异议人撤回”只在异议人本人打来电话或到场说不再提时选：异议和撤回都留在公示页，"
            "答复里写明哪天、以什么方式撤回。没有说撤回的，要给出结论。"
        ),
    )
    text = forms.CharField(
        label=_("答复"),
        min_length=5,
        max_length=1000,
        widget=forms.Textarea(attrs={"rows": 5}),
        help_text=_("写清事实、凭证号和下一步；立即公开并写入账本，不能再改。不要写个人信息。"),
    )
    looked = forms.BooleanField(label=LOOKED, required=False)

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        if personal_data_in(data.get("text", "")) and not data.get("looked"):
            self.add_error(
                "looked", ValidationError(_("答复里有像个人信息的内容，请看过后勾选，或改写"))
            )
        return data


class BesideForm(forms.Form):
    name = forms.CharField(label=_("名称"), max_length=64, initial=_("专项维修资金"))
    keeper = forms.CharField(
        label=_("保管单位"), max_length=100, help_text=_("例如：区住房和城乡建设局维修资金专户")
    )
    amount = AmountField(label=_("余额"), minimum_fen=0)
    as_of_on = DayField(label=_("截至日期"))
    source = forms.CharField(
        label=_("数据来源"), max_length=100, help_text=_("例如：10月31日维修资金管理系统查询单")
    )
