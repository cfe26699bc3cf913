"""Match what is certain between bank and book, and say what is left."""

from __future__ import annotations

from typing import Any

from django.core.management.base import CommandError
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from linli.bank import queries, rules, services
from linli.kernel.money import yuan
from linli.ledger import queries as ledger
from linli.web.commands import BOOKS, LinliCommand


class Command(LinliCommand):
    help = gettext_lazy("自动核对银行与账面，列出未达账项")
    group = BOOKS
    offers_json = True
    examples = (
        ("reconcile --book B000001", gettext_lazy("核对到当前记账月份的月末")),
        ("reconcile --book B000001 --period 2026-10", gettext_lazy("核对到 2026 年 10 月末")),
    )

    def add_arguments(self, parser: Any) -> None:
        parser.add_argument("--book", required=True, help=_("账套编号"))
        parser.add_argument("--period", default="", help=_("核对到哪个月，如 2026-10"))

    def handle(self, *, book: str, period: str, **options: Any) -> None:
        found = ledger.book_of_code(book)
        if found is None:
            raise CommandError(_("没有编号为 %(value)s 的账套") % {"value": book})
        period = period or ledger.open_period(found)
        accounts = [one.account for one in queries.standings(found, period) if one.statements]
        with self.progress(_("核对")) as step:
            for done, account in enumerate(accounts, 1):
                services.auto_match(by=None, account=account, through=period, now=timezone.now())
                step(done, len(accounts), account.name)
        told = queries.reconciliation(found, period)
        if options["json"]:
            self.json(told)
            return
        self.table(
            (_("账户"), _("状态"), _(">账面余额"), _(">银行余额"), _(">差异"), _(">未达")),
            [
                (
                    row["account"],
                    rules.STATUSES[row["status"]],
                    yuan(row["book_balance_fen"]),
                    _amount(row["bank_balance_fen"]),
                    _amount(row["difference_fen"]),
                    len(row["outstanding"]),
                )
                for row in told
            ],
            title=f"{found} {period}",
        )
        for row in told:
            for item in row["outstanding"]:
                self.console.print(
                    f"· {row['account']} {rules.KINDS[item['kind']]} {item['date']} "
                    f"{yuan(item['amount_fen'])} {item['summary']} {item['note']}",
                    markup=False,
                )


def _amount(fen: int | None) -> str:
    return "—" if fen is None else yuan(fen)
