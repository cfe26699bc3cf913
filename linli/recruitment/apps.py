from collections.abc import Iterable, Iterator
from typing import Any

from django.apps import AppConfig
from django.urls import reverse
from django.utils.translation import gettext_lazy as _


class RecruitmentConfig(AppConfig):
    name = "linli.recruitment"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        from linli import indicators
        from linli.recruitment import figures
        from linli.recruitment.who import KEEPERS, READERS
        from linli.search import finders
        from linli.web import desk, menu

        finders.offer(
            code="applications",
            label=_("选聘报名"),
            by=_("姓名、首字母、查询号"),
            icon="user-plus",
            roles=KEEPERS,
            order=142,
            find=_find,
        )
        menu.register(
            code="recruitment",
            label=_("选聘"),
            url_name="recruitment:register",
            icon="user-plus",
            roles=tuple(role.code for role in READERS),
            order=540,
            group=_("队伍"),
        )
        desk.offer(_desk)
        indicators.offer(
            code="recruited",
            claim="D2",
            name=_("选聘社区工作者"),
            unit=_("人"),
            means=_("经公开选聘聘用、登记任职的人数，一人计一次"),
            compute=figures.recruited,
            page="recruitment:register",
        )


def _find(asked: Any) -> Iterator[Any]:
    from linli.recruitment import queries
    from linli.search.finders import Hit

    for row in queries.found(asked.text, asked.scope, limit=asked.limit):
        yield Hit(
            label=row.name,
            url=reverse("recruitment:application", args=[row.pk]),
            facts=(row.announcement.number, row.number),
            place=row.place,
        )


def _desk(access: Any, today: Any) -> Iterable[Any]:
    """What waits for the office beside the steps of its cases: papers to read, objections."""
    from linli.recruitment import queries
    from linli.recruitment.who import KEEPERS
    from linli.web.desk import Line

    if not access.holds(*KEEPERS):
        return
    for row in queries.to_do(access.scope(*KEEPERS)):
        url = reverse("recruitment:announcement", args=[row.pk])
        if row.unread:
            title = _("%(n)s份报名待审核") % {"n": row.unread}
            yield Line(title=row.title, url=url, step=title)
        if row.objected:
            title = _("%(n)s件公示异议待查明") % {"n": row.objected}
            yield Line(title=row.title, url=url, step=title)
