"""Rows 1 and 3 over HTTP: a real `linli serve`, forms sent by several at once, workers killed."""

from __future__ import annotations

import http.client
import os
import random
import signal
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from urllib.parse import urlencode, urlsplit

from django.conf import settings
from django.utils import timezone

from battery import torn
from battery.forks import settle
from battery.frame import Outcome, Size, row
from battery.ground import ground
from battery.stages import Posting
from linli.kernel.period import Period
from linli.kernel.roles import APPROVER, BOOKKEEPER, CASHIER, RESIDENT
from linli.ledger.models import Account, Entry
from linli.proof import queries as proof
from linli.vouchers.models import POSTED, Voucher
from tests.books import ESTATE, open_estate
from tests.browsers import Server, serving, session_cookie
from tests.databases import OwnDatabase
from tests.desks import Desk
from tests.people import lay_places, make_person

TOKEN = "battery0battery0battery0battery0"
CLIENTS, WORKERS = 3, 2
KILLS_A_SERVER = 2
"""One of a worker, one of it all: a service whose workers die within seconds gives up by itself."""
UP_WITHIN_SECONDS = 30
IN_THE_GAP = 0xFFFFFF
"""The number of a CI run's control among its rounds."""
TORN, WAITING = ("battery.torn",), ("battery.torn", "--waits")
UNLOCKED = ("battery.torn", "--unlocked")
WHOLE = ("linli", "serve")


class Office(Posting):
    """The estate with a book that begins in the month that is just over."""

    def __init__(self) -> None:
        self.month = Period.of(timezone.localdate()).previous
        lay_places()
        roles = (BOOKKEEPER, CASHIER, RESIDENT, APPROVER)
        people = (make_person(role.code, role.name, role, ESTATE) for role in roles)
        self.desk = Desk(open_estate(first_period=self.month.code), *people)
        self.category = Account.objects.get(book=self.desk.book, code="parking", fund="common")

    def form(self, key: str) -> dict[str, str]:
        """The form of an income of 300.00, as a browser sends it."""
        return {
            "direction": "in",
            "act": "submit",
            "on": self.month.last_on.isoformat(),
            "money": str(self.desk.account.pk),
            "rows": "1",
            "row-0-account": str(self.category.pk),
            "row-0-amount": "300.00",
            "summary": "停车费",
            "counterparty": "业主",
        }


@dataclass
class Person:
    """Somebody who is logged in and sends forms."""

    url: str
    user: Any

    def __post_init__(self) -> None:
        session = session_cookie(self.user, self.url)
        self.cookies = f"{session['name']}={session['value']}; {settings.CSRF_COOKIE_NAME}={TOKEN}"

    def send(self, path: str, form: dict[str, str]) -> tuple[int, str]:
        """(status, where it leads to). Raises OSError or HTTPException if no answer came."""
        place = urlsplit(self.url)
        client = http.client.HTTPConnection(place.hostname or "", place.port, timeout=30)
        try:
            body = urlencode(form | {"csrfmiddlewaretoken": TOKEN})
            kind = "application/x-www-form-urlencoded"
            client.request("POST", path, body, {"Cookie": self.cookies, "Content-Type": kind})
            answer = client.getresponse()
            answer.read()
            return answer.status, answer.headers.get("Location", "")
        finally:
            client.close()


@dataclass
class Told:
    """What the service has answered to."""

    drafted: list[str] = field(default_factory=list)
    approved: list[str] = field(default_factory=list)
    open: set[str] = field(default_factory=set)
    odd: list[str] = field(default_factory=list)


