"""How mentoring is shown: words, badges, columns."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from datetime import date
from typing import Any

from django.urls import reverse
from django.utils.formats import date_format
from django.utils.translation import gettext, gettext_lazy

from linli.kernel.period import Period, Span
from linli.mentoring import queries, rules
from linli.places import queries as places
from linli.sources import words
from linli.web.context import Link
from linli.web.registers import Column


def tabs(now: str) -> list[Link]:
    """The registers of mentoring, side by side."""
    pages = (
        ("stations", gettext_lazy("驿站")),
        ("pairs", gettext_lazy("结对")),
        ("match", gettext_lazy("匹配")),
    )
    return [Link(word, reverse(f"mentoring:{name}"), current=name == now) for name, word in pages]


def topic_names(some: Iterable[str]) -> tuple[Any, ...]:
    return tuple(words("topics")[code].name for code in some if code in words("topics"))


def span_text(period: str) -> str:
    """A month or quarter in the reader's language."""
    span = Span.of_code(period)
    if span.kind == "month":
        return date_format(span.first_on, "YEAR_MONTH_FORMAT")
    return gettext("%(year)s年第%(turn)s季度") % {"year": span.first.year, "turn": period[-1]}


def what_of(period: str) -> Any:
    """What is owed for a period: experience shared in a month, teaching on site in a quarter."""
    return gettext_lazy("实地带教") if "Q" in period else gettext_lazy("经验传授")


def state_of(pair: Any, today: date) -> tuple[Any, str]:
    """(word, kind of badge) of a pair."""
    if pair.ended_on:
        return gettext_lazy("已结束"), "void"
    if queries.is_stalled(pair, today):
        return gettext_lazy("停滞"), "late"
    if pair.last_both >= Period.of(today).previous.code:
        return gettext_lazy("正常"), "done"
    return gettext_lazy("待补记录"), "open"


class Lazy:
    """Rows for a register that get their names only for the page that is shown."""

    def __init__(self, rows: Any, name: Callable[[Any], list[Any]]) -> None:
        self.rows, self.name = rows, name

    def count(self) -> int:
        return self.rows.count()

    __len__ = count

    def order_by(self, *names: str) -> Lazy:
        return Lazy(self.rows.order_by(*names), self.name)

    def __getitem__(self, some: slice) -> list[Any]:
        return self.name(self.rows[some])

    def __iter__(self) -> Any:
        return iter(self.name(self.rows))


def where(rows: Iterable[Any]) -> list[Any]:
    """Rows with `where` and `street_name`; one query."""
    found = list(rows)
    ways = places.paths({row.place for row in found})
    for row in found:
        level = {step.level: step.name for step in ways.get(row.place, ())}
        row.where = level.get("community", row.place)
        row.street_name = level.get("street", "")
    return found


def with_state(today: date) -> Callable[[Any], list[Any]]:
    """Pairs with their places and state."""

    def name(rows: Any) -> list[Any]:
        found = where(rows)
        for row in found:
            row.state = state_of(row, today)
        return found

    return name


STATIONS = (
    Column(
        code="name",
        label=gettext_lazy("驿站名称"),
        sort="name",
        href=lambda row: reverse("mentoring:station", args=[row.pk]),
    ),
    Column(code="where", label=gettext_lazy("社区"), sort="place"),
    Column(code="street", label=gettext_lazy("街道"), value="street_name"),
    Column(code="opened_on", label=gettext_lazy("成立日期"), kind="day", sort="opened_on"),
    Column(code="mentors", label=gettext_lazy("在任导师"), kind="number", value="mentor_count"),
    Column(code="pairs", label=gettext_lazy("结对中"), kind="number", value="pair_count"),
    Column(
        code="state",
        label=gettext_lazy("状态"),
        kind="state",
        value=lambda row: (
            (gettext_lazy("已关闭"), "void") if row.closed_on else (gettext_lazy("在用"), "done")
        ),
    ),
)

PAIRS = (
    Column(
        code="mentee",
        label=gettext_lazy("被帮带人"),
        value="mentee.worker.name",
        href=lambda row: reverse("mentoring:pair", args=[row.pk]),
    ),
    Column(code="mentor", label=gettext_lazy("导师"), value="mentor.name"),
    Column(code="station", label=gettext_lazy("驿站"), value="mentor.station.name"),
    Column(code="where", label=gettext_lazy("社区"), sort="place"),
    Column(
        code="needs",
        label=gettext_lazy("需求"),
        value=lambda row: topic_names(row.mentee.needs),
    ),
    Column(code="points", label=gettext_lazy("匹配分"), kind="number", sort="points"),
    Column(code="begun_on", label=gettext_lazy("结对日期"), kind="day", sort="begun_on"),
    Column(
        code="last_both",
        label=gettext_lazy("双方都记到"),
        value=lambda row: span_text(row.last_both) if row.last_both else "",
        sort="last_both",
    ),
    Column(code="state", label=gettext_lazy("状态"), kind="state"),
)


def chart(growth: dict[str, dict[str, int]]) -> dict[str, Any] | None:
    """How far somebody has come with each topic, quarter by quarter; None before the second."""
    if len(growth) < 2:
        return None
    seen = [code for code in words("topics") if any(code in row for row in growth.values())]
    tones = ("common", "fiscal", "seed", "income", "cost", "use", "plain")
    return {
        "unit": "count",
        "x": [span_text(period) for period in growth],
        "series": [
            {
                "name": words("topics")[code].name,
                "tone": tones[n % len(tones)],
                "values": [row.get(code) for row in growth.values()],
                "line": True,
            }
            for n, code in enumerate(seen)
        ],
    }


def parts_of(row: Any) -> tuple[Any, ...]:
    """How the points of a line or pair are made up."""
    if not row.parts:
        return ()
    return rules.said(row.parts, needs=row.mentee.needs, skills=row.mentor.skills)
