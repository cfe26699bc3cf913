import os
import subprocess
import sys
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management import call_command, get_commands
from django.core.management.base import CommandError, CommandParser
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

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

    def handle(self, *args: Any, **options: Any) -> None:
        if not options["file"].is_file():
            raise CommandError(_("找不到文件：%(path)s") % {"path": options["file"]})
        if options["into"]:
            self._elsewhere(options)
            return
        secret = read_key(options["key"]) if options["key"] else None
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
        if "verify" in get_commands():
            call_command("verify", stdout=self.stdout, stderr=self.stderr)

    def _elsewhere(self, options: dict[str, Any]) -> None:
        """Run again as if the target were this installation."""
        into, environment = options["into"], dict(os.environ)
        if into.startswith(("postgres://", "postgresql://")):
            environment["LINLI_OWNER_URL"] = into
            environment.setdefault("LINLI_DATABASE_URL", into)
        else:
            environment["LINLI_DATA"] = str(Path(into).resolve())
            environment.pop("LINLI_DATABASE_URL", None)
            environment.pop("LINLI_OWNER_URL", None)
        command = [sys.executable, "-m", "linli", "restore", str(options["file"])]
        command += ["--key", str(options["key"])] if options["key"] else []
        command += ["--force"] if options["force"] else []
        sys.exit(subprocess.run(command, env=environment, check=False).returncode)
