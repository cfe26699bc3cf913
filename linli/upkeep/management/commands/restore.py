import os
import subprocess
import sys
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management import call_command
from django.core.management.base import CommandError, CommandParser
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from linli.settings import postgres
from linli.upkeep import drills
from linli.upkeep.archive import read_key
from linli.upkeep.backups import put_back
from linli.web.commands import UPKEEP, LinliCommand


class Command(LinliCommand):
    help = gettext_lazy("恢复备份：先核对清单，再放回数据库和文件，最后验证账本")
    group = UPKEEP
    requires_system_checks: list[str] = []
    examples = (
        ("restore linli-20261031.tar.gz --into ./data2", gettext_lazy("恢复到另一个数据目录")),
        (
            "restore linli-20261031.tar.gz --into postgres://owner:…@db/linli",
            gettext_lazy("恢复到 PostgreSQL；SQLite 的备份也可以，试点由此转为正式"),
        ),
        ("restore FILE --key backup.key --force", gettext_lazy("替换现有数据，原有文件移到旁边")),
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("file", type=Path, help=_("备份文件"))
        parser.add_argument(
            "--into", metavar="DIR|URL", help=_("数据目录，或数据库属主的 postgres:// 地址")
        )
        parser.add_argument("--key", type=Path, metavar="FILE", help=_("加密备份的密钥文件"))
        parser.add_argument("--force", action="store_true", help=_("目标已有数据时替换它"))
        parser.add_argument(
            "--published",
            type=Path,
            metavar="PATH",
            help=_("公示文件夹，或别人留存的检查点文件；缺省为恢复前的公示文件夹"),
        )

    def handle(self, *args: Any, **options: Any) -> None:
        if not options["file"].is_file():
            raise CommandError(_("找不到文件：%(path)s") % {"path": options["file"]})
        if options["into"]:
            self._elsewhere(options)
            return
        secret = read_key(options["key"]) if options["key"] else None
        published = drills.heads(options["published"] or Path(settings.PUBLIC))
        with self.progress(_("恢复")) as step:
            manifest = put_back(
                options["file"],
                now=timezone.now(),
                secret=secret,
                force=options["force"],
                step=step,
            )
        self.stdout.write(
            _("已恢复到 %(data)s：%(made_at)s 的备份，%(files)s 个文件")
            % {
                "data": settings.DATA,
                "made_at": manifest["made_at"],
                "files": len(manifest["files"]),
            }
        )
        believed, sentence = self._judge(published)
        self.stdout.write(sentence)
        if not believed:
            sys.exit(1)

    def _judge(self, published: list[drills.Head]) -> tuple[bool, str]:
        """Verify what was restored, hold it against what was published, and say it in a sentence."""
        try:
            call_command("verify", stdout=self.stdout, stderr=self.stderr)
        except SystemExit:
            return False, _("✗ 这份备份不能相信：恢复后的账没有通过验证，原因见上")
        found = drills.compare(published)
        if found.foreign:
            return False, _(
                "✗ 这份备份不能相信：%(where)s 公示的前 %(size)s 条记录，与备份里的不是同一本账"
            ) % {"where": found.foreign[0].where, "size": found.foreign[0].told.size}
        if found.ahead:
            head, held = max(found.ahead, key=lambda pair: pair[0].told.size - pair[1])
            return False, _(
                "✗ 这份备份是真的，但比公示的旧（回退）：%(origin)s 已公示到第 %(told)s 条，"
                "备份只有 %(held)s 条；请找更新的备份，找不到就按凭证补记，并公开说明"
            ) % {"origin": head.told.origin, "told": head.told.size, "held": held}
        if found.newest is None:
            return True, _(
                "✓ 这份备份自洽：账全部成立；但没有公示过的检查点可比，"
                "请用 --published 给出街道或审计留存的一份再比"
            )
        return True, _(
            "✓ 这份备份可以相信：账全部成立，公示过的 %(count)s 个检查点都在其中，"
            "%(origin)s 至第 %(size)s 条，根 %(root)s"
        ) % {
            "count": len(found.held),
            "origin": found.newest.told.origin,
            "size": found.newest.told.size,
            "root": found.newest.told.root.hex(),
        }

    def _elsewhere(self, options: dict[str, Any]) -> None:
        """Run again as if the target were this installation."""
        into, environment = options["into"], dict(os.environ)
        if into.startswith(("postgres://", "postgresql://")):
            environment["LINLI_OWNER_URL"] = into
            ours = environment.get("LINLI_DATABASE_URL", "")
            if not ours or not _same_database(ours, into):
                environment["LINLI_DATABASE_URL"] = into
        else:
            environment["LINLI_DATA"] = str(Path(into).resolve())
            environment.pop("LINLI_DATABASE_URL", None)
            environment.pop("LINLI_OWNER_URL", None)
        command = [sys.executable, "-m", "linli", "restore", str(options["file"])]
        command += ["--key", str(options["key"])] if options["key"] else []
        command += ["--force"] if options["force"] else []
        published = (options["published"] or Path(settings.PUBLIC)).resolve()
        command += ["--published", str(published)] if published.exists() else []
        sys.exit(subprocess.run(command, env=environment, check=False).returncode)


def _same_database(one: str, other: str) -> bool:
    """Whether two addresses name the same database, whoever logs in."""
    places = [{key: postgres(url)[key] for key in ("HOST", "PORT", "NAME")} for url in (one, other)]
    return places[0] == places[1]
