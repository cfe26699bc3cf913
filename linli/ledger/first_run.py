"""What the first run asks about a book (see linli.people.first_run for the form of a step)."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django import forms
from django.utils import timezone
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from linli.kernel.period import Period
from linli.ledger import accounts, services
from linli.ledger.forms import HOLDER_HELP, NO_HOLDER, holder_choices
from linli.ledger.models import Book
from linli.ledger.rules import CUSTODY
from linli.places import queries as places
from linli.sources import FUNDS
from linli.web.fields import AmountField, MonthField, Part
from linli.web.templatetags.linli_ui import period
from linli.web.templatetags.words import say

MOST_BOOKS = 5


def _estates() -> list[tuple[str, Any]]:
    taken = set(Book.objects.filter(kind="estate").values_list("place", flat=True))
    codes = places.in_force().filter(level="estate").values_list("place", flat=True)[:2000]
    free = [code for code in codes if code not in taken]
    paths = places.name_paths(free)
    return [("", _("请选择")), *((code, paths[code]) for code in free)]


class BookStep(forms.Form):
    """The first book, its money accounts and what was in them."""

    code = "book"
    title = _("账套")
    lead = _("一个小区一本账，三类资金各自平衡。没有的资金可以空着，以后再开户。")
    order = 50

    book_estate = forms.ChoiceField(label=_("哪个小区的账"), choices=_estates)
    book_first_period = MonthField(
        label=_("第一个月"), help_text=_("期初余额是这个月之前一天的数，例如 2026-10")
    )
    book_live_from = MonthField(
        label=_("启用月份"),
        required=False,
        help_text=_("从这个月起逐笔填凭证审批；空着则先导入以前的台账"),
    )
    book_custodian = forms.CharField(
        label=_("资金管理主体"),
        max_length=64,
        required=False,
        help_text=_("业主委员会、物业管理委员会，或代管的居委会、物业"),
    )
    book_phone = forms.CharField(label=_("监督电话"), max_length=32, required=False)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for code, fund in FUNDS.items():
            self.fields |= _account_fields(code, say(fund.name))

    def parts(self) -> list[Part]:
        """The book, then what each fund has: its account and the opening in it."""
        book = ("estate", "first_period", "live_from", "custodian", "phone")
        named = {f"book_{name}": self.fields[f"book_{name}"].label for name in book}
        funds = [
            Part({f"{code}_{name}": word for name, (word, _help) in ACCOUNT.items()}, fund.name)
            for code, fund in FUNDS.items()
        ]
        return [Part(named, self.title), *funds]

    @staticmethod
    def after() -> list[str]:
        """How each book goes on: the months before its live month are imported, if it has any."""
        rows = Book.objects.order_by("code").values_list("name", "first_period", "live_from")
        return [_next(*row) for row in rows[:MOST_BOOKS]]

    @staticmethod
    def done() -> bool:
        return Book.objects.exists()

    def clean(self) -> dict[str, Any]:
        data = super().clean()
        for fund in FUNDS:
            named, holder = data.get(f"{fund}_account"), data.get(f"{fund}_holder")
            if named and not holder:
                self.add_error(f"{fund}_holder", _("请选择由谁保管"))
            if holder in CUSTODY and not data.get(f"{fund}_holder_name"):
                self.add_error(f"{fund}_holder_name", NO_HOLDER)
            if not named and (holder or data.get(f"{fund}_opening_fen")):
                self.add_error(f"{fund}_account", _("请填写账户名称"))
        if not any(data.get(f"{fund}_account") for fund in FUNDS):
            self.add_error(f"{next(iter(FUNDS))}_account", _("至少开一个资金账户"))
        first, live = data.get("book_first_period"), data.get("book_live_from")
        if first and live and live < first:
            self.add_error("book_live_from", _("启用月份早于第一个月"))
        if first and Period(first) > Period.of(timezone.localdate()):
            self.add_error("book_first_period", _("第一个月不能晚于本月"))
        return data

    def save(self, *, by: Any, now: datetime) -> dict[str, str]:
        data = self.cleaned_data
        book = services.open_book(
            by=by,
            name=places.name(data["book_estate"]),
            place=data["book_estate"],
            first_period=data["book_first_period"],
            live_from=data["book_live_from"],
            custodian=data["book_custodian"],
            phone=data["book_phone"],
            now=now,
        )
        balances = {}
        for fund in FUNDS:
            if not data[f"{fund}_account"]:
                continue
            account = accounts.open_account(
                by=by,
                book=book,
                fund=fund,
                name=data[f"{fund}_account"],
                holder=data[f"{fund}_holder"],
                holder_name=data[f"{fund}_holder_name"],
                bank=data[f"{fund}_bank"],
                tail=data[f"{fund}_tail"],
                now=now,
            )
            balances[account.pk] = data[f"{fund}_opening_fen"] or 0
        if any(balances.values()):
            services.post_opening(by=by, book=book, balances=balances, now=now)
        return {}


def _next(name: str, first: str, live: str) -> str:
    """What the bookkeeper of a book does now."""
    if not live:
        text = gettext(
            "%(book)s：记账员导入以往的台账和银行流水，按月封存、公示；导完后在账套的“设置”里"
            "定启用月份，从那个月起逐笔填凭证审批。"
        )
    elif live > first:
        text = gettext(
            "%(book)s：记账员导入%(live)s以前的台账和银行流水；从%(live)s起逐笔填凭证审批。"
        )
    else:
        text = gettext(
            "%(book)s：记账员从%(live)s起逐笔填凭证，由审批人审批入账；"
            "月底导入银行流水，对账、封存、公示。"
        )
    return text % {"book": name, "live": period(live) if live else ""}


ACCOUNT = {
    "account": (_("账户名称"), _("例如：业委会专户")),
    "holder": (_("由谁保管"), ""),
    "holder_name": (_("户名或代管单位"), HOLDER_HELP),
    "bank": (_("开户行"), ""),
    "tail": (_("账号后四位"), ""),
    "opening_fen": (_("期初余额（元）"), ""),
}
"""The fields of an account: what each is called, and what helps to fill it in."""


def _account_fields(fund: str, name: str) -> dict[str, forms.Field]:
    """The fields of a fund's account, each named with the fund, as `linli init` asks for them."""
    kinds = {
        "account": forms.CharField(max_length=64, required=False),
        "holder": forms.ChoiceField(choices=holder_choices, required=False),
        "holder_name": forms.CharField(max_length=64, required=False),
        "bank": forms.CharField(max_length=64, required=False),
        "tail": forms.CharField(
            max_length=8, required=False, widget=forms.TextInput(attrs={"inputmode": "numeric"})
        ),
        "opening_fen": AmountField(required=False, minimum_fen=0),
    }
    for code, field in kinds.items():
        word, help_text = ACCOUNT[code]
        field.label = gettext("%(fund)s：%(what)s") % {"fund": name, "what": word}
        field.help_text = help_text or field.help_text
    return {f"{fund}_{code}": field for code, field in kinds.items()}


FIRST_RUN = (BookStep,)
