from collections.abc import Iterator
from typing import Any

from django.apps import AppConfig
from django.urls import reverse
from django.utils.translation import gettext_lazy


class DisclosureConfig(AppConfig):
    name = "linli.disclosure"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        from linli.kernel.roles import FUND_GROUP, OVERSEERS
        from linli.search import finders
        from linli.web import menu

        finders.offer(
            code="objections",
            label=gettext_lazy("异议"),
            by=gettext_lazy("查询号"),
            icon="message-question",
            roles=FUND_GROUP | OVERSEERS,
            order=360,
            find=_find_objections,
        )

        menu.register(
            code="objections",
            label=gettext_lazy("异议"),
            url_name="disclosure:objections",
            icon="message-question",
            roles=tuple(role.code for role in FUND_GROUP | OVERSEERS),
            order=360,
            group=gettext_lazy("公示与监督"),
        )


def _find_objections(asked: Any) -> Iterator[Any]:
    """Objections by the beginning of the number that was given to whoever objected."""
    from linli.disclosure import queries
    from linli.search.finders import Hit

    for row in queries.find_objections(asked.plain, asked.scope, limit=asked.limit):
        yield Hit(
            label=row.query,
            url=reverse("disclosure:objection", args=[row.pk]),
            facts=(row.book.name, row.period),
            place=row.place,
        )
