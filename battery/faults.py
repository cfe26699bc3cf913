"""Row 2: the disk fails at each write in turn, or is full. A clear error, nothing half, and on it goes."""

from __future__ import annotations

import hashlib
import os
import shutil
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from unittest import mock

import psycopg
from django.conf import settings
from django.db import connection, connections
from django.utils import timezone
from psycopg import sql

from battery.forks import Copy, Life, Say, Work, apart
from battery.frame import Outcome, Size, row
from battery.ground import ground
from battery.kills import IMPORTING as TORN_IMPORT
from battery.kills import where_they_stand
from battery.stages import Importing, Posting, Publishing, Sealing, Stage, command
from battery.strain import TOLD, filled, in_words, refused, volume
from linli.disclosure import staging
from linli.files import blobs
from linli.files import services as files
from linli.files.models import File
from linli.keys import vault
from linli.ledger import services as ledger
from linli.ledger.models import Leaf
from linli.upkeep.archive import unpack
from tests.books import ESTATE, NOW, open_estate
from tests.databases import data_directory, pointed_at

ERRORS = {"EIO": "{}", "ENOSPC": "{}+"}
"""An error of the disk comes once; a disk that is full stays full."""
MOST_CALLS = 400
VOLUME_MB = {"sqlite": 12, "postgresql": 96}


class Approving(Posting):
    """One voucher approved: what is approved is posted."""

    act = "approve"

    def work(self, number: int) -> Work:
        voucher = self.voucher(f"one-{number}")

        def work(say: Say) -> None:
            self.approve(voucher)
            say(f"post one-{number}")

        return work

    def looked_at(self, number: int, life: Life) -> list[str]:
        found = super().looked_at(number, life)
        if not found and not life.finished("post"):
            apart(self._again(number))
            found = super().looked_at(number, Life((f"post one-{number}",), killed=False))
        return found

    def _again(self, number: int) -> Work:
        return lambda say: None if self._posted(number) else self._approve(number)

    def _posted(self, number: int) -> bool:
        return self.desk.book.vouchers.get(key=f"one-{number}").state == "posted"  # type: ignore[attr-defined]

    def _approve(self, number: int) -> None:
        self.approve(self.desk.book.vouchers.get(key=f"one-{number}"))  # type: ignore[attr-defined]


class Keeping(Stage):
    """A paper kept: its bytes on the disk, its row in the database."""

    act = "keep a paper"

    def __init__(self) -> None:
        open_estate()

    def _content(self, number: int) -> bytes:
        return b"%PDF-1.7\n" + f"paper {number}\n".encode() * 5_000 + b"%%EOF\n"

    def work(self, number: int) -> Work:
        def work(say: Say) -> None:
            content = self._content(number)
            files.keep(by=None, content=content, name=f"{number}.pdf", place=ESTATE, now=NOW)
            say(f"kept {number}")

        self.again = work
        return work

    def looked_at(self, number: int, life: Life) -> list[str]:
        found = self._half()
        if life.finished("kept") and not self._rows(number):
            found.append("lost: the paper")
        if not found:
            apart(self.again)
            found = self._half()
            if self._rows(number) != 1:
                found.append(f"kept again gave {self._rows(number)} rows")
        return found

    def _rows(self, number: int) -> int:
        return File.objects.filter(sha256=blobs.sha256_of(self._content(number))).count()

    def _half(self) -> list[str]:
        """Rows without their bytes, files that are not what their name says."""
        lost = [
            f"half: {row.name} has a row and no bytes"
            for row in File.objects.all()
            if not blobs.path_of(row.sha256).exists()
        ]
        root = Path(settings.FILES)
        for path in root.rglob("*") if root.exists() else ():
            if path.is_file() and hashlib.sha256(path.read_bytes()).hexdigest() != path.name:
                lost.append(f"half: {path.name} is not what its name says")
        return lost


class ChangingKeys(Stage):
    """A book's key changed: a file that only its owner reads, a leaf that names it, a new head."""

    act = "change a key"

    def __init__(self) -> None:
        self.book: Any = open_estate().book
        self.known = 0

    def work(self, number: int) -> Work:
        def work(say: Say) -> None:
            ledger.change_key(by=None, log=self.book.log, now=timezone.now())
            say(f"changed {number}")

        return work

    def looked_at(self, number: int, life: Life) -> list[str]:
        changed = Leaf.objects.filter(log=self.book.log, kind="key").count() - 1
        self.known += bool(life.finished("changed"))
        found = ["lost: the change of the key"] if changed < self.known else []
        if not found:
            apart(self._again)
            self.known = changed + 1
        return found + [f"half: {path.name}" for path in Path(settings.KEYS).glob(".new-*")]

    def _again(self, say: Say) -> None:
        ledger.change_key(by=None, log=self.book.log, now=timezone.now())


