import io
import struct
import time
import tracemalloc
import zipfile
from datetime import date

import pytest
import xlsxwriter
from hypothesis import given, settings
from hypothesis import strategies as st

from linli.kernel.rulings import Refused
from linli.sheets.limits import LIMITS, Limits
from linli.sheets.model import column_letter, column_number
from linli.sheets.reading import read_workbook
from linli.sheets.tests import making
from linli.sheets.zipped import Package


def read(data, **options):
    book, ruling = read_workbook(data, **options)
    assert ruling.allowed, str(ruling)
    return book


def refusal(data, **options):
    book, ruling = read_workbook(data, **options)
    assert book is None
    return str(ruling)


@pytest.fixture(scope="module")
def ledger():
    """A sheet with everything that hides: formulas, hidden rows and columns, merged cells."""
    buffer = io.BytesIO()
    with xlsxwriter.Workbook(buffer) as book:
        page = book.add_worksheet("收支明细")
        page.merge_range("A1:D1", "某小区收支明细")
        page.write_row(1, 0, ["日期", "摘要", "收入", "支出"])
        day = book.add_format({"num_format": 'yyyy"年"m"月"d"日"'})
        page.write_datetime(2, 0, date(2026, 10, 3), day)
        page.write_string(2, 1, "停车费")
        page.write_number(2, 2, 45146.31)
        page.write_formula(3, 2, "=C3*2", None, 90292.62)
        page.write_array_formula("D3:D4", "{=C3:C4}", None, 1)
        page.write_formula(4, 1, "=1/0", None, "#DIV/0!")
        page.set_row(3, None, None, {"hidden": True})
        page.set_column("D:D", None, None, {"hidden": True})
        book.add_worksheet("底稿").hide()
    return buffer.getvalue()


def test_values_formulas_and_what_is_hidden_are_all_seen(ledger):
    book = read(ledger)
    sheet = book.sheets[0]
    assert book.kind == "xlsx"
    assert sheet.value(3, 0) == date(2026, 10, 3)
    assert sheet.value(3, 2) == 45146.31
    assert sheet.number_format(3, 0) == 'yyyy"年"m"月"d"日"'
    assert sheet.number_format(3, 1) == "General"
    assert {(r, c) for r in range(1, 6) for c in range(4) if sheet.is_formula(r, c)} == {
        (4, 2),
        (3, 3),
        (4, 3),
        (5, 1),
    }
    assert sheet.hidden_rows == {4}
    assert sheet.hidden_columns == {3}
    assert sheet.merged == ((1, 0, 1, 3),)
    assert sheet.text(5, 1) == "#DIV/0!"


def test_hidden_sheets_are_told_apart(ledger):
    book = read(ledger)
    assert [sheet.name for sheet in book.visible_sheets] == ["收支明细"]
    assert book.sheet("底稿").visible is False


ROWS = '<row r="1"><c r="A1"><v>1</v></c></row><row r="2" hidden="1"><c r="B2"><f>A1</f><v>2</v></c></row>'


@pytest.mark.parametrize(
    "rows",
    [
        ROWS,
        ROWS.replace('r="', "r='").replace('"', "'").replace("r=''", "r='"),
        ROWS.replace("<row", "<!-- <f> --><row"),
        '<row><c r="A1"><v>1</v></c></row><row hidden="true"><c/><c><f>A1</f><v>2</v></c></row>',
        ROWS.replace("</row>", "</row>\n  ").replace("<f>", "<f\n>"),
    ],
    ids=["plain", "single quotes", "comment", "no references", "spaced"],
)
def test_a_formula_cannot_hide_behind_unusual_spelling(rows):
    sheet = read(making.xlsx(making.worksheet(rows))).sheets[0]
    assert sheet.is_formula(2, 1)
    assert not sheet.is_formula(1, 0)
    assert sheet.hidden_rows == {2}


