"""The database at one moment, and the way back.

SQLite is copied by its own backup interface while the service goes on. PostgreSQL is read by COPY
in one REPEATABLE READ transaction, by the application role and without any client program, and
put back into tables that the migrations have made; guards are off inside that one transaction and
stand again before it ends. A SQLite backup may be put into PostgreSQL, too: that is how a pilot
grows up.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Callable, Iterable
from contextlib import closing
from pathlib import Path
from typing import Any

import psycopg
from django.db import connection
from django.db.migrations.executor import MigrationExecutor
from django.db.migrations.recorder import MigrationRecorder
from psycopg import sql

from linli.kernel.rulings import refuse
from linli.kernel.words import gettext_noop as _
from linli.upkeep.database import url_of

SQLITE_FILE = "linli.sqlite3"
TABLES = "database"
KEPT_BY_MIGRATIONS = "django_migrations"
Step = Callable[..., None]

_COLUMNS = """
SELECT c.relname, a.attname, t.typname FROM pg_class c
JOIN pg_attribute a ON a.attrelid = c.oid AND a.attnum > 0 AND NOT a.attisdropped
JOIN pg_type t ON t.oid = a.atttypid
WHERE c.relkind = 'r' AND c.relnamespace = 'public'::regnamespace AND a.attgenerated = ''
ORDER BY c.relname, a.attnum
"""
_COUNTERS = """
SELECT s.relname, t.relname, a.attname FROM pg_class s
JOIN pg_depend d ON d.objid = s.oid AND d.deptype IN ('a', 'i') AND d.refobjsubid > 0
JOIN pg_class t ON t.oid = d.refobjid
JOIN pg_attribute a ON a.attrelid = t.oid AND a.attnum = d.refobjsubid
WHERE s.relkind = 'S' AND s.relnamespace = 'public'::regnamespace
"""


def copy_sqlite(target: Path) -> None:
    """A consistent copy of the SQLite database; raises Refused if it turns out damaged."""
    connection.ensure_connection()
    with closing(sqlite3.connect(target)) as copy:
        connection.connection.backup(copy)
        broken = copy.execute("PRAGMA quick_check(1)").fetchone()[0]
        copy.execute("PRAGMA journal_mode=DELETE")
    if broken != "ok":
        refuse(_("数据库文件已损坏，没有备份：%(error)s"), error=str(broken)).enforce()


def copy_postgres(folder: Path, step: Step) -> dict[str, Any]:
    """Write every table to `<folder>/<table>.copy`; gives columns, row counts and counters."""
    folder.mkdir(parents=True, exist_ok=True)
    with psycopg.connect(url_of(connection.settings_dict)) as source:
        source.isolation_level = psycopg.IsolationLevel.REPEATABLE_READ
        source.read_only = True
        tables = _columns(source)
        facts: dict[str, Any] = {}
        for number, (table, columns) in enumerate(tables.items(), start=1):
            names = sql.SQL(", ").join(map(sql.Identifier, columns))
            reading = sql.SQL("COPY (SELECT {} FROM {}) TO STDOUT").format(
                names, sql.Identifier(table)
            )
            with (folder / f"{table}.copy").open("wb") as file, source.cursor() as cursor:
                with cursor.copy(reading) as rows:
                    for data in rows:
                        file.write(data)
                facts[table] = {"columns": list(columns), "rows": cursor.rowcount}
            step(number, len(tables))
        found = source.execute("SELECT sequencename, last_value FROM pg_sequences").fetchall()
        migrations = source.execute("SELECT app, name FROM django_migrations").fetchall()
    return {"tables": facts, "counters": dict(found), "migrations": sorted(map(list, migrations))}


def _columns(source: psycopg.Connection) -> dict[str, dict[str, str]]:
    """Table → column → type, as the tables have them."""
    tables: dict[str, dict[str, str]] = {}
    for table, column, kind in source.execute(_COLUMNS):
        tables.setdefault(table, {})[column] = kind
    return tables


def applied() -> list[list[str]]:
    """The migrations that this database has."""
    return sorted(map(list, MigrationRecorder(connection).applied_migrations()))


def known_here(migrations: Iterable[Iterable[str]]) -> None:
    """Refuse a backup of a newer version than this program."""
    loader = MigrationExecutor(connection).loader
    unknown = [f"{app}.{name}" for app, name in migrations if (app, name) not in loader.graph.nodes]
    if unknown:
        refuse(
            _("备份来自更新的版本，请先升级本程序；不认识的升级：%(names)s"),
            names=tuple(unknown[:5]),
        ).enforce()


def migrate_to(migrations: Iterable[Iterable[str]]) -> None:
    """Make empty tables as they were when the backup was taken; the connection is the owner's."""
    executor = MigrationExecutor(connection)
    wanted = {(app, name) for app, name in migrations}
    nodes = executor.loader.graph.node_map
    last = [
        key
        for key in sorted(wanted)
        if not any(c.key[0] == key[0] and c.key in wanted for c in nodes[key].children)
    ]
    executor.migrate(last)


