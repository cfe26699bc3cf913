"""A person with a session over plain HTTP, and a PostgreSQL server that may be stopped."""

from __future__ import annotations

import http.client
import os
import re
import shutil
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass, field
from html import unescape
from pathlib import Path
from urllib.parse import urlencode

from tests.browsers import free_port
from tests.databases import cannot_run

Fields = list[tuple[str, str]]
HANDED_BACK = re.compile(r'<textarea name="([^"]+)" hidden>\n(.*?)</textarea>', re.DOTALL)


@dataclass
class Visitor:
    """Asks one server for pages; keeps cookies, does not follow redirects."""

    url: str
    session: str
    language: str = "zh-hans"
    cookies: dict[str, str] = field(default_factory=dict)

    def __post_init__(self) -> None:
        if self.session:
            self.cookies["sessionid"] = self.session

    def ask(self, method: str, path: str, fields: Fields = []) -> tuple[int, dict[str, str], str]:  # noqa: B006
        """Status, headers (names in lower case) and text of the answer."""
        with closing(http.client.HTTPConnection(self.url[7:], timeout=60)) as line:
            headers = {
                "Accept-Language": self.language,
                "Cookie": "; ".join(f"{name}={value}" for name, value in self.cookies.items()),
                "Content-Type": "application/x-www-form-urlencoded",
            }
            line.request(method, path, urlencode(fields) or None, headers)
            answer = line.getresponse()
            for cookie in answer.headers.get_all("set-cookie") or []:
                name, _, value = cookie.split(";")[0].partition("=")
                self.cookies[name] = value
            told = {name.lower(): value for name, value in answer.getheaders()}
            return answer.status, told, answer.read().decode()

    def voucher_form(self, book: str, money: object, category: object) -> tuple[str, Fields]:
        """Open the form of a new voucher and fill it: its address, and what it would send."""
        status, headers, _page = self.ask("GET", f"/vouchers/new/{book}/")
        assert status == 302
        address = headers["location"]
        page = self.ask("GET", address)[2]
        token = re.search(r'name="csrfmiddlewaretoken" value="([^"]+)"', page)
        assert token
        told = {
            "csrfmiddlewaretoken": token[1],
            "act": "save",
            "direction": "in",
            "on": "2026-10-15",
            "money": str(money),
            "rows": "5",
            "row-0-account": str(category),
            "row-0-amount": "300.00",
            "summary": "十月停车费 <1号> & “2号”",
        }
        return address, list(told.items())


def handed_back(page: str) -> Fields:
    """The fields that a 503 page would send again."""
    return [(unescape(name), unescape(value)) for name, value in HANDED_BACK.findall(page)]


@dataclass(frozen=True)
class Server:
    """A PostgreSQL server of our own; `url` is its administrator's."""

    url: str
    control: list[str]
    options: str
    log: str

    def stop(self) -> None:
        """At once, as if the power had failed."""
        self._run("-m", "immediate", "stop")

    def start(self) -> None:
        self._run("-l", self.log, "-o", self.options, "start")

    def _run(self, *words: str) -> None:
        quiet = {"stdout": subprocess.DEVNULL, "stderr": subprocess.DEVNULL}
        subprocess.run([*self.control, "-w", *words], cwd="/", check=True, **quiet)  # type: ignore[call-overload]


@contextmanager
def postgresql() -> Iterator[Server]:
    """A server on this machine, started; it and what it holds are gone afterwards."""
    places = sorted(Path("/usr/lib/postgresql").glob("*/bin/pg_ctl"))
    program = str(places[-1]) if places else shutil.which("pg_ctl")
    if not program:
        cannot_run("no PostgreSQL server programs on this machine (pg_ctl, initdb)")
    home = Path(tempfile.mkdtemp(prefix="linli-cluster-"))
    who: list[str] = []
    if os.getuid() == 0:
        home.chmod(0o755)
        shutil.chown(home, "postgres")
        who = ["runuser", "-u", "postgres", "--"]
    port, data = free_port(), str(home / "data")
    server = Server(
        f"postgres://postgres@127.0.0.1:{port}/postgres",
        [*who, str(program), "-D", data],
        f"-p {port} -c listen_addresses=127.0.0.1 -c unix_socket_directories=",
        str(home / "log"),
    )
    making = [*who, str(Path(str(program)).with_name("initdb")), "-D", data, "-U", "postgres"]
    try:
        making += ["-A", "trust", "-E", "UTF8", "--no-locale"]
        subprocess.run(making, cwd="/", check=True, stdout=subprocess.DEVNULL)
        server.start()
        yield server
    finally:
        stopping = [*server.control, "-m", "immediate", "stop"]
        subprocess.run(stopping, cwd="/", check=False, capture_output=True)
        shutil.rmtree(home, ignore_errors=True)
