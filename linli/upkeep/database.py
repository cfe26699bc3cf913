"""The two roles of PostgreSQL: the owner makes tables, the application only reads and adds.

The application role gets SELECT and INSERT everywhere, UPDATE and DELETE only where no guard
refuses them outright, TRUNCATE nowhere. What it holds follows from the guards, so a new
insert-only table needs nothing here.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from urllib.parse import quote

from django.conf import settings
from django.db import connection

from linli.settings import postgres
from linli.trail.guards import Guard, all_guards

READ_ONLY = frozenset({"django_migrations"})


def is_postgres() -> bool:
    return connection.vendor == "postgresql"


@contextmanager
def as_owner(url: str = "") -> Iterator[None]:
    """Within, the default connection is the owner's (LINLI_OWNER_URL); without one, unchanged."""
    url = url or settings.OWNER_URL
    if not url or not is_postgres():
        yield
        return
    ours = dict(connection.settings_dict)
    theirs = postgres(url)
    connection.close()
    connection.settings_dict.update({key: theirs[key] for key in _WHO})
    try:
        yield
    finally:
        connection.close()
        connection.settings_dict.update(ours)


_WHO = ("USER", "PASSWORD", "HOST", "PORT", "NAME")


def rights(tables: list[str], guards: tuple[Guard, ...]) -> dict[str, tuple[str, ...]]:
    """What the application role may do with each table."""
    refused = {(guard.table, guard.event) for guard in guards if not guard.when}
    return {
        table: ("SELECT",)
        if table in READ_ONLY
        else (
            "SELECT",
            "INSERT",
            *(verb for verb in ("UPDATE", "DELETE") if (table, verb) not in refused),
        )
        for table in tables
    }


def grant(role: str) -> int:
    """Give the application role exactly its rights; the caller is the owner. Counts tables."""
    name = connection.ops.quote_name
    with connection.cursor() as cursor:
        tables = connection.introspection.table_names(cursor)
        cursor.execute(f"REVOKE ALL ON ALL TABLES IN SCHEMA public FROM {name(role)}, PUBLIC")
        cursor.execute(f"GRANT USAGE ON SCHEMA public TO {name(role)}")
        cursor.execute(f"GRANT USAGE ON ALL SEQUENCES IN SCHEMA public TO {name(role)}")
        for table, verbs in rights(tables, all_guards()).items():
            cursor.execute(f"GRANT {', '.join(verbs)} ON {name(table)} TO {name(role)}")
    return len(tables)


def rights_held() -> dict[str, frozenset[str]]:
    """What the role of this connection may really do with each table."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT c.relname, verb FROM pg_class c, "
            "unnest(ARRAY['SELECT', 'INSERT', 'UPDATE', 'DELETE', 'TRUNCATE']) AS verb "
            "WHERE c.relkind IN ('r', 'p') AND c.relnamespace = 'public'::regnamespace "
            "AND has_table_privilege(c.oid, verb)"
        )
        held: dict[str, set[str]] = {}
        for table, verb in cursor.fetchall():
            held.setdefault(table, set()).add(verb)
    return {table: frozenset(verbs) for table, verbs in held.items()}


def url_of(settings_dict: dict, *, name: str = "") -> str:
    """The address of a database as LINLI_DATABASE_URL has it."""
    user = quote(settings_dict["USER"], safe="")
    password = settings_dict["PASSWORD"]
    secret = ":" + quote(password, safe="") if password else ""
    at = f"{user}{secret}@" if user else ""
    port = f":{settings_dict['PORT']}" if settings_dict["PORT"] else ""
    return f"postgres://{at}{settings_dict['HOST']}{port}/{quote(name or settings_dict['NAME'])}"
