"""Test databases: migrated once a run, then copied; nothing is ever flushed.

Most tests (`db`) run in a transaction that is rolled back, in the worker's copy. A test that must
really commit, run threads or start processes takes `own_database`. On PostgreSQL the tables
belong to an owner role and the tests run as the application role, with production's grants.
"""

from __future__ import annotations

import fcntl
import hashlib
import os
import shutil
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import django
import pytest
from django.conf import settings
from django.core.management import call_command, get_commands
from django.db import connection, connections
from django.test import override_settings

from linli.upkeep.database import as_owner, grant, url_of
from tests.stores import Cluster, Files, Server

ROOT = Path(__file__).parent.parent
KEPT = ROOT / "build" / "test-databases"


class Databases:
    """The databases of one worker; templates are shared by the workers of a run."""

    def __init__(self, server: Server, shared: Path, worker: str) -> None:
        self.server = server
        self.shared = shared
        self.worker = worker
        self.count = 0

    def template(self, name: str, build: Callable[[], None], *, start: str = "") -> str:
        """A database that `build` fills once a run, whichever worker comes first."""
        with open(self.shared / f"{name}.lock", "w") as lock:
            fcntl.flock(lock, fcntl.LOCK_EX)
            done, failed = (self.shared / f"{name}.{end}" for end in ("done", "failed"))
            if failed.exists():
                pytest.fail(f"the template {name} could not be made: {failed.read_text('utf-8')}")
            if not done.exists():
                failed.write_text("see the first test that needed it", "utf-8")
                self.server.drop(name)
                with pointed_at(careless(self.server.create(name, template=start))):
                    build()
                failed.rename(done)
        return name

    def empty(self) -> str:
        """The template with all tables and no rows."""
        return self.template("empty", self._migrate)

    def _migrate(self) -> None:
        if isinstance(self.server, Files):
            kept = KEPT / f"{fingerprint()}.sqlite3"
            if not kept.exists():
                call_command("migrate", verbosity=0, interactive=False)
                connections.close_all()
                keep(self.server.path("empty"), kept)
            connections.close_all()
            shutil.copyfile(kept, self.server.path("empty"))
            return
        kept = KEPT / f"{fingerprint(*self.server.kind())}.dump"  # type: ignore[attr-defined]
        owner_url = self.server.owner_url("empty")
        if kept.exists():
            subprocess.run(
                ["pg_restore", "--no-owner", "-1", "-d", owner_url, str(kept)], check=True
            )
            return
        with as_owner(owner_url):
            call_command("migrate", verbosity=0, interactive=False)
            grant(self.server.app["USER"])  # type: ignore[attr-defined]
        dumped = self.shared / "empty.dump"
        if dump(owner_url, dumped):
            keep(dumped, kept)

    def copy(self, template: str, *, directory: Path | None = None) -> tuple[str, dict[str, Any]]:
        self.count += 1
        name = f"{self.worker}_{self.count}"
        return name, self.server.create(name, template=template, directory=directory)


def fingerprint(*server: str) -> str:
    """What decides how the tables of this version look (on a server of that kind)."""
    parts = hashlib.sha256("|".join([django.get_version(), *server]).encode())
    package = ROOT / "linli"
    for pattern in ("*/migrations/*.py", "*/guards.py", "*/models.py", "settings.py"):
        for path in sorted(package.glob(pattern)):
            parts.update(path.relative_to(ROOT).as_posix().encode() + path.read_bytes())
    parts.update((ROOT / "requirements.lock").read_bytes())
    return parts.hexdigest()[:16]


def dump(url: str, path: Path) -> bool:
    """Write a PostgreSQL database into a file; False where its programs are not here or too old."""
    if not (shutil.which("pg_dump") and shutil.which("pg_restore")):
        return False
    command = ["pg_dump", "-Fc", "-f", str(path), "-d", url]
    return not subprocess.run(command, capture_output=True, check=False).returncode


