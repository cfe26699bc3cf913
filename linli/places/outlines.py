"""Where places lie: rings of corners, and GeoJSON they come from. No database, no clock."""

from __future__ import annotations

import json
from collections.abc import Collection, Iterator, Mapping, Sequence
from typing import Any

from linli.kernel.rulings import Ruling, every, refuse, require
from linli.kernel.words import gettext_noop as _

MILLIONTHS = 1_000_000
FEWEST, MOST = 3, 5000
"""Corners of a ring."""


def may_draw(
    rings: Mapping[str, Sequence[Sequence[int]]], *, known: Collection[str], source: str
) -> Ruling:
    """May these rings be kept? Every place is known, every corner on the globe."""
    return every(
        [
            require(rings, _("没有一个轮廓")).at("rings"),
            require(source.strip(), _("请写明数据来源")).at("source"),
            *(
                require(code in known, _("没有代码为“%(code)s”的地方"), code=code)
                & _is_ring(code, ring)
                for code, ring in rings.items()
            ),
        ]
    )


def _is_ring(code: str, ring: Sequence[Sequence[int]]) -> Ruling:
    corners = FEWEST <= len(ring) <= MOST
    good = all(
        len(corner) == 2
        and abs(corner[0]) <= 180 * MILLIONTHS
        and abs(corner[1]) <= 90 * MILLIONTHS
        for corner in ring
    )
    return require(
        corners and good,
        _("“%(code)s”的轮廓应有%(fewest)s到%(most)s个经纬度"),
        code=code,
        fewest=FEWEST,
        most=MOST,
    )


def read_geojson(data: bytes) -> tuple[dict[str, list[list[int]]], Ruling]:
    """Code → ring of every polygon of a FeatureCollection; the code is the property `code`.

    Of several polygons of a feature the one with most corners counts; holes are left out.
    """
    try:
        told = json.loads(data.decode("utf-8-sig"))
        features = list(_features(told))
    except (ValueError, KeyError, TypeError, UnicodeDecodeError):
        return {}, refuse(_("不是有效的 GeoJSON 文件"))
    found: dict[str, list[list[int]]] = {}
    faults: list[Ruling] = []
    for number, (code, rings) in enumerate(features, 1):
        faults.append(require(code, _("缺少属性 code（地方代码）")).at("code", number))
        faults.append(require(rings, _("不是面（Polygon）")).at("geometry", number))
        faults.append(
            require(code not in found, _("“%(code)s”出现两次"), code=code).at("code", number)
        )
        if code and rings and code not in found:
            found[code] = _tidy(max(rings, key=len))
    return found, every(faults)


def _features(told: Any) -> Iterator[tuple[str, list[Any]]]:
    for feature in told["features"]:
        shape = feature.get("geometry") or {}
        code = str((feature.get("properties") or {}).get("code", ""))
        parts = {"Polygon": lambda c: [c], "MultiPolygon": list}.get(
            shape.get("type"), lambda c: []
        )
        polygons = parts(shape.get("coordinates", []))
        yield code, [polygon[0] for polygon in polygons if polygon]


def _tidy(ring: Sequence[Sequence[float]]) -> list[list[int]]:
    """Millionths of a degree, the first corner not repeated at the end."""
    corners = [[round(float(x) * MILLIONTHS), round(float(y) * MILLIONTHS)] for x, y, *_z in ring]
    return corners[:-1] if len(corners) > 1 and corners[0] == corners[-1] else corners
