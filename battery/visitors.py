"""A visitor of a real server: cookies, forms, files; and how much memory its workers take."""

from __future__ import annotations

import http.client
import re
import time
import uuid
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.cookies import SimpleCookie
from pathlib import Path
from typing import Any
from urllib.parse import urlencode, urlsplit

from tests.browsers import Server, serving, session_cookie
from tests.databases import OwnDatabase

Upload = tuple[str, bytes]
"""A file of a form: its name and its bytes."""
TOKEN = "c" * 32
WAITS_SECONDS = 60


@contextmanager
def bare(own: OwnDatabase, *taken: str, workers: int = 1) -> Iterator[Server]:
    """The same server with protections taken away, as `battery.bare` names them."""
    more = {"DJANGO_SETTINGS_MODULE": "battery.bare", "LINLI_BARE": ",".join(taken)}
    with serving(OwnDatabase(own.data, own.environment | more), workers=workers) as server:
        yield server


@dataclass(frozen=True, slots=True)
class Answer:
    """`seconds`: from the first byte sent to the last one read."""

    status: int
    text: str
    headers: Mapping[str, str]
    seconds: float
    data: bytes = b""

    @property
    def to_log_in(self) -> bool:
        return self.status in (302, 204) and "/login/" in (
            self.headers.get("location", "") + self.headers.get("hx-redirect", "")
        )


@dataclass
class Visitor:
    """Somebody with a browser of their own. `user`: already logged in, as logging in does it."""

    server: Server
    user: Any = None
    cookies: dict[str, str] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.cookies.setdefault("csrftoken", TOKEN)
        if self.user is not None:
            made = session_cookie(self.user, self.server.url)
            self.cookies[made["name"]] = made["value"]
        parts = urlsplit(self.server.url)
        self._line = http.client.HTTPConnection(
            parts.hostname or "", parts.port, timeout=WAITS_SECONDS
        )

    def get(self, path: str, **headers: str) -> Answer:
        return self.ask("GET", path, headers=headers)

    def post(
        self,
        path: str,
        data: Mapping[str, Any] | None = None,
        files: Mapping[str, Upload] | None = None,
        *,
        token: bool = True,
        **headers: str,
    ) -> Answer:
        """Send a form. `token` False: without what proves that our own page sent it."""
        proof = {"csrfmiddlewaretoken": self.cookies["csrftoken"]} if token else {}
        form = dict(data or {}) | proof
        if files is None:
            kind, body = "application/x-www-form-urlencoded", urlencode(form, doseq=True).encode()
        else:
            kind, body = multipart(form, files)
        return self.ask("POST", path, body, {"Content-Type": kind} | headers)

    def log_in(self, username: str, password: str) -> Answer:
        return self.post("/login/", {"username": username, "password": password})

    def ask(
        self, method: str, path: str, body: bytes | None = None, headers: Mapping[str, str] = {}
    ) -> Answer:
        """One request; a line that the server closed meanwhile is opened again."""
        said = {"Cookie": "; ".join(f"{k}={v}" for k, v in self.cookies.items())} | {
            name.replace("_", "-"): value for name, value in headers.items()
        }
        begun = time.monotonic()
        try:
            answer, data = self._once(method, path, body, said)
        except (http.client.HTTPException, OSError):
            self._line.close()
            answer, data = self._once(method, path, body, said)
        took = time.monotonic() - begun
        for told in answer.headers.get_all("Set-Cookie") or ():
            for name, morsel in SimpleCookie(told).items():
                self.cookies[name] = morsel.value
        kept = {name.lower(): value for name, value in answer.headers.items()}
        return Answer(answer.status, data.decode("utf-8", "replace"), kept, took, data)

    def _once(
        self, method: str, path: str, body: bytes | None, headers: Mapping[str, str]
    ) -> tuple[http.client.HTTPResponse, bytes]:
        self._line.request(method, path, body, dict(headers))
        answer = self._line.getresponse()
        return answer, answer.read()

    def close(self) -> None:
        self._line.close()


def multipart(form: Mapping[str, Any], files: Mapping[str, Upload]) -> tuple[str, bytes]:
    """(content type, body) of a form with files; names go as they are, as a browser sends them."""
    mark = uuid.uuid4().hex
    parts = []
    for name, value in form.items():
        head = f'--{mark}\r\nContent-Disposition: form-data; name="{name}"\r\n\r\n'
        parts.append(head.encode() + str(value).encode() + b"\r\n")
    for name, (file_name, data) in files.items():
        shown = file_name.replace("\r", "%0D").replace("\n", "%0A").replace('"', "%22")
        head = (
            f'--{mark}\r\nContent-Disposition: form-data; name="{name}"; filename="{shown}"\r\n'
            "Content-Type: application/octet-stream\r\n\r\n"
        )
        parts.append(head.encode("utf-8", "surrogatepass") + data + b"\r\n")
    parts.append(f"--{mark}--\r\n".encode())
    return f"multipart/form-data; boundary={mark}", b"".join(parts)


# --- memory --------------------------------------------------------------------------------------


def workers(server: Server) -> list[int]:
    """The processes that a server started, and theirs."""
    parents: dict[int, list[int]] = {}
    for stat in Path("/proc").glob("[0-9]*/stat"):
        try:
            pid, _name, rest = re.split(r" \(|\) ", stat.read_text(), maxsplit=2)
        except (OSError, ValueError):
            continue
        parents.setdefault(int(rest.split()[1]), []).append(int(pid))
    found, left = [], [server.process.pid]
    while left:
        mine = parents.get(left.pop(), [])
        found += mine
        left += mine
    return found


def memory(pids: Iterable[int], what: str = "VmRSS") -> int:
    """Bytes that processes hold together; VmHWM: the most since `forget_peak`."""
    total = 0
    for pid in pids:
        try:
            told = Path(f"/proc/{pid}/status").read_text()
        except OSError:
            continue
        found = re.search(rf"^{what}:\s+(\d+) kB", told, re.M)
        total += int(found[1]) * 1024 if found else 0
    return total


def forget_peak(pids: Iterable[int]) -> None:
    """Begin to measure the most anew, where the kernel lets us."""
    for pid in pids:
        try:
            Path(f"/proc/{pid}/clear_refs").write_text("5")
        except OSError:
            continue
