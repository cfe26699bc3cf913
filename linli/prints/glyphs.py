"""Text made safe for paper: only what the typefaces can show and what a reader can see.

Control characters, direction marks and other invisible signs are dropped, since they can make a
figure read otherwise than it is. A character that no typeface of ours has becomes 〓, the mark that
compositors leave for a missing type, and the paper says so at its foot.
"""

from __future__ import annotations

import re
import struct
import unicodedata
from functools import cache
from pathlib import Path

MISSING = "〓"

_LONG_RUN = re.compile(r"[!-~]{25,}")
_PIECE = re.compile(r"[!-~]{10}(?=[!-~])")
_BREAK = "\u200b"


@cache
def covered(font: Path) -> frozenset[int]:
    """The code points for which a TrueType file has a glyph. Raises ValueError if it has none."""
    data = font.read_bytes()
    for i in range(struct.unpack_from(">H", data, 4)[0]):
        tag, _sum, offset, _length = struct.unpack_from(">4sLLL", data, 12 + 16 * i)
        if tag == b"cmap":
            return _full_table(data, offset)
    raise ValueError(f"{font.name} has no character map")


def _full_table(data: bytes, cmap: int) -> frozenset[int]:
    for i in range(struct.unpack_from(">H", data, cmap + 2)[0]):
        at = cmap + struct.unpack_from(">L", data, cmap + 8 + 8 * i)[0]
        if struct.unpack_from(">H", data, at)[0] == 12:
            groups = struct.unpack_from(">L", data, at + 12)[0]
            spans = (struct.unpack_from(">LLL", data, at + 16 + 12 * g) for g in range(groups))
            return frozenset(p for first, last, _glyph in spans for p in range(first, last + 1))
    raise ValueError("the typeface has no full character map")


class Cleaner(dict[int, str | int | None]):
    """A translation table that learns each character once; see `clean`."""

    def __init__(self, shown: frozenset[int]) -> None:
        super().__init__()
        self.shown = shown

    def __missing__(self, point: int) -> str | int | None:
        self[point] = answer = self._judge(point)
        return answer

    def _judge(self, point: int) -> str | int | None:
        kind = unicodedata.category(chr(point))
        if chr(point) in "\t\n\r\x0b\x0c\x85" or kind in ("Zl", "Zp"):
            return " "
        variation = 0xFE00 <= point <= 0xFE0F or 0xE0100 <= point <= 0xE01EF
        if kind in ("Cc", "Cf") or variation:
            return None
        if kind in ("Cs", "Co", "Cn"):
            return MISSING
        return point if point in self.shown else MISSING

    def clean(self, text: str) -> str:
        """The text as it can stand on paper, in NFC; long unbroken runs may break."""
        text = unicodedata.normalize("NFC", text).translate(self)
        return _LONG_RUN.sub(lambda run: _PIECE.sub(rf"\g<0>{_BREAK}", run[0]), text)
