"""What a camera wrote into a photograph: when it was taken, and where."""

from __future__ import annotations

import io
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from PIL import Image, UnidentifiedImageError

from linli.files import queries as files

CHINA = ZoneInfo("Asia/Shanghai")
NOTES, PLACE = 0x8769, 0x8825
TAKEN, OFFSET = 0x9003, 0x9011
"""Numbers by which the standard of such notes (EXIF) calls them."""


@dataclass(frozen=True, slots=True)
class Seen:
    """When a photograph was taken, and where in millionths of a degree; None where it says not."""

    at: datetime | None = None
    lat_e6: int | None = None
    lon_e6: int | None = None


def camera_tells(file: Any) -> Seen:
    """What the camera noted in a kept photograph; what cannot be read was not noted."""
    try:
        with Image.open(io.BytesIO(files.content(file))) as picture:
            notes = picture.getexif()
            inner, place = notes.get_ifd(NOTES), notes.get_ifd(PLACE)
    except (UnidentifiedImageError, OSError, ValueError, SyntaxError, KeyError, TypeError):
        return Seen()
    lat, lon = _degrees(place, 1, 2, "S", 90), _degrees(place, 3, 4, "W", 180)
    if lat is None or lon is None or lat == lon == 0:
        lat = lon = None
    return Seen(_moment(inner), lat, lon)


def _moment(notes: Any) -> datetime | None:
    """Without an offset a camera here shows Beijing time."""
    with suppress(ValueError, TypeError, AttributeError, OverflowError):
        text = str(notes.get(TAKEN) or "")[:19]
        at = datetime.strptime(text, "%Y:%m:%d %H:%M:%S").replace(tzinfo=CHINA)
        offset = str(notes.get(OFFSET) or "")[:6]
        if offset:
            at = datetime.fromisoformat(f"{at:%Y-%m-%dT%H:%M:%S}{offset}")
        return at if at.year >= 2000 else None
    return None


def _degrees(place: Any, side: int, value: int, minus: str, most: int) -> int | None:
    with suppress(
        ValueError, TypeError, AttributeError, KeyError, ZeroDivisionError, OverflowError
    ):
        degree, minute, second = (float(part) for part in place[value])
        found = round((degree + minute / 60 + second / 3600) * 1_000_000)
        if 0 <= found <= most * 1_000_000:
            return -found if str(place.get(side, "")).strip("\x00 ").upper() == minus else found
    return None
