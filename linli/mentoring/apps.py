from collections.abc import Iterator
from typing import Any

from django.apps import AppConfig
from django.urls import reverse
from django.utils.translation import gettext_lazy as _


class MentoringConfig(AppConfig):
    name = "linli.mentoring"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        from linli import indicators
        from linli.mentoring import figures
        from linli.mentoring.who import READERS, SIDES
        from linli.search import finders
        from linli.web import desk, menu

        finders.offer(
            code="mentors",
            label=_("帮带导师"),
            by=_("姓名"),
            icon="heart-handshake",
            roles=READERS,
            order=151,
            find=_find_mentors,
        )
        desk.offer(_logs_owed)
        desk.offer(_stalled_pairs)
        menu.register(
            code="mentoring_stations",
            label=_("老社工驿站"),
            url_name="mentoring:stations",
            icon="heart-handshake",
            roles=tuple(role.code for role in READERS),
            order=570,
            group=_("队伍"),
        )
        menu.register(
            code="mentoring_mine",
            label=_("我的帮带"),
            url_name="mentoring:mine",
            icon="notebook",
            roles=tuple(role.code for role in SIDES),
            order=572,
            group=_("队伍"),
            on_phone=True,
        )
        indicators.offer(
            code="mentor_stations",
            claim="E2",
            name=_("老社工驿站"),
            unit=_("个"),
            means=_("当日开着的老社工驿站"),
            compute=figures.stations,
            page="mentoring:stations",
        )


def _find_mentors(asked: Any) -> Iterator[Any]:
    from linli.mentoring import queries, showing
    from linli.search.finders import Hit

    for row in queries.found(asked.text, asked.scope, limit=asked.limit):
        yield Hit(
            label=row.name,
            url=reverse("mentoring:station", args=[row.station_id]),
            facts=(row.station.name, showing.topic_names(row.skills)),
            place=row.place,
        )


def _logs_owed(access: Any, today: Any) -> Iterator[Any]:
    """What a mentor or a mentee has still to write."""
    from linli.kernel.calendar import WORK
    from linli.mentoring import queries, rules, showing
    from linli.mentoring.who import SIDES
    from linli.places import queries as places
    from linli.web.desk import Line
    from linli.workforce.rules import DESK

    if not access.holds(*SIDES):
        return
    calendar = places.calendar()
    for pair, side, spans in queries.owed_by(access.user, today):
        other = pair.mentee.worker.name if side == rules.MENTOR else pair.mentor.name
        for span in spans:
            yield Line(
                title=_("帮带记录：%(what)s，与%(who)s")
                % {"what": showing.what_of(span.code), "who": other},
                url=reverse("mentoring:log", args=[pair.pk, span.code]),
                step=showing.span_text(span.code),
                due=span.last_on,
                left=calendar.left(today, span.last_on, WORK),
                action=_("去写"),
                group=DESK,
            )


def _stalled_pairs(access: Any, today: Any) -> Iterator[Any]:
    """How many pairs stand still, for who keeps them and for the secretary."""
    from linli.kernel.roles import SECRETARY
    from linli.mentoring import queries
    from linli.mentoring.who import KEEPERS
    from linli.web.desk import Line
    from linli.workforce.rules import DESK

    if not access.holds(*KEEPERS, SECRETARY):
        return
    count = queries.stalled(access.scope(*KEEPERS, SECRETARY), today).count()
    if count:
        yield Line(
            title=_("%(n)s对帮带停滞") % {"n": count},
            url=f"{reverse('mentoring:pairs')}?state=stalled",
            action=_("去看"),
            group=DESK,
        )
