"""The ladder of posts (岗位等级序列): which grades a post spans and what moves somebody up, as data."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from linli.kernel.rulings import Ruling, every, refuse, require
from linli.kernel.words import gettext_noop as _
from linli.sources.words import Worded


@dataclass(frozen=True, slots=True, kw_only=True)
class Rung:
    """A post of a ladder and the grades it spans, both included."""

    code: str
    name: Worded
    lowest: int
    highest: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Ladder:
    """A ladder of posts as it holds at a place from a day on (until a day).

    One grade up after every `step_years` years of service. `degree_years`: degree → years that it
    counts for; `certificate_grades`: certificate → grades that it adds. `setback_grades`: yearly
    assessments whose year does not count. `source` is the key of the file it is from.
    """

    code: str
    name: Worded
    place: str
    rungs: tuple[Rung, ...]
    step_years: int
    degree_years: Mapping[str, int]
    certificate_grades: Mapping[str, int]
    setbacks: tuple[str, ...]
    since: date
    until: date | None
    source: str
    cites: tuple[str, ...]
    confidence: str
    order: int

    def rung(self, code: str) -> Rung | None:
        return next((rung for rung in self.rungs if rung.code == code), None)

    def holds(self, *, on: date, place: str) -> bool:
        """Whether it is in force on a day at a place."""
        begun = self.since <= on and (self.until is None or on <= self.until)
        return begun and place.startswith(self.place)


_WORDS = {
    "code": str,
    "name": str,
    "name_en": str,
    "place": str,
    "step_years": int,
    "rungs": list,
    "degree_years": dict,
    "certificate_grades": dict,
    "setbacks": list,
    "since": date,
    "until": date,
    "cites": list,
    "confidence": str,
}
_NEEDED = ("code", "name", "step_years", "rungs", "since", "cites")


def ladder_form(raw: object) -> Ruling:
    """Whether a ladder says all it must, in words and types that are known."""
    if not isinstance(raw, dict):
        return refuse(_("岗位等级表填写有误"))
    missing = tuple(word for word in _NEEDED if word not in raw)
    unknown = tuple(word for word in raw if word not in _WORDS)
    mistyped = tuple(
        word for word, kind in _WORDS.items() if word in raw and type(raw[word]) is not kind
    )
    ruling = every(
        [
            require(not missing, _("岗位等级表缺少：%(words)s"), words=missing),
            require(not unknown, _("岗位等级表中有不认识的内容：%(words)s"), words=unknown),
            require(not mistyped, _("岗位等级表的%(words)s填写有误"), words=mistyped),
        ]
    )
    if not ruling.allowed:
        return ruling
    counts = [*raw.get("degree_years", {}).values(), *raw.get("certificate_grades", {}).values()]
    return every(
        [
            require(raw["cites"], _("岗位等级表没有依据")),
            require(raw["step_years"] > 0, _("晋级年限须大于零")),
            require(all(type(n) is int and n >= 0 for n in counts), _("折算的年限或级数填写有误")),
            require(
                raw["rungs"] and all(_rung_is_whole(rung) for rung in raw["rungs"]),
                _("岗位等级表的岗位须写明最低、最高等级，最低不高于最高"),
            ),
        ]
    )


def _rung_is_whole(rung: object) -> bool:
    if not isinstance(rung, dict) or not {"code", "name", "lowest", "highest"} <= set(rung):
        return False
    ends = (rung["lowest"], rung["highest"])
    return all(type(end) is int for end in ends) and 1 <= ends[0] <= ends[1]


def make_ladder(
    raw: Mapping[str, Any], *, place: str, source: str, confidence: str, order: int
) -> Ladder:
    """A ladder out of a well-formed section of a file that holds for `place`."""
    return Ladder(
        code=raw["code"],
        name=Worded(raw["name"], raw.get("name_en", "")),
        place=raw.get("place", place),
        rungs=tuple(
            Rung(
                code=rung["code"],
                name=Worded(rung["name"], rung.get("name_en", "")),
                lowest=rung["lowest"],
                highest=rung["highest"],
            )
            for rung in raw["rungs"]
        ),
        step_years=raw["step_years"],
        degree_years=dict(raw.get("degree_years", {})),
        certificate_grades=dict(raw.get("certificate_grades", {})),
        setbacks=tuple(raw.get("setbacks", ())),
        since=raw["since"],
        until=raw.get("until"),
        source=source,
        cites=tuple(raw["cites"]),
        confidence=raw.get("confidence", confidence),
        order=order,
    )
