"""Words of the public pages that a template cannot say by itself."""

from __future__ import annotations

from typing import Any

from django import template
from django.utils.text import capfirst

from linli.portal import rules
from linli.web.templatetags.words import say

register = template.Library()


@register.simple_tag
def category(names: Any, fund: str, code: str = "") -> str:
    """A category of a fund, or the fund, in the reader's language (`names`: showing.Names)."""
    return str(capfirst(names(fund, code)))


@register.filter
def why(reason: str) -> str:
    """Why a word is withheld, in a whole sentence."""
    return say(rules.WITHHELD.get(reason, reason))
