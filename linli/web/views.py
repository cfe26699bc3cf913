"""Pages that belong to no domain: preferences, echoes of form fields, faults, the gallery."""

from __future__ import annotations

from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.utils.translation import gettext_lazy as _
from django.views.decorators.cache import cache_control
from django.views.decorators.http import require_safe

from linli.web import outage
from linli.web.access import own_address
from linli.web.context import THEME_COOKIE, THEMES
from linli.web.echoes import capitals_of, day_of
from linli.web.gallery import examples

YEAR = 365 * 24 * 3600


def _back(request: HttpRequest) -> HttpResponseRedirect:
    return HttpResponseRedirect(own_address(request, request.GET.get("next", "")) or "/")


@require_safe
@cache_control(no_store=True)
def language(request: HttpRequest, code: str) -> HttpResponse:
    """Read on in another language. A preference only, so a plain link does it."""
    if code not in dict(settings.LANGUAGES):
        raise Http404
    response = _back(request)
    response.set_cookie(
        settings.LANGUAGE_COOKIE_NAME, code, max_age=YEAR, samesite="Lax", secure=settings.SECURE
    )
    return response


@require_safe
@cache_control(no_store=True)
def theme(request: HttpRequest) -> HttpResponse:
    """?to=light|dark; anything else follows the system again."""
    choice = request.GET.get("to", "")
    response = _back(request)
    if choice in THEMES:
        response.set_cookie(
            THEME_COOKIE, choice, max_age=YEAR, samesite="Lax", secure=settings.SECURE
        )
    else:
        response.delete_cookie(THEME_COOKIE, samesite="Lax")
    return response


@require_safe
def capitals(request: HttpRequest) -> HttpResponse:
    """?amount=1200.50 → the amount in capitals, or nothing."""
    return HttpResponse(capitals_of(request.GET.get("amount", "")), content_type="text/plain")


@require_safe
def day(request: HttpRequest) -> HttpResponse:
    """The value of any single parameter as a day in words: 星期四 · 节假日."""
    typed = next(iter(request.GET.values()), "")
    return HttpResponse(day_of(typed), content_type="text/plain; charset=utf-8")


@require_safe
def gallery(request: HttpRequest) -> HttpResponse:
    """Every component with an example."""
    return render(request, "web/gallery.html", examples(request))


def _fault(request: HttpRequest, status: int, title: object, text: object) -> HttpResponse:
    context = {"status": status, "title": title, "text": text}
    return render(request, "web/error.html", context, status=status)


def bad_request(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    return _fault(
        request,
        400,
        _("这个请求无法理解"),
        _("地址或提交的内容不完整。请返回上一页重试；您填写的内容仍保留在原页面。"),
    )


def forbidden(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    return _fault(
        request,
        403,
        _("您没有查看这一页的权限"),
        _("本页属于其他辖区或其他岗位。如果这本是您的工作，请联系安全管理员核对您的任职。"),
    )


def not_found(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    return _fault(
        request,
        404,
        _("没有找到这一页"),
        _("地址可能写错了，或内容已移走。公示过的内容不会删除，可以从小区页面重新查找。"),
    )


def csrf_failed(request: HttpRequest, reason: str = "") -> HttpResponse:
    return _fault(
        request,
        403,
        _("页面放得太久，请重新提交"),
        _("为防止他人冒用，页面的提交凭据已失效。请返回上一页，刷新后再提交一次。"),
    )


def server_error(request: HttpRequest) -> HttpResponse:
    """Stands on nothing that may have broken: no session, no database, no shell. 503 where the
    database is away, which passes."""
    return outage.answer(request) or render(request, "web/broken.html", status=500)
