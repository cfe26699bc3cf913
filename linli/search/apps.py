from collections.abc import Iterator
from typing import Any

from django.apps import AppConfig
from django.urls import NoReverseMatch, reverse
from django.utils.text import capfirst
from django.utils.translation import gettext_lazy as _


class SearchConfig(AppConfig):
    name = "linli.search"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        from linli.search import finders, lookups  # noqa: F401 - lookups register themselves
        from linli.web import context

        context.provide(_box)
        finders.offer(
            code="pages",
            label=_("功能"),
            by=_("名称"),
            icon="layout-grid",
            order=900,
            find=_find_pages,
        )


def _box(request: Any) -> dict:
    """The search in the head of every page, for whoever holds something."""
    access = getattr(request, "access", None)
    if access is None or not access.posts:
        return {}
    from linli.search import finders

    return {"search_url": reverse("search:search"), "search_kinds": finders.offered(access)}


def _find_pages(asked: Any) -> Iterator[Any]:
    """Pages of the reader's own menu."""
    from linli.search.finders import Hit
    from linli.web import menu

    for item in menu.items_for({role.code for role in asked.access.roles}):
        name = capfirst(str(item.label))
        if asked.text.lower() in name.lower():
            try:
                yield Hit(label=name, url=reverse(item.url_name), facts=(item.group,))
            except NoReverseMatch:
                continue