def fill_postgres(url: str, source: Path, manifest: dict[str, Any], step: Step) -> None:
    """Put the rows of a backup into the empty tables of `url` (its owner), in one transaction.

    `source` holds what was unpacked: table files, or a SQLite database.
    """
    with psycopg.connect(url) as target:
        tables = _columns(target)
        tables.pop(KEPT_BY_MIGRATIONS)
        every = sql.SQL(", ").join(map(sql.Identifier, tables))
        for table in tables:
            _guard(target, table, "DISABLE")
        target.execute(sql.SQL("TRUNCATE {}").format(every))
        for number, (table, columns) in enumerate(tables.items(), start=1):
            if manifest["database"] == "sqlite":
                _from_sqlite(target, source / SQLITE_FILE, table, columns)
            else:
                _from_file(target, source / TABLES / f"{table}.copy", table, manifest["tables"])
            step(number, len(tables))
        _set_counters(target, manifest.get("counters", {}))
        target.execute("SET CONSTRAINTS ALL IMMEDIATE")
        for table in tables:
            _guard(target, table, "ENABLE")


def _guard(target: psycopg.Connection, table: str, verb: str) -> None:
    target.execute(
        sql.SQL("ALTER TABLE {} {} TRIGGER USER").format(sql.Identifier(table), sql.SQL(verb))
    )


def _from_file(target: psycopg.Connection, path: Path, table: str, facts: dict[str, Any]) -> None:
    columns = sql.SQL(", ").join(map(sql.Identifier, facts[table]["columns"]))
    writing = sql.SQL("COPY {} ({}) FROM STDIN").format(sql.Identifier(table), columns)
    with path.open("rb") as file, target.cursor() as cursor:
        with cursor.copy(writing) as rows:
            while data := file.read(1 << 20):
                rows.write(data)
        if cursor.rowcount != facts[table]["rows"]:
            refuse(_("表 %(table)s 的行数与清单不符"), table=table).enforce()


_FROM_SQLITE: dict[str, Callable[[Any], Any]] = {
    "bool": bool,
    "bytea": bytes,
    "timestamptz": lambda moment: f"{moment}+00",
}


def _from_sqlite(
    target: psycopg.Connection, path: Path, table: str, columns: dict[str, str]
) -> None:
    names = sql.SQL(", ").join(map(sql.Identifier, columns))
    writing = sql.SQL("COPY {} ({}) FROM STDIN").format(sql.Identifier(table), names)
    turn = [_FROM_SQLITE.get(kind, lambda value: value) for kind in columns.values()]
    quoted = ", ".join(f'"{name}"' for name in columns)
    with closing(sqlite3.connect(f"file:{path}?mode=ro", uri=True)) as source:
        with target.cursor() as cursor, cursor.copy(writing) as rows:
            for row in source.execute(f'SELECT {quoted} FROM "{table}"'):
                rows.write_row(
                    [None if v is None else f(v) for f, v in zip(turn, row, strict=True)]
                )


def _set_counters(target: psycopg.Connection, counters: dict[str, int | None]) -> None:
    """Numbers that were given out are not given out again, even if their rows are gone."""
    for counter, table, column in target.execute(_COUNTERS).fetchall():
        highest = target.execute(
            sql.SQL("SELECT MAX({}) FROM {}").format(sql.Identifier(column), sql.Identifier(table))
        ).fetchone()
        used = max(highest[0] or 0 if highest else 0, counters.get(counter) or 0)
        target.execute("SELECT setval(%s::regclass, %s, %s)", [counter, max(used, 1), used > 0])


def clear_postgres(url: str) -> None:
    """Drop every table of a database; for a restore that was told to replace what is there."""
    with psycopg.connect(url) as target:
        target.execute("DROP SCHEMA public CASCADE")
        target.execute("CREATE SCHEMA public")


def is_used() -> bool:
    """Does this database hold anything that somebody entered?"""
    with connection.cursor() as cursor:
        present = connection.introspection.table_names(cursor)
        for table in {"people_user", "trail_line"} & set(present):
            cursor.execute(f"SELECT 1 FROM {table} LIMIT 1")
            if cursor.fetchone():
                return True
    return False
