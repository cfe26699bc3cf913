from pathlib import Path
from typing import Any

import polib
from django.conf import settings
from django.core.management.base import CommandError, CommandParser
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

import linli
from linli.upkeep.messages import check, gather, translations, update
from linli.web.commands import DEVELOPMENT, LinliCommand

PACKAGE = Path(linli.__file__).parent
SHOWN = 40


class Command(LinliCommand):
    help = gettext_lazy("收集、检查、编译界面文案的英文翻译")
    requires_system_checks: list[str] = []
    group = DEVELOPMENT
    examples = (
        ("messages --collect", gettext_lazy("从代码和模板收集文案，已有的翻译保留")),
        ("messages --merge words.json", gettext_lazy('并入译文：{"中文": "English"}')),
        ("messages --check", gettext_lazy("有缺译、存疑或多余的条目就报错")),
        ("messages --compile", gettext_lazy("生成网站使用的 .mo 文件")),
    )

    def add_arguments(self, parser: CommandParser) -> None:
        what = parser.add_mutually_exclusive_group(required=True)
        what.add_argument("--collect", action="store_true", help=_("收集文案"))
        what.add_argument("--merge", nargs="+", type=Path, metavar="FILE", help=_("并入译文"))
        what.add_argument("--check", action="store_true", help=_("检查译文"))
        what.add_argument("--compile", action="store_true", help=_("编译译文"))

    def handle(self, *args: Any, **options: Any) -> None:
        path = Path(settings.LOCALE_PATHS[0]) / "en" / "LC_MESSAGES" / "django.po"
        catalogue = polib.pofile(str(path), wrapwidth=98) if path.exists() else polib.POFile()
        if options["compile"]:
            catalogue.save_as_mofile(str(path.with_suffix(".mo")))
            return
        messages, faults = gather(PACKAGE)
        if options["check"]:
            faults += check(catalogue, messages)
            for fault in faults[:SHOWN]:
                self.stderr.write(f"{fault.where}: {fault.text}")
            if faults:
                raise CommandError(_("文案有 %(count)s 处问题") % {"count": len(faults)})
            self.stdout.write(_("%(count)s 条文案都有译文") % {"count": len(messages)})
            return
        english = translations(options["merge"] or ())
        new = update(catalogue, messages, english)
        path.parent.mkdir(parents=True, exist_ok=True)
        new.save(str(path))
        unused = set(english) - {message.key for message in messages}
        self.stdout.write(
            _("文案 %(count)s 条，未译 %(missing)s 条，并入的译文中 %(unused)s 条没有用到")
            % {
                "count": len(new),
                "missing": len(new.untranslated_entries()),
                "unused": len(unused),
            }
        )
