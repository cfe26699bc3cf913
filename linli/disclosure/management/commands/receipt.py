"""Where a receipt stands in the books, and its proof."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from linli.disclosure import receipts
from linli.kernel.money import yuan
from linli.web.commands import PROOF, LinliCommand


class Command(LinliCommand):
    help = gettext_lazy("查一张收据是否入账，并写出可离线验证的凭据文件")
    group = PROOF
    examples = (
        ("receipt ABCD2345EFGH", gettext_lazy("查收据")),
        ("receipt ABCD2345EFGH --out .", gettext_lazy("写出 ABCD2345EFGH.tlog-proof")),
    )

    def add_arguments(self, parser: Any) -> None:
        parser.add_argument("code", help=_("收据上的十二位查验码"))
        parser.add_argument("--out", type=Path, help=_("凭据文件写到哪个文件夹"))

    def handle(self, *, code: str, out: Path | None, **options: Any) -> None:
        found = receipts.find(code)
        if found is None:
            self.console.print(
                _("✗ 没有这个查验码的收据：%(value)s") % {"value": code}, markup=False
            )
            sys.exit(1)
        receipt, entry = found.receipt, found.entry
        self.console.print(
            f"{receipt.book} № {receipt.number} {yuan(receipt.amount_fen)} {receipt.received_on}",
            markup=False,
        )
        if receipt.voided_at:
            self.console.print(
                _("已作废：%(value)s") % {"value": receipt.void_reason}, markup=False
            )
        elif entry is None:
            self.console.print(_("尚未入账"))
        else:
            self.console.print(
                _("已入账：第 %(number)s 号分录，%(period)s")
                % {"number": entry.number, "period": entry.period}
            )
        if found.file and out:
            path = out / f"{receipt.code}.tlog-proof"
            path.write_bytes(found.file)
            self.console.print(_("凭据文件：%(value)s") % {"value": path}, markup=False)
        elif out:
            self.console.print(_("所属月份公示后才有凭据文件"))
