"""Addresses. A domain that has pages brings its own under its name, or where `AT` says."""

from __future__ import annotations

from importlib.util import find_spec

from django.apps import apps
from django.urls import URLPattern, URLResolver, include, path

AT = {
    "upkeep": "",
    "people": "",
    "web": "ui/",
    "notices": "desk/",
    "portal": "",
    "premises": "rooms/",
}
"""Domains whose addresses do not begin with their name."""


def _patterns() -> list[URLPattern | URLResolver]:
    """Every domain's addresses; the public side last, since it stands at the root."""
    names = [
        config.name.removeprefix("linli.")
        for config in apps.get_app_configs()
        if config.name.startswith("linli.") and find_spec(f"{config.name}.urls")
    ]
    names.sort(key=lambda name: name == "portal")
    return [path(AT.get(name, f"{name}/"), include(f"linli.{name}.urls")) for name in names]


urlpatterns: list[URLPattern | URLResolver] = _patterns()

handler400 = "linli.web.views.bad_request"
handler403 = "linli.web.views.forbidden"
handler404 = "linli.web.views.not_found"
handler500 = "linli.web.views.server_error"
