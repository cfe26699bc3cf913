"""The sample folders, made once."""

import pytest

from linli.kernel.tests import sample


@pytest.fixture(scope="session")
def small():
    """(county log, book, files) of one book and one month."""
    return sample.published_small()


@pytest.fixture(scope="session")
def full():
    """(county log, books, files) of two books and three months."""
    return sample.full()
