"""Pages of `linli.web` without any domain: nothing is asked of the database."""

from __future__ import annotations

from collections.abc import Iterator
from socketserver import ThreadingMixIn
from threading import Thread
from types import SimpleNamespace
from wsgiref.simple_server import WSGIRequestHandler, WSGIServer, make_server

import pytest
from django.contrib.staticfiles.handlers import StaticFilesHandler
from django.core.handlers.wsgi import WSGIHandler
from django.http import HttpRequest
from django.test import RequestFactory

from linli.kernel.calendar import WEEKENDS_ONLY
from linli.web import context, days, menu


@pytest.fixture(autouse=True)
def no_domains(monkeypatch: pytest.MonkeyPatch, settings: object) -> None:
    settings.ROOT_URLCONF = "linli.web.tests.urls"  # type: ignore[attr-defined]
    monkeypatch.setattr(context, "_providers", [])
    monkeypatch.setattr(menu, "_items", {})
    monkeypatch.setattr(days, "_ask", lambda: WEEKENDS_ONLY)


@pytest.fixture
def ask(rf: RequestFactory) -> Iterator[object]:
    """A GET request as the middleware would leave it."""

    def one(path: str = "/components/", **query: object) -> HttpRequest:
        request = rf.get(path, query)
        request.htmx = False  # type: ignore[attr-defined]
        return request

    yield one


class _Threads(ThreadingMixIn, WSGIServer):
    daemon_threads = True


class _Quiet(WSGIRequestHandler):
    def log_message(self, *args: object) -> None:
        pass


NEEDS_THE_DATABASE = ("axes.", "django_otp.", "linli.people.", "sessions.", "auth.", "messages.")


@pytest.fixture
def server(settings: object) -> Iterator[SimpleNamespace]:
    """The pages of `linli.web` served for a browser; no domain and no database behind them."""
    settings.MIDDLEWARE = [  # type: ignore[attr-defined]
        name
        for name in settings.MIDDLEWARE  # type: ignore[attr-defined]
        if not any(part in name for part in NEEDS_THE_DATABASE)
    ]
    settings.ALLOWED_HOSTS = ["127.0.0.1"]  # type: ignore[attr-defined]
    application = StaticFilesHandler(WSGIHandler())
    with make_server("127.0.0.1", 0, application, _Threads, _Quiet) as running:
        thread = Thread(target=running.serve_forever, kwargs={"poll_interval": 0.05})
        thread.start()
        yield SimpleNamespace(url=f"http://127.0.0.1:{running.server_port}")
        running.shutdown()
        thread.join()
