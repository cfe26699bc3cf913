"""Hand the log of a book or of a county over to a new key, and say what to publish."""

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
from linli.ledger import queries as ledger
from linli.ledger import services
from linli.web.commands import PROOF, LinliCommand

THE_ONLY = "-"


class Command(LinliCommand):
    help = gettext_lazy("列出在用的签名密钥；更换账套或县的密钥，由新旧两把共同签名")
    group = PROOF
    examples = (
        ("change-key", gettext_lazy("列出在用的密钥和指纹，什么也不改")),
        ("change-key --book B000001", gettext_lazy("更换一个账套的密钥")),
        ("change-key --county", gettext_lazy("更换县的密钥；有几个县时写明代码")),
    )

    def add_arguments(self, parser: Any) -> None:
        which = parser.add_mutually_exclusive_group()
        which.add_argument("--book", default="", help=_("账套编号"))
        which.add_argument(
            "--county", nargs="?", const=THE_ONLY, default="", help=_("县代码，只有一个县时不必写")
        )

    def handle(self, *, book: str, county: str, **options: Any) -> None:
        if not book and not county:
            self._list()
            return
        log = self._book(book) if book else self._county(county)
        done = services.change_key(by=None, log=log, now=timezone.now())
        written = folder.refresh_top(Path(settings.PUBLIC))
        self._say(log, done.old.fingerprint, done.new.fingerprint, bool(book), len(written))

    def _book(self, code: str) -> Any:
        found = ledger.book_of_code(code)
        if found is None:
            raise CommandError(_("没有编号为 %(value)s 的账套") % {"value": code})
        return ledger.book_log(found)

    def _county(self, code: str) -> Any:
        logs = {log.place: log for log in ledger.logs_of_counties()}
        if code == THE_ONLY and len(logs) == 1:
            return next(iter(logs.values()))
        if code in logs:
            return logs[code]
        if not logs:
            raise CommandError(_("县日志从第一次封存或签发检查点开始，现在还没有密钥可换"))
        raise CommandError(_("请写明县代码：%(codes)s") % {"codes": _("、").join(sorted(logs))})

    def _list(self) -> None:
        rows = []
        for log in [*ledger.logs_of_counties(), *map(ledger.book_log, ledger.books(EVERYWHERE))]:
            known = ledger.keys(log.origin)
            last = known[-1] if known else None
            since = timezone.localdate(last.since).isoformat() if last and last.since else ""
            rows.append((log.origin, last.fingerprint if last else "—", len(known), since))
        self.table((_("日志"), _("指纹"), ">" + _("第几把"), _("启用日期")), rows)

    def _say(self, log: Any, old: str, new: str, of_book: bool, written: int) -> None:
        console = self.console
        console.print(_("%(origin)s 已换用新密钥") % {"origin": log.origin}, markup=False)
        self.table(("", _("指纹")), [(_("新密钥（须公布）"), new), (_("旧密钥（不再签名）"), old)])
        if written:
            console.print(_("公示文件夹已更新 %(n)s 个文件") % {"n": written})
        console.print(_("接下来："))
        steps = [
            _("在公告栏贴出新旧两个指纹；下一张公示表也会一并印上，公示文件夹从那时起认得新指纹。")
            if of_book
            else _(
                "在公告栏贴出新旧两个指纹，并告知保存检查点的街道、审计单位；"
                "各账套的下一张公示表也会一并印上。"
            ),
            _("马上做一次加密备份：linli backup --key 密钥文件。新密钥眼下只在本机。"),
            _("以前的公示表、收据和检查点照样验证，不必重发；旧密钥文件留到下一个月公示以后。"),
        ]
        for number, text in enumerate(steps, 1):
            console.print(f"{number}. {text}", markup=False)
