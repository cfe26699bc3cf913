"""Files made in memory for the tests: zips, compound files, worksheets written by hand."""

from __future__ import annotations

import io
import struct
import zipfile

NAMESPACE = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
RELATIONS = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
_PACKAGE = "http://schemas.openxmlformats.org/package/2006/relationships"


def worksheet(rows: str, *, before: str = "", after: str = "") -> str:
    return (
        f'<?xml version="1.0" encoding="UTF-8"?><worksheet xmlns="{NAMESPACE}">{before}'
        f"<sheetData>{rows}</sheetData>{after}</worksheet>"
    )


def xlsx(*sheets: str | bytes, extra: dict[str, str | bytes] | None = None) -> bytes:
    """An .xlsx around worksheets given as XML; `extra` replaces or adds parts."""
    return zipped(parts(*sheets) | (extra or {}))


def parts(*sheets: str | bytes) -> dict[str, str | bytes]:
    """The parts of an .xlsx by name."""
    listed = "".join(
        f'<sheet name="表{n}" sheetId="{n}" r:id="rId{n}"/>' for n in range(1, len(sheets) + 1)
    )
    relations = "".join(
        f'<Relationship Id="rId{n}" Type="{RELATIONS}/worksheet" Target="worksheets/sheet{n}.xml"/>'
        for n in range(1, len(sheets) + 1)
    )
    found: dict[str, str | bytes] = {
        "[Content_Types].xml": '<Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types"/>',
        "_rels/.rels": f'<Relationships xmlns="{_PACKAGE}"><Relationship Id="rId1" Type="{RELATIONS}/officeDocument" Target="xl/workbook.xml"/></Relationships>',
        "xl/workbook.xml": f'<workbook xmlns="{NAMESPACE}" xmlns:r="{RELATIONS}"><sheets>{listed}</sheets></workbook>',
        "xl/_rels/workbook.xml.rels": f'<Relationships xmlns="{_PACKAGE}">{relations}</Relationships>',
    }
    for number, sheet in enumerate(sheets, start=1):
        found[f"xl/worksheets/sheet{number}.xml"] = sheet
    return found


def zipped(parts: dict[str, str | bytes]) -> bytes:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in parts.items():
            archive.writestr(name, content)
    return buffer.getvalue()


def compound(**streams: bytes) -> bytes:
    """A compound file with these streams, each padded to at least 4096 bytes."""
    names = list(streams)
    contents = [data.ljust(4096, b"\0") for data in streams.values()]
    directory_sectors = -(-(len(names) + 1) // 4)
    table = [0xFFFFFFFD]  # Sector 0 holds the table itself.
    starts = []
    for size in [directory_sectors, *(-(-len(data) // 512) for data in contents)]:
        starts.append(len(table))
        table += [*range(len(table) + 1, len(table) + size), 0xFFFFFFFE]
    assert len(table) <= 128
    header = bytearray(512)
    header[:8] = bytes.fromhex("d0cf11e0a1b11ae1")
    struct.pack_into("<HHHHH", header, 24, 0x3E, 3, 0xFFFE, 9, 6)
    struct.pack_into("<LLLLLL", header, 44, 1, starts[0], 0, 4096, 0xFFFFFFFE, 0)
    struct.pack_into("<LL", header, 68, 0xFFFFFFFE, 0)
    struct.pack_into("<109L", header, 76, 0, *[0xFFFFFFFF] * 108)
    entries = _entry("Root Entry", 5, 0xFFFFFFFE, 0)
    for name, data, start in zip(names, contents, starts[1:], strict=True):
        entries += _entry(name, 2, start, len(data))
    body = struct.pack("<128L", *table, *[0xFFFFFFFF] * (128 - len(table)))
    body += entries.ljust(directory_sectors * 512, b"\0")
    for data in contents:
        body += data.ljust(-(-len(data) // 512) * 512, b"\0")
    return bytes(header) + body


def _entry(name: str, kind: int, start: int, size: int) -> bytes:
    entry = bytearray(128)
    text = name.encode("utf-16-le")
    entry[: len(text)] = text
    children = (0xFFFFFFFF, 0xFFFFFFFF, 1 if kind == 5 else 0xFFFFFFFF)
    struct.pack_into("<HBB3L", entry, 64, len(text) + 2, kind, 1, *children)
    struct.pack_into("<LL", entry, 116, start, size)
    return bytes(entry)


def record(kind: int, data: bytes = b"") -> bytes:
    return struct.pack("<HH", kind, len(data)) + data


def xls(cells: bytes, *, locked: bool = False, hidden: bool = False, texts: int = -1) -> bytes:
    """An .xls of one sheet 账 holding the given records. `texts`: how many texts its table claims,
    which holds none."""
    begin = record(0x0809, struct.pack("<HHHHLL", 0x0600, 0x0005, 0, 0, 0, 0))
    lock = record(0x002F, bytes(6)) if locked else b""
    bounds = struct.pack("<LBBBB", 0, int(hidden), 0, 1, 1) + "账".encode("utf-16-le")
    if texts >= 0:
        lock += record(0x00FC, struct.pack("<LL", texts, texts))
    place = len(begin) + len(lock) + 4 + len(bounds) + 4
    bounds = struct.pack("<L", place) + bounds[4:]
    sheet = record(0x0809, struct.pack("<HHHHLL", 0x0600, 0x0010, 0, 0, 0, 0)) + cells
    book = begin + lock + record(0x0085, bounds) + record(0x000A) + sheet + record(0x000A)
    return compound(Workbook=book)


def number(row: int, column: int, value: float) -> bytes:
    return record(0x0203, struct.pack("<HHHd", row - 1, column, 0, value))


def formula(row: int, column: int, value: float) -> bytes:
    return record(0x0006, struct.pack("<HHHdHLH", row - 1, column, 0, value, 0, 0, 0))