def test_a_sheet_with_prefixed_names_is_read_the_slower_way():
    plain = making.worksheet(ROWS)
    prefixed = plain.replace("<", "<x:").replace("<x:/", "</x:").replace("<x:?xml", "<?xml")
    prefixed = prefixed.replace("xmlns=", "xmlns:x=")
    book, ruling = read_workbook(making.xlsx(prefixed))
    assert ruling.allowed
    assert book.sheets[0].is_formula(2, 1)


def test_formulas_of_a_drop_down_list_are_no_cells():
    after = "<dataValidations><dataValidation><formula1>A1</formula1></dataValidation></dataValidations>"
    sheet = read(making.xlsx(making.worksheet(ROWS, after=after))).sheets[0]
    assert len(sheet.formulas) == 1


@pytest.mark.parametrize(
    ("encoding", "mark"),
    [
        ("utf-8", b""),
        ("utf-8", b"\xef\xbb\xbf"),
        ("gbk", b""),
        ("gb18030", b""),
        ("utf-16-le", b"\xff\xfe"),
        ("utf-16-be", b"\xfe\xff"),
        ("utf-16-le", b""),
        ("utf-16-be", b""),
    ],
)
def test_the_encoding_of_a_csv_is_found_by_trial(encoding, mark):
    text = "日期,摘要,金额\r\n2026-10-03,“停车费”,12.00\r\n"
    sheet = read(mark + text.encode(encoding), name="对账单.csv").sheets[0]
    assert sheet.name == "对账单"
    assert sheet.rows == [["日期", "摘要", "金额"], ["2026-10-03", "“停车费”", "12.00"]]


@pytest.mark.parametrize("separator", [",", ";", "\t", "|"])
def test_the_separator_of_a_csv_is_found_by_trial(separator):
    lines = ["某银行明细", separator.join(["日期", "摘要", "金额"]), separator.join("abc")]
    book = read("\n".join(lines).encode())
    assert book.separator == separator
    assert book.sheets[0].rows[2] == ["a", "b", "c"]


def test_a_given_encoding_is_taken_at_its_word():
    text = "日期,金额\n"
    assert read(text.encode("gbk"), encoding="GBK").encoding == "gb18030"
    assert "utf-8" in refusal(text.encode("gbk"), encoding="utf-8")
    assert "unicode_escape" in refusal(text.encode(), encoding="unicode_escape")


def test_a_mark_that_never_closes_does_not_swallow_the_rest():
    lines = ['a,"b,c'] + [f"{n},x,y" for n in range(100)]
    assert len(read("\n".join(lines).encode()).sheets[0].rows) == 101
    short = 'a,b\n1,"2\n3,4\n'
    assert len(read(short.encode()).sheets[0].rows) == 3


def test_figures_kept_as_text_lose_their_wrapping_and_other_formulas_are_seen():
    sheet = read(b'a,b\n"=""00123""",=1+1\n-5,+6\n').sheets[0]
    assert sheet.value(2, 0) == "00123"
    assert not sheet.is_formula(2, 0)
    assert sheet.is_formula(2, 1)
    assert not sheet.is_formula(3, 0)


def test_an_xls_is_read_with_its_formulas_and_hidden_rows():
    row = making.record(0x0208, struct.pack("<HHHHHHHH", 1, 0, 2, 0, 0, 0, 0x20, 0))
    column = making.record(0x007D, struct.pack("<6H", 1, 1, 0, 0, 1, 0))
    book = read(making.xls(column + row + making.number(1, 0, 12.5) + making.formula(2, 1, 25.0)))
    sheet = book.sheets[0]
    assert (book.kind, sheet.name, sheet.value(1, 0), sheet.value(2, 1)) == ("xls", "账", 12.5, 25)
    assert sheet.is_formula(2, 1)
    assert (sheet.hidden_rows, sheet.hidden_columns) == ({2}, {1})


def test_locked_files_ask_for_the_password_to_be_taken_off():
    assert "密码" in refusal(making.compound(EncryptedPackage=b"x", EncryptionInfo=b"y"))
    assert "密码" in refusal(making.xls(making.number(1, 0, 1), locked=True))


