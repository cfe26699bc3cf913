"""What is asked about rooms: to narrow the register, to write one down, to tell what happened."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from linli.places import queries as places
from linli.places.rules import read_area
from linli.premises import rules
from linli.premises.leases import Terms
from linli.premises.rules import Facts
from linli.sources import room_kinds
from linli.web.fields import AmountField, DayField, FilesField
from linli.web.templatetags.words import say

SEARCH = forms.TextInput(attrs={"type": "search"})


def _choices(table: dict[str, str], first: Any = "") -> list[tuple[str, Any]]:
    return [("", first or _("全部")), *((code, say(word)) for code, word in table.items())]


def kind_filter() -> list[tuple[str, Any]]:
    """Every kind, those that belong to a wider one set in under it."""
    return [
        ("", _("全部")),
        *(
            (kind.code, f"　{say(kind.name)}" if kind.parent else say(kind.name))
            for kind in room_kinds().values()
        ),
    ]


def kind_groups() -> list[tuple[str, list[tuple[str, Any]]]]:
    """The kinds a room can be of, under the name of the wider kind ("" = under none)."""
    groups: dict[str, list[tuple[str, Any]]] = {}
    for kind in rules.kinds().values():
        groups.setdefault(kind.parent, []).append((kind.code, say(kind.name)))
    return [(say(room_kinds()[top].name) if top else "", rows) for top, rows in groups.items()]


def kind_choices() -> list[tuple[Any, Any]]:
    """The same for a form."""
    grouped = [each for top, rows in kind_groups() for each in ([(top, rows)] if top else rows)]
    return [("", _("请选择")), *grouped]


def state_filter() -> list[tuple[str, Any]]:
    return _choices(rules.STATES)


def state_choices() -> list[tuple[str, Any]]:
    return _choices(rules.STATES, _("请选择"))


def owner_filter() -> list[tuple[str, Any]]:
    return _choices(rules.OWNERS_OF)


def look_filter() -> list[tuple[str, Any]]:
    return _choices(rules.LOOKS)


class RoomsFilter(forms.Form):
    q = forms.CharField(label=_("名称、编码或小区"), required=False, max_length=64, widget=SEARCH)
    inside = forms.ChoiceField(label=_("街道或社区"), required=False)
    kind = forms.ChoiceField(label=_("用房类别"), required=False, choices=kind_filter)
    state = forms.ChoiceField(label=_("使用状态"), required=False, choices=state_filter)
    owner = forms.ChoiceField(label=_("产权人"), required=False, choices=owner_filter)
    look = forms.ChoiceField(label=_("只看"), required=False, choices=look_filter)

    def __init__(self, *args: Any, inside: Sequence[places.Named], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        found = [(one.code, f"　{one.name}" if len(one.code) > 9 else one.name) for one in inside]
        self.fields["inside"].choices = [("", _("全部")), *found]  # type: ignore[attr-defined]


class AreaField(forms.CharField):
    """Square metres as somebody writes them; `cleaned_data` holds hundredths, or None."""

    def __init__(self, *, most_m2: int = 1_000_000, **kwargs: Any) -> None:
        self.most_m2 = most_m2
        attrs = {"inputmode": "decimal", "autocomplete": "off"}
        super().__init__(max_length=20, widget=forms.TextInput(attrs=attrs), **kwargs)

    def clean(self, value: Any) -> int | None:
        text = super().clean(value)
        area, ruling = read_area(text, most_m2=self.most_m2)
        if ruling.reasons:
            raise forms.ValidationError([say(reason) for reason in ruling.reasons])
        return area

    def prepare_value(self, value: Any) -> Any:
        return f"{value / 100:.2f}".rstrip("0").rstrip(".") if isinstance(value, int) else value


class RoomForm(forms.Form):
    """What is written down about a room; the estate is chosen first and stays."""

    kind = forms.ChoiceField(label=_("用房类别"), choices=kind_choices)
    name = forms.CharField(label=_("用房名称"), max_length=64)
    place = forms.ChoiceField(label=_("所在楼栋"))
    building = forms.CharField(
        label=_("具体位置"),
        max_length=32,
        required=False,
        help_text=_("例如：3号楼东侧；不写就用楼栋的名称"),
    )
    floor = forms.IntegerField(label=_("楼层"), required=False, help_text=_("地下一层写 -1"))
    planned_dm2 = AreaField(label=_("规划面积（平方米）"), required=False)
    measured_dm2 = AreaField(label=_("实测面积（平方米）"), required=False)
    own_entrance = forms.NullBooleanField(
        label=_("独立出入口"),
        required=False,
        widget=forms.Select(choices=[("", _("未核")), ("true", _("是")), ("false", _("否"))]),
    )
    note = forms.CharField(
        label=_("备注"), max_length=500, required=False, widget=forms.Textarea(attrs={"rows": 3})
    )

    def __init__(self, *args: Any, estate: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        rows = places.children(estate.place).filter(level="building")
        found = [(one.place, one.name) for one in rows]
        self.fields["place"].choices = [(estate.place, _("不在楼栋里或未定")), *found]  # type: ignore[attr-defined]

    def clean(self) -> dict[str, Any]:
        """Without words for where it is, the building's name says so."""
        data = super().clean()
        named = dict(self.fields["place"].choices)  # type: ignore[attr-defined]
        if not data.get("building") and len(data.get("place", "")) > len("370614001001001"):
            data["building"] = str(named[data["place"]])[:32]
        return data

    @property
    def facts(self) -> Facts:
        return Facts(**{name: self.cleaned_data[name] for name in Facts.__slots__})


