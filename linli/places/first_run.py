"""What the first run asks about places (see linli.people.first_run for the form of a step)."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from linli.places import imports, queries, services
from linli.web.fields import Part
from linli.web.reasons import put_on


class PlacesStep(forms.Form):
    """Streets and communities: the official list, or one of each typed in."""

    code = "places"
    title = _("街道和社区")
    lead = _("可导入统计用区划代码表，也可先录入一个街道和一个社区，以后再补。")
    order = 20

    division_list = forms.FileField(
        label=_("区划代码表"),
        required=False,
        help_text=_("Excel 或 CSV，含“代码”和“名称”两列；6、9、12或17位代码"),
        widget=forms.FileInput(attrs={"accept": ".csv,.xlsx,.xls"}),
    )
    street_code = forms.CharField(
        label=_("街道代码"), required=False, max_length=12, help_text=_("9位，例如 370614001")
    )
    street_name = forms.CharField(label=_("街道名称"), required=False, max_length=64)
    community_code = forms.CharField(
        label=_("社区代码"), required=False, max_length=12, help_text=_("12位，前9位是街道代码")
    )
    community_name = forms.CharField(label=_("社区名称"), required=False, max_length=64)

    def parts(self) -> list[Part]:
        """The list, or what is typed in its place."""
        typed = ("street_code", "street_name", "community_code", "community_name")
        return [
            Part({"division_list": _("区划代码表")}, _("有代码表的")),
            Part({name: self.fields[name].label for name in typed}, _("没有代码表的")),
        ]

    @staticmethod
    def done() -> bool:
        return queries.in_force().filter(level="community").exists()

    def clean(self) -> dict[str, Any]:
        data = super().clean()
        listed = data.get("division_list")
        self.rows: list[tuple[int, str, str]] = []
        if listed:
            self.rows, ruling = imports.read_divisions(listed.read(), name=listed.name)
            if ruling.allowed:
                ruling = queries.plan_places(rows=self.rows, county=self._county()).faults
            put_on(self, ruling.at("division_list"))
        typed = [data.get(name) for name in ("street_code", "street_name")]
        community = [data.get(name) for name in ("community_code", "community_name")]
        if any(typed) and not all(typed):
            self.add_error("street_name", _("街道的代码和名称要一起填"))
        if any(community) and not all(community):
            self.add_error("community_name", _("社区的代码和名称要一起填"))
        if not listed and not all(community):
            self.add_error("community_code", _("请导入代码表，或填写一个街道和一个社区"))
        return data

    @staticmethod
    def _county() -> str:
        """The county of the installation; rows of others in the list are left."""
        found = list(queries.in_force().filter(level="county").values_list("place", flat=True)[:2])
        return found[0] if len(found) == 1 else ""

    def save(self, *, by: Any, now: datetime) -> dict[str, str]:
        data = self.cleaned_data
        if self.rows:
            services.import_places(by=by, rows=self.rows, county=self._county(), now=now)
        for level in ("street", "community"):
            code, name = data[f"{level}_code"], data[f"{level}_name"]
            if code and not queries.find(code):
                services.add_place(by=by, code=code, name=name, now=now)
        return {}


def _communities() -> list[tuple[str, Any]]:
    found = queries.in_force().filter(level="community").values_list("place", "name")
    return [("", _("请选择")), *((code, f"{name}（{code}）") for code, name in found)]


class EstateStep(forms.Form):
    """The first estate."""

    code = "estate"
    title = _("小区")
    lead = _("先建一个小区，其余小区以后在“地方”里增加或从 Excel 导入。")
    order = 30

    estate_name = forms.CharField(label=_("小区名称"), max_length=64)
    estate_community = forms.ChoiceField(label=_("属于哪个社区"), choices=_communities)
    estate_address = forms.CharField(label=_("地址"), required=False, max_length=128)

    @staticmethod
    def done() -> bool:
        return queries.in_force().filter(level="estate").exists()

    def save(self, *, by: Any, now: datetime) -> dict[str, str]:
        data = self.cleaned_data
        services.add_place(
            by=by,
            parent=data["estate_community"],
            level="estate",
            name=data["estate_name"],
            address=data["estate_address"],
            now=now,
        )
        return {}


FIRST_RUN = (PlacesStep, EstateStep)
