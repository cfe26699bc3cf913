"""What is asked about leads and consultations."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from django import forms
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from linli.leads import rules, verdicts
from linli.leads.consulting import Proposal
from linli.leads.models import Lead
from linli.leads.services import Shot
from linli.leads.who import ASKED
from linli.places import queries as places
from linli.premises import queries as rooms
from linli.premises import rules as room_rules
from linli.sources import lead_kinds
from linli.web.fields import DayField, FilesField
from linli.web.templatetags.words import say

SEARCH = forms.TextInput(attrs={"type": "search"})


def choices(table: Mapping[str, Any], first: Any = "") -> list[tuple[str, Any]]:
    """A table of words for a select, with a first line that chooses nothing."""
    return [("", first or _("全部")), *((code, say(word)) for code, word in table.items())]


def _kinds() -> dict[str, Any]:
    return {code: kind.name for code, kind in lead_kinds().items()}


def _kinds_now() -> dict[str, Any]:
    on = timezone.localdate()
    return {code: kind.name for code, kind in lead_kinds(on=on).items()}


class LeadsFilter(forms.Form):
    q = forms.CharField(
        label=_("编号、用房、小区或文字"), required=False, max_length=64, widget=SEARCH
    )
    inside = forms.ChoiceField(label=_("街道或社区"), required=False)
    kind = forms.ChoiceField(label=_("线索类别"), required=False, choices=lambda: choices(_kinds()))
    state = forms.ChoiceField(
        label=_("状态"), required=False, choices=lambda: choices(rules.STATES)
    )
    conclusion = forms.ChoiceField(
        label=_("认定结论"), required=False, choices=lambda: choices(rules.CONCLUSIONS)
    )
    source = forms.ChoiceField(
        label=_("来源"), required=False, choices=lambda: choices(rules.SOURCES)
    )
    violator = forms.ChoiceField(
        label=_("责任主体"), required=False, choices=lambda: choices(rules.VIOLATORS)
    )

    def __init__(self, *args: Any, inside: Sequence[places.Named], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        found = [(one.code, f"　{one.name}" if len(one.code) > 9 else one.name) for one in inside]
        self.fields["inside"].choices = [("", _("全部")), *found]  # type: ignore[attr-defined]


class EstateForm(forms.Form):
    """In which estate the room of a lead lies."""

    estate = forms.CharField(
        label=_("小区"),
        max_length=80,
        help_text=_("输入名称、首字母或代码"),
        widget=forms.TextInput(attrs={"list": "places-found", "autocomplete": "off"}),
    )

    def clean_estate(self) -> Any:
        found = places.find(self.cleaned_data["estate"].strip()[:15])
        if found is None or found.level != "estate":
            raise forms.ValidationError(_("请从列出的小区里选一个"))
        return found


class RoomField(forms.ChoiceField):
    """A room of an estate by its key; empty where it is on no register."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(required=False, **kwargs)
        self.found: dict[str, Any] = {}

    def offer(self, rows: Iterable[Any]) -> None:
        self.found = {str(room.pk): room for room in rows}
        named = [
            (pk, f"{room.name}{f'（{room.building}）' if room.building else ''}")
            for pk, room in self.found.items()
        ]
        self.choices = [("", _("不在台账上")), *named]

    def clean(self, value: Any) -> Any:
        return self.found.get(super().clean(value))


