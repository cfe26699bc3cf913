"""What can be found: domains offer it here, in their app's `ready`.

    finders.offer(code="rooms", label=_("房屋"), by=_("名称、编号"), icon="home", order=130,
                  roles=READERS, find=_find_rooms, more="rooms:index")

    def _find_rooms(asked: Asked) -> Iterable[Hit]:
        for room in queries.find(asked.text, asked.scope, limit=asked.limit): yield Hit(…)

A finder is asked only for who holds one of its roles, and only within the places where they hold
it; it may ask the database a fixed number of times.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Sequence
from dataclasses import dataclass
from itertools import islice
from typing import Any
from urllib.parse import urlencode

from django.urls import NoReverseMatch, reverse

from linli.kernel.place import Scope
from linli.kernel.roles import Role
from linli.scope import names
from linli.search import words


@dataclass(frozen=True, slots=True, kw_only=True)
class Hit:
    """One thing that was found. `facts`: short words about it; `place`: the code it belongs to."""

    label: Any
    url: str
    facts: Sequence[Any] = ()
    place: str = ""
    fen: int | None = None


@dataclass(frozen=True, slots=True)
class Asked:
    """A question: what was typed (tidied), by whom, where they may find it, how many."""

    text: str
    access: Any
    scope: Scope
    limit: int

    @property
    def plain(self) -> str:
        """Letters and figures that may mean initials, a code or a number (words.latin)."""
        return words.latin(self.text)


@dataclass(frozen=True, slots=True, kw_only=True)
class Finder:
    """`label`: what is found; `by`: what it is found by; `more`: the register that takes ?q=.

    `partly`: of a wide scope, the sentence that says which part of it is looked through ("" = all).
    """

    code: str
    label: Any
    by: Any
    icon: str
    find: Callable[[Asked], Iterable[Hit]]
    roles: frozenset[Role] = frozenset()
    order: int = 100
    more: str = ""
    partly: Callable[[Asked], Any] | None = None


@dataclass(frozen=True, slots=True)
class Group:
    """What one finder found: each with the path of names of its place ("" where it has none).

    `more_url`: where all of it stands, if there is more; `partly`: which part was looked through.
    """

    finder: Finder
    hits: Sequence[tuple[Hit, str]]
    more_url: str = ""
    partly: Any = ""


_finders: dict[str, Finder] = {}


def offer(*, code: str, roles: Collection[Role] = (), **told: Any) -> Finder:
    """Add a finder; the same code again replaces it. `roles` empty: whoever has logged in."""
    finder = Finder(code=code, roles=frozenset(roles), **told)
    _finders[code] = finder
    return finder


def offered(access: Any) -> list[Finder]:
    """What somebody can search for, in order. Asks nothing beyond their roles."""
    mine = [one for one in _finders.values() if not one.roles or access.roles & one.roles]
    return sorted(mine, key=lambda one: (one.order, one.code))


def find(text: str, access: Any, *, limit: int, whole: bool = False) -> list[Group]:
    """Ask every finder; `whole`: beyond the place the reader chose to be in."""
    found: list[tuple[Finder, list[Hit], Any]] = []
    for finder in offered(access):
        scope = (access.whole if whole else access.scope)(*finder.roles)
        asked = Asked(text, access, scope, limit + 1)
        hits = list(islice(finder.find(asked), limit + 1))
        partly = finder.partly(asked) if finder.partly else ""
        if hits or partly:
            found.append((finder, hits, partly))
    codes = {hit.place for _finder, hits, _partly in found for hit in hits if hit.place}
    paths = names.paths(codes) if codes else {}
    return [
        Group(
            finder,
            [(hit, paths.get(hit.place, "")) for hit in hits[:limit]],
            _more_url(finder, text) if partly or len(hits) > limit else "",
            partly,
        )
        for finder, hits, partly in found
    ]


def _more_url(finder: Finder, text: str) -> str:
    try:
        return f"{reverse(finder.more)}?{urlencode({'q': text})}" if finder.more else ""
    except NoReverseMatch:
        return ""
