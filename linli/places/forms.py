from __future__ import annotations

from typing import Any

from django import forms
from django.utils.text import capfirst
from django.utils.translation import gettext_lazy as _

from linli.kernel import place as codes
from linli.places import queries, rules
from linli.places.models import Place
from linli.web.fields import DayField
from linli.web.reasons import put_on
from linli.web.templatetags.words import say


def level_choices() -> list[tuple[str, Any]]:
    return [
        ("", _("全部")),
        *((level, capfirst(say(codes.NAMES[level]))) for level in queries.SHOWN),
    ]


class PlacesFilter(forms.Form):
    q = forms.CharField(
        label=_("名称、首字母或代码"),
        required=False,
        max_length=64,
        widget=forms.TextInput(attrs={"type": "search"}),
    )
    level = forms.ChoiceField(label=_("级别"), required=False, choices=level_choices)
    closed = forms.BooleanField(label=_("已撤销的"), required=False)


class DoorsFilter(forms.Form):
    q = forms.CharField(
        label=_("房号"),
        required=False,
        max_length=32,
        widget=forms.TextInput(attrs={"type": "search"}),
    )


class AddPlaceForm(forms.Form):
    """Inside a place: what is numbered here gets its number, what the State codes needs its code."""

    level = forms.ChoiceField(label=_("增加什么"))
    name = forms.CharField(label=_("名称"), max_length=64)
    code = forms.CharField(
        label=_("代码"),
        max_length=12,
        required=False,
        help_text=_("街道、社区填统计用区划代码；小区、网格、楼栋不用填，由系统编号"),
    )
    address = forms.CharField(label=_("地址"), max_length=128, required=False)
    since_on = DayField(label=_("从哪天起"), required=False)

    def __init__(self, *args: Any, parent: Place, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.parent = parent
        levels = inside(parent.level)
        self.fields["level"].choices = [
            (level, capfirst(say(codes.NAMES[level]))) for level in levels
        ]

    def clean(self) -> dict[str, Any]:
        data = super().clean()
        code = data.get("code", "")
        if data.get("level") in rules.OFFICIAL:
            if not code:
                self.add_error("code", _("请填写统计用区划代码"))
            elif codes.check(code).allowed and codes.parent(code) != self.parent.place:
                self.add_error("code", _("代码不在本地方之下"))
        else:
            data["code"] = ""
        return data


def inside(level: str) -> tuple[str, ...]:
    """What may be added in a place of a level."""
    return {
        "county": ("street",),
        "street": ("community",),
        "community": ("estate", codes.GRID),
        "estate": ("building",),
        "building": ("unit",),
    }.get(level, ())


class RenameForm(forms.Form):
    name = forms.CharField(label=_("新名称"), max_length=64)
    on = DayField(label=_("从哪天起"))


class AddressForm(forms.Form):
    address = forms.CharField(label=_("地址"), max_length=128, required=False)


class SucceedForm(forms.Form):
    new = forms.CharField(
        label=_("并入（或改为）哪里"),
        max_length=32,
        help_text=_("填代码；须先录入"),
        widget=forms.TextInput(attrs={"list": "places-found", "autocomplete": "off"}),
    )
    since_on = DayField(label=_("从哪天起"))

    def clean_new(self) -> Place:
        found = queries.find(self.cleaned_data["new"].strip())
        if found is None:
            raise forms.ValidationError(_("没有这个代码，请先录入"))
        return found


class CloseForm(forms.Form):
    until_on = DayField(label=_("到哪天止"), help_text=_("含当天"))


class ConfirmForm(forms.Form):
    """What was looked through is to be written: the kept file, and how."""

    file = forms.IntegerField(widget=forms.HiddenInput)
    since_on = DayField(label=_("新代码、新名称从哪天起"), required=False)
    close_missing = forms.BooleanField(label=_("表里没有的同级代码一并撤销"), required=False)


class GridForm(forms.Form):
    grid = forms.ChoiceField(label=_("划入网格"))
    since_on = DayField(label=_("从哪天起"))

    def __init__(self, *args: Any, community: str, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        grids = queries.grids_of(community)
        self.fields["grid"].choices = [(code, name) for name, code in sorted(grids.items())]

    def clean_grid(self) -> Place:
        found = queries.find(self.cleaned_data["grid"])
        if found is None:
            raise forms.ValidationError(_("没有这个网格"))
        return found


class HolidaysForm(forms.Form):
    year = forms.IntegerField(label=_("年份"), min_value=2000, max_value=2100)
    source = forms.CharField(
        label=_("依据"), max_length=128, help_text=_("国务院办公厅通知的名称或文号")
    )
    days = forms.CharField(
        label=_("放假和调休"),
        help_text=_("每行一天或一段，后面写名称；调休上班的日子写“上班”。例如：2027-01-01 元旦"),
        widget=forms.Textarea(attrs={"rows": 14}),
    )

    def clean_days(self) -> tuple:
        found, ruling = rules.read_holidays(self.cleaned_data["days"])
        put_on(self, ruling)
        return found
