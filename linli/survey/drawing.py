"""The map of a survey: its estates, each with how many rooms are given out and how many are not."""

from __future__ import annotations

from collections.abc import Mapping

from django.utils.translation import gettext

from linli.kernel.place import Scope
from linli.places import queries as places
from linli.premises import atlas
from linli.premises.atlas import Drawing, Shape, Spot

GIVEN, OPEN = "self_used", "unbuilt"
"""Tones: every look has its team; at least one is nobody's."""
KINDS = {9: "street", 12: "community", 15: "estate"}


def given(
    estates: Mapping[str, int], open_of: Mapping[str, int], scope: Scope, *, url: str
) -> Drawing:
    """Estates on one sheet; three queries. Where nobody drew them they are laid out by street."""
    rings = places.outlines(scope, levels=("street", "community", "estate"))
    drawn = {code: ring for code, ring in rings.items() if len(code) < 15 or code in estates}
    if any(len(code) == 15 for code in drawn):
        points, height = atlas.project(drawn)
        basis = atlas.OUTLINE
    else:
        groups: dict[str, list[str]] = {}
        for code in estates:
            groups.setdefault(code[:9], []).append(code)
        points, height = atlas.grid(list(groups.values()))
        basis = atlas.GRID
    names = places.names({*estates, *(code for code in drawn if len(code) == 9)})
    made = Drawing(height=round(height, 1), basis=basis)
    for code, ring in sorted(points.items(), key=lambda each: len(each[0])):
        name = "" if len(code) == 12 else names.get(code, "")
        made.shapes.append(Shape(code=code, name=name, kind=KINDS[len(code)], ring=ring))
    for code, rooms in estates.items():
        if code in points:
            made.spots.append(_spot(code, names[code], rooms, open_of[code], points[code], url))
    return made


def _spot(
    code: str, name: str, rooms: int, nobodys: int, ring: tuple[atlas.Point, ...], url: str
) -> Spot:
    x, y = Shape(code=code, name="", kind="estate", ring=ring).centre
    if nobodys:
        text = gettext("%(name)s：%(rooms)s 处，%(n)s 查未分工")
    else:
        text = gettext("%(name)s：%(rooms)s 处，三查都已分工")
    return Spot(
        key=code,
        x=round(x, 1),
        y=round(y, 1),
        label=text % {"name": name, "rooms": rooms, "n": nobodys},
        href=f"{url}#place-{code}",
        parts=((OPEN if nobodys else GIVEN, rooms),),
    )
