"""Sign what was logged since the last checkpoint; meant for a timer, once a day."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management.base import CommandError
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from linli.disclosure import folder
from linli.kernel.place import EVERYWHERE
from linli.kernel.rulings import Refused, Ruling, every
from linli.ledger import queries as ledger
from linli.ledger import services
from linli.web.commands import PROOF, LinliCommand


class Command(LinliCommand):
    help = gettext_lazy("给上次检查点之后又有记录的账套签发检查点；没有新记录的不动")
    group = PROOF
    examples = (
        ("checkpoint", gettext_lazy("全部账套；由 deploy/linli-checkpoint.timer 每天运行")),
        ("checkpoint --book B000001", gettext_lazy("只签一个账套")),
    )

    def add_arguments(self, parser: Any) -> None:
        parser.add_argument("--book", default="", help=_("账套编号"))

    def handle(self, *, book: str, **options: Any) -> None:
        if book and ledger.book_of_code(book) is None:
            raise CommandError(_("没有编号为 %(value)s 的账套") % {"value": book})
        found = ledger.unsigned(EVERYWHERE)
        rows = list(found.filter(code=book) if book else found)
        refused: list[Ruling] = []
        with self.progress(_("签发检查点")) as step:
            for done, row in enumerate(rows, 1):
                try:
                    services.checkpoint(by=None, book=row, now=timezone.now())
                except Refused as fault:
                    refused.append(fault.ruling)
                step(done, len(rows), row.code)
        written = folder.refresh_top(Path(settings.PUBLIC))
        self.console.print(self._said(len(rows) - len(refused), len(written)))
        every(refused).enforce()

    def _said(self, signed: int, written: int) -> str:
        if not signed and not written:
            return _("没有要签发的新记录")
        return _("已签发 %(signed)s 个账套的检查点，更新公示文件夹 %(written)s 个文件") % {
            "signed": signed,
            "written": written,
        }
