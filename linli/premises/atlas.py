"""Where rooms lie: outlines, grids of buildings and spots, put on one sheet. No database.

A drawing is a sheet of so many units, its origin at the upper left. Where nobody drew the places,
they are laid out as a grid by their codes, so that there is always a map.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

Point = tuple[float, float]
Ring = Sequence[Sequence[int]]
WIDTH = 1000.0
MARGIN = 0.03
PICTURE, OUTLINE, GRID = "picture", "outline", "grid"


@dataclass(frozen=True, slots=True, kw_only=True)
class Shape:
    """A place on the sheet. `kind`: street, community, estate or building."""

    code: str
    name: str
    kind: str
    ring: tuple[Point, ...]
    href: str = ""

    @property
    def centre(self) -> Point:
        xs, ys = [x for x, _y in self.ring], [y for _x, y in self.ring]
        return (min(xs) + max(xs)) / 2, (min(ys) + max(ys)) / 2

    @property
    def label(self) -> Point:
        """Where its name stands: streets and buildings at their upper edge, beside what is in them."""
        x, y = self.centre
        top = min(each for _x, each in self.ring)
        y = {"street": top + 26, "building": top - 5, "estate": y + 36}.get(self.kind, y)
        return round(x, 1), round(y, 1)

    @property
    def points(self) -> str:
        return " ".join(f"{x:.1f},{y:.1f}" for x, y in self.ring)


@dataclass(frozen=True, slots=True, kw_only=True)
class Spot:
    """Something on the sheet: a room (`letter` and `tone`), or several (`parts`: tone → count)."""

    key: str
    x: float
    y: float
    label: str
    href: str
    letter: str = ""
    tone: str = ""
    parts: tuple[tuple[str, int], ...] = ()

    @property
    def count(self) -> int:
        return sum(n for _tone, n in self.parts)

    @property
    def slices(self) -> list[tuple[str, str]]:
        """(tone, path) of each part of the ring around the count, in units of a radius of 1."""
        total, done, found = self.count, 0, []
        for tone, n in self.parts:
            if n == total:
                return [(tone, "M0,-1A1,1 0 1 1 0,1A1,1 0 1 1 0,-1Z")]
            begin, end = (2 * math.pi * at / total for at in (done, done + n))
            done += n
            large = int(n * 2 > total)
            x0, y0, x1, y1 = math.sin(begin), -math.cos(begin), math.sin(end), -math.cos(end)
            found.append((tone, f"M0,0L{x0:.3f},{y0:.3f}A1,1 0 {large} 1 {x1:.3f},{y1:.3f}Z"))
        return found


@dataclass(slots=True, kw_only=True)
class Drawing:
    """A sheet with shapes and spots. `picture`: address of the picture beneath, "" = none."""

    width: float = WIDTH
    height: float = WIDTH
    basis: str = GRID
    picture: str = ""
    shapes: list[Shape] = field(default_factory=list)
    spots: list[Spot] = field(default_factory=list)

    @property
    def radius(self) -> float:
        """Of a spot on the printed sheet."""
        return self.width / 50


def project(rings: Mapping[str, Ring]) -> tuple[dict[str, tuple[Point, ...]], float]:
    """Rings in millionths of a degree → rings on a sheet of WIDTH, and the sheet's height.

    Longitudes are shortened by the cosine of the middle latitude, which is right for a county.
    """
    corners = [corner for ring in rings.values() for corner in ring]
    west, east = min(c[0] for c in corners), max(c[0] for c in corners)
    south, north = min(c[1] for c in corners), max(c[1] for c in corners)
    shrink = math.cos(math.radians((south + north) / 2 / 1e6))
    wide, high = max((east - west) * shrink, 1.0), max(north - south, 1.0)
    scale = WIDTH * (1 - 2 * MARGIN) / max(wide, high / 0.75)
    height = high * scale + 2 * MARGIN * WIDTH
    left = (WIDTH - wide * scale) / 2
    made = {
        code: tuple(
            ((x - west) * shrink * scale + left, (north - y) * scale + MARGIN * WIDTH)
            for x, y in ring
        )
        for code, ring in rings.items()
    }
    return made, height


def grid(
    groups: Sequence[Sequence[str]], *, columns: int = 0
) -> tuple[dict[str, tuple[Point, ...]], float]:
    """Codes in groups (streets of estates, or one estate's buildings) as rectangles in rows.

    A group begins a new row. Gives the rings and the sheet's height.
    """
    most = max((len(group) for group in groups), default=1)
    across = columns or min(max(math.ceil(math.sqrt(most * 1.6)), 4), 12)
    cell = WIDTH / across
    gap, high = cell * 0.12, cell * 0.62
    made: dict[str, tuple[Point, ...]] = {}
    row = 0
    for group in groups:
        for at, code in enumerate(group):
            x, y = (at % across) * cell + gap, (row + at // across) * high + gap
            right, low = x + cell - 2 * gap, y + high - 2 * gap
            made[code] = ((x, y), (right, y), (right, low), (x, low))
        row += max(math.ceil(len(group) / across), 1)
    return made, max(row * high, high)


def inside(ring: Sequence[Point], at: int, of: int) -> Point:
    """The place of the `at`-th of several things in a ring: in rows around its middle."""
    xs, ys = [x for x, _y in ring], [y for _x, y in ring]
    wide, high = max(xs) - min(xs), max(ys) - min(ys)
    across = max(math.ceil(math.sqrt(of * wide / max(high, 1.0))), 1)
    down = math.ceil(of / across)
    column, row = at % across, at // across
    x = min(xs) + wide * (column + 0.5) / min(across, of)
    return x, min(ys) + high * (row + 0.5) / down
