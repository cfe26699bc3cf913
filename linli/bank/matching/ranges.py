"""The days that a summary names: 财付通商户结算 0901-0930."""

from __future__ import annotations

import re
from calendar import monthrange
from datetime import date, timedelta

_TO = r"\s*(?:[-~～－—–至到]|--)\s*"
_DAY = r"(\d{4})[-./年]?(\d{2})[-./月]?(\d{2})日?"
_FULL = re.compile(rf"(?<!\d){_DAY}{_TO}{_DAY}(?!\d)")
_SHORT = re.compile(rf"(?<!\d)(\d{{2}})(\d{{2}}){_TO}(\d{{2}})(\d{{2}})(?!\d)")
_WORDS = re.compile(
    rf"(?<!\d)(\d{{1,2}})月(\d{{1,2}})[日号]?{_TO}(?:(\d{{1,2}})月)?(\d{{1,2}})[日号]"
)
_MONTH = re.compile(r"(?<![\d-])(\d{4})-(\d{2})(?![\d]|-\d)")
OLDEST_DAYS = 120
"""A range that ended longer ago is taken for something else: a contract, an invoice number."""


def named_range(summary: str, *, on: date) -> tuple[date, date] | None:
    """First and last day that a summary names, both included, or None.

    Understood are `0901-0930`, `20260901-20260930`, `2026-09-01至2026-09-30`, `9月1日-9月30日` and
    the month `2026-09`. Where no year is written it is the last in which the range had begun by
    the day of the bank line, `on`.
    """
    found = _written(summary, on)
    if found is None:
        return None
    first, last = found
    plausible = first <= last and first <= on and last >= on - timedelta(days=OLDEST_DAYS)
    return found if plausible else None


def _written(summary: str, on: date) -> tuple[date, date] | None:
    if match := _FULL.search(summary):
        y1, m1, d1, y2, m2, d2 = map(int, match.groups())
        return _range(_day(y1, m1, d1), _day(y2, m2, d2))
    for form in (_SHORT, _WORDS):
        if match := form.search(summary):
            m1, d1, m2, d2 = (int(part or match[1]) for part in match.groups())
            if found := _without_year((m1, d1), (m2, d2), on):
                return found
    if match := _MONTH.search(summary):
        year, month = int(match[1]), int(match[2])
        if 1 <= month <= 12 and year:
            return date(year, month, 1), date(year, month, monthrange(year, month)[1])
    return None


def _without_year(
    first: tuple[int, int], last: tuple[int, int], on: date
) -> tuple[date, date] | None:
    for year in (on.year, on.year - 1):
        begin = _day(year, *first)
        end = _day(year + (last < first), *last)
        if begin and begin <= on:
            return _range(begin, end)
    return None


def _range(first: date | None, last: date | None) -> tuple[date, date] | None:
    return (first, last) if first and last else None


def _day(year: int, month: int, day: int) -> date | None:
    try:
        return date(year, month, day)
    except ValueError:
        return None
