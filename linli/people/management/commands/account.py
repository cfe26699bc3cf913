"""Accounts from the server's own command line: setting up more, and rescue."""

from __future__ import annotations

from datetime import date
from typing import Any

from django.core.management.base import CommandError, CommandParser
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from linli.kernel.roles import ROLES
from linli.people import queries, services
from linli.people.models import User
from linli.places import queries as places
from linli.web.commands import UPKEEP, LinliCommand
from linli.web.templatetags.words import say


class Command(LinliCommand):
    help = gettext_lazy("在服务器上建账号、重置密码、任命和撤销（会留痕，无操作人）")
    group = UPKEEP
    examples = (
        ("account list", gettext_lazy("列出账号和现任职务")),
        ("account create zhangsan --name 张三", gettext_lazy("建账号，显示初始密码")),
        ("account reset zhangsan", gettext_lazy("重置密码，显示新密码；管理员忘记密码时用")),
        ("account disable zhangsan", gettext_lazy("停用账号（enable 再启用）")),
        (
            "account appoint zhangsan --role bookkeeper --place 370614001001001",
            gettext_lazy("任命（revoke 撤销）"),
        ),
    )

    def add_arguments(self, parser: CommandParser) -> None:
        acts = ("list", "create", "reset", "disable", "enable", "appoint", "revoke")
        parser.add_argument("act", choices=acts)
        parser.add_argument("username", nargs="?", default="", help=_("登录名"))
        parser.add_argument("--name", default="", help=_("姓名"))
        parser.add_argument("--phone", default="", help=_("电话"))
        parser.add_argument("--role", choices=list(ROLES), help=_("职务"))
        parser.add_argument("--place", default="", help=_("地点代码"))
        parser.add_argument("--since", type=date.fromisoformat, help=_("从哪天起"))
        parser.add_argument("--until", type=date.fromisoformat, help=_("到哪天止，含当天"))

    def handle(self, *, act: str, username: str, **options: Any) -> None:
        if act != "list" and not username:
            raise CommandError(_("请给出登录名"))
        getattr(self, f"_{act}")(username, options)

    def _found(self, username: str) -> User:
        user = User.objects.filter(username=username).first()
        if user is None:
            raise CommandError(_("没有“%(username)s”这个账号") % {"username": username})
        return user

    def _list(self, username: str, options: dict[str, Any]) -> None:
        users = list(queries.accounts(text=username, on=timezone.localdate()))
        paths = places.name_paths({held.place for user in users for held in user.held_now})
        self.table(
            [_("登录名"), _("姓名"), _("状态"), _("现任职务")],
            [
                (
                    user.username,
                    user.name,
                    _("使用中") if user.is_active else _("已停用"),
                    "；".join(
                        f"{say(ROLES[held.role])} {paths[held.place]}" for held in user.held_now
                    ),
                )
                for user in users
            ],
        )

    def _create(self, username: str, options: dict[str, Any]) -> None:
        handed = services.create_account(
            by=None,
            username=username,
            name=options["name"],
            phone=options["phone"],
            now=timezone.now(),
        )
        self._show(handed)

    def _reset(self, username: str, options: dict[str, Any]) -> None:
        self._show(services.reset_password(by=None, user=self._found(username), now=timezone.now()))

    def _show(self, handed: services.Handed) -> None:
        told = {"username": handed.subject.username, "password": handed.password}
        self.stdout.write(_("登录名 %(username)s，密码 %(password)s") % told)
        self.stdout.write(_("只显示这一次；首次登录须修改。"))

    def _disable(self, username: str, options: dict[str, Any]) -> None:
        services.disable_account(by=None, user=self._found(username), now=timezone.now())
        self.stdout.write(_("已停用，其登录已全部退出。"))

    def _enable(self, username: str, options: dict[str, Any]) -> None:
        services.enable_account(by=None, user=self._found(username), now=timezone.now())
        self.stdout.write(_("已启用。"))

    def _appoint(self, username: str, options: dict[str, Any]) -> None:
        if not options["role"] or not options["place"]:
            raise CommandError(_("请给出 --role 和 --place"))
        services.appoint(
            by=None,
            user=self._found(username),
            role=ROLES[options["role"]],
            place=options["place"],
            since_on=options["since"] or timezone.localdate(),
            until_on=options["until"],
            now=timezone.now(),
        )
        self.stdout.write(_("已任命。"))

    def _revoke(self, username: str, options: dict[str, Any]) -> None:
        held = self._found(username).appointments.filter(revoked_at=None)
        if options["role"]:
            held = held.filter(role=options["role"])
        if options["place"]:
            held = held.filter(place=options["place"])
        found = list(held)
        if len(found) != 1:
            raise CommandError(
                _("符合的职务有%(n)s项，请用 --role 和 --place 指明一项") % {"n": len(found)}
            )
        services.revoke(by=None, appointment=found[0], now=timezone.now())
        self.stdout.write(_("已撤销，立即生效。"))
