"""The pages of `linli.web` alone, and a page that breaks in each way."""

from __future__ import annotations

from django.core.exceptions import PermissionDenied, SuspiciousOperation
from django.http import Http404, HttpRequest, HttpResponse
from django.urls import include, path

from linli.kernel.rulings import refuse

handler400 = "linli.web.views.bad_request"
handler403 = "linli.web.views.forbidden"
handler404 = "linli.web.views.not_found"
handler500 = "linli.web.views.server_error"

FAULTS = {
    "400": SuspiciousOperation(),
    "403": PermissionDenied(),
    "404": Http404(),
    "500": RuntimeError("broken on purpose"),
}


def fault(request: HttpRequest, kind: str) -> HttpResponse:
    if kind == "refused":
        refuse("公共收益的使用须有业主共同决定", "民法典:278").enforce()
    raise FAULTS[kind]


urlpatterns = [path("", include("linli.web.urls")), path("fault/<str:kind>/", fault)]
