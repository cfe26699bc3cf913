"""Row 5: the files that are sent to pages that take sheets, and what is wrong with each."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Callable
from random import Random

from battery.frame import Size
from linli.intake.tests import conftest as samples
from linli.intake.tests import test_bad_uploads as known
from tests.samples import PDF, picture

Made = Callable[[], bytes]
Case = tuple[str, str, Made]
"""What it is, the file's name, what makes its bytes."""

HEAD = ",".join(known.HEADINGS) + "\n"
LINE = ",".join(known.row()) + "\n"


def _cells(rows: int, columns: int) -> bytes:
    """A workbook of so many small cells, well packed."""
    cells = "".join(f'<c r="{known.column_letter(c)}{{n}}"><v>1</v></c>' for c in range(columns))
    out = io.BytesIO()
    with (
        zipfile.ZipFile(io.BytesIO(known.workbook([known.row()]))) as good,
        zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED, compresslevel=1) as bad,
    ):
        for name in good.namelist():
            if name.endswith("sheet1.xml"):
                with bad.open(name, "w", force_zip64=True) as part:
                    part.write(
                        b'<worksheet xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/'
                        b'main"><sheetData>'
                    )
                    for n in range(1, rows + 1):
                        part.write(f'<row r="{n}">{cells.replace("{n}", str(n))}</row>'.encode())
                    part.write(b"</sheetData></worksheet>")
            else:
                bad.writestr(name, good.read(name))
    return out.getvalue()


def _corners() -> bytes:
    """Two cells at opposite corners of the largest sheet there can be."""
    return _part(
        b'<worksheet xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"><sheetData>'
        b'<row r="1"><c r="A1"><v>1</v></c></row>'
        b'<row r="1048576"><c r="XFD1048576"><v>1</v></c></row></sheetData></worksheet>'
    )


def _part(sheet: bytes) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(known.workbook([known.row()]))) as good:
        with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as bad:
            for name in good.namelist():
                bad.writestr(name, sheet if name.endswith("sheet1.xml") else good.read(name))
    return out.getvalue()


def _laughs() -> bytes:
    """Ten entities, each ten times the one before."""
    names = "abcdefghij"
    told = "".join(
        f'<!ENTITY {b} "{f"&{a};" * 10}">' for a, b in zip(names, names[1:], strict=False)
    )
    return _part(f'<!DOCTYPE x [<!ENTITY a "haha">{told}]><worksheet>&j;</worksheet>'.encode())


def _outside() -> bytes:
    """An entity that reads a file of the machine."""
    return _part(
        b'<!DOCTYPE x [<!ENTITY a SYSTEM "file:///etc/passwd">]><worksheet>&a;</worksheet>'
    )


def _nested() -> bytes:
    out, inner = io.BytesIO(), known.bomb()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as outer:
        for n in range(20):
            outer.writestr(f"{n}.xlsx", inner)
    return out.getvalue()


def _crowd() -> bytes:
    out = io.BytesIO(known.workbook([known.row()]))
    with zipfile.ZipFile(out, "a") as crowded:
        for n in range(20_000):
            crowded.writestr(f"xl/{n}", b"")
    return out.getvalue()


FORMULAS = ("=cmd|' /C calc'!A0", "+1+1", "-1+1", "@SUM(A1)", "\t=1", "\r=1", "=HYPERLINK(1)")


def _formulas() -> bytes:
    return known.workbook([known.row(number=f"记-{n}", summary=s) for n, s in enumerate(FORMULAS)])


def _csv(text: str, encoding: str = "utf-8") -> Made:
    return lambda: text.encode(encoding)


REFUSED: tuple[Case, ...] = (
    *((what, name, made) for what, (name, made, _words) in known.WRONG.items()),
    ("an archive of bombs", "套.xlsx", _nested),
    ("an archive of 20,000 files", "多.xlsx", _crowd),
    ("entities ten times ten", "笑.xlsx", _laughs),
    ("an entity of another file", "外.xlsx", _outside),
    ("two cells at opposite corners", "角.xlsx", _corners),
    ("a sheet of 4.2 million cells", "满.xlsx", lambda: _cells(14_000, 300)),
    ("a picture that is a sheet as well", "图.xlsx", lambda: picture("PNG") + samples.SHEET.read_bytes()),
    ("a PDF that is a sheet as well", "单.pdf", lambda: PDF + samples.SHEET.read_bytes()),
    ("a program", "账.xlsx", lambda: b"MZ\x90\x00" + bytes(4096)),
    ("a page with a script", "账.csv", _csv("<script>alert(1)</script>\n" * 9)),
    ("no heading", "乱.csv", _csv("甲,乙\n1,2\n" * 50)),
)  # fmt: skip
"""What no page can take."""

