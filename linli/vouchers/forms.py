from __future__ import annotations

import re
import secrets
from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from linli.kernel.money import plain
from linli.kernel.rulings import Ruling
from linli.vouchers import queries, rules
from linli.vouchers.offering import Offers
from linli.vouchers.rules import Filled, Item
from linli.web.fields import AmountField, DayField, FilesField, MonthField
from linli.web.fields import whole_number as number_of
from linli.web.reasons import put_on
from linli.web.templatetags.words import say

FIELDS = {"date": "on", "account": "money"}
"""What the rules call a field that is called otherwise here."""
KEY = re.compile(r"[0-9a-f]{16}")
ROWS, MOST_ROWS = 5, 60
MOST_BOOKS = 50
LARGEST_MB = 20
ACCEPT = "image/*,.pdf,.ofd,.xlsx,.xls,.docx,.doc"


def new_key() -> str:
    """What makes a form one form, however often it is sent."""
    return secrets.token_hex(8)


class RowForm(forms.Form):
    """One row: a category (in a transfer: the account that receives) and an amount."""

    account = forms.TypedChoiceField(
        label=_("科目"), coerce=number_of, empty_value=None, required=False
    )
    amount = AmountField(label=_("金额"), required=False)
    project = forms.TypedChoiceField(
        label=_("项目"), coerce=number_of, empty_value=None, required=False
    )
    restriction = forms.CharField(
        label=_("限定用途"),
        max_length=32,
        required=False,
        widget=forms.TextInput(attrs={"list": "restrictions", "autocomplete": "off"}),
    )
    refund = forms.BooleanField(label=_("退款/冲减"), required=False)

    def __init__(self, *args: Any, offers: Offers, direction: str, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        account, project = self.fields["account"], self.fields["project"]
        if direction in ("move", "match"):
            account.label = _("转到哪个账户")
            account.choices = offers.money_choices(("seed",) if direction == "match" else ())  # type: ignore[attr-defined]
            del self.fields["refund"]
        else:
            account.choices = offers.category_choices(direction)  # type: ignore[attr-defined]
        project.choices = offers.project_choices()  # type: ignore[attr-defined]
        if direction == "move" or not offers.projects:
            del self.fields["project"]
        restricted = any(account.fund in ("seed", "fiscal") for account in offers.money)
        if direction == "move" or not restricted:
            del self.fields["restriction"]

    @property
    def is_blank(self) -> bool:
        told = self.cleaned_data
        return told.get("account") is None and told.get("amount") is None

    def clean(self) -> dict[str, Any]:
        data = super().clean()
        if self.errors:
            return data
        if data.get("account") is None and data.get("amount") is not None:
            self.add_error("account", _("请选择这笔钱的科目"))
        if data.get("amount") is None and data.get("account") is not None:
            self.add_error("amount", _("请填写金额"))
        return data

    @property
    def item(self) -> Item:
        told = self.cleaned_data
        return Item(
            account=told["account"],
            amount_fen=told["amount"],
            project=told.get("project"),
            restriction=told.get("restriction", ""),
            refund=told.get("refund", False),
        )


class VoucherForm(forms.Form):
    """Everything of a voucher but its rows."""

    on = DayField(label=_("日期"), help_text=_("钱实际收到或付出的那天"))
    money = forms.TypedChoiceField(label=_("资金账户"), coerce=number_of, empty_value=None)
    summary = forms.CharField(
        label=_("摘要"), max_length=200, help_text=_("收什么钱、付什么钱，公示时人人看得懂")
    )
    counterparty = forms.CharField(label=_("对方单位"), max_length=100, required=False)
    person = forms.BooleanField(label=_("对方是自然人（姓名不对外公开）"), required=False)
    decision = forms.CharField(
        label=_("决策依据"),
        max_length=100,
        required=False,
        widget=forms.TextInput(attrs={"list": "decisions", "autocomplete": "off"}),
        help_text=_("使用公共收益必填：业主共同决定的文号，或议事规则的授权限额"),
    )
    ground = forms.CharField(
        label=_("成本依据"),
        max_length=100,
        required=False,
        widget=forms.TextInput(attrs={"list": "grounds", "autocomplete": "off"}),
        help_text=_("合同条款、账单或税款所属期；没有依据的成本会印“未附依据”"),
    )
    document = forms.CharField(
        label=_("票据号"), max_length=100, required=False, help_text=_("退款须填原票据号")
    )
    handler = forms.CharField(
        label=_("经办人"),
        max_length=64,
        required=False,
        widget=forms.TextInput(attrs={"list": "handlers", "autocomplete": "off"}),
    )
    note = forms.CharField(
        label=_("备注"),
        max_length=200,
        required=False,
        widget=forms.Textarea(attrs={"rows": 2}),
        help_text=_("用“其他”类科目必须说明"),
    )
    papers = FilesField(
        label=_("单据"),
        required=False,
        accept=ACCEPT,
        largest_mb=LARGEST_MB,
        help_text=_("发票、合同、收据，手机上可直接拍照"),
    )
    public = forms.BooleanField(
        label=_("新上传的单据原件可以公开"),
        required=False,
        help_text=_(
            "原件随凭证公示，人人可以打开。有姓名、电话、住址、账号的不要勾选；不公开的只公示文件指纹"
        ),
    )
    paper_count = forms.IntegerField(
        label=_("附单据张数"),
        required=False,
        min_value=0,
        max_value=9999,
        help_text=_("不填则按上传的文件和所附收据计算"),
        widget=forms.NumberInput(attrs={"inputmode": "numeric"}),
    )
    reason = forms.CharField(
        label=_("更正原因"), max_length=200, help_text=_("哪里错了、为什么改；随更正一起留存")
    )

    def __init__(
        self, *args: Any, offers: Offers, direction: str, corrects: bool = False, **kwargs: Any
    ) -> None:
        super().__init__(*args, **kwargs)
        money = self.fields["money"]
        money.choices = offers.money_choices(("fiscal",) if direction == "match" else ())  # type: ignore[attr-defined]
        if direction in ("move", "match"):
            money.label = _("从哪个账户转出")
            for name in ("counterparty", "person", "ground"):
                del self.fields[name]
            if direction == "move":
                del self.fields["decision"]
        if direction == "in":
            money.label = _("收到哪个账户")
            del self.fields["decision"]
            del self.fields["ground"]
        if direction == "out":
            money.label = _("从哪个账户付出")
        if not corrects:
            del self.fields["reason"]

    @property
    def words(self) -> dict[str, str]:
        return {name: self.cleaned_data.get(name, "") for name in queries.WORDS}


class Desk:
    """A voucher's form with its rows: new, being mended, or the replacement of an entry.

    `data`: what was posted, or None; without `check` it is shown again and nothing is judged.
    """

    def __init__(
        self,
        offers: Offers,
        direction: str,
        *,
        data: Any = None,
        initial: Mapping[str, Any] | None = None,
        items: Sequence[Item] = (),
        corrects: bool = False,
        check: bool = True,
        drop: int | None = None,
        add: int = 0,
        fixed: bool = False,
    ) -> None:
        self.offers, self.direction, self.fixed = offers, direction, fixed
        self.ruling: Ruling | None = None
        told = {"offers": offers, "direction": direction}
        shown = dict(initial or {})
        if data is not None and not check:
            shown = {name: data.get(name) for name in VoucherForm.base_fields}
        self.form = VoucherForm(data if check else None, initial=shown, corrects=corrects, **told)
        self.form.fields["papers"].widget.attrs["data-no-draft"] = ""
        single = direction in ("move", "match")
        raw = _rows_of(data, drop) if data is not None else [_initial(item) for item in items]
        wanted = 1 if single else max(ROWS if data is None else len(raw), len(raw), 1) + add
        raw = (raw + [{}] * wanted)[: 1 if single else min(wanted, MOST_ROWS)]
        self.rows = [
            RowForm(
                {f"row-{at}-{name}": value for name, value in row.items()}
                if data is not None and check
                else None,
                initial=row,
                prefix=f"row-{at}",
                **told,
            )
            for at, row in enumerate(raw)
        ]

    def is_valid(self) -> bool:
        """Whether the form can be read; what it means is judged by the rules."""
        good = [row.is_valid() for row in self.rows] if not self.fixed else [True]
        return self.form.is_valid() and all(good)

    @property
    def more_count(self) -> int:
        """How many rows stand folded below the first two."""
        return max(0, len(self.rows) - 2)

    @property
    def opens_more(self) -> bool:
        """Whether one of them is in use, or was asked for."""
        used = any(row[name].value() for row in self.rows[2:] for name in ("account", "amount"))
        return used or len(self.rows) > ROWS

    @property
    def has_errors(self) -> bool:
        return bool(self.form.errors) or any(row.errors for row in self.rows)

    @property
    def items(self) -> list[Item]:
        return [row.item for row in self.rows if row.is_valid() and not row.is_blank]

    def refuse(self, ruling: Ruling) -> None:
        """Say why not: above the form, and beside the fields that are meant."""
        self.ruling = self.ruling & ruling if self.ruling else ruling
        ruling = Ruling(
            tuple(replace(r, field=FIELDS.get(r.field, r.field)) for r in ruling.reasons)
        )
        if not self.form.is_bound:
            return
        put_on(self.form, Ruling(tuple(r for r in ruling.reasons if r.row is None)))
        rows = [r for r in ruling.reasons if r.row is not None]
        filled = [row for row in self.rows if row.is_valid() and not row.is_blank] if rows else []
        for reason in rows:
            if reason.row <= len(filled):
                put_on(filled[reason.row - 1], Ruling((reason,)))


def _rows_of(data: Any, drop: int | None) -> list[dict[str, Any]]:
    """The posted rows as they were typed, without the one to drop."""
    count = min(number_of(data.get("rows")) or ROWS, MOST_ROWS)
    rows = [
        {
            name: data.get(f"row-{at}-{name}", "")
            for name in RowForm.base_fields
            if f"row-{at}-{name}" in data
        }
        for at in range(count)
    ]
    return [row for at, row in enumerate(rows) if at != drop]


def _initial(item: Item) -> dict[str, Any]:
    return {
        "account": item.account,
        "amount": plain(item.amount_fen),
        "project": item.project or "",
        "restriction": item.restriction,
        "refund": item.refund,
    }


def filled_by(lines: Sequence[Any]) -> Filled:
    """The form of a voucher's or an entry's lines."""
    return rules.filled(
        queries.places_of(lines), {line.account_id: line.account.kind for line in lines}
    )


class ReverseForm(forms.Form):
    on = DayField(label=_("冲销日期"), help_text=_("记在还没有封存的月份，原日期会一并写明"))
    reason = forms.CharField(label=_("冲销原因"), max_length=200)


class ReasonForm(forms.Form):
    reason = forms.CharField(
        label=_("原因"), max_length=200, widget=forms.Textarea(attrs={"rows": 2})
    )


class ApproveForm(forms.Form):
    note = forms.CharField(
        label=_("意见"), max_length=200, required=False, widget=forms.Textarea(attrs={"rows": 2})
    )


def state_choices() -> list[tuple[str, str]]:
    return [
        ("", say(_("全部"))),
        ("open", say(_("未办结"))),
        *((code, say(name)) for code, name in rules.STATES.items()),
    ]


class VouchersFilter(forms.Form):
    q = forms.CharField(
        label=_("摘要、对方、凭证号或金额"),
        required=False,
        max_length=64,
        widget=forms.TextInput(attrs={"type": "search"}),
    )
    state = forms.ChoiceField(label=_("状态"), required=False, choices=state_choices)
    period = MonthField(label=_("月份"), required=False)
    book = forms.ChoiceField(label=_("账套"), required=False)

    def __init__(self, *args: Any, books: Sequence[Any], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        offer_books(self, books)


def offer_books(form: forms.Form, books: Sequence[Any]) -> None:
    """The choice of a book: none where there is only one, its code where there are very many."""
    if len(books) > MOST_BOOKS:
        form.fields["book"] = forms.CharField(label=_("账套编号"), required=False, max_length=16)
        return
    field = form.fields["book"]
    field.choices = [("", "—"), *((b.code, f"{b.name} {b.code}") for b in books)]  # type: ignore[attr-defined]
    if len(books) < 2:
        field.widget = forms.HiddenInput()