class BackingUp(Stage):
    """A backup of everything into one file."""

    act = "back up"

    def __init__(self) -> None:
        open_estate()
        self.folder = Path(settings.DATA) / "backups"
        self.folder.mkdir(parents=True, exist_ok=True)

    def work(self, number: int) -> Work:
        for path in self.folder.iterdir():
            path.unlink()
        self.path = self.folder / f"{number}.tar.gz"

        def work(say: Say) -> None:
            command("backup", "--to", str(self.path))
            say(f"backed {number}")

        self.again = work
        return work

    def looked_at(self, number: int, life: Life) -> list[str]:
        found = []
        if life.finished("backed") and not self.path.exists():
            found.append("lost: the backup")
        found += self._half()
        apart(self.again)
        return found + self._half()

    def _half(self) -> list[str]:
        strangers = [path.name for path in self.folder.iterdir() if path != self.path]
        found = [f"half: {name} is left behind" for name in strangers]
        if self.path.exists():
            try:
                unpack(self.path, None, secret=None)
            except Exception as error:  # noqa: BLE001 - whatever makes it unreadable
                found.append(f"half: the backup cannot be read: {type(error).__name__}")
        return found


@dataclass
class Tally:
    """What rounds of failing disks gave."""

    rounds: int = 0
    met: int = 0
    told: int = 0
    faults: list[str] = field(default_factory=list)


@dataclass(frozen=True)
class Trial:
    """An act and the system calls that are refused it; `careless` takes its protection away."""

    what: str
    stage: Callable[[], Stage]
    calls: Sequence[str]
    careless: Callable[[], AbstractContextManager[Any]]
    how: str
    engines: Sequence[str] = ("SQLite", "PostgreSQL")
    stride: int = 1


@contextmanager
def no_journal() -> Iterator[None]:
    """SQLite without its journal: what was written stays written."""
    options = connection.settings_dict["OPTIONS"]
    quick = options["init_command"] + "PRAGMA journal_mode=OFF;"
    connection.close()
    with mock.patch.dict(options, init_command=quick):
        connection.connect()
        yield


def _where_it_stands(path: Path, content: bytes | str) -> None:
    data = content.encode() if isinstance(content, str) else content
    path.parent.mkdir(parents=True, exist_ok=True)
    with path.open("wb", buffering=0) as file:
        for start in range(0, len(data), 4096):
            file.write(data[start : start + 4096])
        os.fsync(file.fileno())


@contextmanager
def _under_its_name() -> Iterator[None]:
    """A backup written under its own name from the first byte, and left there."""
    with (
        mock.patch.object(Path, "with_name", lambda path, name: path),
        mock.patch.object(Path, "unlink", lambda path, missing_ok=False: None),
    ):
        yield


def _in_place(what: Any, name: str) -> Callable[[], AbstractContextManager[Any]]:
    return lambda: mock.patch.object(what, name, _where_it_stands)


FILE_CALLS = ("write", "fsync", "rename")
DISK_CALLS = ("pwrite64", "fdatasync")
JOURNAL = "SQLite without its journal"
IN_PLACE = "files written where they stand"
TRIALS = (
    Trial("approve a voucher", Approving, DISK_CALLS, no_journal, JOURNAL, ("SQLite",)),
    Trial(
        "import a sheet and a bank file", Importing, DISK_CALLS, no_journal, JOURNAL, ("SQLite",), 4
    ),
    Trial("seal a month", Sealing, DISK_CALLS, no_journal, JOURNAL, ("SQLite",), 4),
    Trial("keep a paper", Keeping, FILE_CALLS, _in_place(blobs, "_put"), IN_PLACE),
    Trial(
        "change a key",
        ChangingKeys,
        ("write", "fsync", "link"),
        _in_place(vault, "_write"),
        IN_PLACE,
    ),
    Trial("back up", BackingUp, ("write", "fsync", "rename"), _under_its_name, IN_PLACE),
    Trial(
        "publish",
        Publishing,
        FILE_CALLS,
        lambda: mock.patch.object(staging, "put", where_they_stand),
        IN_PLACE,
    ),
)


def strained(size: Size, trial: Trial, stride: int, *, careless: bool = False) -> Tally:
    """Refuse each system call in turn; with `careless`, until the first fault is seen."""
    tally = Tally()
    with ground(size):
        stage = trial.stage()
        apart(stage.work(0))
        for call in trial.calls:
            for error, when in ERRORS.items():
                for place in range(1, MOST_CALLS, stride):
                    tally.rounds += 1
                    work = stage.work(tally.rounds)
                    if careless:
                        work = within(trial.careless, work)
                    life, met = refused(work, call, error, when.format(place))
                    if not met:
                        break
                    tally.met += 1
                    tally.told += bool(life.finished(TOLD))
                    where = f"{error} at {call} {place}"
                    tally.faults += [f"{where}: {life.failure}"] if life.failure else []
                    tally.faults += [f"{where}: {one}" for one in seen(stage, tally.rounds, life)]
                    if careless and tally.faults:
                        return tally
    return tally


def _each(stride: int) -> str:
    return "each" if stride == 1 else f"one in {stride} of each"


