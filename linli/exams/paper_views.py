"""Papers of an exam: admission slips, and for each room the plan of seats with the list to sign."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.utils import timezone
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop as noop
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from linli.exams import queries, rules
from linli.exams.models import Exam, Room
from linli.exams.who import KEEPERS
from linli.kernel.rulings import refuse
from linli.prints import TypefacesMissing
from linli.prints import render as draw
from linli.sheets.answers import download
from linli.web.access import needs, refused

CONFLICT = 409


def _pdf(request: HttpRequest, template: str, data: Mapping[str, Any], name: str) -> HttpResponse:
    language = "en" if (get_language() or "").startswith("en") else "zh-hans"
    try:
        made = draw(template, data, language=language, on=timezone.now())
    except TypefacesMissing:
        ruling = refuse(noop("服务器没有安装打印字体，请联系系统管理员"))
        return refused(request, ruling, status=CONFLICT)
    return download(made, f"{name}.pdf", "application/pdf")


@never_cache
@require_safe
@needs(*KEEPERS, of=Exam)
def slips(request: HttpRequest, found: Exam) -> HttpResponse:
    """Every admission slip, four to a page, by ticket."""
    ruling = rules.is_drawn(drawn=found.drawn_at is not None)
    if not ruling.allowed:
        return refused(request, ruling, status=CONFLICT)
    rows = found.candidates.select_related("room", "post").order_by("ticket")
    data = queries.slips(found, rows)
    return _pdf(request, "admission", data, _("%(exam)s准考证") % {"exam": found.title})


@never_cache
@require_safe
@needs(*KEEPERS, of=Room)
def room_sheet(request: HttpRequest, found: Room) -> HttpResponse:
    """The plan of a room and the list to sign."""
    ruling = rules.is_drawn(drawn=found.exam.drawn_at is not None)
    if not ruling.allowed:
        return refused(request, ruling, status=CONFLICT)
    data = queries.room_sheet(found)
    name = _("%(exam)s第%(n)s考场座次表") % {"exam": found.exam.title, "n": found.number}
    return _pdf(request, "exam_room", data, name)
