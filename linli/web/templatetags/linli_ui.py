"""The tags of linli's pages; `docs/components.md` lists them with their parameters."""

from __future__ import annotations

from datetime import date
from itertools import count
from typing import Any

import segno
from django import template
from django.forms import BoundField
from django.forms import widgets as w
from django.template.loader import render_to_string
from django.templatetags.static import static
from django.urls import reverse
from django.utils.formats import date_format
from django.utils.html import format_html, json_script
from django.utils.safestring import SafeString, mark_safe
from django.utils.text import capfirst
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from linli.kernel.calendar import WORK
from linli.kernel.money import capitals as in_capitals
from linli.kernel.money import plain, yuan
from linli.kernel.rulings import ALLOWED, Ruling
from linli.sources import articles
from linli.web.echoes import capitals_of, day_of
from linli.web.templatetags.words import say

register = template.Library()

NEAR_DAYS = 3
_serial = count(1)
STATES = ("open", "done", "wait", "draft", "late", "void", "sealed")


@register.simple_block_tag
def capture(content: str) -> str:
    """{% capture as name %}…{% endcapture %}: keeps what is rendered between in a variable."""
    return mark_safe(content.strip())


@register.simple_tag
def icon(name: str, label: str = "", css: str = "") -> SafeString:
    """An icon of the sprite. With `label` it is read out, without it it is decoration."""
    return format_html(
        '<svg class="icon{}" {}><use href="{}#{}"/></svg>',
        f" {css}" if css else "",
        format_html('role="img" aria-label="{}"', label)
        if label
        else mark_safe('aria-hidden="true"'),
        static("dist/icons.svg"),
        name,
    )


@register.simple_tag
def money(
    fen: int | None, sign: bool = False, zero: str = "", href: str = "", label: str = ""
) -> SafeString:
    """1,234.50, set to the right in a table cell, with a true minus.

    `sign`: a plus before what is positive. `zero`: what stands for 0.00. None is a dash.
    `href`: the figure leads down to what it is made of; `label` says to what (read out).
    """
    if fen is None:
        return mark_safe('<span class="money">—</span>')
    text = zero if zero and not fen else ("+" if sign and fen > 0 else "") + yuan(fen)
    figure = format_html('<data class="money" value="{}">{}</data>', plain(fen), text)
    if not href:
        return figure
    said = format_html('<span class="visually-hidden">{}{}</span>', _("："), label) if label else ""
    return format_html('<a class="figure" href="{}">{}{}</a>', href, figure, said)


@register.simple_tag
def capitals(fen: int | None) -> SafeString:
    """The amount in capital figures (大写), in Chinese whatever the page's language."""
    if fen is None:
        return mark_safe("")
    return format_html('<span class="capitals" lang="zh-hans">{}</span>', in_capitals(fen))


@register.simple_tag
def period(code: str) -> str:
    """2026-10 → 2026年10月, October 2026."""
    year, month = str(code).split("-")
    return date_format(date(int(year), int(month), 1), "YEAR_MONTH_FORMAT")


@register.simple_tag
def state(word: Any, kind: str = "wait") -> SafeString:
    """A badge. Kinds: open (may go on) done wait draft late void sealed."""
    if kind not in STATES:
        raise template.TemplateSyntaxError(f"state has no kind {kind!r}")
    return format_html('<span class="state state-{}">{}</span>', kind, capfirst(say(word)))


@register.inclusion_tag("web/components/seal.html")
def seal(period: str, root: str = "", variant: str = "sealed", size: str = "") -> dict[str, Any]:
    """The seal of a month. `variant`: sealed, corrected, draft. `size`: "", sm, lg.

    `root`: the root of the tree; its first eight characters stand on the seal.
    """
    if variant not in ("sealed", "corrected", "draft"):
        raise template.TemplateSyntaxError(f"seal has no variant {variant!r}")
    year, month = str(period).split("-")
    short = root[:8]
    return {
        "year": year,
        "month": month,
        "period": period,
        "root": short,
        "rows": (short[:4], short[4:]) if variant != "draft" and short else (),
        "variant": variant,
        "size": size,
    }


@register.inclusion_tag("web/components/ground.html")
def ground(cite: str) -> dict[str, Any]:
    """The ground of a rule as a chip ("民法典:282") that opens to the gist of the article."""
    found = articles().get(cite)
    if found is None:
        return {"label": cite}
    return {
        "label": found.label,
        "gist": found.text,
        "title": found.title,
        "in_force": found.in_force,
        "binding": found.source.binding,
    }


