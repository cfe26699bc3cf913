"""Indicators (指标): figures of a report, computed again from rows, with what they are made of.

Domains offer them in their app's `ready`:

    indicators.offer(code="leads_found", claim="A1", name=_("排查发现线索"), unit="条",
                     means=_("排查比对产生的线索数"), compute=_leads_found, page="leads:register")

    def _leads_found(scope: Scope, on: date) -> Value:
        return Value(queries.found_count(scope))

What the report says of an indicator is a number of the same name in `linli.sources`.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.urls import reverse

from linli.kernel.place import Scope
from linli.sources import number_of


@dataclass(frozen=True, slots=True)
class Value:
    """What was computed. A share says what it is a share of (`numerator` of `denominator`);
    `left_out`: rows that were not counted, for the reason that `means` tells."""

    value: float | int | None
    numerator: int | None = None
    denominator: int | None = None
    left_out: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Indicator:
    """`claim`: the claim of the mission it belongs to; `means`: what is counted, in a sentence;
    `page`: URL name of the page with its rows ("" = none yet)."""

    code: str
    claim: str
    name: Any
    unit: Any
    means: Any
    compute: Callable[[Scope, date], Value]
    page: str = ""

    @property
    def url(self) -> str:
        return reverse(self.page) if self.page else ""


@dataclass(frozen=True, slots=True)
class Shown:
    """An indicator at a place on a day, beside what the report says (None: it says nothing)."""

    indicator: Indicator
    found: Value
    reported: float | None = None
    cite: str = ""


TENTHS = {"permille": 10, "tenth_years": 10}
"""Numbers of sources are whole; by these units a report's decimal is kept: ‰ for %, tenths of years."""
_offered: dict[str, Indicator] = {}


def offer(*, code: str, **told: Any) -> Indicator:
    """Add an indicator; the same code again replaces it."""
    _offered[code] = Indicator(code=code, **told)
    return _offered[code]


def shown(scope: Scope, on: date, *, place: str = "") -> list[Shown]:
    """Every indicator computed within a scope, in the order of claims and codes.

    `place`: whose report and rules are asked for the reported number.
    """
    rows = sorted(_offered.values(), key=lambda one: (one.claim, one.code))
    return [_beside(one, one.compute(scope, on), on, place) for one in rows]


def _beside(indicator: Indicator, found: Value, on: date, place: str) -> Shown:
    try:
        number = number_of(indicator.code, on=on, place=place)
    except (KeyError, LookupError):
        return Shown(indicator, found)
    share = TENTHS.get(number.unit)
    return Shown(indicator, found, number.value / share if share else number.value, number.cite)
