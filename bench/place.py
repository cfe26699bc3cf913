"""A database and a data directory to measure in; gone afterwards."""

from __future__ import annotations

import os
import tempfile
import time
from collections.abc import Iterator
from contextlib import AbstractContextManager, ExitStack, contextmanager
from pathlib import Path
from typing import TypeVar

from django.db import connection

from tests.databases import Databases, OwnDatabase, data_directory, installation
from tests.stores import Cluster, Files

Thing = TypeVar("Thing")
_end = ExitStack()
_here: list[OwnDatabase] = []


def here() -> OwnDatabase:
    """The installation that is measured in, for processes of its own."""
    return _here[-1]


def until_the_end(thing: AbstractContextManager[Thing]) -> Thing:
    """Enter something that is left when the bench is over, before its database goes."""
    return _end.enter_context(thing)


@contextmanager
def installed() -> Iterator[str]:
    """Within, the default connection goes to an empty installation; yields the database's name.

    As in production: the application role on PostgreSQL, the same durability on both.
    """
    with tempfile.TemporaryDirectory(prefix="linli-bench-") as name:
        directory = Path(name)
        server: Cluster | Files = Files(directory)
        if connection.vendor == "postgresql":
            server = Cluster(f"{int(time.time()):x}_{os.getpid()}_bench")
            server.prepare()
        databases = Databases(server, directory, "bench")
        try:
            with data_directory(directory / "data") as data:
                with installation(databases, databases.empty(), data) as own, _end:
                    _here.append(own)
                    yield _name()
        finally:
            if isinstance(server, Cluster):
                server.drop_all()


def _name() -> str:
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            cursor.execute("SHOW server_version")
            return f"PostgreSQL {cursor.fetchone()[0].split()[0]}"
        cursor.execute("PRAGMA journal_mode")
        return f"SQLite, journal_mode={cursor.fetchone()[0]}"
