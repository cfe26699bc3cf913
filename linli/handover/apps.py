from collections.abc import Iterator
from typing import Any

from django.apps import AppConfig
from django.urls import reverse
from django.utils.translation import gettext_lazy as _


class HandoverConfig(AppConfig):
    name = "linli.handover"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        from linli import indicators
        from linli.kernel.roles import ROOM_READERS
        from linli.premises import offers
        from linli.search import finders
        from linli.web import desk, menu

        finders.offer(
            code="handovers",
            label=_("用房移交"),
            by=_("编号、用房、单位"),
            icon="file-certificate",
            roles=ROOM_READERS,
            order=160,
            find=_find_handovers,
            more="handover:register",
        )
        indicators.offer(
            code="handover_steps",
            claim="A3",
            name=_("移交环节"),
            unit=_("个"),
            means=_("现行移交流程的环节"),
            compute=_steps,
            page="handover:register",
        )
        desk.offer(_to_see_to)
        offers.offer(_of_room, order=700)
        menu.register(
            code="handovers",
            label=_("用房移交"),
            url_name="handover:register",
            icon="file-certificate",
            roles=tuple(role.code for role in ROOM_READERS),
            order=440,
            group=_("公共用房"),
        )


def _steps(scope: Any, on: Any) -> Any:
    from linli.handover import queries
    from linli.indicators import Value

    place = min(scope.prefixes | scope.alone, default="")
    return Value(queries.step_count(place, on))


def _find_handovers(asked: Any) -> Iterator[Any]:
    from linli.handover import queries, rules
    from linli.search.finders import Hit

    for row in queries.closest(asked.text, asked.scope, limit=asked.limit):
        yield Hit(
            label=f"{row.number} {row.room.name}",
            url=reverse("handover:handover", args=[row.pk]),
            facts=(rules.ENDS[row.outcome or rules.RUNNING], row.developer),
            place=row.place,
        )


def _to_see_to(access: Any, today: Any) -> Iterator[Any]:
    """Taxes to confirm, defects to re-check, defects past their day."""
    from linli.handover import flow, queries
    from linli.web.desk import Line

    register = reverse("handover:register")
    if access.holds(*flow.WRITERS):
        scope = access.scope(*flow.WRITERS)
        if n := queries.to_sign(scope, access.roles, today):
            title = _("%(n)s宗移交待您会签") % {"n": n}
            yield Line(title=title, url=f"{register}?look=sign", action=_("去会签"))
    if access.holds(*flow.TAX_CHECKERS):
        scope = access.scope(*flow.TAX_CHECKERS)
        if n := queries.to_confirm(scope, but=access.user):
            title = _("%(n)s宗移交的税费待您确认") % {"n": n}
            yield Line(title=title, url=f"{register}?look=taxes", action=_("去确认"))
    if access.holds(*flow.OPENERS):
        scope = access.scope(*flow.OPENERS)
        again, late = queries.defects_to_see_to(scope, but=access.user, today=today)
        if again:
            title = _("%(n)s项整改待复验") % {"n": again}
            yield Line(title=title, url=f"{register}?look=defects", action=_("去复验"))
        if late:
            title = _("%(n)s项整改已逾期") % {"n": late}
            yield Line(title=title, url=f"{register}?look=defects", action=_("去催办"))


def _of_room(access: Any, room: Any, today: Any) -> Iterator[Any]:
    """The handovers of a room, and the way to begin one."""
    from linli.handover import flow, queries, rules, showing
    from linli.kernel.roles import ROOM_READERS
    from linli.premises.offers import Item, Section
    from linli.web.context import Link

    if not access.roles_at(room.place) & ROOM_READERS:
        return
    rows = showing.named(queries.of_room(room), today)
    running = any(not row.ended_at for row in rows)
    begin = (
        access.roles_at(room.place) & set(flow.OPENERS)
        and not running
        and not room.until_on
        and rules.may_be_begun(kind=room.kind, owner=room.owner, state=room.state).allowed
    )
    url = f"{reverse('handover:new')}?room={room.pk}"
    yield Section(
        code="handovers",
        title=_("移交"),
        items=tuple(
            Item(
                title=row.number,
                url=reverse("handover:handover", args=[row.pk]),
                text=f"{row.developer} → {row.receiver}",
                state=showing.state_of(row),
                left=row.left,  # type: ignore[attr-defined]
                due=row.due_on,  # type: ignore[attr-defined]
            )
            for row in rows
        ),
        actions=(Link(_("开办移交"), url, "file-plus"),) if begin else (),
    )
