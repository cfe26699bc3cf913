"""What is asked about plans: to narrow the register, to draft, to measure, to tell what happened."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from linli.kernel.roles import DEPARTMENTS, ROLES, SECRETARY, STREET
from linli.places import queries as places
from linli.remedy import letters, rules
from linli.remedy.dealings import ClauseTold
from linli.remedy.rules import Cause, Task
from linli.sources.remedies import Measure, clauses, violations, violators
from linli.web.fields import DayField, FilesField
from linli.web.templatetags.words import say

SEARCH = forms.TextInput(attrs={"type": "search"})
AGENCIES = (STREET, SECRETARY, *DEPARTMENTS)
"""Who can come to a joint visit, in the order they are listed."""


def long_text(rows: int = 3) -> forms.Textarea:
    return forms.Textarea(attrs={"rows": rows})


def choices(table: Mapping[Any, Any], first: Any = "") -> list[tuple[Any, Any]]:
    return [("", first or _("全部")), *((code, say(word)) for code, word in table.items())]


def violation_choices(first: Any = "") -> list[tuple[Any, Any]]:
    return choices({code: one.name for code, one in violations().items()}, first)


def wide_clock() -> list[tuple[Any, Any]]:
    return choices(rules.LOOKS)


class PlansFilter(forms.Form):
    q = forms.CharField(label=_("方案、用房或小区"), required=False, max_length=64, widget=SEARCH)
    inside = forms.ChoiceField(label=_("街道或社区"), required=False)
    violation = forms.ChoiceField(label=_("问题类型"), required=False, choices=violation_choices)
    violator = forms.ChoiceField(
        label=_("责任主体"), required=False, choices=lambda: choices(violators())
    )
    state = forms.ChoiceField(
        label=_("状态"), required=False, choices=lambda: choices(rules.STATES)
    )
    urgency = forms.ChoiceField(
        label=_("优先级"), required=False, choices=lambda: choices(rules.URGENCY)
    )
    look = forms.ChoiceField(label=_("只看"), required=False, choices=wide_clock)

    def __init__(self, *args: Any, inside: Sequence[places.Named], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        found = [(one.code, f"　{one.name}" if len(one.code) > 9 else one.name) for one in inside]
        self.fields["inside"].choices = [("", _("全部")), *found]  # type: ignore[attr-defined]


class RoomForm(forms.Form):
    """Which room a plan is for."""

    room = forms.CharField(
        label=_("用房编码"), max_length=10, help_text=_("在公共用房台账里查，例如 R000012")
    )


class CauseForm(forms.Form):
    """What is wrong, who is behind it, and from which leads."""

    leads = forms.MultipleChoiceField(
        label=_("已认定的线索"),
        required=False,
        widget=forms.CheckboxSelectMultiple,
        help_text=_("同一处用房的几条线索并入一份方案"),
    )
    violation = forms.ChoiceField(
        label=_("问题类型"), choices=lambda: violation_choices(_("请选择"))
    )
    violator = forms.ChoiceField(
        label=_("责任主体"), choices=lambda: choices(violators(), _("请选择"))
    )
    party = forms.CharField(label=_("责任单位或个人名称"), max_length=64, required=False)
    person = forms.BooleanField(label=_("是自然人（姓名脱敏显示）"), required=False)
    reason = forms.CharField(
        label=_("事由"),
        max_length=500,
        required=False,
        widget=long_text(),
        help_text=_("没有认定的线索时必填，写明依据什么订方案"),
    )

    def __init__(self, *args: Any, leads: Iterable[Any], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.rows = {str(lead.pk): lead for lead in leads}
        if not self.rows:
            del self.fields["leads"]
        else:
            told = [(pk, f"{one.number} {one.text}"[:60]) for pk, one in self.rows.items()]
            self.fields["leads"].choices = told  # type: ignore[attr-defined]

    @property
    def cause(self) -> Cause:
        names = ("violation", "violator", "party", "person", "reason")
        return Cause(**{name: self.cleaned_data[name] for name in names})

    @property
    def chosen(self) -> list[Any]:
        return [self.rows[pk] for pk in self.cleaned_data.get("leads", ())]


class LeadsForm(forms.Form):
    """Which further leads come under a plan."""

    leads = forms.MultipleChoiceField(label=_("已认定的线索"), widget=forms.CheckboxSelectMultiple)

    def __init__(self, *args: Any, leads: Iterable[Any], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.rows = {str(lead.pk): lead for lead in leads}
        told = [(pk, f"{one.number} {one.text}"[:60]) for pk, one in self.rows.items()]
        self.fields["leads"].choices = told  # type: ignore[attr-defined]

    @property
    def chosen(self) -> list[Any]:
        return [self.rows[pk] for pk in self.cleaned_data["leads"]]


class MeasureForm(forms.Form):
    code = forms.ChoiceField(label=_("措施"))
    text = forms.CharField(label=_("具体要求"), max_length=300, required=False, widget=long_text(2))
    role = forms.ChoiceField(label=_("责任部门"))
    unit = forms.CharField(label=_("责任单位"), max_length=64)
    contact = forms.CharField(label=_("联系人"), max_length=32)
    phone = forms.CharField(label=_("联系电话"), max_length=20, required=False)
    work_days = forms.IntegerField(
        label=_("期限（工作日）"), required=False, help_text=_("不写就按规定的天数")
    )

    def __init__(self, *args: Any, offered: Sequence[tuple[Measure, int]], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.days = {one.code: days for one, days in offered}
        self.fields["code"].choices = [  # type: ignore[attr-defined]
            ("", _("请选择")),
            *((one.code, f"{say(one.name)} · {days}") for one, days in offered),
        ]
        codes = dict.fromkeys(code for one, _days in offered for code in one.roles)
        self.fields["role"].choices = [  # type: ignore[attr-defined]
            ("", _("请选择")),
            *((code, say(ROLES[code].name)) for code in codes),
        ]

    @property
    def task(self) -> Task:
        told = dict(self.cleaned_data)
        days = told.pop("work_days")
        return Task(**told, work_days=self.days[told["code"]] if days is None else days)


class NoteForm(forms.Form):
    note = forms.CharField(label=_("意见"), max_length=500, required=False, widget=long_text())


class WhyForm(forms.Form):
    note = forms.CharField(label=_("理由"), max_length=200, widget=long_text())


class SeenForm(forms.Form):
    """What somebody saw on the spot."""

    note = forms.CharField(label=_("看到的情况"), max_length=500, widget=long_text())
    papers = FilesField(label=_("现场照片"), required=False)


class BackForm(forms.Form):
    """Why a plan goes back, and what is to be done once more."""

    note = forms.CharField(label=_("退回理由"), max_length=300, widget=long_text())
    redo = forms.MultipleChoiceField(
        label=_("要重做的措施"), required=False, widget=forms.CheckboxSelectMultiple
    )
    work_days = forms.IntegerField(label=_("重做期限（工作日）"), required=False)

    def __init__(self, *args: Any, tasks: Iterable[Any], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.rows = {str(task.pk): task for task in tasks}
        if self.rows:
            told = [(pk, say(one.name)) for pk, one in self.rows.items()]
            self.fields["redo"].choices = told  # type: ignore[attr-defined]
        else:
            del self.fields["redo"], self.fields["work_days"]

    @property
    def told(self) -> dict[str, Any]:
        data = self.cleaned_data
        redo = [self.rows[pk] for pk in data.get("redo", ())]
        return {"note": data["note"], "redo": redo, "work_days": data.get("work_days") or 0}


class WorkForm(forms.Form):
    text = forms.CharField(label=_("办了什么"), max_length=1000, widget=long_text())
    papers = FilesField(label=_("照片或文件"), required=False)


class FinishForm(forms.Form):
    text = forms.CharField(label=_("办理结果"), max_length=1000, widget=long_text())
    papers = FilesField(label=_("佐证（照片或文件）"), required=False)


class ExtensionForm(forms.Form):
    new_on = DayField(label=_("延到哪天"))
    reason = forms.CharField(label=_("延期理由"), max_length=300, widget=long_text())


class DecisionForm(forms.Form):
    granted = forms.TypedChoiceField(
        label=_("是否批准"),
        choices=[("yes", _("批准")), ("no", _("不批准"))],
        coerce=lambda value: value == "yes",
        widget=forms.RadioSelect,
    )
    note = forms.CharField(label=_("意见"), max_length=300, required=False, widget=long_text(2))


class VisitForm(forms.Form):
    on = DayField(label=_("到场日期"))
    found = forms.CharField(label=_("现场情况"), max_length=1000, widget=long_text(4))
    papers = FilesField(label=_("现场照片"), required=False)
    next = forms.CharField(label=_("下一步"), max_length=500, required=False, widget=long_text(2))

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for role in AGENCIES:
            self.fields[f"who_{role.code}"] = forms.CharField(
                label=say(role.name), max_length=200, required=False
            )

    @property
    def agency_fields(self) -> list[Any]:
        return [self[f"who_{role.code}"] for role in AGENCIES]

    @property
    def main_fields(self) -> list[Any]:
        return [self[name] for name in ("on", "found", "papers", "next")]

    @property
    def told(self) -> dict[str, Any]:
        data = self.cleaned_data
        came = {role.code: data[f"who_{role.code}"].strip() for role in AGENCIES}
        agencies = {code: who for code, who in came.items() if who}
        return {name: data[name] for name in ("on", "found", "papers", "next")} | {
            "agencies": agencies
        }


class TalkForm(forms.Form):
    on = DayField(label=_("约谈日期"))
    whom = forms.CharField(label=_("约谈了谁"), max_length=64)
    person = forms.BooleanField(label=_("是自然人（姓名脱敏显示）"), required=False)
    present = forms.CharField(label=_("参加人员"), max_length=200, required=False)
    said = forms.CharField(label=_("约谈内容"), max_length=1000, required=False, widget=long_text())
    promise = forms.CharField(
        label=_("对方承诺做什么"), max_length=500, required=False, widget=long_text(2)
    )
    promised_on = DayField(label=_("承诺哪天做到"), required=False)
    papers = FilesField(label=_("签字的记录或照片"), required=False)


class CheckForm(forms.Form):
    outcome = forms.ChoiceField(
        label=_("是否兑现"),
        choices=[(rules.KEPT, _("已兑现")), (rules.BROKEN, _("未兑现"))],
        widget=forms.RadioSelect,
    )
    note = forms.CharField(label=_("看到的情况"), max_length=500, widget=long_text())
    papers = FilesField(label=_("照片或文件"), required=False)


class ClauseForm(CheckForm):
    outcome = forms.ChoiceField(
        label=_("是否履行"),
        choices=[(rules.KEPT, _("已履行")), (rules.BROKEN, _("违约"))],
        widget=forms.RadioSelect,
    )
    note = forms.CharField(label=_("情况"), max_length=300, widget=long_text())


class AgreementForm(forms.Form):
    number = forms.CharField(label=_("合同编号"), max_length=64)
    signed_on = DayField(label=_("签订日期"))
    principal = forms.CharField(label=_("委托方"), max_length=64)
    builder = forms.CharField(label=_("代建方"), max_length=64)
    papers = FilesField(label=_("合同扫描件"), required=False)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for code, name in clauses().items():
            self.fields[f"text_{code}"] = forms.CharField(
                label=say(name), max_length=500, required=False
            )
            self.fields[f"due_{code}"] = DayField(label=_("期限"), required=False)

    @property
    def main_fields(self) -> list[Any]:
        return [self[name] for name in ("number", "signed_on", "principal", "builder", "papers")]

    @property
    def clause_fields(self) -> list[tuple[Any, Any]]:
        return [(self[f"text_{code}"], self[f"due_{code}"]) for code in clauses()]

    @property
    def told(self) -> dict[str, Any]:
        data = self.cleaned_data
        names = ("number", "signed_on", "principal", "builder", "papers")
        found = [
            ClauseTold(code=code, text=data[f"text_{code}"], due_on=data[f"due_{code}"])
            for code in clauses()
            if data[f"text_{code}"].strip() or data[f"due_{code}"]
        ]
        return {name: data[name] for name in names} | {"clauses": found}


class LetterForm(forms.Form):
    kind = forms.ChoiceField(label=_("文书"))
    talk = forms.ChoiceField(label=_("哪次约谈"), required=False, help_text=_("只有约谈记录要选"))
    sender = forms.CharField(label=_("发文机关"), max_length=64)
    to = forms.CharField(label=_("收件人"), max_length=64)
    reply_by_on = DayField(
        label=_("要求哪天前办结并回复"), required=False, help_text=_("约谈记录不用写")
    )

    def __init__(self, *args: Any, talks: Iterable[Any], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.rows = {str(talk.pk): talk for talk in talks}
        kinds = {code: word for code, word in letters.KINDS.items() if code != letters.FOLLOWUP}
        if not self.rows:
            del kinds[letters.TALK], self.fields["talk"]
        else:
            told = [(pk, f"{one.on:%Y-%m-%d} {one.promise}"[:40]) for pk, one in self.rows.items()]
            self.fields["talk"].choices = [("", "—"), *told]  # type: ignore[attr-defined]
        self.fields["kind"].choices = choices(kinds, _("请选择"))  # type: ignore[attr-defined]

    @property
    def told(self) -> dict[str, Any]:
        data = dict(self.cleaned_data)
        data["talk"] = self.rows.get(data.pop("talk", ""))
        return data


class AnswerForm(forms.Form):
    text = forms.CharField(label=_("回复内容"), max_length=500, widget=long_text())


class LetterAnswerForm(AnswerForm):
    answered_on = DayField(label=_("回复日期"))


class WordingForm(forms.Form):
    """A county's own words of a letter; what stands in braces is filled in."""

    title = forms.CharField(label=_("标题"), max_length=letters.MOST_TITLE)
    number = forms.CharField(label=_("文号"), max_length=letters.MOST_NUMBER)
    body = forms.CharField(
        label=_("正文"),
        max_length=letters.MOST_BODY,
        widget=forms.Textarea(attrs={"rows": 14, "lang": "zh-hans"}),
        help_text=_("一行一段；花括号里的内容由系统填写"),
    )
