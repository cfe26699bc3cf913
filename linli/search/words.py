"""What somebody types into a search, and the pinyin initials it may be meant by."""

from __future__ import annotations

import re
import unicodedata
from functools import lru_cache

LONGEST = 64


@lru_cache(maxsize=4096)
def initials(text: str) -> str:
    """Pinyin initials of a name: 碧海家园 → bhjy; other letters stay."""
    from pypinyin import Style, lazy_pinyin  # its tables are large: loaded when first needed

    return plain("".join(lazy_pinyin(text, style=Style.FIRST_LETTER)))[:LONGEST]


def plain(text: str) -> str:
    """The Latin letters and figures of a text alone, in small letters."""
    return re.sub(r"[^a-z0-9]", "", text.lower())


def latin(text: str) -> str:
    """`plain` of a text that may mean initials, a code or a number; "" of any other."""
    return plain(text) if re.fullmatch(r"[A-Za-z0-9 ._/-]+", text) else ""


def tidy(text: str) -> str:
    """What was typed, without the accidents of an input method: full-width forms, spaces."""
    kept = "".join(c for c in unicodedata.normalize("NFKC", text) if c.isprintable() or c == " ")
    return " ".join(kept.split())[:LONGEST]
