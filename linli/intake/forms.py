"""Forms of the import pages. What may be done is asked of the rules, not here."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from linli.files.rules import LARGEST_MB
from linli.intake.mapping import SIGNS, FileMapping
from linli.intake.profiles import GENERIC, profiles
from linli.intake.proposing import BANK, LEDGER
from linli.intake.reading import BY_MAPPING, Unknown
from linli.intake.rules import MONTH, YEAR
from linli.sources import FUNDS, chart
from linli.web.fields import AmountField, DayField
from linli.web.templatetags.words import say

FIELDS: Mapping[str, Mapping[str, Any]] = {
    LEDGER: {
        "date": _("日期"),
        "voucher": _("凭证号"),
        "fund": _("资金来源"),
        "account": _("资金账户"),
        "category": _("类别（科目）"),
        "counterparty": _("对方单位"),
        "summary": _("摘要"),
        "income": _("收入"),
        "expense": _("支出"),
        "both": _("收入和支出在一栏，支出为负"),
        "amount": _("金额，方向看类别或收支栏"),
        "direction": _("收支方向"),
        "balance": _("结余"),
        "project": _("项目编号"),
        "decision": _("决议依据"),
        "document": _("票据号"),
        "handler": _("经办人"),
        "note": _("备注"),
    },
    BANK: {
        "date": _("交易日期"),
        "time": _("交易时间"),
        "income": _("收入"),
        "expense": _("支出"),
        "amount": _("金额（收支在一栏）"),
        "direction": _("收支方向"),
        "balance": _("余额"),
        "summary": _("摘要"),
        "counterparty": _("对方户名"),
        "serial": _("流水号"),
        "status": _("交易状态"),
    },
}
"""What a column may be read as."""

FAULT_FIELDS: Mapping[str, Any] = {
    **FIELDS[BANK],
    **FIELDS[LEDGER],
    "amount": _("金额"),
    "heading": _("表头"),
    "sheet": _("工作表"),
    "row": _("整行"),
    "opening": _("上期结余"),
    "budget": _("预算"),
    "code": _("项目编号"),
    "name": _("项目名称"),
}
"""What the field of a fault is called."""

SIGN_WORDS = {
    "columns": _("收入、支出各一栏"),
    "signed": _("一栏，正数为收入"),
    "reversed": _("一栏，正数为支出"),
    "direction": _("一栏，另有一栏写明收支"),
}
ENCODINGS = ("utf-8", "gb18030")


class UploadForm(forms.Form):
    """One file; what it is comes from its bytes."""

    file = forms.FileField(
        label=_("文件"),
        max_length=200,
        allow_empty_file=True,
        help_text=_("Excel（.xlsx、.xls）或 CSV，最大 %(most)s MB；表头不必改成固定样式")
        % {"most": LARGEST_MB},
        widget=forms.FileInput(attrs={"accept": ".xlsx,.xls,.csv,.txt"}),
    )


class SheetForm(forms.Form):
    """Which sheet of a workbook is read."""

    sheet = forms.ChoiceField(label=_("读哪张工作表"), required=False)

    def __init__(self, *args: Any, names: Sequence[str], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["sheet"].choices = [("", _("自动识别")), *((n, n) for n in names)]  # type: ignore[attr-defined]


class TomlForm(forms.Form):
    """A mapping file from elsewhere."""

    toml = forms.FileField(
        label=_("映射文件（.toml）"),
        help_text=_("以前在别处对应好的，可以直接用"),
        widget=forms.FileInput(attrs={"accept": ".toml"}),
    )


class MappingForm(forms.Form):
    """What each heading is read as, and what words stand for funds and categories.

    `headings`, `mapping`, `unknown` come from the file; fields are c0, c1 … for the headings and
    v0, v1 … for the words.
    """

    def __init__(
        self,
        *args: Any,
        kind: str,
        headings: Sequence[str],
        mapping: FileMapping,
        unknown: Sequence[Unknown] = (),
        kind_of_book: str = "",
        version: int = 1,
        **kwargs: Any,
    ) -> None:
        super().__init__(*args, **kwargs)
        self.kind, self.headings, self.mapping, self.unknown = kind, headings, mapping, unknown
        used = _uses(kind, mapping)
        choices = [("", _("不用")), *FIELDS[kind].items()]
        for at, heading in enumerate(headings):
            self.fields[f"c{at}"] = forms.ChoiceField(
                label=heading,
                choices=choices,
                required=False,
                initial=used.get(heading, ""),
            )
        for at, word in enumerate(unknown):
            self.fields[f"v{at}"] = forms.ChoiceField(
                label=word.word,
                choices=_codes(word, kind_of_book, version),
                required=False,
            )
        if kind == LEDGER:
            self.fields["voucher_scope"] = forms.ChoiceField(
                label=_("凭证号"),
                choices=[
                    ("", _("自动识别")),
                    (YEAR, _("全年连续编号")),
                    (MONTH, _("每月从头编号")),
                ],
                required=False,
                initial=mapping.voucher_scope,
            )

    def columns(self) -> list[tuple[Any, str]]:
        """(field, heading) of each column, for the table."""
        return [(self[f"c{at}"], heading) for at, heading in enumerate(self.headings)]

    def words(self) -> list[tuple[Any, Unknown]]:
        return [(self[f"v{at}"], word) for at, word in enumerate(self.unknown)]

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        chosen: dict[str, str] = {}
        for at, heading in enumerate(self.headings):
            use = data.get(f"c{at}", "")
            parts = ("income", "expense") if use == "both" else (use,) if use else ()
            for part in parts:
                if part in chosen:
                    text = _("“%(one)s”和“%(other)s”都选了“%(field)s”，只能留一栏")
                    said = {"one": chosen[part], "other": heading}
                    self.add_error(f"c{at}", text % (said | {"field": FIELDS[self.kind][part]}))
                chosen.setdefault(part, heading)
        if not self.errors and "date" not in chosen:
            self.add_error(None, _("请指明哪一栏是日期"))
        if not self.errors and not chosen.keys() & {"income", "expense", "amount"}:
            self.add_error(None, _("请指明哪一栏是收入、支出或金额"))
        if not self.errors and self.kind == LEDGER and "category" not in chosen:
            self.add_error(None, _("请指明哪一栏是类别（科目）"))
        data["chosen"] = chosen
        return data

    def result(self) -> FileMapping:
        """The mapping as it was confirmed: what is not used is said to be so."""
        told = {name: "" for name in FIELDS[self.kind] if name not in ("both", "handler")}
        columns = told | self.cleaned_data["chosen"]
        if self.kind == BANK:
            return FileMapping(
                bank_columns=columns, encoding=self.mapping.encoding, sign=self.mapping.sign
            )
        funds, categories = dict(self.mapping.funds), dict(self.mapping.categories)
        for at, word in enumerate(self.unknown):
            if code := self.cleaned_data.get(f"v{at}", ""):
                (funds if word.field == "fund" else categories)[word.key] = code
        return FileMapping(
            voucher_scope=self.cleaned_data["voucher_scope"],
            columns=columns,
            funds={name: code for name, code in funds.items() if code},
            categories={name: code for name, code in categories.items() if code},
        )


def _uses(kind: str, mapping: FileMapping) -> dict[str, str]:
    """heading → what it is read as."""
    columns = mapping.bank_columns if kind == BANK else mapping.columns
    found = {heading: name for name, heading in columns.items() if heading}
    both = columns.get("income")
    if kind == LEDGER and both and both == columns.get("expense"):
        found[both] = "both"
    return found


def _codes(word: Unknown, kind_of_book: str, version: int) -> list[tuple[str, Any]]:
    """What a word may stand for: a fund, or a category (of its row's fund, where that is known)."""
    if word.field == "fund":
        return [("", _("请选择")), *((fund.code, say(fund.name)) for fund in FUNDS.values())]
    leaves = [
        leaf
        for leaf in chart(version)
        if leaf.side != "net_assets"
        and leaf.book in ("", kind_of_book)
        and leaf.fund in ("", word.fund or leaf.fund)
    ]
    named = [
        (
            leaf.code,
            say(leaf.name) if word.fund else f"{say(FUNDS[leaf.fund].name)} · {say(leaf.name)}",
        )
        for leaf in leaves
    ]
    return [("", _("请选择")), *named]


class BankMappingForm(MappingForm):
    """A bank's layout: a known one, or the columns as they were chosen here."""

    field_order = ("profile", "sign", "encoding")

    def __init__(self, *args: Any, profile: str = "", csv: bool = False, **kwargs: Any) -> None:
        mapping: FileMapping = kwargs["mapping"]
        super().__init__(*args, kind=BANK, **kwargs)
        shipped = [(one.key, say(one.name)) for one in profiles() if one.key != GENERIC]
        self.fields["profile"] = forms.ChoiceField(
            label=_("版式"),
            choices=[("", _("自动识别")), *shipped, (BY_MAPPING, _("按下面的对应读"))],
            required=False,
            initial=profile,
        )
        self.fields["sign"] = forms.ChoiceField(
            label=_("金额怎么写"),
            choices=[("", _("自动识别")), *((one, SIGN_WORDS[one]) for one in SIGNS)],
            required=False,
            initial=mapping.sign,
        )
        if csv:
            self.fields["encoding"] = forms.ChoiceField(
                label=_("文字编码"),
                choices=[("", _("自动识别")), *((one, one.upper()) for one in ENCODINGS)],
                required=False,
                initial=mapping.encoding,
            )

    def clean(self) -> dict[str, Any]:
        """Whoever changes a column means it, whatever stands as the layout."""
        columns = {f"c{at}" for at in range(len(self.headings))} | {"sign"}
        if columns & set(self.changed_data) and "profile" not in self.changed_data:
            self.cleaned_data["profile"] = BY_MAPPING
        if self.cleaned_data.get("profile") != BY_MAPPING:
            return self.cleaned_data
        return super().clean()

    def result(self) -> FileMapping:
        data = self.cleaned_data
        encoding = data.get("encoding", "")
        if data.get("profile") != BY_MAPPING:
            return FileMapping(encoding=encoding)
        told = {name: "" for name in FIELDS[BANK]}
        return FileMapping(
            bank_columns=told | data["chosen"], sign=data.get("sign", ""), encoding=encoding
        )


class StatementForm(forms.Form):
    """What a person says of a statement: its account, and what the file is silent about."""

    account = forms.ChoiceField(label=_("属于哪个账户"))
    from_on = DayField(label=_("自哪天起"), required=False)
    to_on = DayField(label=_("到哪天止"), required=False)
    opening = AmountField(label=_("期初余额（元）"), minimum_fen=None, required=False)

    def __init__(
        self, *args: Any, accounts: Sequence[Any], stated: Mapping[str, bool], **kwargs: Any
    ) -> None:
        super().__init__(*args, **kwargs)
        named = [(str(a.pk), f"{a.name} …{a.tail}" if a.tail else a.name) for a in accounts]
        self.fields["account"].choices = [("", _("请选择")), *named]  # type: ignore[attr-defined]
        self.accounts = {str(account.pk): account for account in accounts}
        for name in ("from_on", "to_on", "opening"):
            if stated.get(name):
                del self.fields[name]
        helps = {
            "from_on": _("文件没写起止日期；可早于第一笔流水"),
            "to_on": _("文件没写起止日期；最后几天没有流水的，填到下载那天的前一天"),
            "opening": _("文件里没有余额；接着上一份对账单的可以不填"),
        }
        for name, text in helps.items():
            if name in self.fields:
                self.fields[name].help_text = text

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        first, last = data.get("from_on"), data.get("to_on")
        if first and last and first > last:
            self.add_error("to_on", _("截止日期早于起始日期"))
        return data

    def said(self) -> dict[str, Any]:
        """The fields of an upload that this says."""
        data = self.cleaned_data
        return {
            "account": self.accounts[data["account"]],
            "from_on": data.get("from_on"),
            "to_on": data.get("to_on"),
            "opening_fen": data.get("opening"),
        }
