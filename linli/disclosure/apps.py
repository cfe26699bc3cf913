from django.apps import AppConfig
from django.utils.translation import gettext_lazy


class DisclosureConfig(AppConfig):
    name = "linli.disclosure"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        from linli.kernel.roles import FUND_GROUP, OVERSEERS
        from linli.web import menu

        menu.register(
            code="objections",
            label=gettext_lazy("异议"),
            url_name="disclosure:objections",
            icon="message-question",
            roles=tuple(role.code for role in FUND_GROUP | OVERSEERS),
            order=360,
            group=gettext_lazy("公示与监督"),
        )
