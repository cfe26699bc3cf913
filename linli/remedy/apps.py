from collections.abc import Iterator
from typing import Any

from django.apps import AppConfig
from django.urls import reverse
from django.utils.translation import gettext_lazy as _


class RemedyConfig(AppConfig):
    name = "linli.remedy"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        from linli.premises import offers
        from linli.remedy.readers import READERS
        from linli.search import finders
        from linli.web import desk, menu

        offers.offer(_plans_of_room, order=300)
        desk.offer(_to_see_to)
        finders.offer(
            code="plans",
            label=_("一房一策"),
            by=_("方案编号、用房"),
            icon="clipboard-check",
            roles=frozenset(READERS),
            order=160,
            find=_find_plans,
            more="remedy:register",
        )
        for code, label, icon, order in (
            ("register", _("一房一策"), "clipboard-check", 430),
            ("followups", _("用房督办清单"), "bell-ringing", 435),
        ):
            menu.register(
                code=f"remedy_{code}",
                label=label,
                url_name=f"remedy:{code}",
                icon=icon,
                roles=tuple(role.code for role in READERS),
                order=order,
                group=_("公共用房"),
                on_phone=code == "register",
            )


def _find_plans(asked: Any) -> Iterator[Any]:
    from linli.places import queries as places
    from linli.remedy import queries, rules
    from linli.remedy.readers import plans_seen
    from linli.search.finders import Hit

    rows = plans_seen(asked.access)
    for plan in queries.closest_plans(asked.text, rows, limit=asked.limit):
        yield Hit(
            label=plan.room.name,
            url=reverse("remedy:plan", args=[plan.pk]),
            facts=(plan.code, rules.STATES[plan.state], places.name(plan.place[:15])),
            place=plan.place,
        )


def _to_see_to(access: Any, today: Any) -> Iterator[Any]:
    """What is late or near, promises whose day has come, letters and follow-ups to answer."""
    from linli.places import queries as places
    from linli.remedy import queries
    from linli.remedy.readers import DECIDERS, DOERS, WHOLE
    from linli.web.desk import Line

    if not access.holds(*WHOLE):
        return
    near = queries.near_day(today, places.calendar())
    found = queries.to_see_to(access.user, access.scope(*WHOLE), today=today, near=near)
    register = reverse("remedy:register")
    does, decides = access.holds(*DOERS), access.holds(*DECIDERS)
    for look, title, shown in (
        ("late", _("%(n)s份处置方案已逾期"), True),
        ("near", _("%(n)s份处置方案快到期"), True),
        ("answer", _("%(n)s份处置方案的督办待回复"), True),
        ("promise", _("%(n)s份处置方案有约谈承诺到期待复核"), does),
        ("letter", _("%(n)s份处置方案有文书待回复"), does),
        ("asked", _("%(n)s份处置方案有延期待批准"), decides),
    ):
        n = found[look] or 0
        if n and shown:
            yield Line(title=title % {"n": n}, url=f"{register}?look={look}", action=_("去处理"))
    waits = found["leads"] or 0
    if waits and does:
        title = _("%(n)s条认定的线索待订方案") % {"n": waits}
        yield Line(title=title, url=reverse("remedy:waiting"), action=_("去处理"))


def _plans_of_room(access: Any, room: Any, today: Any) -> Iterator[Any]:
    """The plans of a room, and a button to draft one."""
    from linli.places import queries as places
    from linli.premises.offers import Item, Section
    from linli.remedy import queries, showing
    from linli.remedy.readers import DOERS, WHOLE
    from linli.sources.remedies import violations
    from linli.web.context import Link

    held = access.roles_at(room.place)
    if not held & set(WHOLE):
        return
    plans = queries.plans_of(room)
    calendar = places.calendar() if plans else None
    items = tuple(
        Item(
            title=plan.code,
            url=reverse("remedy:plan", args=[plan.pk]),
            text=violations()[plan.violation].name,
            state=showing.state_of(plan),
            left=showing.left_of(plan.due_on, today, calendar) if calendar else None,
            due=plan.due_on,
        )
        for plan in plans
    )
    running = any(not plan.is_over for plan in plans)
    begin = held & set(DOERS) and not running and room.until_on is None
    new = f"{reverse('remedy:new')}?room={room.pk}"
    actions = (Link(_("拟订方案"), new, "clipboard-check"),) if begin else ()
    yield Section(code="plans", title=_("一房一策"), items=items, actions=actions)
