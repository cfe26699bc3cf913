"""Row 6: only what the table of permissions allows, tried against a real server.

Each attack tells what got through. It is made twice: against the product, where nothing may get
through, and as its control against the same server without the protection (`battery.bare`).
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from itertools import count
from operator import attrgetter
from random import Random
from types import SimpleNamespace
from typing import Any
from urllib.parse import quote
from uuid import UUID

from django.contrib.sessions.backends.db import SessionStore
from django.urls import NoReverseMatch, reverse
from django.utils import timezone

from battery.frame import Outcome, Size, row
from battery.ground import County, county, ground
from battery.visitors import Answer, Visitor, bare
from linli.files.models import File
from linli.kernel.roles import BOOKKEEPER, ROLES, STREET
from linli.ledger.models import Entry
from linli.people import services as people
from linli.people.models import SignIn, User
from linli.vouchers.models import Receipt, Voucher
from tests import test_walk as walk
from tests.browsers import Server, serving
from tests.people import ESTATE, OTHER, make_person
from tests.shape.routes import METHODS, PUBLIC, USER, Permission, permissions, routes

PASSWORD = "Harbour-Tide-7"
SERIAL = count(1)


class Tried:
    """What an attack tried, and what got through."""

    def __init__(self) -> None:
        self.tries = 0
        self.through: list[str] = []

    def expect(self, refused: bool, what: str) -> None:
        self.tries += 1
        if not refused:
            self.through.append(what)


Attack = Callable[[Server, County, Size, Tried], None]


@row(6)
def against_a_real_server(size: Size) -> Sequence[Outcome]:
    """Every attack on the product, and on it with the protection taken away."""
    with ground(size) as own:
        told = county()
        with serving(own) as server:
            held = {what: _tried(attack, server, told, size) for what, attack in ATTACKS.items()}
        with bare(own, "rights", "sessions", "csrf", "lockout", "log") as server:
            open_ = {what: _tried(attack, server, told, size) for what, attack in ATTACKS.items()}
    return [
        Outcome(
            what=what,
            rounds=tried.tries,
            faults=tried.tries,
            broken=tuple(tried.through),
            control=f"unprotected, {len(open_[what].through):,} get through: "
            f"{open_[what].through[0]}"
            if open_[what].through
            else "",
            note=(attack.__doc__ or "").split("\n")[0],
        )
        for (what, attack), tried in zip(ATTACKS.items(), held.values(), strict=True)
    ]


def _tried(attack: Attack, server: Server, told: County, size: Size) -> Tried:
    tried = Tried()
    attack(server, told, size, tried)
    return tried


def _somebody(role: Any = BOOKKEEPER, place: str = ESTATE) -> User:
    """A new account with a password of its own."""
    user = make_person(f"visitor-{next(SERIAL)}", "来客", role, place)
    user.set_password(PASSWORD)
    user.save()
    return user


# --- who may go where ----------------------------------------------------------------------------


def matrix(server: Server, told: County, size: Size, tried: Tried) -> None:
    """GET by every role here, elsewhere and without log-in as the table says; POST by whoever may
    not. Addresses whose rows this county does not have are walked in tests/test_walk.py."""
    asked = list(_walks())
    if len(asked) > (most := size.of(60, len(asked))):
        asked = Random(6).sample(asked, most)
    people: dict[tuple[str, str], Visitor] = {}
    for name, permission, method, role, estate in asked:
        if (role, estate) not in people:
            people[role, estate] = _visitor(server, role, estate)
        found = walk._row(permission)
        place = ""
        if permission.scoped:
            place = attrgetter(permission.place.replace("__", "."))(found)
        address = reverse(name, kwargs=walk._values(name, permission, found))
        here = role == walk.LOGGED_OUT or place.startswith(walk._place_of(ROLES[role], estate))
        if method == "post" and _may(permission, role) and (here or not place):
            continue
        answer = people[role, estate].ask(*_request(method, address))
        problem = walk._judge(permission, method, role, _plain(answer), here=here or not place)
        what = f"{role} of {estate}: {method.upper()} {address} {answer.status} {problem}"
        tried.expect(not problem, what)


def _walks() -> Iterator[tuple[str, Permission, str, str, str]]:
    for name, permission in permissions().items():
        try:
            walk._row(permission)
        except AssertionError:
            continue
        if name in ("people:logout", "people:end_other_sessions"):
            continue
        for method in METHODS:
            for role in (walk.LOGGED_OUT, *ROLES):
                for estate in (ESTATE, OTHER) if permission.scoped else (ESTATE,):
                    yield name, permission, method, role, estate


def _may(permission: Permission, role: str) -> bool:
    who = permission.who("post")
    return PUBLIC in who or USER in who or role in who


def _visitor(server: Server, role: str, estate: str) -> Visitor:
    if role == walk.LOGGED_OUT:
        return Visitor(server)
    place = walk._place_of(ROLES[role], estate)
    return Visitor(server, make_person(f"m{next(SERIAL)}", role, ROLES[role], place))


def _request(method: str, address: str) -> tuple[str, str, bytes, dict[str, str]]:
    form = b"csrfmiddlewaretoken=" + b"c" * 32 if method == "post" else b""
    return method.upper(), address, form, {"Content-Type": "application/x-www-form-urlencoded"}


def _plain(answer: Answer) -> Any:
    names = {"Location": "location", "HX-Redirect": "hx-redirect"}
    headers = {name: answer.headers.get(low, "") for name, low in names.items()}
    return SimpleNamespace(status_code=answer.status, headers=headers)


def foreign_rows(server: Server, told: County, size: Size, tried: Tried) -> None:
    """The same role of another estate opens and acts upon rows by their numbers: 404, unchanged."""
    thief = Visitor(server, _somebody(place=OTHER))
    voucher, book = Voucher.objects.earliest("pk"), told.told.book
    entry = Entry.objects.filter(book=book).latest("number")
    own = SignIn.objects.create(
        user=told.people.street, session_key="x", at=timezone.now(), seen_at=timezone.now()
    )
    for address in (
        reverse("vouchers:detail", args=[voucher.pk]),
        reverse("vouchers:pdf", args=[voucher.pk]),
        reverse("vouchers:receipt", args=[Receipt.objects.earliest("pk").pk]),
        reverse("vouchers:entry", args=[book.code, entry.number]),
        reverse("months:home", args=[book.code]),
        reverse("ledger:trial", args=[book.code]),
        reverse("vouchers:new", args=[book.code]),
        reverse("intake:new_ledger", args=[book.code]),
    ):
        answer = thief.get(address)
        tried.expect(answer.status == 404, f"GET {address}: {answer.status}")
    for address in (
        reverse("vouchers:void", args=[voucher.pk]),
        reverse("vouchers:submit", args=[voucher.pk]),
        reverse("ledger:tell_contact", args=[book.code]),
        reverse("people:end_session", args=[own.pk]),
    ):
        answer = thief.post(address, {"reason": "x", "office": "x", "phone": "1"})
        tried.expect(answer.status == 404, f"POST {address}: {answer.status}")
    own.refresh_from_db()
    tried.expect(own.ended_at is None, "another's session was ended")


def revoked(server: Server, told: County, size: Size, tried: Tried) -> None:
    """A role taken back, an account disabled: the next request of an open session is refused."""
    page = reverse("months:home", args=[told.told.book.code])
    for _ in range(size.of(2, 50)):
        user = _somebody(STREET, ESTATE[:9])
        visitor = Visitor(server)
        visitor.log_in(user.username, PASSWORD)
        if visitor.get(page).status != 200:
            raise RuntimeError("who holds the role does not get in")
        people.revoke(by=None, appointment=user.appointments.get(), now=timezone.now())
        answer = visitor.get(page)
        tried.expect(answer.status in (403, 404), f"a revoked role opens {page}: {answer.status}")
        other = _somebody(STREET, ESTATE[:9])
        left = Visitor(server)
        left.log_in(other.username, PASSWORD)
        people.disable_account(by=None, user=other, now=timezone.now())
        answer = left.get(page)
        tried.expect(answer.to_log_in, f"a disabled account opens {page}: {answer.status}")


# --- sessions, forms, passwords ------------------------------------------------------------------


def fixation(server: Server, told: County, size: Size, tried: Tried) -> None:
    """A session key that somebody planted before the log-in is worth nothing after it."""
    for _ in range(size.of(2, 50)):
        planted = SessionStore()
        planted["planted"] = True
        planted.create()
        user, key = _somebody(), str(planted.session_key)
        victim = Visitor(server, cookies={"sessionid": key})
        if victim.log_in(user.username, PASSWORD).status != 302:
            raise RuntimeError("the right password does not get in")
        thief = Visitor(server, cookies={"sessionid": key})
        answer = thief.get("/desk/")
        tried.expect(answer.to_log_in, f"the planted session opens the desk: {answer.status}")


def other_sites(server: Server, told: County, size: Size, tried: Tried) -> None:
    """Every form that needs a log-in (a CI run: 40 of them), sent with the cookies but without our own page's token."""
    victim = Visitor(server, _somebody())
    forms = []
    for name, permission in permissions().items():
        who = permission.who("post")
        if who and not (PUBLIC in who and name.startswith("portal:")):
            forms.append(name)
    for name in forms if size.name != "ci" else Random(6).sample(forms, 40):
        address = _dummy(name)
        answer = victim.post(address, {"act": "save"}, token=False, Origin="http://evil.example")
        refused = answer.status == 403 and "csrf" not in answer.headers.get("location", "")
        tried.expect(refused, f"POST {address} without a token: {answer.status}")
        victim.cookies["sessionid"] = Visitor(server, victim.user).cookies["sessionid"]


