"""Words of consultations in templates."""

from __future__ import annotations

from typing import Any

from django import template

from linli.leads import showing

register = template.Library()


@register.filter
def role_name(code: str) -> Any:
    """The department that a role's code stands for."""
    return showing.role_name(code)
