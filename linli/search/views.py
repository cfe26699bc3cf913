"""The page of a search, and its answer while one types."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.cache import patch_vary_headers
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from linli.search import finders, words
from linli.web.access import needs

SHORT, LONG = 5, 20
"""So many of each kind while one types, and on the page."""


@require_safe
@never_cache
@needs()
def search(request: HttpRequest) -> HttpResponse:
    """?q=… → what is found within scope; ?all=1: beyond the place one chose to be in."""
    typed = request.GET.get("q", "")
    text, access = words.tidy(typed), request.access  # type: ignore[attr-defined]
    htmx, whole = bool(request.htmx), "all" in request.GET  # type: ignore[attr-defined]
    limit = SHORT if htmx else LONG
    groups = finders.find(text, access, limit=limit, whole=whole) if text else []
    context = {
        "typed": typed,
        "q": text,
        "groups": groups,
        "count": sum(len(group.hits) for group in groups),
        "kinds": () if text else finders.offered(access),
        "short": htmx,
        "narrowed": bool(access.here) and not whole,
        "whole": whole,
    }
    answer = render(request, f"search/page.html{'#hits' if htmx else ''}", context)
    patch_vary_headers(answer, ["HX-Request"])
    return answer
