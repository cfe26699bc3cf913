"""Fold everything again from the first leaf and compare."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path
from typing import Any

from django.conf import settings
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from linli.proof import queries
from linli.proof.rules import fault
from linli.web.commands import PROOF, LinliCommand

TOOL = Path(__file__).parents[2] / "tools" / "verify.py"
PROCESSES = (os.cpu_count() or 1) + 1
"""One more than there are cores: while one waits for the database, another folds."""


class Command(LinliCommand):
    help = gettext_lazy("从第一条起逐条重算，验证账目、日志、封存和公示文件没有被改动")
    group = PROOF
    offers_json = True
    examples = (
        ("verify", gettext_lazy("验证全部账套和县日志")),
        ("verify --book B000001", gettext_lazy("只验证一个账套")),
        ("verify --folder data/public", gettext_lazy("同时验证已公示的文件夹")),
    )

    def add_arguments(self, parser: Any) -> None:
        parser.add_argument("--book", default="", help=_("账套编号"))
        parser.add_argument("--folder", type=Path, help=_("公示文件夹"))

    def handle(self, *, book: str, folder: Path | None, **options: Any) -> None:
        report = queries.verify(book=book, processes=PROCESSES)
        public = folder or Path(settings.PUBLIC)
        if folder or (public / "SHA256SUMS").exists():
            report.faults += queries.published(public)
            done = subprocess.run(
                [sys.executable, str(TOOL), str(public)],
                capture_output=True,
                text=True,
                check=False,
            )
            if done.returncode:
                report.faults.append(
                    fault("", str(public), "SHA256SUMS", "folder", why=done.stdout[-2000:])
                )
        if options["json"]:
            self.json(
                {
                    "holds": report.holds,
                    "books": report.books,
                    "leaves": report.leaves,
                    "entries": report.entries,
                    "checkpoints": report.checkpoints,
                    "rows": report.rows,
                    "seconds": round(report.seconds, 3),
                    "faults": [
                        {"book": f.book, "where": f.where, "field": f.field, "text": str(f)}
                        for f in report.faults
                    ],
                }
            )
        else:
            self._say(report)
        if not report.holds:
            sys.exit(1)

    def _say(self, report: Any) -> None:
        console = self.console
        for one in report.faults[:200]:
            console.print(f"✗ {one}", markup=False)
        if report.holds:
            console.print(
                _(
                    "✓ 全部成立：%(books)s 个账套，%(leaves)s 条日志，%(entries)s 笔分录，"
                    "%(checkpoints)s 个检查点，%(rows)s 行受保护记录，用时 %(seconds).1f 秒"
                )
                % {
                    "books": report.books,
                    "leaves": report.leaves,
                    "entries": report.entries,
                    "checkpoints": report.checkpoints,
                    "rows": report.rows,
                    "seconds": report.seconds,
                }
            )
        else:
            console.print(_("共 %(n)s 处不成立") % {"n": len(report.faults)})
