"""Who has to do with recruitment."""

from linli.kernel.roles import DISTRICT, ORGANISATION, REVIEW, SOCIAL

KEEPERS = (SOCIAL, ORGANISATION)
"""Who recruits: draws up announcements, reads applications, writes down what came of each stage."""
READERS = (*KEEPERS, REVIEW, DISTRICT)
"""Who looks at announcements, their progress and figures; applications are the keepers' alone."""
VETTING = (REVIEW,)
"""Who puts people on the list of a joint vetting."""
