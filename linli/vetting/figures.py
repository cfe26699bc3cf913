"""The figure of joint vetting as an indicator."""

from __future__ import annotations

from datetime import date

from linli.indicators import Value
from linli.kernel.place import Scope
from linli.vetting import desks


def departments(scope: Scope, on: date) -> Value:
    """How many departments the latest round asks; None where there was none."""
    told = desks.departments_asked(scope, on)
    return Value(told[0] if told else None)
