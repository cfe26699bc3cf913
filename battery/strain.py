"""A disk that fails: a system call of a copy refused, and a volume with no room left."""

from __future__ import annotations

import os
import shutil
import subprocess
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from battery.forks import Copy, Life, Say, Work
from battery.frame import Untried
from linli.upkeep.commandline import of_the_disk

TOLD = "told"
"""What a copy says when its act ended in an error that the program has words for."""
ATTACHED_WITHIN_SECONDS = 10


def in_words(work: Work) -> Work:
    """The same, with an error of the disk told as the program tells it; any other is a failure."""

    def told(say: Say) -> None:
        try:
            work(say)
        except Exception as error:
            if of_the_disk(error) is None:
                raise
            say(f"{TOLD} {error}".replace("\n", " "))

    return told


def refused(work: Work, call: str, error: str, when: str) -> tuple[Life, bool]:
    """A copy whose `when`-th system call of a name fails: what it said, and whether it met that.

    `when` as strace takes it: "3" the third alone, "3+" the third and all that follow.
    """
    life, traced = _traced(work, call, f"inject={call}:error={error}:when={when}")
    return life, b"(INJECTED)" in traced


def files_of_calls(work: Work, call: str) -> list[Path]:
    """The file (or what else there is) of each system call of a name that a copy makes while it
    works to its end."""
    life, traced = _traced(work, call)
    if life.failure:
        raise RuntimeError(life.failure)
    lines = [line for line in traced.decode("utf-8", "replace").splitlines() if f" {call}(" in line]
    return [Path(line.partition("<")[2].partition(">")[0]) for line in lines]


def _traced(work: Work, call: str, *more: str) -> tuple[Life, bytes]:
    """A copy that works under strace, and what strace wrote."""
    if not shutil.which("strace"):
        raise Untried("strace is not here: apt-get install strace")
    expressions = [word for each in (f"trace={call}", *more) for word in ("-e", each)]
    with tempfile.NamedTemporaryFile(prefix="linli-strace-") as log:
        copy = Copy(in_words(work), waits=True)
        tracer = subprocess.Popen(
            ["strace", "-qq", "-f", "-y", "-o", log.name, *expressions, "-p", str(copy.pid)],
            stderr=subprocess.DEVNULL,
        )
        try:
            _attached(copy.pid)
            copy.go()
            life = copy.end()
        finally:
            tracer.wait(timeout=60)
        return life, log.read()


def _attached(pid: int) -> None:
    deadline = time.monotonic() + ATTACHED_WITHIN_SECONDS
    status = Path(f"/proc/{pid}/status")
    while "TracerPid:\t0" in status.read_text():
        if time.monotonic() > deadline:
            raise Untried("strace may not attach to a process here")
        time.sleep(0.001)


@contextmanager
def volume(megabytes: int) -> Iterator[Path]:
    """A disk of its own, of a few megabytes; only root can have one."""
    place = Path(tempfile.mkdtemp(prefix="linli-volume-"))
    mount = ["mount", "-t", "tmpfs", "-o", f"size={megabytes}m,mode=755", "linli", str(place)]
    done = subprocess.run(mount, check=False, capture_output=True, text=True)
    if done.returncode:
        raise Untried(f"no small disk can be mounted here: {done.stderr.strip()}")
    try:
        yield place
    finally:
        subprocess.run(["umount", "--lazy", str(place)], check=True, capture_output=True)
        place.rmdir()


@contextmanager
def filled(place: Path, *, but: int = 0) -> Iterator[None]:
    """Within, a volume has room for `but` bytes."""
    ballast = place / "ballast"
    free = os.statvfs(place)
    room = free.f_bavail * free.f_frsize - but
    try:
        with ballast.open("wb") as file:
            os.posix_fallocate(file.fileno(), 0, max(room, 1))
        yield
    finally:
        ballast.unlink()
