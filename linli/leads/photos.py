"""Pictures of a lead: what they come as, and when and where the camera says they were taken."""

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
EXIF, GPS, TAKEN = 0x8769, 0x8825, 0x9003
"""Where in a picture the camera's own notes stand, its position, and when it was taken."""
MILLION = 1_000_000


@dataclass(frozen=True, slots=True, kw_only=True)
class Shot:
    """A picture to be kept with a report: its `content` and `name`, or a file `kept` already.

    `taken_at`, `east`, `north` (millionths of a degree): as the page tells; where it does not,
    the camera's own notes in the picture are read.
    """

    content: Any = b""
    name: str = ""
    kept: Any = None
    taken_at: datetime | None = None
    east: int | None = None
    north: int | None = None


def place_and_time(shot: Shot, file: Any) -> tuple[datetime | None, int | None, int | None]:
    """(when, millionths of a degree east, and north) a picture was taken, as far as is told."""
    told: tuple[datetime | None, int | None, int | None] = (None, None, None)
    if shot.taken_at is None or shot.east is None:
        told = _noted(files.content(file))
    here = (shot.east, shot.north) if None not in (shot.east, shot.north) else told[1:]
    return (shot.taken_at or told[0], *here)


def _noted(content: bytes) -> tuple[datetime | None, int | None, int | None]:
    """What the camera wrote into a picture; None where it wrote nothing that can be read."""
    try:
        with Image.open(io.BytesIO(content)) as picture:
            notes = picture.getexif()
    except (UnidentifiedImageError, OSError, ValueError, SyntaxError):
        return None, None, None
    taken = None
    with suppress(ValueError, TypeError, AttributeError):
        text = str(notes.get_ifd(EXIF).get(TAKEN) or "")
        taken = datetime.strptime(text[:19], "%Y:%m:%d %H:%M:%S").replace(tzinfo=CHINA)
    east = north = None
    with suppress(ValueError, TypeError, AttributeError, KeyError, ZeroDivisionError):
        gps = notes.get_ifd(GPS)
        if gps:
            north = _degrees(gps[2]) * (-1 if gps.get(1) == "S" else 1)
            east = _degrees(gps[4]) * (-1 if gps.get(3) == "W" else 1)
    if east is None or north is None or abs(east) > 180 * MILLION or abs(north) > 90 * MILLION:
        east = north = None
    return taken, east, north


def _degrees(parts: Any) -> int:
    """Degrees, minutes and seconds as millionths of a degree."""
    degrees, minutes, seconds = (float(one) for one in parts)
    return round((degrees + minutes / 60 + seconds / 3600) * MILLION)
