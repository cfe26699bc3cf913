"""`say`: put a word or a reason written in the rules into the reader's language."""

from __future__ import annotations

from datetime import date, datetime

from django import template
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.functional import Promise
from django.utils.translation import get_language, gettext

from linli.kernel.rulings import Reason
from linli.kernel.words import AnyOf
from linli.sources.words import Worded

register = template.Library()


@register.filter
def say(word: object) -> str:
    """A msgid, a Reason, a tuple of words, AnyOf, a day, or anything with a `name` (Role, Step, Flow)."""
    match word:
        case None | "":
            return ""
        case Reason(text=text, values=values):
            return gettext(text) % {name: say(value) for name, value in values.items()}
        case AnyOf((*others, last)) if others:
            return gettext("%(others)s或%(last)s") % {"others": say(others), "last": say(last)}
        case tuple() | list() | frozenset():
            return gettext("、").join(say(part) for part in word)
        case Promise():
            return str(word)
        case Worded() if (get_language() or "").startswith("en") and word.en:
            return word.en
        case str():
            return gettext(word)
        case datetime():
            return date_format(timezone.localtime(word), "DATETIME_FORMAT")
        case date():
            return date_format(word, "DATE_FORMAT")
        case _ if isinstance(getattr(word, "name", None), str | Promise):
            return say(word.name)  # type: ignore[attr-defined]
        case _:
            return str(word)
