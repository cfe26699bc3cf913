"""What every form of the public side is asked before it counts: where it comes from, and whose."""

from __future__ import annotations

from urllib.parse import urlsplit

from django.conf import settings
from django.http import HttpRequest
from django.utils import timezone

from linli.kernel.rulings import Ruling, require
from linli.kernel.words import gettext_noop
from linli.portal import pages, queries

ELSEWHERE = gettext_noop("请在本网站的页面上提交")


def from_here(request: HttpRequest) -> Ruling:
    """A form comes from a page of this site; browsers say so, others may stay silent."""
    origin = request.headers.get("Origin", "")
    own = {request.get_host(), urlsplit(settings.PUBLIC_URL).netloc}
    return require(not origin or urlsplit(origin).netloc in own, ELSEWHERE)


def visitor_of(request: HttpRequest) -> str:
    return queries.visitor_of(pages.address_of(request), timezone.now())
