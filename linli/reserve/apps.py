from collections.abc import Iterator
from typing import Any

from django.apps import AppConfig
from django.urls import reverse
from django.utils.translation import gettext_lazy as _


class ReserveConfig(AppConfig):
    name = "linli.reserve"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        from linli import indicators
        from linli.notices import queries as notices
        from linli.reserve import figures, owing
        from linli.reserve.flow import ENTRY_DUTY
        from linli.reserve.who import READERS
        from linli.search import finders
        from linli.web import desk, menu

        notices.owe(ENTRY_DUTY, owing.entries)
        desk.offer(owing.scores)
        desk.offer(owing.to_open)
        finders.offer(
            code="talents",
            label=_("后备力量"),
            by=_("姓名、首字母、储备编号、电话尾号"),
            icon="user-check",
            roles=READERS,
            order=145,
            find=_find_talents,
            more="reserve:register",
        )
        menu.register(
            code="reserve_register",
            label=_("后备力量"),
            url_name="reserve:register",
            icon="user-check",
            roles=tuple(role.code for role in READERS),
            order=550,
            group=_("队伍"),
        )
        for code, name, unit, means, compute, page in (
            (
                "reserve_size",
                _("在库后备力量"),
                _("人"),
                _("当日在储备库的人数：已入库、未出库"),
                figures.size,
                "reserve:register",
            ),
            (
                "reserve_indicators",
                _("储备硬指标"),
                _("项"),
                _("当日施行的硬指标项数"),
                figures.indicators,
                "reserve:indicators",
            ),
        ):
            indicators.offer(
                code=code,
                claim="D3",
                name=name,
                unit=unit,
                means=means,
                compute=compute,
                page=page,
            )


def _find_talents(asked: Any) -> Iterator[Any]:
    from linli.reserve import queries, rules
    from linli.search.finders import Hit

    for talent in queries.found(asked.text, asked.scope, limit=asked.limit):
        yield Hit(
            label=talent.name,
            url=reverse("reserve:talent", args=[talent.pk]),
            facts=(talent.number, rules.STATES[talent.state]),
            place=talent.place,
        )
