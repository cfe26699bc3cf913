"""How large the public rooms of an estate or community have to be: a rule as data."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from linli.kernel.words import gettext_noop as _
from linli.sources.words import Worded

HOUSEHOLDS, FLOOR, ABOVE = "households", "floor", "above"
BASES = {
    HOUSEHOLDS: _("户数"),
    FLOOR: _("总建筑面积"),
    ABOVE: _("地上建筑面积"),
}
ESTATE, COMMUNITY = "estate", "community"
QUOTA_LEVELS = {ESTATE: _("小区"), COMMUNITY: _("社区")}
ALL, NEW, EXISTING = "all", "new", "existing"
BUILT = {ALL: _("全部小区"), NEW: _("新建小区"), EXISTING: _("已建成小区")}


@dataclass(frozen=True, slots=True, kw_only=True)
class Tier:
    """A step of a rule by size: up to `upto_m2` of the base (None: without end).

    A base that ends in this step calls for `m2` in all, or, where that is None, for `permille` of
    the part of the base that lies in this step on top of what the steps before it call for.
    """

    upto_m2: int | None
    m2: int | None = None
    permille: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class QuotaRule:
    """One rule of room area. All areas are square metres.

    `room`: a kind of rooms (see rooms.toml); wider kinds count all that belong to them. `level`:
    what the base is counted over. `base`: a key of BASES, "" for a plain minimum. One of
    `per_hundred` (m² for every hundred households), `permille` and `tiers` says how much, or none
    of them, then `min_m2` alone. `most_permille`: where the rule names a range, its upper end.
    `built`: which estates it binds, those completed on or after `built_since` (new), before it
    (existing), or all. `source` is the key of the file it is from, `order` its place among them.
    """

    room: str
    place: str
    source: str
    cites: tuple[str, ...]
    since: date
    until: date | None = None
    level: str = ESTATE
    base: str = ""
    per_hundred: int = 0
    permille: int = 0
    most_permille: int = 0
    min_m2: int = 0
    tiers: tuple[Tier, ...] = ()
    built: str = ALL
    built_since: date | None = None
    confidence: str = "background"
    note: Worded = Worded("")
    order: int = 0

    def holds(self, *, on: date, place: str) -> bool:
        """Whether it is in force on a day at a place."""
        begun = self.since <= on and (self.until is None or on <= self.until)
        return begun and place.startswith(self.place)
