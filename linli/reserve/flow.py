"""Steps that wait on somebody: a nomination to settle, a proposal to carry out; and what a community
owes every month."""

from __future__ import annotations

from linli.kernel.duty import MONTH, Duty
from linli.kernel.flow import Flow, Step
from linli.kernel.roles import MENTOR, ORGANISATION, SECRETARY, SOCIAL
from linli.kernel.words import gettext_noop as _
from linli.workforce.rules import DESK as DESK

ADMIT, APPOINT = "admit", "appoint"

ENTERING = Flow(
    code="reserve_entering",
    name=_("后备力量入库"),
    page="reserve:nomination",
    steps=(
        Step(
            code=ADMIT,
            name=_("审核入库"),
            by=(SOCIAL, ORGANISATION),
            days="reserve_admit_work_days",
            cites=("储备规则:2",),
        ),
    ),
)

PLACING = Flow(
    code="reserve_placing",
    name=_("储备人选启用"),
    page="reserve:proposal",
    steps=(
        Step(
            code=APPOINT,
            name=_("办理任用"),
            by=(SOCIAL, ORGANISATION),
            days="reserve_placing_work_days",
            cites=("储备规则:10",),
        ),
    ),
)

ENTRY_DUTY = Duty(
    code="reserve_entry",
    name=_("后备力量成长档案"),
    by=(SECRETARY, MENTOR),
    months=MONTH,
    due_day=5,
    page="reserve:month",
    group=DESK,
    cites=("储备规则:5",),
)
