"""Where a row works: a database and a data directory of its own, and a small county told in them."""

from __future__ import annotations

import atexit
import shutil
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache
from pathlib import Path

from django.db import connection
from django.test import override_settings

from battery.frame import Size
from tests.databases import Databases, OwnDatabase, data_directory, installation
from tests.stores import Cluster, Files


@contextmanager
def ground(size: Size) -> Iterator[OwnDatabase]:
    """Within, the default connection goes to an empty installation; it is gone afterwards."""
    if connection.vendor != size.engine.lower():
        raise ValueError(f"this process works on {connection.vendor}, not on {size.engine}")
    directory, databases = _databases()
    with (
        tempfile.TemporaryDirectory(dir=directory) as name,
        data_directory(Path(name) / "data") as data,
        override_settings(ALLOWED_HOSTS=["testserver", "127.0.0.1"]),
        installation(databases, databases.empty(), data) as own,
    ):
        yield own


@cache
def _databases() -> tuple[Path, Databases]:
    """One migrated template for all rows of this process."""
    directory = Path(tempfile.mkdtemp(prefix="linli-battery-"))
    atexit.register(shutil.rmtree, directory, ignore_errors=True)
    server: Cluster | Files = Files(directory)
    if connection.vendor == "postgresql":
        server = Cluster(f"{int(time.time()):x}_battery{directory.name[-8:].lower()}")
        server.prepare()
        atexit.register(server.drop_all)
    return directory, Databases(server, directory, "battery")
