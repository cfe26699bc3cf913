"""Forms of joint vetting."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any

from django import forms
from django.utils.text import capfirst
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from linli.people.proving import ProofField
from linli.vetting import opening, rules
from linli.vetting.answering import Word
from linli.vetting.who import MAY_BE_ASKED
from linli.web.fields import DayField
from linli.web.templatetags.words import say

MOST_LINES = 300
ANY = ("", _("不限"))


def _words(table: Mapping[str, Any]) -> list[tuple[str, str]]:
    return [(code, capfirst(say(word))) for code, word in table.items()]


class RoundsFilter(forms.Form):
    q = forms.CharField(label=_("编号、名称"), required=False, widget=forms.SearchInput)
    purpose = forms.ChoiceField(label=_("事由"), required=False)
    state = forms.ChoiceField(
        label=_("状态"),
        required=False,
        choices=[
            ANY,
            ("draft", _("拟定名单")),
            ("open", _("部门答复中")),
            ("late", _("有部门逾期")),
            ("closed", _("已办结")),
        ],
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["purpose"].choices = [ANY, *_words(rules.PURPOSES)]  # type: ignore[attr-defined]


class RoundForm(forms.Form):
    """A new round. For each department that may be asked a tick and who answers for it."""

    purpose = forms.ChoiceField(label=_("联审事由"))
    title = forms.CharField(label=_("联审名称"), max_length=rules.LONGEST_TITLE)
    due_on = DayField(label=_("答复期限"), help_text=_("工作日；到期没有答复的不算同意"))

    def __init__(self, *args: Any, holders: Mapping[str, Sequence[Any]], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.holders = holders
        self.fields["purpose"].choices = _words(rules.PURPOSES)  # type: ignore[attr-defined]
        for role in MAY_BE_ASKED:
            people = holders.get(role, ())
            self.fields[f"ask-{role}"] = forms.BooleanField(
                label=say(rules.role_name(role)), required=False
            )
            self.fields[f"head-{role}"] = forms.ChoiceField(
                label=_("负责人"),
                required=False,
                choices=[(str(one.pk), one.name) for one in people],
            )

    def rows(self) -> list[dict[str, Any]]:
        """A department each: its tick, its select, who could answer for it."""
        return [
            {
                "role": role,
                "name": rules.role_name(role),
                "ask": self[f"ask-{role}"],
                "head": self[f"head-{role}"],
                "people": self.holders.get(role, ()),
            }
            for role in MAY_BE_ASKED
        ]

    def heads(self) -> dict[str, Any]:
        """Department → who answers for it, of those ticked."""
        told = self.cleaned_data
        found = {}
        for role in MAY_BE_ASKED:
            if told.get(f"ask-{role}"):
                chosen = told.get(f"head-{role}")
                found[role] = next(
                    (one for one in self.holders.get(role, ()) if str(one.pk) == chosen), None
                )
        return found


class DueForm(forms.Form):
    due_on = DayField(label=_("新的答复期限"), help_text=_("工作日"))


class NamedForm(forms.Form):
    """People by name and number, one a line, as they are pasted from a sheet."""

    lines = forms.CharField(
        label=_("名单"),
        help_text=_(
            "一人一行：姓名、身份证号、社区，用空格、逗号或制表符隔开；社区可以不写。可以从 Excel 直接粘贴。"
        ),
        widget=forms.Textarea(
            attrs={"rows": 10, "data-no-draft": "", "autocomplete": "off", "spellcheck": "false"}
        ),
    )


class ReopenForm(forms.Form):
    reason = forms.CharField(
        label=_("重开原因"),
        max_length=rules.LONGEST_REASON,
        widget=forms.Textarea(attrs={"rows": 3}),
    )
    due_on = DayField(label=_("新的答复期限"), required=False, help_text=_("不填按规则顺延"))


class HeadForm(forms.Form):
    head = forms.ChoiceField(label=_("负责人"))

    def __init__(self, *args: Any, people: Sequence[Any], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["head"].choices = [(str(one.pk), one.name) for one in people]  # type: ignore[attr-defined]


class AskBackForm(forms.Form):
    text = forms.CharField(
        label=_("请核实什么"),
        max_length=rules.LONGEST_REASON,
        help_text=_("只有这个部门看得到；不要写身份证号、电话"),
        widget=forms.Textarea(attrs={"rows": 3}),
    )


class PurposeForm(forms.Form):
    purpose = forms.CharField(
        label=_("用途"),
        max_length=opening.LONGEST_PURPOSE,
        help_text=_("逐次留痕，审计管理员可查"),
    )


class ListFilter(forms.Form):
    """Of a department's own list."""

    state = forms.ChoiceField(
        label=_("状态"),
        required=False,
        choices=[
            ANY,
            ("open", _("未答复")),
            ("back", _("退回核实")),
            ("wait", _("待签署")),
            ("done", _("已签署")),
        ],
    )