class Crowd:
    """Clients that draft, hand in and approve until they are told to stop."""

    def __init__(self, office: Office, server: Server, round_: int) -> None:
        self.office, self.round, self.told = office, round_, Told()
        self.writer = Person(server.url, office.desk.bookkeeper)
        self.signer = Person(server.url, office.desk.approver)
        self.over = threading.Event()
        self.threads = [threading.Thread(target=self._work, args=[n]) for n in range(CLIENTS)]

    @contextmanager
    def busy(self) -> Iterator[None]:
        for thread in self.threads:
            thread.start()
        try:
            yield
        finally:
            self.over.set()
            for thread in self.threads:
                thread.join()

    def _work(self, client: int) -> None:
        serial = 0
        while not self.over.is_set():
            serial += 1
            key = f"{self.round:06x}{client:02x}{serial:08x}"
            self.told.open.add(key)
            try:
                done = self.step(key)
            except (OSError, http.client.HTTPException):
                return
            if done:
                self.told.open.discard(key)

    def step(self, key: str) -> bool:
        """Draft, hand in and approve one voucher."""
        code = self.office.desk.book.code  # type: ignore[attr-defined]
        form = self.office.form(key)
        status, place = self.writer.send(f"/vouchers/new/{code}/?key={key}", form)
        if status != 302:
            self.told.odd.append(f"{status} to a draft")
            return True
        self.told.drafted.append(key)
        status, _place = self.signer.send(f"{urlsplit(place).path}approve/", {})
        if status == 302:
            self.told.approved.append(key)
        elif status != 409:
            self.told.odd.append(f"{status} to an approval of {place}")
        return status in (302, 409)


def workers_of(server: Server) -> list[int]:
    """The processes that answer for a service: those below the one that was started."""
    path = Path(f"/proc/{server.process.pid}/task/{server.process.pid}/children")
    found = [int(pid) for pid in path.read_text().split()]
    return [pid for pid in found if b"tracker" not in Path(f"/proc/{pid}/cmdline").read_bytes()]


def kill(server: Server, *, all_of_it: bool, chance: random.Random) -> None:
    """kill -9 of one worker, or of the whole service."""
    if all_of_it:
        server.kill()
        return
    if pids := workers_of(server):
        os.kill(chance.choice(pids), signal.SIGKILL)


def wait_until_up(server: Server, person: Person) -> None:
    """Until the killed worker has been replaced and answers are given."""
    deadline = time.monotonic() + UP_WITHIN_SECONDS
    while time.monotonic() < deadline:
        with suppress(OSError, http.client.HTTPException):
            if len(workers_of(server)) >= WORKERS and person.send("/", {})[0] < 500:
                return
        time.sleep(0.05)
    said = server.output.read_text("utf-8", "replace")[-500:]
    raise TimeoutError(f"a killed worker was not replaced: {said}")


def looked_at(office: Office, told: Told) -> list[str]:
    """What does not fit what was answered."""
    settle()
    found = [f"odd: {one}" for one in told.odd]
    for key in told.drafted:
        if Voucher.objects.filter(key=key).count() != 1:
            found.append(f"lost: the voucher {key}")
    for key in told.approved:
        if Entry.objects.filter(voucher__key=key, voucher__state=POSTED).count() != 1:
            found.append(f"lost: the approval of {key}")
    return found + office.halves() + [f"verify: {one}" for one in proof.verify().faults[:5]]


def sent_again(crowd: Crowd, office: Office) -> list[str]:
    """The forms that got no answer, sent again: each makes one voucher in all."""
    for key in crowd.told.open:
        crowd.step(key)
        if Entry.objects.filter(voucher__key=key).count() != 1:
            return [f"the form {key} sent again does not give one entry"]
    return [f"after sending again: {one}" for one in office.halves()]


@dataclass
class Kills:
    """What rounds of killing a service gave."""

    rounds: int = 0
    answered: int = 0
    unanswered: int = 0
    faults: list[str] = field(default_factory=list)


