"""Who holds which role where, and what follows for what may be seen."""

from datetime import date, timedelta

import pytest
from django.contrib.auth.models import AnonymousUser

from linli.kernel.place import Scope
from linli.kernel.roles import APPROVER, BOOKKEEPER, DISTRICT, SECRETARY, STREET
from linli.people import queries
from linli.people.models import Appointment
from linli.people.tests.conftest import COMMUNITY, ESTATE, NOW, OTHER, TODAY
from linli.people.tests.conftest import STREET as STREET_CODE
from linli.places.models import Place, Succession

pytestmark = pytest.mark.django_db


def test_a_street_s_role_counts_in_its_estates_and_nowhere_else(person):
    user = person("office", STREET, place=STREET_CODE)
    assert queries.roles_at(user, ESTATE, TODAY) == {STREET}
    assert queries.roles_at(user, OTHER, TODAY) == frozenset()
    assert queries.roles_at(user, "370614", TODAY) == frozenset()


def test_the_bookkeeper_of_the_street_s_book_is_not_that_of_its_estates(person):
    user = person("books", BOOKKEEPER, place=STREET_CODE)
    assert queries.roles_at(user, STREET_CODE, TODAY) == {BOOKKEEPER}
    assert queries.roles_at(user, ESTATE, TODAY) == frozenset()


@pytest.mark.parametrize(
    ("since", "until", "holds"),
    [
        (TODAY, None, True),
        (TODAY + timedelta(1), None, False),
        (date(2026, 1, 1), TODAY, True),
        (date(2026, 1, 1), TODAY - timedelta(1), False),
    ],
)
def test_a_role_counts_from_its_first_to_its_last_day(person, since, until, holds):
    user = person("chen")
    Appointment.objects.create(
        user=user, role="bookkeeper", place=ESTATE, since_on=since, until_on=until
    )
    assert (BOOKKEEPER in queries.roles_at(user, ESTATE, TODAY)) is holds


def test_what_was_taken_back_counts_for_nothing_from_that_day_but_did_before(person, security):
    user = person("chen", BOOKKEEPER, place=ESTATE)
    user.appointments.update(revoked_at=NOW, revoked_by=security)
    assert queries.roles_at(user, ESTATE, TODAY) == frozenset()
    assert queries.roles_at(user, ESTATE, TODAY - timedelta(1)) == {BOOKKEEPER}


def test_nobody_and_a_disabled_account_hold_nothing(person):
    user = person("chen", BOOKKEEPER, place=ESTATE, is_active=False)
    assert queries.roles_at(user, ESTATE, TODAY) == frozenset()
    assert queries.scope_of(AnonymousUser(), TODAY) == Scope()


def test_the_scope_is_that_of_all_roles_or_of_some(person):
    user = person("chen", BOOKKEEPER, place=ESTATE)
    Appointment.objects.create(user=user, role="approver", place=OTHER, since_on=date(2026, 1, 1))
    assert queries.scope_of(user, TODAY) == Scope.of(ESTATE, OTHER)
    assert queries.scope_of(user, TODAY, {APPROVER}) == Scope.of(OTHER)
    assert queries.scope_of(user, TODAY, set()) == Scope()
    assert queries.scope_of(user, TODAY, {STREET}) == Scope()


def test_a_street_that_took_over_another_sees_and_acts_in_both(person):
    Succession.objects.create(place=STREET_CODE, old="370614002", since_on=date(2026, 6, 1))
    user = person("office", STREET, place=STREET_CODE)
    assert queries.scope_of(user, TODAY) == Scope.of(STREET_CODE, "370614002")
    assert queries.roles_at(user, OTHER, TODAY) == {STREET}


def test_a_recoded_estate_keeps_its_people_and_its_street(person):
    old = "370614003001001"
    Place.objects.create(place=old, level="estate", name="旧称")
    Succession.objects.create(place=ESTATE, old=old, since_on=date(2026, 6, 1))
    keeper = person("books", BOOKKEEPER, place=ESTATE)
    office = person("office", STREET, place=STREET_CODE)
    assert queries.roles_at(keeper, old, TODAY) == {BOOKKEEPER}
    assert queries.roles_at(office, old, TODAY) == {STREET}
    assert queries.scope_of(office, TODAY).covers(old)


def test_holders_are_found_at_the_place_and_around_it(person):
    person("books", BOOKKEEPER, place=ESTATE, name="陈伟")
    person("street_books", BOOKKEEPER, place=STREET_CODE)
    person("office", STREET, place=STREET_CODE, name="王芳")
    person("gone", STREET, place=STREET_CODE, is_active=False)
    names = [user.name for user in queries.holders(BOOKKEEPER, ESTATE, TODAY)]
    assert names == ["陈伟"]
    assert [user.name for user in queries.holders(STREET, ESTATE, TODAY)] == ["王芳"]
    assert queries.holders(STREET, OTHER, TODAY) == []


def test_asking_costs_two_queries_however_much_is_held(person, django_assert_num_queries):
    user = person("chen", BOOKKEEPER, SECRETARY, DISTRICT, STREET, place=ESTATE)
    access = queries.Access(user, TODAY)
    with django_assert_num_queries(2):
        access.scope()
        access.roles_at(ESTATE)
        access.roles_at(OTHER)
        access.holds(STREET)


def test_the_place_chosen_narrows_what_is_seen_but_never_widens_it(person):
    user = person("office", STREET, place=STREET_CODE)
    here = queries.Access(user, TODAY, here=COMMUNITY)
    assert here.scope() == Scope.of(COMMUNITY)
    assert here.whole() == Scope.of(STREET_CODE)
    elsewhere = queries.Access(user, TODAY, here=OTHER)
    assert (elsewhere.here, elsewhere.scope()) == ("", Scope.of(STREET_CODE))
    above = queries.Access(user, TODAY, here="370614")
    assert above.scope() == Scope.of(STREET_CODE)