class NewRoomForm(RoomForm):
    """A room with how it is used and whose it is, as it is found."""

    state = forms.ChoiceField(label=_("使用状态"), choices=state_choices)
    occupant = forms.CharField(
        label=_("使用人"), max_length=64, required=False, help_text=_("出租、被占的必填")
    )
    occupant_person = forms.BooleanField(label=_("使用人是自然人（姓名脱敏显示）"), required=False)
    purpose = forms.CharField(label=_("现用途"), max_length=100, required=False)
    since_on = DayField(label=_("从哪天起"), help_text=_("不清楚的写能查到的最早日期"))
    owner = forms.ChoiceField(label=_("产权人"), choices=lambda: _choices(rules.OWNERS_OF)[1:])
    title_state = forms.ChoiceField(label=_("产权登记"), choices=lambda: _choices(rules.TITLES)[1:])
    title_no = forms.CharField(label=_("不动产权证号"), max_length=64, required=False)
    title_on = DayField(label=_("登记日期"), required=False)

    def clean_owner(self) -> str:
        return self.cleaned_data["owner"] or rules.UNKNOWN

    @property
    def use(self) -> dict[str, Any]:
        names = ("state", "occupant", "occupant_person", "purpose", "since_on")
        more = ("owner", "title_state", "title_no", "title_on")
        return {name: self.cleaned_data[name] for name in (*names, *more)}


class EstateForm(forms.Form):
    """In which estate a new room lies."""

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


class UseForm(forms.Form):
    state = forms.ChoiceField(label=_("使用状态"), choices=state_choices)
    purpose = forms.CharField(label=_("用途"), max_length=100, required=False)
    occupant = forms.CharField(label=_("使用人"), max_length=64, required=False)
    occupant_person = forms.BooleanField(label=_("是自然人"), required=False)
    since_on = DayField(label=_("从哪天起"))
    note = forms.CharField(label=_("备注"), max_length=200, required=False)


class TitleForm(forms.Form):
    title_state = forms.ChoiceField(label=_("产权登记"), choices=lambda: _choices(rules.TITLES)[1:])
    title_no = forms.CharField(label=_("不动产权证号"), max_length=64, required=False)
    title_on = DayField(label=_("登记日期"), required=False)


class EndForm(forms.Form):
    reason = forms.CharField(label=_("注销原因"), max_length=200)
    until_on = DayField(label=_("到哪天止"))


