"""The left navigation: each domain registers its pages once, in its app's `ready`."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass

from django.utils.functional import Promise


@dataclass(frozen=True, slots=True, kw_only=True)
class Item:
    """One entry.

    `label`, `group`: msgids (Chinese); an entry without a group stands on top. `roles`: codes of
    the roles that see it, empty = everybody who has logged in. `order`: smaller stands higher.
    `on_phone`: also in the bar at the bottom of a phone (the first three of those a person sees).
    """

    code: str
    label: str | Promise
    url_name: str
    icon: str
    roles: frozenset[str] = frozenset()
    order: int = 100
    group: str | Promise = ""
    on_phone: bool = False


_items: dict[str, Item] = {}


def register(
    *,
    code: str,
    label: str | Promise,
    url_name: str,
    icon: str,
    roles: Collection[str] = (),
    order: int = 100,
    group: str | Promise = "",
    on_phone: bool = False,
) -> Item:
    """Add an entry; the same code again replaces it."""
    item = Item(
        code=code,
        label=label,
        url_name=url_name,
        icon=icon,
        roles=frozenset(roles),
        order=order,
        group=group,
        on_phone=on_phone,
    )
    _items[code] = item
    return item


def unregister(code: str) -> None:
    _items.pop(code, None)


def items_for(roles: Collection[str]) -> list[Item]:
    """What somebody with these roles sees, in order."""
    seen = [item for item in _items.values() if not item.roles or item.roles & set(roles)]
    return sorted(seen, key=lambda item: (item.order, item.code))
