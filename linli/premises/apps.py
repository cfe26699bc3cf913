from collections.abc import Iterator
from typing import Any

from django.apps import AppConfig
from django.urls import reverse
from django.utils.translation import gettext_lazy as _


class PremisesConfig(AppConfig):
    name = "linli.premises"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        from linli.kernel.roles import ROOM_READERS
        from linli.search import finders
        from linli.web import desk, menu

        finders.offer(
            code="rooms",
            label=_("公共用房"),
            by=_("编码、名称"),
            icon="building-community",
            roles=ROOM_READERS,
            order=150,
            find=_find_rooms,
            more="premises:register",
        )
        desk.offer(_leases_to_see_to)
        for code, label, icon, order in (
            ("register", _("公共用房"), "building-community", 410),
            ("quotas", _("配置标准"), "ruler-2", 415),
        ):
            menu.register(
                code=f"rooms_{code}",
                label=label,
                url_name=f"premises:{code}",
                icon=icon,
                roles=tuple(role.code for role in ROOM_READERS),
                order=order,
                group=_("公共用房"),
                on_phone=code == "register",
            )


def _find_rooms(asked: Any) -> Iterator[Any]:
    from linli.premises import queries, showing
    from linli.search.finders import Hit

    for room in queries.closest_rooms(asked.text, asked.scope, limit=asked.limit):
        yield Hit(
            label=room.name,
            url=reverse("premises:room", args=[room.pk]),
            facts=(room.code, showing.kind_name(room.kind)),
            place=room.place,
        )


def _leases_to_see_to(access: Any, today: Any) -> Iterator[Any]:
    """Leases that are over and were neither renewed nor ended, and those that end soon."""
    from linli.kernel.roles import ROOM_KEEPERS
    from linli.premises import queries
    from linli.web.desk import Line

    if not access.holds(*ROOM_KEEPERS):
        return
    over, ending = queries.leases_to_see_to(access.scope(*ROOM_KEEPERS), today=today)
    register = reverse("premises:register")
    if over:
        title = _("%(n)s份用房租赁合同已到期，没有续签也没有终止") % {"n": over}
        yield Line(title=title, url=f"{register}?look=over", action=_("去处理"))
    if ending:
        title = _("%(n)s份用房租赁合同将到期") % {"n": ending}
        yield Line(title=title, url=f"{register}?look=ending", action=_("去看"))
