"""A ruling: may this be done, and if not, why not, and by which rule."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field, replace

from linli.kernel.words import AnyOf


@dataclass(frozen=True, slots=True)
class Reason:
    """One reason for a refusal.

    `text` is a Chinese sentence with named places, `values` fill them, `cites` name the ground
    ("民法典:282"), `field` and `row` say where in the form or sheet it is.
    """

    text: str
    values: dict[str, object] = field(default_factory=dict)
    cites: tuple[str, ...] = ()
    field: str = ""
    row: int | None = None

    def __str__(self) -> str:
        return self.text % {name: _plain(value) for name, value in self.values.items()}


def _plain(value: object) -> object:
    if isinstance(value, AnyOf) and len(value) > 1:
        return f"{_plain(value[:-1])}或{value[-1]}"
    return "、".join(map(str, value)) if isinstance(value, tuple | list) else value


@dataclass(frozen=True, slots=True)
class Ruling:
    """The answer of a rule: no reasons means yes."""

    reasons: tuple[Reason, ...] = ()

    @property
    def allowed(self) -> bool:
        return not self.reasons

    def __and__(self, other: Ruling) -> Ruling:
        if not self.reasons or not other.reasons:
            return self if self.reasons else other
        return Ruling(self.reasons + other.reasons)

    def at(self, field: str, row: int | None = None) -> Ruling:
        """The same ruling, each reason pointing at a field (and a row) where it named none."""
        if not self.reasons:
            return self
        return Ruling(
            tuple(
                replace(r, field=r.field or field, row=row if r.row is None else r.row)
                for r in self.reasons
            )
        )

    def enforce(self) -> None:
        """Raise `Refused` with all reasons, or do nothing."""
        if self.reasons:
            raise Refused(self)

    def __str__(self) -> str:
        return "；".join(map(str, self.reasons))


class Refused(Exception):  # noqa: N818 - it is an answer, not an error of the program
    """An act was refused; `ruling` holds every reason."""

    def __init__(self, ruling: Ruling) -> None:
        super().__init__(str(ruling))
        self.ruling = ruling


ALLOWED = Ruling()


def refuse(text: str, *cites: str, **values: object) -> Ruling:
    return Ruling((Reason(text, values, cites),))


def require(condition: object, text: str, *cites: str, **values: object) -> Ruling:
    return ALLOWED if condition else refuse(text, *cites, **values)


def every(rulings: Iterable[Ruling]) -> Ruling:
    """All reasons of all rulings, in order."""
    return Ruling(tuple(reason for ruling in rulings for reason in ruling.reasons))
