import os
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management.base import CommandError, CommandParser
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from linli.upkeep.archive import is_sealed
from linli.upkeep.backups import FOLDER, newest
from linli.web.commands import UPKEEP, LinliCommand


class Command(LinliCommand):
    help = gettext_lazy("恢复演练：把备份恢复到临时的别处，验证，并与公示过的检查点比对")
    group = UPKEEP
    requires_system_checks: list[str] = []
    examples = (
        (
            "drill --key backup.key",
            gettext_lazy("演练 backups 下最新的一份；最后一句话说明它可不可以相信"),
        ),
        (
            "drill FILE --published county-checkpoint",
            gettext_lazy("与街道、审计或相邻小区留存的检查点比对"),
        ),
        (
            "drill FILE --into postgres://owner:…@db/linli_drill",
            gettext_lazy("PostgreSQL 的备份要给出一个空的数据库，演练后可删去"),
        ),
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("file", type=Path, nargs="?", help=_("备份文件；缺省为最新的一份"))
        parser.add_argument("--key", type=Path, metavar="FILE", help=_("加密备份的密钥文件"))
        parser.add_argument("--into", default="", metavar="URL", help=_("空的 PostgreSQL 数据库"))
        parser.add_argument(
            "--published",
            type=Path,
            default=Path(settings.PUBLIC),
            metavar="PATH",
            help=_("公示文件夹，或别人留存的检查点文件；缺省为本机的公示文件夹"),
        )

    def handle(self, *args: Any, **options: Any) -> None:
        file, published = options["file"] or newest(), options["published"].resolve()
        if file is None or not file.is_file():
            path = file or Path(settings.DATA) / FOLDER
            raise CommandError(_("找不到文件：%(path)s") % {"path": path})
        file = file.resolve()
        with tempfile.TemporaryDirectory(prefix="linli-drill-") as name:
            command = [sys.executable, "-m", "linli", "restore", str(file), "--force"]
            command += ["--key", str(options["key"].resolve())] if options["key"] else []
            command += ["--published", str(published)] if published.exists() else []
            if not is_sealed(file) and Path(settings.KEYS).is_dir():
                self.stdout.write(_("备份未加密，不含签名密钥；本次演练借用本机的密钥"))
                self.stdout.flush()
                shutil.copytree(settings.KEYS, Path(name) / "keys")
            environment = os.environ | {
                "LINLI_DATA": name,
                "LINLI_DATABASE_URL": options["into"],
                "LINLI_OWNER_URL": options["into"],
            }
            done = subprocess.run(command, env=environment, check=False)
        if done.returncode:
            sys.exit(done.returncode)
