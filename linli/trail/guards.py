"""Guards: triggers with which the database itself refuses what must never happen.

A guard is written once, in SQL that SQLite and PostgreSQL share; `{month:NEW.date}` stands for
the month of a date column as text. Migrations install guards; `standing()` tells which are there.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cache

from django.db import connection
from django.db.migrations.loader import MigrationLoader
from django.db.migrations.operations.base import Operation

PREFIX = "guard_"


@dataclass(frozen=True, slots=True)
class Guard:
    """Refuse an event on a table when a condition over NEW and OLD holds.

    `event`: INSERT, UPDATE or DELETE, or TRUNCATE (PostgreSQL only, no condition).
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
        row = "OLD" if self.event == "DELETE" else "NEW"
        body = f"RAISE EXCEPTION 'linli:{self.name}' USING ERRCODE = '23514';"
        if self.event == "TRUNCATE":
            each, body = "STATEMENT", f"BEGIN {body} END"
        else:
            each, body = "ROW", f"BEGIN IF {when} THEN {body} END IF; RETURN {row}; END"
        return [
            f"CREATE FUNCTION {self.trigger}() RETURNS trigger LANGUAGE plpgsql AS $linli${body}$linli$",
            f"CREATE TRIGGER {self.trigger} BEFORE {self.event} ON {self.table} "
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
        for guard in self.guards:
            for statement in guard.sql(schema_editor.connection.vendor):
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
    loader = MigrationLoader(None, ignore_no_migrations=True)
    found: dict[str, Guard] = {}
    for key in _in_order(loader):
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
    wanted = {g.trigger: g for g in guards if g.sql(vendor)}
    with connection.cursor() as cursor:
        if vendor == "sqlite":
            cursor.execute("SELECT name, sql FROM sqlite_master WHERE type = 'trigger'")
            found = dict(cursor.fetchall())
            return {name: found.get(name) == g.sql(vendor)[0] for name, g in wanted.items()}
        cursor.execute(
            "SELECT t.tgname, p.prosrc FROM pg_trigger t JOIN pg_proc p ON p.oid = t.tgfoid "
            "JOIN pg_class c ON c.oid = t.tgrelid "
            "WHERE t.tgenabled IN ('O', 'A') AND NOT t.tgisinternal "
            "AND c.relnamespace = current_schema()::regnamespace"
        )
        found = dict(cursor.fetchall())
    return {
        name: found.get(name) == g.sql(vendor)[0].split("$linli$")[1] for name, g in wanted.items()
    }