def _dummy(name: str) -> str:
    """An address of the name, with values that its pattern takes; there need be no such row."""
    known = {"code": "B000001", "period": "2026-09", "fund": "common", "place": ESTATE}
    for value in (1, UUID(int=1), "x"):
        try:
            return reverse(name, kwargs={v: known.get(v, value) for v in routes()[name].values})
        except NoReverseMatch:
            continue
    raise RuntimeError(f"no address of {name}")


def guessing(server: Server, told: County, size: Size, tried: Tried) -> None:
    """Five wrong passwords, however the visitor names its address: the right one is too late."""
    for _ in range(size.of(1, 20)):
        user = _somebody()
        for turn in range(5):
            form = {"username": user.username, "password": f"wrong-{turn}"}
            Visitor(server).post("/login/", form, X_Forwarded_For=f"10.0.0.{turn}")
        visitor = Visitor(server)
        answer = visitor.log_in(user.username, PASSWORD)
        tried.expect(answer.status == 429, f"after five wrong passwords: {answer.status}")


# --- files and logs ------------------------------------------------------------------------------


def uploads(server: Server, told: County, size: Size, tried: Tried) -> None:
    """Papers by their numbers for nobody and strangers; and paths out of every static folder."""
    thief = Visitor(server, _somebody(place=OTHER))
    for pk in File.objects.values_list("pk", flat=True):
        for who, visitor in (("nobody", Visitor(server)), ("a stranger", thief)):
            for path in (f"/files/{pk}/", f"/files/{pk}/small/"):
                answer = visitor.get(path)
                refused = answer.status == 404 or answer.to_log_in
                tried.expect(refused, f"{who} opens {path}: {answer.status}")
    names = ("keys/rows.key", "linli.sqlite3", "serve.log", "keys/django.secret")
    ups = ("../", "..%2f", "%2e%2e/", "%2e%2e%2f", "..\\", "....//", "/", "%00/../")
    for base in ("/public/", "/static/", "/e/B000001/2026-09/"):
        for name in names:
            for up in ups:
                for deep in (3,) if size.name == "ci" else (1, 2, 3, 5):
                    path = f"{base}{up * deep}{name}"
                    answer = Visitor(server).get(path)
                    tried.expect(answer.status != 200, f"{path}: 200")


