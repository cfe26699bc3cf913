from django.apps import AppConfig
from django.utils.translation import gettext_lazy


class IntakeConfig(AppConfig):
    name = "linli.intake"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        from linli.kernel.roles import BOOKKEEPER
        from linli.web import menu

        menu.register(
            code="intake",
            label=gettext_lazy("导入"),
            url_name="intake:index",
            icon="file-upload",
            roles=(BOOKKEEPER.code,),
            order=330,
            group=gettext_lazy("记账与对账"),
        )
