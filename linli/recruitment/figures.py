"""Figures of recruitment as indicators."""

from __future__ import annotations

from datetime import date

from linli.indicators import Value
from linli.kernel.place import Scope
from linli.recruitment import queries


def recruited(scope: Scope, on: date) -> Value:
    """People appointed from recruitments up to a day."""
    return Value(queries.recruited(scope, on))
