"""What a joint vetting (联审) asks about: circumstances, who may name them and for how long, as data."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from linli.kernel.calendar import months_later
from linli.kernel.roles import ROLES
from linli.kernel.rulings import Ruling, every, refuse, require
from linli.kernel.words import gettext_noop as _
from linli.sources.words import Worded

CANNOT, UNFIT = "cannot", "unfit"
LEVELS = {CANNOT: _("不能"), UNFIT: _("不宜")}
"""How a circumstance weighs: may not serve, or is unsuitable."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Circumstance:
    """One circumstance (情形) as it holds at a place from a day on (until a day).

    `departments`: codes of the roles that may name it, empty for any. `years`: counted from the day
    of the fact; 0 with `permanent`: for good; 0 without: as long as it lasts. `source` is the key
    of the file it is from.
    """

    code: str
    name: Worded
    level: str
    place: str
    departments: tuple[str, ...]
    years: int
    permanent: bool
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

    def counts_until(self, happened_on: date) -> date | None:
        """The last day on which a fact of a day is a ground; None without a last day."""
        if not self.years:
            return None
        return months_later(happened_on, 12 * self.years) - timedelta(days=1)


_WORDS = {
    "code": str,
    "name": str,
    "name_en": str,
    "level": str,
    "place": str,
    "departments": list,
    "years": int,
    "permanent": bool,
    "since": date,
    "until": date,
    "cites": list,
    "confidence": str,
}
_NEEDED = ("code", "name", "level", "since", "cites")


def circumstance_form(raw: object) -> Ruling:
    """Whether a circumstance says all it must, in words and types that are known."""
    if not isinstance(raw, dict):
        return refuse(_("联审情形填写有误"))
    missing = tuple(word for word in _NEEDED if word not in raw)
    unknown = tuple(word for word in raw if word not in _WORDS)
    mistyped = tuple(
        word for word, kind in _WORDS.items() if word in raw and type(raw[word]) is not kind
    )
    ruling = every(
        [
            require(not missing, _("联审情形缺少：%(words)s"), words=missing),
            require(not unknown, _("联审情形中有不认识的内容：%(words)s"), words=unknown),
            require(not mistyped, _("联审情形的%(words)s填写有误"), words=mistyped),
        ]
    )
    if not ruling.allowed:
        return ruling
    strangers = tuple(str(role) for role in raw.get("departments", []) if role not in ROLES)
    return every(
        [
            require(raw["cites"], _("联审情形没有依据")),
            require(raw["level"] in LEVELS, _("联审情形的层级只能是 cannot 或 unfit")),
            require(not strangers, _("没有这样的部门：%(roles)s"), roles=strangers),
            require(raw.get("years", 1) > 0, _("联审情形的年限须大于零")),
            require(
                not (raw.get("years") and raw.get("permanent")),
                _("联审情形写了年限，就不能又是永久"),
            ),
        ]
    )


def make_circumstance(
    raw: Mapping[str, Any], *, place: str, source: str, confidence: str, order: int
) -> Circumstance:
    """A circumstance out of a well-formed section of a file that holds for `place`."""
    return Circumstance(
        code=raw["code"],
        name=Worded(raw["name"], raw.get("name_en", "")),
        level=raw["level"],
        place=raw.get("place", place),
        departments=tuple(raw.get("departments", ())),
        years=raw.get("years", 0),
        permanent=raw.get("permanent", False),
        since=raw["since"],
        until=raw.get("until"),
        source=source,
        cites=tuple(raw["cites"]),
        confidence=raw.get("confidence", confidence),
        order=order,
    )


def in_force(all_: Iterable[Circumstance], *, on: date, place: str) -> dict[str, Circumstance]:
    """By code, those in force: of one code the narrowest place wins, then the latest."""
    found: dict[str, Circumstance] = {}
    for one in all_:
        best = found.get(one.code)
        if one.holds(on=on, place=place) and (best is None or _rank(one) > _rank(best)):
            found[one.code] = one
    return found


def _rank(one: Circumstance) -> tuple[int, date, int]:
    return len(one.place), one.since, one.order
