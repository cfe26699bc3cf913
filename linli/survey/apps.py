from collections.abc import Iterator
from typing import Any

from django.apps import AppConfig
from django.urls import reverse
from django.utils.translation import gettext_lazy as _


class SurveyConfig(AppConfig):
    name = "linli.survey"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        from linli.kernel.roles import DEPARTMENTS, DISTRICT, SECRETARY, STREET, SURVEYOR
        from linli.premises import offers
        from linli.search import finders
        from linli.web import desk, menu

        _offer_indicators()
        readers = (DISTRICT, STREET, SECRETARY, *DEPARTMENTS)
        finders.offer(
            code="targets",
            label=_("排查用房"),
            by=_("编号、名称"),
            icon="clipboard-list",
            roles=(SURVEYOR, *readers),
            order=155,
            find=_find_targets,
        )
        desk.offer(_looks_that_wait)
        desk.offer(_surveys_that_are_late)
        offers.offer(_of_room, order=200)
        menu.register(
            code="survey_campaigns",
            label=_("用房排查"),
            url_name="survey:campaigns",
            icon="clipboard-list",
            roles=tuple(role.code for role in readers),
            order=420,
            group=_("公共用房"),
        )
        menu.register(
            code="survey_mine",
            label=_("我要查的"),
            url_name="survey:mine",
            icon="checklist",
            roles=(SURVEYOR.code, *(role.code for role in readers)),
            order=422,
            group=_("公共用房"),
            on_phone=True,
        )


def _offer_indicators() -> None:
    from linli import indicators
    from linli.survey import figures

    for code, name, unit, means, compute in (
        (
            "survey_departments",
            _("参加排查的部门"),
            _("个"),
            _("最近一次冻结底数的排查中派出人员的部门"),
            figures.departments,
        ),
        (
            "survey_people",
            _("排查人员"),
            _("人"),
            _("最近一次冻结底数的排查中编入各组的人员"),
            figures.people,
        ),
        (
            "leads_found",
            _("排查发现的线索"),
            _("条"),
            _("最近一次冻结底数的排查中三查比对产生的线索"),
            figures.leads,
        ),
    ):
        indicators.offer(
            code=code,
            claim="A1",
            name=name,
            unit=unit,
            means=means,
            compute=compute,
            page="survey:campaigns",
        )


def working_days(today: Any, until: Any) -> int:
    """Working days left until a day, negative once it is over."""
    from linli.kernel.calendar import WORK
    from linli.places import queries as places

    return places.calendar().left(today, until, WORK)


def _find_targets(asked: Any) -> Iterator[Any]:
    from linli.search.finders import Hit
    from linli.survey import queries

    for target in queries.closest_targets(asked.text, asked.scope, limit=asked.limit):
        yield Hit(
            label=target.name,
            url=reverse("survey:target", args=[target.pk]),
            facts=(target.code,),
            place=target.place,
        )


def _looks_that_wait(access: Any, today: Any) -> Iterator[Any]:
    """How many looks wait on the reader's teams."""
    from linli.kernel.roles import DEPARTMENTS, SECRETARY, STREET, SURVEYOR
    from linli.survey import tasks
    from linli.web.desk import Line

    if not access.holds(SURVEYOR, STREET, SECRETARY, *DEPARTMENTS):
        return
    for campaign, count in tasks.waiting(access.user):
        yield Line(
            title=_("%(name)s：%(n)s处用房等您的组去查") % {"name": campaign.name, "n": count},
            url=reverse("survey:mine"),
            due=campaign.until_on,
            left=working_days(today, campaign.until_on),
            action=_("去查"),
        )


def _surveys_that_are_late(access: Any, today: Any) -> Iterator[Any]:
    """Surveys past their last day with rooms that are not complete, for who plans them."""
    from linli.kernel.roles import HOUSING
    from linli.survey import tasks
    from linli.web.desk import Line

    if not access.holds(HOUSING):
        return
    for campaign, count in tasks.late(access.scope(HOUSING), today):
        yield Line(
            title=_("%(name)s已到期，还有%(n)s处三查未齐") % {"name": campaign.name, "n": count},
            url=f"{reverse('survey:targets', args=[campaign.pk])}?progress=open",
            due=campaign.until_on,
            left=working_days(today, campaign.until_on),
            action=_("去看"),
        )


def _of_room(access: Any, room: Any, today: Any) -> Iterator[Any]:
    """On the page of a room: the surveys that looked at it, never what one look said alone."""
    from django.utils.timezone import localdate

    from linli.kernel.roles import DEPARTMENTS, DISTRICT, SECRETARY, STREET, SURVEYOR
    from linli.premises.offers import Item, Section
    from linli.survey import queries, showing

    readers = {SURVEYOR, DISTRICT, STREET, SECRETARY, *DEPARTMENTS}
    if not access.roles_at(room.place) & readers:
        return
    yield Section(
        code="surveys",
        title=_("排查"),
        items=tuple(
            Item(
                title=target.campaign.name,
                url=reverse("survey:target", args=[target.pk]),
                text=f"{localdate(target.complete_at):%Y-%m-%d}" if target.complete_at else "",
                state=showing.pile_of(target),
            )
            for target in queries.of_room(room)
        ),
    )
