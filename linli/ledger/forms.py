from __future__ import annotations

from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from linli.kernel.period import Period
from linli.ledger.rules import CUSTODY, HOLDERS
from linli.sources import FUNDS
from linli.web.fields import AmountField, DayField, MonthField
from linli.web.templatetags.words import say


def fund_choices() -> list[tuple[str, str]]:
    return [("", "—"), *((code, say(fund.name)) for code, fund in FUNDS.items())]


def holder_choices() -> list[tuple[str, str]]:
    return [("", "—"), *((code, say(name)) for code, name in HOLDERS.items())]


HOLDER_HELP = _("银行账户写开户时登记的户名，代管的写代管单位的全称")
NO_HOLDER = _("请写明由哪个单位代管，月末余额由它确认")


class BooksFilter(forms.Form):
    q = forms.CharField(
        label=_("名称或编号"),
        required=False,
        max_length=64,
        widget=forms.TextInput(attrs={"type": "search"}),
    )


class SpanForm(forms.Form):
    """From one month to another; without the first the last alone."""

    first = MonthField(label=_("从哪个月"), required=False)
    last = MonthField(label=_("到哪个月"), required=False)

    def clean(self) -> dict[str, Any]:
        data = super().clean()
        if data.get("first") and data.get("last") and data["first"] > data["last"]:
            self.add_error("last", _("结束月份早于开始月份"))
        return data


class MonthForm(forms.Form):
    period = MonthField(label=_("月份"), required=False)


class YearForm(forms.Form):
    year = forms.IntegerField(
        label=_("年度"),
        required=False,
        min_value=1949,
        max_value=2999,
        widget=forms.NumberInput(attrs={"inputmode": "numeric"}),
    )


class ContactForm(forms.Form):
    custodian = forms.CharField(
        label=_("资金管理主体"),
        max_length=64,
        required=False,
        help_text=_("业主委员会、物业管理委员会，或代管的居委会、物业"),
    )
    office = forms.CharField(
        label=_("异议受理地点"), max_length=100, required=False, help_text=_("印在每期公示表上")
    )
    phone = forms.CharField(
        label=_("监督电话"),
        max_length=32,
        required=False,
        widget=forms.TextInput(attrs={"inputmode": "tel"}),
    )


class LiveForm(forms.Form):
    live_from = MonthField(
        label=_("启用月份"),
        help_text=_("从这个月起，每笔账都要填凭证由他人审批；此前的月份可以导入"),
    )


class MoneyAccountForm(forms.Form):
    fund = forms.ChoiceField(label=_("属于哪类资金"), choices=fund_choices)
    name = forms.CharField(label=_("账户名称"), max_length=64, help_text=_("例如：业委会专户"))
    holder = forms.ChoiceField(label=_("由谁保管"), choices=holder_choices)
    holder_name = forms.CharField(
        label=_("户名或代管单位"), max_length=64, required=False, help_text=HOLDER_HELP
    )
    bank = forms.CharField(label=_("开户行"), max_length=64, required=False)
    tail = forms.CharField(
        label=_("账号后几位"),
        max_length=8,
        required=False,
        help_text=_("只填最后四位，不要填完整账号"),
        widget=forms.TextInput(attrs={"inputmode": "numeric"}),
    )
    opened_on = DayField(label=_("从哪天启用"), required=False)

    def clean(self) -> dict[str, Any]:
        data = super().clean()
        if data.get("holder") in CUSTODY and not data.get("holder_name"):
            self.add_error("holder_name", NO_HOLDER)
        return data


class CloseAccountForm(forms.Form):
    on = DayField(label=_("最后一天"))


class ProjectForm(forms.Form):
    code = forms.CharField(label=_("项目编号"), max_length=32, help_text=_("例如：P-2026-01"))
    name = forms.CharField(label=_("项目名称"), max_length=100)
    agreement = forms.CharField(label=_("协议编号"), max_length=64, required=False)
    contractor = forms.CharField(label=_("承接单位"), max_length=100, required=False)
    need = forms.CharField(
        label=_("需求来源"),
        max_length=200,
        required=False,
        help_text=_("哪次征集、谁提出、多少户支持"),
    )
    stage = forms.CharField(
        label=_("进展"),
        max_length=32,
        required=False,
        help_text=_("例如：已签协议、实施中、已验收、已结项"),
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for code, fund in FUNDS.items():
            self.fields[f"budget_{code}"] = AmountField(
                label=_("预算：%(fund)s") % {"fund": say(fund.name)}, required=False
            )

    def clean(self) -> dict[str, Any]:
        data = super().clean()
        if not self.budgets and not any(name.startswith("budget") for name in self.errors):
            self.add_error("budget_common", ValidationError(_("至少填一类资金的预算")))
        return data

    @property
    def budgets(self) -> dict[str, int]:
        """Fund → fen, of those that were filled in."""
        found = {code: self.cleaned_data.get(f"budget_{code}") for code in FUNDS}
        return {code: fen for code, fen in found.items() if fen}


class StageForm(forms.Form):
    stage = forms.CharField(
        label=_("现在的进展"), max_length=32, help_text=_("例如：实施中、已验收、已结项")
    )


def span_of(request: Any, book: Any, *, today: Any) -> tuple[SpanForm, str, str]:
    """The months chosen in the address, in a form; without a choice the year up to this month."""
    asked = {name: request.GET.get(name, "") for name in ("first", "last")}
    now = latest(book, today)
    last = asked["last"] or asked["first"] or now
    first = asked["first"] or max(f"{last[:4]}-01", min(book.first_period, last))
    form = SpanForm({"first": first, "last": last})
    if form.is_valid():
        return form, first, last
    return form, now, now


def latest(book: Any, today: Any) -> str:
    """The month that is shown before anybody chooses: the present one, never before the first."""
    return max(Period.of(today).code, book.first_period)


def month_of(request: Any, book: Any, *, today: Any) -> tuple[MonthForm, str]:
    """The month chosen in the address, in a form; without a choice this month."""
    now = latest(book, today)
    form = MonthForm({"period": request.GET.get("period") or now})
    return form, form.cleaned_data["period"] if form.is_valid() else now


def year_of(request: Any, book: Any, *, today: Any) -> tuple[YearForm, int]:
    """The year chosen in the address, in a form; without a choice this year."""
    form = YearForm({"year": request.GET.get("year") or today.year})
    return form, form.cleaned_data["year"] if form.is_valid() else today.year
