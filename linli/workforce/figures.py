"""Figures of the corps as indicators."""

from __future__ import annotations

from datetime import date

from linli.indicators import Value
from linli.kernel.place import Scope
from linli.workforce import queries


def mean_age(scope: Scope, on: date) -> Value:
    """Years of age summed up over the people who serve."""
    told = queries.figures(scope, on)
    return Value(told.mean_age, told.years, told.people)


def college_percent(scope: Scope, on: date) -> Value:
    told = queries.figures(scope, on)
    return Value(told.college_percent, told.college, told.people)
