"""What may be kept as a paper. No database."""

import pytest

from linli.files import rules
from tests.samples import DOCX, OFD, OLE, PDF, XLSX, picture, zipped


@pytest.mark.parametrize(
    ("data", "kind"),
    [
        (PDF, rules.PDF),
        (picture("PNG"), rules.PNG),
        (picture("JPEG"), rules.JPEG),
        (picture("WEBP"), rules.WEBP),
        (picture("GIF"), rules.GIF),
        (XLSX, rules.XLSX),
        (DOCX, rules.DOCX),
        (OFD, rules.OFD),
        (OLE, rules.OLE),
        ("日期,金额\n10-03,800.00\n".encode(), rules.TEXT),
        ("日期,金额\n10-03,800.00\n".encode("gb18030"), rules.TEXT),
        (b"\n<svg onload=alert(1)>", None),
        (b"<html>", None),
        (b"\xef\xbb\xbf <!doctype html>", None),
        (b"MZ\x90\x00", None),
        (b"#!/bin/sh\x00", None),
        (zipped("a.txt"), None),
        (zipped("[Content_Types].xml", "xl/workbook.xml", "xl/vbaProject.bin"), None),
        (b"PK\x03\x04 but no zip", None),
        (b"junk %PDF-1.7", rules.TEXT),
    ],
)
def test_a_file_is_what_its_bytes_say(data, kind):
    assert rules.recognise(data) == kind


@pytest.mark.parametrize(
    ("name", "kind", "clean"),
    [
        ("收据 10月.PDF", rules.PDF, "收据 10月.PDF"),
        ("../../etc/passwd", rules.TEXT, "passwd.txt"),
        ("C:\\票据\\a.jpg", rules.JPEG, "a.jpg"),
        ("gpj\u202e.exe\n.pdf", rules.PDF, "gpj.exe.pdf"),
        ("扫描件", rules.PDF, "扫描件.pdf"),
        ("x" * 300 + ".pdf", rules.PDF, "x" * 110 + ".pdf"),
        (".pdf", rules.PDF, "pdf.pdf"),
    ],
)
def test_names_lose_paths_and_what_cannot_be_seen(name, kind, clean):
    assert rules.clean_name(name, kind) == clean


@pytest.mark.parametrize(
    ("name", "size", "kind", "refusals"),
    [
        ("a.pdf", 100, rules.PDF, 0),
        ("a", 100, rules.PDF, 0),
        ("a.jpg", 100, rules.PDF, 1),
        ("a.pdf", 0, rules.PDF, 1),
        ("a.exe", 100, None, 1),
        ("a.jpg", rules.LARGEST + 1, rules.PDF, 2),
        ("a.PDF", rules.LARGEST, rules.PDF, 0),
    ],
)
def test_all_that_is_wrong_with_a_file_comes_at_once(name, size, kind, refusals):
    assert len(rules.may_keep(name=name, size=size, kind=kind).reasons) == refusals
