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
    if not shutil.which("strace"):
        raise RuntimeError("strace is not here: apt-get install strace")
    with tempfile.NamedTemporaryFile(prefix="linli-strace-") as log:
        copy = Copy(in_words(work), waits=True)
        tracer = subprocess.Popen(
            [
                *("strace", "-qq", "-f", "-o", log.name, "-e", f"trace={call}"),
                *("-e", f"inject={call}:error={error}:when={when}", "-p", str(copy.pid)),
            ],
            stderr=subprocess.DEVNULL,
        )
        try:
            _attached(copy.pid)
            copy.go()
            life = copy.end()
        finally:
            tracer.wait(timeout=60)
        return life, b"(INJECTED)" in log.read()


def _attached(pid: int) -> None:
    deadline = time.monotonic() + ATTACHED_WITHIN_SECONDS
    status = Path(f"/proc/{pid}/status")
    while "TracerPid:\t0" in status.read_text():
        if time.monotonic() > deadline:
            raise RuntimeError("strace may not attach to a process here")
        time.sleep(0.001)


@contextmanager
def volume(megabytes: int) -> Iterator[Path]:
    """A disk of its own, of a few megabytes; only root can have one."""
    place = Path(tempfile.mkdtemp(prefix="linli-volume-"))
    subprocess.run(
        ["mount", "-t", "tmpfs", "-o", f"size={megabytes}m,mode=755", "linli", str(place)],
        check=True,
        capture_output=True,
    )
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
