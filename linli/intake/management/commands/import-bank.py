"""Keep a bank's or wallet's file for a money account."""

from __future__ import annotations

import hashlib
import sys
from datetime import date
from pathlib import Path
from typing import Any

from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from linli.intake import queries, services, trials
from linli.intake.bank_file import BankFile
from linli.intake.commands import IntakeCommand
from linli.kernel.money import parse_yuan, yuan
from linli.kernel.rulings import Refused
from linli.ledger import queries as ledger
from linli.web.commands import BOOKS


class Command(IntakeCommand):
    help = gettext_lazy("导入银行、微信、支付宝的流水文件")
    group = BOOKS
    offers_json = True
    examples = (
        (
            "import-bank --book B000001 --account 9876 --bank 工行9876.csv",
            gettext_lazy("作为尾号 9876 的账户的对账单"),
        ),
        (
            "import-bank --book B000001 --bank 流水.csv --from 2026-09-01 --to 2026-10-31",
            gettext_lazy("按文件里的账号尾号找账户；文件没写起止日期时给出"),
        ),
        (
            "import-bank --book B000001 --account 9876 --bank F.csv --map F.toml --opening 128450.36",
            gettext_lazy("版式没见过的用对照文件；文件没有余额时给出期初余额"),
        ),
    )

    def add_arguments(self, parser: Any) -> None:
        parser.add_argument("--book", required=True, help=_("账套编号"))
        parser.add_argument("--account", default="", help=_("账户的尾号、编号或名称"))
        parser.add_argument("--bank", required=True, type=Path, help=_("流水文件"))
        parser.add_argument("--map", type=Path, help=_("对照文件（TOML）"))
        parser.add_argument(
            "--from", dest="from_on", type=date.fromisoformat, help=_("从哪天起，如 2026-09-01")
        )
        parser.add_argument(
            "--to", dest="to_on", type=date.fromisoformat, help=_("到哪天止，如 2026-10-31")
        )
        parser.add_argument("--opening", default="", help=_("期初余额（元），文件里没有余额时给出"))
        parser.add_argument("--dry-run", action="store_true", help=_("只检查，不写入"))

    def handle(self, **options: Any) -> None:
        book = ledger.book_of_code(options["book"])
        if book is None:
            self.stop(_("没有编号为 %(value)s 的账套") % {"value": options["book"]})
        opening_fen = self._opening(options["opening"])
        with self.progress(_("读流水")) as step:
            data, file = self.bank(options["bank"], self.mapping(options["map"]))
            step(1, 2, _("核对并保存"))
            account = self._account(book, options["account"], file)
            if not options.get("json"):
                self.warn_bank(options["bank"].name, file)
            if file.faults:
                self._faulty(file, as_json=options.get("json"))
            told = self._keep(account, file, data, options, opening_fen)
            step(2, 2)
        self._say(account, file, told, options)

    def _opening(self, text: str) -> int | None:
        if not text:
            return None
        fen, ruling = parse_yuan(text)
        return fen if fen is not None else self.refuse(ruling, "--opening")

    def _account(self, book: Any, name: str, file: BankFile) -> Any:
        found, ruling = queries.account_for(book, name=name, hint=file.account_hint)
        return found if found is not None else self.refuse(ruling)

    def _faulty(self, file: BankFile, *, as_json: bool) -> None:
        if as_json:
            self.json({"written": False, "faults": trials.told(file.faults)})
        else:
            self.say_faults(
                file.faults, title=_("对账单有 %(value)s 处问题") % {"value": len(file.faults)}
            )
            self.tell(_("没有写入任何内容；改好后再导入"))
        sys.exit(1)

    def _keep(
        self, account: Any, file: BankFile, data: bytes, options: dict, opening_fen: int | None
    ) -> dict[str, Any]:
        """Keep it in earnest or for trial; returns what was kept."""
        given = {
            "by": None,
            "account": account,
            "file": file,
            "sha256": hashlib.sha256(data).hexdigest(),
            "name": options["bank"].name,
            "through": timezone.localdate(),
            "from_on": options["from_on"],
            "to_on": options["to_on"],
            "opening_fen": opening_fen,
            "now": timezone.now(),
        }
        if options["dry_run"]:
            told, ruling = trials.try_bank(**given)
            return told if ruling.allowed else self.refuse(ruling)
        given["data_sha256"], given["file_name"] = given.pop("sha256"), given.pop("name")
        try:
            return trials.statement(services.import_bank(**given))
        except Refused as refused:
            self.refuse(refused.ruling)

    def _say(
        self, account: Any, file: BankFile, told: dict[str, Any], options: dict[str, Any]
    ) -> None:
        if options.get("json"):
            self.json({"written": not options["dry_run"], "account": account.code, **told})
            return
        self.table(
            (
                _("账户"),
                _("版式"),
                _("起"),
                _("止"),
                _(">新流水"),
                _(">已有"),
                _(">期初"),
                _(">期末"),
            ),
            [
                (
                    f"{account.name} …{account.tail}" if account.tail else account.name,
                    file.profile_name,
                    told["from_on"],
                    told["to_on"],
                    told["new"],
                    told["known"],
                    yuan(told["opening_fen"]),
                    yuan(told["closing_fen"]),
                )
            ],
            title=f"{account.book}（{account.book.code}）",
        )
        if told["breaks"]:
            self.tell(
                _("! 有 %(value)s 处余额不连续，已记入对账单；请向银行重新下载核对")
                % {"value": len(told["breaks"])}
            )
        if options["dry_run"]:
            self.tell(_("只做了检查，没有写入。"))
        elif told["again"] or not told["new"]:
            self.tell(_("没有变化：这些流水以前已经导入"))
