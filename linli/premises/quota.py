"""Required, present, gap: the area of public rooms by the dated rules. No database, no clock."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from linli.kernel.words import gettext_noop as _
from linli.premises import rules
from linli.sources import BASES, QuotaRule, Tier, room_kinds
from linli.sources.quota import ABOVE, ALL, EXISTING, FLOOR, HOUSEHOLDS, NEW

BINDS, DOES_NOT, UNSURE = "binds", "does_not", "unsure"
MISUSED = frozenset({rules.OCCUPIED, rules.CHANGED, rules.UNDELIVERED})
"""Built, but not used as it is meant."""
COMPLETED = "completed_on"
MISSING = {
    HOUSEHOLDS: BASES[HOUSEHOLDS],
    FLOOR: BASES[FLOOR],
    ABOVE: BASES[ABOVE],
    COMPLETED: _("竣工日期"),
}
"""What a rule may need to know of an estate, in words."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Size:
    """How large a place is; None is unknown. Areas are hundredths of a square metre."""

    household_count: int | None = None
    floor_dm2: int | None = None
    above_dm2: int | None = None
    completed_on: date | None = None

    def of(self, base: str) -> int | None:
        return {
            HOUSEHOLDS: self.household_count,
            FLOOR: self.floor_dm2,
            ABOVE: self.above_dm2,
        }.get(base, 0)


@dataclass(frozen=True, slots=True)
class Counted:
    """A room as the quota sees it. `measured`: the area was measured, not taken from a plan."""

    kind: str
    state: str
    area_dm2: int | None
    measured: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Check:
    """One rule held against what is there. Areas are hundredths of a square metre.

    `required_dm2` is None where something is unknown: `missing` names what (keys of MISSING).
    `present_dm2`: built rooms of the kind; of these `misused_dm2` are occupied, used otherwise or
    not delivered, `unmeasured` counts rooms taken at their planned area, `unknown` rooms without
    any.
    """

    rule: QuotaRule
    base: int | None
    required_dm2: int | None
    most_dm2: int | None = None
    missing: tuple[str, ...] = ()
    present_dm2: int = 0
    misused_dm2: int = 0
    rooms: int = 0
    unmeasured: int = 0
    unknown: int = 0

    @property
    def gap_dm2(self) -> int | None:
        """What is short; 0 where nothing is, None where it cannot be said."""
        if self.required_dm2 is None:
            return None
        return max(self.required_dm2 - self.present_dm2, 0)

    @property
    def unused_dm2(self) -> int:
        """What is short of the rooms that are used as they are meant; 0 where it cannot be said."""
        if self.required_dm2 is None:
            return 0
        return max(self.required_dm2 - (self.present_dm2 - self.misused_dm2), 0)

    @property
    def missing_words(self) -> tuple[str, ...]:
        return tuple(MISSING[name] for name in self.missing)


def binds(rule: QuotaRule, completed_on: date | None) -> str:
    """Whether a rule binds an estate by its day of completion: BINDS, DOES_NOT or UNSURE."""
    if rule.built == ALL or rule.built_since is None:
        return BINDS
    if completed_on is None:
        return UNSURE
    late = completed_on >= rule.built_since
    return BINDS if late == (rule.built == NEW) else DOES_NOT


def required_dm2(rule: QuotaRule, base: int | None) -> int | None:
    """The least area a rule asks for; None where its base is unknown.

    `base`: households, or hundredths of a square metre. Fractions of a hundredth count upwards.
    """
    least = rule.min_m2 * 100
    if not rule.base:
        return least
    if base is None:
        return None
    if rule.per_hundred:
        return max(least, rule.per_hundred * base)
    if rule.tiers:
        return max(least, _by_tiers(rule.tiers, base))
    return max(least, _permille(base, rule.permille))


def most_dm2(rule: QuotaRule, base: int | None) -> int | None:
    """The upper end of a rule that names a range; None for others."""
    if not rule.most_permille or base is None:
        return None
    return max(rule.min_m2 * 100, _permille(base, rule.most_permille))