JUDGED: tuple[Case, ...] = (
    ("a name from right to left", "gpj\u202excod.\u2066exe\u2069.xlsx", lambda: samples.SHEET.read_bytes()),
    ("a name that is a path", "../../../etc/passwd.csv", _csv(HEAD + LINE)),
    ("a name with NUL and line breaks", "a\0b\r\nX: y.csv", _csv(HEAD + LINE)),
    ("a name of 4,000 characters", "长" * 4000 + ".csv", _csv(HEAD + LINE)),
    ("GBK", "国标.csv", _csv(HEAD + LINE, "gb18030")),
    ("GBK that says it is UTF-8", "标.csv", lambda: b"\xef\xbb\xbf" + (HEAD + LINE).encode("gb18030")),
    ("UTF-8 and GBK in turns", "混.csv", lambda: HEAD.encode() + LINE.encode("gb18030") + LINE.encode()),
    ("UTF-8 cut within a character", "断.csv", lambda: (HEAD + LINE).encode()[:-4]),
    ("big-endian UTF-16", "十六.csv", _csv("\ufeff" + HEAD + LINE, "utf-16-be")),
    ("formulas for texts", "公式.xlsx", _formulas),
    ("formulas in a csv", "公式.csv", _csv(HEAD + "".join(LINE.replace("停车费", f) for f in FORMULAS))),
    ("100,000 rows", "十万.csv", lambda: (HEAD + "".join(LINE.replace("记-1", f"记-{n}") for n in range(100_000))).encode()),
    ("one cell of eight million characters", "胖.csv", _csv(HEAD + LINE.replace("停车费", "x" * 8_000_000))),
    ("100,000 columns", "宽.csv", _csv("列," * 100_000 + "\n" + "1," * 100_000)),
    ("quotes that never end", "引.csv", _csv(HEAD + '"' + LINE * 5000)),
    ("texts from right to left and unseen", "向.csv", _csv(HEAD + LINE.replace("停车费", "\u202e停\u200b车\u0301费\ufeff" * 9))),
    ("a sheet of 2.4 million cells", "多.xlsx", lambda: _cells(8_000, 300)),
)  # fmt: skip
"""What a page may take or refuse, as it likes, without harm."""

KINDS = {
    "not whole": ("an empty file", "a locked workbook", "a damaged workbook", "no text at all"),
    "unpacks to too much": ("a bomb", "an archive of bombs", "an archive of 20,000 files"),
    "XML": ("entities", "entities ten times ten", "an entity of another file", "macros"),
    "something else": (
        "a PDF", "a picture", "an archive", "a web page", "a program", "a page with a script", "no heading",
        "a picture that is a sheet as well", "a PDF that is a sheet as well",
    ),
    "too large": (
        "too large a file", "two cells at opposite corners", "a sheet of 4.2 million cells", "100,000 rows",
        "a sheet of 2.4 million cells", "one cell of eight million characters", "100,000 columns",
        "quotes that never end",
    ),
    "names": (
        "a name from right to left", "a name that is a path", "a name with NUL and line breaks",
        "a name of 4,000 characters",
    ),
    "encodings": (
        "UTF-16", "GBK", "GBK that says it is UTF-8", "UTF-8 and GBK in turns", "UTF-8 cut within a character",
        "big-endian UTF-16", "texts from right to left and unseen",
    ),
    "formulas": ("formulas for texts", "formulas in a csv"),
}  # fmt: skip
"""Each file above, by what is wrong with it; of some kinds a CI run sends only a few."""
OF_EACH_KIND = 2


def sent(size: Size) -> list[Case]:
    """All of the files, or two of each kind, the same ones in each run."""
    cases = {case[0]: case for case in (*REFUSED, *JUDGED)}
    if cases.keys() != {what for kind in KINDS.values() for what in kind}:
        raise RuntimeError("a file is of no kind, or a kind names a file that is not there")
    if size.name != "ci":
        return list(cases.values())
    seeded = Random(5)
    chosen = {what for kind in KINDS.values() for what in seeded.sample(kind, OF_EACH_KIND)}
    return [case for what, case in cases.items() if what in chosen]
