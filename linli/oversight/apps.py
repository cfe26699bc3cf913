from collections.abc import Iterator
from typing import Any

from django.apps import AppConfig
from django.urls import reverse
from django.utils.translation import gettext_lazy


class OversightConfig(AppConfig):
    name = "linli.oversight"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        from linli.kernel.roles import DISTRICT, FUND_GROUP, OVERSEERS, SECRETARY, STREET
        from linli.search import finders
        from linli.web import menu

        finders.offer(
            code="followups",
            label=gettext_lazy("督办"),
            by=gettext_lazy("小区名称、事由"),
            icon="bell-ringing",
            roles=FUND_GROUP | OVERSEERS,
            order=370,
            find=_find_followups,
            more="oversight:followups",
        )

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


def _find_followups(asked: Any) -> Iterator[Any]:
    from linli.oversight import queries
    from linli.search.finders import Hit

    on = asked.access.on
    for row in queries.followups(asked.scope, text=asked.text, today=on)[: asked.limit]:
        yield Hit(
            label=row.text,
            url=reverse("oversight:followup", args=[row.pk]),
            facts=(row.book.name, row.period),
        )
