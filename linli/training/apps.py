from collections.abc import Iterator
from typing import Any

from django.apps import AppConfig
from django.urls import reverse
from django.utils.translation import gettext_lazy as _


class TrainingConfig(AppConfig):
    name = "linli.training"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        from linli import indicators
        from linli.search import finders
        from linli.training import figures
        from linli.training.who import LEARNERS, READERS
        from linli.web import desk, menu

        finders.offer(
            code="trainings",
            label=_("培训"),
            by=_("名称、编号"),
            icon="calendar-event",
            roles=READERS,
            order=150,
            find=_find_sessions,
            more="training:register",
        )
        desk.offer(_mine)
        desk.offer(_lists_left_open)
        desk.offer(_people_who_owe)
        menu.register(
            code="training_register",
            label=_("培训"),
            url_name="training:register",
            icon="calendar-event",
            roles=tuple(role.code for role in READERS),
            order=560,
            group=_("队伍"),
        )
        menu.register(
            code="training_mine",
            label=_("我的培训"),
            url_name="training:mine",
            icon="checklist",
            roles=tuple(role.code for role in LEARNERS),
            order=562,
            group=_("队伍"),
            on_phone=True,
        )
        indicators.offer(
            code="micro_trainings",
            claim="E1",
            name=_("微培训期数"),
            unit=_("期"),
            means=_("近十二个月内已办（截止签到）的微培训"),
            compute=figures.micro_trainings,
            page="training:register",
        )


def _find_sessions(asked: Any) -> Iterator[Any]:
    from django.utils import timezone

    from linli.search.finders import Hit
    from linli.training import queries

    for row in queries.found(asked.text, asked.scope, limit=asked.limit):
        yield Hit(
            label=row.title,
            url=reverse("training:session", args=[row.pk]),
            facts=(row.number, f"{timezone.localdate(row.starts_at):%Y-%m-%d}"),
            place=row.place,
        )


def _mine(access: Any, today: Any) -> Iterator[Any]:
    """The next sessions one is asked to, and tests that wait."""
    from django.utils import timezone

    from linli.training import queries
    from linli.training.who import LEARNERS
    from linli.web.desk import Line
    from linli.workforce.rules import DESK

    worker = queries.file_of(access.user) if access.holds(*LEARNERS) else None
    if worker is None:
        return
    now = timezone.now()
    for row in queries.papers_open(worker, now):
        yield Line(
            title=_("测验：%(name)s") % {"name": row.title},
            url=reverse("training:come", args=[row.pk]),
            action=_("去答题"),
            group=DESK,
        )
    for row in queries.of_worker(worker, since=now)[: queries.FEW]:
        yield Line(
            title=_("培训：%(name)s") % {"name": row.title},
            url=reverse("training:mine"),
            step=f"{timezone.localtime(row.starts_at):%m-%d %H:%M} {row.venue.name}",
            due=timezone.localdate(row.starts_at),
            left=_working_days(today, timezone.localdate(row.starts_at)),
            action=_("去看"),
            group=DESK,
        )


def _lists_left_open(access: Any, today: Any) -> Iterator[Any]:
    """Sessions that are over and whose list nobody closed, for who plans them."""
    from django.utils import timezone

    from linli.training import queries
    from linli.training.who import PLANNERS
    from linli.web.desk import Line
    from linli.workforce.rules import DESK

    if not access.holds(*PLANNERS):
        return
    rows = queries.left_open(access.scope(*PLANNERS), timezone.now())[: queries.FEW]
    for row in rows:
        on = timezone.localdate(row.starts_at)
        yield Line(
            title=_("%(name)s：签到还没有截止") % {"name": row.title},
            url=reverse("training:session", args=[row.pk]),
            due=on,
            left=_working_days(today, on),
            action=_("去截止"),
            group=DESK,
        )


def _people_who_owe(access: Any, today: Any) -> Iterator[Any]:
    """How many people of a secretary's community have not done what they owe."""
    from linli.kernel.roles import SECRETARY
    from linli.training import owed, queries
    from linli.web.desk import Line
    from linli.workforce.rules import DESK

    if not access.holds(SECRETARY):
        return
    codes = [post.place for post in access.posts if post.role == SECRETARY]
    for one in owed.covered(codes[: queries.FEW], today):
        if one.short:
            yield Line(
                title=_("%(n)s人还没有完成培训学时") % {"n": one.short},
                url=f"{reverse('training:people')}?inside={one.place}",
                action=_("去看"),
                group=DESK,
            )


def _working_days(today: Any, until: Any) -> int:
    from linli.kernel.calendar import WORK
    from linli.places import queries as places

    return places.calendar().left(today, until, WORK)
