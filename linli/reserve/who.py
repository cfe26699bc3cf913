"""Who has to do with the reserve."""

from linli.kernel.roles import (
    CIVIL,
    DISTRICT,
    MENTOR,
    ORGANISATION,
    SECRETARY,
    SOCIAL,
    STREET,
)

KEEPERS = (SOCIAL, ORGANISATION)
"""Who admits, evaluates for the county, signs and appoints."""
NOMINATORS = (SECRETARY, STREET, SOCIAL, ORGANISATION)
"""Who nominates."""
WRITERS = (SECRETARY, STREET, MENTOR, SOCIAL, ORGANISATION)
"""Who writes the growth file and brings evidence."""
READERS = (SOCIAL, ORGANISATION, CIVIL, DISTRICT, STREET, SECRETARY, MENTOR)
"""Who looks, each within their place; numbers stay masked."""
FIGURES = (SOCIAL, ORGANISATION, CIVIL, DISTRICT, STREET, SECRETARY)
"""Who sees lists, evaluations and rankings; mentors see the files of their place."""
SCORERS = (SECRETARY, STREET, SOCIAL, ORGANISATION)
"""Who scores, for one side or the other."""
COMMUNITY_SIDE = (SECRETARY, STREET)
OPENERS = (SOCIAL, ORGANISATION, STREET, SECRETARY)
"""Who may open a whole number, and is written down for it."""
