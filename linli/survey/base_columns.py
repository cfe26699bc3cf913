"""The rows of a base in words: its columns, a room in short, what changed in it."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from typing import Any

from django.utils.translation import gettext_lazy

from linli.kernel.identity import looks_like_a_person, mask_name
from linli.premises import rules as rooms
from linli.sources import room_kinds
from linli.survey import comparing
from linli.survey.rules import Changed
from linli.survey.showing import PILE_BADGES
from linli.web.registers import Column

Row = Mapping[str, Any]
FLAGS = {True: gettext_lazy("是"), False: gettext_lazy("否")}


def area(value_dm2: int | None) -> str:
    """Square metres as people read them; "" where unknown."""
    return f"{value_dm2 / 100:,.2f}".rstrip("0").rstrip(".") if value_dm2 is not None else ""


def _occupant(row: Row) -> str:
    name = row.get("occupant") or ""
    return mask_name(name) if looks_like_a_person(name) else name


def _pile(row: Row) -> tuple[Any, str]:
    pile = row.get("pile")
    return (comparing.PILES[pile], PILE_BADGES[pile]) if pile else (gettext_lazy("例外"), "void")


VALUES: dict[str, tuple[Any, Any]] = {
    "name": (gettext_lazy("用房名称"), lambda row: row["name"]),
    "code": (gettext_lazy("编号"), lambda row: row["code"]),
    "kind": (gettext_lazy("用房类别"), lambda row: room_kinds()[row["kind"]].name),
    "path": (gettext_lazy("所在小区"), lambda row: row["path"]),
    "building": (gettext_lazy("楼栋位置"), lambda row: row.get("building", "")),
    "floor": (gettext_lazy("楼层"), lambda row: row.get("floor")),
    "planned_dm2": (gettext_lazy("图纸面积"), lambda row: area(row.get("planned_dm2"))),
    "contract_dm2": (gettext_lazy("合同面积"), lambda row: area(row.get("contract_dm2"))),
    "measured_dm2": (gettext_lazy("现场面积"), lambda row: area(row.get("measured_dm2"))),
    "entrance": (gettext_lazy("独立出入口"), lambda row: FLAGS.get(row.get("entrance"), "")),
    "state": (
        gettext_lazy("使用状态"),
        lambda row: rooms.STATES.get(row.get("state", ""), ""),
    ),
    "occupant": (gettext_lazy("使用人"), _occupant),
    "owner": (gettext_lazy("产权人"), lambda row: rooms.OWNERS_OF.get(row.get("owner", ""), "")),
    "title_state": (
        gettext_lazy("产权登记"),
        lambda row: rooms.TITLES.get(row.get("title_state", ""), ""),
    ),
    "title_no": (gettext_lazy("不动产权证号"), lambda row: row.get("title_no", "")),
    "pile": (gettext_lazy("核实结果"), _pile),
    "exception": (gettext_lazy("例外原因"), lambda row: row.get("exception", "")),
}
"""Field of a frozen row → (its name, how it is said)."""
HIDDEN = {"contract_dm2", "entrance", "floor", "title_state", "title_no", "exception"}
NUMBERS = {"floor", "planned_dm2", "contract_dm2", "measured_dm2"}

COLUMNS = tuple(
    Column(
        code=code,
        label=label,
        value=value,
        kind="state" if code == "pile" else "number" if code in NUMBERS else "text",
        shown=code not in HIDDEN,
    )
    for code, (label, value) in VALUES.items()
)


def short(row: Row) -> dict[str, Any]:
    """A room in one line."""
    return {"code": row["code"], "name": row["name"], "path": row["path"], "kind": _kind(row)}


def _kind(row: Row) -> Any:
    return room_kinds()[row["kind"]].name


def fields(one: Changed) -> list[tuple[Any, Any, Any]]:
    """(name of the field, before, after) of what changed."""
    told = []
    for code in one.fields:
        if code not in VALUES:
            continue
        label, value = VALUES[code]
        before, after = value(one.before), value(one.after)
        if code == "pile":
            before, after = before[0], after[0]
        told.append((label, before, after))
    return told


def piles(rows: Iterable[Row]) -> list[tuple[Any, int]]:
    """How many rooms lie on each pile, and how many are exceptions."""
    counts = Counter(row.get("pile") or "" for row in rows)
    told = [(word, counts[pile]) for pile, word in comparing.PILES.items()]
    return [*told, (gettext_lazy("例外"), counts[""])]
