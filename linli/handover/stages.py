"""How long the steps take: durations of what is done, and what waits where."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime
from statistics import median

from linli.kernel.flow import Flow

SECONDS = 86_400


@dataclass(slots=True)
class Stage:
    """A step over many handovers. Durations in natural days; `waiting`, `late`: how many now."""

    code: str
    name: str
    days: list[float] = field(default_factory=list)
    waiting: int = 0
    late: int = 0
    longest_number: str = ""
    longest_pk: int = 0

    @property
    def count(self) -> int:
        return len(self.days)

    @property
    def median(self) -> float | None:
        return round(median(self.days), 1) if self.days else None

    @property
    def longest(self) -> float | None:
        return round(max(self.days), 1) if self.days else None


def spans(
    flow: Flow, *, opened_at: datetime, stamps: Iterable[tuple[str, str, datetime]]
) -> list[tuple[str, float, datetime]]:
    """(step, days from when its turn came until it passed, when), as often as it was done."""
    told: list[tuple[str, str]] = []
    since = {step.code: opened_at for step in flow.open_steps(())}
    found = []
    for code, outcome, at in stamps:
        if outcome == "passed" and code in since:
            found.append((code, (at - since[code]).total_seconds() / SECONDS, at))
        told.append((code, outcome))
        turn = [step.code for step in flow.open_steps(flow.done(told))]
        since = {step: since.get(step, at) for step in turn}
    return found


def bottleneck(stages: Iterable[Stage]) -> Stage | None:
    """The step with the longest median among those done at least once."""
    done = [stage for stage in stages if stage.median is not None]
    return max(done, key=lambda stage: stage.median or 0, default=None)
