"""What a query takes within a scope."""

from __future__ import annotations

import pytest

from linli.kernel.place import EVERYWHERE, Scope
from linli.places.models import Place
from linli.scope.models import lies_in
from linli.trail.models import Line
from tests.books import NOW

pytestmark = pytest.mark.django_db
CODES = ("370614", "370614001", "370614001001", "370614002", "370615")


@pytest.fixture(autouse=True)
def _laid():
    levels = {6: "county", 9: "street", 12: "community"}
    for code in CODES:
        Place.objects.create(place=code, level=levels[len(code)], name=code)


def codes(rows) -> set[str]:
    return set(rows.values_list("place", flat=True))


def test_a_scope_takes_its_places_and_all_in_them():
    assert codes(Place.objects.within(Scope.of("370614001", "370615"))) == {
        "370614001",
        "370614001001",
        "370615",
    }
    assert codes(Place.objects.within("370614002")) == {"370614002"}


def test_an_empty_scope_takes_nothing_and_everywhere_takes_all():
    assert codes(Place.objects.within(Scope())) == set()
    assert codes(Place.objects.within(EVERYWHERE)) == set(CODES)
    assert codes(Place.objects.filter(level="street").within(EVERYWHERE)) == {CODES[1], CODES[3]}
    with pytest.raises(ValueError, match="not a place code"):
        Place.objects.within("")


def test_the_condition_joins_with_others():
    nowhere = lies_in(Scope())
    assert codes(Place.objects.filter(nowhere)) == set()
    assert codes(Place.objects.exclude(nowhere)) == set(CODES)
    two = lies_in(Scope.of("370615")) | lies_in(Scope.of("370614002"))
    assert codes(Place.objects.filter(two | nowhere)) == {"370615", "370614002"}


def test_rows_of_no_place_are_only_everywhere():
    Line.objects.create(act="people.sign_in", subject="", place="", at=NOW, done=True)
    assert Line.objects.within(EVERYWHERE).count() == 1
    assert Line.objects.within(Scope.of("370614")).count() == 0
