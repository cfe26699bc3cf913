"""Bringing in a ledger sheet and a bank file: read with every fault found, and posted."""

from __future__ import annotations

import hashlib
from datetime import date
from functools import cache
from itertools import count

from bench import peers
from bench.frame import Aim, Bench, Run, Side
from bench.place import here
from linli.intake import services
from linli.intake.bank_file import BankFile
from linli.intake.bank_reading import read_bank_file
from linli.intake.ledger_reading import read_ledger
from linli.intake.ledger_sheet import LedgerSheet
from linli.intake.tests.making import CATEGORIES
from linli.sheets.reading import read_workbook
from linli.sheets.writing import Column, Table, write_xlsx
from tests.books import NOW, Estate, open_estate

ROWS, FILES, THROUGH = 10_000, 7, date(2026, 10, 31)
COLUMNS = (
    Column("日期", "day"),
    Column("凭证号"),
    Column("资金来源"),
    Column("类别"),
    Column("对方单位"),
    Column("摘要"),
    Column("收入", "money"),
)
PEERS = peers.there("django-import-export")
NUMBERS = count(1)


@cache
def estate() -> Estate:
    return open_estate(code="B000003", place="370614001001003")


def _rows(mark: int) -> list[tuple]:
    return [
        (
            date(2026, 9 + n % 2, n % 30 + 1),
            f"记-{mark}-{n:06d}",
            "公共收益",
            "停车费",
            f"车主{n % 500}",
            f"临时停车费第 {n} 笔",
            100 + n,
        )
        for n in range(ROWS)
    ]


@cache
def sheets() -> list[bytes]:
    """A sheet for each round, none with a voucher of another; a text of one for the peer."""
    told = "\n".join(",".join(map(str, row)) for row in [("day", *"abcde", "amount"), *_rows(0)])
    (here().data / "rows.csv").write_text(told, "utf-8")
    return [
        write_xlsx([Table("收支明细", COLUMNS, _rows(mark), title="收支明细（2026年）")])
        for mark in range(FILES)
    ]


@cache
def bank_file() -> bytes:
    balance, told = 100_000, ["交易日期,收入,支出,余额,摘要,对方户名"]
    for n in range(ROWS):
        balance += 100 + n % 900
        told.append(
            f"2026-{9 + n * 2 // ROWS:02d}-{n * 60 // ROWS % 30 + 1:02d},"
            f"{(100 + n % 900) / 100:.2f},,{balance / 100:.2f},停车费{n},车主{n % 500}"
        )
    return "\n".join(told).encode()


def _ledger(data: bytes) -> LedgerSheet:
    book, ruling = read_workbook(data)
    assert book is not None, ruling
    sheet = read_ledger(book, categories=CATEGORIES)
    assert len(sheet.entries) == ROWS and not sheet.faults, sheet.faults[:3]
    return sheet


def _bank(data: bytes) -> BankFile:
    file, ruling = read_bank_file(data, name="bank.csv")
    assert file is not None and len(file.lines) == ROWS and not file.faults, ruling
    return file


def sheet_read() -> Run:
    data = sheets()[0]
    return lambda _size: _ledger(data)


def bank_read() -> Run:
    data = bank_file()
    return lambda _size: _bank(data)


def sheet_posted() -> Run:
    """Read, checked, and posted in one transaction."""
    book, files = estate().book, iter(sheets())

    def run(_size: int) -> None:
        taken = services.take_ledger(by=None, book=book, sheet=_ledger(next(files)), now=NOW)
        assert taken.fresh_count == ROWS

    return run


def bank_kept() -> Run:
    """Read, every balance followed, and kept for an account of its own."""
    data, estates = (
        bank_file(),
        [
            open_estate(code=f"K{n:06d}", place=f"370614002{n:03d}001", first_period="2026-09")
            for n in (next(NUMBERS) for _ in range(FILES))
        ],
    )
    rounds = iter(estates)

    def run(_size: int) -> None:
        services.import_bank(
            by=None,
            account=next(rounds).accounts["common"],
            file=_bank(data),
            data_sha256=hashlib.sha256(data).hexdigest(),
            file_name="bank.csv",
            through=THROUGH,
            now=NOW,
        )

    return run


BENCHES = (
    Bench(
        code="read",
        title="read a file of 10,000 rows, every row checked",
        unit="rows",
        sizes=(ROWS,),
        sides=(
            Side("a ledger sheet (xlsx)", sheet_read),
            Side("a bank file (csv)", bank_read),
            *(peers.side(name, "read") for name in PEERS),
        ),
        target="20,000 rows a second",
        aims=(Aim(rate=20_000), Aim(rate=20_000, side="a bank file (csv)")),
    ),
    Bench(
        code="take",
        title="read a file of 10,000 rows and keep it, in one transaction",
        unit="rows",
        sizes=(ROWS,),
        sides=(
            Side("a ledger sheet, posted", sheet_posted),
            Side("a bank file, kept", bank_kept),
            *(peers.side(name, "take") for name in PEERS),
        ),
        target="posted: 5,000 rows a second on SQLite, 3,000 on PostgreSQL",
        aims=(Aim(rate=5_000, database="SQLite"), Aim(rate=3_000, database="PostgreSQL")),
        most=FILES,
    ),
)
