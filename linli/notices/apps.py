from collections.abc import Iterator
from typing import Any

from django.apps import AppConfig
from django.urls import reverse
from django.utils.translation import gettext_lazy as _


class NoticesConfig(AppConfig):
    name = "linli.notices"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        from linli.kernel.roles import SECRETARY, STREET
        from linli.search import finders
        from linli.web import context

        context.provide(_waiting)
        finders.offer(
            code="desks",
            label=_("人员"),
            by=_("姓名、首字母、登录名"),
            icon="user",
            roles=(SECRETARY, STREET),
            order=105,
            find=_find_desks,
        )


def _find_desks(asked: Any) -> Iterator[Any]:
    """The people of one's own place, each leading to their desk."""
    from linli.kernel.roles import ROLES
    from linli.notices import queries
    from linli.search.finders import Hit

    for post in queries.posts_below(asked.access, asked.scope, text=asked.text)[: asked.limit]:
        yield Hit(
            label=post.user.name,
            url=reverse("notices:desk_of", args=[post.user_id]),
            facts=(ROLES[post.role].name,),
            place=post.place,
        )


def _waiting(request: object) -> dict:
    """How much waits on the reader, for the head of every page."""
    from linli.notices import queries

    user = getattr(request, "user", None)
    if user is None or not user.is_authenticated:
        return {}
    known = getattr(request, "waiting_count", None)
    return {
        "desk_url": reverse("notices:desk"),
        "waiting_count": queries.waiting_count(request.access) if known is None else known,  # type: ignore[attr-defined]
    }
