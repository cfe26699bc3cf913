"""How files of the corps are shown: words, badges, columns."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from typing import Any

from django.db.models import QuerySet
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy

from linli.kernel.identity import mask_id_number, mask_phone
from linli.places import queries as places
from linli.sources import words
from linli.web.registers import Column
from linli.workforce import queries, rules
from linli.workforce.models import Worker


def word(of: str, code: str | None) -> Any:
    """What a code of a list of sources/corps.toml is called; "" for none."""
    found = words(of).get(code or "")
    return found.name if found else code or ""


def state_of(worker: Worker) -> tuple[Any, str]:
    """(word, kind of badge): whether somebody holds a post on the day asked for."""
    held = getattr(worker, "title_now", None)
    return (gettext_lazy("在职"), "done") if held else (gettext_lazy("不在职"), "void")


class Rows:
    """Files for a register: those of the page that is shown get places, schooling and first post."""

    def __init__(self, rows: QuerySet[Worker], on: date) -> None:
        self.rows, self.on = rows, on

    def count(self) -> int:
        return self.rows.count()

    __len__ = count

    def order_by(self, *names: str) -> Rows:
        return Rows(self.rows.order_by(*names), self.on)

    def __getitem__(self, some: slice) -> list[Worker]:
        return named(self.rows[some], self.on)

    def __iter__(self) -> Any:
        return iter(named(self.rows, self.on))


def named(rows: Iterable[Worker], on: date) -> list[Worker]:
    """Files with `where`, `street_name`, `schooling`, `years`, `served_since`, in four queries."""
    found = list(rows)
    ways = places.paths({worker.place for worker in found})
    schoolings = queries.highest_schooling([worker.pk for worker in found])
    firsts = queries.first_posts([worker.pk for worker in found])
    for worker in found:
        steps = ways.get(worker.place, ())
        level = {step.level: step.name for step in steps}
        worker.where = steps[-1].name if steps else worker.place  # type: ignore[attr-defined]
        worker.street_name = level.get("street", "")  # type: ignore[attr-defined]
        worker.schooling = word("schooling", schoolings.get(worker.pk))  # type: ignore[attr-defined]
        worker.years = worker.age(on)  # type: ignore[attr-defined]
        worker.served_since = firsts.get(worker.pk)  # type: ignore[attr-defined]
    return found


COLUMNS = (
    Column(
        code="name",
        label=gettext_lazy("姓名"),
        sort="name",
        href=lambda worker: reverse("workforce:worker", args=[worker.pk]),
    ),
    Column(code="number", label=gettext_lazy("档案编号"), sort="number"),
    Column(code="where", label=gettext_lazy("社区"), sort="place"),
    Column(
        code="title",
        label=gettext_lazy("职务"),
        value=lambda worker: word("titles", worker.title_now),
    ),
    Column(code="sex", label=gettext_lazy("性别"), value=lambda worker: rules.SEXES[worker.sex]),
    Column(code="years", label=gettext_lazy("年龄"), kind="number"),
    Column(code="schooling", label=gettext_lazy("学历")),
    Column(
        code="politics",
        label=gettext_lazy("政治面貌"),
        value=lambda worker: word("politics", worker.politics),
        sort="politics",
    ),
    Column(
        code="since", label=gettext_lazy("任现职"), kind="day", value="since_now", sort="since_now"
    ),
    Column(code="state", label=gettext_lazy("状态"), kind="state", value=state_of),
    Column(
        code="phone",
        label=gettext_lazy("电话"),
        value=lambda worker: mask_phone(worker.phone),
        shown=False,
    ),
    Column(
        code="id_number",
        label=gettext_lazy("身份证号"),
        value=lambda worker: mask_id_number(worker.id_number),
        shown=False,
    ),
    Column(code="street", label=gettext_lazy("街道"), value="street_name", shown=False),
    Column(
        code="served",
        label=gettext_lazy("首次任职"),
        kind="day",
        value="served_since",
        shown=False,
    ),
    Column(
        code="opened",
        label=gettext_lazy("建档日期"),
        kind="day",
        value=lambda worker: timezone.localdate(worker.opened_at),
        sort="opened_at",
        shown=False,
    ),
)
