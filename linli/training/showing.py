"""How training is shown: words, badges, columns, rows with their names."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from datetime import date
from typing import Any

from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext, gettext_lazy

from linli.kernel.rulings import Reason
from linli.kernel.words import gettext_noop
from linli.places import queries as places
from linli.sources import words
from linli.training import owed, queries, rules
from linli.web.registers import Column


def word(of: str, code: str | None) -> Any:
    """What a code of a list of sources/corps.toml is called; "" for none."""
    found = words(of).get(code or "")
    return found.name if found else code or ""


def state_of(session: Any) -> tuple[Any, str]:
    """(word, kind of badge) of a session."""
    if session.cancelled_at:
        return gettext_lazy("已取消"), "void"
    if session.closed_at:
        return gettext_lazy("已办"), "done"
    if session.starts_at <= timezone.now():
        return gettext_lazy("待截止签到"), "open"
    return gettext_lazy("未办"), "wait"


def for_whom(layers: Iterable[str]) -> Any:
    """Whom a session is for."""
    told = tuple(word("layers", code) for code in layers)
    return told or gettext_noop("全体社区工作者")


def percent(part: int, whole: int) -> int | None:
    return round(100 * part / whole) if whole else None


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


def where(rows: Iterable[Any], *, of: str = "place") -> list[Any]:
    """Rows with `where` and `street_name`; one query."""
    found = list(rows)
    ways = places.paths({getattr(row, of) for row in found})
    for row in found:
        steps = ways.get(getattr(row, of), ())
        level = {step.level: step.name for step in steps}
        row.where = steps[-1].name if steps else getattr(row, of)
        row.street_name = level.get("street", "")
    return found


def sessions(rows: Any) -> list[Any]:
    return where(queries.counted(rows))


SESSIONS = (
    Column(
        code="title",
        label=gettext_lazy("培训名称"),
        href=lambda row: reverse("training:session", args=[row.pk]),
    ),
    Column(code="number", label=gettext_lazy("编号"), sort="number"),
    Column(code="starts_at", label=gettext_lazy("开始"), kind="moment", sort="starts_at"),
    Column(code="minutes", label=gettext_lazy("分钟"), kind="number", shown=False),
    Column(code="where", label=gettext_lazy("片区"), sort="place"),
    Column(code="topic", label=gettext_lazy("专题"), value=lambda row: word("topics", row.topic)),
    Column(code="kind", label=gettext_lazy("形式"), value=lambda row: rules.KINDS[row.kind]),
    Column(code="venue", label=gettext_lazy("场所"), value="venue.name", shown=False),
    Column(code="asked", label=gettext_lazy("应到"), kind="number"),
    Column(code="came", label=gettext_lazy("签到"), kind="number"),
    Column(code="tested", label=gettext_lazy("参加测验"), kind="number"),
    Column(code="passed_count", label=gettext_lazy("测验合格"), kind="number"),
    Column(code="trainer", label=gettext_lazy("授课人"), shown=False),
    Column(code="state", label=gettext_lazy("状态"), kind="state", value=state_of),
)

PRESENT = (
    Column(code="name", label=gettext_lazy("姓名"), value="worker.name"),
    Column(code="number", label=gettext_lazy("档案编号"), value="worker.number"),
    Column(code="where", label=gettext_lazy("社区")),
    Column(code="came_at", label=gettext_lazy("签到时间"), kind="moment", value="at"),
    Column(code="way", label=gettext_lazy("签到方式"), value=lambda row: rules.WAYS[row.way]),
    Column(
        code="late",
        label=gettext_lazy("迟到"),
        value=lambda row: gettext_lazy("迟到") if row.late else "",
    ),
    Column(code="reason", label=gettext_lazy("说明")),
    Column(
        code="result",
        label=gettext_lazy("测验答对"),
        value=lambda row: f"{row.best.right}/{row.best.asked}" if row.best else "",
    ),
)

AREAS = (
    Column(
        code="name",
        label=gettext_lazy("社区"),
        value="where",
        href=lambda row: f"{reverse('training:people')}?inside={row.place}",
    ),
    Column(code="street", label=gettext_lazy("街道"), value="street_name"),
    Column(code="people", label=gettext_lazy("在职"), kind="number"),
    Column(code="complete", label=gettext_lazy("已完成"), kind="number"),
    Column(code="short", label=gettext_lazy("未完成"), kind="number"),
    Column(code="owed", label=gettext_lazy("应修分钟"), kind="number"),
    Column(code="done", label=gettext_lazy("已修分钟"), kind="number"),
    Column(code="percent", label=gettext_lazy("完成率"), kind="percent"),
    Column(
        code="state",
        label=gettext_lazy("状态"),
        kind="state",
        value=lambda row: (
            (gettext_lazy("有缺口"), "open") if row.short else (gettext_lazy("已完成"), "done")
        ),
    ),
)


def amount(code: str, n: int) -> str:
    """Minutes as hours and minutes, days as days."""
    if code == rules.COUNTY_DAYS:
        return gettext("%(n)s天") % {"n": n}
    hours, minutes = divmod(n, 60)
    if not hours:
        return gettext("%(m)s分钟") % {"m": minutes}
    if not minutes:
        return gettext("%(h)s小时") % {"h": hours}
    return gettext("%(h)s小时%(m)s分钟") % {"h": hours, "m": minutes}


def lacking(item: rules.Item) -> Any:
    """What is missing of an item, in a few words."""
    values = {"what": rules.name_of(item.code), "n": amount(item.code, item.left)}
    if item.left:
        return Reason(gettext_noop("%(what)s差%(n)s"), values)
    return Reason(gettext_noop("%(what)s测验未合格"), values)


class Person:
    """Somebody with what they owe, for a row."""

    def __init__(self, found: owed.Owing) -> None:
        self.worker, self.coverage = found.worker, found.coverage
        self.pk, self.place = found.worker.pk, found.worker.place_now
        self.missing = tuple(lacking(item) for item in found.coverage.missing)


def people(on: date) -> Callable[[Any], list[Person]]:
    """Rows of those who serve, with what they owe on a day."""
    return lambda rows: where([Person(one) for one in owed.owing(rows, on)])


PEOPLE = (
    Column(
        code="name",
        label=gettext_lazy("姓名"),
        value="worker.name",
        sort="name",
        href=lambda row: reverse("training:person", args=[row.pk]),
    ),
    Column(code="number", label=gettext_lazy("档案编号"), value="worker.number", sort="number"),
    Column(code="where", label=gettext_lazy("社区"), sort="place"),
    Column(
        code="title",
        label=gettext_lazy("职务"),
        value=lambda row: word("titles", row.worker.title_now),
    ),
    Column(code="owed", label=gettext_lazy("应修分钟"), kind="number", value="coverage.owed"),
    Column(code="done", label=gettext_lazy("已修分钟"), kind="number", value="coverage.done"),
    Column(code="percent", label=gettext_lazy("完成率"), kind="percent", value="coverage.percent"),
    Column(code="missing", label=gettext_lazy("还差")),
    Column(
        code="state",
        label=gettext_lazy("状态"),
        kind="state",
        value=lambda row: (
            (gettext_lazy("已完成"), "done")
            if row.coverage.complete
            else (gettext_lazy("未完成"), "open")
        ),
    ),
)

VENUES = (
    Column(code="name", label=gettext_lazy("场所名称"), sort="name"),
    Column(code="kind", label=gettext_lazy("场所类别"), value=lambda row: word("venues", row.kind)),
    Column(code="where", label=gettext_lazy("所在地"), sort="place"),
    Column(code="address", label=gettext_lazy("地址")),
    Column(code="seats", label=gettext_lazy("座位数"), kind="number"),
    Column(code="held", label=gettext_lazy("已办期数"), kind="number"),
    Column(
        code="state",
        label=gettext_lazy("状态"),
        kind="state",
        value=lambda row: (
            (gettext_lazy("已停用"), "void") if row.closed_on else (gettext_lazy("在用"), "done")
        ),
    ),
    Column(
        code="close",
        label=gettext_lazy("停用"),
        value=lambda row: gettext_lazy("停用") if not row.closed_on else "",
        href=lambda row: reverse("training:venue", args=[row.pk]) if not row.closed_on else "",
    ),
)

BANK = (
    Column(
        code="text",
        label=gettext_lazy("题目"),
        href=lambda row: reverse("training:question", args=[row.pk]),
    ),
    Column(code="number", label=gettext_lazy("题号"), kind="number", sort="number"),
    Column(code="topic", label=gettext_lazy("专题"), value=lambda row: word("topics", row.topic)),
    Column(code="version", label=gettext_lazy("版本"), kind="number"),
    Column(code="at", label=gettext_lazy("写入时间"), kind="moment"),
)

CERTIFICATES = (
    Column(
        code="number",
        label=gettext_lazy("证书编号"),
        sort="number",
        href=lambda row: reverse("training:certificate", args=[row.pk]),
    ),
    Column(code="name", label=gettext_lazy("姓名"), value="worker.name"),
    Column(code="where", label=gettext_lazy("社区"), sort="place"),
    Column(code="until_on", label=gettext_lazy("截至"), kind="day"),
    Column(code="minutes", label=gettext_lazy("学时（分钟）"), kind="number"),
    Column(code="code", label=gettext_lazy("校验码")),
    Column(
        code="state",
        label=gettext_lazy("状态"),
        kind="state",
        value=lambda row: (
            (gettext_lazy("已撤销"), "void") if row.voided_at else (gettext_lazy("有效"), "done")
        ),
    ),
)
