"""Kinds of public rooms: whom the law calls for as owner, and where their rent goes."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from functools import cache
from pathlib import Path
from types import MappingProxyType
from typing import Any

from linli.sources.chart import folded
from linli.sources.words import Worded

PATH = Path(__file__).parent / "rooms.toml"
STATE, OWNERS = "state", "owners"


@dataclass(frozen=True, slots=True, kw_only=True)
class RoomKind:
    """A kind of public room, or (with `leaf` False) the kind several of them belong to.

    `owner`: "state", "owners" or "" (still to be settled). `rent`: fund and leaf of the chart that
    rent goes to ("common.room_rent"), "" = none yet. `receiver`: code of the role that takes the
    room over, "" = none does. `since`: from when on this holds; `confidence` as in the sources.
    """

    code: str
    name: Worded
    parent: str
    owner: str
    rent: str
    receiver: str
    cites: tuple[str, ...]
    confidence: str
    aliases: tuple[str, ...]
    since: date
    leaf: bool
    order: int

    @property
    def names(self) -> tuple[str, ...]:
        return (self.name, *self.aliases)

    @property
    def top(self) -> str:
        """The widest kind it belongs to: community, property or itself."""
        return self.parent or self.code

    @property
    def fund(self) -> str:
        """The fund its rent belongs to: common, fiscal or ""."""
        return self.rent.partition(".")[0]


@cache
def _kinds() -> Mapping[str, RoomKind]:
    data = tomllib.loads(PATH.read_text("utf-8"))
    rows: dict[str, dict[str, Any]] = {row["code"]: row for row in data["kinds"]}
    parents = {row.get("parent", "") for row in rows.values()}
    found = {}
    for order, row in enumerate(rows.values()):
        whole = rows.get(row.get("parent", ""), {}) | row
        found[row["code"]] = RoomKind(
            code=row["code"],
            name=Worded(row["name"], row["name_en"]),
            parent=row.get("parent", ""),
            owner=whole["owner"],
            rent=whole["rent"],
            receiver=whole["receiver"],
            cites=tuple(whole["cites"]),
            confidence=whole["confidence"],
            aliases=tuple(row.get("aliases", ())),
            since=row.get("since", data["since"]),
            leaf=row["code"] not in parents,
            order=order,
        )
    return MappingProxyType(found)


def room_kinds() -> Mapping[str, RoomKind]:
    """Code → kind, in the order of lists; wider kinds stand before those that belong to them."""
    return _kinds()


def room_kind(code: str) -> RoomKind:
    """One kind; raises KeyError for an unknown code."""
    return _kinds()[code]


def room_kind_named(text: str) -> RoomKind | None:
    """The kind that goes by a name in practice, as the chart compares names; None if none does.

    The name of a wider kind gives that kind, although no room can be of it.
    """
    wanted = folded(text)
    for kind in _kinds().values():
        if wanted and wanted in {folded(name) for name in kind.names}:
            return kind
    return None
