"""The PostgreSQL server of this machine, if there is one that lets us make roles and databases."""

from __future__ import annotations

import getpass
import os

import psycopg

LEAST_VERSION = 15_00_00
_MAY = (
    "SELECT (rolsuper OR (rolcreaterole AND rolcreatedb)) "
    "AND current_setting('server_version_num')::int >= %s "
    "FROM pg_roles WHERE rolname = current_user"
)


def server_here() -> str:
    """The address in LINLI_DATABASE_URL, else the server on the usual port; "" if none answers."""
    url = os.environ.get("LINLI_DATABASE_URL", "")
    url = url or f"postgres://{getpass.getuser()}@127.0.0.1:5432/postgres"
    try:
        with psycopg.connect(url, connect_timeout=3) as server:
            row = server.execute(_MAY, [LEAST_VERSION]).fetchone()
    except psycopg.OperationalError:
        return ""
    return url if row and row[0] else ""
