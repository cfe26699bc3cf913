"""What is asked about a handover: to narrow the register, to begin one, to work at its steps."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal, InvalidOperation
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from linli.handover import rules
from linli.handover.site_rules import Seen
from linli.kernel.words import gettext_noop
from linli.places import queries as places
from linli.premises import rules as rooms
from linli.sources import Procedure
from linli.sources.procedures import RATE, TOLD, ItemPlan, StepPlan, TaxPlan
from linli.web.fields import AmountField, DayField, FilesField
from linli.web.templatetags.words import say

SEARCH = forms.TextInput(attrs={"type": "search"})
LOOKS = {
    "sign": gettext_noop("待我会签"),
    "late": gettext_noop("已逾期"),
    "defects": gettext_noop("有整改未销号"),
    "taxes": gettext_noop("有税费待确认"),
    "promises": gettext_noop("承诺资料逾期未交"),
    "done": gettext_noop("已移交"),
    "dropped": gettext_noop("已终止"),
}
USES = {code: rooms.STATES[code] for code in (rooms.SELF_USED, rooms.IDLE, rooms.LET)}


def choices(table: dict[str, Any], first: Any = "") -> list[tuple[str, Any]]:
    return [("", first or _("全部")), *((code, say(word)) for code, word in table.items())]


class HandoversFilter(forms.Form):
    q = forms.CharField(
        label=_("编号、用房、单位或小区"), required=False, max_length=64, widget=SEARCH
    )
    inside = forms.ChoiceField(label=_("街道或社区"), required=False)
    turn = forms.ChoiceField(label=_("办到哪一环节"), required=False)
    look = forms.ChoiceField(label=_("只看"), required=False, choices=lambda: choices(LOOKS))

    def __init__(
        self, *args: Any, inside: Sequence[places.Named], procedure: Procedure, **kwargs: Any
    ) -> None:
        super().__init__(*args, **kwargs)
        found = [(one.code, f"　{one.name}" if len(one.code) > 9 else one.name) for one in inside]
        self.fields["inside"].choices = [("", _("全部")), *found]  # type: ignore[attr-defined]
        steps = {step.code: step.name for step in procedure.flow.steps}
        steps["ended"] = gettext_noop("已办结或终止")
        self.fields["turn"].choices = choices(steps)  # type: ignore[attr-defined]


class RoomForm(forms.Form):
    """Which room is handed over: its code or its name."""

    q = forms.CharField(label=_("用房编码或名称"), max_length=64, widget=SEARCH)


class OpenForm(forms.Form):
    developer = forms.CharField(label=_("移交方（建设单位）"), max_length=80)
    receiver = forms.CharField(label=_("接收单位"), max_length=80)
    receiver_kind = forms.ChoiceField(
        label=_("接收单位的性质"),
        choices=lambda: choices(rules.RECEIVERS, _("请选择")),
        help_text=_("关系到契税是否免征"),
    )


class StepForm(forms.Form):
    """A form of one step: it knows which."""

    step = forms.CharField(widget=forms.HiddenInput, max_length=16)


class PaperForm(StepForm):
    kind = forms.ChoiceField(label=_("资料名称"))
    papers = FilesField(label=_("文件"), camera=False)
    note = forms.CharField(label=_("说明"), max_length=200, required=False)

    def __init__(self, *args: Any, procedure: Procedure, plan: StepPlan, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        kinds = {code: procedure.papers[code] for code in plan.all_papers}
        self.fields["kind"].choices = choices(kinds, _("请选择"))  # type: ignore[attr-defined]
        self.fields["step"].initial = plan.code


class PromiseForm(StepForm):
    kind = forms.ChoiceField(label=_("缺哪一份"))
    promised_on = DayField(label=_("承诺补交日期"))
    promised_by = forms.CharField(label=_("由谁承诺"), max_length=40)
    note = forms.CharField(label=_("缺项原因"), max_length=200, required=False)

    def __init__(
        self, *args: Any, procedure: Procedure, step: str, kinds: Sequence[str], **kwargs: Any
    ) -> None:
        super().__init__(*args, **kwargs)
        named = {code: procedure.papers[code] for code in kinds}
        self.fields["kind"].choices = choices(named, _("请选择"))  # type: ignore[attr-defined]
        self.fields["step"].initial = step


class PassForm(StepForm):
    note = forms.CharField(label=_("办理意见"), max_length=500, required=False)


class TitleForm(PassForm):
    """The transfer of title: what the register of real estate gave."""

    title_no = forms.CharField(label=_("不动产权证号"), max_length=64)
    title_on = DayField(label=_("登记日期"))
    field_order = ("step", "title_no", "title_on", "note")


class BackForm(StepForm):
    text = forms.CharField(
        label=_("退回原因和须补正的内容"),
        max_length=500,
        help_text=_("一次写全；缺少的资料会自动列入补正通知"),
        widget=forms.Textarea(attrs={"rows": 3}),
    )


class SignForm(StepForm):
    note = forms.CharField(label=_("会签意见"), max_length=200, required=False)


class CompleteForm(forms.Form):
    card_no = forms.CharField(label=_("固定资产卡片编号"), max_length=32)
    value_fen = AmountField(label=_("入账价值（元）"), minimum_fen=0)
    use = forms.ChoiceField(
        label=_("启用后怎样使用"), required=False, choices=lambda: choices(USES, _("不变"))
    )
    occupant = forms.CharField(label=_("使用人"), max_length=64, required=False)
    purpose = forms.CharField(label=_("用途"), max_length=100, required=False)
    note = forms.CharField(label=_("办理意见"), max_length=500, required=False)


class DropForm(forms.Form):
    why = forms.CharField(label=_("终止原因"), max_length=200)


# --- acceptance -----------------------------------------------------------------------------------


class HundredthsField(forms.CharField):
    """A measured value as somebody writes it (12.5); `cleaned_data` holds hundredths, or None."""

    def __init__(self, **kwargs: Any) -> None:
        attrs = {"inputmode": "decimal", "autocomplete": "off"}
        super().__init__(max_length=20, widget=forms.TextInput(attrs=attrs), **kwargs)

    def clean(self, value: Any) -> int | None:
        text = super().clean(value).replace(",", "").replace("，", "")
        if not text:
            return None
        try:
            found = Decimal(text) * 100
        except InvalidOperation:
            raise forms.ValidationError(_("请填写数字，例如 128.5")) from None
        if not found.is_finite() or found != found.to_integral_value() or abs(found) > 10**15:
            raise forms.ValidationError(_("请填写数字，最多两位小数"))
        return int(found)

    def prepare_value(self, value: Any) -> Any:
        return rules.plain(value) if isinstance(value, int) else value


class SiteForm(forms.Form):
    """What was found of the items that one answers for; `cleaned_data["seen"]`: of those told."""

    seen_on = DayField(label=_("验收日期"))

    def __init__(self, *args: Any, plans: Sequence[ItemPlan], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.plans = plans
        for plan in plans:
            known = [rules.PASS, rules.FAIL, *([rules.LACK] if plan.may_lack else [])]
            table = {code: rules.OUTCOMES[code] for code in known}
            if plan.unit:
                self.fields[f"value_{plan.code}"] = HundredthsField(
                    label=_("实测值（%(unit)s）") % {"unit": say(rules.UNITS[plan.unit])},
                    required=False,
                )
            self.fields[f"outcome_{plan.code}"] = forms.ChoiceField(
                label=_("结论"),
                required=False,
                choices=choices(table, _("未验")),
            )
            self.fields[f"note_{plan.code}"] = forms.CharField(
                label=_("问题或说明"), max_length=200, required=False
            )

    def lines(self) -> list[tuple[ItemPlan, Any, Any, Any]]:
        """Each item with its fields: the value (None if nothing is measured), outcome, note."""
        return [
            (
                plan,
                self[f"value_{plan.code}"] if plan.unit else None,
                self[f"outcome_{plan.code}"],
                self[f"note_{plan.code}"],
            )
            for plan in self.plans
        ]

    def clean(self) -> dict[str, Any]:
        data: dict[str, Any] = super().clean() or {}
        data["seen"] = []
        for plan in self.plans:
            outcome = data.get(f"outcome_{plan.code}", "")
            value, note = data.get(f"value_{plan.code}"), data.get(f"note_{plan.code}", "")
            typed = f"value_{plan.code}" in self.changed_data or note
            if outcome:
                data["seen"].append(Seen(item=plan.code, outcome=outcome, value=value, note=note))
            elif typed and f"outcome_{plan.code}" not in self.errors:
                self.add_error(f"outcome_{plan.code}", _("请选择结论"))
        return data


class DefectForm(forms.Form):
    text = forms.CharField(label=_("须整改的问题"), max_length=200)


class MendForm(forms.Form):
    text = forms.CharField(label=_("怎样整改的"), max_length=200)
    evidence = FilesField(label=_("整改后的照片或材料"), required=False)


class CheckForm(forms.Form):
    text = forms.CharField(label=_("复验意见"), max_length=200, required=False)


# --- taxes ----------------------------------------------------------------------------------------


class TaxForm(forms.Form):
    tax = forms.CharField(widget=forms.HiddenInput, max_length=16)
    basis_fen = AmountField(label=_("计税依据（元）"), minimum_fen=0, required=False)
    ppm = forms.TypedChoiceField(label=_("税率"), coerce=int, empty_value=None, required=False)
    amount_fen = AmountField(label=_("核算税额（元）"), minimum_fen=0, required=False)
    exempt = forms.TypedChoiceField(
        label=_("减免依据"), coerce=int, empty_value=None, required=False
    )
    note = forms.CharField(label=_("说明"), max_length=200, required=False)

    def __init__(self, *args: Any, plan: TaxPlan, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["tax"].initial = plan.code
        if plan.how == RATE:
            rates = {str(rate.ppm): f"{percent(rate.ppm)}（{rate.cite}）" for rate in plan.rates}
            self.fields["ppm"].choices = choices(rates, _("请选择"))  # type: ignore[attr-defined]
            self.fields["basis_fen"].help_text = say(plan.basis)
        else:
            del self.fields["ppm"], self.fields["basis_fen"]
        if plan.how != TOLD:
            del self.fields["amount_fen"]
        grounds = {str(at): say(words) for at, (words, _cite) in enumerate(plan.exempt)}
        if grounds:
            self.fields["exempt"].choices = choices(grounds, _("不减免"))  # type: ignore[attr-defined]
        else:
            del self.fields["exempt"]

    @property
    def told(self) -> dict[str, Any]:
        return dict(self.cleaned_data)


def percent(ppm: int) -> str:
    """90000 → 9%, 500 → 0.05%."""
    return f"{ppm / 10_000:.4f}".rstrip("0").rstrip(".") + "%"


# --- signing together -------------------------------------------------------------------------------


class BatchForm(forms.Form):
    name = forms.CharField(label=_("签约名称"), max_length=80)
    held_on = DayField(label=_("签约日期"))
    venue = forms.CharField(label=_("地点"), max_length=80, required=False)
    developer = forms.CharField(
        label=_("移交方（建设单位）"),
        max_length=80,
        help_text=_("须与列入的移交所写一致"),
    )
    receiver = forms.CharField(label=_("接收单位"), max_length=80)


class BatchSignForm(forms.Form):
    agreement_no = forms.CharField(label=_("协议编号"), max_length=40)
    giver = forms.CharField(label=_("移交方签字人"), max_length=40)
    taker = forms.CharField(label=_("接收方签字人"), max_length=40)
    signed_on = DayField(label=_("签订日期"))
