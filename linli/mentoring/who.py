"""Who has to do with mentoring."""

from linli.kernel.roles import (
    CIVIL,
    DISTRICT,
    MENTOR,
    ORGANISATION,
    SECRETARY,
    SOCIAL,
    STREET,
    WORKER,
)

KEEPERS = (SOCIAL, ORGANISATION, STREET)
"""Who opens stations, names mentors, matches and confirms pairs; each within their place."""
READERS = (SOCIAL, ORGANISATION, CIVIL, DISTRICT, STREET, SECRETARY)
SIDES = (MENTOR, WORKER, SECRETARY)
"""Whose account may be that of a mentor or a mentee."""
