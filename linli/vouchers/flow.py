"""How a voucher becomes an entry: one prepares, another approves; large payments need a third."""

from linli.kernel.flow import Flow, Step
from linli.kernel.roles import APPROVER, BOOKKEEPER, RESIDENT
from linli.kernel.words import gettext_noop as _

_PREPARE = Step(code="prepare", name=_("制单"), by=(BOOKKEEPER,), cites=("会计法:14",))

VOUCHER = Flow(
    code="voucher",
    name=_("凭证审批"),
    page="vouchers:detail",
    steps=(
        _PREPARE,
        Step(
            code="approve",
            name=_("审批"),
            by=(APPROVER, RESIDENT),
            back="prepare",
            days="draft_reminder_work_days",
            others=("prepare",),
            cites=("会计法:25",),
        ),
    ),
)

LARGE_VOUCHER = Flow(
    code="large_voucher",
    name=_("大额凭证审批"),
    page="vouchers:detail",
    steps=(
        _PREPARE,
        Step(
            code="approve",
            name=_("审批"),
            by=(APPROVER,),
            back="prepare",
            days="draft_reminder_work_days",
            others=("prepare",),
            cites=("会计法:25",),
        ),
        Step(
            code="second",
            name=_("居民代表复批"),
            by=(RESIDENT,),
            back="prepare",
            days="draft_reminder_work_days",
            others=("prepare", "approve"),
            cites=("linli:ledger.8",),
        ),
    ),
)
