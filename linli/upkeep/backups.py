"""Making a backup while the service runs, and putting one back."""

from __future__ import annotations

import os
import shutil
import tempfile
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management import call_command
from django.db import connections, transaction

from linli import __version__
from linli.kernel.rulings import refuse
from linli.kernel.words import gettext_noop as _
from linli.ledger import queries as ledger
from linli.upkeep import snapshots
from linli.upkeep.archive import unpack, writing
from linli.upkeep.database import as_owner, is_postgres, url_of
from linli.upkeep.snapshots import SQLITE_FILE, TABLES, Step

FOLDER = "backups"
KEYS, PUBLIC = "keys", "public"
SECRET_FILE = "django.secret"
# Neither the living database nor what backups and restores themselves leave behind.
LEFT_OUT = (SQLITE_FILE, f"{SQLITE_FILE}-", FOLDER, ".", "before-", "static")


@dataclass(frozen=True, slots=True)
class Backup:
    """What a backup holds."""

    path: Path
    size: int
    files: int
    with_keys: bool


def default_path(now: datetime, *, sealed: bool) -> Path:
    suffix = ".tar.gz.sealed" if sealed else ".tar.gz"
    name = f"linli-{now.astimezone():%Y%m%d-%H%M%S}{suffix}"
    return Path(settings.DATA) / FOLDER / name


def make(path: Path, *, now: datetime, secret: bytes | None, step: Step) -> Backup:
    """Write database, files and public folder to `path`; the keys only if it is sealed.

    The public folder is taken before the database, which thus knows every head that the folder
    shows; papers after it: every one that its rows name is older than they are. The backup is read
    once more before this returns.
    """
    data = Path(settings.DATA)
    with tempfile.TemporaryDirectory(prefix=".backup-", dir=data) as name:
        staging = Path(name)
        _take_public(staging / PUBLIC)
        facts = _take_database(staging, step)
        taken = [(file.relative_to(staging).as_posix(), file) for file in _files(staging)]
        taken += _data_files(data, with_keys=secret is not None)
        with writing(path, secret=secret) as writer:
            writer.facts = {"version": __version__, "made_at": now.isoformat(), **facts}
            for number, (place, file) in enumerate(taken, start=1):
                writer.add(place, file)
                step(number, len(taken))
    unpack(path, None, secret=secret)
    return Backup(path, path.stat().st_size, len(taken), secret is not None)


def _take_public(target: Path) -> None:
    """The public folder as it stands between two writers: each of its files is written whole
    under another name and then put in place, so that a second name keeps what it was."""
    public = Path(settings.PUBLIC)
    if not public.is_dir():
        return
    with transaction.atomic():
        for county in ledger.logs_of_counties():
            ledger.hold(county)
        unfinished = shutil.ignore_patterns(".new-*")
        shutil.copytree(public, target, ignore=unfinished, copy_function=_second_name)


def _second_name(source: str, target: str) -> None:
    try:
        os.link(source, target)
    except OSError:  # The public folder may lie on another disk.
        shutil.copy2(source, target)


def _take_database(staging: Path, step: Step) -> dict[str, Any]:
    if is_postgres():
        return {"database": "postgresql", **snapshots.copy_postgres(staging / TABLES, step)}
    snapshots.copy_sqlite(staging / SQLITE_FILE)
    return {"database": "sqlite", "migrations": snapshots.applied()}


def _files(folder: Path) -> list[Path]:
    """Files below a folder, shallow ones first: a list is then older than what it lists."""
    found = [path for path in folder.rglob("*") if path.is_file() and not path.is_symlink()]
    return sorted(found, key=lambda path: (len(path.parts), path))


def _data_files(data: Path, *, with_keys: bool) -> list[tuple[str, Path]]:
    left_out = (*LEFT_OUT, PUBLIC) if with_keys else (*LEFT_OUT, PUBLIC, KEYS)
    return [
        (file.relative_to(data).as_posix(), file)
        for child in sorted(data.iterdir())
        if child.is_dir() and not child.name.startswith(left_out)
        for file in _files(child)
    ]


