"""Days as they are written in sheets and statements."""

from __future__ import annotations

import math
import re
import unicodedata
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from functools import lru_cache

from linli.kernel.rulings import ALLOWED, Ruling, refuse
from linli.kernel.words import gettext_noop as _
from linli.sheets.model import Value, shown

_CLOCK = r"(?:[ T]*(?:星期[一二三四五六日天]|周[一二三四五六日])|[ T]+\d{1,2}[:点时]\d{1,2}.*)?"
_FULL = re.compile(
    rf"(\d{{4}})\s*([-/.年])\s*(\d{{1,2}})\s*(?:[-/.]|月)\s*(\d{{1,2}})\s*日?{_CLOCK}"
)
_COMPACT = re.compile(rf"(\d{{4}})(\d{{2}})(\d{{2}}){_CLOCK}")
_PARTIAL = re.compile(r"(\d{1,2})\s*(?:[-/]|月)\s*(\d{1,2})\s*日?")
_MONTH_ONLY = re.compile(r"(\d{4})\s*[-/.年]\s*(\d{1,2})\s*月?")
_FIRST_YEAR, _LAST_YEAR = 1990, 2099
_SERIAL = range(36526, 73051)  # 2000-01-01 … 2099-12-31 as Excel counts days.
_EPOCH = date(1899, 12, 30)
_SHORT = 40


@dataclass(frozen=True, slots=True)
class MonthDay:
    """A day whose year is not written beside it."""

    month: int
    day: int

    def of(self, year: int) -> date | None:
        """The day in that year; None for 2/29 of a common year."""
        return _day(year, self.month, self.day)


Read = tuple[date | MonthDay | None, Ruling]


def read_day(value: Value) -> Read:
    """A day from a cell: a real date, or text as clerks write it.

    Returns (date, ALLOWED), (MonthDay, ALLOWED) where the year is missing, or (None, why not).
    """
    if isinstance(value, datetime):
        return _bounded(value.date())
    if isinstance(value, date):
        return _bounded(value)
    if isinstance(value, str):
        return _from_text(value)
    if isinstance(value, bool | time | timedelta):
        return None, _no_date(value)
    return _from_number(value)


@lru_cache(maxsize=4096)
def _from_text(value: str) -> Read:
    text = unicodedata.normalize("NFKC", shown(value)).strip()
    if not text:
        return None, refuse(_("未填日期"))
    if full := (_FULL.fullmatch(text) or _COMPACT.fullmatch(text)):
        figures = [int(part) for part in full.groups() if part and part.isdigit()]
        found = _day(*figures)
        return _bounded(found) if found else (None, _no_such_day(value))
    if partial := _PARTIAL.fullmatch(text):
        month, day = int(partial[1]), int(partial[2])
        if _day(2024, month, day) is None:
            return None, _no_such_day(value)
        return MonthDay(month, day), ALLOWED
    if _MONTH_ONLY.fullmatch(text):
        return None, refuse(_("日期“%(value)s”只有年月，请写明日"), value=text[:_SHORT])
    return None, _no_date(value)


def _from_number(value: int | float) -> Read:
    if not math.isfinite(value):
        return None, _no_date(value)
    if value == int(value) and 19900101 <= value <= 20991231:
        return _from_text(str(int(value)))
    if int(value) in _SERIAL:
        meant = _EPOCH + timedelta(days=int(value))
        text = _("日期是数字 %(value)s（可能是 %(day)s），请把单元格改为日期格式")
        return None, refuse(text, value=shown(value), day=meant.isoformat())
    return None, _no_date(value)


def _bounded(day: date) -> Read:
    if _FIRST_YEAR <= day.year <= _LAST_YEAR:
        return day, ALLOWED
    return None, refuse(_("日期“%(value)s”的年份不合理"), value=day.isoformat())


def _day(year: int, month: int, day: int) -> date | None:
    try:
        return date(year, month, day)
    except ValueError:
        return None


def _no_such_day(value: str) -> Ruling:
    return refuse(_("没有“%(value)s”这一天"), value=shown(value)[:_SHORT])


def _no_date(value: Value) -> Ruling:
    return refuse(
        _("“%(value)s”不是日期，请写成 2026-10-03 这样的形式"), value=shown(value)[:_SHORT]
    )


_YEAR = re.compile(r"(?<!\d)((?:19|20)\d{2})\s*(?:年|(?=[-./]\d{1,2}(?!\d)))")
_WRITTEN_YEAR = re.compile("[二一][〇零○九][〇零○一二三四五六七八九]{2}年")
_FIGURES = str.maketrans("〇零○一二三四五六七八九", "000123456789")
_MADE_ON = re.compile(r"(?:编制|制表|打印|导出|填报|报送|审核|查询)(?:日期|时间)?\s*[:：]?\s*\S+")


def years_named(texts: Sequence[str]) -> tuple[int, ...]:
    """The years that a title names, in ascending order; the day it was printed on is no year."""
    found: set[int] = set()
    for text in texts:
        plain = _MADE_ON.sub("", unicodedata.normalize("NFKC", text))
        found |= {int(year) for year in _YEAR.findall(plain)}
        found |= {int(year[:4].translate(_FIGURES)) for year in _WRITTEN_YEAR.findall(plain)}
    return tuple(sorted(year for year in found if _FIRST_YEAR <= year <= _LAST_YEAR))


def with_year(
    written: MonthDay, *, years: Collection[int], before: date | None, after: date | None
) -> date | None:
    """The day with its year from the title, else from the nearest dated rows around it.

    Where the title names several years, or none, the year is the one that lies nearest to the
    row before (else after). None where nothing tells the year.
    """
    if len(years) == 1:
        return written.of(next(iter(years)))
    neighbour = before or after
    if neighbour is None:
        return None
    near = [neighbour.year - 1, neighbour.year, neighbour.year + 1]
    meant = [written.of(year) for year in near if not years or year in years]
    days = [day for day in meant if day is not None]
    return min(days, key=lambda day: abs(day - neighbour), default=None)
