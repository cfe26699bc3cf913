"""Where the months of many estates stand, and what a follow-up needs. No database, no clock."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date

from linli.kernel.period import Period
from linli.kernel.rulings import Ruling, require
from linli.kernel.words import AnyOf
from linli.kernel.words import gettext_noop as _
from linli.months import rules as months

NONE, OVERDUE, LATE, ON_TIME, NOT_DUE = "none", "overdue", "late", "on_time", "not_due"
TIMES = {
    OVERDUE: _("逾期未公示"),
    LATE: _("迟公示"),
    ON_TIME: _("按期公示"),
    NOT_DUE: _("未到期"),
}
"""How a month stands to the day it was due."""

FILTERS = {
    "overdue": _("有逾期未公示的"),
    "late": _("有迟公示的"),
    "sealed": _("已封存未公示的"),
    "objected": _("有异议未答复的"),
    "followed": _("有督办未销号的"),
    "clear": _("全部按期、没有未了事项的"),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Cell:
    """A month of a book. `state` is a key of months.rules.STATES, "" before the first month.

    `time` is a key of TIMES or NONE; `days`: natural days over the day it was due; `objections`:
    those without an answer; `followup`: id of the one that is open (0: none), `pressing`: its
    step is overdue.
    """

    period: str
    state: str = ""
    time: str = NONE
    due_on: date | None = None
    published_on: date | None = None
    days: int = 0
    version: int = 0
    objections: int = 0
    followup: int = 0
    pressing: bool = False

    @property
    def state_name(self) -> str:
        return months.STATES[self.state] if self.state else ""

    @property
    def time_name(self) -> str:
        return TIMES.get(self.time, "")

    @property
    def is_overdue(self) -> bool:
        return self.time == OVERDUE


@dataclass(frozen=True, slots=True, kw_only=True)
class MonthFacts:
    """What is known of a month: see `months.rules.state`; `version` of the latest release."""

    period: str
    first_period: str
    sealed_through: str
    handed_in: bool
    published_on: date | None
    shown_until_on: date | None
    version: int
    objections: int
    due_on: date
    followup: int = 0
    followup_due_on: date | None = None


def cell(facts: MonthFacts, *, today: date) -> Cell:
    """How a month of a book stands on a day."""
    if facts.period < facts.first_period:
        return Cell(period=facts.period)
    published = facts.published_on is not None
    state = months.state(
        handed_in=facts.handed_in,
        sealed=facts.period <= facts.sealed_through,
        published=published,
        shown_until=facts.shown_until_on,
        settled=not facts.objections,
        today=today,
    )
    days = max(0, ((facts.published_on or today) - facts.due_on).days)
    over = today > Period(facts.period).last_on
    time = (LATE if days else ON_TIME) if published else (OVERDUE if days else NOT_DUE)
    return Cell(
        period=facts.period,
        state=state,
        time=time if over or published else NONE,
        due_on=facts.due_on,
        published_on=facts.published_on,
        days=days,
        version=facts.version,
        objections=facts.objections,
        followup=facts.followup,
        pressing=bool(facts.followup_due_on and facts.followup_due_on < today),
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """An estate's book with its months, oldest first."""

    code: str
    name: str
    place: str
    path: str
    cells: tuple[Cell, ...]

    def count(self, time: str) -> int:
        return sum(one.time == time for one in self.cells)

    @property
    def overdue(self) -> int:
        return self.count(OVERDUE)

    @property
    def late(self) -> int:
        return self.count(LATE)

    @property
    def objections(self) -> int:
        return sum(one.objections for one in self.cells)

    @property
    def followups(self) -> int:
        return sum(bool(one.followup) for one in self.cells)

    def fits(self, wanted: str, month: str = "") -> bool:
        """Whether it belongs to one of FILTERS (in one month, if one is named)."""
        cells = [one for one in self.cells if month in ("", one.period)]
        found = {
            "overdue": any(one.time == OVERDUE for one in cells),
            "late": any(one.time == LATE for one in cells),
            "sealed": any(one.state == months.SEALED for one in cells),
            "objected": any(one.objections for one in cells),
            "followed": any(one.followup for one in cells),
        }
        if wanted == "clear":
            return not any(found.values())
        return found.get(wanted, True)


@dataclass(frozen=True, slots=True, kw_only=True)
class Tally:
    """An honest ratio of one month: of the estates that owed it, how many published in time.

    `left_out`: those whose first month came later, or that are not due yet.
    """

    period: str
    on_time: int
    late: int
    overdue: int
    left_out: int

    @property
    def owed(self) -> int:
        return self.on_time + self.late + self.overdue

    @property
    def percent(self) -> int | None:
        return self.on_time * 100 // self.owed if self.owed else None


def tally(rows: Iterable[Row], at: int) -> Tally:
    """The tally of the month at a place of the rows' cells."""
    cells = [row.cells[at] for row in rows]
    counts = {time: sum(one.time == time for one in cells) for time in (ON_TIME, LATE, OVERDUE)}
    return Tally(
        period=cells[0].period if cells else "",
        on_time=counts[ON_TIME],
        late=counts[LATE],
        overdue=counts[OVERDUE],
        left_out=len(cells) - sum(counts.values()),
    )


def ordered(rows: Iterable[Row], order: str) -> list[Row]:
    """By place, or the most overdue (then late, then open objections) first."""
    if order == "place":
        return sorted(rows, key=lambda row: (row.place, row.code))
    return sorted(
        rows, key=lambda row: (-row.overdue, -row.late, -row.objections, row.place, row.code)
    )


# --- follow-ups -------------------------------------------------------------------------------


def may_raise(
    *, text: str, period: str, first: str, last: str, open_: bool, held: bool, who: Sequence[str]
) -> Ruling:
    """A follow-up is raised by street or district, on a month that is over or runs, with a reason.

    `first`, `last`: the book's first and the present month; `open_`: one is open for that month;
    `held`: the raiser holds one of the roles `who`.
    """
    return (
        require(held, _("督办由%(who)s发出"), "督办规则:1", who=AnyOf(who))
        & require(len(text.strip()) >= 5, _("请写明督办事由，至少五个字"), "督办规则:1").at("text")
        & require(first <= period <= last, _("这个账套没有这个月份"), "督办规则:1").at("period")
        & require(not open_, _("这个月已有一件督办没有销号"), "督办规则:1").at("period")
    )


def may_reply(*, text: str) -> Ruling:
    return require(len(text.strip()) >= 5, _("请写明做了什么，至少五个字"), "督办规则:2").at("text")


def may_send_back(*, text: str) -> Ruling:
    return require(text.strip(), _("请写明为什么退回"), "督办规则:3").at("text")
