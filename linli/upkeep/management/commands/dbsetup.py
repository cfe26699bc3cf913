import secrets
from typing import Any

import psycopg
from django.core.management.base import CommandError, CommandParser
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from psycopg import sql

from linli.settings import postgres
from linli.upkeep.database import url_of
from linli.web.commands import UPKEEP, LinliCommand


class Command(LinliCommand):
    help = gettext_lazy("在 PostgreSQL 上建立数据库和两个账号：属主管表，应用只能读写")
    group = UPKEEP
    requires_system_checks: list[str] = []
    examples = (
        ("dbsetup", gettext_lazy("只显示要由数据库管理员执行的语句")),
        (
            "dbsetup --admin postgres://postgres@127.0.0.1/postgres",
            gettext_lazy("直接执行，并显示两个地址（只显示这一次）"),
        ),
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--admin", metavar="URL", help=_("能建账号和数据库的地址"))
        parser.add_argument("--name", default="linli", help=_("数据库名"))
        parser.add_argument("--owner", default="linli_owner", help=_("属主账号"))
        parser.add_argument("--app", default="linli_app", help=_("应用账号"))

    def handle(self, *args: Any, **options: Any) -> None:
        names = {key: options[key] for key in ("name", "owner", "app")}
        passwords = {role: secrets.token_urlsafe(24) for role in ("owner", "app")}
        statements = _statements(names, passwords)
        if not options["admin"]:
            self.stdout.write("\n".join(f"{s.as_string(None)};" for s in statements))
            self._say_addresses(postgres("postgres://127.0.0.1/"), names, passwords)
            return
        with psycopg.connect(options["admin"], autocommit=True) as admin:
            try:
                for statement in statements:
                    admin.execute(statement)
            except psycopg.errors.DuplicateObject as error:
                raise CommandError(_("账号已存在：%(error)s") % {"error": error}) from error
            except psycopg.errors.DuplicateDatabase as error:
                raise CommandError(_("数据库已存在：%(error)s") % {"error": error}) from error
        self._say_addresses(postgres(options["admin"]), names, passwords)

    def _say_addresses(
        self, server: dict[str, Any], names: dict[str, str], passwords: dict[str, str]
    ) -> None:
        for variable, role in (("LINLI_DATABASE_URL", "app"), ("LINLI_OWNER_URL", "owner")):
            who = {"USER": names[role], "PASSWORD": passwords[role]}
            self.stdout.write(f"{variable}={url_of(server | who, name=names['name'])}")
        self.stdout.write(_("# LINLI_OWNER_URL 只给 linli migrate 和 restore 用，不要给网站进程"))


def _statements(names: dict[str, str], passwords: dict[str, str]) -> list[sql.Composed]:
    """Roles, the database, and who may connect; the tables' rights follow with `linli migrate`."""
    name, owner, app = (sql.Identifier(names[key]) for key in ("name", "owner", "app"))
    role = sql.SQL("CREATE ROLE {} LOGIN NOSUPERUSER NOCREATEDB NOCREATEROLE PASSWORD {}")
    return [
        role.format(owner, sql.Literal(passwords["owner"])),
        role.format(app, sql.Literal(passwords["app"])),
        sql.SQL("CREATE DATABASE {} OWNER {} ENCODING 'UTF8' TEMPLATE template0").format(
            name, owner
        ),
        sql.SQL("REVOKE ALL ON DATABASE {} FROM PUBLIC").format(name),
        sql.SQL("GRANT CONNECT, TEMPORARY ON DATABASE {} TO {}").format(name, app),
    ]
