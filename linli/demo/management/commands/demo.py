"""Tell the demo county into an empty database."""

from __future__ import annotations

from datetime import date
from typing import Any

from django.conf import settings
from django.core.management.base import CommandError
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from linli.demo.story import Story
from linli.people import queries as people
from linli.web.commands import BEGIN, LinliCommand


class Command(LinliCommand):
    help = gettext_lazy("在空数据库里讲述演示县：三个街道、二十七个社区、三十个小区")
    group = BEGIN
    examples = (("demo", gettext_lazy("讲述演示县；已有演示县时什么也不做")),)

    def add_arguments(self, parser: Any) -> None:
        parser.add_argument(
            "--today", default="", help=_("讲到哪一天，如 2026-11-20，不写则为今天")
        )

    def handle(self, *, today: str, **options: Any) -> None:
        if not settings.DEMO:
            raise CommandError(_("演示县只用于演示：请设 LINLI_DEMO=1"))
        if not people.nobody_yet():
            self.console.print(_("已有账号，演示县不再讲述"))
            return
        day = date.fromisoformat(today) if today else timezone.localdate()
        with self.progress(_("讲述演示县")) as step:
            Story(day, step=lambda done, total, text: step(done, total, text)).tell()
        self.console.print(_("演示县已讲完"))
