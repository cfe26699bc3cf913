"""Rules of cases. No database, no clock, no request."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime

from linli.kernel.flow import PASSED, Flow
from linli.kernel.rulings import Ruling, require
from linli.kernel.words import gettext_noop as _


@dataclass(frozen=True, slots=True)
class Stamped:
    """One stamp: who did (or refused) which step when."""

    step: str
    outcome: str
    by: int | None
    at: datetime


@dataclass(frozen=True, slots=True)
class Folded:
    """What follows from a case's stamps.

    `done`: step → the stamp by which it stands done. `open`: step whose turn it is → since when.
    """

    done: Mapping[str, Stamped]
    open: Mapping[str, datetime]

    def steps_of(self, by: int | None) -> frozenset[str]:
        """The steps that stand done by one person."""
        return frozenset(code for code, stamp in self.done.items() if stamp.by == by)


def fold(flow: Flow, *, opened_at: datetime, stamps: Iterable[Stamped]) -> Folded:
    """Fold stamps, oldest first, to what stands done and what is open since when.

    A step that is sent back and done again is open since it was sent back.
    """
    told: list[tuple[str, str]] = []
    last: dict[str, Stamped] = {}
    done: frozenset[str] = frozenset()
    since = {step.code: opened_at for step in flow.open_steps(done)}
    for stamp in stamps:
        told.append((stamp.step, stamp.outcome))
        if stamp.outcome == PASSED:
            last[stamp.step] = stamp
        done = flow.done(told)
        turn = [step.code for step in flow.open_steps(done)]
        since = {code: since.get(code, stamp.at) for code in turn}
    return Folded({code: last[code] for code in done}, since)


def may_open(*, known: bool) -> Ruling:
    return require(not known, _("这件事已经开办，不能重复开办"))


def may_touch(*, closed: bool) -> Ruling:
    return require(not closed, _("这件事已经办结"))


def may_reopen(*, closed: bool, finished: bool) -> Ruling:
    return require(closed, _("这件事还在办理中")) & require(
        not finished, _("这件事已全部办完，不能重新开办")
    )


def unchanged(*, ours: bool) -> Ruling:
    """`ours`: nobody stamped the case since it was read."""
    return require(ours, _("刚刚已由他人办理，请刷新后再看"))
