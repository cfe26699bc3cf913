"""One plan per room: drafted, approved, carried out, re-checked, closed out, by different people."""

from linli.kernel.flow import Flow, Step
from linli.kernel.roles import ENFORCEMENT, HOUSING, SECRETARY, STREET
from linli.kernel.words import gettext_noop as _

DRAFT, APPROVE, CARRY, RECHECK, CLOSE = "draft", "approve", "carry", "recheck", "close"

PLAN = Flow(
    code="remedy_plan",
    name=_("一房一策"),
    page="remedy:plan",
    steps=(
        Step(
            code=DRAFT,
            name=_("拟订方案"),
            by=(SECRETARY, STREET, HOUSING, ENFORCEMENT),
            days="remedy_draft_work_days",
            cites=("处置规则:2",),
        ),
        Step(
            code=APPROVE,
            name=_("审批方案"),
            by=(STREET, HOUSING),
            back=DRAFT,
            days="remedy_approve_work_days",
            others=(DRAFT,),
            cites=("处置规则:2",),
        ),
        Step(
            code=CARRY,
            name=_("办理措施"),
            by=(SECRETARY, STREET, HOUSING, ENFORCEMENT),
            promised=True,
            cites=("处置规则:3",),
        ),
        Step(
            code=RECHECK,
            name=_("现场复查"),
            by=(STREET, HOUSING, ENFORCEMENT),
            back=CARRY,
            days="remedy_recheck_work_days",
            others=(CARRY,),
            cites=("处置规则:2",),
        ),
        Step(
            code=CLOSE,
            name=_("销号"),
            by=(STREET, HOUSING),
            back=CARRY,
            days="remedy_close_work_days",
            others=(CARRY, RECHECK),
            cites=("处置规则:2",),
        ),
    ),
)
