"""Pages for everybody, rendered once: the same for each visitor, whoever is logged in.

A page is kept in the process by address, language and theme, with the token of what it was made
of; it is made anew as soon as that has changed, and after some minutes in any case, so that what
is erased or withheld later does not stay. It sets no cookie and carries no form token.
"""

from __future__ import annotations

import gzip
import hashlib
import time
from collections import OrderedDict
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from threading import Lock
from typing import Any, Generic, TypeVar

from django.conf import settings
from django.contrib.auth.models import AnonymousUser
from django.http import HttpRequest, HttpResponse, QueryDict
from django.template.loader import render_to_string
from django.utils.cache import get_conditional_response, patch_vary_headers
from django.utils.http import http_date
from django.utils.translation import get_language

from linli.web.context import THEME_COOKIE, THEMES

MOST_BYTES = 32 * 1024 * 1024
KEEP_SECONDS = 300
FOR_ALL = "public, max-age=60"
FOR_NOBODY = "no-store"

Value = TypeVar("Value")


class Latest(Generic[Value]):
    """The values used last, by key, for all threads of a process."""

    def __init__(self, most: int, weigh: Callable[[Value], int] = lambda value: 1) -> None:
        self._most, self._weigh = most, weigh
        self._held: OrderedDict[Any, Value] = OrderedDict()
        self._weight = 0
        self._lock = Lock()

    def get(self, key: Any) -> Value | None:
        with self._lock:
            value = self._held.get(key)
            if value is not None:
                self._held.move_to_end(key)
            return value

    def put(self, key: Any, value: Value) -> Value:
        with self._lock:
            if (old := self._held.pop(key, None)) is not None:
                self._weight -= self._weigh(old)
            self._held[key] = value
            self._weight += self._weigh(value)
            while self._weight > self._most and len(self._held) > 1:
                self._weight -= self._weigh(self._held.popitem(last=False)[1])
        return value

    def clear(self) -> None:
        with self._lock:
            self._held.clear()
            self._weight = 0


@dataclass(frozen=True, slots=True)
class Page:
    """A rendered page, plain and packed, and what it was made of."""

    token: str
    plain: bytes
    packed: bytes
    etag: str
    made_at: float

    def holds(self, token: str) -> bool:
        return self.token == token and time.monotonic() - self.made_at < KEEP_SECONDS


_pages: Latest[Page] = Latest(MOST_BYTES, lambda page: len(page.plain) + len(page.packed))


def visitor(request: HttpRequest, path: str, told: Mapping[str, Any] | None = None) -> HttpRequest:
    """A request of nobody in particular: what a page for everybody is rendered with.

    `path`: the address that the switch of languages leads back to; `told`: for the shell.
    """
    bare = HttpRequest()
    bare.method = "GET"
    bare.path, _mark, query = path.partition("?")
    bare.path_info = bare.path
    bare.GET = QueryDict(query)
    bare.META = {"QUERY_STRING": query, "SERVER_NAME": "localhost", "SERVER_PORT": "80"}
    theme = request.COOKIES.get(THEME_COOKIE, "")
    bare.COOKIES = {THEME_COOKIE: theme} if theme in THEMES else {}
    bare.user = AnonymousUser()
    bare.portal = dict(told or {})  # type: ignore[attr-defined]
    return bare


def kept(
    request: HttpRequest,
    *,
    path: str,
    token: str,
    changed_at: datetime,
    template: str,
    make: Callable[[], Mapping[str, Any]],
    told: Mapping[str, Any] | None = None,
) -> HttpResponse:
    """The page of an address, from this process's memory where `token` is still the same."""
    theme = request.COOKIES.get(THEME_COOKIE, "")
    key = (path, get_language(), theme if theme in THEMES else "")
    page = _pages.get(key)
    if page is None or not page.holds(token):
        bare = visitor(request, path, told)
        page = _pages.put(key, _made(render_to_string(template, dict(make()), bare), token))
    return _answer(request, page, changed_at)


def _made(text: str, token: str) -> Page:
    plain = text.encode()
    etag = f'W/"{hashlib.sha256(plain).hexdigest()[:32]}"'
    packed = gzip.compress(plain, compresslevel=6, mtime=0)
    return Page(token, plain, packed, etag, time.monotonic())


def _answer(request: HttpRequest, page: Page, changed_at: datetime) -> HttpResponse:
    packed = "gzip" in request.headers.get("Accept-Encoding", "")
    answer = HttpResponse(page.packed if packed else page.plain)
    if packed:
        answer["Content-Encoding"] = "gzip"
    answer["ETag"] = page.etag
    answer["Last-Modified"] = http_date(changed_at.timestamp())
    answer["Cache-Control"] = FOR_ALL
    patch_vary_headers(answer, ("Accept-Encoding", "Accept-Language", "Cookie"))
    # By the tag alone: language and theme change a page without changing its date.
    same = get_conditional_response(request, etag=page.etag, response=answer)
    return same or answer


def fresh(
    request: HttpRequest,
    template: str,
    context: Mapping[str, Any],
    *,
    status: int = 200,
    told: Mapping[str, Any] | None = None,
) -> HttpResponse:
    """A page for this one visitor, kept by nobody."""
    bare = visitor(request, request.get_full_path(), told)
    text = render_to_string(template, dict(context), bare)
    answer = HttpResponse(text, status=status)
    answer["Cache-Control"] = FOR_NOBODY
    return answer


def address_of(request: HttpRequest) -> str:
    """Where a request came from, behind as many proxies as settings trust ("" = unknown)."""
    proxies = settings.AXES_IPWARE_PROXY_COUNT or 0
    passed = [one.strip() for one in request.META.get("HTTP_X_FORWARDED_FOR", "").split(",")]
    if 0 < proxies <= len(passed):
        return passed[-proxies]
    return str(request.META.get("REMOTE_ADDR", ""))


def open_to_all(answer: HttpResponse) -> HttpResponse:
    """Data that other sites' pages may read, too: it is public and knows no visitor."""
    answer["Access-Control-Allow-Origin"] = "*"
    answer["X-Content-Type-Options"] = "nosniff"
    return answer


def data(
    request: HttpRequest,
    content: bytes,
    mime: str,
    *,
    name: str = "",
    inline: bool = True,
    cache: str = FOR_ALL,
) -> HttpResponse:
    """Public data as a file, with a tag of its content."""
    answer = HttpResponse(content, content_type=mime)
    answer["ETag"] = f'"{hashlib.sha256(content).hexdigest()[:32]}"'
    answer["Cache-Control"] = cache
    if name:
        kind = "inline" if inline else "attachment"
        answer["Content-Disposition"] = f'{kind}; filename="{name}"'
    same = get_conditional_response(request, etag=answer["ETag"], response=answer)
    return open_to_all(same or answer)


def forget() -> None:
    """Drop every page that this process keeps."""
    _pages.clear()