def seen(stage: Stage, number: int, life: Life) -> list[str]:
    """The faults of a stage; one that cannot even be looked at is one more."""
    try:
        return stage.faults(number, life)
    except Exception as error:  # noqa: BLE001 - a database that cannot be read is a fault
        return [f"{stage.act} {number}: half: {type(error).__name__}: {error}".split("\n")[0]]


def within(careless: Callable[[], AbstractContextManager[Any]], work: Work) -> Work:
    def bare(say: Say) -> None:
        with careless():
            work(say)

    return bare


@contextmanager
def small_ground(size: Size) -> Iterator[Path]:
    """The ground of a row on a disk of a few megabytes; gives where that is."""
    if os.geteuid():
        raise RuntimeError("only root can have a small disk")
    with ground(size), volume(VOLUME_MB[connection.vendor]) as place:
        data = place / "data"
        data.mkdir()
        shutil.copytree(settings.DATA, data, dirs_exist_ok=True)
        with data_directory(data), _moved(size, place):
            yield place


@contextmanager
def _moved(size: Size, place: Path) -> Iterator[None]:
    """Within, the database of this process lies in `place`."""
    if not size.database:
        with pointed_at({"NAME": str(place / "data" / "linli.sqlite3")}):
            yield
        return
    name, space = connection.settings_dict["NAME"], f"linli_{place.name.replace('-', '_')}"
    home, move = place / "postgres", "ALTER DATABASE {} SET TABLESPACE {}"
    connections.close_all()
    with psycopg.connect(size.database, autocommit=True) as admin:
        (cluster,) = admin.execute("SHOW data_directory").fetchone() or ("",)
        home.mkdir()
        os.chown(home, Path(cluster).stat().st_uid, -1)
        names = sql.Identifier(name), sql.Identifier(space)
        admin.execute(sql.SQL("CREATE TABLESPACE {} LOCATION {}").format(names[1], str(home)))
        admin.execute(sql.SQL(move).format(*names))
        try:
            yield
        finally:
            connections.close_all()
            admin.execute(sql.SQL(move).format(names[0], sql.Identifier("pg_default")))
            admin.execute(sql.SQL("DROP TABLESPACE {}").format(names[1]))


FULL = {"approve": Approving, "import": Importing, "seal": Sealing, "keep a paper": Keeping}
ROOM = (0, 16 << 10, 48 << 10, 160 << 10, 96 << 10, 320 << 10)
"""How many bytes are left when the act begins."""


def full(
    size: Size,
    stage: Callable[[], Stage],
    rounds: int,
    careless: Callable[[], AbstractContextManager[Any]] | None = None,
) -> Tally:
    """Do the act where the disk is full, free some, look, go on; with `careless` to a first fault."""
    tally = Tally()
    with small_ground(size) as place:
        world = stage()
        for number in range(1, rounds + 1):
            work = world.work(number)
            work = within(careless, work) if careless else work
            with filled(place, but=ROOM[number % len(ROOM)]):
                life = Copy(in_words(work)).end()
            tally.rounds += 1
            tally.met += bool(life.finished(TOLD) or life.failure)
            tally.told += bool(life.finished(TOLD))
            tally.faults += [f"full: {life.failure}"] if life.failure else []
            tally.faults += [f"full: {one}" for one in seen(world, number, life)]
            if careless and tally.faults:
                break
    return tally


@row(2)
def a_full_disk(size: Size) -> list[Outcome]:
    careless, how = (TORN_IMPORT.torn, TORN_IMPORT.how) if size.database else (no_journal, JOURNAL)
    control = full(size, Importing, 24, careless)
    shown = f"{how}: {control.faults[0]}" if control.faults else ""
    outcomes = []
    for name, stage in FULL.items():
        if size.database and stage is Approving:
            continue  # its few rows find room in pages that are there
        tally = full(size, stage, size.of(2, 18))
        unmet = () if tally.told else ("the disk was never full",)
        outcomes.append(
            Outcome(
                what=f"{name}: a disk of {VOLUME_MB[connection.vendor]} MB is full",
                rounds=tally.rounds,
                faults=tally.met,
                lost=sum(": lost" in fault for fault in tally.faults),
                broken=(*tally.faults[:20], *unmet),
                control=shown,
                note=f"{tally.told} told that the disk is full; went on once there was room",
            )
        )
    return outcomes


@row(2)
def failing(size: Size) -> list[Outcome]:
    outcomes = []
    for trial in TRIALS:
        if size.engine not in trial.engines:
            continue
        begun = time.monotonic()
        stride = trial.stride * size.of(12, 1)
        tally = strained(size, trial, stride)
        control = strained(size, trial, trial.stride, careless=True)
        took = time.monotonic() - begun
        outcomes.append(
            Outcome(
                what=f"{trial.what}: EIO and ENOSPC at {_each(stride)} {', '.join(trial.calls)}",
                rounds=tally.rounds,
                faults=tally.met,
                lost=sum(": lost" in fault for fault in tally.faults),
                broken=tuple(tally.faults[:20]),
                control=f"{trial.how}: {control.faults[0]}" if control.faults else "",
                note=f"{tally.told} told as a fault of the disk, the rest did no harm; {took:.0f} s",
            )
        )
    return outcomes
