from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class ExamsConfig(AppConfig):
    name = "linli.exams"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        from linli.exams.who import CLERKS, READERS
        from linli.web import menu

        menu.register(
            code="exams_register",
            label=_("考试"),
            url_name="exams:register",
            icon="writing",
            roles=tuple(role.code for role in READERS),
            order=550,
            group=_("队伍"),
        )
        menu.register(
            code="exams_mine",
            label=_("我的考务"),
            url_name="exams:mine",
            icon="checklist",
            roles=tuple(role.code for role in CLERKS if role not in READERS),
            order=551,
            group=_("队伍"),
        )
