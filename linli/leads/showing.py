"""How leads and consultations are shown: words, badges, columns."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from typing import Any

from django.db.models import QuerySet
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy

from linli.kernel.calendar import WORK, Calendar
from linli.kernel.roles import ROLES
from linli.leads import rules, verdicts
from linli.leads.models import Consultation, Lead
from linli.places import queries as places
from linli.sources import lead_kinds
from linli.web.registers import Column

BADGES = {
    rules.OPEN: "open",
    rules.CONSULTING: "wait",
    rules.SETTLED: "done",
    rules.DISMISSED: "void",
}
STANDING_BADGES = {
    verdicts.CARRIED: "done",
    verdicts.CAST: "done",
    verdicts.REJECTED: "void",
    verdicts.RETURNED: "wait",
    verdicts.TIED: "draft",
    verdicts.SHORT: "draft",
    verdicts.PENDING: "open",
}
STANCE_BADGES = {verdicts.AGREE: "done", verdicts.DISAGREE: "draft", verdicts.ABSTAIN: "wait"}


def state_of(lead: Lead) -> tuple[Any, str]:
    """(word, kind of badge): of a settled lead what was found."""
    if lead.is_settled:
        return rules.CONCLUSIONS[lead.conclusion], "open" if lead.stands else "done"
    return rules.STATES[lead.state], BADGES[lead.state]


def kind_name(code: str) -> Any:
    return lead_kinds()[code].name if code in lead_kinds() else code


def role_name(code: str) -> Any:
    return ROLES[code].name if code in ROLES else code


def where(lead: Lead) -> str:
    """The room, or where it is."""
    return lead.room.name if lead.room else lead.spot_text


class Rows:
    """Leads for a register: those of the page that is shown get their places' names."""

    def __init__(self, rows: QuerySet[Lead]) -> None:
        self.rows = rows

    def count(self) -> int:
        return self.rows.count()

    __len__ = count

    def order_by(self, *names: str) -> Rows:
        return Rows(self.rows.order_by(*names))

    def __getitem__(self, some: slice) -> list[Lead]:
        return named(self.rows[some])


def named(rows: Iterable[Lead]) -> list[Lead]:
    """Leads with `estate_name`, `street_name`, `community_name`, in two queries for all."""
    found = list(rows)
    ways = places.paths({lead.place[:15] for lead in found})
    for lead in found:
        steps = ways.get(lead.place[:15], ())
        lead.estate_name = steps[-1].name if steps else lead.place  # type: ignore[attr-defined]
        level = {step.level: step.name for step in steps}
        lead.street_name = level.get("street", "")  # type: ignore[attr-defined]
        lead.community_name = level.get("community", "")  # type: ignore[attr-defined]
    return found


COLUMNS = (
    Column(
        code="number",
        label=gettext_lazy("线索编号"),
        sort="number",
        href=lambda lead: reverse("leads:lead", args=[lead.pk]),
    ),
    Column(
        code="kind",
        label=gettext_lazy("线索类别"),
        value=lambda lead: kind_name(lead.kind_now),
        sort="kind",
    ),
    Column(code="estate", label=gettext_lazy("小区"), value="estate_name", sort="place"),
    Column(
        code="where",
        label=gettext_lazy("用房"),
        value=where,
        href=lambda lead: reverse("premises:room", args=[lead.room_id]) if lead.room_id else "",
    ),
    Column(code="state", label=gettext_lazy("状态"), kind="state", value=state_of),
    Column(
        code="violator",
        label=gettext_lazy("责任主体"),
        value=lambda lead: rules.VIOLATORS[lead.violator],
    ),
    Column(
        code="source", label=gettext_lazy("来源"), value=lambda lead: rules.SOURCES[lead.source]
    ),
    Column(
        code="raised",
        label=gettext_lazy("登记日期"),
        kind="day",
        value=lambda lead: timezone.localdate(lead.raised_at),
        sort="raised_at",
    ),
    Column(code="text", label=gettext_lazy("情况"), shown=False),
    Column(
        code="room_code",
        label=gettext_lazy("用房编码"),
        value=lambda lead: lead.room.code if lead.room else "",
        shown=False,
    ),
    Column(code="street", label=gettext_lazy("街道"), value="street_name", shown=False),
    Column(code="community", label=gettext_lazy("社区"), value="community_name", shown=False),
    Column(
        code="spot", label=gettext_lazy("具体位置"), value=lambda lead: lead.spot_text, shown=False
    ),
    Column(
        code="settled",
        label=gettext_lazy("认定日期"),
        kind="day",
        value=lambda lead: lead.settled_on,
        sort="settled_on",
        shown=False,
    ),
)


def progress_of(row: Consultation) -> tuple[Any, str]:
    """(word, kind of badge) of a consultation."""
    if row.closed_at:
        return gettext_lazy("已结束"), "done"
    if row.due_on < timezone.localdate():
        return gettext_lazy("待作结论"), "late"
    return gettext_lazy("签署中"), "open"


def left_of(row: Consultation, calendar: Calendar, today: date) -> int | None:
    """Working days left to sign, None once it is over."""
    return None if row.closed_at else calendar.left(today, row.due_on, WORK)


def consultation_columns(calendar: Calendar, today: date) -> tuple[Column, ...]:
    return (
        Column(
            code="number",
            label=gettext_lazy("会商编号"),
            sort="number",
            href=lambda row: reverse("leads:consultation", args=[row.pk]),
        ),
        Column(code="title", label=gettext_lazy("会商名称")),
        Column(code="on", label=gettext_lazy("召集日期"), kind="day", sort="on"),
        Column(code="items", label=gettext_lazy("议题"), kind="number", value="item_count"),
        Column(code="seats", label=gettext_lazy("部门"), kind="number", value="seat_count"),
        Column(
            code="signed",
            label=gettext_lazy("已签"),
            kind="percent",
            value=lambda row: _share(row.opinion_count, row.item_count * row.seat_count),
        ),
        Column(code="state", label=gettext_lazy("状态"), kind="state", value=progress_of),
        Column(
            code="due_on",
            label=gettext_lazy("签署期限"),
            kind="deadline",
            value=lambda row: left_of(row, calendar, today),
            sort="due_on",
        ),
    )


def _share(part: int, whole: int) -> int:
    return part * 100 // whole if whole else 0
