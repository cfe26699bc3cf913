"""The command line: what `linli --help` shows, and how a refusal or a fault is told."""

from __future__ import annotations

import errno
import os
import sys
from collections import defaultdict

import django
from django.conf import settings
from django.core.management import ManagementUtility, get_commands, load_command_class
from django.db import DatabaseError
from django.utils import translation
from django.utils.translation import gettext as _

from linli import __version__
from linli.kernel.rulings import Reason, Refused
from linli.web.commands import GROUPS, LinliCommand

REFUSED, CANCELLED = 1, 130


class Program(ManagementUtility):
    """Runs one command. Django's own commands work too, but are not listed."""

    def run(self) -> int:
        """Run it and give the exit code: 0 done, 1 refused or failed, 2 misused, 130 stopped."""
        django.setup()
        translation.activate("en" if os.environ.get("LINLI_LANGUAGE") == "en" else "zh-hans")
        try:
            self._run()
        except Refused as refused:
            print_reasons(refused.ruling.reasons)
            return REFUSED
        except BrokenPipeError:
            os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
            return REFUSED
        except (DatabaseError, OSError) as error:
            if told := of_the_disk(error):
                for line in told:
                    _complain(line)
                return REFUSED
            if settings.DEBUG or isinstance(error, OSError):
                raise
            _complain(_("数据库没有准备好，或连不上：%(error)s") % {"error": error})
            _complain(_("先运行 linli migrate，再用 linli doctor 检查。"))
            return REFUSED
        except KeyboardInterrupt:
            _complain(_("已取消。"))
            return CANCELLED
        return 0

    def _run(self) -> None:
        if self.argv[1:] in (["--version"], ["version"]):
            print_line(f"linli {__version__}")
        else:
            self.execute()

    def main_help_text(self, commands_only: bool = False) -> str:
        """The commands of linli by group, one line each."""
        ours = sorted(name for name, app in get_commands().items() if app.startswith("linli."))
        if commands_only:
            return "\n".join(ours)
        grouped: dict[str, list[tuple[str, LinliCommand]]] = defaultdict(list)
        for name in ours:
            command = load_command_class(get_commands()[name], name)
            grouped[str(getattr(command, "group", GROUPS[-1]))].append((name, command))
        lines = [
            _("用法：linli 命令 [选项]　　查看某个命令：linli 命令 --help"),
            _("数据目录：%(data)s（LINLI_DATA）") % {"data": settings.DATA},
        ]
        for group in map(str, GROUPS):
            if group in grouped:
                lines += ["", group]
                lines += [f"  {name:<16}{str(c.help).strip()}" for name, c in grouped[group]]
        return "\n".join(lines)


def of_the_disk(error: Exception) -> tuple[str, str] | None:
    """What to say when a disk is full or does not read or write; None if it is something else.

    Nothing is half done then: an act is one transaction, a file is written beside its place.
    """
    text, state = str(error), getattr(error.__cause__, "sqlstate", "")
    number = error.errno if isinstance(error, OSError) else None
    full = number in (errno.ENOSPC, errno.EDQUOT) or state == "53100" or "disk is full" in text
    broken = number in (errno.EIO, errno.EROFS) or state == "58030" or "disk I/O error" in text
    if full:
        return (
            _("磁盘已满，这次没有办成：%(error)s") % {"error": error},
            _("腾出空间后再做一次即可，不会重复。"),
        )
    if broken:
        return (
            _("磁盘读写出错，这次没有办成：%(error)s") % {"error": error},
            _("先查磁盘，再用 linli doctor 和 linli verify 核对。"),
        )
    return None


def print_reasons(reasons: tuple[Reason, ...]) -> None:
    """Tell every reason of a refusal on the error stream, with its row, field and ground."""
    _complain(_("不能办理，原因如下："))
    for number, reason in enumerate(reasons, start=1):
        where = _("第 %(row)s 行：") % {"row": reason.row} if reason.row is not None else ""
        ground = _("　依据：%(cites)s") % {"cites": "、".join(reason.cites)} if reason.cites else ""
        _complain(f"{number}. {where}{in_words(reason)}{ground}")


def in_words(reason: Reason) -> str:
    """A reason in the language of the reader."""
    values = {name: _said(value) for name, value in reason.values.items()}
    return translation.gettext(reason.text) % values


def _said(value: object) -> object:
    if isinstance(value, tuple | list):
        return _("、").join(str(_said(part)) for part in value)
    return translation.gettext(value) if isinstance(value, str) and value else value


def print_line(text: str) -> None:
    sys.stdout.write(f"{text}\n")


def _complain(text: str) -> None:
    sys.stderr.write(f"{text}\n")
