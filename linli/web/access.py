"""Who may open a page: every view that is not public wears `needs`.

    @needs(BOOKKEEPER, of=Voucher)
    def detail(request, voucher): ...

The middleware of people puts `request.access` there; this module knows only its two questions.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import Any
from urllib.parse import urlencode

from django.conf import settings
from django.db import models
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render, resolve_url
from django.utils.http import url_has_allowed_host_and_scheme

from linli.kernel.roles import Role
from linli.kernel.rulings import Ruling, refuse
from linli.kernel.words import AnyOf
from linli.kernel.words import gettext_noop as _

View = Callable[..., HttpResponse]
FORBIDDEN = 403


def own_address(request: HttpRequest, target: str) -> str:
    """An address to go back to that somebody sent, if it is one of this site; else ""."""
    safe = target.startswith("/") and url_has_allowed_host_and_scheme(
        target, allowed_hosts={request.get_host()}, require_https=request.is_secure()
    )
    return target if safe else ""


def office_at(request: HttpRequest, *roles: Role) -> str:
    """The place by whose office the reader acts in one of `roles`: about what is looked at if they
    hold one there, else the first."""
    access = request.access  # type: ignore[attr-defined]
    mine = [post.place for post in access.posts if post.role in roles]
    return next((place for place in mine if access.here.startswith(place)), min(mine))


def needs(
    *roles: Role,
    of: type[models.Model] | Callable[..., Any] | None = None,
    by: str = "pk",
) -> Callable[[View], View]:
    """Let only those in who hold one of `roles` (no roles: whoever has logged in).

    `of`: what the page is about, a model found by the address's `pk` (or the field named by `by`),
    or a function of the address's values that returns the row or raises Http404. The row's
    `place` decides: 404 for who holds nothing there, 403 with the reason for who holds other
    roles there. The view gets the row instead of the value of the address.

    The view carries `needs` = the roles' codes and `about` = `of`, for the permission matrix.
    """

    def wrap(view: View) -> View:
        @wraps(view)
        def run(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
            if not request.user.is_authenticated:
                return to_log_in(request)
            if of is None:
                held = request.access.roles  # type: ignore[attr-defined]
                if roles and not held & set(roles):
                    return refused(request, _lacking(roles))
                return view(request, *args, **kwargs)
            row = _load(of, by, kwargs)
            held = request.access.roles_at(row.place)  # type: ignore[attr-defined]
            if not held:
                raise Http404
            if roles and not held & set(roles):
                return refused(request, _lacking(roles))
            return view(request, row, *args, **kwargs)

        run.needs = frozenset(role.code for role in roles)  # type: ignore[attr-defined]
        run.about = of  # type: ignore[attr-defined]
        return run

    return wrap


def _load(of: Any, by: str, kwargs: dict[str, Any]) -> Any:
    if isinstance(of, type) and issubclass(of, models.Model):
        return get_object_or_404(of, **{by: kwargs.pop(by)})
    return of(**{name: kwargs.pop(name) for name in tuple(kwargs)})


def _lacking(roles: tuple[Role, ...]) -> Ruling:
    return refuse(_("这里由%(who)s使用，您没有这个职务"), who=AnyOf(role.name for role in roles))


def may(request: HttpRequest, place: str, *roles: Role) -> bool:
    """Whether the reader holds one of these roles at a place: for showing or hiding a button."""
    return bool(request.access.roles_at(place) & set(roles))  # type: ignore[attr-defined]


def refused(request: HttpRequest, ruling: Ruling, *, status: int = FORBIDDEN) -> HttpResponse:
    """The page (for htmx: the fragment) that says why not."""
    if getattr(request, "htmx", False):
        answer = render(request, "web/components/refusal.html", {"ruling": ruling}, status=status)
        answer["HX-Retarget"], answer["HX-Reswap"] = "#notes", "innerHTML"
        return answer
    return render(request, "web/refused.html", {"ruling": ruling}, status=status)


def to_log_in(request: HttpRequest, why: str = "") -> HttpResponse:
    """To the log-in page and back here afterwards; htmx is told to change the whole page."""
    here = request.get_full_path() if request.method == "GET" else ""
    if getattr(request, "htmx", False):
        here = getattr(request.htmx, "current_url_abs_path", "") or ""  # type: ignore[attr-defined]
    query = urlencode({name: value for name, value in (("next", here), ("why", why)) if value})
    target = f"{resolve_url(settings.LOGIN_URL)}{'?' if query else ''}{query}"
    if getattr(request, "htmx", False):
        answer = HttpResponse(status=204)
        answer["HX-Redirect"] = target
        return answer
    return redirect(target)
