"""Who has to do with training."""

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

KEEPERS = (SOCIAL, ORGANISATION)
"""Who keeps the question bank and gives certificates."""
PLANNERS = (SOCIAL, ORGANISATION, STREET)
"""Who plans sessions, shows the code, signs people in, closes the list; each within their place."""
READERS = (SOCIAL, ORGANISATION, CIVIL, DISTRICT, STREET, SECRETARY)
LEARNERS = (WORKER, SECRETARY, MENTOR)
"""Whose account may be that of somebody with a file, who signs in and takes tests."""
