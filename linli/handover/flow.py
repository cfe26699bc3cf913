"""The handover of a room (移交): told as data in the sources, a county's own beside it.

What the program does at certain steps (`does`) is named here; the steps themselves, their order,
papers and limits are the procedure's (linli/sources/handover_rules.toml).
"""

from __future__ import annotations

from datetime import date

from linli.kernel.roles import (
    DEPARTMENTS,
    DISTRICT,
    FINANCE,
    HOUSING,
    ROLES,
    SECRETARY,
    STREET,
    TAX,
    Role,
)
from linli.sources import Procedure, procedure_of
from linli.sources.procedures import (
    ACCEPT,
    AGREE,
    COMPLETE,
    HANDOVER,
    PRECHECK,
    TRANSFER,
)
from linli.sources.procedures import TAX as TAXES

__all__ = ["ACCEPT", "AGREE", "COMPLETE", "HANDOVER", "PRECHECK", "TAXES", "TRANSFER"]

OPENERS = (STREET, HOUSING)
"""Who begins a handover, gives one up, and settles what a step's own people leave open."""
TAX_CHECKERS = (TAX, FINANCE)
"""Who confirms a line of the tax worksheet (移交规则:7)."""
WRITERS = (DISTRICT, STREET, SECRETARY, *DEPARTMENTS)
"""Who may be named in a flow: what each may do at which step the flow itself says."""


def in_force(place: str, on: date) -> Procedure:
    """The procedure by which a handover that begins now goes."""
    return procedure_of(HANDOVER, on=on, place=place)


def signers(procedure: Procedure, step: str) -> tuple[Role, ...]:
    """The roles that sign before a step can pass."""
    return tuple(ROLES[code] for code in procedure.plans[step].sign)


def hands(procedure: Procedure, step: str) -> tuple[Role, ...]:
    """Who works at a step: those who do it, those who sign, those who answer for its items."""
    found = [*procedure.flow.step(step).by, *signers(procedure, step)]
    if procedure.plans[step].does == ACCEPT:
        found += [ROLES[code] for item in procedure.items.values() for code in item.by]
    if procedure.plans[step].does == TAXES:
        found += TAX_CHECKERS
    return tuple(dict.fromkeys((*found, *OPENERS)))
