"""Sheets to take along and bases, in the shapes of linli.prints."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import get_language, gettext_noop
from django.utils.translation import gettext as _

from linli.kernel.rulings import refuse
from linli.places import queries as places
from linli.prints import TypefacesMissing
from linli.prints import render as draw
from linli.sheets.answers import download
from linli.sources import room_kinds
from linli.survey import base_columns
from linli.survey.models import Campaign, Freeze, Target, Team
from linli.survey.questions import LOOKS, asked_by
from linli.web.access import refused
from linli.web.templatetags.words import say

CONFLICT = 409


def pdf(request: HttpRequest, template: str, data: Mapping[str, Any], name: str) -> HttpResponse:
    """A paper drawn now, to save or print."""
    language = "en" if (get_language() or "").startswith("en") else "zh-hans"
    try:
        made = draw(template, data, language=language, on=timezone.now())
    except TypefacesMissing:
        ruling = refuse(
            gettext_noop("服务器没有安装打印字体，请联系系统管理员；网页可以直接用浏览器打印")
        )
        return refused(request, ruling, status=CONFLICT)
    return download(made, f"{name}.pdf", "application/pdf")


def sheets(
    found: Campaign,
    team: Team,
    look: str,
    told: Mapping[str, Sequence[Target]],
    *,
    address: str,
) -> dict[str, Any]:
    """The sheets of a team for one look: a page or more for each estate.

    `address`: where this installation answers, for the QR codes.
    """
    ways = places.name_paths(told)
    return {
        "code": f"PC{found.pk}-{team.number}-{look}",
        "unit": found.name,
        "team": f"{team.number} {team.name}",
        "look": say(LOOKS[look]),
        "questions": [say(topic.asked[look]) for topic in asked_by(look)],
        "estates": [
            {
                "name": ways[code],
                "rooms": [
                    {
                        "number": row.code,
                        "name": row.name,
                        "kind": say(room_kinds()[row.kind].name),
                        "spot": row.building,
                        "done": bool(getattr(row, "is_in", False)),
                        "proof": {
                            "url": address.rstrip("/") + reverse("survey:look", args=[row.pk, look])
                        },
                    }
                    for row in rows
                ],
            }
            for code, rows in told.items()
        ],
    }


def base(found: Freeze, rows: Sequence[Mapping[str, Any]]) -> dict[str, Any]:
    """A base on paper. `rows`: those the reader may see; the hash is over all."""
    return {
        "code": f"DS{found.pk}",
        "unit": places.name(found.place),
        "place": found.campaign.name,
        "frozen_on": found.on,
        "by": found.by.name if found.by else "",
        "root": found.root,
        "total": found.rows.count(),
        "piles": [{"name": say(word), "count": n} for word, n in base_columns.piles(rows)],
        "rows": [_row(row) for row in rows],
        "hands": [{"role": _("冻结人"), "name": found.by.name if found.by else ""}],
    }


def _row(row: Mapping[str, Any]) -> dict[str, Any]:
    def text(code: str) -> str:
        value = base_columns.VALUES[code][1](row)
        return str(say(value[0] if code == "pile" else value if value is not None else ""))

    return {
        "number": row["code"],
        "name": row["name"],
        "kind": text("kind"),
        "spot": f"{row['path']} {row.get('building', '')}".strip(),
        "planned": text("planned_dm2"),
        "measured": text("measured_dm2"),
        "state": text("state"),
        "owner": text("owner"),
        "pile": text("pile"),
    }
