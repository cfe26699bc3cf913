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


class NotReached(Exception):
    """The server that was named does not answer, or does not let us make what we need."""


def server_here() -> str:
    """The address in LINLI_DATABASE_URL, else the server on the usual port; "" if none answers.

    Raises NotReached where LINLI_DATABASE_URL names a server that is of no use.
    """
    named = os.environ.get("LINLI_DATABASE_URL", "")
    url = named or f"postgres://{getpass.getuser()}@127.0.0.1:5432/postgres"
    try:
        with psycopg.connect(url, connect_timeout=3) as server:
            row = server.execute(_MAY, [LEAST_VERSION]).fetchone()
    except psycopg.OperationalError as error:
        if named:
            raise NotReached(f"LINLI_DATABASE_URL: {error}") from None
        return ""
    if row and row[0]:
        return url
    if named:
        raise NotReached("LINLI_DATABASE_URL: PostgreSQL 15, and a role that may make databases")
    return ""
