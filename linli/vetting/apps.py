from collections.abc import Iterator
from typing import Any

from django.apps import AppConfig
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy


class VettingConfig(AppConfig):
    name = "linli.vetting"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        from linli import indicators
        from linli.search import finders
        from linli.vetting import figures, queries
        from linli.vetting.who import ANSWERERS, OFFICE, PRESSERS, RESULT_READERS
        from linli.web import desk, menu
        from linli.workforce import clearance

        clearance.offer("vetting", queries.cleared)
        for ask in (_lists_waiting, _lists_late, _rounds_to_see_to):
            desk.offer(ask)
        finders.offer(
            code="vettings",
            label=gettext_lazy("联审"),
            by=gettext_lazy("联审编号、名称"),
            icon="shield-check",
            roles=OFFICE,
            order=142,
            find=_find_rounds,
            more="vetting:rounds",
        )
        for code, label, icon, roles, order in (
            ("rounds", gettext_lazy("联审"), "shield-check", OFFICE, 530),
            ("lists", gettext_lazy("联审名单"), "list-check", ANSWERERS, 532),
            ("results", gettext_lazy("联审结论"), "file-certificate", RESULT_READERS, 534),
            ("late", gettext_lazy("联审逾期"), "bell", PRESSERS, 536),
        ):
            menu.register(
                code=f"vetting_{code}",
                label=label,
                url_name=f"vetting:{code}",
                icon=icon,
                roles=tuple(role.code for role in roles),
                order=order,
                group=gettext_lazy("队伍"),
            )
        indicators.offer(
            code="vetting_departments",
            claim="D1",
            name=gettext_lazy("联审部门"),
            unit=gettext_lazy("个"),
            means=gettext_lazy("最近一次送出的联审所问的部门数"),
            compute=figures.departments,
            page="vetting:results",
        )


def _find_rounds(asked: Any) -> Iterator[Any]:
    """Rounds for the office; who is on them is found nowhere."""
    from linli.search.finders import Hit
    from linli.vetting import desks

    for held in desks.closest_rounds(asked.text, asked.scope, limit=asked.limit):
        yield Hit(
            label=held.number,
            url=reverse("vetting:round", args=[held.pk]),
            facts=(held.title,),
            place=held.place,
        )


def _lists_waiting(access: Any, today: Any) -> Iterator[Any]:
    """Lists of the reader's departments that are not signed through: from the day they come."""
    from linli.vetting import desks, rules
    from linli.vetting.who import ANSWERERS
    from linli.web.desk import Line

    held = [role for role in ANSWERERS if access.holds(role)]
    if not held:
        return
    for each in desks.waiting_on(held, access.scope(*held), today):
        task = each.task
        yield Line(
            title=_("%(number)s：%(n)s人等本部门答复")
            % {"number": task.round.number, "n": each.left},
            url=reverse("vetting:list", args=[task.pk]),
            place=task.round.title,
            step=gettext_lazy("答复联审名单"),
            by=rules.role_name(task.role),
            left=each.left_days,
            due=each.due_on,
            action=gettext_lazy("去答复"),
        )


def _lists_late(access: Any, today: Any) -> Iterator[Any]:
    """For the office and the district: who is late."""
    from linli.kernel.roles import REVIEW
    from linli.vetting import queries, rules
    from linli.vetting.who import PRESSERS
    from linli.web.desk import Line

    held = [role for role in PRESSERS if access.holds(role)]
    if not held:
        return
    for each in queries.notices(access.scope(*held), today, held):
        task = each.task
        if each.kind != rules.LATE:
            continue
        yield Line(
            title=_("%(number)s：%(role)s逾期，还有%(n)s人没有签署")
            % {
                "number": task.round.number,
                "role": _(rules.role_name(task.role)),
                "n": each.left,
            },
            url=reverse("vetting:round", args=[task.round_id])
            if REVIEW in held
            else reverse("vetting:late"),
            place=task.round.title,
            step=gettext_lazy("催办或重开名单") if REVIEW in held else gettext_lazy("督促答复"),
            by=task.head.name,
            left=each.left_days,
            due=each.due_on,
            action=gettext_lazy("去办理"),
        )


def _rounds_to_see_to(access: Any, today: Any) -> Iterator[Any]:
    """For the office: what can be confirmed, and drafts whose day is over."""
    from linli.vetting import desks
    from linli.vetting.who import OFFICE
    from linli.web.desk import Line

    if not access.holds(*OFFICE):
        return
    scope = access.scope(*OFFICE)
    for held in desks.to_confirm(scope):
        yield Line(
            title=_("%(number)s各部门已签署，%(n)s人等确认结果")
            % {"number": held.number, "n": held.left},  # type: ignore[attr-defined]
            url=reverse("vetting:round", args=[held.pk]),
            place=held.title,
            step=gettext_lazy("确认联审结果"),
            action=gettext_lazy("去确认"),
        )
    for held in desks.drafts(scope, today):
        yield Line(
            title=_("%(number)s还没有送出，答复期限已过") % {"number": held.number},
            url=reverse("vetting:due", args=[held.pk]),
            place=held.title,
            step=gettext_lazy("改定答复期限"),
            action=gettext_lazy("去改定"),
        )