class LeadForm(forms.Form):
    """A lead as staff write it down; the estate is chosen first."""

    room = RoomField(label=_("用房"))
    spot_text = forms.CharField(
        label=_("具体位置"),
        max_length=rules.LONGEST_SPOT,
        required=False,
        help_text=_("不在台账上的必填，例如：北门岗亭旁平房"),
    )
    kind = forms.ChoiceField(
        label=_("线索类别"), choices=lambda: choices(_kinds_now(), _("请选择"))
    )
    violator = forms.ChoiceField(
        label=_("责任主体"),
        choices=lambda: choices(rules.VIOLATORS)[1:],
        initial=rules.UNKNOWN,
    )
    text = forms.CharField(
        label=_("情况"),
        max_length=rules.LONGEST,
        help_text=_("看到什么、依据什么；不写个人的证件号和手机号"),
        widget=forms.Textarea(attrs={"rows": 4}),
    )
    photos = FilesField(label=_("现场照片"), required=False, accept="image/*", camera=True)

    def __init__(self, *args: Any, estate: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        found = rooms.rooms(rooms.Scope.of(estate.place)).order_by("name", "code")
        self.fields["room"].offer(found)  # type: ignore[attr-defined]

    @property
    def told(self) -> dict[str, Any]:
        data = dict(self.cleaned_data)
        photos = data.pop("photos")
        return data | {"photos": [Shot(content=each, name=each.name) for each in photos]}


class JoinForm(forms.Form):
    """The room a lead is about, by its code."""

    code = forms.CharField(label=_("用房编码"), max_length=10, help_text=_("例如：R000123"))


class ReasonForm(forms.Form):
    reason = forms.CharField(
        label=_("原因"), max_length=300, widget=forms.Textarea(attrs={"rows": 3})
    )


class PurposeForm(forms.Form):
    purpose = forms.CharField(label=_("用途"), max_length=64)


# --- consultations ------------------------------------------------------------------------------


class ConsultationsFilter(forms.Form):
    q = forms.CharField(
        label=_("编号、名称或线索编号"), required=False, max_length=64, widget=SEARCH
    )
    state = forms.ChoiceField(
        label=_("状态"),
        required=False,
        choices=[
            ("", _("全部")),
            ("open", _("签署中")),
            ("over", _("待作结论")),
            ("closed", _("已结束")),
        ],
    )


class ConveneForm(forms.Form):
    """Who is called, by whom, until when."""

    title = forms.CharField(label=_("会商名称"), max_length=100)
    convener = forms.ChoiceField(label=_("召集单位"))
    departments = forms.MultipleChoiceField(
        label=_("参加部门"),
        choices=lambda: [(code, say(role.name)) for code, role in ASKED.items()],
        widget=forms.CheckboxSelectMultiple,
        error_messages={"required": _("请选择参加会商的部门")},
    )
    due_on = DayField(label=_("签署期限"))

    def __init__(self, *args: Any, conveners: Sequence[Any], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field = self.fields["convener"]
        field.choices = [(role.code, say(role.name)) for role in conveners]  # type: ignore[attr-defined]


class ProposalForm(forms.Form):
    """The conclusion proposed for one lead."""

    conclusion = forms.ChoiceField(
        label=_("拟定结论"),
        choices=lambda: choices(rules.CONCLUSIONS)[1:],
        initial=rules.VIOLATION,
    )
    settled_kind = forms.ChoiceField(
        label=_("属哪一类"), required=False, choices=lambda: choices(_kinds_now(), _("不变"))
    )
    violator = forms.ChoiceField(label=_("责任主体"), choices=lambda: choices(rules.VIOLATORS)[1:])
    room_kind = forms.ChoiceField(label=_("用房类别认定为"), required=False)
    owner = forms.ChoiceField(
        label=_("产权人认定为"),
        required=False,
        choices=lambda: choices(
            {k: v for k, v in room_rules.OWNERS_OF.items() if k != room_rules.UNKNOWN}, _("不变")
        ),
    )
    text = forms.CharField(
        label=_("说明"), required=False, widget=forms.Textarea(attrs={"rows": 2})
    )

    def __init__(self, *args: Any, lead: Lead, **kwargs: Any) -> None:
        super().__init__(
            *args, prefix=f"lead-{lead.pk}", initial={"violator": lead.violator}, **kwargs
        )
        self.lead = lead
        kinds = {code: kind.name for code, kind in room_rules.kinds().items()}
        self.fields["room_kind"].choices = choices(kinds, _("不变"))  # type: ignore[attr-defined]
        if lead.room is None:
            del self.fields["room_kind"], self.fields["owner"]

    @property
    def proposal(self) -> Proposal:
        return Proposal(lead=self.lead, **self.cleaned_data)


WAYS = {
    verdicts.CARRIED: _("决定通过"),
    verdicts.REJECTED: _("决定不通过"),
    verdicts.RETURNED: _("退回再议"),
}
"""What a convener may say where opinions do not decide."""
