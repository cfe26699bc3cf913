"""What is owed again and again: a micro-training in each street every month."""

from linli.kernel.duty import MONTH, Duty
from linli.kernel.roles import STREET
from linli.kernel.words import gettext_noop as _

MICRO = Duty(
    code="training_micro",
    name=_("本月微培训"),
    by=(STREET,),
    months=MONTH,
    page="training:new",
    cites=("培训规则:3", "同江:E1"),
)
