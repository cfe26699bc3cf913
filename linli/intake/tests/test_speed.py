"""A large sheet is read in a time that grows with its rows; the bound is a fifth of the goal."""

import time
from datetime import date, timedelta

from linli.intake.ledger_reading import read_ledger
from linli.intake.tests.making import CATEGORIES
from linli.sheets.reading import read_workbook
from linli.sheets.writing import Column, Table, write_xlsx

ROWS = 10_000
GOAL = 20_000
COLUMNS = (
    Column("日期", "day"),
    Column("凭证号"),
    Column("资金来源"),
    Column("类别"),
    Column("对方单位"),
    Column("摘要"),
    Column("收入", "money"),
    Column("票据号"),
)


def test_a_large_sheet_is_read_fast_enough():
    first = date(2026, 1, 1)
    rows = (
        (
            first + timedelta(days=n * 364 // ROWS),
            f"记-{n:06d}",
            "公共收益",
            "停车费",
            "临停车主",
            f"临时停车费第 {n} 笔",
            100 + n,
            f"SJ{n}",
        )
        for n in range(ROWS)
    )
    data = write_xlsx([Table("收支明细", COLUMNS, rows, title="收支明细（2026年）")])
    begun = time.process_time()
    book, ruling = read_workbook(data)
    assert ruling.allowed
    ledger = read_ledger(book, categories=CATEGORIES)
    taken = time.process_time() - begun
    assert len(ledger.entries) == ROWS
    assert not ledger.faults
    assert ROWS / taken > GOAL / 5, f"{ROWS / taken:.0f} rows a second"
