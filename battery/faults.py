"""Row 2: the disk fails at each write in turn. A clear error, nothing half, and on it goes."""

from __future__ import annotations

import hashlib
import os
import time
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from random import Random
from typing import Any
from unittest import mock

from django.conf import settings
from django.db import connection
from django.utils import timezone

from battery.forks import Life, Say, Work, apart
from battery.frame import Outcome, Size, row
from battery.ground import ground
from battery.kills import where_they_stand
from battery.stages import Importing, Posting, Publishing, Sealing, Stage, command
from battery.strain import TOLD, files_of_calls, refused
from linli.files import blobs
from linli.files import services as files
from linli.files.models import File
from linli.keys import vault
from linli.ledger import services as ledger
from linli.ledger.models import Leaf
from linli.proof import queries as proof
from linli.upkeep.archive import unpack
from tests.books import ESTATE, NOW, open_estate

ERRORS = {"EIO": "{}", "ENOSPC": "{}+"}
"""An error of the disk comes once; a disk that is full stays full."""
MOST_CALLS = 400


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
    """What rounds of failing disks gave. `serial`: numbers the acts in one world, controls as well."""

    rounds: int = 0
    met: int = 0
    told: int = 0
    serial: int = 0
    shown: str = ""
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
    Trial("publish", Publishing, FILE_CALLS, where_they_stand, IN_PLACE),
)


def strained(size: Size, trial: Trial) -> Tally:
    """Refuse each system call in turn; then its control. A CI run takes a few of the calls, verifies
    once at their end, and has its control in the same world."""
    tally, chance = Tally(), Random(trial.what)
    with ground(size):
        stage = trial.stage()
        apart(stage.work(0))
        for call in trial.calls:
            most = 0
            if size.name == "ci":
                tally.serial += 1
                most = len(files_of_calls(stage.work(tally.serial), call))
            for error in ERRORS:
                for place in _places(size, trial, most, chance):
                    if not _refuse(tally, stage, (call, error, place), verify=size.name != "ci"):
                        break
        if size.name == "ci":
            tally.faults += [f"verify: {fault}" for fault in proof.verify().faults[:5]]
            if not tally.faults:
                tally.shown = shown(tally, stage, trial)
    if size.name != "ci":
        with ground(size):
            stage = trial.stage()
            apart(stage.work(0))
            tally.shown = shown(tally, stage, trial)
    return tally


def _places(size: Size, trial: Trial, most: int, chance: Random) -> Iterable[int]:
    """Which of the calls are refused: all, or of `most` one in each half."""
    if size.name != "ci":
        return range(1, MOST_CALLS, trial.stride)
    middle = most // 2
    return [
        chance.randint(first, last)
        for first, last in ((1, middle), (middle + 1, most))
        if first <= last
    ]


def shown(tally: Tally, stage: Stage, trial: Trial) -> str:
    """The first fault of the careless act, from the middle of its calls outward; those of a file
    that outlives the act come first."""
    for call in trial.calls:
        tally.serial += 1
        files = files_of_calls(within(trial.careless, stage.work(tally.serial)), call)
        middle = len(files) / 2
        order = sorted((not path.is_file(), abs(n - middle), n) for n, path in enumerate(files, 1))
        for _passing, _far, place in order:
            for error in ERRORS:
                tally.serial += 1
                work = within(trial.careless, stage.work(tally.serial))
                life, _met = refused(work, call, error, ERRORS[error].format(place))
                if found := _of(life, stage, tally.serial):
                    return f"{error} at {call} {place}: {found[0]}"
    return ""


def _refuse(tally: Tally, stage: Stage, where: tuple[str, str, int], *, verify: bool) -> bool:
    """One round; whether the act came as far as the call."""
    call, error, place = where
    tally.rounds, tally.serial = tally.rounds + 1, tally.serial + 1
    life, met = refused(stage.work(tally.serial), call, error, ERRORS[error].format(place))
    if met:
        tally.met += 1
        tally.told += bool(life.finished(TOLD))
        found = _of(life, stage, tally.serial, verify=verify)
        tally.faults += [f"{error} at {call} {place}: {one}" for one in found]
    return met


def _of(life: Life, stage: Stage, number: int, *, verify: bool = True) -> list[str]:
    failed = [life.failure] if life.failure else []
    return [*failed, *seen(stage, number, life, verify=verify)]


def seen(stage: Stage, number: int, life: Life, *, verify: bool = True) -> list[str]:
    """The faults of a stage; one that cannot even be looked at is one more."""
    try:
        return stage.faults(number, life, verify=verify)
    except Exception as error:  # noqa: BLE001 - a database that cannot be read is a fault
        return [f"{stage.act} {number}: half: {type(error).__name__}: {error}".split("\n")[0]]


def within(careless: Callable[[], AbstractContextManager[Any]], work: Work) -> Work:
    def bare(say: Say) -> None:
        with careless():
            work(say)

    return bare


def _which(size: Size, trial: Trial) -> str:
    if size.name == "ci":
        return "one of each half of"
    return "each" if trial.stride == 1 else f"one in {trial.stride} of each"


@row(2)
def failing(size: Size) -> list[Outcome]:
    outcomes = []
    for trial in TRIALS:
        if size.engine not in trial.engines:
            continue
        begun = time.monotonic()
        tally = strained(size, trial)
        took = time.monotonic() - begun
        outcomes.append(
            Outcome(
                what=f"{trial.what}: EIO and ENOSPC at {_which(size, trial)} {', '.join(trial.calls)}",
                rounds=tally.rounds,
                faults=tally.met,
                lost=sum(": lost" in fault for fault in tally.faults),
                broken=tuple(tally.faults[:20]),
                control=f"{trial.how}: {tally.shown}" if tally.shown else "",
                note=f"{tally.told} told as a fault of the disk, the rest did no harm; {took:.0f} s",
            )
        )
    return outcomes
