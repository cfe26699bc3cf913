"""What stands on a desk beside the steps of cases and the duties: domains offer it here.

    @desk.offer
    def missing_holidays(access, today) -> Iterable[Line]: ...

Called in the app's `ready`; one query each at most, none where the reader lacks the role.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import date
from typing import Any


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """One line of a desk (web/components/desk_item.html): it leads to the form that settles it.

    `group`: the part of the desk it stands in with others of its kind ("" = this month's duties).
    `title`, `step`, `action`: msgids or texts; `place`: a path of names; `left`: working days
    until `due`, negative once it is over, None without a deadline.
    """

    title: Any
    url: str
    place: str = ""
    step: Any = ""
    by: Any = ""
    left: int | None = None
    due: date | None = None
    action: Any = ""
    group: str = ""


Offer = Callable[[Any, date], Iterable[Line]]
_offers: list[Offer] = []


def offer(ask: Offer) -> Offer:
    """Register a function (access, today) → lines."""
    if ask not in _offers:
        _offers.append(ask)
    return ask


def offered(access: Any, today: date) -> list[Line]:
    """What all domains offer to one person today."""
    return [line for ask in _offers for line in ask(access, today)]
