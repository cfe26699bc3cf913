"""Where test databases live: files for SQLite, a cluster for PostgreSQL."""

from __future__ import annotations

import shutil
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Protocol

import psycopg
from django.conf import settings
from django.db import connection
from psycopg import sql

from linli.settings import postgres
from linli.upkeep.database import url_of

OWNER, APP, PASSWORD = "linli_test_owner", "linli_test_app", "linli_test"
PREFIX = "linli_test_"
STALE_SECONDS = 6 * 3600


class Server(Protocol):
    """Where test databases live."""

    def create(
        self, name: str, *, template: str = "", directory: Path | None = None
    ) -> dict[str, Any]:
        """Make a database and give the connection settings of the application.

        `directory`: where the file goes, for a database that is a file.
        """

    def drop(self, name: str) -> None: ...

    def owner_url(self, name: str) -> str: ...


@dataclass
class Files:
    """SQLite: a database is a file, a copy is a copy."""

    directory: Path
    options: dict[str, Any] = field(default_factory=lambda: connection.settings_dict["OPTIONS"])

    def create(
        self, name: str, *, template: str = "", directory: Path | None = None
    ) -> dict[str, Any]:
        path = (directory / "linli.sqlite3") if directory else self.path(name)
        if template:
            path.parent.mkdir(parents=True, exist_ok=True)
            shutil.copyfile(self.path(template), path)
        return {"NAME": str(path), "OPTIONS": self.options}

    def path(self, name: str) -> Path:
        return self.directory / f"{name}.sqlite3"

    def drop(self, name: str) -> None:
        for path in self.directory.glob(f"{name}.sqlite3*"):
            path.unlink()

    def owner_url(self, name: str) -> str:
        return ""


@dataclass
class Cluster:
    """PostgreSQL: CREATE DATABASE … TEMPLATE. Roles are made where the caller may make them."""

    run: str
    admin: dict[str, Any] = field(init=False)
    owner: dict[str, Any] = field(init=False)
    app: dict[str, Any] = field(init=False)

    def __post_init__(self) -> None:
        given = postgres(settings.DATABASE_URL)
        if settings.OWNER_URL:
            self.app, self.owner = given, postgres(settings.OWNER_URL)
            self.admin = self.owner
        else:
            self.admin = given
            self.owner = given | {"USER": OWNER, "PASSWORD": PASSWORD}
            self.app = given | {"USER": APP, "PASSWORD": PASSWORD}

    @contextmanager
    def as_admin(self) -> Iterator[psycopg.Connection]:
        url = url_of(self.admin)
        with psycopg.connect(url, autocommit=True) as admin:
            yield admin

    def prepare(self) -> None:
        """Make the roles and clear away what a killed run left."""
        with self.as_admin() as admin:
            if not settings.OWNER_URL:
                self._roles(admin)
            for (name,) in admin.execute(
                "SELECT datname FROM pg_database WHERE datname LIKE %s", [f"{PREFIX}%"]
            ).fetchall():
                born = int(name[len(PREFIX) :].split("_")[0], 16)
                if time.time() - born > STALE_SECONDS:
                    self._drop(admin, name)

    def _roles(self, admin: psycopg.Connection) -> None:
        admin.execute("SELECT pg_advisory_lock(7061)")
        for role in (OWNER, APP):
            if not admin.execute("SELECT 1 FROM pg_roles WHERE rolname = %s", [role]).fetchone():
                admin.execute(
                    sql.SQL("CREATE ROLE {} LOGIN PASSWORD {}").format(
                        sql.Identifier(role), sql.Literal(PASSWORD)
                    )
                )
        admin.execute("SELECT pg_advisory_unlock(7061)")

    def create(
        self, name: str, *, template: str = "", directory: Path | None = None
    ) -> dict[str, Any]:
        with self.as_admin() as admin:
            admin.execute(
                sql.SQL("CREATE DATABASE {} OWNER {} TEMPLATE {}").format(
                    sql.Identifier(self._name(name)),
                    sql.Identifier(self.owner["USER"]),
                    sql.Identifier(self._name(template) if template else "template0"),
                )
            )
        return {
            "NAME": self._name(name),
            "USER": self.app["USER"],
            "PASSWORD": self.app["PASSWORD"],
            "CONN_MAX_AGE": 0,
        }

    def drop(self, name: str) -> None:
        with self.as_admin() as admin:
            self._drop(admin, self._name(name))

    def drop_all(self) -> None:
        """Everything this run has made."""
        with self.as_admin() as admin:
            for (name,) in admin.execute(
                "SELECT datname FROM pg_database WHERE starts_with(datname, %s)",
                [self._name("")],
            ).fetchall():
                self._drop(admin, name)

    def _drop(self, admin: psycopg.Connection, name: str) -> None:
        admin.execute(
            sql.SQL("DROP DATABASE IF EXISTS {} WITH (FORCE)").format(sql.Identifier(name))
        )

    def _name(self, name: str) -> str:
        return f"{PREFIX}{self.run}_{name}"

    def owner_url(self, name: str) -> str:
        return url_of(self.owner, name=self._name(name))

    def kind(self) -> tuple[str, str]:
        """What a dump of it depends on: the server's version, and who holds rights in it."""
        with self.as_admin() as admin:
            return str(admin.info.server_version), self.app["USER"]