class WordForm(forms.Form):
    """What a department says of one person. `known`: circumstances it may name."""

    conclusion = forms.ChoiceField(label=_("结论"), widget=forms.RadioSelect)
    code = forms.ChoiceField(label=_("情形"), required=False)
    happened_on = DayField(label=_("事实发生的日期"), required=False)
    file_number = forms.CharField(
        label=_("文号"),
        required=False,
        max_length=rules.LONGEST_FILE_NUMBER,
        help_text=_("只写文书编号，不写内容"),
        widget=forms.TextInput(attrs={"autocomplete": "off", "data-no-draft": ""}),
    )

    def __init__(self, *args: Any, known: Mapping[str, Any], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["conclusion"].choices = _words(rules.CONCLUSIONS)  # type: ignore[attr-defined]
        groups: dict[str, list[tuple[str, str]]] = {}
        for one in sorted(known.values(), key=lambda one: one.order):
            level = capfirst(say(rules.CONCLUSIONS[one.level]))
            groups.setdefault(level, []).append((one.code, f"{say(one.name)}（{_lasting(one)}）"))
        self.fields["code"].choices = [("", _("请选择")), *groups.items()]  # type: ignore[attr-defined]

    def word(self) -> Word:
        told = self.cleaned_data
        happened_on: date | None = told.get("happened_on")
        return Word(
            conclusion=told["conclusion"],
            code=told.get("code", ""),
            happened_on=happened_on,
            file_number=told.get("file_number", ""),
        )


def _lasting(one: Any) -> str:
    """How long a circumstance counts."""
    if one.permanent:
        return gettext("永久")
    return gettext("%(n)s年内") % {"n": one.years} if one.years else gettext("存续期间")


class SignForm(forms.Form):
    """The head's own word that each answer was read, and proof that it is the head."""

    def __init__(self, *args: Any, user: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["secret"] = ProofField(user=user)


class ConfirmForm(forms.Form):
    """Of each chosen person whether the office suspends them instead, and why."""

    def __init__(self, *args: Any, some: Sequence[Any], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for one in some:
            self.fields[f"suspend-{one.subject.pk}"] = forms.BooleanField(
                label=_("暂缓"), required=False
            )
            self.fields[f"why-{one.subject.pk}"] = forms.CharField(
                label=_("暂缓的原因"), required=False, max_length=rules.LONGEST_REASON
            )

    def suspended(self) -> dict[int, str]:
        told = self.cleaned_data
        return {
            int(name.partition("-")[2]): told.get(f"why-{name.partition('-')[2]}", "")
            for name, ticked in told.items()
            if name.startswith("suspend-") and ticked
        }


class LeaveForm(forms.Form):
    until_on = DayField(label=_("离任日期"), help_text=_("在任的最后一天"))


class ResultsFilter(forms.Form):
    q = forms.CharField(label=_("姓名、联审编号"), required=False, widget=forms.SearchInput)
    outcome = forms.ChoiceField(label=_("结论"), required=False)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["outcome"].choices = [ANY, *_words(rules.OUTCOMES)]  # type: ignore[attr-defined]


class FilesFilter(forms.Form):
    """Of personnel files that may be put on a list."""

    q = forms.CharField(label=_("姓名、首字母、档案编号"), required=False, widget=forms.SearchInput)
    inside = forms.ChoiceField(label=_("街道、社区"), required=False)
    which = forms.ChoiceField(
        label=_("范围"),
        required=False,
        choices=[
            ("", _("在职")),
            ("again", _("在职且应重新联审")),
            ("all", _("全部档案")),
        ],
    )

    def __init__(self, *args: Any, inside: Sequence[Any], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["inside"].choices = [ANY, *((one.code, one.name) for one in inside)]  # type: ignore[attr-defined]
