"""What waits on somebody because of the reserve: monthly entries, scores of an evaluation."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from typing import Any

from django.urls import reverse
from django.utils.translation import gettext as _

from linli.kernel.period import Period, Span
from linli.kernel.roles import MENTOR, SECRETARY
from linli.notices.rules import EARLIER, Owed
from linli.places import queries as places
from linli.reserve import flow, grading, queries, rules
from linli.reserve.who import COMMUNITY_SIDE, KEEPERS
from linli.sources import number
from linli.web.desk import Line


def entries(access: Any, today: date) -> Iterator[Owed]:
    """Growth files a community, or a mentor, owes for this month and the two before it."""
    this = Period.of(today)
    months = [this.plus(-back) for back in range(EARLIER, -1, -1)]
    found: dict[tuple[str, str], int] = {}
    if access.holds(SECRETARY):
        found |= queries.owing(access.scope(SECRETARY), months)
    if access.holds(MENTOR):
        mine = queries.owing(access.scope(MENTOR), months, mentor=access.user.pk)
        found |= {key: max(n, found.get(key, 0)) for key, n in mine.items()}
    for (place, code), n in found.items():
        days = number("reserve_entry_due_days", on=today, place=place)
        yield Owed(
            flow.ENTRY_DUTY,
            place,
            code,
            rules.entry_due_on(Period(code), days),
            args=(place, code),
            people=n,
        )


def scores(access: Any, today: date) -> Iterator[Line]:
    """Evaluations in which somebody's side has not scored everybody of their place."""
    sides = [(grading.COUNTY, KEEPERS), (grading.COMMUNITY, COMMUNITY_SIDE)]
    for side, roles in sides:
        if not access.holds(*roles):
            continue
        scope = access.scope(*roles)
        calendar = None
        for row in queries.evaluations(scope).filter(signed_at__isnull=True):
            half = Span.of_code(row.half)
            count = len(queries.indicators(row.county, half.last_on))
            n = queries.with_scored(queries.sheets(row, scope), side, count).count()
            calendar = calendar or places.calendar()
            if n:
                yield Line(
                    title=_("%(half)s后备力量评估：%(n)s人待评分") % {"half": half.text, "n": n},
                    url=reverse("reserve:score", args=[row.pk]),
                    left=calendar.left(today, row.due_on, "work"),
                    due=row.due_on,
                    action=_("去评分"),
                    group=flow.DESK,
                )
            elif side == grading.COUNTY:
                yield Line(
                    title=_("%(half)s后备力量评估待签署") % {"half": half.text},
                    url=reverse("reserve:evaluation", args=[row.pk]),
                    left=calendar.left(today, row.due_on, "work"),
                    due=row.due_on,
                    action=_("去签署"),
                    group=flow.DESK,
                )


def to_open(access: Any, today: date) -> Iterator[Line]:
    """A half-year that is over and not evaluated yet, for who opens evaluations."""
    if not access.holds(*KEEPERS):
        return
    half = Period.of(today).half.previous
    counties = {post.place[:6] for post in access.posts if post.role in KEEPERS}
    for county in sorted(counties):
        if queries.wants_evaluation(county, half, today):
            yield Line(
                title=_("%(half)s后备力量评估还没有开始") % {"half": half.text},
                url=reverse("reserve:evaluations"),
                action=_("去开始"),
                group=flow.DESK,
            )
