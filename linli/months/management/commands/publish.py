"""Publish sealed months: show them and write their folders."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management.base import CommandError
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from linli.disclosure import folder
from linli.disclosure import queries as disclosure
from linli.ledger import queries as ledger
from linli.months import services
from linli.web.commands import PROOF, LinliCommand


class Command(LinliCommand):
    help = gettext_lazy("公示已封存的月份，并写出可离线验证的公示文件夹")
    group = PROOF
    examples = (
        ("publish --book B000001 --period 2026-09", gettext_lazy("公示 2026 年 9 月")),
        ("publish --all --out public", gettext_lazy("把全部已公示的月份重新写入 public")),
    )

    def add_arguments(self, parser: Any) -> None:
        parser.add_argument("--book", default="", help=_("账套编号"))
        parser.add_argument("--period", default="", help=_("月份"))
        parser.add_argument("--all", action="store_true", help=_("全部账套中已公示的月份"))
        parser.add_argument("--out", type=Path, help=_("公示文件夹"))

    def handle(self, **options: Any) -> None:
        out = options["out"] or Path(settings.PUBLIC)
        if options["all"]:
            written = self._write_all(out)
        else:
            written = self._publish(options["book"], options["period"], out)
        self.console.print(
            _("写入 %(n)s 个文件：%(out)s") % {"n": written, "out": out}, markup=False
        )

    def _publish(self, code: str, period: str, out: Path) -> int:
        book = ledger.book_of_code(code)
        if book is None:
            raise CommandError(_("没有编号为 %(value)s 的账套") % {"value": code})
        release = disclosure.release(book, period)
        if release is None:
            raise CommandError(_("%(value)s 尚未封存") % {"value": period})
        if release.published_at is not None:
            return len(folder.write([release], out))
        services.publish(by=None, book=book, period=period, now=timezone.now(), out=out)
        return sum(1 for path in (out / code / period).rglob("*") if path.is_file())

    def _write_all(self, out: Path) -> int:
        releases = list(disclosure.all_published())

        def told(step: Any) -> Iterator[Any]:
            for done, release in enumerate(releases, 1):
                yield release
                step(done, len(releases), f"{release.book} {release.period}")

        with self.progress(_("写出")) as step:
            return len(folder.write(told(step), out))
