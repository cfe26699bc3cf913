"""What is asked in a survey: to plan it, to narrow its lists, and the questions of a look."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django import forms
from django.utils.text import capfirst
from django.utils.translation import gettext_lazy as _

from linli.kernel.roles import DEPARTMENTS
from linli.places import queries as places
from linli.places.rules import read_area
from linli.premises import rules as rooms
from linli.sources import room_kinds
from linli.survey import comparing
from linli.survey.questions import (
    AREA,
    CHOICE,
    DAY,
    FLAG,
    FLOOR,
    KIND,
    LONGEST,
    LOOKS,
    MONEY,
    YES,
    Topic,
    asked_by,
)
from linli.web.fields import AmountField, DayField, FilesField
from linli.web.templatetags.words import say

SEARCH = forms.TextInput(attrs={"type": "search"})


def _choices(table: Any, first: Any) -> list[tuple[str, Any]]:
    return [("", first), *((code, capfirst(say(word))) for code, word in table.items())]


def departments() -> list[tuple[str, Any]]:
    return [(role.code, say(role.name)) for role in DEPARTMENTS]


class CampaignForm(forms.Form):
    name = forms.CharField(label=_("排查名称"), max_length=64)
    from_on = DayField(label=_("开始日期"))
    until_on = DayField(label=_("结束日期"))
    departments = forms.MultipleChoiceField(
        label=_("参加的部门"), choices=departments, widget=forms.CheckboxSelectMultiple
    )
    inside = forms.MultipleChoiceField(
        label=_("排查范围"),
        required=False,
        help_text=_("不选就是全县（区、市）"),
        widget=forms.SelectMultiple(attrs={"size": 8}),
    )

    def __init__(self, *args: Any, inside: Sequence[places.Named], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        found = [(one.code, f"　{one.name}" if len(one.code) > 9 else one.name) for one in inside]
        self.fields["inside"].choices = found  # type: ignore[attr-defined]


class TeamForm(forms.Form):
    number = forms.IntegerField(label=_("组号"), min_value=1, max_value=9999)
    name = forms.CharField(label=_("组名"), max_length=64)
    lead = forms.ChoiceField(label=_("牵头部门"), choices=departments)


class MembersFilter(forms.Form):
    q = forms.CharField(label=_("姓名或单位"), required=False, max_length=64, widget=SEARCH)
    team = forms.CharField(label=_("组号"), required=False, max_length=5)
    department = forms.ChoiceField(
        label=_("所属部门"), required=False, choices=lambda: [("", _("全部")), *departments()]
    )
    account = forms.ChoiceField(
        label=_("账号"),
        required=False,
        choices=[("", _("全部")), ("yes", _("有账号")), ("no", _("用纸质表"))],
    )


class AssignForm(forms.Form):
    """Which team gets which looks; the places are the ticked rows beneath."""

    team = forms.ChoiceField(label=_("排查组"))
    look = forms.MultipleChoiceField(
        label=_("查什么"),
        choices=lambda: [(code, capfirst(say(word))) for code, word in LOOKS.items()],
        widget=forms.CheckboxSelectMultiple,
    )

    def __init__(self, *args: Any, teams: Sequence[Any], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        found = [(str(team.pk), f"{team.number} {team.name}") for team in teams]
        self.fields["team"].choices = [("", _("请选择")), *found]  # type: ignore[attr-defined]


def progress_choices() -> list[tuple[str, Any]]:
    return [
        ("", _("全部")),
        ("open", _("三查未齐")),
        ("complete", _("三查已齐")),
        ("unassigned", _("未分工")),
        ("waived", _("例外")),
    ]


class TargetsFilter(forms.Form):
    q = forms.CharField(label=_("名称或编号"), required=False, max_length=64, widget=SEARCH)
    inside = forms.ChoiceField(label=_("街道或社区"), required=False)
    pile = forms.ChoiceField(
        label=_("核实结果"), required=False, choices=lambda: _choices(comparing.PILES, _("全部"))
    )
    progress = forms.ChoiceField(label=_("进度"), required=False, choices=progress_choices)
    missing = forms.ChoiceField(
        label=_("还缺"), required=False, choices=lambda: _choices(LOOKS, _("全部"))
    )
    team = forms.ChoiceField(label=_("排查组"), required=False)

    def __init__(
        self, *args: Any, inside: Sequence[places.Named], teams: Sequence[Any], **kwargs: Any
    ) -> None:
        super().__init__(*args, **kwargs)
        found = [(one.code, f"　{one.name}" if len(one.code) > 9 else one.name) for one in inside]
        self.fields["inside"].choices = [("", _("全部")), *found]  # type: ignore[attr-defined]
        named = [(str(team.pk), f"{team.number} {team.name}") for team in teams]
        self.fields["team"].choices = [("", _("全部")), *named]  # type: ignore[attr-defined]


# --- looks --------------------------------------------------------------------------------------


class AreaField(forms.CharField):
    """Square metres as somebody writes them; `cleaned_data` holds hundredths, or None."""

    def clean(self, value: Any) -> int | None:
        text = super().clean(value)
        area, ruling = read_area(text, most_m2=rooms.LARGEST_DM2 // 100)
        if ruling.reasons:
            raise forms.ValidationError([say(reason) for reason in ruling.reasons])
        return area


def _flag(value: str) -> bool | None:
    return {"yes": True, "no": False}.get(value)


def _kinds() -> list[Any]:
    groups: dict[str, list[tuple[str, Any]]] = {}
    for kind in rooms.kinds().values():
        groups.setdefault(kind.parent, []).append((kind.code, say(kind.name)))
    found: list[Any] = [("", _("请选择"))]
    for top, rows in groups.items():
        found += [(say(room_kinds()[top].name), rows)] if top else rows
    return found


def _field(topic: Topic, look: str) -> forms.Field:
    """The question as a field. What must be answered is told by the rules, all at once."""
    label, told = say(topic.asked[look]), {"required": False}
    if topic.kind in (CHOICE, FLAG):
        words = topic.choices_of(look) if topic.kind == CHOICE else {"yes": _("是"), "no": _("否")}
        choices = [(code, capfirst(say(word))) for code, word in words.items()]
        kind = forms.ChoiceField if topic.kind == CHOICE else forms.TypedChoiceField
        more = {} if topic.kind == CHOICE else {"coerce": _flag, "empty_value": None}
        return kind(label=label, choices=choices, widget=forms.RadioSelect, **told, **more)
    if topic.kind == KIND:
        return forms.ChoiceField(label=label, choices=_kinds, **told)
    if topic.kind == AREA:
        number = forms.TextInput(attrs={"inputmode": "decimal", "autocomplete": "off"})
        return AreaField(label=label, max_length=20, widget=number, **told)
    if topic.kind == FLOOR:
        return forms.IntegerField(label=label, help_text=_("地下一层写 -1"), **told)
    if topic.kind == DAY:
        return DayField(label=label, **told)
    if topic.kind == MONEY:
        return AmountField(label=label, minimum_fen=0, **told)
    return forms.CharField(label=label, max_length=LONGEST, **told)


class LookForm(forms.Form):
    """The questions of one look, the photographs, and for whom it is typed in."""

    def __init__(
        self, *args: Any, look: str, members: Sequence[Any], mends: bool, **kwargs: Any
    ) -> None:
        super().__init__(*args, **kwargs)
        self.use_required_attribute = False
        self.topics = asked_by(look)
        for topic in self.topics:
            self.fields[topic.code] = _field(topic, look)
            self.fields[topic.code].required = look in topic.needed
        self.fields["photos"] = FilesField(
            label=_("照片"), required=False, accept="image/*", camera=True
        )
        for name in ("lat_e6", "lon_e6", "within_m"):
            self.fields[name] = forms.IntegerField(required=False, widget=forms.HiddenInput)
        self.fields["note"] = forms.CharField(
            label=_("备注"), max_length=500, required=False, widget=forms.Textarea({"rows": 2})
        )
        if mends:
            self.fields["why"] = forms.CharField(
                label=_("更正原因"), max_length=200, help_text=_("原来的记录保留")
            )
        if len(members) > 1:
            self.fields["member"] = forms.ChoiceField(
                label=_("谁查的"),
                choices=[(str(one.pk), one.name) for one in members],
                help_text=_("替用纸质表的组员录入时选他；录入的人也算看过"),
            )
        self.members = {str(one.pk): one for one in members}

    def full_clean(self) -> None:
        """What must be answered follows from the other answers: the rules say it, all at once."""
        needed = [self.fields[topic.code] for topic in self.topics]
        told = [field.required for field in needed]
        for field in needed:
            field.required = False
        super().full_clean()
        for field, required in zip(needed, told, strict=True):
            field.required = required

    @property
    def doer(self) -> Any:
        """For whom the look is put in."""
        chosen = self.cleaned_data.get("member") or next(iter(self.members))
        return self.members[chosen]

    @property
    def answers(self) -> dict[str, Any]:
        """What was answered; where the room is not there, nothing else counts."""
        told = {topic.code: self.cleaned_data.get(topic.code) for topic in self.topics}
        if told.get("exists") not in ("", None, YES):
            return {code: told.get(code) for code in ("exists", "twin") if code in told}
        told.pop("twin", None)
        return told

    @property
    def questions(self) -> list[Any]:
        return [self[topic.code] for topic in self.topics]


class FoundForm(forms.Form):
    """A room that is not on the list."""

    estate = forms.ChoiceField(label=_("小区"))
    name = forms.CharField(label=_("用房名称"), max_length=64)
    kind = forms.ChoiceField(label=_("用房类别"), choices=_kinds)
    building = forms.CharField(label=_("楼栋位置"), max_length=32, required=False)

    def __init__(self, *args: Any, estates: Sequence[tuple[str, str]], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["estate"].choices = list(estates)  # type: ignore[attr-defined]


class WaiveForm(forms.Form):
    reason = forms.CharField(label=_("原因"), max_length=200)


class FreezeForm(forms.Form):
    place = forms.ChoiceField(label=_("地方"))
    on = DayField(label=_("冻结日期"))

    def __init__(self, *args: Any, inside: Sequence[tuple[str, str]], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["place"].choices = list(inside)  # type: ignore[attr-defined]


class CompareForm(forms.Form):
    before = forms.ChoiceField(label=_("前一次"))
    after = forms.ChoiceField(label=_("后一次"))

    def __init__(self, *args: Any, bases: Sequence[tuple[str, str]], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for name in ("before", "after"):
            self.fields[name].choices = list(bases)  # type: ignore[attr-defined]
