"""A duty is a flow's quiet sister: one thing, done again every month, quarter or half-year."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from linli.kernel.roles import Role

MONTH, QUARTER, HALF_YEAR, YEAR = 1, 3, 6, 12


@dataclass(frozen=True, slots=True, kw_only=True)
class Duty:
    """Something owed once a period.

    `due_day`: natural day of the month after the period (0: it is owed during the period).
    `group`: the part of the desk it stands in with others of its kind ("" = this month's duties).
    `due_rule`: subject of the publication rule that says the day instead, place by place.
    """

    code: str
    name: str
    by: tuple[Role, ...]
    months: int
    due_day: int = 0
    due_rule: str = ""
    page: str = ""
    group: str = ""
    cites: tuple[str, ...] = ()

    def period(self, day: date) -> str:
        """The period a day falls in: 2025-09, 2025-Q3, 2025-H2, 2025."""
        turn = (day.month - 1) // self.months + 1
        return {
            MONTH: f"{day:%Y-%m}",
            QUARTER: f"{day:%Y}-Q{turn}",
            HALF_YEAR: f"{day:%Y}-H{turn}",
            YEAR: f"{day:%Y}",
        }[self.months]
