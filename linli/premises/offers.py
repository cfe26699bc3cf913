"""What stands on the page of a room beside the register: domains above offer it here.

    @offers.offer
    def leads_of(access, room, today) -> Iterable[Section]: ...

Called in the app's `ready`, in the order of `order`; a few queries each at most, and nothing for a
reader who holds none of the roles that may see it (`access.roles_at(room.place)`).
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import date
from typing import Any

from linli.web.context import Link


@dataclass(frozen=True, slots=True, kw_only=True)
class Item:
    """One line of a section: it leads to the page of what it names.

    `title`, `text`: msgids or texts; `state`: (word, kind of badge) or empty; `left`: working days
    until `due`, negative once it is over, None without a deadline.
    """

    title: Any
    url: str
    text: Any = ""
    state: tuple[Any, str] | tuple[()] = ()
    left: int | None = None
    due: date | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Section:
    """A part of the page of a room. `code`: its anchor; `actions`: buttons beside the heading;
    `empty`: what is said where there are no items ("" = the section is left out then)."""

    code: str
    title: Any
    items: tuple[Item, ...] = ()
    actions: tuple[Link, ...] = ()
    empty: Any = ""

    @property
    def shown(self) -> bool:
        return bool(self.items or self.empty or self.actions)


Offer = Callable[[Any, Any, date], Iterable[Section]]
_offers: dict[Offer, int] = {}


def offer(ask: Offer, *, order: int = 500) -> Offer:
    """Register a function (access, room, today) → sections; smaller orders stand above."""
    _offers.setdefault(ask, order)
    return ask


def offered(access: Any, room: Any, today: date) -> list[Section]:
    """What all domains offer about a room to one reader today."""
    asked = sorted(_offers, key=lambda ask: _offers[ask])
    return [section for ask in asked for section in ask(access, room, today) if section.shown]
