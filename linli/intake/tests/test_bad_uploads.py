"""What people upload by mistake, or to do harm: a clear refusal, and nothing half done."""

from __future__ import annotations

import io
import re
import struct
import zipfile

import openpyxl
import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse

from linli.bank.models import Statement
from linli.files.models import File
from linli.files.rules import LARGEST
from linli.intake.models import Upload
from linli.intake.tests.conftest import BANK, SHEET
from linli.intake.tests.test_wizard import at, confirm, post, said, send
from linli.ledger.models import Entry
from linli.sheets.model import column_letter

pytestmark = pytest.mark.django_db
HEADINGS = [
    "日期",
    "凭证号",
    "资金来源",
    "类别",
    "对方单位",
    "摘要",
    "收入",
    "支出",
    "结余",
    "备注",
]


def workbook(rows, *, headings=HEADINGS):
    book = openpyxl.Workbook()
    book.active.append(headings)
    for row in rows:
        book.active.append(row)
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


def row(day="2026-09-02", number="记-1", income="100", expense="", summary="停车费", balance=""):
    return [
        day,
        number,
        "公共收益",
        "停车场地使用费",
        "业主",
        summary,
        income,
        expense,
        balance,
        "",
    ]


def bomb():
    """An .xlsx whose sheet unpacks to half a gigabyte."""
    out = io.BytesIO()
    with (
        zipfile.ZipFile(io.BytesIO(workbook([row()]))) as good,
        zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as bad,
    ):
        for name in good.namelist():
            if name.endswith("sheet1.xml"):
                with bad.open(name, "w", force_zip64=True) as part:
                    part.write(b"<worksheet><sheetData>")
                    for _n in range(512):
                        part.write(b" " * 2**20)
            else:
                bad.writestr(name, good.read(name))
    return out.getvalue()


def entities():
    """An .xlsx whose sheet defines entities that grow."""
    out = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(workbook([row()]))) as good, zipfile.ZipFile(out, "w") as bad:
        for name in good.namelist():
            data = good.read(name)
            if name.endswith("sheet1.xml"):
                data = b'<!DOCTYPE x [<!ENTITY a "aaaaaaaa">]>' + data
            bad.writestr(name, data)
    return out.getvalue()


