"""The indicators of mentoring, counted from its rows."""

from __future__ import annotations

from datetime import date

from linli.indicators import Value
from linli.kernel.place import Scope
from linli.mentoring import queries


def stations(scope: Scope, on: date) -> Value:
    """Stations open on a day."""
    return Value(queries.open_stations(scope, on).count())
