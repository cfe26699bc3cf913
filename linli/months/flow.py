"""A month: the bookkeeper hands it in, two sign, and it is sealed; then it is published."""

from linli.kernel.duty import MONTH as EVERY_MONTH
from linli.kernel.duty import Duty
from linli.kernel.flow import Flow, Step
from linli.kernel.roles import APPROVER, BOOKKEEPER, RESIDENT
from linli.kernel.words import gettext_noop as _

MONTH = Flow(
    code="month",
    name=_("月结"),
    page="months:detail",
    steps=(
        Step(code="close", name=_("提交封存"), by=(BOOKKEEPER,), cites=("linli:ledger.month",)),
        Step(
            code="approver",
            name=_("审批人签字"),
            by=(APPROVER,),
            back="close",
            days="draft_reminder_work_days",
            others=("close",),
            cites=("linli:ledger.soft",),
        ),
        Step(
            code="resident",
            name=_("居民代表签字"),
            by=(RESIDENT,),
            after=("close",),
            back="close",
            days="draft_reminder_work_days",
            others=("close", "approver"),
            cites=("linli:ledger.soft",),
        ),
        Step(
            code="publish",
            name=_("公示"),
            by=(BOOKKEEPER, APPROVER),
            after=("approver", "resident"),
            days="draft_reminder_work_days",
            cites=("linli:ledger.publish",),
        ),
    ),
)

SEAL_DUTY = Duty(
    code="seal_month",
    name=_("封存并公示两笔账"),
    by=(BOOKKEEPER,),
    months=EVERY_MONTH,
    due_rule="common",
    page="months:month",
    cites=("linli:ledger.month", "linli:ledger.publish"),
)