def put_back(
    path: Path, *, now: datetime, secret: bytes | None, force: bool, step: Step
) -> dict[str, Any]:
    """Put a backup into this data directory and database; gives its manifest.

    Everything is unpacked and compared with the manifest before anything that is here is touched.
    Raises Refused if something is here already and not `force`; with it, files move to
    `before-<moment>` and a PostgreSQL database is first backed up itself.
    """
    data = Path(settings.DATA)
    occupied = bool(_present(data)) or (is_postgres() and snapshots.is_used())
    if occupied and not force:
        refuse(_("%(data)s 或它的数据库里已有数据；确要替换请加 --force"), data=str(data)).enforce()
    data.mkdir(parents=True, exist_ok=True)
    staging = Path(tempfile.mkdtemp(prefix=".restoring-", dir=data))
    try:
        manifest = unpack(path, staging, secret=secret)
        _fits(manifest)
        if is_postgres():
            if snapshots.is_used():
                make(default_path(now, sealed=False), now=now, secret=None, step=step)
            _fill(staging, manifest, step)
        connections.close_all()
        _move_in(staging, data, now)
    finally:
        shutil.rmtree(staging, ignore_errors=True)
    call_command("migrate", verbosity=0, interactive=False)
    return manifest


def _present(data: Path) -> list[Path]:
    """What is in a data directory, but for the secret that merely starting the program makes."""
    if not data.is_dir():
        return []
    keys = data / KEYS
    only_secret = keys.is_dir() and {path.name for path in keys.iterdir()} <= {SECRET_FILE}
    return [
        child
        for child in data.iterdir()
        if not child.name.startswith((FOLDER, ".", "before-"))
        and not (child == keys and only_secret)
    ]


def _fits(manifest: dict[str, Any]) -> None:
    snapshots.known_here(manifest["migrations"])
    if manifest["database"] == "postgresql" and not is_postgres():
        refuse(_("这是 PostgreSQL 的备份，请设置 LINLI_DATABASE_URL 后恢复")).enforce()


def _fill(staging: Path, manifest: dict[str, Any], step: Step) -> None:
    url = settings.OWNER_URL or url_of(connections["default"].settings_dict)
    as_then = snapshots.applied() == manifest["migrations"]
    connections.close_all()
    if not as_then:
        snapshots.clear_postgres(url)
        with as_owner():
            snapshots.migrate_to(manifest["migrations"])
    snapshots.fill_postgres(url, staging, manifest, step)
    for leftover in (staging / TABLES, staging / SQLITE_FILE):
        if leftover.is_dir():
            shutil.rmtree(leftover)
        leftover.unlink(missing_ok=True)


def _move_in(staging: Path, data: Path, now: datetime) -> None:
    """What is here goes aside, then what was unpacked takes its place."""
    arriving = {child.name for child in staging.iterdir()}
    leaving = [child for child in _present(data) if child.name != KEYS or KEYS in arriving]
    if leaving:
        aside = data / f"before-{now.astimezone():%Y%m%d-%H%M%S}"
        aside.mkdir(mode=0o700)
        for child in leaving:
            os.rename(child, aside / child.name)
    if KEYS in arriving:
        shutil.rmtree(data / KEYS, ignore_errors=True)
    for child in staging.iterdir():
        os.rename(child, data / child.name)


def prune(keep: int) -> list[Path]:
    """Delete all but the newest `keep` backups of the default folder; gives those deleted."""
    folder = Path(settings.DATA) / FOLDER
    old = sorted(folder.glob("linli-*.tar.gz*"))[: -keep or None]
    for path in old:
        path.unlink()
    return old


def newest() -> Path | None:
    """The newest backup of the default folder; names tell the moment."""
    folder = Path(settings.DATA) / FOLDER
    return max(folder.glob("linli-*.tar.gz*"), key=lambda path: path.name, default=None)


def newest_at() -> float | None:
    """When it was made (seconds since 1970), if there is one."""
    path = newest()
    return None if path is None else path.stat().st_mtime
