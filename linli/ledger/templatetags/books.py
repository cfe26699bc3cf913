"""What every page about one book shows: the ways to its other pages."""

from __future__ import annotations

from typing import Any

from django import template
from django.urls import NoReverseMatch, reverse
from django.utils.safestring import SafeString
from django.utils.translation import gettext_lazy as _

from linli.kernel.period import Period
from linli.ledger.rules import HOLDERS
from linli.sources import FUNDS
from linli.web.context import Link
from linli.web.templatetags.linli_ui import money
from linli.web.templatetags.words import say

register = template.Library()

TABS = (
    ("home", _("账套首页"), "months:home", False),
    ("vouchers", _("凭证"), "vouchers:index", True),
    ("receipts", _("收据"), "vouchers:receipts", True),
    ("bank", _("银行"), "bank:index", True),
    ("months", _("月结"), "months:index", True),
    ("papers", _("账簿"), "ledger:papers", False),
    ("projects", _("项目"), "ledger:projects", False),
    ("settings", _("设置"), "ledger:settings", False),
)
"""(code, word, name of the address, whether the book goes into the query instead of the path)."""


def home_of(book: Any) -> str:
    """The address of a book's first page."""
    try:
        return reverse("months:home", args=[book.code])
    except NoReverseMatch:
        return reverse("ledger:papers", args=[book.code])


@register.inclusion_tag("web/components/tabs.html")
def book_tabs(book: Any, current: str = "") -> dict[str, Any]:
    """The pages of a book, this one marked; pages that do not exist are left out."""
    links = []
    for code, word, name, queried in TABS:
        try:
            url = (
                f"{reverse(name)}?book={book.code}" if queried else reverse(name, args=[book.code])
            )
        except NoReverseMatch:
            continue
        links.append(Link(word, url, current=code == current))
    return {"tabs": links, "name": book.name}


@register.filter
def fund_name(code: str) -> object:
    """common → 公共收益, in the reader's language when it goes through `say`."""
    return FUNDS[code].name if code in FUNDS else code


@register.filter
def holder_name(code: str) -> object:
    """bank → 银行账户."""
    return HOLDERS.get(code, code)


@register.filter
def last_day(period: str) -> object:
    """The last day of a month."""
    return Period(period).last_on


@register.simple_tag
def year_cell(fen: int, href: str, months: list[str], at: int, label: Any) -> SafeString:
    """A figure of one month of a year, leading to what it is made of; none where it is zero."""
    return money(fen, zero="—", href=f"{href}?first={months[at]}" if fen else "", label=say(label))


@register.filter
def absolute(fen: int) -> int:
    """An amount without its sign, where the side is told by the column."""
    return abs(fen)
