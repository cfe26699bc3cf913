"""What the form of a voucher offers: accounts, categories, projects, words used before."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.utils.translation import gettext_lazy as _

from linli.kernel.money import yuan
from linli.ledger import queries as ledger
from linli.sources import FUNDS
from linli.web.templatetags.words import say

SIDES = {
    "in": ("income", "liability", "cost", "use"),
    "out": ("cost", "use", "liability", "income"),
}
"""Which categories a direction offers, the fitting ones first; the others are for refunds."""
SIDE_NAMES = {
    "income": _("收入"),
    "cost": _("合理成本"),
    "use": _("使用"),
    "liability": _("押金及暂收"),
}


@dataclass(frozen=True, slots=True)
class Offers:
    """What a voucher of a book may name."""

    book: Any
    money: Sequence[Any]
    categories: Sequence[Any]
    names: Mapping[tuple[str, str], Any]
    projects: Sequence[dict]
    restrictions: Sequence[tuple[str, str, int]]
    decisions: Sequence[str]
    grounds: Sequence[str]
    handlers: Sequence[str]

    @classmethod
    def of(cls, book: Any, *, today: date) -> Offers:
        """Read what the book offers; the same few queries however much there is."""
        open_ones = [a for a in ledger.money_accounts(book) if a.closed_on is None]
        return cls(
            book=book,
            money=open_ones,
            categories=ledger.offers.categories(book),
            names=ledger.offers.names_of(book),
            projects=ledger.projects(book, f"{today:%Y-%m}"),
            restrictions=ledger.offers.restrictions(book),
            decisions=ledger.offers.said_before(book, "decision"),
            grounds=ledger.offers.said_before(book, "ground"),
            handlers=ledger.offers.said_before(book, "handler"),
        )

    @property
    def matches(self) -> bool:
        """Whether fiscal money can pass to the seed fund here."""
        return {"fiscal", "seed"} <= {account.fund for account in self.money}

    def money_choices(self, funds: Sequence[str] = ()) -> list[tuple[Any, str]]:
        found: list[tuple[Any, str]] = [("", "—")]
        for account in self.money:
            if not funds or account.fund in funds:
                tail = f" …{account.tail}" if account.tail else ""
                left = _("余额 %(fen)s 元") % {"fen": yuan(account.balance_fen)}
                fund = say(FUNDS[account.fund].name)
                found.append((account.pk, f"{account.name}{tail}（{fund}，{left}）"))
        return found

    def category_choices(self, direction: str) -> list[tuple[Any, Any]]:
        """Those that fit the direction first."""
        held = {account.fund for account in self.money}
        some = [account for account in self.categories if account.fund in held]
        return grouped(some, SIDES.get(direction, ()), self.names)

    def project_choices(self) -> list[tuple[Any, str]]:
        found: list[tuple[Any, str]] = [("", "—")]
        for row in self.projects:
            left = sum(part["budget_fen"] - part["paid_to_date_fen"] for part in row["funding"])
            said = _("余 %(fen)s 元") % {"fen": yuan(left)}
            found.append((row["project"].pk, f"{row['project']}（{said}）"))
        return found

    def restriction_choices(self) -> list[tuple[str, str]]:
        found = [("", "—")]
        for fund, code, left in self.restrictions:
            said = _("余 %(fen)s 元") % {"fen": yuan(left)}
            found.append((code, f"{code}（{say(FUNDS[fund].name)}，{said}）"))
        return found


def grouped(
    accounts: Sequence[Any], sides: Sequence[str], names: Mapping[tuple[str, str], Any]
) -> list[tuple[Any, Any]]:
    """Choices of categories by side and fund.

    A name that several funds use says its fund: a closed list does not show the group.
    """
    some = [
        (account, say(names.get((account.fund, account.code), account.name)))
        for account in accounts
        if account.kind in sides
    ]
    funds: dict[str, set[str]] = defaultdict(set)
    for account, name in some:
        funds[name].add(account.fund)

    def text(name: str, fund: str) -> Any:
        said = {"name": name, "fund": say(FUNDS[fund].name)}
        return _("%(name)s（%(fund)s）") % said if len(funds[name]) > 1 else name

    found: list[tuple[Any, Any]] = [("", "—")]
    for side in sides:
        for fund in FUNDS:
            here = [
                (a.pk, text(name, fund)) for a, name in some if (a.fund, a.kind) == (fund, side)
            ]
            if here:
                found.append((f"{say(FUNDS[fund].name)} · {say(SIDE_NAMES[side])}", here))
    return found
