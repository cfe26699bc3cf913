"""From a ledger sheet and bank files to a sealed and published month, in one command."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Any

from django.core.management import call_command
from django.db import connection
from django.db.migrations.executor import MigrationExecutor
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from linli.intake.bank_reading import read_bank_file
from linli.intake.faults import Fault
from linli.intake.ledger_reading import read_ledger
from linli.intake.mapping import FileMapping, read_mapping
from linli.intake.mending import rejected_workbook
from linli.kernel.money import yuan
from linli.kernel.period import Period
from linli.kernel.rulings import Refused, Ruling
from linli.months.monthly import BankGiven, Done, Run, first_rejected
from linli.sheets.model import Workbook
from linli.sheets.reading import read_workbook
from linli.sources import FUNDS, chart
from linli.web.commands import BOOKS, LinliCommand


class Command(LinliCommand):
    help = gettext_lazy("一步完成一个月：导入账表和对账单，核对银行，封存，公示")
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
        parser.add_argument("--out", required=True, type=Path, help=_("公示文件夹"))
        parser.add_argument(
            "--accept-good", action="store_true", help=_("先记合格的行，不合格的写入 rejected.xlsx")
        )

    def handle(self, **options: Any) -> None:
        self._migrate()
        period = self._period(options["period"])
        mapping = self._mapping(options["map"])
        book = self._workbook(options["ledger"])
        sheet = read_ledger(book, categories=chart(), mapping=mapping)
        banks = [self._bank(text, mapping) for text in options["bank"]]
        faults = list(sheet.faults) + [f for given in banks for f in given.file.faults]
        self._warn(sheet.warnings, banks)
        if faults:
            self._say_faults(faults, book, sheet, options["out"])
            if not options["accept_good"] or any(given.file.faults for given in banks):
                sys.exit(1)
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
                stop_before=first_rejected(sheet, faults) if faults else "",
                step=lambda text: step(0, None, text),
            )
            try:
                done = run.go()
            except Refused as refused:
                self._refuse(refused.ruling)
        self._say(done, options["out"])

    def _migrate(self) -> None:
        """An empty data directory gets its tables first."""
        executor = MigrationExecutor(connection)
        if executor.migration_plan(executor.loader.graph.leaf_nodes()):
            call_command("migrate", verbosity=0)

    def _period(self, text: str) -> str:
        try:
            return Period(text).code
        except ValueError:
            self._stop(_("月份请写成 2026-10，现为“%s”") % text)

    def _mapping(self, path: Path | None) -> FileMapping | None:
        if path is None:
            return None
        mapping, ruling = read_mapping(self._read(path))
        if mapping is None:
            self._refuse(ruling)
        return mapping

    def _workbook(self, path: Path) -> Workbook:
        book, ruling = read_workbook(self._read(path), name=path.name)
        if book is None:
            self._refuse(ruling, path.name)
        return book

    def _bank(self, text: str, mapping: FileMapping | None) -> BankGiven:
        fund, _sign, name = text.partition("=") if text.split("=")[0] in FUNDS else ("", "", text)
        path = Path(name)
        data = self._read(path)
        file, ruling = read_bank_file(data, name=path.name, mapping=mapping)
        if file is None:
            self._refuse(ruling, path.name)
        return BankGiven(fund, path.name, data, file)

    def _read(self, path: Path) -> bytes:
        try:
            return path.read_bytes()
        except OSError as error:
            self._stop(_("读不了文件 %(path)s：%(why)s") % {"path": path, "why": error.strerror})

    def _warn(self, warnings: Any, banks: list[BankGiven]) -> None:
        for warning in warnings:
            self.console.print(f"! {self._place(warning)} {warning.say()}", markup=False)
        for given in banks:
            for one in given.file.breaks:
                self.console.print(
                    _("! %(file)s 第 %(row)s 行余额不连续：应为 %(expected)s，表中为 %(found)s")
                    % {
                        "file": given.name,
                        "row": one.row,
                        "expected": yuan(one.expected_fen),
                        "found": yuan(one.found_fen),
                    },
                    markup=False,
                )
            for left in given.file.left:
                if not left.values:
                    continue
                self.console.print(
                    _("! %(file)s 第 %(row)s 行未取：%(why)s")
                    % {"file": given.name, "row": left.row, "why": left.say()},
                    markup=False,
                )

    def _say_faults(self, faults: list[Fault], book: Workbook, sheet: Any, out: Path) -> None:
        self.table(
            (_("工作表"), _(">行"), _("栏"), _("问题")),
            [(f.sheet, f.row or "", f.field, f.say()) for f in faults],
            title=_("账表有 %s 处问题") % len(faults),
        )
        if data := rejected_workbook(book, sheet):
            out.mkdir(parents=True, exist_ok=True)
            (out / "rejected.xlsx").write_bytes(data)
            self.console.print(
                _("有问题的行已写入 %s，改好后可再导入；账套中没有写入任何内容")
                % (out / "rejected.xlsx"),
                markup=False,
            )

    def _place(self, fault: Fault) -> str:
        return _("%(sheet)s 第 %(row)s 行") % {"sheet": fault.sheet, "row": fault.row}

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
        if done.changed:
            self.console.print(
                _(
                    "公示文件在 %(out)s，写入 %(n)s 个文件；可用 python %(out)s/verify.py %(out)s 验证"
                )
                % {"out": out, "n": done.written},
                markup=False,
            )
        else:
            self.console.print(_("没有变化：这些内容以前已经办完"))

    def _refuse(self, ruling: Ruling, name: str = "") -> Any:
        for reason in ruling.reasons:
            where = _("第 %s 行 ") % reason.row if reason.row else ""
            cites = f"（{'、'.join(reason.cites)}）" if reason.cites else ""
            self.console.print(f"✗ {name} {where}{reason}{cites}".replace("  ", " "), markup=False)
        sys.exit(1)

    def _stop(self, text: str) -> Any:
        self.console.print(f"✗ {text}", markup=False)
        sys.exit(1)
