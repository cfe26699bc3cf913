"""Follow up on plans for rooms that are late; meant for a timer, once a day."""

from __future__ import annotations

from typing import Any

from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from linli.kernel.rulings import every
from linli.remedy import followups
from linli.web.commands import UPKEEP, LinliCommand
from linli.web.templatetags.words import say


class Command(LinliCommand):
    help = gettext_lazy("对逾期的用房处置方案发出督办；同一天多次运行，每份方案只有一轮")
    group = UPKEEP
    examples = (("follow-up", gettext_lazy("全部方案；由 deploy/linli-follow-up.timer 每天运行")),)

    def handle(self, **options: Any) -> None:
        with self.progress(_("督办逾期方案")) as step:
            found = followups.run(now=timezone.now(), step=step)
        for reason in found.warnings.reasons:
            self.console.print(say(reason))
        text = _("已发出 %(n)s 轮督办") if found.issued else _("没有要督办的方案")
        self.console.print(text % {"n": len(found.issued)} if found.issued else text)
        every(found.refused).enforce()
