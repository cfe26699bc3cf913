"""Forms of the bank's pages. What may be done is asked of the rules, not here."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from linli.web.fields import AmountField, DayField, FilesField, MonthField

IN, OUT = "in", "out"


def month_field(**more: Any) -> MonthField:
    return MonthField(label=_("月份"), **more)


class MonthForm(forms.Form):
    """The month that a page is about, in its address."""

    month = month_field(required=False)


class AccountsFilter(forms.Form):
    q = forms.CharField(
        label=_("账户或尾号"),
        required=False,
        max_length=64,
        widget=forms.TextInput(attrs={"type": "search"}),
    )


class ExplainForm(forms.Form):
    month = MonthField(widget=forms.HiddenInput)
    ref = forms.CharField(max_length=24, widget=forms.HiddenInput)
    note = forms.CharField(
        label=_("说明"),
        max_length=200,
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
    )


class OpeningForm(forms.Form):
    """An item that was open before the statements begin."""

    side = forms.ChoiceField(
        label=_("哪一边已经记了"),
        choices=[("book", _("账上已记，银行还没有")), ("bank", _("银行已记，账上还没有"))],
        initial="book",
        widget=forms.RadioSelect,
    )
    way = forms.ChoiceField(
        label=_("收还是付"),
        choices=[(IN, _("收款")), (OUT, _("付款"))],
        initial=OUT,
        widget=forms.RadioSelect,
    )
    on = DayField(label=_("日期"))
    amount = AmountField(label=_("金额（元）"))
    summary = forms.CharField(label=_("是什么款项"), max_length=200)
    counterparty = forms.CharField(label=_("对方户名"), max_length=100, required=False)

    @property
    def amount_fen(self) -> int:
        data = self.cleaned_data
        return data["amount"] if data["way"] == IN else -data["amount"]


class CountForm(forms.Form):
    month = month_field()
    on = DayField(label=_("盘点日期"))
    counted = AmountField(label=_("盘点金额（元）"), minimum_fen=0)
    note = forms.CharField(
        label=_("备注"),
        max_length=200,
        required=False,
        help_text=_("与账面不符的，写明原因；差额须另填凭证处理"),
    )


class CustodyForm(forms.Form):
    month = month_field()
    balance = AmountField(label=_("代管方确认的月末余额（元）"), minimum_fen=None)
    on = DayField(label=_("确认日期"))
    custodian = forms.CharField(label=_("由谁确认"), max_length=64)
    paper = FilesField(label=_("余额确认单"), help_text=_("代管方签章的确认单，照片或 PDF 均可"))