@register.inclusion_tag("web/components/action.html")
def action(
    label: Any,
    ruling: Ruling = ALLOWED,
    href: str = "",
    kind: str = "",
    name: str = "",
    value: str = "",
    icon: str = "",
    small: bool = False,
) -> dict[str, Any]:
    """A button that is never hidden: refused by `ruling` it is disabled and says why beneath.

    With `href` a link, otherwise a submit button (`name`, `value`) of the form around it.
    `kind`: primary, grave, plain or "". A missing ruling allows.
    """
    css = " ".join(("btn", *([f"btn-{kind}"] if kind else []), *(["btn-sm"] if small else [])))
    return {
        "label": label,
        "reasons": ruling.reasons if isinstance(ruling, Ruling) else (),
        "href": href,
        "css": css,
        "name": name,
        "value": value,
        "icon": icon,
        "id": f"why-{next(_serial)}",
    }


@register.inclusion_tag("web/components/deadline.html")
def deadline(
    left: int | None,
    due: date | None = None,
    days: str = WORK,
    near: int = NEAR_DAYS,
    done: bool = False,
) -> dict[str, Any]:
    """The clock of a deadline. `left`: days left, negative once it is over. `days`: work|natural."""
    work = days == WORK
    kind = (
        "done" if done or left is None else "late" if left < 0 else "near" if left <= near else ""
    )
    return {
        "kind": kind,
        "due": due,
        "left": left,
        "text": _left(left, work=work) if not done else "",
    }


def _left(left: int | None, *, work: bool) -> str:
    if left is None:
        return ""
    if left == 0:
        return _("今天到期")
    size = abs(left)
    if left > 0 and work:
        text = ngettext("还剩 %(n)s 个工作日", "还剩 %(n)s 个工作日", size)
    elif left > 0:
        text = ngettext("还剩 %(n)s 天", "还剩 %(n)s 天", size)
    elif work:
        text = ngettext("逾期 %(n)s 个工作日", "逾期 %(n)s 个工作日", size)
    else:
        text = ngettext("逾期 %(n)s 天", "逾期 %(n)s 天", size)
    return text % {"n": size}


_CLASSES = (
    (w.CheckboxInput, "check", "form-check-input"),
    (w.CheckboxSelectMultiple, "choices", "form-check-input"),
    (w.RadioSelect, "choices", "form-check-input"),
    (w.Select, "select", "form-select"),
    (w.FileInput, "files", "form-control"),
)


def _kind(field: BoundField) -> tuple[str, str]:
    widget = field.field.widget
    for cls, kind, css in _CLASSES:
        if isinstance(widget, cls):
            return kind, css
    return getattr(widget, "kind", "plain"), "form-control"


@register.inclusion_tag("web/components/field.html")
def field(field: BoundField, hint: str = "", compact: bool = False) -> dict[str, Any]:
    """A form field with its label above, help below it, error beside it.

    `hint`: more help than the form's own. `compact`: as in a filter bar (small, no help).
    """
    kind, css = _kind(field)
    attrs = field.field.widget.attrs
    if compact:
        css += f" {css}-sm" if css in ("form-control", "form-select") else ""
    attrs.setdefault("class", css)
    ids = {name: f"{field.auto_id}-{name}" for name in ("help", "error", "echo")}
    echo = ids["echo"] if kind in ("amount", "day") and not compact else ""
    shown = (
        (ids["help"], bool(field.help_text or hint) and not compact),
        (echo, bool(echo)),
        (ids["error"], bool(field.errors)),
    )
    described = " ".join(name for name, there in shown if there)
    if described:
        attrs["aria-describedby"] = described
    if field.errors:
        attrs["aria-invalid"] = "true"
    if kind == "amount" and echo:
        attrs["data-capitals"] = echo
    if kind == "day" and echo:
        attrs |= {
            "hx-get": reverse("web:day"),
            "hx-trigger": "change delay:200ms",
            "hx-target": f"#{echo}",
            "hx-swap": "innerHTML",
            "hx-sync": "this:replace",
        }
    return {
        "field": field,
        "kind": kind,
        "box": "fieldset" if kind == "choices" else "div",
        "largest": getattr(field.field, "largest_mb", None),
        "hint": hint,
        "compact": compact,
        "ids": ids,
        "echo": _echo(field, kind) if echo else "",
        "has_echo": bool(echo),
    }


def _echo(field: BoundField, kind: str) -> str:
    """What the page says before any script: nothing typed, nothing said."""
    value = field.value()
    if value in (None, ""):
        return ""
    if kind == "amount":
        return in_capitals(value) if isinstance(value, int) else capitals_of(str(value))
    return day_of(value.isoformat() if isinstance(value, date) else str(value))


