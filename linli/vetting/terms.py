"""How long a vetting holds: who must not be appointed until when, and who is cleared for a post."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from linli.kernel.calendar import months_later
from linli.kernel.rulings import Ruling, every, require
from linli.kernel.words import gettext_noop as _
from linli.sources import Circumstance
from linli.vetting.rules import GOOD, OUTCOMES, PASSED, UNTIL, WHILE


@dataclass(frozen=True, slots=True)
class Term:
    """How long somebody must not be appointed: `lasts` is a key of LASTS, "" for not at all."""

    lasts: str = ""
    until_on: date | None = None


def term(grounds: Iterable[tuple[Circumstance, date]], on: date) -> Term:
    """The longest of the terms of what stands against somebody, on a day: for good; else while it
    lasts, or a later day, if there is one."""
    longest = Term()
    for ground, happened_on in grounds:
        if ground.permanent:
            return Term(GOOD)
        last_on = ground.counts_until(happened_on)
        if last_on is None:
            longest = Term(WHILE)
        elif last_on >= on and longest.lasts != WHILE:
            longest = Term(UNTIL, max(last_on, longest.until_on or last_on))
    return longest


def cleared(*, outcome: str, decided_on: date | None, months: int, on: date) -> Ruling:
    """May somebody take a post on a day, by their latest result? `months`: as long as one holds."""
    if decided_on is None:
        return require(False, _("还没有联审结论，不能任职"), "联审规则:10", "队伍规则:5")
    return every(
        [
            require(
                outcome == PASSED,
                _("最近一次联审结论为“%(outcome)s”，不能任职"),
                "联审规则:10",
                "队伍规则:5",
                outcome=OUTCOMES.get(outcome, outcome),
            ),
            require(
                outcome != PASSED or on <= months_later(decided_on, months),
                _("联审通过已满%(n)s个月，须重新联审"),
                "联审规则:10",
                n=months,
            ),
        ]
    )
