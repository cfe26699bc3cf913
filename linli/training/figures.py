"""The indicators of training, counted from its rows."""

from __future__ import annotations

from datetime import date

from linli.indicators import Value
from linli.kernel.place import Scope
from linli.training import queries, rules


def micro_trainings(scope: Scope, on: date) -> Value:
    """Micro-trainings held in the twelve months up to a day."""
    return Value(queries.held(scope, on).filter(kind=rules.MICRO).count())
