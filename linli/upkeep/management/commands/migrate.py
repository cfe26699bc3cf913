from typing import Any

from django.conf import settings
from django.core.management.commands.migrate import Command as Migrate
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from linli.settings import postgres
from linli.trail import guards
from linli.upkeep.database import as_owner, grant, is_postgres
from linli.web.commands import UPKEEP, LinliCommand


class Command(LinliCommand, Migrate):
    help = gettext_lazy("建立或升级数据库的表；PostgreSQL 上随后给应用账号授权")
    group = UPKEEP
    examples = (
        ("migrate", gettext_lazy("升级到本版本；已是最新时什么也不做")),
        ("migrate --plan", gettext_lazy("只看将要做什么")),
    )

    def execute(self, *args: Any, **options: Any) -> Any:
        if not is_postgres():
            settings.DATA.mkdir(parents=True, exist_ok=True, mode=0o750)
        return super().execute(*args, **options)

    def handle(self, *args: Any, **options: Any) -> None:
        self._down = False
        with as_owner():
            if options["plan"] or options["check_unapplied"]:
                super().handle(*args, **options)
                return
            told = guards.standing(guards.installed())
            try:
                super().handle(*args, **options)
            finally:
                self._put_up_guards({name for name, stands in told.items() if not stands})
            if not is_postgres() or not settings.OWNER_URL:
                return
            role = postgres(settings.DATABASE_URL)["USER"]
            if role == postgres(settings.OWNER_URL)["USER"]:
                return
            count = grant(role)
        if options["verbosity"]:
            self.stdout.write(
                _("已给应用账号 %(role)s 授权：%(count)s 张表") % {"role": role, "count": count}
            )

    def migration_progress_callback(
        self, action: str, migration: Any = None, fake: bool = False
    ) -> None:
        if action in ("apply_start", "unapply_start") and not fake:
            guards.take_down()
            self._down = True
        super().migration_progress_callback(action, migration, fake)

    def _put_up_guards(self, missing: set[str]) -> None:
        """Guards stand again, whatever became of the tables; those that nobody here took down
        are told, since somebody else did."""
        again = guards.put_up(guards.installed()) if self._down or missing else []
        if lost := [name for name in again if name in missing]:
            self.stderr.write(
                _("补装了运行前就缺失的触发器：%(names)s；请运行 linli verify 查明数据是否被改动")
                % {"names": _("、").join(lost)}
            )
