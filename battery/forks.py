"""Copies of this process that work until they are killed, and say what they have finished.

A copy is forked, so that it stands ready at once; it opens connections of its own. It speaks
through a socket, which outlives it: what was sent before the kill is read after it.
"""

from __future__ import annotations

import os
import select
import signal
import socket
import sys
import time
import traceback
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass

from django.db import connection, connections

Say = Callable[[str], None]
Work = Callable[[Say], None]
READY, FAILED, ENDED = "ready", "failed ", "ended"
PATIENCE_SECONDS = 60


@dataclass(frozen=True, slots=True)
class Life:
    """What a copy said, line by line, and whether it was killed before its end."""

    said: tuple[str, ...]
    killed: bool

    @property
    def failure(self) -> str:
        """The exception that ended it, "" if none did."""
        return next((s.removeprefix(FAILED) for s in self.said if s.startswith(FAILED)), "")

    def finished(self, act: str) -> list[str]:
        """The keys of the acts of a kind that were acknowledged."""
        return [line.removeprefix(f"{act} ") for line in self.said if line.startswith(f"{act} ")]


class Copy:
    """A forked copy of this process that does `work`; at once, or once `go` is called."""

    def __init__(self, work: Work, *, waits: bool = False) -> None:
        connections.close_all()
        self._ours, theirs = socket.socketpair()
        self._heard = b""
        self.pid = os.fork()
        if not self.pid:
            self._ours.close()
            _live(work, theirs)
        theirs.close()
        self._until(READY)
        if not waits:
            self.go()

    def go(self) -> None:
        """Let it begin."""
        self._ours.send(b"!")

    def killed_after(self, seconds: float) -> Life:
        """Kill it after that time; what it said until then."""
        time.sleep(seconds)
        os.kill(self.pid, signal.SIGKILL)
        return self.end()

    def killed_at(self, line: str) -> Life:
        """Kill it as soon as it says a line; what it said until then."""
        self._until(line)
        with suppress(ProcessLookupError):
            os.kill(self.pid, signal.SIGKILL)
        return self.end()

    def end(self) -> Life:
        """Wait for its end, which must come; what it said."""
        deadline = time.monotonic() + PATIENCE_SECONDS
        while self._hear(deadline):
            pass
        self._ours.close()
        _pid, status = os.waitpid(self.pid, 0)
        said = tuple(line for line in self._heard.decode().split("\n")[:-1] if line != READY)
        return Life(said, os.WIFSIGNALED(status))

    def _until(self, line: str) -> None:
        deadline = time.monotonic() + PATIENCE_SECONDS
        while f"{line}\n".encode() not in self._heard and self._hear(deadline):
            pass

    def _hear(self, deadline: float) -> bool:
        """Read on; False at the end. A copy that keeps silent for too long is killed."""
        left = max(deadline - time.monotonic(), 0)
        if not select.select([self._ours], [], [], left)[0]:
            os.kill(self.pid, signal.SIGKILL)
            raise TimeoutError(f"a copy did not come to its end within {PATIENCE_SECONDS} s")
        try:
            data = self._ours.recv(1 << 16)
        except ConnectionResetError:
            data = b""  # killed before it had heard that it may begin
        self._heard += data
        return bool(data)


def _live(work: Work, to_parent: socket.socket) -> None:
    """The life of a copy; it leaves by `_exit`, so that nothing of its parent is tidied away."""

    def say(line: str) -> None:
        to_parent.sendall(f"{line}\n".encode())

    code = 1
    try:
        nowhere = os.open(os.devnull, os.O_WRONLY)
        os.dup2(nowhere, 1)
        os.dup2(nowhere, 2)
        sys.stdout = sys.stderr = open(os.devnull, "w")  # noqa: SIM115 - lives as long as it does
        connection.ensure_connection()
        say(READY)
        to_parent.recv(1)
        work(say)
        say(ENDED)
        code = 0
    except BaseException as error:  # noqa: BLE001 - told to whoever forked
        last = traceback.extract_tb(error.__traceback__)[-1]
        say(f"{FAILED}{type(error).__name__}: {error} ({last.name})".replace("\n", " "))
    finally:
        with suppress(BaseException):
            connections.close_all()
        os._exit(code)


def apart(work: Work) -> None:
    """Do it in a copy, to its end. Whatever draws papers must not be done in this process: a copy
    forked after it would wait for threads that it does not have. Raises RuntimeError."""
    if failure := Copy(work).end().failure:
        raise RuntimeError(failure)


def settle() -> None:
    """Wait until the server is done with what a killed client had begun (SQLite has no server)."""
    if connection.vendor != "postgresql":
        return
    deadline = time.monotonic() + PATIENCE_SECONDS
    with connection.cursor() as cursor:
        while time.monotonic() < deadline:
            cursor.execute(
                "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() "
                "AND backend_type = 'client backend' AND pid <> pg_backend_pid() "
                "AND state IS DISTINCT FROM 'idle'"
            )
            if not cursor.fetchone()[0]:
                return
            time.sleep(0.002)
    raise TimeoutError("a transaction of a killed process does not end")
