"""Estates and communities as lists name them: by name, and where it is needed what is around."""

from __future__ import annotations

from functools import cached_property

from linli.kernel.place import Scope
from linli.kernel.rulings import ALLOWED, Ruling, refuse
from linli.kernel.words import gettext_noop as _
from linli.places import queries


class EstatesNamed:
    """The estates of a scope, read once for a whole list."""

    def __init__(self, scope: Scope) -> None:
        self.scope = scope

    @cached_property
    def _codes(self) -> dict[str, list[str]]:
        found: dict[str, list[str]] = {}
        rows = queries.of_level("estate", self.scope).values_list("name", "place")
        for name, code in rows:
            found.setdefault(name, []).append(code)
        return found

    @cached_property
    def _around(self) -> dict[str, str]:
        """Code → name of the streets and communities around them."""
        codes = {code[:n] for several in self._codes.values() for code in several for n in (9, 12)}
        return queries.names(codes)

    def find(self, name: str, *, street: str = "", community: str = "") -> tuple[str, Ruling]:
        """The code of the one estate of a name, or "" and why it is not known."""
        fitting = [
            code
            for code in self._codes.get(name, [])
            if (not street or self._around[code[:9]] == street)
            and (not community or self._around[code[:12]] in (community, f"{community}社区"))
        ]
        if len(fitting) == 1:
            return fitting[0], ALLOWED
        text = (
            _("有几个小区叫“%(name)s”，请写明街道、社区")
            if fitting
            else _("辖区内没有小区“%(name)s”，请先录入")
        )
        return "", refuse(text, name=name[:30])


class CommunitiesNamed:
    """The communities of a scope, read once for a whole list."""

    def __init__(self, scope: Scope) -> None:
        self.scope = scope

    @cached_property
    def _codes(self) -> dict[str, list[str]]:
        found: dict[str, list[str]] = {}
        rows = queries.of_level("community", self.scope).values_list("name", "place")
        for name, code in rows:
            for each in {name, name.removesuffix("社区")}:
                found.setdefault(each, []).append(code)
        return found

    @cached_property
    def _streets(self) -> dict[str, str]:
        return queries.names({code[:9] for several in self._codes.values() for code in several})

    def find(self, name: str, *, street: str = "") -> tuple[str, Ruling]:
        """The code of the one community of a name (社区 at its end may be left out), or "" and why
        it is not known."""
        fitting = [
            code
            for code in self._codes.get(name, [])
            if not street or self._streets[code[:9]] == street
        ]
        if len(fitting) == 1:
            return fitting[0], ALLOWED
        text = (
            _("有几个社区叫“%(name)s”，请写明街道")
            if fitting
            else _("辖区内没有社区“%(name)s”，请先录入")
        )
        return "", refuse(text, name=name[:30])
