"""From a ledger sheet and bank files to a sealed and published month, in one command."""

from __future__ import annotations

import sys
from datetime import date
from pathlib import Path
from typing import Any

from django.core.management import call_command
from django.db import connection
from django.db.migrations.executor import MigrationExecutor
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from linli.intake.commands import IntakeCommand
from linli.intake.faults import Fault
from linli.intake.ledger_sheet import LedgerSheet
from linli.intake.mapping import FileMapping
from linli.intake.rules import may_accept_good
from linli.kernel.period import Period
from linli.kernel.rulings import Refused
from linli.ledger import queries as ledger
from linli.months.monthly import BankGiven, Done, Run, first_rejected
from linli.sources import FUNDS
from linli.web.commands import BOOKS


class Command(IntakeCommand):
    help = gettext_lazy("一步完成一个月：读取账表和对账单，核对银行，封存，公示")
    group = BOOKS
    examples = (
        (
            "month --estate 碧海家园 --ledger 收支明细.xlsx --bank 工行9876.csv "
            "--period 2026-10 --out public",
            gettext_lazy("账表中的各月依次记账、对账、封存，公示到 public"),
        ),
        (
            "month --estate 碧海家园 --ledger F.xlsx --bank seed=慈善.csv --map F.toml "
            "--period 2026-10 --out public",
            gettext_lazy("写明对账单属于哪类资金；版式没见过的用对照文件"),
        ),
    )

    def add_arguments(self, parser: Any) -> None:
        parser.add_argument("--estate", required=True, help=_("小区名称"))
        parser.add_argument("--ledger", required=True, type=Path, help=_("收支明细表"))
        parser.add_argument(
            "--bank", action="append", default=[], help=_("银行对账单，可写多次，可写成 资金=文件")
        )
        parser.add_argument("--map", type=Path, help=_("对照文件（TOML）"))
        parser.add_argument("--county", default="000000", help=_("县级代码，六位"))
        parser.add_argument("--code", default="", help=_("账套编号，如 B000001"))
        parser.add_argument("--period", required=True, help=_("要办到哪个月，如 2026-10"))
        parser.add_argument(
            "--bank-to",
            type=date.fromisoformat,
            help=_("对账单截至哪天，如 2026-10-31；文件没写起止日期、最后几天又没有流水时给出"),
        )
        parser.add_argument("--out", required=True, type=Path, help=_("公示文件夹"))
        parser.add_argument(
            "--accept-good", action="store_true", help=_("先记合格的行，不合格的写入 rejected.xlsx")
        )

    def handle(self, **options: Any) -> None:
        self._migrate()
        period = self._period(options["period"])
        mapping = self.mapping(options["map"])
        book = self._book(options)
        workbook, sheet = self.ledger(options["ledger"], mapping, book)
        banks = [self._bank(text, mapping) for text in options["bank"]]
        self.warn(sheet.warnings)
        for given in banks:
            self.warn_bank(given.name, given.file)
        faults = [*sheet.faults, *(f for given in banks for f in given.file.faults)]
        if faults:
            self._faulty(sheet, faults, accept=options["accept_good"])
        with self.progress(_("开始")) as step:
            run = Run(
                estate=options["estate"],
                sheet=sheet,
                banks=banks,
                period=period,
                county=options["county"],
                code=options["code"],
                out=options["out"],
                now=timezone.now(),
                bank_to=options["bank_to"],
                stop_before=first_rejected(sheet) if faults else "",
                step=lambda text: step(0, None, text),
            )
            try:
                done = run.go()
            except Refused as refused:
                self._hint(run, options)
                self.refuse(refused.ruling)
        if faults:
            self.write_rejected(workbook, sheet, options["out"])
        self._say(done, options["out"])

    def _faulty(self, sheet: LedgerSheet, faults: list[Fault], *, accept: bool) -> None:
        """Tell every fault; go on only if the good rows may be taken without the bad ones."""
        self.say_faults(faults)
        if not accept or len(faults) > len(sheet.faults):
            self.tell(_("账套中没有写入任何内容"))
            sys.exit(1)
        ruling = may_accept_good(sheet)
        if not ruling.allowed:
            self.refuse(ruling)

    def _hint(self, run: Run, options: dict[str, Any]) -> None:
        """What may help where a bank's file ends before the month does."""
        if options["bank_to"] is None and (names := run.short()):
            last = Period(run.period).last_on
            self.tell(
                _("! %(files)s 最后一笔在 %(last)s 之前；确实再无流水的，请加 --bank-to %(last)s")
                % {"files": "、".join(names), "last": last.isoformat()}
            )

    def _book(self, options: dict[str, Any]) -> Any:
        """The estate's book, where it has one already."""
        try:
            return ledger.book_named(options["estate"], options["code"])
        except Refused as refused:
            self.refuse(refused.ruling)

    def _migrate(self) -> None:
        """An empty data directory gets its tables first."""
        executor = MigrationExecutor(connection)
        if executor.migration_plan(executor.loader.graph.leaf_nodes()):
            call_command("migrate", verbosity=0)

    def _period(self, text: str) -> str:
        try:
            return Period(text).code
        except ValueError:
            self.stop(_("月份请写成 2026-10，现为“%(value)s”") % {"value": text})

    def _bank(self, text: str, mapping: FileMapping | None) -> BankGiven:
        fund, _sign, name = text.partition("=") if text.split("=")[0] in FUNDS else ("", "", text)
        path = Path(name)
        data, file = self.bank(path, mapping)
        return BankGiven(fund, path.name, data, file)

    def _say(self, done: Done, out: Path) -> None:
        self.table(
            (_("月份"), _(">新记"), _(">已有"), _("封存"), _("公示")),
            [
                (
                    row["period"],
                    row["posted"],
                    row["known"],
                    _("本次封存")
                    if row["sealed"]
                    else (_("已封存") if row["release"] else _("未封存")),
                    "✓" if row["release"] else "",
                )
                for row in done.months
            ],
            title=f"{done.book}（{done.book.code}）",  # type: ignore[attr-defined]
        )
        for text in done.left:
            self.console.print(f"! {text}", markup=False)
        if done.written:
            self.console.print(
                _(
                    "公示文件在 %(out)s，写入 %(n)s 个文件；可用 python %(out)s/verify.py %(out)s 验证"
                )
                % {"out": out, "n": done.written},
                markup=False,
            )
        if not done.changed:
            self.tell(_("没有变化：这些内容以前已经办完"))
