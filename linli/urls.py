"""Addresses. Every domain that has pages brings its own."""

from django.urls import URLPattern, URLResolver, include, path

urlpatterns: list[URLPattern | URLResolver] = [
    path("", include("linli.upkeep.urls")),
]
