"""What has to be cleared before somebody takes a post. Whoever vets offers the answer here."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date

from linli.kernel.rulings import ALLOWED, Ruling

Check = Callable[[str, str, date], Ruling]
"""(id_mark of the person, county, day of the post) → may they take it."""

_checks: dict[str, Check] = {}


def offer(code: str, check: Check) -> None:
    """Ask `check` before every post from now on; the same code again replaces it."""
    _checks[code] = check


def ruling(id_mark: str, county: str, on: date) -> Ruling:
    """What all of them say."""
    said = ALLOWED
    for check in _checks.values():
        said = said & check(id_mark, county, on)
    return said
