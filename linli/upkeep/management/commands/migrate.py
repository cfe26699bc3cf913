from typing import Any

from django.conf import settings
from django.core.management.commands.migrate import Command as Migrate
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from linli.settings import postgres
from linli.upkeep.database import as_owner, grant, is_postgres
from linli.web.commands import UPKEEP, LinliCommand


class Command(LinliCommand, Migrate):
    help = gettext_lazy("建立或升级数据库的表；PostgreSQL 上随后给应用账号授权")
    group = UPKEEP
    examples = (
        ("migrate", gettext_lazy("升级到本版本；已是最新时什么也不做")),
        ("migrate --plan", gettext_lazy("只看将要做什么")),
    )

    def handle(self, *args: Any, **options: Any) -> None:
        with as_owner():
            super().handle(*args, **options)
            if not is_postgres() or not settings.OWNER_URL or options.get("plan"):
                return
            role = postgres(settings.DATABASE_URL)["USER"]
            if role == postgres(settings.OWNER_URL)["USER"]:
                return
            count = grant(role)
        if options["verbosity"]:
            self.stdout.write(
                _("已给应用账号 %(role)s 授权：%(count)s 张表") % {"role": role, "count": count}
            )