def keep(migrated: Path, kept: Path) -> None:
    """Keep a migrated database for the next run; two runs at once do no harm."""
    kept.parent.mkdir(parents=True, exist_ok=True)
    partial = kept.with_suffix(f".{os.getpid()}")
    shutil.copyfile(migrated, partial)
    os.replace(partial, kept)
    alike = kept.parent.glob(f"*{kept.suffix}")
    for old in sorted(alike, key=lambda path: path.stat().st_mtime)[:-3]:
        old.unlink(missing_ok=True)


@contextmanager
def pointed_at(place: dict[str, Any]) -> Iterator[None]:
    """The default connection, in every thread, goes to another database."""
    before = dict(connection.settings_dict)
    connections.close_all()
    connection.settings_dict.update(place)
    try:
        yield
    finally:
        connections.close_all()
        connection.settings_dict.clear()
        connection.settings_dict.update(before)


def careless(place: dict[str, Any]) -> dict[str, Any]:
    """The same place without waiting for the disk: what is rolled back needs no durability."""
    if connection.vendor != "sqlite":
        return place
    options = place["OPTIONS"]
    quick = options["init_command"] + "PRAGMA journal_mode=MEMORY;PRAGMA synchronous=OFF;"
    return place | {"OPTIONS": options | {"init_command": quick}}


