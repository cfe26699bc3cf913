import os
import socket
from typing import Any

from django.core.management.base import CommandError, CommandParser
from django.db import connections
from django.utils import timezone
from django.utils.translation import gettext, gettext_lazy
from django.utils.translation import gettext as _
from granian import Granian
from granian.constants import Interfaces
from granian.log import LogLevels

from linli.people.queries import demo_accounts
from linli.upkeep import metrics
from linli.upkeep.checks import AT_START, FAULT, examine
from linli.web.commands import BEGIN, LinliCommand

MOST_WORKERS = 8
THREADS = 4
"""Requests that one worker answers at the same time; most of their time is the database's."""
STOP_WITHIN_SECONDS = 10


class Command(LinliCommand):
    help = gettext_lazy("启动网站（正式服务器；Ctrl-C 或 SIGTERM 平稳停止）")
    group = BEGIN
    examples = (
        ("serve", gettext_lazy("在 http://localhost:8000 提供服务")),
        (
            "serve --host 0.0.0.0 --port 80",
            gettext_lazy("对外服务；前面通常还有带 https 的反向代理"),
        ),
    )

    def add_arguments(self, parser: CommandParser) -> None:
        cores = os.cpu_count() or 1
        parser.add_argument("--host", default="127.0.0.1", help=_("监听的地址"))
        parser.add_argument("--port", type=int, default=8000, help=_("监听的端口"))
        parser.add_argument(
            "--workers", type=int, default=min(cores, MOST_WORKERS), help=_("工作进程数")
        )

    def handle(self, *args: Any, **options: Any) -> None:
        self._examine()
        self._reserve(options["host"], options["port"])
        url = os.environ.setdefault("LINLI_URL", f"http://localhost:{options['port']}")
        self._greet(url.rstrip("/"))
        connections.close_all()
        os.environ.setdefault("PYTHONWARNINGS", "ignore")  # Their words are not ours to keep.
        with metrics.shared():
            self._serve(options)

    def _serve(self, options: dict[str, Any]) -> None:
        Granian(
            "linli.wsgi:application",
            address=options["host"],
            port=options["port"],
            interface=Interfaces.WSGI,
            workers=options["workers"],
            blocking_threads=THREADS,
            log_level=LogLevels.warning,
            respawn_failed_workers=True,
            workers_kill_timeout=STOP_WITHIN_SECONDS,
        ).serve()

    def _examine(self) -> None:
        """A service that cannot keep its books does not start."""
        faults = [f for f in examine(AT_START, now=timezone.now()) if f.state == FAULT]
        for finding in faults:
            self.stderr.write(f"{finding.subject}：{finding.text}　{finding.remedy}")
        if faults:
            raise CommandError(_("没有启动：先处理以上问题，linli doctor 可复查"))

    def _reserve(self, host: str, port: int) -> None:
        """Say in plain words that the port is taken, before any worker starts."""
        with socket.socket(socket.AF_INET6 if ":" in host else socket.AF_INET) as probe:
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            try:
                probe.bind((host, port))
            except OSError as error:
                raise CommandError(
                    _("端口 %(port)s 不能使用（%(error)s）；用 --port 换一个")
                    % {"port": port, "error": error.strerror}
                ) from error

    def _greet(self, url: str) -> None:
        self.stdout.write(_("公开页面（不用登录）：%(url)s/") % {"url": url})
        self.stdout.write(_("工作人员登录：%(url)s/login/") % {"url": url})
        accounts = demo_accounts(on=timezone.localdate(), of_each=1)
        if accounts:
            rows = [(gettext(a.role.name), a.user.username, a.password, a.place) for a in accounts]
            self.table((_("职务"), _("登录名"), _("密码"), _("地方")), rows)
        self.stdout.write(_("按 Ctrl-C 停止"))
        self.stdout.flush()
