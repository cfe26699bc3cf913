import csv
import io
from datetime import UTC, date, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from linli.sheets.model import Sheet, shown
from linli.sheets.reading import read_workbook
from linli.sheets.writing import (
    BadRow,
    BadSheet,
    Column,
    Table,
    guarded,
    write_bad_rows,
    write_csv,
    write_xlsx,
)

COLUMNS = (
    Column("对方单位"),
    Column("金额", "money"),
    Column("笔数", "number"),
    Column("日期", "day"),
    Column("录入时间", "moment"),
)
ROW = (
    "=cmd|' /C calc'!A0",
    -123456,
    3,
    date(2026, 10, 3),
    datetime(2026, 10, 3, 0, 30, tzinfo=UTC),
)


def back(data):
    book, ruling = read_workbook(data)
    assert ruling.allowed, str(ruling)
    return book


@pytest.mark.parametrize("sign", ["=", "+", "-", "@", "\t", "\x00", "\r", "\n"])
def test_a_text_that_would_be_a_formula_is_guarded(sign):
    assert guarded(f"{sign}1+1").startswith("'")
    assert guarded(f"项{sign}") == f"项{sign}".replace("\x00", "")


def test_figures_are_written_as_figures_and_texts_are_guarded():
    sheet = back(write_xlsx([Table("明细", COLUMNS, [ROW, (None,) * 5], title="收支明细")])).sheets[
        0
    ]
    assert sheet.name == "明细"
    assert sheet.text(1, 0) == "收支明细"
    assert sheet.value(3, 0) == "'" + ROW[0]
    assert sheet.value(3, 1) == -1234.56
    assert sheet.number_format(3, 1) == "#,##0.00"
    assert sheet.value(3, 2) == 3
    assert sheet.value(3, 3) == date(2026, 10, 3)
    assert sheet.value(3, 4) == datetime(2026, 10, 3, 8, 30)  # noqa: DTZ001 - as shown in Excel
    assert not sheet.formulas


def test_a_csv_opens_in_excel_and_keeps_negative_amounts_bare():
    data = write_csv(Table("明细", COLUMNS, [ROW]))
    assert data.startswith(b"\xef\xbb\xbf")
    rows = list(csv.reader(io.StringIO(data.decode("utf-8-sig"))))
    assert rows[1] == ["'" + ROW[0], "-1234.56", "3", "2026-10-03", "2026-10-03 08:30"]


def test_sheet_names_that_excel_refuses_are_mended():
    names = ["a/b", "A B", "很长" * 40, "", "收支'"]
    book = back(write_xlsx([Table(name, (Column("x"),), [("1",)]) for name in names]))
    found = [sheet.name for sheet in book.sheets]
    assert len({name.casefold() for name in found}) == 5
    assert all(len(name) <= 31 for name in found)


@given(st.lists(st.text(max_size=40), min_size=1, max_size=8))
def test_any_text_is_written_and_never_becomes_a_formula(texts):
    sheet = back(write_xlsx([Table("t", (Column("a"),), [(text,) for text in texts])])).sheets[0]
    assert not sheet.formulas
    rows = list(
        csv.reader(
            io.StringIO(
                write_csv(Table("t", (Column("a"),), [(t,) for t in texts])).decode("utf-8-sig")
            )
        )
    )
    assert len(rows) == len(texts) + 1
    assert not any(cell.startswith(("=", "+", "-", "@", "\t")) for row in rows for cell in row)


def first_sheet():
    rows = [
        ["某小区收支明细（2026年）", "", "", ""],
        ["日期", "摘要", "金额", ""],
        ["", "", "收入", "支出"],
        ["10/3", "停车费", "12.345", ""],
        [date(2026, 10, 4), "=HYPERLINK()", -50.0, ""],
        [date(2026, 10, 5), "好的一行", 50.0, ""],
        ["2026-10-06", "@退款", "-50.00", ""],
    ]
    return Sheet("收支明细", rows, merged=((1, 0, 1, 3), (2, 2, 2, 3), (2, 0, 3, 0)))


def bad_workbook():
    bad = [
        BadRow(4, [(2, "金额最多两位小数"), (None, "整行请核对")]),
        BadRow(5, [(2, "收入不能为负")]),
        BadRow(7, [(2, "收入不能为负")]),
    ]
    part = BadSheet(first_sheet(), 3, bad, {(4, 0): date(2026, 10, 3)}, {2, 3})
    return back(write_bad_rows([part])).sheets[0]


def test_bad_rows_keep_title_headings_and_their_first_row_number():
    sheet = bad_workbook()
    assert [row[:3] for row in sheet.rows[:3]] == [row[:3] for row in first_sheet().rows[:3]]
    assert sheet.rows[2][4:] == ["原行号", "问题"]
    assert [row[4] for row in sheet.rows[3:]] == [4, 5, 7]
    assert sheet.rows[3][5] == "金额最多两位小数；整行请核对"
    assert (2, 2, 2, 3) in sheet.merged


def test_bad_rows_read_back_as_they_were():
    sheet = bad_workbook()
    assert sheet.value(4, 0) == date(2026, 10, 3)
    assert sheet.value(4, 2) == "12.345"
    assert sheet.value(5, 1) == "'=HYPERLINK()"
    assert shown(sheet.value(5, 1)) == "=HYPERLINK()"
    assert sheet.value(5, 2) == -50
    assert sheet.value(6, 2) == "-50.00"
    assert shown(sheet.value(6, 1)) == "@退款"


def test_rows_that_are_still_bad_keep_the_number_of_the_very_first_file():
    again = BadSheet(bad_workbook(), 3, [BadRow(6, [(0, "日期不存在")])])
    sheet = back(write_bad_rows([again])).sheets[0]
    assert sheet.rows[3][4:] == [7, "日期不存在"]
    assert sheet.width == 6
