"""Invented papers as pictures: what a clerk would have photographed."""

from __future__ import annotations

import io
from datetime import date
from pathlib import Path

from PIL import Image, ImageDraw, ImageFont

from linli import prints

FONT = Path(prints.__file__).parent / "fonts" / "NotoSansSC-Regular.ttf"
PAPER, INK, SEAL = (251, 248, 240), (40, 38, 34), (178, 44, 30)


def paper(title: str, lines: list[str], *, on: date, stamp: str) -> bytes:
    """A PNG of a paper with a title, some lines, a day and a round stamp."""
    image = Image.new("RGB", (640, 420), PAPER)
    draw = ImageDraw.Draw(image)
    draw.rectangle((18, 18, 622, 402), outline=INK, width=2)
    draw.text((320, 48), title, INK, font=_font(28), anchor="mm")
    for n, line in enumerate(lines):
        draw.text((48, 100 + n * 38), line, INK, font=_font(20))
        draw.line((48, 130 + n * 38, 592, 130 + n * 38), fill=(200, 194, 180))
    draw.text((48, 350), f"{on:%Y-%m-%d}", INK, font=_font(18))
    draw.ellipse((460, 270, 590, 400), outline=SEAL, width=4)
    draw.text((525, 335), stamp, SEAL, font=_font(18), anchor="mm")
    out = io.BytesIO()
    image.quantize(16).save(out, "PNG", optimize=True)
    return out.getvalue()


def _font(size: int) -> ImageFont.FreeTypeFont | ImageFont.ImageFont:
    if FONT.is_file():
        return ImageFont.truetype(str(FONT), size)
    return ImageFont.load_default(size)
