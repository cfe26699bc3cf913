"""The table of permissions, the addresses and the views say the same (tests/test_walk.py goes)."""

import pytest

from tests.shape.routes import METHODS, permissions, routes, suggestion


def test_every_address_is_in_the_table():
    missing = [suggestion(route) for name, route in routes().items() if name not in permissions()]
    assert not missing, "add to tests/shape/permissions.toml:\n" + "\n".join(missing)


def test_the_table_names_no_address_that_is_gone():
    assert not set(permissions()) - set(routes())


@pytest.mark.parametrize("name", list(permissions()))
def test_the_view_asks_for_the_roles_of_the_table(name):
    if name in routes():
        assert routes()[name].needs == permissions()[name].roles, suggestion(routes()[name])


@pytest.mark.parametrize("name", list(permissions()))
def test_the_view_answers_to_the_methods_of_the_table(name):
    if name in routes():
        asked = {method for method in METHODS if permissions()[name].who(method)}
        assert asked == routes()[name].methods, suggestion(routes()[name])


@pytest.mark.parametrize("name", list(permissions()))
def test_an_address_with_values_says_which_rows_it_is_about(name):
    if name in routes() and permissions()[name].roles is not None:
        assert bool(permissions()[name].row) == bool(routes()[name].values)
