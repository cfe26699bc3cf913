"""Is it ready? Asked by machines every few seconds, so nothing here is dear."""

from __future__ import annotations

import os
import shutil
from functools import cache
from pathlib import Path

from django.conf import settings
from django.db import DatabaseError, connection
from django.db.migrations.loader import MigrationLoader

LEAST_FREE_BYTES = 100 << 20
"""Below this nothing is taken in any more; `linli doctor` speaks much earlier."""


def lacking() -> list[str]:
    """What keeps the service from working, of database, migrations, disk and keys; [] if nothing."""
    found = []
    try:
        with connection.cursor() as cursor:
            cursor.execute("SELECT app, name FROM django_migrations")
            applied = set(cursor.fetchall())
        if not _wanted() <= applied:
            found.append("migrations")
    except DatabaseError:
        found.append("database")
    try:
        if shutil.disk_usage(settings.DATA).free < LEAST_FREE_BYTES:
            found.append("disk")
    except OSError:
        found.append("disk")
    if not _keys_readable():
        found.append("keys")
    return found


@cache
def _wanted() -> frozenset[tuple[str, str]]:
    """The migrations of this version."""
    loader = MigrationLoader(None, load=False)
    loader.load_disk()
    return frozenset(loader.disk_migrations)


def _keys_readable() -> bool:
    """An installation that never had keys has none to read."""
    folder = Path(settings.KEYS)
    try:
        return all(os.access(path, os.R_OK) for path in folder.iterdir())
    except FileNotFoundError:
        return True
    except OSError:
        return False