@register.inclusion_tag("web/components/chart.html")
def chart(
    kind: str,
    data: dict[str, Any],
    caption: str = "",
    source: str = "",
    name: str = "",
    tall: bool = False,
) -> dict[str, Any]:
    """A figure with the same data as a table. `kind`: trend, bar, sankey.

    trend, bar: {"unit": fen|count|percent, "x": [...], "series": [{"name", "tone", "values",
    "line": bool}], "hrefs": [...]}. sankey: {"unit", "nodes": [{"id", "name", "tone", "href"}],
    "links": [{"source", "target", "value", "href"}]}. Tones: common fiscal seed income cost use
    closing plain. `source`: a line below. `name`: id on the page.
    """
    name = name or f"chart-{next(_serial)}"
    head, rows = _sankey_table(data) if kind == "sankey" else _series_table(data)
    return {
        "kind": kind,
        "caption": caption,
        "source": source,
        "name": name,
        "tall": tall,
        "unit": data.get("unit", "count"),
        "head": head,
        "rows": rows,
        "script": json_script(_capitalised(data)),
    }


def _capitalised(data: dict[str, Any]) -> dict[str, Any]:
    """The data with every name in the reader's language, as it begins a line."""
    named = {
        key: [{**one, "name": capfirst(say(one["name"]))} for one in data[key]]
        for key in ("series", "nodes")
        if key in data
    }
    return {**data, **named}


def _series_table(data: dict[str, Any]) -> tuple[list[Any], list[tuple[Any, str, list[Any]]]]:
    hrefs = data.get("hrefs") or [""] * len(data["x"])
    rows = [
        (x, href, [series["values"][at] for series in data["series"]])
        for at, (x, href) in enumerate(zip(data["x"], hrefs, strict=True))
    ]
    return ["", *(series["name"] for series in data["series"])], rows


def _sankey_table(data: dict[str, Any]) -> tuple[list[Any], list[tuple[Any, str, list[Any]]]]:
    names = {node["id"]: node["name"] for node in data["nodes"]}
    rows = [
        (
            f"{names[link['source']]} → {names[link['target']]}",
            link.get("href", ""),
            [link["value"]],
        )
        for link in data["links"]
    ]
    return [_("从 → 到"), _("金额")], rows


@register.inclusion_tag("web/components/map.html", name="map")
def a_map(
    drawing: Any, caption: str = "", name: str = "", pick: tuple[str, str] = ("", "")
) -> dict[str, Any]:
    """Places and what lies in them, drawn from our own lines: works without tiles and scripts.

    `drawing`: width, height, radius (of a printed spot), picture (address or ""), shapes (kind,
    name, points, label), spots (key, x, y, label, href, letter, tone, count, slices). The same
    links stand in a list beside it; an element there with `data-spot-of=key` lights its spot up.
    `pick`: ids of two fields that take the thousandths of a spot that is put on the map.
    """
    return {
        "drawing": drawing,
        "caption": caption,
        "name": name or f"map-{next(_serial)}",
        "pick_x": pick[0],
        "pick_y": pick[1],
    }


@register.simple_tag
def amount_of(value: Any, unit: str) -> SafeString:
    """A value of a chart's table in its unit."""
    if value is None:
        return mark_safe("—")
    if unit == "fen":
        return money(value)
    return format_html('<span class="money">{}{}</span>', value, "%" if unit == "percent" else "")


@register.simple_tag
def qr(text: str, label: str) -> SafeString:
    """A QR code, drawn on the page itself. `label` says what scanning it opens."""
    drawing = segno.make(text, error="m").svg_inline(omitsize=True, border=2, dark="#211e1a")
    return format_html(
        '<span class="qr" role="img" aria-label="{}">{}</span>',
        label,
        mark_safe(drawing),
    )


@register.simple_block_tag
def confirm(
    content: str,
    label: str,
    title: str = "",
    name: str = "",
    kind: str = "grave",
    icon: str = "",
    small: bool = False,
) -> str:
    """{% confirm label title name="seal" %}body and a <form>{% endconfirm %}: asks once.

    The body says in numbers what will happen and holds the form (its buttons in a
    `.dialog-foot`). Without scripts it opens in place. `kind` as of `action`: grave for what
    cannot be taken back, primary for the main act, "" for the rest.
    """
    return render_to_string(
        "web/components/confirm.html",
        {
            "content": content,
            "label": label,
            "title": title or label,
            "name": name or f"confirm-{next(_serial)}",
            "kind": kind,
            "icon": icon,
            "small": small,
        },
    )