@pytest.mark.parametrize(
    ("data", "word"),
    [
        (b"", "空"),
        (b"\r\n  \n", "空"),
        (b"%PDF-1.7 ...", "PDF"),
        (b"\x89PNG\r\n\x1a\n" + bytes(50), "图片"),
        (b"\xff\xd8\xff\xe0" + bytes(50), "图片"),
        (b"Rar!\x1a\x07\x00" + bytes(50), "压缩包"),
        (b"MZ\x90\x00" + bytes(50), "不是表格"),
        (b"<html><table><tr><td>1</td></tr></table></html>", "网页"),
        (b'\xef\xbb\xbf<?xml version="1.0"?><Workbook/>', "网页"),
        (making.compound(WordDocument=b"x"), "Word"),
        (making.zipped({"word/document.xml": "<w/>"}), "Word"),
        (making.zipped({"xl/workbook.bin": b"1"}), "xlsb"),
        (making.zipped({"content.xml": "<c/>"}), "ods"),
        (making.zipped({"a.txt": "1"}), "解压"),
        (bytes(range(256)) * 8, "编码"),
        (b"PK\x03\x04" + bytes(100), "损坏"),
    ],
)
def test_what_is_no_spreadsheet_is_named_for_what_it_is(data, word):
    assert word in refusal(data)


