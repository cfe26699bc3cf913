"""Row 7: many people at once against a real server: no error, answers in time, memory flat."""

from __future__ import annotations

import re
import threading
import time
from collections import defaultdict
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import date
from random import Random

from django.contrib.auth.hashers import make_password

from battery.frame import Outcome, Size, row
from battery.ground import County, county, ground
from battery.visitors import Answer, Visitor, bare, memory, workers
from linli.ledger.models import Account
from linli.people.models import User
from tests.browsers import Server, serving
from tests.databases import OwnDatabase
from tests.people import BOOKKEEPER, ESTATE, OTHER, make_person
from tests.samples import PDF

PASSWORD = "Harbour-Tide-7"
PAGES_SECONDS, ACTS_SECONDS = 1.0, 3.0
"""What p99 has to stay below, the visitors themselves running on the same cores. In a run of a few
seconds p99 is the slowest answer but one, so five times as much is let pass there."""
GROWS_BYTES = 48 * 2**20
THINKS_SECONDS = (0.5, 3.0)
WARM_SHARE = 0.3


@dataclass
class Told:
    """What the visitors saw. `seconds`: of each answer, by what was asked."""

    seconds: dict[str, list[float]] = field(default_factory=lambda: defaultdict(list))
    errors: list[str] = field(default_factory=list)
    held: list[int] = field(default_factory=list)
    lock: threading.Lock = field(default_factory=threading.Lock)

    def note(self, what: str, answer: Answer, *expected: int) -> Answer:
        with self.lock:
            self.seconds[what].append(answer.seconds)
            if answer.status not in expected:
                self.errors.append(f"{what}: {answer.status}")
        return answer

    @property
    def asked(self) -> int:
        return sum(map(len, self.seconds.values()))

    def p99(self, what: str) -> float:
        return sorted(self.seconds[what])[max(0, int(len(self.seconds[what]) * 0.99) - 1)]

    def grown(self) -> int:
        """How much more memory is held at the end than once everything was warm, in bytes: the least
        of the last quarter and of the first, since each log-in takes 100 MB for a moment."""
        if len(self.held) < 10:
            return 0
        warm = self.held[int(len(self.held) * WARM_SHARE) :]
        quarter = max(1, len(warm) // 4)
        return min(warm[-quarter:]) - min(warm[:quarter])


@row(7)
def many_people(size: Size) -> Sequence[Outcome]:
    """People who log in, look, search, write vouchers, upload; strangers who read the month."""
    with ground(size) as own:
        told = county()
        users = _users(size.of(20, 200))
        with serving(own, workers=2) as server:
            seen = _run(server, told, users, seconds=size.of(12, 600))
        leaky = _leaking(own, told, users[:6])
    slow = [
        f"p99 of {what} is {seen.p99(what):.2f} s"
        for what in seen.seconds
        if seen.p99(what) > (PAGES_SECONDS if what in PAGES else ACTS_SECONDS) * size.of(5, 1)
    ]
    swollen = [f"memory grew by {seen.grown() >> 20} MB"] if seen.grown() > GROWS_BYTES else []
    control = ""
    if leaky.errors and leaky.grown() > GROWS_BYTES:
        control = (
            f"a server that leaks and fails now and then: {len(leaky.errors)} errors, memory "
            f"grew by {leaky.grown() >> 20} MB"
        )
    speeds = ", ".join(
        f"{what} {len(seen.seconds[what]):,} × p99 {seen.p99(what) * 1000:.0f} ms"
        for what in sorted(seen.seconds)
    )
    return [
        Outcome(
            what=f"{len(users)} people at once, {size.of(12, 600)} s",
            rounds=seen.asked,
            faults=0,
            broken=(*seen.errors[:20], *slow, *swollen),
            control=control,
            note=f"{speeds}; memory {seen.held[-1] >> 20} MB, "
            f"{seen.grown() / 2**20:+.0f} MB since it was warm",
        )
    ]


def _leaking(own: OwnDatabase, told: County, users: list[User]) -> Told:
    """What the visitors see of a server that leaks and fails; on a slow machine a second, longer look."""
    for seconds in (4, 12):
        with bare(own, "leak", workers=2) as server:
            seen = _run(server, told, users, seconds=seconds, thinks=(0.0, 0.1), public=True)
        if seen.errors and seen.grown() > GROWS_BYTES:
            break
    return seen


def _users(count: int) -> list[User]:
    """Bookkeepers of both estates, all with one password, which is hashed once."""
    hashed = make_password(PASSWORD)
    made = []
    for number in range(count):
        place = (ESTATE, OTHER)[number % 2]
        made.append(make_person(f"load-{number}", f"会计{number}", BOOKKEEPER, place))
    User.objects.filter(pk__in=[user.pk for user in made]).update(password=hashed)
    return made


def _run(
    server: Server,
    county_: County,
    users: list[User],
    *,
    seconds: float,
    thinks: tuple[float, float] = THINKS_SECONDS,
    public: bool = False,
) -> Told:
    """Let them work for so long. `public`: they only read the month, without logging in."""
    told, until = Told(), time.monotonic() + seconds
    desks = [_Desk(server, county_, user, told, number) for number, user in enumerate(users)]
    threads = [
        threading.Thread(target=desk.work, args=(until, seconds, thinks, public), daemon=True)
        for desk in desks
    ]
    for thread in threads:
        thread.start()
    pids = workers(server)
    while time.monotonic() < until:
        told.held.append(memory(pids))
        time.sleep(min(0.25, seconds / 60))
    for thread in threads:
        thread.join(timeout=90)
        if thread.is_alive():
            told.errors.append("a visitor waits for ever")
    return told


class _Desk:
    """One person's afternoon."""

    def __init__(
        self, server: Server, county_: County, user: User, told: Told, number: int
    ) -> None:
        book = (county_.told.book, county_.other.book)[number % 2]
        self.code, self.user, self.told = book.code, user, told
        self.chosen, self.number, self.drafts = Random(number), number, 0
        money = Account.objects.filter(book=book, fund="common", kind="money").first()
        self.money, self.category = (
            money.pk,
            Account.objects.get(book=book, fund="common", code="parking").pk,
        )
        self.visitor, self.stranger = Visitor(server), Visitor(server)

    def work(self, until: float, seconds: float, thinks: tuple[float, float], public: bool) -> None:
        """Log in, then whatever there is to do until the time is over."""
        try:
            if not public:
                time.sleep(self.chosen.random() * min(seconds / 2, 30))
                self.log_in()
            acts: list[Callable[[], object]] = [
                self.home,
                self.month,
                self.search,
                self.draft,
                self.upload,
                self.log_in,
            ]
            while time.monotonic() < until:
                self.chosen.choices(acts, weights=LIGHT if public else MIXED)[0]()
                time.sleep(self.chosen.uniform(*thinks))
        except Exception as error:  # noqa: BLE001 - a visitor who is cut off is an error told
            self.told.errors.append(f"{type(error).__name__}: {error}"[:200])
        finally:
            self.visitor.close()
            self.stranger.close()

    def log_in(self) -> None:
        self.visitor.cookies.pop("sessionid", None)
        self.told.note("log-in", self.visitor.log_in(self.user.username, PASSWORD), 302)

    def home(self) -> None:
        self.told.note("book", self.visitor.get(f"/months/{self.code}/"), 200)

    def month(self) -> None:
        self.told.note("public month", self.stranger.get(f"/e/{self.code}/2026-09/"), 200)

    def search(self) -> None:
        word = self.chosen.choice(("%E7%A2%A7%E6%B5%B7", "bhjy", "B000001", "100", "zzz"))
        answer = self.visitor.get(f"/search/?q={word}", HX_Request="true")
        self.told.note("search", answer, 200)

    def draft(self) -> None:
        """Keep a voucher; every second one is sent twice and has to be one."""
        self.drafts += 1
        key = f"{self.number:08x}{self.drafts:08x}"
        form = {
            "act": "save",
            "direction": "in",
            "on": date(2026, 11, 15).isoformat(),
            "money": self.money,
            "rows": "5",
            "row-0-account": self.category,
            "row-0-amount": "300.00",
            "summary": f"第{self.drafts}笔停车费",
        }
        address = f"/vouchers/new/{self.code}/?key={key}&direction=in"
        first = self.told.note("voucher", self.visitor.post(address, form), 302)
        if self.drafts % 2:
            again = self.told.note("voucher", self.visitor.post(address, form), 302)
            if again.headers.get("location") != first.headers.get("location"):
                self.told.errors.append("one form gave two vouchers")

    def upload(self) -> None:
        """A paper for a voucher, different each time."""
        key = f"{self.number:08x}ffff{self.drafts:04x}"
        data = PDF + f"% {self.number} {self.chosen.random()}\n".encode() * 2000
        address = f"/vouchers/new/{self.code}/?key={key}&direction=in"
        form = {"act": "papers", "direction": "in", "rows": "5", "money": self.money}
        answer = self.visitor.post(address, form, {"papers": ("发票.pdf", data)})
        self.told.note("upload", answer, 200)
        if answer.status == 200 and not re.search(r'name="paper"', answer.text):
            self.told.errors.append("upload: the paper is not on the page")


MIXED, LIGHT = (5, 6, 4, 2, 1, 0.5), (0, 1, 0, 0, 0, 0)
"""How often each act is chosen."""
PAGES = frozenset({"book", "public month", "search"})
