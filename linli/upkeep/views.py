"""For machines: does the process live, is the installation ready, how does it do."""

import hmac

from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from linli.upkeep import health, metrics


@require_safe
@never_cache
def healthz(request: HttpRequest) -> JsonResponse:
    """200 while the process answers. A database that is away is no reason to start it again."""
    return JsonResponse({"status": "ok"})


@require_safe
@never_cache
def readyz(request: HttpRequest) -> JsonResponse:
    """200 while it can work, else 503; what is lacking is told only to who shows the token."""
    lacking = health.lacking()
    told: dict[str, object] = {"status": "lacking" if lacking else "ok"}
    if lacking and _has_token(request):
        told["lacking"] = lacking
    return JsonResponse(told, status=503 if lacking else 200)


@require_safe
@never_cache
def figures(request: HttpRequest) -> HttpResponse:
    """For Prometheus, which shows the token; to everybody else there is no such page."""
    if not _has_token(request):
        raise Http404
    text, kind = metrics.page()
    return HttpResponse(text, content_type=kind)


def _has_token(request: HttpRequest) -> bool:
    told = request.headers.get("Authorization", "").encode()
    wanted = f"Bearer {settings.METRICS_TOKEN}".encode()
    return bool(settings.METRICS_TOKEN) and hmac.compare_digest(told, wanted)
