"""Workbooks made in memory for the tests, and where the shared data lies."""

from __future__ import annotations

from pathlib import Path

import pytest

from linli.intake.ledger_reading import read_ledger
from linli.sheets.model import Sheet, Workbook, place
from linli.sources import chart

SAMPLES = Path(__file__).parent / "samples"
SHARED = Path(__file__).parents[3].parent / "shared" / "data"
CATEGORIES = chart(1)

HEADINGS = [
    "日期",
    "凭证号",
    "资金来源",
    "类别",
    "对方单位",
    "摘要",
    "收入",
    "支出",
    "项目编号",
    "决议依据",
    "票据号",
    "备注",
]
TITLE = "清河苑小区收支明细（2026年）"


def row(
    day: object = "2026-09-01",
    voucher: object = "",
    fund: object = "公共收益",
    category: object = "停车场地使用费",
    *,
    income: object = "",
    expense: object = "",
    who: str = "业主",
    summary: str = "停车费",
    project: str = "",
    decision: str = "",
    document: str = "",
    note: object = "",
) -> list[object]:
    """A row of a ledger under HEADINGS."""
    texts = [project, decision, document, note]
    return [day, voucher, fund, category, who, summary, income, expense, *texts]


def book(
    rows: list[list[object]],
    *,
    headings: list[str] | None = None,
    title: str = TITLE,
    formulas: tuple[tuple[int, int], ...] = (),
    more: tuple[Sheet, ...] = (),
    **facts: object,
) -> Workbook:
    """A workbook with title (row 1), headings (row 2) and rows (from row 3)."""
    cells = [[title], headings or HEADINGS, *rows]
    places = frozenset(place(*at) for at in formulas)
    return Workbook("xlsx", (Sheet("收支明细", cells, formulas=places, **facts), *more))


def ledger(rows: list[list[object]], **facts: object):
    """The rows read as a ledger sheet."""
    mapping = facts.pop("mapping", None)
    return read_ledger(book(rows, **facts), categories=CATEGORIES, mapping=mapping)


def found(sheet) -> list[tuple[int, str]]:
    """(row, field) of every fault."""
    return [(fault.row, fault.field) for fault in sheet.faults]


def shared(name: str) -> bytes:
    """A file of the shared data; the test is skipped where the folder is absent."""
    path = SHARED / name
    if not path.exists():
        pytest.skip(f"shared data not here: {name}")
    return path.read_bytes()