class LeaseForm(forms.Form):
    number = forms.CharField(label=_("合同编号"), max_length=64, required=False)
    lessor = forms.CharField(label=_("出租方"), max_length=64)
    lessee = forms.CharField(label=_("承租方"), max_length=64)
    person = forms.BooleanField(label=_("承租方是自然人（脱敏显示）"), required=False)
    phone = forms.CharField(label=_("联系电话"), max_length=20, required=False)
    purpose = forms.CharField(label=_("约定用途"), max_length=100, required=False)
    from_on = DayField(label=_("起租日期"))
    until_on = DayField(label=_("到期日期"), required=False, help_text=_("不写就是没有约定期限"))
    rent_fen = AmountField(label=_("租金（元）"), minimum_fen=0)
    per = forms.ChoiceField(label=_("多久付一次"), choices=lambda: _choices(rules.PERS)[1:])
    paid_to = forms.ChoiceField(label=_("租金交给谁"), choices=lambda: _choices(rules.PAID_TO)[1:])
    written = forms.BooleanField(label=_("有书面合同"), required=False, initial=True)
    note = forms.CharField(label=_("备注"), max_length=200, required=False)
    papers = FilesField(label=_("合同附件"), required=False)

    @property
    def terms(self) -> Terms:
        names = [name for name in self.cleaned_data if name != "papers"]
        return Terms(**{name: self.cleaned_data[name] for name in names})


class EndLeaseForm(forms.Form):
    ended_on = DayField(label=_("终止日期"))
    reason = forms.CharField(
        label=_("终止原因"), max_length=200, help_text=_("例如：到期收回、解除、清退")
    )


class PurposeForm(forms.Form):
    purpose = forms.CharField(label=_("用途"), max_length=64)


class PapersForm(forms.Form):
    kind = forms.ChoiceField(label=_("附件类别"), choices=lambda: _choices(rules.PAPERS)[1:])
    papers = FilesField(label=_("照片或文件"), camera=False)
    caption = forms.CharField(label=_("说明"), max_length=100, required=False)
    shown_on = DayField(label=_("拍摄或形成日期"), required=False)


class SpotForm(forms.Form):
    spot_x = forms.IntegerField(
        label=_("横向（千分比）"), required=False, min_value=0, max_value=1000
    )
    spot_y = forms.IntegerField(
        label=_("纵向（千分比）"), required=False, min_value=0, max_value=1000
    )


class PlanForm(forms.Form):
    plan = forms.FileField(
        label=_("平面图"),
        help_text=_("总平面图的图片或照片"),
        widget=forms.FileInput(attrs={"accept": "image/*"}),
    )


class BulkForm(forms.Form):
    """The same news about several rooms."""

    state = forms.ChoiceField(label=_("使用状态"), choices=state_choices)
    occupant = forms.CharField(label=_("使用人"), max_length=64, required=False)
    purpose = forms.CharField(label=_("用途"), max_length=100, required=False)
    since_on = DayField(label=_("从哪天起"))
    note = forms.CharField(label=_("备注"), max_length=200, required=False)


class FiguresForm(forms.Form):
    """How large an estate is; what nobody knows is left empty."""

    household_count = forms.IntegerField(label=_("户数"), required=False, min_value=1)
    floor_dm2 = AreaField(label=_("总建筑面积（平方米）"), required=False, most_m2=10**8)
    above_dm2 = AreaField(label=_("地上建筑面积（平方米）"), required=False, most_m2=10**8)
    completed_on = DayField(label=_("竣工日期"), required=False)
    as_of_on = DayField(label=_("数据截至"))
    source = forms.CharField(
        label=_("数据来源"), max_length=128, help_text=_("例如：竣工验收备案表、房产测绘成果")
    )


def about_filter() -> list[tuple[str, Any]]:
    return [("", _("全部")), ("gap", _("有缺口")), ("unknown", _("资料不全")), ("met", _("已达标"))]


class QuotaFilter(forms.Form):
    q = forms.CharField(label=_("小区名称"), required=False, max_length=64, widget=SEARCH)
    inside = forms.ChoiceField(label=_("街道或社区"), required=False)
    look = forms.ChoiceField(label=_("只看"), required=False, choices=about_filter)

    def __init__(self, *args: Any, inside: Sequence[places.Named], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        found = [(one.code, f"　{one.name}" if len(one.code) > 9 else one.name) for one in inside]
        self.fields["inside"].choices = [("", _("全部")), *found]  # type: ignore[attr-defined]
