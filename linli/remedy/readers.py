"""Who sees plans and who does something about them."""

from __future__ import annotations

from typing import Any

from linli.kernel.place import Scope
from linli.kernel.roles import (
    DEPARTMENTS,
    DISTRICT,
    ENFORCEMENT,
    HOUSING,
    SECRETARY,
    STREET,
)
from linli.remedy import queries

DOERS = (SECRETARY, STREET, HOUSING, ENFORCEMENT)
"""Who drafts plans, carries them out, records visits and talks."""
DECIDERS = (STREET, HOUSING)
"""Who approves plans and extensions, and issues letters."""
WHOLE = (*DOERS, DISTRICT)
"""Who sees every plan of their places; other departments see those that concern them."""
OTHERS = tuple(role for role in DEPARTMENTS if role not in WHOLE)
READERS = (*WHOLE, *OTHERS)


def plans_seen(access: Any, here: bool = True) -> Any:
    """The plans a reader may see."""
    whole = access.scope(*WHOLE) if here else access.whole(*WHOLE)
    held = [role.code for role in OTHERS if access.holds(role)]
    return queries.visible(whole, access.scope(*OTHERS) if held else Scope(), held)
