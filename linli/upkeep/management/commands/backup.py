import hashlib
from pathlib import Path
from typing import Any

from django.core.management.base import CommandParser
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from linli.upkeep.archive import read_key
from linli.upkeep.backups import default_path, make, prune
from linli.web.commands import UPKEEP, LinliCommand


class Command(LinliCommand):
    help = gettext_lazy("备份数据库、附件和公示目录（服务不必停止）")
    group = UPKEEP
    offers_json = True
    examples = (
        ("backup", gettext_lazy("存到数据目录的 backups 下，不含签名密钥")),
        ("backup --key backup.key --keep 30", gettext_lazy("加密并带上签名密钥，保留最近 30 份")),
        ("backup --to /mnt/usb/linli.tar.gz", gettext_lazy("存到别处")),
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--to", type=Path, metavar="FILE", help=_("备份文件"))
        parser.add_argument(
            "--key", type=Path, metavar="FILE", help=_("密钥文件：用它加密，签名密钥才会放进备份")
        )
        parser.add_argument("--keep", type=int, metavar="N", help=_("只保留 backups 下最近 N 份"))

    def handle(self, *args: Any, **options: Any) -> None:
        now = timezone.now()
        secret = read_key(options["key"]) if options["key"] else None
        path = options["to"] or default_path(now, sealed=secret is not None)
        with self.progress(_("备份")) as step:
            backup = make(path, now=now, secret=secret, step=step)
        removed = prune(max(options["keep"], 1)) if options["keep"] else []
        with path.open("rb") as file:
            digest = hashlib.file_digest(file, "sha256").hexdigest()
        if options["json"]:
            self.json(
                {
                    "path": str(path),
                    "size": backup.size,
                    "files": backup.files,
                    "sha256": digest,
                    "with_keys": backup.with_keys,
                    "removed": [str(old) for old in removed],
                }
            )
            return
        self.stdout.write(
            _("已备份并核对：%(path)s（%(size)s MB，%(files)s 个文件）")
            % {"path": path, "size": f"{backup.size / 1e6:.1f}", "files": backup.files}
        )
        self.stdout.write(f"SHA-256 {digest}")
        if not backup.with_keys:
            self.stdout.write(
                _("未加密，因此不含签名密钥；请另行保管 keys 目录，或用 --key 加密备份")
            )