def log_lines(server: Server, told: County, size: Size, tried: Tried) -> None:
    """Line breaks in addresses, names and headers write no line of their own into the log."""
    visitor, mark = Visitor(server), f"FORGED-{next(SERIAL)}"
    for broken in ("\n", "\r\n", "\u2028", "\x85", "\x0b", "\x1b[2K"):
        line = f"{broken}{mark} WARNING all is well"
        visitor.get(f"/nothing/{quote(line)}/")
        visitor.get(f"/e/B000001/{quote(line)}/")
        visitor.log_in(f"x{line}", "wrong")
        visitor.get("/search/?q=" + quote(line))
        visitor.ask("GET", "/", headers={"User-Agent": "x" + quote(line)})
    said = server.output.read_text("utf-8", "replace")
    forged = [line for line in said.splitlines() if line.startswith(mark) or "\x1b" in line]
    tried.tries += 30
    tried.through += [f"a line of the log: {line[:60]!r}" for line in forged]


ATTACKS: dict[str, Attack] = {
    "permission matrix": matrix,
    "another estate's rows": foreign_rows,
    "revoked rights": revoked,
    "session fixation": fixation,
    "forms from other sites": other_sites,
    "guessing passwords": guessing,
    "papers and paths": uploads,
    "lines in the log": log_lines,
}
