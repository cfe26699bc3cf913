"""linli prints-samples: a sample of each printed paper, to look at."""

from __future__ import annotations

import time
from pathlib import Path
from typing import Any

from django.core.management.base import CommandParser
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from linli.prints import render
from linli.prints.papers import LANGUAGES
from linli.prints.samples import ON, SAMPLES
from linli.web.commands import DEVELOPMENT, LinliCommand


class Command(LinliCommand):
    help = gettext_lazy("输出每种打印件的样张（PDF），用来看版式。")
    group = DEVELOPMENT
    examples = (
        ("prints-samples --out samples", gettext_lazy("中文样张写到 samples 目录")),
        ("prints-samples --out samples --language en", gettext_lazy("英文样张")),
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--out", required=True, metavar="DIR", help=_("写到这个目录"))
        parser.add_argument(
            "--language",
            choices=sorted(LANGUAGES),
            default="zh-hans",
            help=_("打印件的语言：zh-hans 或 en"),
        )

    def handle(self, *args: Any, **options: Any) -> None:
        folder = Path(options["out"])
        folder.mkdir(parents=True, exist_ok=True)
        rows = []
        with self.progress(_("输出样张")) as step:
            for done, (name, (template, data)) in enumerate(SAMPLES.items(), start=1):
                began = time.perf_counter()
                pdf = render(template, data, language=options["language"], on=ON)
                (folder / f"{name}.pdf").write_bytes(pdf)
                spent = (time.perf_counter() - began) * 1000
                rows.append((f"{name}.pdf", f"{len(pdf):,}", f"{spent:.0f}"))
                step(done, len(SAMPLES))
        self.table((_("文件"), ">" + _("字节"), ">" + _("毫秒")), rows)
