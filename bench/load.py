"""Pages under load: a real server on loopback, asked by visitors and clerks without a pause."""

from __future__ import annotations

import os
import socket
import threading
import time
from functools import cache
from itertools import count

from django.contrib.auth import get_user_model
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from bench import months
from bench.frame import Aim, Bench, Run, Side
from bench.place import here, until_the_end
from linli.kernel.roles import BOOKKEEPER
from linli.months import services
from linli.people import services as people
from tests.browsers import serving

VISITORS, CLERKS = 16, 2
NUMBER = 900
"""The estate that is looked at; its neighbours are those of `months`."""


@cache
def address() -> tuple[str, int]:
    """Host and port of the server over this bench's database; it stops with the bench."""
    running = until_the_end(serving(here(), workers=os.cpu_count() or 1))
    host, _colon, port = running.url.removeprefix("http://").partition(":")
    return host, int(port)


@cache
def told() -> str:
    """The code of a book with two published months and one that is open."""
    book = months.estate(NUMBER).book
    for n in range(3):
        months.tell(NUMBER, months.FIRST.plus(n))
    for n in range(2):
        period = months.FIRST.plus(n).code
        services.seal_imported(by=None, book=book, period=period, now=months.LATER)
        services.publish(by=None, book=book, period=period, now=months.LATER)
    return str(book.code)


@cache
def signed_in() -> str:
    """The cookie of the book's keeper."""
    now, book = timezone.now(), months.estate(NUMBER).book
    user = people.create_account(by=None, username="keeper", name="韩梅", now=now).subject
    get_user_model().objects.filter(pk=user.pk).update(must_change_password=False)
    people.appoint(
        by=None, user=user, role=BOOKKEEPER, place=book.place, since_on=now.date(), now=now
    )
    client = Client()
    client.force_login(user)
    return "; ".join(f"{name}={morsel.value}" for name, morsel in client.cookies.items())


class Visitors:
    """So many connections that ask for one address, again and again, each as soon as answered."""

    def __init__(self, path: str, cookie: str = "", *, number: int = VISITORS) -> None:
        self.number = number
        host, port = address()
        heads = [f"GET {path} HTTP/1.1", f"Host: {host}:{port}", "Accept-Encoding: gzip"]
        heads += [f"Cookie: {cookie}"] if cookie else []
        self.request = "\r\n".join([*heads, "", ""]).encode()

    def ask(self, size: int) -> list[float]:
        """The seconds that each of `size` answers took. Raises ConnectionError for any but 200."""
        turns, waits, faults = count(), list[float](), list[Exception]()

        def visit() -> None:
            try:
                with socket.create_connection(address(), timeout=30) as line:
                    line.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
                    while next(turns) < size:
                        begun = time.perf_counter()
                        line.sendall(self.request)
                        self._answer(line)
                        waits.append(time.perf_counter() - begun)
            except Exception as fault:  # noqa: BLE001 - told to whoever asked
                faults.append(fault)

        threads = [threading.Thread(target=visit) for _ in range(self.number)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        if faults:
            raise faults[0]
        return waits

    def _answer(self, line: socket.socket) -> None:
        got = b""
        while b"\r\n\r\n" not in got:
            got += self._more(line)
        head, _blank, body = got.partition(b"\r\n\r\n")
        if not head.startswith(b"HTTP/1.1 200"):
            raise ConnectionError(head[:200])
        length = int(head.lower().partition(b"content-length:")[2].partition(b"\r\n")[0])
        left = length - len(body)
        while left > 0:
            left -= len(self._more(line))

    def _more(self, line: socket.socket) -> bytes:
        some = line.recv(1 << 16)
        if not some:
            raise ConnectionError("the server hung up")
        return some


def visited(path: str) -> Run:
    visitors = Visitors(path)
    visitors.ask(VISITORS * 4)
    return visitors.ask


def public(name: str) -> Run:
    return visited(reverse(f"portal:{name}", args=[told(), *MONTH[: name == "month"]]))


def book_home() -> Run:
    path = reverse("months:home", args=[told()])
    visitors = Visitors(path, signed_in(), number=CLERKS)
    visitors.ask(CLERKS * 4)
    return visitors.ask


MONTH = [months.FIRST.plus(1).code]
BENCHES = (
    Bench(
        code="public",
        title="public pages, 16 visitors without a pause",
        unit="pages",
        sizes=(2_000,),
        sides=(
            Side("a month's page", lambda: public("month")),
            Side("an estate's page", lambda: public("estate")),
            Side("healthz: the server alone", lambda: visited("/healthz")),
        ),
        target="the month's page: at least 500 a second, 95 of 100 within 150 ms",
        aims=(Aim(rate=500), Aim(seconds=0.15)),
    ),
    Bench(
        code="home",
        title="a book's first page, signed in, two clerks without a pause",
        unit="pages",
        sizes=(200,),
        sides=(Side("linli", book_home),),
        target="95 of 100 within 150 ms",
        aims=(Aim(seconds=0.15),),
        tried="a month is read once for its gates and its statement, and what grows with its history "
        "is summed by the database; what is left is 35 small questions, each for something shown",
    ),
)
