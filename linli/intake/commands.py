"""What the commands that read sheets and bank files share: reading, telling faults, refusing."""

from __future__ import annotations

import sys
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Any, NoReturn

from django.utils.translation import gettext as _

from linli.intake import queries, reading
from linli.intake.bank_file import BankFile
from linli.intake.faults import Fault
from linli.intake.ledger_sheet import LedgerSheet
from linli.intake.mapping import FileMapping, read_mapping
from linli.intake.mending import rejected_workbook
from linli.kernel.money import yuan
from linli.kernel.rulings import Reason, Ruling
from linli.sheets.model import Workbook
from linli.web.commands import LinliCommand
from linli.web.templatetags.words import say

REJECTED = "rejected.xlsx"
MOST_TOLD = 500


class IntakeCommand(LinliCommand):
    """A command that takes files in. Whatever is wrong with them is told, and it ends with 1."""

    def read(self, path: Path) -> bytes:
        try:
            return path.read_bytes()
        except OSError as error:
            self.stop(_("读不了文件 %(path)s：%(why)s") % {"path": path, "why": error.strerror})

    def mapping(self, path: Path | None) -> FileMapping | None:
        if path is None:
            return None
        mapping, ruling = read_mapping(self.read(path))
        if mapping is None:
            self.refuse(ruling, path.name)
        return mapping

    def ledger(
        self, path: Path, mapping: FileMapping | None, book: Any = None
    ) -> tuple[Workbook, LedgerSheet]:
        """The workbook and the ledger in it; `book`: the one it is for, where there is one."""
        workbook, ruling = reading.open_workbook(self.read(path), name=path.name)
        if workbook is None:
            self.refuse(ruling, path.name)
        scope, version = (
            ("", 1) if book is None else (queries.voucher_scope(book), book.chart_version)
        )
        return workbook, reading.ledger_of(workbook, mapping=mapping, scope=scope, version=version)

    def bank(self, path: Path, mapping: FileMapping | None) -> tuple[bytes, BankFile]:
        """The bytes of a bank's file and what they say; by the mapping, where that has columns."""
        data = self.read(path)
        by_mapping = bool(mapping and any(mapping.bank_columns.values()))
        file, ruling = reading.bank_of(
            data,
            name=path.name,
            mapping=mapping,
            profile=reading.BY_MAPPING if by_mapping else "",
        )
        if file is None:
            self.refuse(ruling, path.name)
        return data, file

    # --- telling --------------------------------------------------------------------------------

    def warn(self, warnings: Iterable[Fault]) -> None:
        for warning in warnings:
            where = _("%(sheet)s 第 %(row)s 行") % {"sheet": warning.sheet, "row": warning.row}
            where = where if warning.row else warning.sheet
            self.tell(f"! {where} {say(Reason(warning.text, dict(warning.values)))}")

    def warn_bank(self, name: str, file: BankFile) -> None:
        """Breaks of the running balance, rows that were left, and what else is to be seen."""
        self.warn(file.warnings)
        for one in file.breaks:
            self.tell(
                _("! %(file)s 第 %(row)s 行余额不连续：应为 %(expected)s，表中为 %(found)s")
                % {
                    "file": name,
                    "row": one.row,
                    "expected": yuan(one.expected_fen),
                    "found": yuan(one.found_fen),
                }
            )
        for left in file.left:
            if left.values:
                why = say(Reason(left.text, dict(left.values)))
                self.tell(
                    _("! %(file)s 第 %(row)s 行未取：%(why)s")
                    % {"file": name, "row": left.row, "why": why}
                )

    def say_faults(self, faults: Sequence[Fault], *, title: Any = "") -> None:
        self.table(
            (_("工作表"), _(">行"), _("栏"), _("问题")),
            [
                (f.sheet, f.row or "", f.field, say(Reason(f.text, dict(f.values))))
                for f in faults[:MOST_TOLD]
            ],
            title=title or _("账表有 %(value)s 处问题") % {"value": len(faults)},
        )
        if len(faults) > MOST_TOLD:
            self.tell(_("只列出前 %(n)s 处，共 %(all)s 处") % {"n": MOST_TOLD, "all": len(faults)})

    def write_rejected(self, workbook: Workbook, sheet: LedgerSheet, folder: Path) -> None:
        """The bad rows as a workbook to mend, in a folder."""
        if data := rejected_workbook(workbook, sheet):
            folder.mkdir(parents=True, exist_ok=True)
            (folder / REJECTED).write_bytes(data)
            self.tell(
                _("不合格的行已写入 %(value)s，改好后可再导入") % {"value": (folder / REJECTED)}
            )

    def tell(self, text: str) -> None:
        self.console.print(text, markup=False)

    def refuse(self, ruling: Ruling, name: str = "") -> NoReturn:
        """Say every reason with its row and ground, and end with 1."""
        for reason in ruling.reasons:
            where = _("第 %(value)s 行 ") % {"value": reason.row} if reason.row else ""
            cites = f"（{'、'.join(reason.cites)}）" if reason.cites else ""
            self.tell(f"✗ {name} {where}{say(reason)}{cites}".replace("  ", " "))
        sys.exit(1)

    def stop(self, text: str) -> NoReturn:
        self.tell(f"✗ {text}")
        sys.exit(1)
