"""How much a spreadsheet may hold before it is opened. Checked on the way in, before unpacking."""

from __future__ import annotations

from dataclasses import dataclass

MEGABYTE = 2**20


@dataclass(frozen=True, slots=True)
class Limits:
    """Ceilings for one uploaded spreadsheet; a test or a small machine may set lower ones."""

    file_bytes: int = 50 * MEGABYTE
    rows: int = 200_000  # Of one sheet, up to its last row that holds a value.
    columns: int = 400
    cells: int = 2_500_000  # Of the whole file; also the rectangle that a sheet spans.
    sheets: int = 200
    merged: int = 200_000  # Merged areas of one sheet.
    parts: int = 4_000  # Files inside an .xlsx.
    unpacked_bytes: int = 400 * MEGABYTE
    strings_bytes: int = 64 * MEGABYTE  # Kept in memory while an .xlsx is read.
    ratio: int = 250  # Unpacked to packed; a sheet of real figures stays far below 100.
    ratio_from_bytes: int = 8 * MEGABYTE  # Small parts may pack as well as they like.
    row_bytes: int = 8 * MEGABYTE


LIMITS = Limits()
