"""Take a ledger sheet into a book: history as entries, months kept in the system as drafts."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Any

from django.contrib.auth import get_user_model
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from linli.intake import rules, services, trials
from linli.intake.commands import IntakeCommand
from linli.intake.ledger_sheet import LedgerSheet
from linli.intake.services import Taken
from linli.kernel.money import yuan
from linli.kernel.period import Period
from linli.kernel.rulings import Refused
from linli.ledger import queries as ledger
from linli.web.commands import BOOKS


class Command(IntakeCommand):
    help = gettext_lazy("导入收支明细表：启用前的月份直接记账，启用后的月份生成凭证草稿")
    group = BOOKS
    offers_json = True
    examples = (
        (
            "import-ledger --book B000001 --ledger 收支明细.xlsx --dry-run",
            gettext_lazy("只试算：逐行报告问题，不写入"),
        ),
        (
            "import-ledger --book B000001 --ledger F.xlsx --map F.toml --through 2026-10",
            gettext_lazy("版式没见过的用对照文件；只取到 2026 年 10 月"),
        ),
        (
            "import-ledger --book B000001 --ledger F.xlsx --accept-good --by wangxiulan",
            gettext_lazy("先导入合格的行，其余写入 rejected.xlsx；草稿由 wangxiulan 制单"),
        ),
    )

    def add_arguments(self, parser: Any) -> None:
        parser.add_argument("--book", required=True, help=_("账套编号"))
        parser.add_argument("--ledger", required=True, type=Path, help=_("收支明细表"))
        parser.add_argument("--map", type=Path, help=_("对照文件（TOML）"))
        parser.add_argument("--through", default="", help=_("只取到这个月，如 2026-10"))
        parser.add_argument("--by", default="", help=_("由谁制单（登录名）；生成凭证草稿时须写"))
        parser.add_argument("--dry-run", action="store_true", help=_("只检查，不写入"))
        parser.add_argument(
            "--accept-good",
            action="store_true",
            help=_("先导入合格的行，不合格的写入当前文件夹的 rejected.xlsx"),
        )

    def handle(self, **options: Any) -> None:
        book = ledger.book_of_code(options["book"])
        if book is None:
            self.stop(_("没有编号为 %(value)s 的账套") % {"value": options["book"]})
        through, by = self._through(options["through"]), self._by(options["by"])
        with self.progress(_("读表")) as step:
            workbook, sheet = self.ledger(options["ledger"], self.mapping(options["map"]), book)
            step(1, 2, _("试算") if options["dry_run"] else _("记账"))
            as_json = options.get("json")
            if not as_json:
                self.warn(sheet.warnings)
            if sheet.faults:
                self._faulty(sheet, accept=options["accept_good"], as_json=as_json)
            taken = self._take(by, book, sheet, through, dry_run=options["dry_run"])
            step(2, 2)
        if sheet.faults and not options["dry_run"] and not as_json:
            self.write_rejected(workbook, sheet, Path.cwd())
        self._say(book, sheet, taken, options)

    def _through(self, text: str) -> str:
        try:
            return Period(text).code if text else ""
        except ValueError:
            self.stop(_("月份请写成 2026-10，现为“%(value)s”") % {"value": text})

    def _by(self, username: str) -> Any:
        if not username:
            return None
        found = get_user_model().objects.filter(username=username, is_active=True).first()
        if found is None:
            self.stop(_("没有登录名为 %(value)s 的账号") % {"value": username})
        return found

    def _faulty(self, sheet: LedgerSheet, *, accept: bool, as_json: bool) -> None:
        """Tell the faults; go on only if the good rows may be taken without the bad ones."""
        if as_json:
            faults = trials.told(sheet.faults)
            if not accept:
                self.json({"written": False, "faults": faults})
        else:
            self.say_faults(sheet.faults)
        if not accept:
            if not as_json:
                self.tell(_("账套中没有写入任何内容；可加 --accept-good 先导入合格的行"))
            sys.exit(1)
        ruling = rules.may_accept_good(sheet)
        if not ruling.allowed:
            self.refuse(ruling)

    def _take(
        self, by: Any, book: Any, sheet: LedgerSheet, through: str, *, dry_run: bool
    ) -> Taken:
        now = timezone.now()
        given = {"by": by, "book": book, "sheet": sheet, "through": through, "now": now}
        if dry_run:
            taken, ruling = trials.try_ledger(**given)
            return taken if taken is not None else self.refuse(ruling)
        try:
            return services.take_ledger(**given)
        except Refused as refused:
            self.refuse(refused.ruling)

    def _say(self, book: Any, sheet: LedgerSheet, taken: Taken, options: dict[str, Any]) -> None:
        months = trials.months(sheet, book.live_from, options["through"])
        if options.get("json"):
            self.json(
                {
                    "written": not options["dry_run"],
                    "rows": {"good": sheet.rows_good, "bad": sheet.rows_bad},
                    "entries": taken.posted.fresh_count,
                    "vouchers": list(taken.drafted.numbers),
                    "known": taken.known_count,
                    "left": taken.left,
                    "months": months,
                    "faults": trials.told(sheet.faults),
                }
            )
            return
        self.table(
            (_("月份"), _(">凭证"), _(">行"), _(">收入（元）"), _(">支出（元）"), _("成为")),
            [
                (
                    month["period"],
                    month["vouchers"],
                    month["rows"],
                    yuan(month["income_fen"]),
                    yuan(month["expense_fen"]),
                    _("凭证草稿") if month["drafts"] else _("分录"),
                )
                for month in months
            ],
            title=f"{book}（{book.code}）",
        )
        self.tell(
            _("新记 %(entries)s 笔分录，新生成 %(vouchers)s 张凭证草稿，以前已有 %(known)s 笔")
            % {
                "entries": taken.posted.fresh_count,
                "vouchers": len(taken.drafted.numbers),
                "known": taken.known_count,
            }
        )
        if taken.left:
            self.tell(
                _("! %(month)s 之后的 %(rows)s 行未处理")
                % {"month": options["through"], "rows": taken.left}
            )
        if options["dry_run"]:
            self.tell(_("只做了检查，没有写入。"))
        elif not taken.fresh_count:
            self.tell(_("没有变化：这些内容以前已经导入"))
