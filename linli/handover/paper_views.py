"""Handovers on paper: notices, the acceptance form, the worksheet, the card, the agreement."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.utils import timezone
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from linli.cases import queries as cases
from linli.handover import papers, queries
from linli.handover.dossier import Dossier
from linli.handover.models import Batch, Handover, Notice
from linli.handover.views import READERS
from linli.kernel.rulings import refuse
from linli.kernel.words import gettext_noop
from linli.prints import TypefacesMissing
from linli.prints import render as draw
from linli.sheets.answers import download
from linli.web.access import needs, refused


def _pdf(request: HttpRequest, template: str, data: Mapping[str, Any], name: str) -> HttpResponse:
    """A paper drawn now, to save or print."""
    language = "en" if (get_language() or "").startswith("en") else "zh-hans"
    try:
        made = draw(template, data, language=language, on=timezone.now())
    except TypefacesMissing:
        ruling = refuse(
            gettext_noop("服务器没有安装打印字体，请联系系统管理员；网页可以直接用浏览器打印")
        )
        return refused(request, ruling, status=409)
    return download(made, f"{name}.pdf", "application/pdf")


def notice_at(notice: int) -> Notice:
    rows = Notice.objects.select_related("handover", "handover__room", "handover__case")
    found = rows.filter(pk=notice).first()
    if found is None:
        raise Http404
    found.place = found.handover.place  # type: ignore[attr-defined]
    return found


@never_cache
@require_safe
@needs(*READERS, of=notice_at)
def notice(request: HttpRequest, found: Notice) -> HttpResponse:
    data = papers.notice(found, Dossier(found.handover))
    return _pdf(request, "letter", data, f"{_('一次性补正通知书')} {data['number']}")


@never_cache
@require_safe
@needs(*READERS, of=Handover)
def acceptance(request: HttpRequest, found: Handover) -> HttpResponse:
    data = papers.acceptance(found, Dossier(found))
    return _pdf(request, "form", data, f"{_('公共用房联合验收表')} {found.number}")


@never_cache
@require_safe
@needs(*READERS, of=Handover)
def taxes(request: HttpRequest, found: Handover) -> HttpResponse:
    data = papers.taxes(found, Dossier(found))
    return _pdf(request, "form", data, f"{_('移交税费测算表')} {found.number}")


@never_cache
@require_safe
@needs(*READERS, of=Handover)
def card(request: HttpRequest, found: Handover) -> HttpResponse:
    """The asset card, once the room is entered."""
    if not found.card_no:
        raise Http404
    return _pdf(request, "form", papers.card(found), f"{_('固定资产卡片')} {found.number}")


@never_cache
@require_safe
@needs(*READERS, of=Handover)
def file(request: HttpRequest, found: Handover) -> HttpResponse:
    """The whole handover on paper."""
    steps = cases.progress(found.case, on=timezone.localdate())
    data = papers.file(found, Dossier(found), steps)
    return _pdf(request, "form", data, f"{_('公共用房移交档案')} {found.number}")


@never_cache
@require_safe
@needs(*READERS, of=Batch)
def agreement(request: HttpRequest, found: Batch) -> HttpResponse:
    """The agreement of a signing with its annex; a draft until both have signed."""
    data = papers.agreement(found, queries.in_batch(found))
    return _pdf(request, "form", data, f"{_('公共用房移交协议')} {found.number}")
