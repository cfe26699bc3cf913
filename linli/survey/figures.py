"""The indicators of a survey, counted from its rows."""

from __future__ import annotations

from datetime import date

from linli.indicators import Value
from linli.kernel.place import Scope
from linli.survey import queries
from linli.survey.models import Campaign


def _latest(scope: Scope) -> Campaign | None:
    """The latest campaign whose base is frozen; before there is one, the latest that began."""
    begun = queries.campaigns(scope).filter(started_at__isnull=False)
    return begun.filter(is_frozen=True).first() or begun.first()


def departments(scope: Scope, on: date) -> Value:
    found = _latest(scope)
    return Value(queries.departments_count(found) if found else None)


def people(scope: Scope, on: date) -> Value:
    found = _latest(scope)
    return Value(queries.people_count(found) if found else None)


def leads(scope: Scope, on: date) -> Value:
    found = _latest(scope)
    return Value(queries.leads_count(found) if found else None)
