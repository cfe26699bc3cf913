"""Periods: a month as a value, and the quarter, half-year or year it lies in."""

from __future__ import annotations

import calendar
import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date

from linli.kernel.rulings import ALLOWED, Ruling, refuse
from linli.kernel.words import gettext_noop as _

FIRST_YEAR, LAST_YEAR = 1949, 2999
MONTHS = {"month": 1, "quarter": 3, "half": 6, "year": 12}
"""The kinds of span and their length in months."""

_CODE = re.compile(r"([0-9]{4})-([0-9]{2})")
_WRITTEN = re.compile(r"([0-9]{4})\s*(?:[-./年]\s*([0-9]{1,2})\s*月?|([0-9]{2}))(?:份)?")
_SPAN = re.compile(r"([0-9]{4})(?:-(?:([0-9]{2})|Q([1-4])|H([12])))?")


@dataclass(frozen=True, slots=True, order=True)
class Period:
    """A calendar month, ``Period("2026-10")``; ordered by time.

    Raises ValueError for anything but ``YYYY-MM`` of an existing month, 1949–2999.
    """

    code: str

    def __post_init__(self) -> None:
        found = _CODE.fullmatch(self.code) if isinstance(self.code, str) else None
        if not found or not (FIRST_YEAR <= int(found[1]) <= LAST_YEAR and 1 <= int(found[2]) <= 12):
            raise ValueError(f"not a month: {self.code!r}")

    def __str__(self) -> str:
        return self.code

    @classmethod
    def of(cls, day: date) -> Period:
        """The month a day lies in (for a moment, convert to the local day first)."""
        return cls(f"{day.year:04d}-{day.month:02d}")

    @property
    def year(self) -> int:
        return int(self.code[:4])

    @property
    def month(self) -> int:
        return int(self.code[5:])

    @property
    def first_on(self) -> date:
        return date(self.year, self.month, 1)

    @property
    def last_on(self) -> date:
        return date(self.year, self.month, calendar.monthrange(self.year, self.month)[1])

    @property
    def next(self) -> Period:
        return self.plus(1)

    @property
    def previous(self) -> Period:
        return self.plus(-1)

    @property
    def text(self) -> str:
        """As a person writes it: 2026年10月."""
        return f"{self.year}年{self.month}月"

    def plus(self, months: int) -> Period:
        """The month so many months later (or earlier, if negative)."""
        year, month = divmod(self.year * 12 + self.month - 1 + months, 12)
        return Period(f"{year:04d}-{month + 1:02d}")

    def since(self, earlier: Period) -> int:
        """How many months this one lies after another; negative if before."""
        return (self.year - earlier.year) * 12 + self.month - earlier.month

    def contains(self, day: date) -> bool:
        return (self.year, self.month) == (day.year, day.month)

    def to(self, last: Period) -> Iterator[Period]:
        """Every month from this one to `last`, both included; none if `last` is earlier."""
        return (self.plus(n) for n in range(last.since(self) + 1))

    def days(self) -> Iterator[date]:
        """Every day of the month, in order."""
        return (self.first_on.replace(day=n) for n in range(1, self.last_on.day + 1))

    def span(self, kind: str) -> Span:
        """The month, quarter, half or year it lies in; `kind` is a key of MONTHS."""
        length = MONTHS[kind]
        first = self.plus(-((self.month - 1) % length))
        return Span(kind, first, first.plus(length - 1))

    @property
    def quarter(self) -> Span:
        return self.span("quarter")

    @property
    def half(self) -> Span:
        return self.span("half")

    @property
    def whole_year(self) -> Span:
        return self.span("year")


@dataclass(frozen=True, slots=True)
class Span:
    """A month, quarter, half-year or year; made by `Period.span` or `Span.of_code`."""

    kind: str
    first: Period
    last: Period

    @classmethod
    def of_code(cls, code: str) -> Span:
        """From ``2026-10``, ``2026-Q4``, ``2026-H2`` or ``2026``; raises ValueError otherwise."""
        found = _SPAN.fullmatch(code)
        if not found:
            raise ValueError(f"not a period: {code!r}")
        year, month, quarter, half = found.groups()
        if month:
            return Period(code).span("month")
        if quarter:
            return Period(f"{year}-{int(quarter) * 3:02d}").quarter
        return (
            Period(f"{year}-{int(half) * 6:02d}").half if half else Period(f"{year}-01").whole_year
        )

    @property
    def code(self) -> str:
        """2026-10, 2026-Q4, 2026-H2, 2026."""
        turn = (self.first.month - 1) // MONTHS[self.kind] + 1
        return {
            "month": self.first.code,
            "quarter": f"{self.first.year}-Q{turn}",
            "half": f"{self.first.year}-H{turn}",
            "year": f"{self.first.year}",
        }[self.kind]

    @property
    def text(self) -> str:
        """2026年10月, 2026年第4季度, 2026年下半年, 2026年."""
        year, turn = self.first.year, (self.first.month - 1) // MONTHS[self.kind]
        return {
            "month": self.first.text,
            "quarter": f"{year}年第{turn + 1}季度",
            "half": f"{year}年{'上下'[turn % 2]}半年",
            "year": f"{year}年",
        }[self.kind]

    def __str__(self) -> str:
        return self.code

    @property
    def first_on(self) -> date:
        return self.first.first_on

    @property
    def last_on(self) -> date:
        return self.last.last_on

    @property
    def months(self) -> tuple[Period, ...]:
        return tuple(self.first.to(self.last))

    @property
    def next(self) -> Span:
        return self.last.next.span(self.kind)

    @property
    def previous(self) -> Span:
        return self.first.previous.span(self.kind)

    def contains(self, day: date) -> bool:
        return self.first_on <= day <= self.last_on


def parse_period(text: str) -> tuple[Period | None, Ruling]:
    """Read a month from ``2026-10``, ``2026.10``, ``2026/9``, ``202610`` or ``2026年10月份``."""
    found = _WRITTEN.fullmatch(text.strip()) if isinstance(text, str) else None
    if found:
        try:
            return Period(f"{found[1]}-{int(found[2] or found[3]):02d}"), ALLOWED
        except ValueError:
            pass
    return None, refuse(_("“%(value)s”不是月份，请写成 2026-10 的样子"), value=str(text)[:40])
