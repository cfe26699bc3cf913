"""A recruitment from its announcement to the last appointment: the steps of the office.

Of each applicant the same stages are kept by outcome (`models.Outcome`): hundreds go side by side
through what is one step for the office.
"""

from linli.kernel.flow import Flow, Step
from linli.kernel.roles import ORGANISATION, REVIEW, SOCIAL
from linli.kernel.words import gettext_noop as _
from linli.recruitment.rules import (
    APPOINTMENT,
    BACKGROUND,
    CHECK,
    INTERVIEW,
    MEDICAL,
    PUBLICATION,
    RECHECK,
    STAGES,
    WRITTEN,
)

KEEPERS = (SOCIAL, ORGANISATION)
VETTING = "vetting"

RECRUITMENT = Flow(
    code="recruitment",
    name=_("社区工作者选聘"),
    page="recruitment:announcement",
    steps=(
        Step(code=CHECK, name=STAGES[CHECK], by=KEEPERS, cites=("选聘规则:8",)),
        Step(code=WRITTEN, name=STAGES[WRITTEN], by=KEEPERS, cites=("选聘规则:9",)),
        Step(code=RECHECK, name=STAGES[RECHECK], by=KEEPERS, cites=("选聘规则:8",)),
        Step(code=INTERVIEW, name=STAGES[INTERVIEW], by=KEEPERS, cites=("选聘规则:10",)),
        Step(code=MEDICAL, name=STAGES[MEDICAL], by=KEEPERS, cites=("选聘规则:11",)),
        Step(code=VETTING, name=_("送联审"), by=(REVIEW,), cites=("选聘规则:12",)),
        Step(code=BACKGROUND, name=STAGES[BACKGROUND], by=KEEPERS, cites=("选聘规则:12",)),
        Step(code=PUBLICATION, name=STAGES[PUBLICATION], by=KEEPERS, cites=("选聘规则:13",)),
        Step(code=APPOINTMENT, name=STAGES[APPOINTMENT], by=KEEPERS, cites=("选聘规则:15",)),
    ),
)
