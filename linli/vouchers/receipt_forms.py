from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from linli.ledger import queries as ledger
from linli.vouchers import runs
from linli.vouchers.forms import number_of, offer_books
from linli.vouchers.offering import grouped
from linli.web.fields import AmountField, DayField, MonthField

METHODS = (
    ("", "—"),
    ("银行转账", _("银行转账")),
    ("微信扫码", _("微信扫码")),
    ("支付宝扫码", _("支付宝扫码")),
    ("现金", _("现金")),
    ("POS刷卡", _("POS刷卡")),
)
"""What is written on a receipt is Chinese, whatever language the clerk reads."""
SIDES = ("income", "liability")
SHEET_MB = 20


def receivable(book: Any) -> list[Any]:
    """The categories that receipts are issued for, of the funds that have a money account."""
    held = {account.fund for account in ledger.money_accounts(book)}
    return [a for a in ledger.offers.categories(book) if a.kind in SIDES and a.fund in held]


class IssueForm(forms.Form):
    received_on = DayField(label=_("收款日期"))
    category = forms.TypedChoiceField(label=_("科目"), coerce=number_of, empty_value=None)
    amount = AmountField(label=_("金额"))
    payer = forms.CharField(
        label=_("交款人"), max_length=100, help_text=_("写收据抬头；姓名不对外公开")
    )
    summary = forms.CharField(
        label=_("收款事由"), max_length=200, help_text=_("例如：2026年10月 C-17 地面车位费")
    )
    method = forms.ChoiceField(label=_("收款方式"), choices=METHODS, required=False)

    def __init__(self, *args: Any, book: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.accounts = receivable(book)
        names = ledger.offers.names_of(book)
        self.fields["category"].choices = grouped(self.accounts, SIDES, names)  # type: ignore[attr-defined]

    @property
    def account(self) -> Any:
        wanted = self.cleaned_data["category"]
        return next(account for account in self.accounts if account.pk == wanted)


class SheetForm(forms.Form):
    file = forms.FileField(
        label=_("收款清单"),
        help_text=_("Excel 或 CSV，须有收款日期、交款人、收款事由、金额四列"),
        widget=forms.FileInput(attrs={"accept": ".xlsx,.xls,.csv"}),
    )
    category = forms.TypedChoiceField(
        label=_("科目"),
        coerce=number_of,
        empty_value=None,
        required=False,
        help_text=_("表中没有“科目”列或没填时用这个"),
    )
    method = forms.ChoiceField(
        label=_("收款方式"), choices=METHODS, required=False, help_text=_("表中没写时用这个")
    )

    def __init__(self, *args: Any, book: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.accounts = receivable(book)
        names = ledger.offers.names_of(book)
        self.fields["category"].choices = grouped(self.accounts, SIDES, names)  # type: ignore[attr-defined]


class KeptSheetForm(SheetForm):
    """The same once the file is kept."""

    file = forms.IntegerField(widget=forms.HiddenInput)  # type: ignore[assignment]


class GatherForm(forms.Form):
    on = DayField(label=_("入账日期"), help_text=_("钱进账户的那天"))
    money = forms.TypedChoiceField(label=_("收到哪个账户"), coerce=number_of, empty_value=None)
    summary = forms.CharField(label=_("摘要"), max_length=200)

    def __init__(self, *args: Any, book: Any, fund: str, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["money"].choices = [  # type: ignore[attr-defined]
            (a.pk, f"{a.name}{f' …{a.tail}' if a.tail else ''}")
            for a in ledger.money_accounts(book)
            if a.fund == fund and a.closed_on is None
        ]


class ReceiptsFilter(forms.Form):
    q = forms.CharField(
        label=_("交款人、事由、编号、代码或金额"),
        required=False,
        max_length=64,
        widget=forms.TextInput(attrs={"type": "search"}),
    )
    state = forms.ChoiceField(
        label=_("状态"),
        required=False,
        choices=(
            ("", _("全部")),
            ("free", _("未入账")),
            ("gathered", _("已并入凭证")),
            ("void", _("已作废")),
        ),
    )
    period = MonthField(label=_("收款月份"), required=False)
    numbers = forms.CharField(
        label=_("编号段"),
        required=False,
        max_length=2000,
        widget=forms.TextInput(attrs={"type": "search", "placeholder": "128-160"}),
    )
    book = forms.ChoiceField(label=_("账套"), required=False)

    def __init__(self, *args: Any, books: Sequence[Any], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        offer_books(self, books)

    def clean_numbers(self) -> list[tuple[int, int]]:
        """(first, last) of each run of numbers."""
        try:
            return runs.read(self.cleaned_data["numbers"])
        except ValueError as fault:
            raise forms.ValidationError(
                _("编号写一个、几个或一段，例如 128 或 128-160，看不懂“%(part)s”"),
                params={"part": str(fault)[:20]},
            ) from fault
