"""Who has to do with the files of the corps."""

from linli.kernel.roles import CIVIL, DISTRICT, ORGANISATION, SECRETARY, SOCIAL, STREET

KEEPERS = (SOCIAL, ORGANISATION)
"""Who opens files and writes into them."""
READERS = (SOCIAL, ORGANISATION, CIVIL, DISTRICT, STREET, SECRETARY)
"""Who looks at them, each within their place; numbers stay masked."""
LEAVE_GIVERS = (SECRETARY, STREET, SOCIAL, ORGANISATION)
"""Who writes leave down."""
OPENERS = (SOCIAL, ORGANISATION, STREET, SECRETARY)
"""Who may open a whole number, and is written down for it."""
