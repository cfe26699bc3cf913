"""Figures of the reserve as indicators."""

from __future__ import annotations

from datetime import date

from linli.indicators import Value
from linli.kernel.place import Scope
from linli.reserve import queries


def size(scope: Scope, on: date) -> Value:
    """People in the reserve on a day."""
    return Value(queries.size(scope, on))


def indicators(scope: Scope, on: date) -> Value:
    """Hard indicators in force where the reserve is; those of the widest place of a scope."""
    codes = sorted(code[:6] for code in (*scope.prefixes, *scope.alone))
    return Value(len(queries.indicators(codes[0] if codes else "", on)))
