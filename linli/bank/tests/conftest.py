import pytest

from tests.desks import open_desk


@pytest.fixture
def desk(db):
    return open_desk()


@pytest.fixture
def committed_desk(own_database):
    """The same in a database that threads share."""
    return open_desk()
