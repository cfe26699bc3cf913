import sys
from typing import Any

from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from linli.upkeep.checks import ALL, FAULT, GOOD, WARNING, examine
from linli.web.commands import UPKEEP, LinliCommand

SIGNS = {GOOD: "[green]✓[/green]", WARNING: "[yellow]![/yellow]", FAULT: "[red]✗[/red]"}


class Command(LinliCommand):
    help = gettext_lazy("检查这套系统是否健康，有毛病就说明怎么办")
    group = UPKEEP
    offers_json = True
    requires_system_checks: list[str] = []
    examples = (
        ("doctor", gettext_lazy("检查数据库、密钥、磁盘、时钟、字体等；有故障时退出码为 1")),
        ("doctor --json", gettext_lazy("供监控程序读取")),
    )

    def handle(self, *args: Any, **options: Any) -> None:
        found = examine(ALL, now=timezone.now())
        if options["json"]:
            names = ("subject", "state", "text", "remedy")
            self.json([{name: getattr(finding, name) for name in names} for finding in found])
        else:
            rows = [(SIGNS[f.state], f.subject, f.text, f.remedy) for f in found]
            self.table(("", _("检查项"), _("情况"), _("怎么办")), rows)
        if any(finding.state == FAULT for finding in found):
            sys.exit(1)
