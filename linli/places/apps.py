from collections.abc import Iterator
from typing import Any

from django.apps import AppConfig
from django.urls import reverse
from django.utils.translation import gettext_lazy as _


class PlacesConfig(AppConfig):
    name = "linli.places"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        from linli.kernel.roles import DISTRICT, SECRETARY, STREET, SYSTEM_ADMIN
        from linli.places import queries
        from linli.scope import names
        from linli.search import finders
        from linli.web import context, days, desk, menu

        days.use(queries.calendar)
        names.use(queries.name_paths)
        context.provide(_where)
        finders.offer(
            code="places",
            label=_("地方"),
            by=_("名称、首字母、代码"),
            icon="map-pin",
            order=110,
            find=_find_places,
        )
        desk.offer(_missing_holidays)
        menu.register(
            code="places",
            label=_("地方"),
            url_name="places:register",
            icon="map-pin",
            roles=(SYSTEM_ADMIN.code, DISTRICT.code, STREET.code, SECRETARY.code),
            order=700,
            group=_("基础资料"),
        )
        menu.register(
            code="holidays",
            label=_("节假日安排"),
            url_name="places:holidays",
            icon="calendar-event",
            roles=(SYSTEM_ADMIN.code,),
            order=710,
            group=_("基础资料"),
        )


def _where(request: object) -> dict:
    """Where the reader is, for the head of every page: one place at a time."""
    from linli.places import queries
    from linli.web.context import Link

    access = getattr(request, "access", None)
    if access is None or not access.posts:
        return {}
    held = {post.place for post in access.posts}
    here = access.here or (next(iter(held)) if len(held) == 1 else "")
    steps = queries.path(here) if here else ()
    way = tuple(Link(step.name, f"{reverse('places:go')}?to={step.code}") for step in steps)
    return {
        "place": way or (Link(_("全部辖区"), reverse("places:go")),),
        "places_url": reverse("places:switch"),
        "county": steps[0].name if steps else "",
    }


def _find_places(asked: Any) -> Iterator[Any]:
    """Places from the county down to buildings."""
    from linli.kernel.place import NAMES, parent
    from linli.places import queries
    from linli.search.finders import Hit

    found = queries.search(asked.text, asked.scope, levels=queries.SHOWN, limit=asked.limit)
    for place in found:
        yield Hit(
            label=place.name,
            url=reverse("places:detail", args=[place.place]),
            facts=(NAMES[place.level], place.place),
            place=parent(place.place) if place.level != "county" else "",
        )


def _missing_holidays(access: object, today: object) -> list:
    """Next year's holidays are the system administrator's to write down."""
    from linli.kernel.roles import SYSTEM_ADMIN
    from linli.places import queries
    from linli.web.desk import Line
    from linli.web.templatetags.words import say

    if not access.holds(SYSTEM_ADMIN):  # type: ignore[attr-defined]
        return []
    ruling = queries.calendar().due_for_update(today)
    url = reverse("places:edit_holidays")
    return [
        Line(title=say(reason), url=f"{url}?year={reason.values['year']}", action=_("去录入"))
        for reason in ruling.reasons
    ]
