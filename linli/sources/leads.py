"""Kinds of leads: what may be wrong with a public room, and who is asked about it first."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from functools import cache
from pathlib import Path
from types import MappingProxyType

from linli.sources.chart import folded
from linli.sources.words import Worded

PATH = Path(__file__).parent / "leads.toml"


@dataclass(frozen=True, slots=True, kw_only=True)
class LeadKind:
    """A kind of lead. `room`: it is about a room of the register; `public`: residents, too, may
    report it. `departments`: codes of the
    roles asked first. `since`, `until`: when leads of it are raised; `confidence` as in sources."""

    code: str
    name: Worded
    room: bool
    public: bool
    departments: tuple[str, ...]
    cites: tuple[str, ...]
    confidence: str
    aliases: tuple[str, ...]
    since: date
    until: date | None

    def holds(self, on: date) -> bool:
        return self.since <= on and (self.until is None or on <= self.until)


@cache
def _kinds() -> Mapping[str, LeadKind]:
    data = tomllib.loads(PATH.read_text("utf-8"))
    return MappingProxyType(
        {
            row["code"]: LeadKind(
                code=row["code"],
                name=Worded(row["name"], row["name_en"]),
                room=row.get("room", True),
                public=row.get("public", True),
                departments=tuple(row["departments"]),
                cites=tuple(row.get("cites", data["cites"])),
                confidence=row.get("confidence", data["confidence"]),
                aliases=tuple(row.get("aliases", ())),
                since=row.get("since", data["since"]),
                until=row.get("until"),
            )
            for row in data["kinds"]
        }
    )


def lead_kinds(*, on: date | None = None) -> Mapping[str, LeadKind]:
    """Code → kind, in the order of lists; with a day, those that leads are raised of on it."""
    return {code: kind for code, kind in _kinds().items() if on is None or kind.holds(on)}


def lead_kind_named(text: str) -> LeadKind | None:
    """The kind that goes by a name in practice, as the chart compares names; None if none does."""
    wanted = folded(text)
    for kind in _kinds().values():
        if wanted and wanted in {folded(name) for name in (kind.name, *kind.aliases)}:
            return kind
    return None
