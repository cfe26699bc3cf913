from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render


def locked_out(request: HttpRequest, *args: object, **kwargs: object) -> HttpResponse:
    """What is shown after too many wrong passwords."""
    return render(request, "people/locked_out.html", status=429)
