"""Who raises leads, reads them, keeps them, and confers on them."""

from __future__ import annotations

from linli.kernel.roles import (
    AUDITOR,
    DEPARTMENTS,
    DISTRICT,
    HOUSING,
    SECRETARY,
    STREET,
    SURVEYOR,
)

RAISERS = (STREET, SECRETARY, SURVEYOR, DISTRICT, *DEPARTMENTS)
"""Who writes leads down."""
READERS = (*RAISERS, AUDITOR)
KEEPERS = (STREET, SECRETARY, HOUSING)
"""Who puts leads to their rooms or aside, and brings lists of them in."""
CONVENERS = (HOUSING, DISTRICT)
"""Who calls a consultation and concludes it."""
ASKED = {role.code: role for role in DEPARTMENTS}
"""Departments that may be asked, by the code of their role."""
CONFER = (*DEPARTMENTS, DISTRICT)
"""Who takes part in consultations: departments, and who convenes."""
