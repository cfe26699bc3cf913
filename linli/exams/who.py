"""Who has to do with exams."""

from linli.kernel.roles import CIVIL, DISCIPLINE, DISTRICT, ORGANISATION, SOCIAL

KEEPERS = (SOCIAL, ORGANISATION)
"""Who holds exams."""
READERS = (SOCIAL, ORGANISATION, DISTRICT)
"""Who looks at them."""
CLERKS = (SOCIAL, ORGANISATION, CIVIL, DISCIPLINE, DISTRICT)
"""Of whose people the clerks of an exam are chosen."""
