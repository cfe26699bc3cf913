"""Hard indicators (硬指标) by which people in the reserve are evaluated, as data."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from linli.kernel.rulings import Ruling, every, refuse, require
from linli.kernel.words import gettext_noop as _
from linli.sources.words import Worded

SUM, MEAN = "sum", "mean"
COUNTED = {SUM: _("合计"), MEAN: _("平均")}
"""How the figures of several pieces of evidence become one."""
TENTHS = 10


@dataclass(frozen=True, slots=True, kw_only=True)
class HardIndicator:
    """One hard indicator as it holds at a place from a day on (until a day).

    `points`: the most it gives; `full`: the figure that earns them all; `least`: up to which none
    is earned; `most`: beyond which a figure cannot be (None: no end). `floor_percent`: whoever has
    less than this share of the points leaves the reserve (0: nobody). `proof`: what shows it.
    """

    code: str
    name: Worded
    unit: Worded
    points: int
    full: int
    least: int
    most: int | None
    counted: str
    floor_percent: int
    proof: Worded
    place: str
    since: date
    until: date | None
    source: str
    cites: tuple[str, ...]
    confidence: str
    order: int

    def holds(self, *, on: date, place: str) -> bool:
        """Whether it is in force on a day at a place."""
        begun = self.since <= on and (self.until is None or on <= self.until)
        return begun and place.startswith(self.place)

    def tenths(self, figure: int) -> int:
        """Points a figure earns, in tenths, rounded down; evenly between `least` and `full`."""
        reached = min(max(figure - self.least, 0), self.full - self.least)
        return self.points * TENTHS * reached // (self.full - self.least)

    def figure(self, total: int, count: int) -> int:
        """What several pieces of evidence show together; a mean is rounded down."""
        return total // count if self.counted == MEAN and count else total


_WORDS = {
    "code": str,
    "name": str,
    "name_en": str,
    "unit": str,
    "unit_en": str,
    "points": int,
    "full": int,
    "least": int,
    "most": int,
    "counted": str,
    "floor_percent": int,
    "proof": str,
    "proof_en": str,
    "place": str,
    "since": date,
    "until": date,
    "cites": list,
    "confidence": str,
}
_NEEDED = ("code", "name", "unit", "points", "full", "counted", "proof", "since", "cites")


def indicator_form(raw: object) -> Ruling:
    """Whether an indicator says all it must, in words and types that are known."""
    if not isinstance(raw, dict):
        return refuse(_("硬指标填写有误"))
    missing = tuple(word for word in _NEEDED if word not in raw)
    unknown = tuple(word for word in raw if word not in _WORDS)
    mistyped = tuple(
        word for word, kind in _WORDS.items() if word in raw and type(raw[word]) is not kind
    )
    ruling = every(
        [
            require(not missing, _("硬指标缺少：%(words)s"), words=missing),
            require(not unknown, _("硬指标中有不认识的内容：%(words)s"), words=unknown),
            require(not mistyped, _("硬指标的%(words)s填写有误"), words=mistyped),
        ]
    )
    if not ruling.allowed:
        return ruling
    return every(
        [
            require(raw["cites"], _("硬指标没有依据")),
            require(raw["counted"] in COUNTED, _("硬指标的计法只能是 sum 或 mean")),
            require(raw["points"] > 0, _("硬指标的满分须大于零")),
            require(
                0 <= raw.get("least", 0) < raw["full"] <= raw.get("most", raw["full"]),
                _("硬指标的起计数须小于满分所需的数，满分所需的数不超过上限"),
            ),
            require(0 <= raw.get("floor_percent", 0) <= 100, _("硬指标的下限是百分比")),
        ]
    )


def make_indicator(
    raw: Mapping[str, Any], *, place: str, source: str, confidence: str, order: int
) -> HardIndicator:
    """An indicator out of a well-formed section of a file that holds for `place`."""
    return HardIndicator(
        code=raw["code"],
        name=Worded(raw["name"], raw.get("name_en", "")),
        unit=Worded(raw["unit"], raw.get("unit_en", "")),
        points=raw["points"],
        full=raw["full"],
        least=raw.get("least", 0),
        most=raw.get("most"),
        counted=raw["counted"],
        floor_percent=raw.get("floor_percent", 0),
        proof=Worded(raw["proof"], raw.get("proof_en", "")),
        place=raw.get("place", place),
        since=raw["since"],
        until=raw.get("until"),
        source=source,
        cites=tuple(raw["cites"]),
        confidence=raw.get("confidence", confidence),
        order=order,
    )


def indicators_in_force(
    all_: Iterable[HardIndicator], *, on: date, place: str
) -> dict[str, HardIndicator]:
    """By code in the order they were written, those in force: of one code the narrowest place
    wins, then the latest. A county that tells its own table tells all of it."""
    found: dict[str, HardIndicator] = {}
    for one in all_:
        best = found.get(one.code)
        if one.holds(on=on, place=place) and (best is None or _rank(one) > _rank(best)):
            found[one.code] = one
    narrowest = max((len(one.place) for one in found.values()), default=0)
    return {code: one for code, one in found.items() if len(one.place) == narrowest}


def _rank(one: HardIndicator) -> tuple[int, date, int]:
    return len(one.place), one.since, one.order
