"""How often accounts are published, by when, how long and where: a rule as data."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from linli.kernel.calendar import NATURAL, WEEKENDS_ONLY, Calendar
from linli.kernel.period import Period, Span
from linli.kernel.words import gettext_noop as _
from linli.sources.words import Worded

SUBJECTS = {
    "common": _("公共收益"),
    "maintenance": _("专项维修资金"),
    "fee": _("物业费（酬金制）"),
    "seed": _("种子基金"),
    "fiscal": _("财政经费"),
}
PERIODS = {
    "month": _("每月"),
    "quarter": _("每季度"),
    "half": _("每半年"),
    "year": _("每年"),
    "event": _("发生时"),
}
SPOTS = {
    "board": _("公告栏"),
    "stairs": _("楼道"),
    "lift": _("电梯"),
    "online": _("线上"),
}
PUBLISHERS = {
    "property": _("物业服务人"),
    "committee": _("业委会"),
    "council": _("物管会"),
    "community": _("居委会"),
    "group": _("资金管理小组"),
    "charity": _("慈善组织"),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class DisclosureRule:
    """One publication rule.

    `due_months`/`due_days`: by the end of the n-th month, or within n days (of `due_kind`),
    after the period's end; one of them is 0. `min_display_days` are of `day_kind`. `reply_days`
    are working days to answer an objection (None in the data: the number in force). `source` is
    the key of the file it comes from, `order` its place among them.
    """

    subject: str
    period: str
    place: str
    source: str
    cites: tuple[str, ...]
    since: date
    until: date | None = None
    due_months: int = 0
    due_days: int = 0
    due_kind: str = NATURAL
    min_display_days: int = 0
    day_kind: str = NATURAL
    places: tuple[str, ...] = ("board",)
    publisher: tuple[str, ...] = ()
    reply_days: int | None = None
    confidence: str = "background"
    note: Worded = Worded("")
    order: int = 0

    def holds(self, *, on: date, place: str) -> bool:
        """Whether it is in force on a day at a place."""
        begun = self.since <= on and (self.until is None or on <= self.until)
        return begun and place.startswith(self.place)

    def span(self, period: Period) -> Span:
        """The month, quarter, half or year that a month is published in; its month for events."""
        return period.span("month" if self.period == "event" else self.period)

    def due_on(self, period: Period, calendar: Calendar = WEEKENDS_ONLY) -> date:
        """The last day on which the span of a month may be published.

        Pass the county's calendar: without it only weekends are known (for all three days here).
        """
        last = self.span(period).last
        if self.due_months:
            return last.plus(self.due_months).last_on
        return calendar.deadline(last.last_on, self.due_days, self.due_kind)

    def displayed_until(self, published_on: date, calendar: Calendar = WEEKENDS_ONLY) -> date:
        """The last day on which a notice put up on a day has to hang."""
        return calendar.deadline(published_on, self.min_display_days, self.day_kind)

    def reply_by(self, raised_on: date, calendar: Calendar = WEEKENDS_ONLY) -> date:
        """The last day to answer an objection raised on a day."""
        if self.reply_days is None:
            raise ValueError("take the rule from rule_of, which fills in the days to reply")
        return calendar.add_working_days(raised_on, self.reply_days)
