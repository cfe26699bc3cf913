"""Days and working days, over a table of holidays that is passed in.

The State Council publishes each year's table in about November of the year before. A year that
is not in the table is reckoned by weekends alone, and `gaps` says so, so that nobody relies on a
deadline that will move.
"""

from __future__ import annotations

import calendar as _months
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta

from linli.kernel.rulings import Ruling, every, refuse, require
from linli.kernel.words import gettext_noop as _

WEEKDAYS = (
    _("星期一"),
    _("星期二"),
    _("星期三"),
    _("星期四"),
    _("星期五"),
    _("星期六"),
    _("星期日"),
)

WORKING, WEEKEND, HOLIDAY, SHIFTED = "working", "weekend", "holiday", "shifted"
KINDS = {
    WORKING: _("工作日"),
    WEEKEND: _("周末"),
    HOLIDAY: _("节假日"),
    SHIFTED: _("调休上班"),
}

NATURAL, WORK = "natural", "work"
DAY_KINDS = {NATURAL: _("日"), WORK: _("工作日")}
"""How a period of days is counted; 日 are natural days, 工作日 are working days."""


@dataclass(frozen=True, slots=True)
class Calendar:
    """`holidays`: day → True if it is off, False if a weekend day is worked (调休).

    Days not in the mapping are off on Saturday and Sunday. `years`: those the table is complete
    for.
    """

    holidays: Mapping[date, bool]
    years: frozenset[int]

    def is_working_day(self, day: date) -> bool:
        return not self.holidays.get(day, day.weekday() >= 5)

    def kind(self, day: date) -> str:
        """working | weekend | holiday | shifted (a weekend day that is worked); see KINDS."""
        weekend = day.weekday() >= 5
        off = self.holidays.get(day, weekend)
        if not off:
            return SHIFTED if weekend else WORKING
        return HOLIDAY if day in self.holidays else WEEKEND

    def add_working_days(self, day: date, count: int) -> date:
        """The last of `count` working days that follow `day`; `day` itself is not counted.

        0 gives `day`. A negative count goes back. (民法典 201: the day a period begins with is
        not counted.)
        """
        step = timedelta(1 if count > 0 else -1)
        for _turn in range(abs(count)):
            day += step
            while not self.is_working_day(day):
                day += step
        return day

    def working_days_between(self, start: date, end: date) -> int:
        """Working days after `start` up to and with `end`; negative if `end` is earlier."""
        if end < start:
            return -self.working_days_between(end, start)
        days = (start + timedelta(n) for n in range(1, (end - start).days + 1))
        return sum(self.is_working_day(day) for day in days)

    def on_or_after(self, day: date) -> date:
        """The day itself if it is worked, else the next that is."""
        while not self.is_working_day(day):
            day += timedelta(1)
        return day

    def deadline(self, start: date, count: int, kind: str = NATURAL) -> date:
        """The last day of a period of `count` days after `start`, 民法典 201–203.

        Natural days: the start is not counted, and an end on a day off moves to the next
        working day. Working days: as `add_working_days`.
        """
        if count < 0:
            raise ValueError("a period has no negative length")
        if kind == WORK:
            return self.add_working_days(start, count)
        if kind == NATURAL:
            return self.on_or_after(start + timedelta(count))
        raise ValueError(f"unknown kind of days: {kind!r}")

    def deadline_months(self, start: date, months: int) -> date:
        """The same for a period of months: the same day of the last month, or its end."""
        return self.on_or_after(months_later(start, months))

    def left(self, today: date, deadline: date, kind: str = NATURAL) -> int:
        """Days left until a deadline: 0 on the day itself, negative once it is over."""
        if kind == WORK:
            return self.working_days_between(today, deadline)
        return (deadline - today).days

    def missing(self, *years: int) -> Ruling:
        """A reason for each year the table does not hold: a warning, or enforce it."""
        return every(
            require(
                year in self.years,
                _("尚未录入%(year)s年节假日安排，工作日暂按周一至周五推算"),
                "民法典:203",
                year=year,
            )
            for year in sorted(set(years))
        )

    def gaps(self, first: date, last: date) -> Ruling:
        """`missing` for every year that a stretch of days touches."""
        return self.missing(*range(first.year, last.year + 1))

    def due_for_update(self, today: date) -> Ruling:
        """From December on, next year's table should be here; before that, this year's."""
        return self.missing(today.year, *([today.year + 1] if today.month == 12 else []))


WEEKENDS_ONLY = Calendar({}, frozenset())
"""What is known without a table."""


def months_later(day: date, months: int) -> date:
    """The same day so many months on, or the last of that month if it has none (民法典 202)."""
    year, month = divmod(day.year * 12 + day.month - 1 + months, 12)
    last = _months.monthrange(year, month + 1)[1]
    return date(year, month + 1, min(day.day, last))


def weekday(day: date) -> str:
    """星期一 … 星期日."""
    return WEEKDAYS[day.weekday()]


def check_table(year: int, holidays: Mapping[date, bool]) -> Ruling:
    """Whether rows can be one year's table: days of that year, and not one empty of holidays."""
    outside = tuple(day.isoformat() for day in sorted(holidays) if day.year != year)
    idle = tuple(
        day.isoformat()
        for day, off in sorted(holidays.items())
        if not off and day.weekday() < 5 and day.year == year
    )
    rulings = [
        require(not outside, _("不是%(year)s年的日期：%(days)s"), year=year, days=outside),
        require(not idle, _("周一至周五本来上班，不必列为调休上班：%(days)s"), days=idle),
    ]
    if not any(off for off in holidays.values()):
        rulings.append(refuse(_("%(year)s年节假日表中没有一天放假"), year=year))
    return every(rulings)