def _permille(base: int, share: int) -> int:
    return -(-base * share // 1000)


def _by_tiers(tiers: Sequence[Tier], base: int) -> int:
    """Steps that name an area stand for all up to there; shares add up slice by slice."""
    total, below = 0, 0
    for tier in tiers:
        end = base if tier.upto_m2 is None else min(base, tier.upto_m2 * 100)
        if tier.m2 is not None:
            total = tier.m2 * 100
        elif end > below:
            total += _permille(end - below, tier.permille or 0)
        below = tier.upto_m2 * 100 if tier.upto_m2 is not None else base
        if base <= below:
            break
    return total


def family(room: str) -> frozenset[str]:
    """The kinds that count for a kind: itself and all that belong to it."""
    return frozenset(
        kind.code for kind in room_kinds().values() if room in (kind.code, kind.parent)
    )


def check(rule: QuotaRule, size: Size, rooms: Iterable[Counted], *, unsure: bool = False) -> Check:
    """One rule against the rooms of a place. `unsure`: nobody knows whether it binds."""
    base = size.of(rule.base)
    missing = tuple(
        name for name, lacks in ((COMPLETED, unsure), (rule.base, base is None)) if lacks
    )
    kinds = family(rule.room)
    counted = [room for room in rooms if room.kind in kinds and room.state != rules.UNBUILT]
    return Check(
        rule=rule,
        base=base if rule.base else None,
        required_dm2=None if missing else required_dm2(rule, base),
        most_dm2=None if missing else most_dm2(rule, base),
        missing=missing,
        present_dm2=sum(room.area_dm2 or 0 for room in counted),
        misused_dm2=sum(room.area_dm2 or 0 for room in counted if room.state in MISUSED),
        rooms=len(counted),
        unmeasured=sum(room.area_dm2 is not None and not room.measured for room in counted),
        unknown=sum(room.area_dm2 is None for room in counted),
    )


def checks(
    wanted: Iterable[QuotaRule], size: Size, rooms: Sequence[Counted]
) -> tuple[list[Check], list[QuotaRule]]:
    """(every rule that binds or may bind, those that do not) for the rooms of a place.

    Where it is unknown which of several about the same rooms binds, one stands for them, its
    requirement unknown.
    """
    by_room: dict[str, list[tuple[QuotaRule, str]]] = {}
    for rule in wanted:
        by_room.setdefault(rule.room, []).append((rule, binds(rule, size.completed_on)))
    found: list[Check] = []
    idle: list[QuotaRule] = []
    for told in by_room.values():
        sure = [rule for rule, word in told if word == BINDS]
        open_ = [rule for rule, word in told if word == UNSURE]
        if sure:
            found.append(check(_narrowest(sure), size, rooms))
        elif open_:
            found.append(check(_narrowest(open_), size, rooms, unsure=True))
        else:
            idle += [rule for rule, _word in told]
    return found, idle


def _narrowest(several: Sequence[QuotaRule]) -> QuotaRule:
    """Of several that bind, the one for the narrowest place; there, the one for new or old ones."""
    return max(several, key=lambda rule: (len(rule.place), rule.built in (NEW, EXISTING)))


def added(sizes: Mapping[str, Size]) -> tuple[Size, dict[str, tuple[str, ...]]]:
    """(the size of several places together, base → codes of those that lack it).

    A sum with a part unknown is unknown.
    """
    lacking = {
        base: tuple(code for code, size in sizes.items() if size.of(base) is None)
        for base in (HOUSEHOLDS, FLOOR, ABOVE)
    }

    def total(base: str) -> int | None:
        if lacking[base] or not sizes:
            return None
        return sum(size.of(base) or 0 for size in sizes.values())

    return (
        Size(
            household_count=total(HOUSEHOLDS),
            floor_dm2=total(FLOOR),
            above_dm2=total(ABOVE),
        ),
        lacking,
    )
