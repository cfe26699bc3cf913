"""How long the steps take: durations of what is done, and what waits where."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

DAY_S = 86_400


@dataclass(slots=True)
class Stage:
    """A step over many handovers. Durations in natural days; `waiting`, `late`: how many now."""

    code: str
    name: str
    count: int = 0
    median: float | None = None
    longest: float | None = None
    longest_case: int = 0
    waiting: int = 0
    late: int = 0


def days(seconds: int) -> float:
    """Natural days, one decimal."""
    return round(seconds / DAY_S, 1)


def bottleneck(stages: Iterable[Stage]) -> Stage | None:
    """The step with the longest median among those done at least once."""
    done = [stage for stage in stages if stage.median is not None]
    return max(done, key=lambda stage: stage.median or 0, default=None)
