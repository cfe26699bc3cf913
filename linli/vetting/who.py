"""Who has to do with a joint vetting."""

from linli.kernel.roles import (
    DEPARTMENTS,
    DISTRICT,
    ORGANISATION,
    REVIEW,
    ROLES,
    SOCIAL,
    VETTERS,
)

OFFICE = (REVIEW,)
"""Who holds a round: draws up the list, sends it, asks back, confirms. No department does."""
MAY_BE_ASKED = tuple(dict.fromkeys(role.code for role in (*VETTERS, *DEPARTMENTS)))
"""Codes of the departments a round may ask, in the order of its lists."""
ANSWERERS = tuple(ROLES[code] for code in MAY_BE_ASKED)
"""Who answers, each its own list and nothing else."""
RESULT_READERS = (REVIEW, SOCIAL, ORGANISATION)
"""Who learns how a vetting ended, and no reason: they keep the files and see to what follows."""
PRESSERS = (REVIEW, DISTRICT)
"""Who is told which department is late."""
