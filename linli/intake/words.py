"""The names that sheets use, from words.toml, ready to be looked up."""

from __future__ import annotations

import re
import tomllib
from functools import cache
from pathlib import Path
from typing import Any

from linli.sheets.headings import Aliases, heading_key, ranked
from linli.sources.chart import folded

_THOUSANDS = re.compile(r"(?:单位[:：]?|[(（\[])(?:人民币)?([万千百]+元|亿元)")


def large_unit(text: str) -> str:
    """``万元`` where a text says that amounts are not in yuan, else nothing."""
    found = _THOUSANDS.search(text)
    return found[1] if found else ""


@cache
def _data() -> dict[str, Any]:
    return tomllib.loads((Path(__file__).parent / "words.toml").read_text("utf-8"))


@cache
def aliases(kind: str) -> Aliases:
    """Headings of ``ledger``, ``projects`` or ``bank``; a name may stand for two fields of a bank."""
    return ranked(_data()[kind]["headings"])


@cache
def weak_aliases() -> Aliases:
    """Names that count in a ledger only where the field has no better column."""
    return ranked(_data()["ledger"]["weak"])


@cache
def names_of(kind: str, field: str) -> tuple[str, ...]:
    """The folded headings of one field, best first."""
    return tuple(heading_key(name) for name in _data()[kind]["headings"][field])


@cache
def row_words(kind: str) -> frozenset[str]:
    """Folded labels of rows: opening, closing, carried; or the words that name a refund."""
    return frozenset(folded(word) for word in _data()["ledger"]["rows"][kind])


@cache
def project_sheets() -> frozenset[str]:
    return frozenset(folded(name) for name in _data()["projects"]["sheets"])


@cache
def bank_values(kind: str) -> frozenset[str]:
    """Folded values: income, expense, neutral, closed."""
    return frozenset(folded(word) for word in _data()["bank"]["values"][kind])
