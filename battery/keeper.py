"""Whoever starts a run, and leaves nothing behind however the run ends.

The run works in processes of their own. The keeper is told (SIGTERM, SIGINT, SIGHUP, the end of
whoever started it) and inherits every process whose parent has ended; at the end it kills what is
left, unmounts and deletes what lies in the run's directory, and drops the run's databases.
"""

from __future__ import annotations

import ctypes
import os
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Sequence
from contextlib import suppress
from pathlib import Path
from typing import Any

import psycopg
from psycopg import sql

Job = Callable[[], int]
RUN = "LINLI_BATTERY_RUN"
"""The variable with the name of a run, which the names of its databases begin with."""
DATABASES = "linli_test_"
SET_PDEATHSIG, SET_CHILD_SUBREAPER = 1, 36
"""prctl(2)."""
TOLD_TO_END = (signal.SIGTERM, signal.SIGINT, signal.SIGHUP)


class Stopped(Exception):
    """The run was cut off from outside."""


class Keeper:
    """`place`: the directory in which everything of the run lies, temporary files as well."""

    def __init__(self) -> None:
        self.name = f"{int(time.time()):x}_battery{os.getpid()}"
        self.servers: set[str] = set()

    def __enter__(self) -> Keeper:
        parent = os.getppid()
        _prctl(SET_CHILD_SUBREAPER, 1)
        _prctl(SET_PDEATHSIG, signal.SIGTERM)
        if os.getppid() != parent:
            raise Stopped("whoever started it is gone")
        for number in TOLD_TO_END:
            signal.signal(number, _stopped)
        self.place = Path(tempfile.mkdtemp(prefix="linli-battery-"))
        self.place.chmod(0o711)  # PostgreSQL's own user goes through it to a small disk
        os.environ |= {"TMPDIR": str(self.place), RUN: self.name}
        tempfile.tempdir = None
        return self

    def run(self, jobs: Sequence[Job], *, at_once: bool, servers: Sequence[str]) -> list[int]:
        """The exit code of each job, each in a process of its own. Raises Stopped."""
        self.servers |= {url for url in servers if url}
        codes: dict[int, int] = {}
        pids = []
        for job in jobs:
            pids.append(_begin(job))
            if not at_once:
                self._until(codes, pids)
        self._until(codes, pids)
        return [codes[pid] for pid in pids]

    def _until(self, codes: dict[int, int], pids: Sequence[int]) -> None:
        """Wait for those; what else ends meanwhile was left by one of them."""
        while not codes.keys() >= set(pids):
            pid, status = os.wait()
            codes[pid] = abs(os.waitstatus_to_exitcode(status))

    def __exit__(self, kind: type[BaseException] | None, error: object, trace: Any) -> bool:
        for number in TOLD_TO_END:
            signal.signal(number, signal.SIG_IGN)
        _kill_all()
        for url in self.servers:
            with suppress(psycopg.OperationalError):
                _drop(url, f"{DATABASES}{self.name}_", self.place)
        for mount in _mounts(self.place):
            subprocess.run(["umount", "--lazy", mount], check=False)
        shutil.rmtree(self.place, ignore_errors=True)
        if kind is Stopped:
            print(error, file=sys.stderr)
            sys.exit(1)
        return False


def _stopped(number: int, _frame: object) -> None:
    raise Stopped(f"cut off by {signal.Signals(number).name}")


def _prctl(what: int, value: int) -> None:
    ctypes.CDLL(None).prctl(what, value)


def _begin(job: Job) -> int:
    pid = os.fork()
    if pid:
        return pid
    for number in TOLD_TO_END:
        signal.signal(number, signal.SIG_DFL)
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # the keeper hears it, too, and ends us
    _prctl(SET_PDEATHSIG, signal.SIGKILL)
    code = 1
    try:
        code = job()
    except SystemExit as end:
        code = end.code if isinstance(end.code, int) else 1
    except BaseException:  # noqa: BLE001 - whatever ends it is told, and is a failure
        sys.excepthook(*sys.exc_info())
    finally:
        sys.stdout.flush()
        sys.stderr.flush()
        os._exit(code)


def _kill_all() -> None:
    """Kill our children, and theirs, which become ours, until there are none."""
    children = Path(f"/proc/self/task/{os.getpid()}/children")
    while pids := children.read_text().split():
        for pid in pids:
            with suppress(ProcessLookupError):
                os.kill(int(pid), signal.SIGKILL)
        with suppress(ChildProcessError):
            os.wait()


def _mounts(place: Path) -> list[str]:
    lines = Path("/proc/self/mounts").read_text("utf-8").splitlines()
    return [line.split()[1] for line in lines if line.split()[1].startswith(f"{place}/")]


def _drop(url: str, begin: str, place: Path) -> None:
    """The databases of a run, then the spaces for tables that it had on disks of its own."""
    with psycopg.connect(url, autocommit=True) as admin:
        for ask, drop, given in (
            (
                "SELECT datname FROM pg_database WHERE starts_with(datname, %s)",
                "DROP DATABASE IF EXISTS {} WITH (FORCE)",
                begin,
            ),
            (
                "SELECT spcname FROM pg_tablespace WHERE starts_with(pg_tablespace_location(oid), %s)",
                "DROP TABLESPACE {}",
                f"{place}/",
            ),
        ):
            for (name,) in admin.execute(ask, [given]).fetchall():
                admin.execute(sql.SQL(drop).format(sql.Identifier(name)))
