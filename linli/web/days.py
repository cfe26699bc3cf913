"""Which calendar the pages go by. The domain that keeps the holiday table tells it here."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date

from django.utils.translation import gettext

from linli.kernel.calendar import KINDS, WEEKDAYS, WEEKENDS_ONLY, Calendar

_ask: Callable[[], Calendar] = lambda: WEEKENDS_ONLY  # noqa: E731


def use(ask: Callable[[], Calendar]) -> None:
    """`ask()` gives the calendar in force; called in the `ready` of the app that keeps it."""
    global _ask
    _ask = ask


def said(day: date) -> str:
    """A day in words: 星期四 · 节假日. Where the year is not in the table it says so."""
    calendar = _ask()
    words = [gettext(WEEKDAYS[day.weekday()]), gettext(KINDS[calendar.kind(day)])]
    if day.year not in calendar.years:
        words.append(gettext("该年节假日安排尚未录入，按周一至周五推算"))
    return " · ".join(words)
