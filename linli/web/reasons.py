"""Putting the reasons of a refusal onto the form they are about."""

from __future__ import annotations

from django import forms
from django.utils.translation import gettext as _

from linli.kernel.rulings import Reason, Ruling
from linli.web.templatetags.words import say

MOST = 50
"""A spreadsheet may have thousands of faults; a form shows the first."""


def put_on(form: forms.BaseForm, ruling: Ruling) -> None:
    """Each reason beside its field, or above the form where it names none (of the form's)."""
    for reason in ruling.reasons[:MOST]:
        form.add_error(reason.field if reason.field in form.fields else None, _said(reason))
    left = len(ruling.reasons) - MOST
    if left > 0:
        form.add_error(None, _("还有%(n)s处，改好上面的再试") % {"n": left})


def _said(reason: Reason) -> str:
    where = _("第%(n)s行：") % {"n": reason.row} if reason.row is not None else ""
    return f"{where}{say(reason)}"
