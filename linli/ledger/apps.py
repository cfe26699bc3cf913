from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class LedgerConfig(AppConfig):
    name = "linli.ledger"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        from linli.kernel.roles import FUND_GROUP, OVERSEERS
        from linli.web import menu

        menu.register(
            code="books",
            label=_("账套"),
            url_name="ledger:index",
            icon="book-2",
            roles=[role.code for role in FUND_GROUP | OVERSEERS],
            order=300,
            group=_("记账与对账"),
            on_phone=True,
        )
