"""An objection: a person screens it for personal data, then it is answered."""

from linli.kernel.flow import Flow, Step
from linli.kernel.roles import APPROVER, BOOKKEEPER, SECRETARY
from linli.kernel.words import gettext_noop as _

OBJECTION = Flow(
    code="objection",
    name=_("异议办理"),
    page="disclosure:objection",
    steps=(
        Step(
            code="screen",
            name=_("审查个人信息"),
            by=(APPROVER, SECRETARY),
            days="objection_check_work_days",
            cites=("个人信息保护法:25",),
        ),
        Step(
            code="answer",
            name=_("答复异议"),
            by=(BOOKKEEPER, APPROVER),
            days="objection_reply_work_days",
            promised=True,
            cites=("民法典:943",),
        ),
    ),
)
