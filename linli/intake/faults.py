"""What is wrong with a row, said so that the person who keeps the sheet can mend it."""

from __future__ import annotations

import dataclasses
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from linli.kernel.rulings import Reason, Ruling


@dataclass(frozen=True, slots=True)
class Fault:
    """A fault or a warning: sheet, row number as shown in Excel (0: the sheet as a whole), field.

    `text` is a Chinese sentence with named places which `values` fill; `column` counts from 0;
    `cites` name the ground ("linli:ledger.1").
    """

    sheet: str
    row: int
    field: str
    text: str
    values: Mapping[str, object] = dataclasses.field(default_factory=dict)
    column: int | None = None
    cites: tuple[str, ...] = ()

    def say(self) -> str:
        """The sentence in Chinese, filled in."""
        return str(Reason(self.text, dict(self.values)))


@dataclass(frozen=True, slots=True)
class Left:
    """A row that was read but left where it is, and why."""

    row: int
    text: str
    values: Mapping[str, object] = dataclasses.field(default_factory=dict)

    def say(self) -> str:
        """The reason in Chinese, filled in."""
        return str(Reason(self.text, dict(self.values)))


def faults_of(
    ruling: Ruling, *, sheet: str, row: int, field: str, column: int | None = None
) -> Iterator[Fault]:
    """The reasons of a ruling as faults of one cell."""
    for reason in ruling.reasons:
        yield Fault(sheet, row, field, reason.text, reason.values, column, reason.cites)
