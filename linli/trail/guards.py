"""Guards: triggers with which the database itself refuses what must never happen.

A guard is written once, in SQL that SQLite and PostgreSQL share; `{month:NEW.date}` stands for
the month of a date column as text. Migrations install guards; `standing()` tells which are there,
`put_up()` puts up those that are not.
"""

from __future__ import annotations

import re
from collections.abc import Collection
from dataclasses import dataclass
from functools import cache

from django.db import connection, transaction
from django.db.migrations.loader import MigrationLoader
from django.db.migrations.operations.base import Operation
from django.db.migrations.recorder import MigrationRecorder

PREFIX = "guard_"


@dataclass(frozen=True, slots=True)
class Guard:
    """Refuse an event on a table when a condition over NEW and OLD holds.

    `event`: INSERT, UPDATE or DELETE, or TRUNCATE (PostgreSQL only, no condition). On INSERT the
    condition must mean the same before the row is there (SQLite) and after (PostgreSQL).
    """

    name: str
    table: str
    event: str
    when: str = ""

    @property
    def trigger(self) -> str:
        return PREFIX + self.name

    def sql(self, vendor: str) -> list[str]:
        when = re.sub(r"\{month:([\w.]+)\}", _MONTH[vendor], self.when) or "1=1"
        if vendor == "sqlite":
            if self.event == "TRUNCATE":
                return []
            return [
                f"CREATE TRIGGER {self.trigger} BEFORE {self.event} ON {self.table} "
                f"FOR EACH ROW WHEN {when} BEGIN SELECT RAISE(ABORT, 'linli:{self.name}'); END"
            ]
        body = f"RAISE EXCEPTION 'linli:{self.name}' USING ERRCODE = '23514';"
        moment, each = "BEFORE", "ROW"
        if self.event == "TRUNCATE":
            each, body = "STATEMENT", f"BEGIN {body} END"
        elif self.event == "INSERT":
            # Once for all rows of a statement: an import writes thousands.
            moment, each = "AFTER", "STATEMENT"
            when = re.sub(r"\bNEW\.", "fresh.", when)
            body = (
                f"BEGIN IF EXISTS (SELECT 1 FROM fresh WHERE {when}) THEN {body} END IF; "
                "RETURN NULL; END"
            )
        else:
            row = "OLD" if self.event == "DELETE" else "NEW"
            body = f"BEGIN IF {when} THEN {body} END IF; RETURN {row}; END"
        rows = "REFERENCING NEW TABLE AS fresh " if self.event == "INSERT" else ""
        return [
            f"CREATE FUNCTION {self.trigger}() RETURNS trigger LANGUAGE plpgsql AS $linli${body}$linli$",
            f"CREATE TRIGGER {self.trigger} {moment} {self.event} ON {self.table} {rows}"
            f"FOR EACH {each} EXECUTE FUNCTION {self.trigger}()",
        ]

    def drop(self, vendor: str) -> list[str]:
        if vendor == "sqlite":
            return [f"DROP TRIGGER IF EXISTS {self.trigger}"]
        return [
            f"DROP TRIGGER IF EXISTS {self.trigger} ON {self.table}",
            f"DROP FUNCTION IF EXISTS {self.trigger}()",
        ]


_MONTH = {"sqlite": r"substr(\1, 1, 7)", "postgresql": r"to_char(\1, 'YYYY-MM')"}


def insert_only(table: str) -> tuple[Guard, ...]:
    """A table whose rows come and stay."""
    return tuple(
        Guard(f"{table}_{event.lower()}", table, event)
        for event in ("UPDATE", "DELETE", "TRUNCATE")
    )


class Install(Operation):
    """Migration operation: put guards up."""

    reduces_to_sql = True
    reversible = True

    def __init__(self, guards: tuple[Guard, ...]) -> None:
        self.guards = guards

    def state_forwards(self, app_label: str, state: object) -> None:
        """The models do not change."""

    def database_forwards(self, app_label, schema_editor, from_state, to_state) -> None:  # type: ignore[no-untyped-def]
        vendor = schema_editor.connection.vendor
        for guard in self.guards:
            for statement in (*guard.drop(vendor), *guard.sql(vendor)):
                schema_editor.execute(statement, params=None)

    def database_backwards(self, app_label, schema_editor, from_state, to_state) -> None:  # type: ignore[no-untyped-def]
        for guard in self.guards:
            for statement in guard.drop(schema_editor.connection.vendor):
                schema_editor.execute(statement, params=None)

    def describe(self) -> str:
        return "Put guards up: " + ", ".join(guard.name for guard in self.guards)


