"""What every page knows: where one is, who one is, where one can go.

The shell knows no domain. Domains tell it what they know by `provide`, in their app's `ready`:

    @context.provide
    def place(request) -> dict: return {"place": (...), "places_url": reverse("places:switch")}
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from django.conf import settings
from django.http import HttpRequest
from django.urls import NoReverseMatch, reverse
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from linli.web import menu

THEME_COOKIE = "theme"
THEMES = ("light", "dark")
ON_PHONE = 3

Provider = Callable[[HttpRequest], Mapping[str, Any]]
_providers: list[Provider] = []


@dataclass(frozen=True, slots=True)
class Link:
    """A word and where it leads. `current`: this is the page one is on; `icon`: may be empty."""

    label: Any
    url: str = ""
    icon: str = ""
    current: bool = False


DEFAULTS: Mapping[str, Any] = {
    # Where: the way down to the place one works in, widest first.
    "place": (),
    # Answers ?q= with a list of links (a fragment for htmx, a page without it); "" hides it.
    "places_url": "",
    "search_url": "",
    # What can be searched for: each with label, by, icon.
    "search_kinds": (),
    # Who.
    "roles": frozenset(),
    "user_name": "",
    "user_post": "",
    "account": (),
    "login_url": "",
    "logout_url": "",
    # What waits.
    "desk_url": "",
    "waiting_count": 0,
    # Whom to call about what is published.
    "supervision_office": "",
    "supervision_phone": "",
    # Who runs this installation, e.g. the district.
    "county": "",
}


def provide(provider: Provider) -> Provider:
    """Register a function (request) -> some of the keys of DEFAULTS. Asked once per page."""
    if provider not in _providers:
        _providers.append(provider)
    return provider


class Shell:
    """The values of DEFAULTS as the providers gave them, and what follows from them.

    Nothing is asked before a template uses it.
    """

    def __init__(self, request: HttpRequest) -> None:
        self._request = request

    @cached_property
    def _told(self) -> dict[str, Any]:
        told = dict(DEFAULTS)
        for provider in _providers:
            more = provider(self._request)
            unknown = set(more) - set(DEFAULTS)
            if unknown:
                raise KeyError(f"the shell does not know {sorted(unknown)}")
            told.update(more)
        return told

    def __getattr__(self, name: str) -> Any:
        if name in DEFAULTS:
            return self._told[name]
        raise AttributeError(name)

    @property
    def here(self) -> Any:
        """The narrowest place of the way, or None."""
        return self.place[-1] if self.place else None

    @property
    def theme(self) -> str:
        """ "light", "dark", or "" to follow the system."""
        chosen = self._request.COOKIES.get(THEME_COOKIE, "")
        return chosen if chosen in THEMES else ""

    @property
    def themes(self) -> list[tuple[str, Any, str]]:
        """(choice, word, icon) for the switch."""
        return [
            ("", _("跟随系统"), "adjustments-horizontal"),
            ("light", _("浅色"), "sun"),
            ("dark", _("深色"), "moon"),
        ]

    @property
    def other_languages(self) -> list[tuple[str, str]]:
        """(code, name in its own language) of the languages the page is not in."""
        return [(code, name) for code, name in settings.LANGUAGES if code != get_language()]

    @cached_property
    def links(self) -> list[tuple[menu.Item, Link]]:
        """The menu of this person; entries whose page does not exist are left out."""
        found = []
        for item in menu.items_for(self.roles):
            try:
                found.append((item, reverse(item.url_name)))
            except NoReverseMatch:
                continue
        path = self._request.path
        under = [url for _item, url in found if path == url or path.startswith(url)]
        current = max(under, key=len, default="")
        return [(item, Link(item.label, url, item.icon, url == current)) for item, url in found]

    @property
    def menu(self) -> list[tuple[Any, list[Link]]]:
        """(group, its links), groups in the order of their first entry."""
        groups: dict[str, tuple[Any, list[Link]]] = {}
        for item, link in self.links:
            groups.setdefault(str(item.group), (item.group, []))[1].append(link)
        return list(groups.values())

    @property
    def on_phone(self) -> list[Link]:
        return [link for item, link in self.links if item.on_phone][:ON_PHONE]

    @property
    def at_desk(self) -> bool:
        return bool(self.desk_url) and self._request.path == self.desk_url


def shell(request: HttpRequest) -> dict[str, Shell]:
    """The context processor."""
    return {"shell": Shell(request)}
