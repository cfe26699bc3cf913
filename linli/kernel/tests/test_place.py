"""Place codes and scopes."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from linli.kernel.place import (
    EVERYWHERE,
    LEVELS,
    NAMES,
    Scope,
    ancestors,
    at_level,
    bounds,
    check,
    child,
    contains,
    level,
    of_statistical,
    parent,
    statistical,
)

COUNTY, STREET, COMMUNITY = "370614", "370614001", "370614001003"
ESTATE, GRID = COMMUNITY + "007", COMMUNITY + "G012"
BUILDING, UNIT, DOOR = ESTATE + "021", ESTATE + "02102", ESTATE + "021020301"

DIGITS = st.sampled_from("0189")
PLAIN = st.sampled_from(sorted(LEVELS.values())).flatmap(
    lambda n: st.text(DIGITS, min_size=n, max_size=n)
)
GRIDS = st.tuples(
    st.text(DIGITS, min_size=12, max_size=12), st.text(DIGITS, min_size=3, max_size=3)
).map("G".join)
CODES = st.one_of(PLAIN, GRIDS)


def test_each_level_is_known_by_its_code() -> None:
    codes = ("37", "3706", COUNTY, STREET, COMMUNITY, ESTATE, BUILDING, UNIT, DOOR)
    assert [level(code) for code in codes] == list(LEVELS)
    assert level(GRID) == "grid"
    assert set(NAMES) == {*LEVELS, "grid"}


@pytest.mark.parametrize(
    "code",
    [
        "",
        "3",
        "37061",
        "370614 01",
        "37061400１",
        COMMUNITY + "G01",
        COMMUNITY + "g012",
        STREET + "G012",
        COMMUNITY + "0123",
        DOOR + "0",
        COUNTY + "\n",
    ],
)
def test_what_is_no_code_is_refused(code: str) -> None:
    assert not check(code).allowed
    with pytest.raises(ValueError, match="not a place code"):
        level(code)


def test_a_code_of_another_level_is_refused_by_name() -> None:
    assert check(ESTATE, "estate", "community").allowed
    ruling = check(STREET, "estate", "community")
    assert "街道（乡镇）" in str(ruling)
    assert "小区、社区" in str(ruling)


def test_a_place_has_a_parent_and_ancestors_down_from_the_county() -> None:
    assert parent(DOOR) == UNIT
    assert parent(GRID) == COMMUNITY
    assert parent(ESTATE) == COMMUNITY
    assert parent(COUNTY) == "3706"
    assert parent("37") == ""
    assert ancestors(DOOR) == (COUNTY, STREET, COMMUNITY, ESTATE, BUILDING, UNIT)
    assert ancestors(GRID) == (COUNTY, STREET, COMMUNITY)
    assert ancestors(COUNTY) == ()
    assert at_level(DOOR, "estate") == ESTATE
    assert at_level(GRID, "estate") == ""
    assert at_level(GRID, "community") == COMMUNITY
    assert at_level(COUNTY, "street") == ""


def test_children_are_numbered() -> None:
    assert child(COMMUNITY, "grid", 12) == GRID
    assert child(COMMUNITY, "estate", 7) == ESTATE
    assert child(child(child(ESTATE, "building", 21), "unit", 2), "door", 301) == DOOR
    for code, name, serial in (
        (COMMUNITY, "estate", 1000),
        (COMMUNITY, "estate", -1),
        (STREET, "estate", 1),
        (ESTATE, "grid", 1),
        (ESTATE, "door", 1),
    ):
        with pytest.raises(ValueError, match="no|not"):
            child(code, name, serial)


def test_statistical_codes_lose_and_regain_their_zeros() -> None:
    assert of_statistical("370614000000") == COUNTY
    assert of_statistical("370614001000") == STREET
    assert of_statistical("370614001003") == COMMUNITY
    assert statistical(STREET) == "370614001000"
    for wrong in ("370614", "37061400100G"):
        with pytest.raises(ValueError, match="statistical"):
            of_statistical(wrong)
    with pytest.raises(ValueError, match="statistical"):
        statistical(ESTATE)


def icu(code: str) -> list[tuple[int, str]]:
    """A sort key that, like ICU and unlike bytes, could weigh letters in their own way."""
    return [(0, c) if c.isdigit() else (1, c.lower()) for c in code]


@given(CODES, CODES)
def test_bounds_hold_exactly_what_the_place_contains(prefix: str, code: str) -> None:
    low, high = bounds(prefix)
    assert (low <= code < high) == contains(prefix, code)
    assert (icu(low) <= icu(code) < icu(high)) == contains(prefix, code)


@given(CODES)
def test_bounds_hold_the_place_itself_and_all_its_children(code: str) -> None:
    low, high = bounds(code)
    assert low <= code < high
    for name, serials in (("estate", 999), ("grid", 999), ("building", 999), ("unit", 99)):
        for serial in (0, serials):
            try:
                made = child(code, name, serial)
            except ValueError:
                continue
            assert low <= made < high
            assert parent(made) == code


def test_an_upper_bound_does_not_let_in_the_wider_place() -> None:
    assert bounds("370614") == ("370614", "370615")
    assert bounds("370614999") == ("370614999", "370615")
    assert bounds("370614001999") == ("370614001999", "370614002")
    assert bounds(COMMUNITY + "999") == (COMMUNITY + "999", COMMUNITY + "A")
    assert bounds(COMMUNITY + "G999") == (COMMUNITY + "G999", COMMUNITY + "H")
    assert bounds("99") == ("99", "A")


def test_a_scope_covers_its_places_and_all_within() -> None:
    scope = Scope.of(STREET, "370614002001")
    assert scope.covers(STREET)
    assert scope.covers(DOOR)
    assert scope.covers(GRID)
    assert not scope.covers(COUNTY)
    assert not scope.covers("370614002")
    assert not scope.covers("370614002002")
    assert not scope.covers("")
    assert scope.touches(COUNTY)
    assert not scope.touches("370614003")
    assert scope.ranges() == (("370614001", "370614002"), ("370614002001", "370614002002"))


def test_an_empty_scope_sees_nothing_and_an_empty_prefix_is_an_error() -> None:
    assert not Scope()
    assert not Scope().covers(COUNTY)
    assert Scope().ranges() == ()
    with pytest.raises(ValueError, match="not a place code"):
        Scope.of("")
    assert EVERYWHERE
    assert EVERYWHERE.covers(COUNTY)
    assert EVERYWHERE.covers("")
    with pytest.raises(ValueError, match="no bounds"):
        EVERYWHERE.ranges()


def test_prefixes_within_another_are_dropped_and_scopes_add_up() -> None:
    assert Scope.of(STREET, COMMUNITY, GRID) == Scope.of(STREET)
    assert Scope.of(COMMUNITY) | Scope.of(STREET) == Scope.of(STREET)
    assert (Scope.of(COMMUNITY) | EVERYWHERE).everywhere


def test_a_scope_narrows_to_the_place_on_screen() -> None:
    scope = Scope.of(STREET, "370614002001")
    assert scope.within(COMMUNITY) == Scope.of(COMMUNITY)
    assert scope.within("370614002") == Scope.of("370614002001")
    assert scope.within(COUNTY) == scope
    assert not scope.within("370614003")
    assert EVERYWHERE.within(COUNTY) == Scope.of(COUNTY)


def test_a_place_alone_is_covered_without_what_lies_in_it() -> None:
    scope = Scope(frozenset({"370614002"}), alone=frozenset({COMMUNITY}))
    assert scope and scope.covers(COMMUNITY)
    assert not scope.covers(DOOR) and not scope.covers(STREET)
    assert scope.touches(STREET) and not scope.touches(DOOR)
    assert scope.within(STREET) == scope.within(COMMUNITY) == Scope(alone=frozenset({COMMUNITY}))
    assert not scope.within(DOOR)
    assert Scope(alone=frozenset({COMMUNITY})) | Scope.of(STREET) == Scope.of(STREET)


@given(st.sets(CODES, max_size=5), CODES)
def test_a_scope_agrees_with_its_ranges(prefixes: set[str], code: str) -> None:
    scope = Scope(frozenset(prefixes))
    inside = any(code.startswith(p) for p in prefixes)
    assert scope.covers(code) == inside
    assert any(low <= code < high for low, high in scope.ranges()) == inside


def test_many_places_are_looked_for_in_the_place_around_them() -> None:
    def estates(n: int, county: str = "370614") -> list[str]:
        return [f"{county}001001{each:03d}" for each in range(1, n + 1)]

    assert Scope.around(estates(20)).prefixes == set(estates(20))
    assert Scope.around(estates(21)) == Scope.of("370614001001")
    spread = [*estates(30), "370614002001001"]
    assert Scope.around(spread) == Scope.of("370614")
    strangers = [*estates(30), "110101001001001"]
    assert Scope.around(strangers).prefixes == set(strangers)
    assert not Scope.around([])
