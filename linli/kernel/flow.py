"""A flow is data: its steps, who does each, what it needs, and what it follows."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import dataclass

from linli.kernel.roles import Role
from linli.kernel.rulings import Ruling, require
from linli.kernel.words import AnyOf
from linli.kernel.words import gettext_noop as _

PASSED, RETURNED = "passed", "returned"


@dataclass(frozen=True, slots=True, kw_only=True)
class Step:
    """One step.

    `by`: any one of these roles does it. `after` None: it follows the step written above it.
    `back`: a refusal at this step sends the case back to that step ("" = it cannot be refused).
    `days`: name of the dated number of working days allowed from the moment the step opens ("" =
    no limit). `promised`: where the case has a promised day, the step is due on that day
    instead. `others`: whoever stamped these steps may not stamp this one.
    """

    code: str
    name: str
    by: tuple[Role, ...]
    after: tuple[str, ...] | None = None
    back: str = ""
    days: str = ""
    promised: bool = False
    others: tuple[str, ...] = ()
    cites: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Flow:
    """A procedure. `page` is the URL name of the page that shows what the case is about.

    `discreet`: nobody is told of its cases but whoever may do one of its steps.
    """

    code: str
    name: str
    steps: tuple[Step, ...]
    page: str = ""
    discreet: bool = False

    def __post_init__(self) -> None:
        seen: list[str] = []
        for step in self.steps:
            assert step.code not in seen, f"{self.code}: step {step.code} is written twice"
            for earlier in (*(step.after or ()), *step.others):
                assert earlier in seen, f"{self.code}: {step.code} follows unknown {earlier}"
            assert not step.back or step.back in seen, f"{self.code}: {step.code} goes back ahead"
            seen.append(step.code)

    def step(self, code: str) -> Step:
        return next(step for step in self.steps if step.code == code)

    def follows(self, step: Step) -> tuple[str, ...]:
        if step.after is not None:
            return step.after
        place = self.steps.index(step)
        return (self.steps[place - 1].code,) if place else ()

    def open_steps(self, done: Collection[str]) -> tuple[Step, ...]:
        """The steps whose turn it is."""
        return tuple(
            step
            for step in self.steps
            if step.code not in done and all(code in done for code in self.follows(step))
        )

    def done(self, stamps: Iterable[tuple[str, str]]) -> frozenset[str]:
        """Fold stamps (step, passed | returned), oldest first, to the steps that stand done."""
        done: set[str] = set()
        for code, outcome in stamps:
            if outcome == PASSED:
                done.add(code)
            else:
                done -= self._from(self.step(code).back)
        return frozenset(done)

    def _from(self, code: str) -> set[str]:
        """A step and everything that, directly or not, follows it."""
        found = {code}
        for step in self.steps:
            if any(earlier in found for earlier in self.follows(step)):
                found.add(step.code)
        return found

    def may_stamp(
        self,
        code: str,
        *,
        done: Collection[str],
        roles: Collection[Role],
        own_steps: Collection[str] = (),
        outcome: str = PASSED,
    ) -> Ruling:
        """May somebody with these roles, who stamped `own_steps` before, stamp this step now?"""
        step = self.step(code)
        names = AnyOf(role.name for role in step.by)
        mine = tuple(self.step(own).name for own in step.others if own in own_steps)
        return (
            require(
                step in self.open_steps(done),
                _("现在不是办理“%(step)s”的时候：%(turn)s"),
                step=step.name,
                turn=self.turn(done),
            )
            & require(
                any(role in roles for role in step.by),
                _("“%(step)s”由%(who)s办理，您没有这个职务"),
                *step.cites,
                step=step.name,
                who=names,
            )
            & require(
                not mine,
                _("您已办理“%(own)s”，“%(step)s”须由另一人办理"),
                *step.cites,
                own=mine,
                step=step.name,
            )
            & require(
                outcome == PASSED or step.back,
                _("“%(step)s”不能退回"),
                step=step.name,
            )
        )

    def turn(self, done: Collection[str]) -> tuple[str, ...]:
        """Whose turn it is, in words: the names of the open steps, or that all is done."""
        return tuple(step.name for step in self.open_steps(done)) or (_("已全部办结"),)
