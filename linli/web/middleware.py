"""Answers that are the same everywhere."""

from __future__ import annotations

from collections.abc import Callable

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _

from linli.kernel.once import reading_once
from linli.kernel.rulings import Refused

CONFLICT, TOO_LARGE = 409, 413


def body_limit(
    get_response: Callable[[HttpRequest], HttpResponse],
) -> Callable[[HttpRequest], HttpResponse]:
    """A body larger than any form of ours is not read at all."""

    def run(request: HttpRequest) -> HttpResponse:
        length = request.META.get("CONTENT_LENGTH") or "0"
        if length.isdecimal() and int(length) > settings.MOST_BODY_BYTES:
            most = settings.MOST_BODY_BYTES >> 20
            text = _("一次最多提交 %(most)s MB，请分几次上传") % {"most": most}
            return HttpResponse(text, status=TOO_LARGE, content_type="text/plain; charset=utf-8")
        return get_response(request)

    return run


def read_once(
    get_response: Callable[[HttpRequest], HttpResponse],
) -> Callable[[HttpRequest], HttpResponse]:
    """What `linli.kernel.once` reads is kept until the answer is made, and no longer."""

    def run(request: HttpRequest) -> HttpResponse:
        with reading_once():
            return get_response(request)

    return run


class refusals:  # noqa: N801 - settings name it as a function
    """A refusal that no view caught is shown with its reasons, as a page or above the page."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        return self.get_response(request)

    def process_exception(self, request: HttpRequest, exception: Exception) -> HttpResponse | None:
        if not isinstance(exception, Refused):
            return None
        context = {"ruling": exception.ruling}
        if getattr(request, "htmx", False):
            response = render(request, "web/components/refusal.html", context, status=CONFLICT)
            response["HX-Retarget"] = "#notes"
            response["HX-Reswap"] = "innerHTML"
            return response
        return render(request, "web/refused.html", context, status=CONFLICT)
