"""What every test stands on: its database, its data directory, its server and its browser."""

from __future__ import annotations

import os
from typing import Any

import pytest
from hypothesis import HealthCheck
from hypothesis import settings as hypothesis_settings

from tests.books import estate  # noqa: F401
from tests.browsers import browser, open_page, server, told_server  # noqa: F401
from tests.databases import (  # noqa: F401
    databases,
    django_db_setup,
    own_data_directory,
    own_database,
    run_name,
    shared_directory,
    told_county,
)
from tests.people import clock, log_in, people  # noqa: F401
from tests.stores import Cluster

for name, examples in (("quick", 50), ("nightly", 1000)):
    hypothesis_settings.register_profile(
        name,
        max_examples=examples,
        deadline=None,
        print_blob=True,
        suppress_health_check=[HealthCheck.function_scoped_fixture],
    )
hypothesis_settings.load_profile(os.environ.get("LINLI_EXAMPLES", "quick"))

FLUSHING = {
    "transactional_db",
    "live_server",
    "django_db_reset_sequences",
    "django_db_serialized_rollback",
}


STORED = {"databases", "db", "own_database", "told_county"}


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Mark what asks a database: the rest is the same on another one, and need not run again there."""
    for item in items:
        wanted = set(getattr(item, "fixturenames", ()))
        if STORED & wanted or any(map(item.get_closest_marker, ("django_db", "own_database"))):
            item.add_marker("database")


def pytest_runtest_setup(item: pytest.Item) -> None:
    """Refuse what would flush tables that accept no DELETE, and two databases in one test."""
    wanted = set(getattr(item, "fixturenames", ()))
    marker = item.get_closest_marker("django_db")
    options = set(marker.kwargs) if marker else set()
    if FLUSHING & wanted or {"transaction", "reset_sequences", "serialized_rollback"} & options:
        pytest.fail(
            "This test would flush the database, and the ledger's tables accept no DELETE. "
            "Take the fixture own_database (commits are real, threads may connect) "
            "or server (a real `linli serve`) instead.",
            pytrace=False,
        )
    owns = "own_database" in wanted or item.get_closest_marker("own_database")
    if owns and (marker or "db" in wanted):
        pytest.fail(
            "own_database and django_db (or db) in one test: take one of them.", pytrace=False
        )


@pytest.fixture(autouse=True)
def _own_database_by_marker(request: pytest.FixtureRequest) -> None:
    """The marker own_database is enough; the fixture need not be named."""
    if request.node.get_closest_marker("own_database"):
        request.getfixturevalue("own_database")


@pytest.hookimpl(optionalhook=True)
def pytest_configure_node(node: Any) -> None:
    """Tell each worker which run it belongs to."""
    node.workerinput["linli_run"] = run_name(node.config)


def pytest_sessionfinish(session: pytest.Session) -> None:
    """Drop what this run made on a PostgreSQL server."""
    from django.conf import settings

    if settings.DATABASE_URL and not hasattr(session.config, "workerinput"):
        Cluster(run_name(session.config)).drop_all()
