from collections.abc import Iterator
from typing import Any

from django.apps import AppConfig
from django.urls import reverse
from django.utils.translation import gettext_lazy as _


class WorkforceConfig(AppConfig):
    name = "linli.workforce"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        from linli import indicators
        from linli.search import finders
        from linli.web import menu
        from linli.workforce import figures
        from linli.workforce.who import READERS

        finders.offer(
            code="workers",
            label=_("社区工作者"),
            by=_("姓名、首字母、档案编号、电话尾号"),
            icon="users",
            roles=READERS,
            order=140,
            find=_find_workers,
            more="workforce:register",
        )
        menu.register(
            code="workforce_register",
            label=_("社区工作者"),
            url_name="workforce:register",
            icon="users",
            roles=tuple(role.code for role in READERS),
            order=520,
            group=_("队伍"),
        )
        for code, name, unit, means, compute in (
            (
                "worker_mean_age",
                _("社区工作者平均年龄"),
                _("岁"),
                _("在职社区工作者当日周岁的平均数，保留一位小数"),
                figures.mean_age,
            ),
            (
                "worker_college_percent",
                _("大专及以上学历"),
                _("%"),
                _("在职社区工作者中最高学历为大专及以上的占比"),
                figures.college_percent,
            ),
        ):
            indicators.offer(
                code=code,
                claim="D2",
                name=name,
                unit=unit,
                means=means,
                compute=compute,
                page="workforce:register",
            )


def _find_workers(asked: Any) -> Iterator[Any]:
    from linli.search.finders import Hit
    from linli.workforce import queries, showing

    for worker in queries.found(asked.text, asked.scope, limit=asked.limit):
        yield Hit(
            label=worker.name,
            url=reverse("workforce:worker", args=[worker.pk]),
            facts=(worker.number, showing.word("politics", worker.politics)),
            place=worker.place,
        )
