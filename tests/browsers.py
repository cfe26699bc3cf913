"""A real server and a real browser, for journeys and for looking at pages."""

from __future__ import annotations

import os
import shutil
import signal
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings
from django.contrib.auth import BACKEND_SESSION_KEY, HASH_SESSION_KEY, SESSION_KEY
from django.contrib.sessions.backends.db import SessionStore

from tests.databases import ROOT, OwnDatabase, cannot_run

STARTS_WITHIN_SECONDS = 60
STOPS_WITHIN_SECONDS = 15
CHROMIUM_PLACES = (
    "chromium",
    "chromium-browser",
    "google-chrome-stable",
    "google-chrome",
    "/usr/lib/chromium/chromium",
    "/snap/bin/chromium",
    "/Applications/Chromium.app/Contents/MacOS/Chromium",
    "/Applications/Google Chrome.app/Contents/MacOS/Google Chrome",
)
CHROMIUM_OPTIONS = (
    "--no-sandbox",
    "--disable-gpu",
    "--disable-dev-shm-usage",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-default-apps",
    "--disable-extensions",
    "--disable-sync",
    "--metrics-recording-only",
    "--no-first-run",
)


@dataclass
class Server:
    """A running `linli serve`: its address, its process and what it wrote."""

    url: str
    process: subprocess.Popen[bytes]
    output: Path
    environment: dict[str, str]

    def stop(self) -> int:
        """Ask it to end, as systemd would; gives its exit code."""
        if self.process.poll() is None:
            self.process.send_signal(signal.SIGTERM)
            try:
                self.process.wait(STOPS_WITHIN_SECONDS)
            except subprocess.TimeoutExpired:
                self.kill()
        return self.process.wait()

    def kill(self) -> None:
        """End it and its workers at once, as a power cut would."""
        os.killpg(self.process.pid, signal.SIGKILL)
        self.process.wait()


@contextmanager
def serving(
    own: OwnDatabase, *options: str, workers: int = 1, program: tuple[str, ...] = ("linli", "serve")
) -> Iterator[Server]:
    """Serve a test's database on a free port until the block ends; `program`: module and words."""
    port = free_port()
    url = f"http://127.0.0.1:{port}"
    environment = os.environ | own.environment | {"LINLI_URL": url}
    output = own.data / "serve.log"
    output.parent.mkdir(parents=True, exist_ok=True)
    command = [sys.executable, "-m", *program, "--port", str(port)]
    with output.open("wb") as log:
        process = subprocess.Popen(
            [*command, "--workers", str(workers), *options],
            env=environment,
            cwd=ROOT,
            stdout=log,
            stderr=subprocess.STDOUT,
            start_new_session=True,
        )
    server = Server(url, process, output, environment)
    try:
        _wait_for(server)
        yield server
    finally:
        server.stop()


def _wait_for(server: Server) -> None:
    deadline = time.monotonic() + STARTS_WITHIN_SECONDS
    while time.monotonic() < deadline:
        if server.process.poll() is not None:
            break
        try:
            with urllib.request.urlopen(f"{server.url}/healthz", timeout=5):
                return
        except (urllib.error.URLError, OSError):
            time.sleep(0.05)
    said = server.output.read_text("utf-8", errors="replace")[-3000:]
    pytest.fail(f"linli serve did not answer on {server.url}/healthz:\n{said}", pytrace=False)


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@pytest.fixture
def server(own_database: OwnDatabase) -> Iterator[Server]:
    """A real `linli serve` over this test's own database."""
    with serving(own_database) as running:
        yield running


@pytest.fixture
def told_server(request: pytest.FixtureRequest) -> Server:
    """The same over the demo county; mark the test own_database(told=True)."""
    marker = request.node.get_closest_marker("own_database")
    if marker is None or not marker.kwargs.get("told"):
        pytest.fail("mark the test with @pytest.mark.own_database(told=True)", pytrace=False)
    running: Server = request.getfixturevalue("server")
    return running


@pytest.fixture(scope="session")
def browser() -> Iterator[Any]:
    """Chromium of this machine (CHROMIUM=… names another), worked by Playwright."""
    from playwright.sync_api import Error, sync_playwright

    # Playwright runs an event loop in this thread; the tests' own queries are not asynchronous.
    os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"] = "true"
    path = chromium()
    with sync_playwright() as playwright:
        try:
            running = playwright.chromium.launch(
                executable_path=path or None, args=list(CHROMIUM_OPTIONS)
            )
        except Error as error:
            cannot_run(
                "no Chromium: install it, name it with CHROMIUM=/path, or run "
                f"`playwright install chromium` ({str(error).splitlines()[0]})"
            )
        yield running
        running.close()


def chromium() -> str:
    """The path of a system Chromium, or "" where Playwright's own must do."""
    named = os.environ.get("CHROMIUM", "")
    if named:
        return shutil.which(named) or named
    return next((found for place in CHROMIUM_PLACES if (found := shutil.which(place))), "")


@pytest.fixture
def open_page(browser: Any, server: Server) -> Iterator[Callable[..., Any]]:
    """Open pages of this test's server, each in a browser of its own (cookies apart).

    `open_page(user=…, width=375, language="en", dark=True, javascript=False)` gives a Playwright
    page. The test fails at its end if a page threw, broke the content policy or met a 5xx.
    """
    contexts: list[Any] = []
    faults: list[str] = []

    def open_one(
        *,
        user: Any = None,
        width: int = 1440,
        height: int = 900,
        language: str = "zh-CN",
        dark: bool = False,
        javascript: bool = True,
        **options: Any,
    ) -> Any:
        context = browser.new_context(
            base_url=server.url,
            viewport={"width": width, "height": height},
            locale=language,
            color_scheme="dark" if dark else "light",
            timezone_id="Asia/Shanghai",
            java_script_enabled=javascript,
            **options,
        )
        contexts.append(context)
        context.set_default_timeout(15_000)
        if user is not None:
            context.add_cookies([session_cookie(user, server.url)])
        page = context.new_page()
        page.on("pageerror", lambda error: faults.append(f"{page.url}: {error}"))
        page.on("console", lambda said: _note(faults, said))
        page.on("response", lambda answer: _note_answer(faults, answer))
        return page

    yield open_one
    for context in contexts:
        context.close()
    assert not faults, "\n".join(faults)


def _note(faults: list[str], said: Any) -> None:
    if said.type == "error" and "Failed to load resource" not in said.text:
        faults.append(said.text)


def _note_answer(faults: list[str], answer: Any) -> None:
    if answer.status >= 500:
        faults.append(f"{answer.status} {answer.url}")


def session_cookie(user: Any, url: str) -> dict[str, str]:
    """A session as logging in makes it, for tests that are not about logging in."""
    session = SessionStore()
    session[SESSION_KEY] = str(user.pk)
    session[BACKEND_SESSION_KEY] = settings.AUTHENTICATION_BACKENDS[-1]
    session[HASH_SESSION_KEY] = user.get_session_auth_hash()
    session.save()
    return {"name": settings.SESSION_COOKIE_NAME, "value": str(session.session_key), "url": url}
