"""Place codes: a place lies in another exactly when its code begins with the other's.

==========  ======  =============================================================
level       length  code
==========  ======  =============================================================
province         2  first two digits of the county
city             4  first four digits of the county
county           6  county, district or county-level city (GB/T 2260)
street           9  county + 3: street, town, township (GB/T 10114)
community       12  street + 3: residents' or villagers' committee
estate          15  community + 3: residential estate
grid            16  community + ``G`` + 3
building        18  estate + 3
unit            20  building + 2: staircase
door            24  building + unit 2 + room 4
==========  ======  =============================================================

The figures after the community are serial numbers given in order; what is painted on the wall
("3号楼乙单元 101A") is a name kept beside the code, so that renaming changes no code. Where a
building has no units its doors use unit 00. Grids cut across estates, so a grid is not a parent
of anything: a door carries its grid beside its code.
"""

from __future__ import annotations

import re
from collections.abc import Collection
from dataclasses import dataclass
from os.path import commonprefix

from linli.kernel.rulings import ALLOWED, Ruling, refuse
from linli.kernel.words import gettext_noop as _

LEVELS = {
    "province": 2,
    "city": 4,
    "county": 6,
    "street": 9,
    "community": 12,
    "estate": 15,
    "building": 18,
    "unit": 20,
    "door": 24,
}
"""Length of the code of each level that is all digits, from wide to narrow."""

GRID = "grid"
NAMES = {
    "province": _("省"),
    "city": _("市"),
    "county": _("县（区、市）"),
    "street": _("街道（乡镇）"),
    "community": _("社区"),
    "estate": _("小区"),
    GRID: _("网格"),
    "building": _("楼栋"),
    "unit": _("单元"),
    "door": _("户"),
}

FEW = 20
_BY_LENGTH = {length: level for level, length in LEVELS.items()}
_CODE = re.compile(r"[0-9]{2,24}|[0-9]{12}G[0-9]{3}", re.ASCII)
_SERIAL_WIDTH = {
    "street": 3,
    "community": 3,
    "estate": 3,
    GRID: 3,
    "building": 3,
    "unit": 2,
    "door": 4,
}


def check(code: str, *levels: str) -> Ruling:
    """Whether a text is a place code (of one of these levels, if any are given)."""
    try:
        found = level(code)
    except ValueError:
        return refuse(_("“%(code)s”不是地点代码"), code=str(code)[:40])
    if levels and found not in levels:
        wanted = tuple(NAMES[name] for name in levels)
        text = _("“%(code)s”是%(found)s的代码，这里要%(wanted)s的代码")
        return refuse(text, code=code, found=NAMES[found], wanted=wanted)
    return ALLOWED


def level(code: str) -> str:
    """The level a code is of; raises ValueError if it is none."""
    if isinstance(code, str) and _CODE.fullmatch(code):
        if len(code) == 16 and code[12] == "G":
            return GRID
        if len(code) in _BY_LENGTH:
            return _BY_LENGTH[len(code)]
    raise ValueError(f"not a place code: {code!r}")


def parent(code: str) -> str:
    """The code of the next wider level; "" for a province. A grid's parent is its community."""
    found = level(code)
    if found == GRID:
        return code[:12]
    lengths = [length for length in LEVELS.values() if length < len(code)]
    return code[: lengths[-1]] if lengths else ""


def ancestors(code: str) -> tuple[str, ...]:
    """All wider places, from the county down to the parent; none for a county or wider."""
    length = 13 if level(code) == GRID else len(code)
    return tuple(code[:n] for n in LEVELS.values() if LEVELS["county"] <= n < length)


def at_level(code: str, name: str) -> str:
    """The part of a code that names its county, street …; "" if the code is wider than that."""
    length = LEVELS[name]
    level(code)
    return code[:length] if len(code) >= length and code[:length].isdigit() else ""


def child(code: str, name: str, serial: int) -> str:
    """The code of a place inside: ``child("370614001001", "grid", 3)`` → ``370614001001G003``.

    A door is given by its unit's code and the room's number. Raises ValueError when the level
    does not follow on, or the serial number has no room.
    """
    width = _SERIAL_WIDTH[name]
    made = f"{code}{'G' if name == GRID else ''}{serial:0{width}d}"
    if serial < 0 or serial >= 10**width or level(made) != name or parent(made) != code:
        raise ValueError(f"{code!r} has no {name} {serial}")
    return made


def contains(prefix: str, code: str) -> bool:
    """Whether `code` is `prefix` or lies in it."""
    level(prefix)
    return code.startswith(prefix)


