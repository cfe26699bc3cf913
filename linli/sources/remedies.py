"""What fits a public room that is not as it should be: violations, violators, measures, clauses."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from types import MappingProxyType
from typing import Any

from linli.sources.rooms import room_kinds
from linli.sources.words import Worded

PATH = Path(__file__).parent / "remedies.toml"


@dataclass(frozen=True, slots=True, kw_only=True)
class Violation:
    """What is wrong with a room. `urgency`: 1 comes first."""

    code: str
    name: Worded
    urgency: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Measure:
    """Something that can be done.

    It fits where all of `violations`, `violators`, `rooms` (widest kinds) hold; empty = any.
    `why`: dimension → why it does not fit there. `days`: name of its dated number of working
    days. `roles`: codes of who may be responsible. `letter`: the letter that goes with it, or "".
    `asks`: whoever is behind it has to do it. `clears`: it brings the room itself into the state in
    which it can be handed over.
    """

    code: str
    name: Worded
    days: str
    letter: str
    asks: bool
    clears: bool
    roles: tuple[str, ...]
    cites: tuple[str, ...]
    violations: frozenset[str]
    violators: frozenset[str]
    rooms: frozenset[str]
    why: Mapping[str, Worded]
    room_cite: str

    def grounds(self, kind: str) -> tuple[str, ...]:
        """The cites that speak of a kind of room (its code in rooms.toml)."""
        mine = {kind, room_kinds()[kind].top}
        return tuple(cite for cite in self.cites if _speaks_of(cite, mine))


@cache
def _data() -> dict[str, Any]:
    return tomllib.loads(PATH.read_text("utf-8"))


def _speaks_of(cite: str, kinds: set[str]) -> bool:
    only = _data()["only"]
    return all(kinds & set(only[key]) for key in (cite, cite.partition(":")[0]) if key in only)


def _name(row: Mapping[str, Any], field: str = "name") -> Worded:
    return Worded(row.get(field, ""), row.get(f"{field}_en", ""))


@cache
def violations() -> Mapping[str, Violation]:
    """Code → what can be wrong, in the order of lists."""
    return MappingProxyType(
        {
            row["code"]: Violation(code=row["code"], name=_name(row), urgency=row["urgency"])
            for row in _data()["violations"]
        }
    )


@cache
def violators() -> Mapping[str, Worded]:
    """Code → who can be behind it."""
    return MappingProxyType({row["code"]: _name(row) for row in _data()["violators"]})


@cache
def measures() -> Mapping[str, Measure]:
    """Code → measure, in the order of lists."""
    return MappingProxyType({row["code"]: _measure(row) for row in _data()["measures"]})


def _measure(row: Mapping[str, Any]) -> Measure:
    return Measure(
        code=row["code"],
        name=_name(row),
        days=row["days"],
        letter=row.get("letter", ""),
        asks=row.get("asks", False),
        clears=row.get("clears", False),
        roles=tuple(row["roles"]),
        cites=tuple(row["cites"]),
        violations=frozenset(row.get("violations", ())),
        violators=frozenset(row.get("violators", ())),
        rooms=frozenset(row.get("rooms", ())),
        why={part: _name(row, f"why_{part}") for part in ("violation", "violator", "room")},
        room_cite=row.get("room_cite", ""),
    )


@cache
def clauses() -> Mapping[str, Worded]:
    """Code → clause of a construction contract that is worth tracking."""
    return MappingProxyType({row["code"]: _name(row) for row in _data()["clauses"]})
