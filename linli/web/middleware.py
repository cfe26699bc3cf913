"""Answers that are the same everywhere."""

from __future__ import annotations

from collections.abc import Callable

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from linli.kernel.rulings import Refused

CONFLICT = 409


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
