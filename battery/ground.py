"""Where a row works: a database and a data directory of its own, and a small county told in them."""

from __future__ import annotations

import os
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from django.conf import settings
from django.db import connection
from django.test import override_settings

from battery.frame import Size
from battery.keeper import RUN
from linli.ledger import services as ledger
from linli.months import services as months
from linli.portal.tests.conftest import Told, correct_september, open_custody_book, tell
from tests.books import NOW, Estate
from tests.databases import Databases, OwnDatabase, data_directory, installation
from tests.people import OTHER, People, make_people
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
    """One migrated template for all rows of this process; the keeper tidies it away."""
    directory = Path(tempfile.mkdtemp(prefix="linli-battery-"))
    server: Cluster | Files = Files(directory)
    if connection.vendor == "postgresql":
        server = Cluster(os.environ[RUN])
        server.prepare()
    return directory, Databases(server, directory, "battery")


@dataclass(frozen=True, slots=True)
class County:
    """Two estates with their people.

    `told`: the first, September (also corrected) and October published, November open; `other`:
    the second estate, September published.
    """

    told: Told
    other: Estate
    people: People


def county() -> County:
    """Tell the county into the database at hand; nothing of it waits for a clock."""
    people = make_people()
    told = tell(people)
    correct_september(told)
    other = open_custody_book("B000002", OTHER, "钟楼小区")
    ledger.post_opening(
        by=None,
        book=other.book,
        balances={account.pk: 50_000 for account in other.accounts.values()},
        now=NOW,
        salt=other.salt,
    )
    other.post(other.draft())
    months.seal_imported(by=None, book=other.book, period="2026-09", now=NOW)
    months.publish(by=None, book=other.book, period="2026-09", now=NOW, out=Path(settings.PUBLIC))
    return County(told, other, people)
