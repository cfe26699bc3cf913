"""A list of leads as a spreadsheet: its columns, and its rows read one by one. No database."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from linli.kernel.rulings import ALLOWED, Ruling, every, refuse, require
from linli.kernel.words import gettext_noop as _
from linli.leads import rules
from linli.sheets import lists
from linli.sheets.headings import Headings
from linli.sheets.model import Sheet
from linli.sources import lead_kind_named, lead_kinds
from linli.sources.chart import folded

FIELDS = {
    "number": _("线索编号"),
    "kind": _("线索类别"),
    "street": _("街道"),
    "community": _("社区"),
    "estate": _("小区"),
    "room": _("用房编码"),
    "spot": _("具体位置"),
    "violator": _("责任主体"),
    "text": _("情况"),
}
"""What a column may be read as. A row with a number is known already and is left as it is."""

HEADINGS: Mapping[str, tuple[str, ...]] = {
    "number": ("线索编号", "编号"),
    "kind": ("线索类别", "问题类别", "问题类型", "线索类型", "类别"),
    "street": ("街道", "镇街", "街道（乡镇）"),
    "community": ("社区", "所属社区"),
    "estate": ("小区", "小区名称", "项目名称"),
    "room": ("用房编码", "房屋编码", "编码"),
    "spot": ("具体位置", "位置", "坐落"),
    "violator": ("责任主体", "责任单位", "违规主体"),
    "text": ("情况", "问题描述", "线索内容", "具体情况", "说明"),
}
"""What a column is called in practice, best name first."""

LAYOUT = lists.Layout(
    fields=FIELDS,
    headings=HEADINGS,
    needed=(frozenset({"kind"}), frozenset({"text"}), frozenset({"estate", "room"})),
    most=5_000,
)


@dataclass(frozen=True, slots=True, kw_only=True)
class LeadRow:
    """A row that can be read. `number`: of a lead that is on the register already."""

    row: int
    number: str
    kind: str
    around: tuple[str, str]
    estate: str
    room: str
    spot: str
    violator: str
    text: str


def read(sheet: Sheet, found: Headings) -> lists.Read[LeadRow]:
    """All rows below the headings, each with all its faults."""
    return LAYOUT.read(sheet, found, _row)


def _row(number: int, text: Mapping[str, str]) -> tuple[LeadRow | None, Ruling]:
    kind, of_kind = _kind(text.get("kind", ""))
    violator, of_violator = _violator(text.get("violator", ""))
    ruling = every(
        [
            of_kind.at("kind", number),
            of_violator.at("violator", number),
            require(text.get("estate") or text.get("room"), _("缺少小区")).at("estate", number),
        ]
    )
    if not ruling.allowed:
        return None, ruling
    made = LeadRow(
        row=number,
        number=text.get("number", "").upper(),
        kind=kind,
        around=(text.get("street", ""), text.get("community", "")),
        estate=text.get("estate", ""),
        room=text.get("room", "").upper(),
        spot=text.get("spot", ""),
        violator=violator,
        text=text.get("text", ""),
    )
    return made, ALLOWED


def _kind(word: str) -> tuple[str, Ruling]:
    if not word:
        return "", refuse(_("缺少线索类别"))
    kind = lead_kind_named(word)
    known = tuple(each.name for each in lead_kinds().values())
    text = _("不认识“%(word)s”，可写：%(known)s")
    return (kind.code if kind else ""), require(kind, text, word=word[:30], known=known)


def _violator(word: str) -> tuple[str, Ruling]:
    if not word:
        return rules.UNKNOWN, ALLOWED
    plain = folded(word)
    code = next((code for code, name in rules.VIOLATORS.items() if folded(name) == plain), "")
    known = tuple(rules.VIOLATORS.values())
    return code, require(code, _("不认识“%(word)s”，可写：%(known)s"), word=word[:30], known=known)
