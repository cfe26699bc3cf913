"""Supervised follow-up (督办): the fund group acts and replies, the street checks and closes."""

from linli.kernel.flow import Flow, Step
from linli.kernel.roles import APPROVER, BOOKKEEPER, DISTRICT, STREET
from linli.kernel.words import gettext_noop as _

FOLLOWUP = Flow(
    code="followup",
    name=_("督办"),
    page="oversight:followup",
    steps=(
        Step(
            code="reply",
            name=_("办理并回复督办"),
            by=(BOOKKEEPER, APPROVER),
            days="followup_reply_work_days",
            cites=("督办规则:2",),
        ),
        Step(
            code="check",
            name=_("核实销号"),
            by=(STREET, DISTRICT),
            back="reply",
            days="followup_check_work_days",
            others=("reply",),
            cites=("督办规则:3",),
        ),
    ),
)
