"""Who takes a place of a post that became free (递补): the next by rank, at the medical."""

from __future__ import annotations

from linli.recruitment import queries, rules
from linli.recruitment.models import Application

_FREES = (rules.MEDICAL, rules.BACKGROUND, rules.PUBLICATION, rules.APPOINTMENT)


def refill(left: Application) -> Application | None:
    """Somebody left a place at a stage after the interview: the next of the post goes on."""
    if left.stage not in _FREES:
        return None
    row = queries.standing_by(left.post).select_for_update(of=("self",)).first()
    if row is not None:
        row.stage, row.state = rules.MEDICAL, rules.OPEN
        row.save(update_fields=["stage", "state"])
    return row
