"""How the reserve is shown: words, badges, columns, the sentence of a move."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from datetime import date
from typing import Any

from django.db.models import QuerySet
from django.urls import reverse
from django.utils.translation import gettext_lazy

from linli.kernel.identity import mask_id_number, mask_phone
from linli.kernel.period import Period
from linli.kernel.rulings import Reason
from linli.places import queries as places
from linli.reserve import grading, queries, rules
from linli.reserve.models import Move, Talent
from linli.sources import hard_indicators, words
from linli.web.registers import Column

STATE_KINDS = {
    rules.NOMINATED: "wait",
    rules.IN: "done",
    rules.OUT: "void",
    rules.USED: "done",
    rules.DECLINED: "void",
}
GRADE_KINDS = {
    grading.EXCELLENT: "done",
    grading.GOOD: "open",
    grading.FAIR: "wait",
    grading.LEAVE: "void",
}
MOVE_KINDS = {rules.ENTERED: "done", rules.LEFT: "void", rules.APPOINTED: "done"}


def word(of: str, code: str | None) -> Any:
    """What a code of a list of sources/corps.toml is called; "" for none."""
    found = words(of).get(code or "")
    return found.name if found else code or ""


def state_of(talent: Talent) -> tuple[Any, str]:
    return rules.STATES[talent.state], STATE_KINDS[talent.state]


def grade_of(code: str | None) -> tuple[Any, str]:
    """A grade as a badge; none yet is told as such."""
    if not code:
        return gettext_lazy("未评估"), "draft"
    return grading.GRADES[code], GRADE_KINDS[code]


def points(tenths: int | None) -> str:
    return grading.shown(tenths) if tenths is not None else ""


def why(move: Move) -> Reason:
    """The sentence that explains a move, with its grounds."""
    told = rules.REASONS[move.reason]
    values: dict[str, object] = dict(move.facts)
    if "title" in values:
        values["title"] = word("titles", str(values["title"]))
    if "indicator" in values:
        table = hard_indicators(on=move.on_day, place=move.place)
        one = table.get(str(values["indicator"]))
        values["indicator"] = one.name if one else values["indicator"]
    return Reason(told.sentence, values, told.cites)


class Rows:
    """Rows for a register: only those of the page that is shown get what is dear to find."""

    def __init__(self, rows: QuerySet[Any], dress: Callable[[Iterable[Any]], list[Any]]) -> None:
        self.rows, self.dress = rows, dress

    def count(self) -> int:
        return self.rows.count()

    __len__ = count

    def order_by(self, *names: str) -> Rows:
        return Rows(self.rows.order_by(*names), self.dress)

    def __getitem__(self, some: slice) -> list[Any]:
        return self.dress(self.rows[some])

    def __iter__(self) -> Any:
        return iter(self.dress(self.rows))


def talents(today: date, due: Period) -> Callable[[Iterable[Talent]], list[Talent]]:
    """Files get `where`, `street_name`, `years` and `behind`, months without an entry by now."""

    def dress(rows: Iterable[Talent]) -> list[Talent]:
        found = list(rows)
        ways = places.paths({row.place for row in found})
        for row in found:
            steps = ways.get(row.place, ())
            level = {step.level: step.name for step in steps}
            row.where = steps[-1].name if steps else row.place  # type: ignore[attr-defined]
            row.street_name = level.get("street", "")  # type: ignore[attr-defined]
            row.years = row.age(today)  # type: ignore[attr-defined]
            row.behind = behind(row, due)  # type: ignore[attr-defined]
        return found

    return dress


def behind(talent: Any, due: Period) -> int:
    """Months that are due since the last entry, or since the month of entry."""
    if talent.state != rules.IN or talent.entered_on is None:
        return 0
    entered = Period.of(queries.counted_from(talent))
    last = Period(talent.last_period) if talent.last_period else entered
    return max(due.since(max(last, entered)), 0)


def fresh_of(talent: Any) -> tuple[Any, str]:
    """Whether the growth file is up to date, or since when it is not."""
    if talent.state != rules.IN:
        return "", "void"
    if not talent.behind:
        return gettext_lazy("按月更新"), "done"
    return gettext_lazy("%(n)s个月未记") % {"n": talent.behind}, "late"


def named(rows: Iterable[Any]) -> list[Any]:
    """Rows with `where`, the name of their community."""
    found = list(rows)
    names = places.names({row.place for row in found})
    for row in found:
        row.where = names[row.place]
    return found


COLUMNS = (
    Column(
        code="name",
        label=gettext_lazy("姓名"),
        sort="name",
        href=lambda row: reverse("reserve:talent", args=[row.pk]),
    ),
    Column(code="number", label=gettext_lazy("储备编号"), sort="number"),
    Column(code="where", label=gettext_lazy("社区"), sort="place"),
    Column(
        code="source",
        label=gettext_lazy("来源"),
        value=lambda row: word("reserve_sources", row.source),
    ),
    Column(code="years", label=gettext_lazy("年龄"), kind="number"),
    Column(
        code="schooling",
        label=gettext_lazy("学历"),
        value=lambda row: word("schooling", row.schooling),
    ),
    Column(
        code="politics",
        label=gettext_lazy("政治面貌"),
        value=lambda row: word("politics", row.politics),
        sort="politics",
    ),
    Column(
        code="entered",
        label=gettext_lazy("入库日期"),
        kind="day",
        value="entered_on",
        sort="entered_on",
    ),
    Column(
        code="grade",
        label=gettext_lazy("最近评估"),
        kind="state",
        value=lambda row: grade_of(row.grade_now),
    ),
    Column(code="fresh", label=gettext_lazy("成长档案"), kind="state", value=fresh_of),
    Column(code="state", label=gettext_lazy("状态"), kind="state", value=state_of),
    Column(
        code="rank",
        label=gettext_lazy("名次"),
        kind="number",
        value="rank_now",
        sort="rank_now",
        shown=False,
    ),
    Column(
        code="points",
        label=gettext_lazy("得分"),
        value=lambda row: points(row.tenths_now),
        shown=False,
    ),
    Column(
        code="phone",
        label=gettext_lazy("电话"),
        value=lambda row: mask_phone(row.phone),
        shown=False,
    ),
    Column(
        code="id_number",
        label=gettext_lazy("身份证号"),
        value=lambda row: mask_id_number(row.id_number),
        shown=False,
    ),
    Column(code="street", label=gettext_lazy("街道"), value="street_name", shown=False),
    Column(
        code="left",
        label=gettext_lazy("离库日期"),
        kind="day",
        value="left_on",
        sort="left_on",
        shown=False,
    ),
)

MOVE_COLUMNS = (
    Column(
        code="name",
        label=gettext_lazy("姓名"),
        value="talent.name",
        href=lambda row: reverse("reserve:talent", args=[row.talent_id]),
    ),
    Column(code="where", label=gettext_lazy("社区"), sort="place"),
    Column(
        code="kind",
        label=gettext_lazy("进出"),
        kind="state",
        value=lambda row: (rules.MOVES[row.kind], MOVE_KINDS[row.kind]),
    ),
    Column(code="on_day", label=gettext_lazy("日期"), kind="day", sort="on_day"),
    Column(
        code="reason",
        label=gettext_lazy("原因"),
        value=lambda row: rules.REASONS[row.reason].name,
    ),
    Column(code="sentence", label=gettext_lazy("依据的事实"), value=why),
    Column(code="why", label=gettext_lazy("说明")),
    Column(code="by", label=gettext_lazy("经办人"), value="by.name", shown=False),
)
