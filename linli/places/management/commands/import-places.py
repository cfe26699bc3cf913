"""Take over the official list of divisions."""

from __future__ import annotations

from datetime import date
from pathlib import Path
from typing import Any

from django.core.management.base import CommandError, CommandParser
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from linli.places import imports, queries, rules, services
from linli.web.commands import UPKEEP, LinliCommand


class Command(LinliCommand):
    help = gettext_lazy("导入统计用区划代码表（县、街道、社区）")
    group = UPKEEP
    offers_json = True
    examples = (
        ("import-places 区划.csv --dry-run", gettext_lazy("只检查，不写入")),
        (
            "import-places 区划.csv --county 370614 --county-name 蓬莱区",
            gettext_lazy("只要一个县的行；县还没有录入时给出名称"),
        ),
        (
            "import-places 区划.xlsx --since 2026-07-01 --close-missing",
            gettext_lazy("表里没有的同级代码一并撤销"),
        ),
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("file", type=Path, help=_("Excel 或 CSV，含“代码”和“名称”两列"))
        parser.add_argument("--county", default="", help=_("只导入这个县（6位代码）"))
        parser.add_argument("--county-name", default="", help=_("县的名称，县还没有录入时用"))
        parser.add_argument(
            "--since", type=date.fromisoformat, help=_("新代码、新名称从哪天起，如 2026-07-01")
        )
        parser.add_argument(
            "--close-missing", action="store_true", help=_("撤销表里没有的同级代码")
        )
        parser.add_argument("--dry-run", action="store_true", help=_("只检查，不写入"))

    def handle(self, *, file: Path, **options: Any) -> None:
        try:
            data = file.read_bytes()
        except OSError as error:
            raise CommandError(_("读不了文件：%(error)s") % {"error": error}) from None
        rows, ruling = imports.read_divisions(data, name=file.name)
        ruling.enforce()
        county = options["county"]
        if county and options["county_name"]:
            rows = [(0, county, options["county_name"]), *rows]
        plan = queries.plan_places(rows=rows, county=county)
        plan.faults.enforce()
        if not options["dry_run"]:
            services.import_places(
                by=None,
                rows=rows,
                county=county,
                since_on=options["since"],
                close_missing=options["close_missing"],
                now=timezone.now(),
            )
        self._tell(plan, options)

    def _tell(self, plan: rules.Plan, options: dict[str, Any]) -> None:
        closed = len(plan.missing) if options["close_missing"] else 0
        if options.get("json"):
            self.json(
                {
                    "new": len(plan.new),
                    "renamed": len(plan.renamed),
                    "same": plan.same,
                    "missing": [code for code, _name in plan.missing],
                    "closed": closed,
                    "left": plan.left,
                    "written": not options["dry_run"],
                }
            )
            return
        self.table(
            [_("结果"), ">" + _("个数")],
            [
                (_("新增"), len(plan.new)),
                (_("改名"), len(plan.renamed)),
                (_("未变"), plan.same),
                (_("表里没有"), len(plan.missing)),
                (_("撤销"), closed),
                (_("别的县，跳过"), plan.left),
            ],
        )
        if options["dry_run"]:
            self.stdout.write(_("只做了检查，没有写入。"))
