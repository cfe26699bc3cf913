from collections.abc import Iterator
from typing import Any

from django.apps import AppConfig
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy


class LeadsConfig(AppConfig):
    name = "linli.leads"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        from linli.leads.who import CONFER, READERS
        from linli.premises import offers
        from linli.search import finders
        from linli.web import desk, menu

        finders.offer(
            code="leads",
            label=gettext_lazy("线索"),
            by=gettext_lazy("线索编号、用房编码"),
            icon="flag",
            roles=READERS,
            order=155,
            find=_find_leads,
            more="leads:register",
        )
        finders.offer(
            code="consultations",
            label=gettext_lazy("会商"),
            by=gettext_lazy("会商编号、名称"),
            icon="users-group",
            roles=CONFER,
            order=157,
            find=_find_consultations,
            more="leads:consultations",
        )
        desk.offer(_opinions_waiting)
        desk.offer(_to_conclude)
        offers.offer(_leads_of, order=200)
        for code, label, icon, roles, order in (
            ("register", gettext_lazy("线索"), "flag", READERS, 420),
            ("consultations", gettext_lazy("集体会商"), "users-group", CONFER, 422),
        ):
            menu.register(
                code=f"leads_{code}",
                label=label,
                url_name=f"leads:{code}",
                icon=icon,
                roles=tuple(role.code for role in roles),
                order=order,
                group=gettext_lazy("公共用房"),
                on_phone=code == "register",
            )


def _find_leads(asked: Any) -> Iterator[Any]:
    from linli.leads import queries, showing
    from linli.search.finders import Hit

    for lead in queries.closest_leads(asked.text, asked.scope, limit=asked.limit):
        yield Hit(
            label=lead.number,
            url=reverse("leads:lead", args=[lead.pk]),
            facts=(showing.kind_name(lead.kind_now), showing.where(lead)),
            place=lead.place,
        )


def _find_consultations(asked: Any) -> Iterator[Any]:
    from linli.leads import agendas
    from linli.leads.who import CONVENERS
    from linli.search.finders import Hit

    seen = agendas.addressed(asked.access, CONVENERS)
    for row in agendas.closest_consultations(asked.text, seen, limit=asked.limit):
        yield Hit(
            label=row.number,
            url=reverse("leads:consultation", args=[row.pk]),
            facts=(row.title,),
            place=row.place,
        )


def _opinions_waiting(access: Any, today: Any) -> Iterator[Any]:
    """Items on which a department of the reader has still to sign."""
    from linli.kernel.calendar import WORK
    from linli.kernel.roles import DEPARTMENTS
    from linli.leads import agendas, showing
    from linli.places import queries as places
    from linli.web.desk import Line

    held = [role for role in DEPARTMENTS if access.holds(role)]
    waiting = [
        each for role in held for each in agendas.waiting_on(role.code, access.scope(role), today)
    ]
    calendar = places.calendar() if waiting else None
    for each in waiting:
        row = each.consultation
        title = _("%(number)s：%(n)s项等您签署意见") % {"number": row.number, "n": each.left}
        yield Line(
            title=title,
            url=f"{reverse('leads:consultation', args=[row.pk])}?for={each.role}",
            place=row.title,
            step=gettext_lazy("签署会商意见"),
            by=showing.role_name(each.role),
            left=calendar.left(today, row.due_on, WORK) if calendar else None,
            due=row.due_on,
            action=gettext_lazy("去签署"),
        )


def _to_conclude(access: Any, today: Any) -> Iterator[Any]:
    """Consultations of the reader's that can be ended: all have signed, or the day is over."""
    from linli.kernel.calendar import WORK
    from linli.leads import agendas
    from linli.leads.who import CONVENERS
    from linli.places import queries as places
    from linli.web.desk import Line

    held = [role for role in CONVENERS if access.holds(role)]
    ready = [
        row for role in held for row in agendas.to_conclude(role.code, access.scope(role), today)
    ]
    calendar = places.calendar() if ready else None
    for row in ready:
        yield Line(
            title=_("%(number)s可以作出结论") % {"number": row.number},
            url=reverse("leads:consultation", args=[row.pk]),
            place=row.title,
            step=gettext_lazy("作出会商结论"),
            left=calendar.left(today, row.due_on, WORK) if calendar else None,
            due=row.due_on,
            action=gettext_lazy("去办理"),
        )


def _leads_of(access: Any, room: Any, today: Any) -> Iterator[Any]:
    """What is wrong with a room, on its page."""
    from linli.leads import queries, rules, showing
    from linli.leads.who import RAISERS, READERS
    from linli.premises.offers import Item, Section
    from linli.web.context import Link
    from linli.web.templatetags.words import say

    held = access.roles_at(room.place)
    if not held & set(READERS):
        return
    items = tuple(
        Item(
            title=f"{lead.number} {say(showing.kind_name(lead.kind_now))}",
            url=reverse("leads:lead", args=[lead.pk]),
            text=rules.VIOLATORS[lead.violator],
            state=showing.state_of(lead),
        )
        for lead in queries.of_room(room)
    )
    url = f"{reverse('leads:new')}?in={room.estate}&room={room.pk}"
    actions = (Link(gettext_lazy("登记线索"), url, "plus"),) if held & set(RAISERS) else ()
    yield Section(
        code="leads",
        title=gettext_lazy("线索"),
        items=items,
        actions=() if room.until_on else actions,
    )
