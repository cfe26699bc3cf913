from django.apps import AppConfig
from django.utils.translation import gettext_lazy


class OversightConfig(AppConfig):
    name = "linli.oversight"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        from linli.kernel.roles import DISTRICT, FUND_GROUP, OVERSEERS, SECRETARY, STREET
        from linli.web import menu

        menu.register(
            code="oversight",
            label=gettext_lazy("公示督导"),
            url_name="oversight:matrix",
            icon="layout-grid",
            roles=(STREET.code, DISTRICT.code, SECRETARY.code),
            order=350,
            group=gettext_lazy("公示与监督"),
            on_phone=True,
        )
        menu.register(
            code="followups",
            label=gettext_lazy("督办"),
            url_name="oversight:followups",
            icon="bell-ringing",
            roles=tuple(role.code for role in FUND_GROUP | OVERSEERS),
            order=355,
            group=gettext_lazy("公示与监督"),
        )