def bounds(prefix: str) -> tuple[str, str]:
    """(low, high) such that the codes in a place are exactly those with low ≤ code < high.

    For range scans of an index. The upper end is a decimal carry, so both ends compare by
    digits alone and hold under every collation a database may have; only where every further
    digit is 9 does it end in a letter.
    """
    level(prefix)
    stem = prefix.rstrip("9")
    if len(stem) <= 12 < len(prefix):  # …999: a carry would take in the community's grids
        return prefix, prefix[:12] + "A"
    if not stem:
        return prefix, "A"
    return prefix, stem[:-1] + ("H" if stem[-1] == "G" else str(int(stem[-1]) + 1))


def of_statistical(code: str) -> str:
    """A 12-digit statistical code without its filling zeros: 370614001000 → 370614001.

    Raises ValueError if it is not 12 digits (17-digit codes: pass the first 12).
    """
    if not re.fullmatch(r"[0-9]{12}", code, re.ASCII):
        raise ValueError(f"not a statistical code: {code!r}")
    for length in (6, 9):
        if set(code[length:]) == {"0"}:
            return code[:length]
    return code


def statistical(code: str) -> str:
    """The 12-digit statistical code of a county, street or community."""
    if level(code) not in ("county", "street", "community"):
        raise ValueError(f"has no statistical code: {code!r}")
    return code.ljust(12, "0")


@dataclass(frozen=True, slots=True)
class Scope:
    """What somebody may see: places and all within them.

    `Scope()` sees nothing. `alone`: places without what lies in them, as the book of a street is
    not those of its estates. `EVERYWHERE` is only for acts of the system itself and for what is
    public, never for somebody who has logged in; an empty prefix is an error, so that a forgotten
    place never opens everything. What lies in another prefix of the same scope is dropped.
    """

    prefixes: frozenset[str] = frozenset()
    everywhere: bool = False
    alone: frozenset[str] = frozenset()

    def __post_init__(self) -> None:
        for code in self.prefixes | self.alone:
            level(code)
        kept = {
            prefix
            for prefix in self.prefixes
            if not any(prefix[:n] in self.prefixes for n in range(2, len(prefix)))
        }
        object.__setattr__(self, "prefixes", frozenset(kept))
        alone = {code for code in self.alone if not self._spans(code)}
        object.__setattr__(self, "alone", frozenset(alone))

    @classmethod
    def of(cls, *prefixes: str) -> Scope:
        return cls(frozenset(prefixes))

    @classmethod
    def around(cls, codes: Collection[str]) -> Scope:
        """A scope that holds some places, and others too if they are many: then it is the smallest
        place around them, which a database finds faster than each of hundreds."""
        together = commonprefix(sorted(codes)) if len(codes) > FEW else ""
        widths = [n for n in LEVELS.values() if LEVELS["county"] <= n <= len(together)]
        return cls.of(together[: widths[-1]]) if widths else cls(frozenset(codes))

    def __bool__(self) -> bool:
        return self.everywhere or bool(self.prefixes or self.alone)

    def __or__(self, other: Scope) -> Scope:
        return Scope(
            self.prefixes | other.prefixes,
            self.everywhere or other.everywhere,
            self.alone | other.alone,
        )

    def _spans(self, code: str) -> bool:
        """Whether a place and all that lies in it is within the scope."""
        return self.everywhere or any(
            code[:n] in self.prefixes for n in {len(prefix) for prefix in self.prefixes}
        )

    def covers(self, code: str) -> bool:
        """Whether a place is within the scope; a row without a place is covered only everywhere."""
        return self._spans(code) or code in self.alone

    def touches(self, code: str) -> bool:
        """Whether a place is within the scope or holds a part of it (to draw the way down)."""
        parts = self.prefixes | self.alone
        return self.covers(code) or any(part.startswith(code) for part in parts)

    def within(self, code: str) -> Scope:
        """The part of the scope that lies in a place: narrowing to what is on screen."""
        if self._spans(code):
            return Scope.of(code)
        return Scope(
            frozenset(p for p in self.prefixes if contains(code, p)),
            alone=frozenset(p for p in self.alone if contains(code, p)),
        )

    def ranges(self) -> tuple[tuple[str, str], ...]:
        """`bounds` of each prefix, in order; a query takes the rows inside any of them, and those
        of the places `alone`.

        Raises ValueError for EVERYWHERE, which has no bounds.
        """
        if self.everywhere:
            raise ValueError("everywhere has no bounds")
        return tuple(bounds(prefix) for prefix in sorted(self.prefixes))


EVERYWHERE = Scope(everywhere=True)