@dataclass
class OwnDatabase:
    """A test's own database and data directory; threads and processes may use it, too."""

    data: Path
    environment: dict[str, str]

    def run(self, *command: str, **options: Any) -> subprocess.CompletedProcess[str]:
        """Run `linli …` as a process of its own, as a person would."""
        return subprocess.run(
            [sys.executable, "-m", "linli", *command],
            env=os.environ | self.environment,
            cwd=ROOT,
            text=True,
            capture_output=True,
            timeout=options.pop("timeout", 120),
            check=options.pop("check", False),
            **options,
        )

    def together(self, *acts: Callable[[], Any]) -> list[Any]:
        """Run the acts at the same moment, each in its own thread and connection.

        Gives each one's result, or the exception it raised, in the order of the acts.
        """
        results: list[Any] = [None] * len(acts)
        gate = threading.Barrier(len(acts))

        def run(number: int, act: Callable[[], Any]) -> None:
            try:
                gate.wait(timeout=30)
                results[number] = act()
            except Exception as error:  # noqa: BLE001 - the exception is the result
                results[number] = error
            finally:
                connections.close_all()

        threads = [threading.Thread(target=run, args=pair) for pair in enumerate(acts)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join(timeout=120)
            assert not thread.is_alive(), "an act did not come to an end within two minutes"
        return results


@contextmanager
def installation(databases: Databases, template: str, data: Path) -> Iterator[OwnDatabase]:
    """Within, this process works on a copy of a template; the copy is dropped at the end."""
    data.mkdir(parents=True, exist_ok=True)
    name, place = databases.copy(template, directory=data)
    owner_url = databases.server.owner_url(name)
    environment = {"LINLI_DATA": str(data), "LINLI_SECRET": settings.SECRET_KEY}
    try:
        with pointed_at(place):
            if owner_url:
                environment["LINLI_DATABASE_URL"] = url_of(connection.settings_dict)
                environment["LINLI_OWNER_URL"] = owner_url
            url = environment.get("LINLI_DATABASE_URL", "")
            with override_settings(DATABASE_URL=url, OWNER_URL=owner_url):
                yield OwnDatabase(data, environment)
    finally:
        databases.server.drop(name)


@pytest.fixture(scope="session")
def shared_directory(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A directory that the workers of this run share."""
    base = tmp_path_factory.getbasetemp()
    return base.parent if os.environ.get("PYTEST_XDIST_WORKER") else base


@pytest.fixture(scope="session")
def databases(request: pytest.FixtureRequest, shared_directory: Path) -> Databases:
    """How this worker gets its databases."""
    worker = os.environ.get("PYTEST_XDIST_WORKER", "main")
    if connection.vendor == "postgresql":
        cluster = Cluster(run_name(request.config))
        cluster.prepare()
        return Databases(cluster, shared_directory, worker)
    directory = shared_directory / "databases"
    directory.mkdir(exist_ok=True)
    return Databases(Files(directory), shared_directory, worker)


def run_name(config: pytest.Config) -> str:
    """When the run began, and whose it is, so that two runs on one server do not meet."""
    given = getattr(config, "workerinput", None)
    if given is not None:
        return str(given["linli_run"])
    if not hasattr(config, "linli_run"):
        config.linli_run = f"{int(time.time()):x}_{os.getpid()}"  # type: ignore[attr-defined]
    return str(config.linli_run)  # type: ignore[attr-defined]


@pytest.fixture(scope="session")
def django_db_setup(
    django_test_environment: None, django_db_blocker: Any, databases: Databases
) -> Iterator[None]:
    """The worker's database, in place of the one pytest-django would make and flush."""
    with django_db_blocker.unblock():
        name, place = databases.copy(databases.empty())
        before = dict(connection.settings_dict)
        connections.close_all()
        connection.settings_dict.update(careless(place))
    yield
    with django_db_blocker.unblock():
        connections.close_all()
        connection.settings_dict.clear()
        connection.settings_dict.update(before)
        databases.server.drop(name)


@pytest.fixture(scope="session")
def told_county(
    django_test_environment: None,
    django_db_blocker: Any,
    databases: Databases,
    shared_directory: Path,
) -> tuple[str, Path]:
    """The demo county, told once a run: the name of its template and its data directory."""
    if "demo" not in get_commands():
        cannot_run("the demo county cannot be told: there is no `linli demo`")
    data = shared_directory / "told"
    with django_db_blocker.unblock(), data_directory(data):
        databases.empty()
        return databases.template("told", tell, start="empty"), data


def tell() -> None:
    with override_settings(DEMO=True):
        call_command("demo", verbosity=0)


def cannot_run(why: str) -> None:
    """Skip the test and say why; where everything must run (CI=true), fail it instead."""
    if os.environ.get("CI") == "true":
        pytest.fail(why, pytrace=False)
    pytest.skip(why)


@contextmanager
def data_directory(path: Path) -> Iterator[Path]:
    """Files, keys and the public folder of this process lie in `path`."""
    with override_settings(
        DATA=path,
        FILES=path / "files",
        MEDIA_ROOT=path / "files",
        KEYS=path / "keys",
        PUBLIC=path / "public",
    ):
        yield path


@pytest.fixture(autouse=True)
def own_data_directory(
    tmp_path_factory: pytest.TempPathFactory, request: pytest.FixtureRequest
) -> Iterator[Path]:
    """Every test has a data directory of its own; it is made when something is put into it."""
    base = tmp_path_factory.getbasetemp() / "data"
    with data_directory(base / f"{abs(hash(request.node.nodeid)):x}") as path:
        yield path


@pytest.fixture
def own_database(
    request: pytest.FixtureRequest,
    django_test_environment: None,
    django_db_blocker: Any,
    databases: Databases,
    own_data_directory: Path,
) -> Iterator[OwnDatabase]:
    """A database of the test's own: commits are real, threads and processes may connect.

    `@pytest.mark.own_database(told=True)` begins with the demo county instead of empty tables.
    """
    marker = request.node.get_closest_marker("own_database")
    told = bool(marker and marker.kwargs.get("told"))
    if told:
        template, told_data = request.getfixturevalue("told_county")
        shutil.copytree(told_data, own_data_directory, dirs_exist_ok=True)
    with django_db_blocker.unblock():
        template = template if told else databases.empty()
        with installation(databases, template, own_data_directory) as own:
            yield own