def killed(
    own: OwnDatabase, office: Office, rounds: int, program: tuple[str, ...], *, first_only: bool
) -> Kills:
    """Kill a worker again and again, and each service as a whole at its end."""
    kills, chance = Kills(), random.Random("serving")
    while kills.rounds < rounds and not (first_only and kills.faults):
        with serving(own, workers=WORKERS, program=program) as server:
            for number in range(min(KILLS_A_SERVER, rounds - kills.rounds)):
                last = number == KILLS_A_SERVER - 1
                kills.rounds += 1
                crowd = Crowd(office, server, kills.rounds)
                wait_until_up(server, crowd.writer)
                with crowd.busy():
                    time.sleep(chance.uniform(0.05, 0.6))
                    kill(server, all_of_it=last, chance=chance)
                kills.answered += len(crowd.told.drafted) + len(crowd.told.approved)
                kills.unanswered += len(crowd.told.open)
                faults = looked_at(office, crowd.told)
                if not last and not faults:
                    wait_until_up(server, crowd.writer)
                    faults = sent_again(crowd, office)
                kills.faults += [f"serve {kills.rounds}: {fault}" for fault in faults]
                if first_only and kills.faults:
                    break
    return kills


def killed_in_the_gap(own: OwnDatabase, office: Office) -> str:
    """What is seen of a torn service that is killed exactly between the halves of an approval."""
    deadline = time.monotonic() + UP_WITHIN_SECONDS
    with serving(own, workers=WORKERS, program=WAITING) as server:
        crowd = Crowd(office, server, IN_THE_GAP)
        with crowd.busy():
            while not (own.data / torn.GAP).exists() and time.monotonic() < deadline:
                time.sleep(0.01)
            server.kill()
        return next((f"in the gap: {fault}" for fault in looked_at(office, crowd.told)), "")


@row(1)
def serve(size: Size) -> list[Outcome]:
    shown = ""
    with ground(size) as own:
        office = Office()
        kills = killed(own, office, size.of(2, 40), WHOLE, first_only=False)
        if size.name == "ci" and not kills.faults:
            shown = killed_in_the_gap(own, office)
    if size.name != "ci":
        with ground(size) as own:
            shown = next(iter(killed(own, Office(), 40, TORN, first_only=True).faults), "")
    lost = sum(": lost" in fault for fault in kills.faults)
    return [
        Outcome(
            what="serve: forms sent by three at once, a worker or the whole service killed",
            rounds=kills.rounds,
            faults=kills.rounds,
            lost=lost,
            broken=tuple(kills.faults[:20]),
            control=f"the entry committed before its voucher: {shown}" if shown else "",
            note=f"{kills.answered} forms answered; {kills.unanswered} without answer, sent again",
        )
    ]


def doubled(own: OwnDatabase, rounds: int, program: tuple[str, ...]) -> list[str]:
    """Send each form and each approval twice at the same moment; what did not come out once."""
    office, faults = Office(), []
    with serving(own, workers=WORKERS, program=program) as server:
        writer = Person(server.url, office.desk.bookkeeper)
        signer = Person(server.url, office.desk.approver)
        code = office.desk.book.code  # type: ignore[attr-defined]
        for number in range(1, rounds + 1):
            key = f"{number:016x}"
            path, form = f"/vouchers/new/{code}/?key={key}", office.form(key)
            answers = own.together(*[lambda path=path, form=form: writer.send(path, form)] * 2)
            count = Voucher.objects.filter(key=key).count()
            if count != 1 or len(set(answers)) != 1 or answers[0][0] != 302:
                faults.append(f"form {number}: {count} vouchers, answers {answers}")
                break
            place = f"{urlsplit(answers[0][1]).path}approve/"
            answers = own.together(*[lambda place=place: signer.send(place, {})] * 2)
            count = Entry.objects.filter(voucher__key=key).count()
            if count != 1 or sorted(status for status, _place in answers) != [302, 409]:
                faults.append(f"approval {number}: {count} entries, answers {answers}")
                break
        faults += [f"verify: {fault}" for fault in proof.verify().faults[:3]]
    return faults


@row(3)
def double_submit(size: Size) -> list[Outcome]:
    rounds = size.of(10, 150)
    with ground(size) as own:
        faults = doubled(own, rounds, WHOLE)
    with ground(size) as own:
        shown = doubled(own, 100, UNLOCKED)
    return [
        Outcome(
            what="serve: a form sent twice at once, its approval twice at once, over HTTP",
            rounds=rounds,
            faults=2 * rounds,
            broken=tuple(faults),
            control=f"without the lock: {shown[0][:200]}" if shown else "",
        )
    ]
