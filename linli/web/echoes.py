"""What a form says back while it is filled in: an amount in capitals, a day in words."""

from __future__ import annotations

from datetime import date

from linli.kernel.money import capitals, parse_yuan
from linli.web import days


def capitals_of(text: str) -> str:
    """The capitals of an amount as typed; "" while it is not an amount."""
    fen, _ruling = parse_yuan(text)
    return "" if fen is None else capitals(fen)


def day_of(text: str) -> str:
    """2026-10-01 → 星期四 · 节假日; "" while it is not a day."""
    try:
        return days.said(date.fromisoformat(text))
    except ValueError:
        return ""
