"""What places are called, for packages below the one that keeps the places.

`linli.places` tells how to ask in its app's `ready`; without it a place is its code.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from typing import Any

from django.db.models import QuerySet

_ask: Callable[[Iterable[str]], Mapping[str, str]] = lambda codes: {c: c for c in codes}  # noqa: E731


def use(ask: Callable[[Iterable[str]], Mapping[str, str]]) -> None:
    """`ask(codes)` gives code → path of names, in few queries for all."""
    global _ask
    _ask = ask


def paths(codes: Iterable[str]) -> Mapping[str, str]:
    """登州街道 › 海滨社区 › 碧海家园 for each code."""
    return _ask({code for code in codes if code})


class WithPaths:
    """Placed rows for a register: those of the page that is shown get `path`, all at once."""

    def __init__(self, rows: QuerySet) -> None:
        self.rows = rows

    def count(self) -> int:
        return self.rows.count()

    __len__ = count

    def order_by(self, *names: str) -> WithPaths:
        return WithPaths(self.rows.order_by(*names))

    def __getitem__(self, some: slice) -> list[Any]:
        found = list(self.rows[some])
        named = paths(row.place for row in found)
        for row in found:
            row.path = named.get(row.place, row.place)
        return found
