"""Reading what people upload about places: the official list, an estate's doors, holidays."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from linli.kernel.rulings import Refused, Ruling, refuse
from linli.kernel.words import gettext_noop as _
from linli.places import rules
from linli.sheets import lists
from linli.sheets.headings import Headings, Wanted, complete, find_headings, ranked
from linli.sheets.model import Sheet
from linli.sheets.reading import read_workbook

CODE = ("代码", "编码", "code", "区划代码", "统计用区划代码", "行政区划代码", "地区代码")
NAME = ("名称", "name", "单位名称", "区划名称", "地区名称", "行政区划名称")


def first_table(
    data: bytes, name: str, wanted: Mapping[str, Sequence[str]], needed: Sequence[str]
) -> tuple[Sheet, int, dict[str, int]]:
    """The first visible sheet with the headings; raises Refused if the file has none."""
    book, ruling = read_workbook(data, name=name)
    if book is None:
        raise Refused(ruling)
    names = Wanted(ranked(wanted), tuple(frozenset({each}) for each in needed))
    for sheet in book.visible_sheets:
        found = find_headings(sheet, names)
        if found and complete(found, names):
            return sheet, found.last_row, dict(found.columns)
    heads = tuple(wanted[each][0] for each in needed)
    raise Refused(refuse(_("没有找到表头：%(heads)s"), heads=heads))


def read_divisions(data: bytes, *, name: str) -> tuple[list[tuple[int, str, str]], Ruling]:
    """(row number, code, name) of an official list; or why it cannot be read."""
    try:
        sheet, head, at = first_table(data, name, {"code": CODE, "name": NAME}, ("code", "name"))
    except Refused as refused:
        return [], refused.ruling
    rows = [
        (row, sheet.text(row, at["code"]), sheet.text(row, at["name"]))
        for row in range(head + 1, len(sheet.rows) + 1)
    ]
    rows = [each for each in rows if each[1] or each[2]]
    return rows, Ruling() if rows else refuse(_("表里没有一行内容"))


DOORS = lists.Layout(
    fields={name: words[0] for name, words in rules.DOOR_COLUMNS.items()},
    headings=rules.DOOR_COLUMNS,
    needed=(frozenset({"building"}), frozenset({"room"})),
    most=20_000,
)


def read_doors(sheet: Sheet, found: Headings) -> lists.Read[rules.DoorRow]:
    """An estate's list of dwellings, each row with all its faults."""
    return DOORS.read(sheet, found, lambda row, text: rules.read_door(text, row=row))
