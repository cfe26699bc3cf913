"""The chart of accounts: funds, sides and categories, from chart.toml."""

from __future__ import annotations

import re
import tomllib
import unicodedata
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from functools import cache
from pathlib import Path
from types import MappingProxyType
from typing import Any

from linli.kernel.words import gettext_noop as _
from linli.sources.words import Worded

PATH = Path(__file__).parent / "chart.toml"

INCOME, COST, USE, TRANSFER = "income", "cost", "use", "transfer"
LIABILITY, NET_ASSETS = "liability", "net_assets"
SIDES = {
    INCOME: _("收入"),
    COST: _("合理成本"),
    USE: _("使用"),
    TRANSFER: _("划转"),
    LIABILITY: _("押金及暂收"),
    NET_ASSETS: _("净资产"),
}
OTHER = "other"
_DIRECTIONS = {
    INCOME: "in",
    COST: "out",
    USE: "out",
    TRANSFER: "both",
    LIABILITY: "both",
    NET_ASSETS: "",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Fund:
    """A source of money that is kept apart from the others."""

    code: str
    name: Worded
    aliases: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Category:
    """A leaf of the chart.

    `side`: a key of SIDES. `kind`: what kind of income, cost or use it is; ``other`` is outside
    the kinds that are counted. `book`: "" in every book, ``street`` only in a street's.
    `needs_note`: an amount here has to be explained. `aliases`: what it is called in practice.
    `order`: its place in the chart. `name` carries its English in `.en`.
    """

    code: str
    fund: str
    side: str
    kind: str
    name: Worded
    aliases: tuple[str, ...] = ()
    needs_note: bool = False
    book: str = ""
    order: int = 0

    @property
    def name_en(self) -> str:
        return self.name.en

    @property
    def direction(self) -> str:
        """in, out or both: which way money of this leaf runs (net assets: "")."""
        return _DIRECTIONS[self.side]

    @property
    def names(self) -> tuple[str, ...]:
        return (self.name, *self.aliases)


def folded(text: str) -> str:
    """A name as it is compared: without spaces, brackets, dashes, width or case."""
    plain = unicodedata.normalize("NFKC", text).casefold()
    return re.sub(r"[\s()\[\]{}《》【】“”\"'、,.:;·_/\\\-—–]", "", plain)


def named(text: str, leaves: Iterable[Category], *, fund: str = "") -> list[Category]:
    """The leaves that go by a name; see linli.sources.categories_named."""
    wanted = folded(text)
    return [
        leaf
        for leaf in leaves
        if wanted
        and (not fund or leaf.fund == fund)
        and any(folded(name) == wanted for name in leaf.names)
    ]


@cache
def _data() -> dict[str, Any]:
    return tomllib.loads(PATH.read_text("utf-8"))


def _funds() -> dict[str, Fund]:
    return {
        one["code"]: Fund(
            code=one["code"],
            name=Worded(one["name"], one["name_en"]),
            aliases=tuple(one.get("aliases", ())),
        )
        for one in _data()["funds"]
    }


FUNDS: Mapping[str, Fund] = MappingProxyType(_funds())
"""Code → fund, in the order they are shown."""


def load_chart(version: int, *, more: Mapping[str, tuple[str, ...]]) -> tuple[Category, ...]:
    """The categories of a version, each with a county's further names (`more`: fund.code → names).

    Raises LookupError for a version that is not written down.
    """
    rows = [row for row in _data()["categories"] if version in row.get("versions", [1])]
    if not rows:
        raise LookupError(f"no chart of version {version}")
    return tuple(
        replace(leaf, order=order, aliases=leaf.aliases + more.get(f"{leaf.fund}.{leaf.code}", ()))
        for order, leaf in enumerate(leaf for row in rows for leaf in _leaves(row))
    )


def _leaves(row: Mapping[str, Any]) -> Iterable[Category]:
    """A row with several funds stands for one leaf in each of them."""
    for fund in row["funds"]:
        yield Category(
            code=row["code"],
            fund=fund,
            side=row["side"],
            kind=row.get("kind", row["code"]),
            name=Worded(row["name"], row["name_en"]),
            aliases=tuple(row.get("aliases", ())),
            needs_note=row.get("needs_note", False),
            book=row.get("book", ""),
        )
