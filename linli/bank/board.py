"""The matching board: what the component needs, from what the queries say."""

from __future__ import annotations

from collections.abc import Callable, Collection
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.db.models import Model
from django.utils.html import format_html_join
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from linli.bank import queries
from linli.bank.matching import Suggestion
from linli.bank.standing import OpenItem
from linli.kernel.money import yuan
from linli.kernel.words import gettext_noop
from linli.sources import number
from linli.web.templatetags.linli_ui import state
from linli.web.templatetags.words import say

MOST = 300
"""Items shown on one side; a month that leaves more is matched by itself first."""
SUGGESTED = gettext_noop("建议 %(n)s")
NONE_AT_THE_BANK = (gettext_noop("银行流水都已对上"), gettext_noop("余下的账是银行还没有的。"))
NONE_IN_THE_BOOK = (gettext_noop("账上分录都已对上"), gettext_noop("余下的流水是账上还没有记的。"))


@dataclass(frozen=True, slots=True, kw_only=True)
class Tile:
    """One item on the board, as web/components/match_column.html says."""

    key: str
    fen: int
    title: str
    text: SafeString
    day: date
    chosen: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Offer:
    """A suggestion with its items; `left`: nothing to take, only a reason."""

    number: int
    bank: list[OpenItem]
    book: list[OpenItem]
    why: str
    fee_fen: int

    @property
    def refs(self) -> str:
        return ",".join(item.ref for item in (*self.bank, *self.book))

    @property
    def complete(self) -> bool:
        """Whether it may be taken as it is."""
        return bool(self.bank and self.book) and not self.fee_fen


class Board:
    """Both columns and the suggestions of an account up to the end of a month.

    `names`: a counterparty as the reader may see it.
    """

    bank_empty, book_empty = NONE_AT_THE_BANK, NONE_IN_THE_BOOK

    def __init__(
        self,
        account: Model,
        period: str,
        marked: Collection[str],
        today: date,
        names: Callable[[str], str] = str,
    ) -> None:
        place = account.book.place
        self.warn = number("outstanding_warn_days", on=today, place=place)
        self.overdue = number("outstanding_overdue_days", on=today, place=place)
        self.today, self.marked = today, frozenset(marked)
        desk = queries.desk(account, period)
        self.early = desk.early
        desk.bank[:] = [item.shown_by(names) for item in desk.bank]
        desk.book[:] = [item.shown_by(names) for item in desk.book]
        self._items = {item.ref: item for item in (*desk.bank, *desk.book)}
        self.offers = [
            self._offer(place, told) for place, told in enumerate(desk.pairing.suggestions, 1)
        ]
        self._offered = {
            item.ref: offer for offer in self.offers for item in (*offer.bank, *offer.book)
        }
        self.certain_count = len(desk.pairing.pairs)
        self.bank = [self._tile(item) for item in desk.bank[:MOST]]
        self.book = [self._tile(item) for item in desk.book[:MOST]]
        self.hidden_count = max(len(desk.bank) - MOST, 0) + max(len(desk.book) - MOST, 0)

    def _offer(self, place: int, told: Suggestion) -> Offer:
        return Offer(
            number=place,
            bank=[self._items[ref] for ref in told.bank],
            book=[self._items[ref] for ref in told.book],
            why=_(told.why) % {"fee": yuan(told.fee_fen)},
            fee_fen=told.fee_fen,
        )

    def _tile(self, item: OpenItem) -> Tile:
        return Tile(
            key=item.ref,
            fen=item.fen,
            title=item.summary or item.counterparty or say(queries.NO_SUMMARY),
            text=self._text(item),
            day=item.on,
            chosen=item.ref in self.marked,
        )

    def _text(self, item: OpenItem) -> SafeString:
        """Number, counterparty, age, and whether it is part of a suggestion."""
        parts: list[Any] = []
        if item.number:
            parts.append(_("第 %(n)s 号") % {"n": item.number})
        if item.summary and item.counterparty:
            parts.append(item.counterparty)
        if item.ref in self.early:
            parts.append(_("对账单开始以前的账"))
        words = format_html_join(" · ", "{}", ((part,) for part in parts))
        told = [part for part in (words, self._age(item), self._badge(item)) if part]
        return format_html_join(" ", "{}", ((part,) for part in told))

    def _age(self, item: OpenItem) -> SafeString | str:
        days = (self.today - item.on).days
        if days < self.warn:
            return ""
        text = ngettext("已 %(n)s 天", "已 %(n)s 天", days) % {"n": days}
        return state(text, "late" if days >= self.overdue else "wait")

    def _badge(self, item: OpenItem) -> SafeString | str:
        offer = self._offered.get(item.ref)
        if offer is None or not (offer.bank and offer.book):
            return ""
        return state(_(SUGGESTED) % {"n": offer.number}, "open")
