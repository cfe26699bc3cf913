"""Form fields of the kinds that linli's forms share: an amount, a day, a month, files; groups."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from linli.kernel.money import parse_yuan, plain
from linli.kernel.period import Period
from linli.web.templatetags.words import say


@dataclass(frozen=True, slots=True)
class Part:
    """Fields that belong together: `labels` gives each its word under the common `legend`."""

    labels: Mapping[str, Any]
    legend: Any = ""
    note: Any = ""


def whole_number(value: object, *, most: int = 2**63 - 1) -> int | None:
    """A whole number somebody sent, if it is one that a row may have; ² and 10³⁰ are none."""
    text = str(value or "")
    found = int(text) if text.isdecimal() and len(text) < 20 else None
    return found if found is not None and found <= most else None


class AmountInput(forms.TextInput):
    """The field tag echoes the amount in capitals below it."""

    kind = "amount"

    def format_value(self, value: Any) -> str | None:
        return plain(value) if isinstance(value, int) else value


class AmountField(forms.Field):
    """An amount in yuan as a person writes it; `cleaned_data` holds whole fen.

    `minimum_fen`: the least allowed, by default 1; None lifts it.
    """

    widget = AmountInput(attrs={"inputmode": "decimal", "autocomplete": "off", "maxlength": 40})

    def __init__(self, *, minimum_fen: int | None = 1, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.minimum_fen = minimum_fen

    def to_python(self, value: Any) -> int | None:
        if value in self.empty_values:
            return None
        fen, ruling = parse_yuan(value)
        if fen is None:
            raise ValidationError([say(reason) for reason in ruling.reasons])
        return fen

    def validate(self, value: int | None) -> None:
        super().validate(value)
        if value is not None and self.minimum_fen is not None and value < self.minimum_fen:
            raise ValidationError(
                _("金额不能小于 %(least)s 元"), params={"least": plain(self.minimum_fen)}
            )

    def has_changed(self, initial: Any, data: Any) -> bool:
        try:
            return self.to_python(data) != initial
        except ValidationError:
            return True


class DayInput(forms.DateInput):
    """A day; the field tag echoes its weekday and whether it is worked.

    A last day keeps browsers from taking a year of six digits, so that whoever types eight
    digits has typed a day.
    """

    kind = "day"
    input_type = "date"

    def __init__(self, attrs: dict[str, Any] | None = None) -> None:
        super().__init__({"max": "9999-12-31"} | (attrs or {}), format="%Y-%m-%d")


class DayField(forms.DateField):
    widget = DayInput


class MonthInput(forms.TextInput):
    kind = "month"
    input_type = "month"

    def __init__(self, attrs: dict[str, Any] | None = None) -> None:
        super().__init__({"max": "9999-12"} | (attrs or {}))


class MonthField(forms.CharField):
    """A month; `cleaned_data` holds its code, 2026-10."""

    widget = MonthInput

    def clean(self, value: Any) -> str:
        code = super().clean(value)
        if code:
            try:
                Period(code)
            except ValueError as fault:
                raise ValidationError(_("请填写年月，例如 2026-10")) from fault
        return code


class FilesInput(forms.FileInput):
    kind = "files"
    allow_multiple_selected = True


class FilesField(forms.FileField):
    """Several files; `cleaned_data` holds a list (empty if none were chosen).

    `accept`: as in HTML, e.g. "image/*,.pdf". `largest_mb`: told to the person before sending;
    the server's own check belongs to `linli.files`. `camera`: a phone opens its camera at once.
    """

    def __init__(
        self,
        *,
        accept: str = "image/*,.pdf",
        largest_mb: int = 20,
        camera: bool = False,
        **kwargs: Any,
    ) -> None:
        kwargs.setdefault("widget", FilesInput(attrs={"multiple": True}))
        super().__init__(**kwargs)
        self.largest_mb = largest_mb
        self.widget.attrs["accept"] = accept
        if camera:
            self.widget.attrs["capture"] = "environment"

    def clean(self, data: Any, initial: Any = None) -> list[Any]:
        chosen = data if isinstance(data, list | tuple) else [data] if data else []
        if not chosen:
            super().clean(None, initial)
        return [super(FilesField, self).clean(file, initial) for file in chosen]

    def widget_attrs(self, widget: forms.Widget) -> dict[str, Any]:
        return {}