@cache
def all_guards() -> tuple[Guard, ...]:
    """Every guard that the migrations of this version put up, by table and name.

    Read from the migrations themselves, so that nothing can be installed and not be watched.
    """
    return _put_up_by(_in_order(MigrationLoader(None, ignore_no_migrations=True)))


def installed() -> tuple[Guard, ...]:
    """The guards that this database ought to have: those of the migrations that were applied."""
    loader = MigrationLoader(None, ignore_no_migrations=True)
    applied = MigrationRecorder(connection).applied_migrations()
    return _put_up_by([key for key in _in_order(loader) if key in applied])


def _put_up_by(keys: Collection[tuple[str, str]]) -> tuple[Guard, ...]:
    """What some migrations, in their order, leave standing."""
    loader = MigrationLoader(None, ignore_no_migrations=True)
    found: dict[str, Guard] = {}
    for key in keys:
        for operation in loader.disk_migrations[key].operations:
            if isinstance(operation, Install):
                found |= {guard.name: guard for guard in operation.guards}
    return tuple(sorted(found.values(), key=lambda guard: (guard.table, guard.name)))


def _in_order(loader: MigrationLoader) -> list[tuple[str, str]]:
    ordered: dict[tuple[str, str], None] = {}
    for leaf in loader.graph.leaf_nodes():
        ordered |= dict.fromkeys(loader.graph.forwards_plan(leaf))
    return list(ordered)


def standing(guards: tuple[Guard, ...]) -> dict[str, bool]:
    """For each guard that this database knows: does it stand, enabled and word for word?"""
    vendor = connection.vendor
    found = _triggers()
    return {g.trigger: found.get(g.trigger) == _words(g) for g in guards if g.sql(vendor)}


def strangers(guards: tuple[Guard, ...]) -> list[str]:
    """Triggers that stand on our tables and are no guard: one could undo what another keeps."""
    return sorted(_triggers().keys() - {guard.trigger for guard in guards})


def _words(guard: Guard) -> tuple[str, ...]:
    """A guard as the database keeps it."""
    sql = guard.sql(connection.vendor)
    return (sql[0],) if connection.vendor == "sqlite" else (sql[1], sql[0].split("$linli$")[1])


def _triggers() -> dict[str, tuple[str, ...]]:
    """Every enabled trigger of the database by name, as it is written there."""
    with connection.cursor() as cursor:
        if connection.vendor == "sqlite":
            cursor.execute("SELECT name, sql FROM sqlite_master WHERE type = 'trigger'")
        else:
            cursor.execute(
                "SELECT t.tgname, pg_get_triggerdef(t.oid, true), p.prosrc "
                "FROM pg_trigger t JOIN pg_proc p ON p.oid = t.tgfoid "
                "JOIN pg_class c ON c.oid = t.tgrelid "
                "WHERE t.tgenabled IN ('O', 'A') AND NOT t.tgisinternal "
                "AND c.relnamespace = current_schema()::regnamespace"
            )
        return {name: tuple(told) for name, *told in cursor.fetchall()}


def take_down() -> None:
    """SQLite makes a table anew to change it and renames the copy, which a trigger that names the
    table forbids: before tables change there, all guards come down. `put_up` follows."""
    if connection.vendor == "sqlite":
        with transaction.atomic(), connection.cursor() as cursor:
            for name in _triggers().keys() & standing(all_guards()).keys():
                cursor.execute(f"DROP TRIGGER {name}")


def put_up(guards: tuple[Guard, ...]) -> list[str]:
    """Put up those of the guards that do not stand as they are written; gives their names."""
    state = standing(guards)
    missing = [guard for guard in guards if not state.get(guard.trigger, True)]
    with transaction.atomic(), connection.cursor() as cursor:
        for guard in missing:
            for statement in (*guard.drop(connection.vendor), *guard.sql(connection.vendor)):
                cursor.execute(statement)
    return [guard.trigger for guard in missing]