def locked():
    """The head of a compound file with an encrypted package, as Excel writes it."""
    sector = 512
    head = bytearray(b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1".ljust(sector, b"\0"))
    struct.pack_into("<HHHHH", head, 24, 0x3E, 3, 0xFFFE, 9, 6)
    struct.pack_into("<IIIIIIIII", head, 40, 0, 1, 1, 0, 4096, 0xFFFFFFFE, 0, 0xFFFFFFFE, 0)
    struct.pack_into("<109I", head, 76, 0, *[0xFFFFFFFF] * 108)
    fat = struct.pack("<128I", 0xFFFFFFFD, 0xFFFFFFFE, *[0xFFFFFFFF] * 126)
    entries = b""
    names = (("Root Entry", 5, 1), ("EncryptionInfo", 2, 2), ("EncryptedPackage", 2, 0xFFFFFFFF))
    for name, kind, child in names:
        text = name.encode("utf-16-le")
        entries += (
            text.ljust(64, b"\0")
            + struct.pack("<HBB", len(text) + 2, kind, 1)
            + struct.pack(
                "<III", 0xFFFFFFFF, 2 if child == 2 else 0xFFFFFFFF, 1 if kind == 5 else 0xFFFFFFFF
            )
            + bytes(36)
            + struct.pack("<IQ", 0xFFFFFFFE, 0)
        )
    return bytes(head) + fat + entries.ljust(sector, b"\0")


def macros():
    out = io.BytesIO(workbook([row()]))
    with zipfile.ZipFile(out, "a") as book:
        book.writestr("xl/vbaProject.bin", b"Sub Auto_Open()")
    return out.getvalue()


WRONG = {
    "an empty file": ("空.xlsx", lambda: b"", "文件是空的"),
    "a locked workbook": ("密.xlsx", locked, "文件设有打开密码"),
    "a damaged workbook": ("坏.xlsx", lambda: SHEET.read_bytes()[:3000], "文件已损坏"),
    "a bomb": ("炸.xlsx", bomb, "文件展开后超过 400 MB"),
    "entities": ("实体.xlsx", entities, "文件的内部结构异常"),
    "macros": ("宏.xlsm", macros, "文件带有宏"),
    "a PDF": ("单.xlsx", lambda: b"%PDF-1.7\n%\xe2\xe3", "这是 PDF，不是表格"),
    "a picture": ("照片.xlsx", lambda: b"\x89PNG\r\n\x1a\n" + bytes(64), "这是图片，不是表格"),
    "an archive": ("账.rar", lambda: b"Rar!\x1a\x07\x00" + bytes(64), "这是压缩包"),
    "a web page": ("账.xls", lambda: b"<html><table><tr><td>1</td></tr></table>", "网页格式"),
    "UTF-16": ("账.txt", lambda: "日期\t收入\n2026-09-01\t1\n".encode("utf-16"), "UTF-16"),
    "no text at all": ("账.csv", lambda: bytes(range(256)) * 8, "认不出文件的文字编码"),
    "too large a file": ("大.csv", lambda: b"a,b\n" * (LARGEST // 4 + 1), "超过20 MB"),
}


@pytest.mark.parametrize("kind", ["ledger", "bank"])
@pytest.mark.parametrize("what", list(WRONG))
def test_a_file_that_cannot_be_read_is_refused_in_words_and_not_kept(desk, client, what, kind):
    name, made, words = WRONG[what]
    file = SimpleUploadedFile(name, made())
    answer = client.post(reverse(f"intake:new_{kind}", args=[desk.book.code]), {"file": file})
    page = said(answer, 422)
    assert words in page, re.sub(r"(<[^>]*>|\s)+", " ", page.partition("<main")[2])[:800]
    assert not Upload.objects.exists() and not File.objects.exists()


def test_no_file_at_all_is_asked_for(desk, client):
    answer = client.post(reverse("intake:new_ledger", args=[desk.book.code]))
    assert 'aria-invalid="true"' in said(answer, 422)


@pytest.mark.parametrize(
    ("cell", "field"),
    [("G3", "收入"), ("A3", "日期")],
)
def test_a_formula_for_a_day_or_an_amount_is_told_with_row_and_field(desk, client, cell, field):
    book = openpyxl.load_workbook(io.BytesIO(workbook([row(), row(number="记-2")])))
    book.active[cell] = "=1+1"
    out = io.BytesIO()
    book.save(out)
    said(send(client, desk.book, SHEET, data=out.getvalue()))
    page = said(confirm(client, Upload.objects.get()))
    assert "第 3 行" in page and "单元格是公式" in page and field in page
    assert "全部导入" not in page and not Entry.objects.exists()


AMOUNTS = {
    "12.345": "最多两位小数",
    "1e5": "",
    "abc": "",
    "9" * 20: "",
    "-5": "收入不能为负数",
    "１２３，４５６．７８９": "",
}


@pytest.mark.parametrize("amount", list(AMOUNTS))
def test_an_amount_that_is_none_is_refused_never_rounded(desk, client, amount):
    data = workbook([row(), row(number="记-2", income=amount)])
    said(send(client, desk.book, SHEET, data=data))
    page = said(confirm(client, Upload.objects.get()))
    assert "第 3 行" in page and AMOUNTS[amount] in page
    assert "全部改好才能导入" in post(client, Upload.objects.get(), status=409)
    assert not Entry.objects.exists()


def test_a_row_dated_tomorrow_and_a_sealed_month_are_refused_with_their_rows(desk, client):
    data = workbook([row(), row(day="2099-01-01", number="记-2")])
    said(send(client, desk.book, SHEET, data=data))
    page = said(confirm(client, Upload.objects.get()))
    assert "第 3 行" in page and "还没有到" in page
    post(client, Upload.objects.get(), status=409)
    assert not Entry.objects.exists()


def test_one_voucher_number_with_two_contents_is_told_on_both_sides(desk, client):
    data = workbook([row(), row(number="记-2"), row(income="200")])
    said(send(client, desk.book, SHEET, data=data))
    page = said(confirm(client, Upload.objects.get()))
    assert "第 4 行" in page and "已在“Sheet”第 2 行用过，内容不同" in page


def test_a_gbk_csv_with_the_suffix_of_excel_is_read_as_what_it_is(desk, client):
    text = ",".join(HEADINGS) + "\n" + ",".join(row()) + "\n"
    page = said(send(client, desk.book, SHEET, name="明细.xls", data=text.encode("gbk")))
    assert "停车费" in page
    upload = Upload.objects.get()
    assert upload.name == "明细.xls" and upload.file.name == "明细.csv"
    said(confirm(client, upload))
    post(client, upload)
    assert Entry.objects.get(kind="import").wording.summary == "停车费"


def test_what_a_sheet_says_is_shown_as_text_and_written_out_guarded(desk, client):
    nasty = "<script>alert(1)</script>"
    data = workbook(
        [row(summary=nasty), row(number="记-2", income="x", summary="=cmd|' /C calc'!A0")]
    )
    said(send(client, desk.book, SHEET, name=f"{nasty}.xlsx", data=data))
    page = said(client.get(at("mapping", Upload.objects.get())))
    page += said(confirm(client, Upload.objects.get()))
    assert nasty not in page and "&lt;script&gt;" in page
    answer = client.get(at("bad", Upload.objects.get()))
    cells = [c for r in openpyxl.load_workbook(io.BytesIO(answer.content)).active for c in r]
    assert not [c for c in cells if c.data_type == "f"]


def test_a_sheet_wider_than_any_page_is_refused(desk, client):
    data = workbook([], headings=[f"栏{column_letter(n)}" for n in range(500)])
    file = SimpleUploadedFile("宽.xlsx", data)
    answer = client.post(reverse("intake:new_ledger", args=[desk.book.code]), {"file": file})
    assert "超过 400 列" in said(answer, 422)


@pytest.mark.parametrize("kind", ["ledger", "bank"])
def test_a_hundred_thousand_pasted_rows_are_counted_and_told_to_be_parted(desk, client, kind):
    line = ",".join(row()).replace("记-1", "记-{n}")
    text = "\n".join([",".join(HEADINGS), *(line.format(n=n) for n in range(100_000))])
    file = SimpleUploadedFile("大.csv", text.encode())
    answer = client.post(reverse(f"intake:new_{kind}", args=[desk.book.code]), {"file": file})
    page = said(answer, 422)
    assert "100001 行，网页一次最多记 50000 行" in page and f"import-{kind}" in page
    assert not Upload.objects.exists() and not File.objects.exists()


def test_thousands_of_faults_are_counted_but_only_the_first_are_listed(desk, client):
    data = workbook([row(number=f"记-{n}", income="x") for n in range(1200)])
    said(send(client, desk.book, SHEET, data=data))
    page = said(confirm(client, Upload.objects.get()))
    assert "1200" in page and "只列出前 300 处" in page and "第 302 行" not in page
    answer = client.get(at("bad", Upload.objects.get()))
    assert openpyxl.load_workbook(io.BytesIO(answer.content)).active.max_row == 1201


@pytest.mark.parametrize(
    "data", [b"\xff\xfe", b"[ledger", b"[other]\nx = 1", "值 = 1".encode("gbk")]
)
def test_a_mapping_file_that_is_none_is_refused_and_nothing_changes(desk, client, data):
    said(send(client, desk.book, SHEET))
    upload = Upload.objects.get()
    sent = {"act": "toml", "toml": SimpleUploadedFile("m.toml", data or b" ")}
    page = said(client.post(at("mapping", upload), sent), 422)
    assert "映射文件" in page and not Upload.objects.get().mapping


def test_a_sheet_given_as_a_statement_is_told_and_so_is_the_reverse(desk, client):
    page = said(send(client, desk.book, BANK, kind="ledger"))
    page = said(confirm(client, Upload.objects.get()), 422)
    assert "类别" in page
    data = workbook([["说明", "没有表头"]], headings=["a", "b"])
    page = said(send(client, desk.book, SHEET, kind="bank", data=data))
    assert "没有找到表头" in page
    assert not Entry.objects.exists() and not Statement.objects.exists()


def test_posting_without_a_dry_run_is_refused(desk, client):
    said(send(client, desk.book, SHEET))
    page = post(client, Upload.objects.get())
    assert "请先试算" in page and not Entry.objects.exists()


def test_another_account_of_the_book_cannot_take_the_same_file(desk, client):
    from linli.ledger import services as ledger
    from tests.books import NOW

    other = ledger.open_account(
        by=None,
        book=desk.book,
        fund="common",
        name="监管账户",
        holder="supervised",
        tail="1",
        now=NOW,
    )
    said(send(client, desk.book, BANK, kind="bank"))
    upload = Upload.objects.get()
    said(confirm(client, upload))
    post(client, upload)
    page = said(client.post(at("check", upload), {"account": other.pk}, follow=True))
    assert "已作为“业委会专户”的对账单保存" in page
    post(client, upload, status=409)
    assert Statement.objects.count() == 1
