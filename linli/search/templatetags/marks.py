"""`marked`: a text in which what was searched for stands out."""

from __future__ import annotations

import re

from django import template
from django.utils.html import escape
from django.utils.safestring import SafeString, mark_safe

from linli.web.templatetags.words import say

register = template.Library()


@register.filter
def marked(text: object, sought: str) -> SafeString:
    """The text, escaped, with every place that was searched for in <mark>."""
    said = say(text)
    if not sought:
        return escape(said)
    parts = re.split(f"({re.escape(sought)})", said, flags=re.IGNORECASE)
    shown = (f"<mark>{escape(p)}</mark>" if n % 2 else escape(p) for n, p in enumerate(parts))
    return mark_safe("".join(shown))  # noqa: S308 - every part is escaped
