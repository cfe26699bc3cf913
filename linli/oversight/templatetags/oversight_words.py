"""A month of the matrix, short and in full."""

from __future__ import annotations

from django import template
from django.utils.translation import gettext as _

from linli.months import rules as months
from linli.oversight import rules
from linli.web.templatetags.words import say

register = template.Library()


def said(cell: rules.Cell) -> str:
    """A month in one line of words, for a sheet and for who cannot see the colours."""
    if not cell.state:
        return ""
    told = [say(cell.state_name)]
    if cell.published_on:
        told.append(cell.published_on.isoformat())
    if cell.time == rules.LATE:
        told.append(_("迟%(n)s天") % {"n": cell.days})
    elif cell.time == rules.OVERDUE:
        told.append(_("逾期%(n)s天") % {"n": cell.days})
    if cell.objections:
        told.append(_("%(n)s条异议未答复") % {"n": cell.objections})
    if cell.followup:
        told.append(_("督办未销号"))
    return " ".join(told)


@register.simple_tag
def cell_words(cell: rules.Cell) -> str:
    """The month in a line of words."""
    return f"{cell.period} {said(cell)}"


@register.simple_tag
def cell_mark(cell: rules.Cell) -> str:
    """The month in a few characters: the day it was published, or what it waits for."""
    if cell.time == rules.OVERDUE:
        return _("逾%(n)s天") % {"n": cell.days}
    if cell.time == rules.LATE:
        return _("迟%(n)s天") % {"n": cell.days}
    if cell.published_on:
        return f"{cell.published_on:%m-%d}"
    return {
        months.CLOSING: _("待签字"),
        months.SEALED: _("待公示"),
    }.get(cell.state, _("记账中"))


@register.filter
def badge(cell: rules.Cell) -> str:
    """The kind of badge of a month's state."""
    if cell.state in (months.SEALED, months.PUBLISHED, months.CLOSED):
        return "sealed"
    return "open" if cell.state == months.CLOSING else "wait"
