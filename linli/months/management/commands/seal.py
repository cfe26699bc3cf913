"""Seal a month of imported history."""

from __future__ import annotations

from typing import Any

from django.core.management.base import CommandError
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from linli.ledger import queries as ledger
from linli.months import services
from linli.web.commands import BOOKS, LinliCommand


class Command(LinliCommand):
    help = gettext_lazy("封存导入的历史月份（系统内记的月份在网页上由两人签字封存）")
    group = BOOKS
    examples = (("seal --book B000001 --period 2026-09", gettext_lazy("封存 2026 年 9 月")),)

    def add_arguments(self, parser: Any) -> None:
        parser.add_argument("--book", required=True, help=_("账套编号"))
        parser.add_argument("--period", default="", help=_("月份；不写则为下一个应封存的月份"))

    def handle(self, *, book: str, period: str, **options: Any) -> None:
        found = ledger.book_of_code(book)
        if found is None:
            raise CommandError(_("没有编号为 %(value)s 的账套") % {"value": book})
        period = period or ledger.open_period(found)
        release = services.seal_imported(by=None, book=found, period=period, now=timezone.now())
        self.console.print(
            _("%(book)s %(period)s 已封存，第 %(index)s 条日志，%(hash)s")
            % {
                "book": found,
                "period": period,
                "index": release.leaf.index,
                "hash": release.leaf.hash[:8],
            }
        )
