"""What follows a failed vetting: whoever serves leaves the post by a set day.

A round itself is no flow: each has its own departments, and every one of them must answer and sign,
while a step of a flow is done by any one of its roles.
"""

from linli.kernel.flow import Flow, Step
from linli.kernel.roles import ORGANISATION, REVIEW, SOCIAL
from linli.kernel.words import gettext_noop as _

LEAVE = "leave"

LEAVING = Flow(
    code="vetting_leaving",
    name=_("联审不通过离任"),
    page="vetting:leave",
    discreet=True,
    steps=(
        Step(
            code=LEAVE,
            name=_("办理离任"),
            by=(SOCIAL, ORGANISATION, REVIEW),
            days="vetting_leave_work_days",
            cites=("联审规则:9",),
        ),
    ),
)
