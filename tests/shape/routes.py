"""The addresses of the program and the table that says who may go there."""

from __future__ import annotations

import tomllib
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from typing import Any

from django.urls import URLPattern, URLResolver, get_resolver

from linli.kernel.roles import ROLES

TABLE = Path(__file__).parent / "permissions.toml"
PUBLIC, USER = "public", "user"
METHODS = ("get", "post")


@dataclass(frozen=True, slots=True)
class Route:
    """An address: its name with namespaces, the values it takes, the view behind it."""

    name: str
    values: tuple[str, ...]
    view: Callable[..., Any]

    @property
    def methods(self) -> frozenset[str]:
        """ "get", "post" or both, as require_safe and require_POST let them through."""
        view: Any = self.view
        while view is not None:
            held = dict(zip(view.__code__.co_freevars, view.__closure__ or (), strict=True))
            listed: list[str] = []
            if "request_method_list" in held:
                listed = list(held["request_method_list"].cell_contents)
            elif "self" in held:  # django-ninja: one path, one operation for each method
                operations = getattr(held["self"].cell_contents, "operations", ())
                listed = [word for operation in operations for word in operation.methods]
            if listed:
                return frozenset(word.lower() for word in listed) & set(METHODS)
            view = getattr(view, "__wrapped__", None)
        return frozenset(METHODS)

    @property
    def needs(self) -> frozenset[str] | None:
        """Roles the view itself asks for; empty: any log-in; None: it asks for nobody."""
        return getattr(self.view, "needs", None)


@dataclass(frozen=True, slots=True)
class Permission:
    """A line of the table.

    `get`, `post`: "public", "user" (any log-in) or role codes; "" where there is no such method.
    `row`: the model whose rows the address is about; `place`: the lookup from there to its place,
    "" where the row belongs to no place; `where`: which rows; `args`: value of the address → path
    of the attribute that gives it (its own name where nothing is said). `answers`: statuses that
    are right here although they are not a success, for who is let in.
    """

    get: str = ""
    post: str = ""
    row: str = ""
    place: str = "place"
    where: dict[str, Any] = field(default_factory=dict)
    args: dict[str, str] = field(default_factory=dict)
    answers: tuple[int, ...] = ()

    @property
    def scoped(self) -> bool:
        """Does it matter where one stands?"""
        return bool(self.row and self.place)

    def who(self, method: str) -> frozenset[str]:
        return frozenset(getattr(self, method).split())

    @property
    def roles(self) -> frozenset[str] | None:
        """As `Route.needs` says it."""
        named = (self.who("get") | self.who("post")) - {USER}
        return None if PUBLIC in named else named


@cache
def routes() -> dict[str, Route]:
    found: dict[str, Route] = {}
    for route in _walk(get_resolver().url_patterns, (), ()):
        assert route.name not in found, f"two addresses are called {route.name}"
        found[route.name] = route
    return found


def _walk(patterns: list[Any], spaces: tuple[str, ...], values: tuple[str, ...]) -> Iterator[Route]:
    for pattern in patterns:
        taken = (*values, *pattern.pattern.converters)
        if isinstance(pattern, URLResolver):
            space = (pattern.namespace,) if pattern.namespace else ()
            yield from _walk(pattern.url_patterns, (*spaces, *space), taken)
        elif isinstance(pattern, URLPattern):
            assert pattern.name, f"an address without a name: {pattern.pattern}"
            yield Route(":".join((*spaces, pattern.name)), taken, pattern.callback)


@cache
def permissions() -> dict[str, Permission]:
    table = tomllib.loads(TABLE.read_text("utf-8"))
    groups: dict[str, str] = table.get("groups", {})

    def spread(who: str) -> str:
        words = " ".join(groups[word[1:]] if word.startswith("@") else word for word in who.split())
        unknown = set(words.split()) - set(ROLES) - {PUBLIC, USER}
        assert not unknown, f"no such role: {unknown}"
        return words

    return {
        name: Permission(
            **{
                key: spread(value)
                if key in METHODS
                else tuple(value)
                if key == "answers"
                else value
                for key, value in line.items()
            }
        )
        for name, line in table["routes"].items()
    }


def suggestion(route: Route) -> str:
    """The line that somebody has to write, as far as the code can guess it."""
    needs = route.needs
    who = PUBLIC if needs is None else _in_groups(needs) or USER
    methods = ", ".join(f'{method} = "{who}"' for method in METHODS if method in route.methods)
    about = getattr(route.view, "about", None)
    label = getattr(getattr(about, "_meta", None), "label", "APP.MODEL")
    row = f', row = "{label}"' if route.values else ""
    return f'"{route.name}" = {{ {methods}{row} }}  # {" ".join(route.values)}'.rstrip(" #")


def _in_groups(roles: frozenset[str]) -> str:
    table = tomllib.loads(TABLE.read_text("utf-8"))
    for name, members in table["groups"].items():
        if roles == frozenset(members.split()):
            return f"@{name}"
    return " ".join(sorted(roles))