def test_a_file_that_was_cut_off_is_called_damaged(ledger):
    assert "损坏" in refusal(ledger[: len(ledger) // 2])
    old = making.xls(making.number(1, 0, 1))
    assert "损坏" in refusal(old[:2000])


ONE = making.worksheet('<row r="1"><c r="A1"><v>1</v></c></row>')
ENTITY = '<!DOCTYPE w [<!ENTITY a "aaaaaaaaaa"><!ENTITY b "&a;&a;&a;">]>'


def two_corners(row, column):
    far = f'<row r="{row}"><c r="{column}{row}"><v>1</v></c></row></sheetData>'
    return making.xlsx(ONE.replace("</sheetData>", far))


BOMBS = {
    "packs too well": lambda: making.xlsx(b"<worksheet><sheetData>" + b"0" * (60 * 2**20)),
    "endless row": lambda: making.xlsx(ONE + "".join(map(str, range(2_000_000)))),
    "entities in a sheet": lambda: making.xlsx(ONE.replace("<worksheet", ENTITY + "<worksheet")),
    "entities in the list": lambda: making.xlsx(ONE, extra={"xl/workbook.xml": ENTITY + "<w/>"}),
    "rows beyond the limit": lambda: two_corners(900_000, "A"),
    "columns beyond the limit": lambda: two_corners(2, "XFD"),
    "a rectangle too large": lambda: two_corners(190_000, "NN"),
    "texts too large": lambda: making.xlsx(
        ONE, extra={"xl/sharedStrings.xml": "".join(f"<si>{n}</si>" for n in range(5_000_000))}
    ),
    "two far cells in an xls": lambda: making.xls(
        making.number(1, 0, 1) + making.number(65536, 255, 1)
    ),
    "an xls that spans from its end to its beginning": lambda: making.xls(
        making.record(0x0200, struct.pack("<LLHHH", 17664, 10, 0, 11, 0)) + making.number(1, 0, 1)
    ),
    "an xls that spans more than there can be": lambda: making.xls(
        making.record(0x0200, struct.pack("<LLHHH", 0, 2**31, 0, 11, 0)) + making.number(1, 0, 1)
    ),
    "an xls of more texts than bytes": lambda: making.xls(making.number(1, 0, 1), texts=2**31 - 1),
    "an array over everything": lambda: making.xlsx(
        ONE.replace("<v>1", '<f t="array" ref="A1:XFD1048576">1</f><v>1')
    ),
    "UTF-16 inside": lambda: making.xlsx(ONE.encode("utf-16")),
    "another workbook behind the first": lambda: making.xlsx(ONE, extra=behind()),
}


def behind():
    """A second workbook, to which the package points while the first looks harmless."""
    second = making.parts(making.worksheet(ROWS))
    moved = {name.replace("xl/", "other/"): part for name, part in second.items()}
    moved["_rels/.rels"] = second["_rels/.rels"].replace("xl/", "other/")
    return moved


@pytest.mark.parametrize("name", list(BOMBS))
def test_a_bomb_is_refused_quickly_and_in_little_memory(name):
    data = BOMBS[name]()
    tracemalloc.start()
    begun = time.process_time()
    try:
        assert refusal(data)
        assert tracemalloc.get_traced_memory()[1] < 200 * 2**20
    finally:
        tracemalloc.stop()
    assert time.process_time() - begun < 10


def test_sizes_that_lie_are_found_out():
    honest = making.xlsx(making.worksheet(ROWS + " " * 5000))
    with zipfile.ZipFile(io.BytesIO(honest)) as archive:
        part = archive.getinfo("xl/worksheets/sheet1.xml")
    true = struct.pack("<L", part.file_size)
    for size in (part.file_size - 4000, part.file_size + 4000):
        lying = honest.replace(true, struct.pack("<L", size))
        assert lying != honest
        with pytest.raises(Refused):
            list(Package(lying, LIMITS).chunks("xl/worksheets/sheet1.xml"))
        assert refusal(lying)
    spoiled = honest.replace(struct.pack("<L", part.CRC), struct.pack("<L", part.CRC ^ 1))
    with pytest.raises(Refused):
        list(Package(spoiled, LIMITS).chunks("xl/worksheets/sheet1.xml"))


def test_a_part_named_twice_is_refused():
    honest = making.xlsx(making.worksheet(ROWS))
    with pytest.warns(UserWarning), zipfile.ZipFile(buffer := io.BytesIO(honest), "a") as archive:
        archive.writestr("xl/worksheets/sheet1.xml", making.worksheet(""))
    assert "异常" in refusal(buffer.getvalue())
    with zipfile.ZipFile(buffer := io.BytesIO(honest), "a") as archive:
        archive.writestr("XL/Worksheets/Sheet1.xml", making.worksheet(""))
    assert "异常" in refusal(buffer.getvalue())


def test_limits_are_said_with_their_number():
    small = Limits(file_bytes=2000, rows=3, columns=3, cells=6, sheets=1)
    assert "MB" in refusal(b"a,b\n" * 1000, limits=small)
    assert "3 行" in refusal(b"a\n" * 4, limits=small)
    assert "3 列" in refusal(b"a,b,c,d\n", limits=small)
    assert "6 个单元格" in refusal(b"a,b,c\n" * 3, limits=small)
    sheet = making.worksheet('<row r="1"><c r="A1"><v>1</v></c></row>')
    assert "1 张" in refusal(making.xlsx(sheet, sheet), limits=small)


def test_column_letters_and_numbers_are_inverse():
    for column in (0, 25, 26, 701, 702, 16383):
        assert column_number(column_letter(column)) == column


@settings(max_examples=150, deadline=None)
@given(
    st.binary(max_size=400),
    st.sampled_from([b"", b"PK\x03\x04", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"]),
)
def test_any_bytes_give_a_workbook_or_a_reason(data, magic):
    book, ruling = read_workbook(magic + data)
    assert (book is None) == (not ruling.allowed)


@settings(max_examples=100, deadline=None)
@given(st.data())
def test_a_spreadsheet_with_flipped_bytes_gives_a_workbook_or_a_reason(ledger, data):
    which = data.draw(st.sampled_from([ledger, making.xls(making.formula(2, 1, 25.0))]))
    spoiled = bytearray(which)
    for _turn in range(data.draw(st.integers(1, 6))):
        spoiled[data.draw(st.integers(0, len(spoiled) - 1))] = data.draw(st.integers(0, 255))
    book, ruling = read_workbook(bytes(spoiled))
    assert (book is None) == (not ruling.allowed)
