"""How surveys are shown: words and badges, columns, rows with their places by name."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from django.db.models import QuerySet
from django.urls import reverse
from django.utils.translation import gettext_lazy

from linli.kernel.identity import looks_like_a_person, mask_name, mask_phone
from linli.kernel.roles import ROLES
from linli.places import queries as places
from linli.sources import lead_kinds, room_kinds
from linli.survey import comparing, queries, rules
from linli.survey.models import Check, Finding, Member, Photo, Target
from linli.survey.questions import BY_CODE, LOOKS, TOPICS
from linli.web.registers import Column

STATE_BADGES = {
    rules.PLANNED: "draft",
    rules.RUNNING: "open",
    rules.FROZEN: "sealed",
    rules.CLOSED: "done",
}
PILE_BADGES = {
    comparing.CONFIRMED: "done",
    comparing.MISSING: "late",
    comparing.UNKNOWN: "draft",
    comparing.DOUBLE: "void",
    comparing.DIFFERING: "wait",
}


def state_of(campaign: Any) -> tuple[Any, str]:
    """(word, kind of badge)."""
    code = queries.state(campaign)
    return rules.STATES[code], STATE_BADGES[code]


def pile_of(target: Target) -> tuple[Any, str]:
    if not target.pile:
        waived = getattr(target, "waiver", None)
        return (gettext_lazy("例外"), "void") if waived else (gettext_lazy("三查未齐"), "open")
    return comparing.PILES[target.pile], PILE_BADGES[target.pile]


class Rows:
    """Targets for a register: those of the page that is shown get `estate_name` and `around`."""

    def __init__(self, rows: QuerySet[Target]) -> None:
        self.rows = rows

    def count(self) -> int:
        return self.rows.count()

    __len__ = count

    def order_by(self, *names: str) -> Rows:
        return Rows(self.rows.order_by(*names))

    def __getitem__(self, some: slice) -> list[Target]:
        return named(self.rows[some])


def named(rows: Iterable[Any]) -> list[Any]:
    """Targets with `estate_name` and `around` (street and community), in two queries for all."""
    found = list(rows)
    ways = places.paths({row.estate for row in found})
    for row in found:
        steps = ways.get(row.estate, ())
        row.estate_name = steps[-1].name if steps else row.estate
        row.around = places.SEPARATOR.join(
            step.name for step in steps if step.level in ("street", "community")
        )
    return found


def _looked(look: str) -> Any:
    words = {True: (gettext_lazy("已录入"), "done"), False: (gettext_lazy("未查"), "draft")}
    return lambda row: words[bool(getattr(row, f"in_{look}"))]


TARGET_COLUMNS = (
    Column(
        code="name",
        label=gettext_lazy("用房名称"),
        sort="name",
        href=lambda row: reverse("survey:target", args=[row.pk]),
    ),
    Column(code="code", label=gettext_lazy("编号"), sort="code"),
    Column(
        code="kind",
        label=gettext_lazy("用房类别"),
        value=lambda row: room_kinds()[row.kind].name,
        sort="kind",
    ),
    Column(code="estate", label=gettext_lazy("小区"), value="estate_name", sort="place"),
    Column(code="building", label=gettext_lazy("楼栋位置")),
    *(
        Column(code=look, label=word, kind="state", value=_looked(look))
        for look, word in LOOKS.items()
    ),
    Column(code="pile", label=gettext_lazy("核实结果"), kind="state", value=pile_of, sort="pile"),
    Column(
        code="complete_at",
        label=gettext_lazy("查齐时间"),
        kind="moment",
        sort="complete_at",
        shown=False,
    ),
    Column(code="around", label=gettext_lazy("街道、社区"), value="around", shown=False),
)

MEMBER_COLUMNS = (
    Column(code="name", label=gettext_lazy("姓名"), value="name"),
    Column(
        code="number",
        label=gettext_lazy("组号"),
        kind="number",
        value="team.number",
        sort="team__number",
    ),
    Column(code="team", label=gettext_lazy("组名"), value="team.name"),
    Column(
        code="department",
        label=gettext_lazy("所属部门"),
        value=lambda row: ROLES[row.department].name,
        sort="department",
    ),
    Column(code="unit", label=gettext_lazy("工作单位")),
    Column(
        code="phone",
        label=gettext_lazy("联系电话"),
        value=lambda row: mask_phone(row.phone) if row.phone else "",
    ),
    Column(
        code="account",
        label=gettext_lazy("账号"),
        kind="state",
        value=lambda row: (
            (gettext_lazy("有账号"), "done") if row.user_id else (gettext_lazy("用纸质表"), "draft")
        ),
    ),
)


def member_sheet(full: bool) -> tuple[Column, ...]:
    """The list as Excel, which can be brought in again; in full only for who keeps it."""

    def whole(row: Member) -> Any:
        return row.name

    def phone(row: Member) -> Any:
        return row.phone if full else mask_phone(row.phone) if row.phone else ""

    return (
        Column(code="number", label=gettext_lazy("组号"), kind="number", value="team.number"),
        Column(code="team", label=gettext_lazy("组名"), value="team.name"),
        Column(
            code="lead", label=gettext_lazy("牵头部门"), value=lambda row: ROLES[row.team.lead].name
        ),
        Column(code="name", label=gettext_lazy("姓名"), value=whole),
        Column(
            code="department",
            label=gettext_lazy("所属部门"),
            value=lambda row: ROLES[row.department].name,
        ),
        Column(code="unit", label=gettext_lazy("工作单位")),
        Column(code="phone", label=gettext_lazy("联系电话"), value=phone),
        Column(
            code="username",
            label=gettext_lazy("登录名"),
            value=lambda row: row.user.get_username() if row.user_id and full else "",
        ),
    )


# --- one room -----------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Shown:
    """A look as its page shows it."""

    row: Check
    word: Any
    who: str
    answers: list[tuple[Any, Any]]
    photos: Sequence[Photo]
    mended: bool


def looks(several: Sequence[Check], photos: dict[int, list[Photo]]) -> list[Shown]:
    mended = {row.mends_id for row in several}
    return [
        Shown(
            row,
            LOOKS[row.look],
            row.member.name,
            [(BY_CODE[code].name, answer(code, value)) for code, value in row.told.items()],
            photos.get(row.pk, []),
            row.pk in mended,
        )
        for row in several
    ]


def answer(topic: str, value: Any) -> Any:
    """An answer in words; who might be a person is masked."""
    if topic == "occupant" and value:
        return mask_name(value) if looks_like_a_person(value) else value
    return comparing.said(topic, value)


@dataclass(frozen=True, slots=True)
class Line:
    """A topic with what each look said about it; `differs`: two looks disagree."""

    name: Any
    said: list[tuple[Any, Any, bool]]
    differs: bool


def compared(stands: dict[str, Check], found: Sequence[Finding]) -> list[Line]:
    """The three looks side by side, topic by topic."""
    told = {look: row.told for look, row in stands.items()}
    lines = []
    for topic in TOPICS:
        if not any(topic.code in told.get(look, {}) for look in LOOKS):
            continue
        mine = [row for row in found if row.topic == topic.code and row.looks]
        marked = {look for row in mine for look in row.looks.split(",")}
        said = [
            (LOOKS[look], answer(topic.code, told.get(look, {}).get(topic.code)), look in marked)
            for look in LOOKS
        ]
        lines.append(Line(topic.name, said, bool(mine)))
    return lines


def reasons(found: Sequence[Finding]) -> list[tuple[Any, Any, list[Any]]]:
    """(lead, the kind's name, why it was raised: words)."""
    rows: dict[int, tuple[Any, Any, list[Any]]] = {}
    for one in found:
        told = rows.setdefault(one.lead_id, (one.lead, lead_kinds()[one.kind].name, []))
        told[2].append(
            (BY_CODE[one.topic].name, [LOOKS[look] for look in one.looks.split(",")])
            if one.looks
            else (comparing.FACT_WORDS[one.topic], [])
        )
    return list(rows.values())
