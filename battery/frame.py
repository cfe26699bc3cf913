"""What a row of the battery is, how large a run is, and what it says at its end.

A row is a function ``(Size) -> Sequence[Outcome]`` in a module of this package that wears `row`.
It works on a world of its own (`LINLI_DATA`, and a database of its own where it needs one), ends
every process it started, and proves by a control that it would see what it looks for.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Size:
    """How long a run takes: `name` is ``ci`` (all rows within five minutes) or ``nightly``.

    `database`: "" for SQLite, else the address of a PostgreSQL server where databases can be made.
    """

    name: str
    database: str = ""

    def of(self, ci: int, nightly: int) -> int:
        """One of two numbers, by the size."""
        return ci if self.name == "ci" else nightly

    @property
    def engine(self) -> str:
        return "PostgreSQL" if self.database else "SQLite"


@dataclass(frozen=True, slots=True, kw_only=True)
class Outcome:
    """What one experiment of a row gave.

    `rounds`: how often it was done; `faults`: faults injected in all; `lost`: acknowledged acts that
    were gone, half there or there twice; `broken`: one line for each promise that did not hold;
    `control`: how the same experiment fails where the protection is taken away, "" if it did not;
    `untried`: what is not here that it needs, "" if it was done; `seconds`: what its experiment took,
    with all outcomes of it.
    """

    what: str
    rounds: int
    faults: int
    lost: int = 0
    broken: tuple[str, ...] = ()
    control: str = ""
    note: str = ""
    untried: str = ""
    seconds: float = 0.0

    @property
    def held(self) -> bool:
        return not (self.lost or self.broken or self.untried) and bool(self.control)


class Untried(Exception):
    """What an experiment needs is not on this machine; the message says what."""


Experiment = Callable[[Size], Sequence[Outcome]]
ROWS: dict[int, list[Experiment]] = {}


def row(number: int) -> Callable[[Experiment], Experiment]:
    """Put an experiment into a row of the battery (1–9, as docs/battery.md lists them)."""

    def put(run: Experiment) -> Experiment:
        ROWS.setdefault(number, []).append(run)
        return run

    return put
