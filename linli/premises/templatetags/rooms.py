"""Words and figures of rooms in templates."""

from __future__ import annotations

from typing import Any

from django import template

from linli.premises import showing

register = template.Library()


@register.filter
def square_metres(area_dm2: int | None) -> str:
    """Hundredths of a square metre as people read them: 1,234.5."""
    return showing.area(area_dm2)


@register.filter
def room_kind(code: str) -> Any:
    """The name of a kind of rooms."""
    return showing.kind_name(code)
