"""Take over where places lie."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from django.core.management.base import CommandError, CommandParser
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from linli.places import outlines, services
from linli.web.commands import UPKEEP, LinliCommand


class Command(LinliCommand):
    help = gettext_lazy("导入街道、社区、小区、楼栋的轮廓（GeoJSON，CGCS2000 经纬度）")
    group = UPKEEP
    examples = (
        (
            "import-outlines 轮廓.geojson --source 自然资源局2026年",
            gettext_lazy("每个面的属性 code 是地方代码"),
        ),
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("file", type=Path, help=_("GeoJSON 文件"))
        parser.add_argument("--source", required=True, help=_("数据从哪里来"))

    def handle(self, *, file: Path, source: str, **options: Any) -> None:
        try:
            data = file.read_bytes()
        except OSError as error:
            raise CommandError(_("读不了文件：%(error)s") % {"error": error}) from None
        rings, ruling = outlines.read_geojson(data)
        ruling.enforce()
        done = services.draw(by=None, rings=rings, source=source, now=timezone.now())
        self.console.print(_("已导入轮廓%(drawn)s个") % done.facts)
