"""Putting the reasons of a refusal onto the form they are about."""

from __future__ import annotations

from django import forms

from linli.kernel.rulings import Ruling
from linli.web.templatetags.words import say


def put_on(form: forms.BaseForm, ruling: Ruling) -> None:
    """Each reason beside its field, or above the form where it names none (of the form's)."""
    for reason in ruling.reasons:
        form.add_error(reason.field if reason.field in form.fields else None, say(reason))
