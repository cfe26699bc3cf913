"""Words of personnel files: schooling, politics, titles, certificates and so on, from corps.toml."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from types import MappingProxyType
from typing import Any

from linli.sources.chart import folded
from linli.sources.words import Worded

PATH = Path(__file__).parent / "corps.toml"


@dataclass(frozen=True, slots=True, kw_only=True)
class Word:
    """One word of a list. `rank`: its place in it, from 0. `traits`: what else the file says of it
    (`college`, `party`, `social`, `committee`: yes; `rung`: a post of the ladder)."""

    code: str
    name: Worded
    rank: int
    aliases: tuple[str, ...]
    traits: Mapping[str, Any]

    def __str__(self) -> str:
        return str(self.name)


_OWN = {"code", "name", "name_en", "aliases"}


@cache
def words(of: str) -> Mapping[str, Word]:
    """The words of a list (``schooling``, ``degrees``, ``politics``, ``certificates``, ``titles``,
    ``ways``, ``endings``, ``grades``, ``leaves``) by code, in order. Raises KeyError."""
    rows = tomllib.loads(PATH.read_text("utf-8"))[of]
    return MappingProxyType(
        {
            row["code"]: Word(
                code=row["code"],
                name=Worded(row["name"], row["name_en"]),
                rank=rank,
                aliases=tuple(row.get("aliases", ())),
                traits={name: value for name, value in row.items() if name not in _OWN},
            )
            for rank, row in enumerate(rows)
        }
    )


def word_named(of: str, text: str) -> Word | None:
    """The word that goes by a name in practice, as the chart compares names; None if none does."""
    wanted = folded(text)
    for word in words(of).values():
        if wanted and wanted in {folded(name) for name in (word.name, *word.aliases)}:
            return word
    return None


def with_trait(of: str, trait: str) -> tuple[str, ...]:
    """Codes of the words of a list that have a trait: COLLEGE = with_trait("schooling", "college")."""
    return tuple(code for code, word in words(of).items() if word.traits.get(trait))
