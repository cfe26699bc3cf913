"""What the public may see of a book, and what it has sent."""

from __future__ import annotations

import hashlib
import ipaddress
import time
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from functools import cached_property
from typing import Any

from django.conf import settings
from django.db.models import Count, Max, Min
from django.utils import timezone

from linli.disclosure import queries as disclosure
from linli.disclosure import rules as papers
from linli.kernel.calendar import WORK
from linli.kernel.place import EVERYWHERE, Scope
from linli.keys import vault
from linli.leads import queries as leads
from linli.ledger import queries as ledger
from linli.places import queries as places
from linli.portal import rules
from linli.portal.models import Attempt
from linli.portal.pages import Latest
from linli.recruitment import queries as recruitment

FRESH_SECONDS = 0 if settings.TESTING else 2
"""So long a process may believe what it has read of a book; what is published appears after it."""
MOST_SHELVES, MOST_STATEMENTS = 512, 192
HOUR, QUARTER = timedelta(hours=1), timedelta(minutes=15)
DAY = timedelta(days=1)


@dataclass(frozen=True, slots=True, kw_only=True)
class Notice:
    """A published release. `index` and `leaf`: place and hash of the leaf that binds it."""

    pk: int
    period: str
    version: int
    index: int
    leaf: str
    made_at: datetime
    published_at: datetime
    shown_until_on: date | None

    @property
    def shown(self) -> rules.Shown:
        return rules.Shown(period=self.period, version=self.version, index=self.index)


@dataclass(frozen=True)
class Shelf:
    """What the public may see of a book at a moment.

    `way`: the places it lies in, widest first. `notices`: newest month and version first.
    `token` changes with everything a page of the book is made of, `changed_at` is the last change.
    """

    book: Any
    way: tuple[places.Named, ...]
    notices: tuple[Notice, ...]
    first_sealed: str
    token: str
    changed_at: datetime
    read_at: float = field(default=0.0, compare=False)

    @cached_property
    def months(self) -> tuple[Notice, ...]:
        """The newest version of each month, newest month first."""
        newest: dict[str, Notice] = {}
        for notice in self.notices:
            newest.setdefault(notice.period, notice)
        return tuple(newest.values())

    @property
    def latest(self) -> Notice | None:
        return self.notices[0] if self.notices else None

    @property
    def place(self) -> str:
        """登州街道 › 海滨社区, without the county and the estate itself."""
        steps = [step.name for step in self.way if step.level not in ("county", "estate")]
        return places.SEPARATOR.join(steps)

    @property
    def told(self) -> dict[str, str]:
        """What the shell of a page of this book says: whom to call."""
        county = next((step.name for step in self.way if step.level == "county"), "")
        return {
            "county": county,
            "supervision_phone": self.book.phone,
            "supervision_office": self.book.office,
        }

    def notice(self, period: str, version: int | None = None) -> Notice | None:
        """A month's newest published version, or the one asked for."""
        found = [one for one in self.notices if one.period == period]
        return next((one for one in found if version in (None, one.version)), None)

    def versions(self, period: str) -> list[Notice]:
        """Every published version of a month, the sealed one first."""
        return [one for one in reversed(self.notices) if one.period == period]

    def shows(self, entry: Any) -> bool:
        """Whether an entry, read with its leaf, may be seen in public."""
        return rules.is_visible(
            period=entry.period,
            index=entry.leaf.index,
            original=f"{entry.original_on:%Y-%m}" if entry.original_on else "",
            first_sealed=self.first_sealed,
            shown=[one.shown for one in self.notices],
        )


_shelves: Latest[Shelf] = Latest(MOST_SHELVES)
_statements: Latest[dict] = Latest(MOST_STATEMENTS)


def shelf(code: str) -> Shelf | None:
    """What the public may see of the book of a code; None if there is no such book."""
    found = _shelves.get(code)
    if found and time.monotonic() - found.read_at < FRESH_SECONDS:
        return found
    book = ledger.book_of_code(code)
    return _shelves.put(code, _read(book)) if book else None


def _read(book: Any) -> Shelf:
    fields = ("pk", "period", "version", "leaf__index", "leaf__hash", "made_at", "published_at")
    rows = disclosure.published(book).values_list(*fields, "shown_until_on")
    names = [name.replace("leaf__index", "index").replace("leaf__hash", "leaf") for name in fields]
    notices = tuple(
        Notice(**dict(zip((*names, "shown_until_on"), row, strict=True))) for row in rows
    )
    said = disclosure.objections(book).aggregate(
        n=Count("pk"), made=Max("made_at"), screened=Max("screened_at"), answered=Max("answered_at")
    )
    way = places.path(book.place)
    moments = [one.published_at for one in notices] + [said[k] for k in ("screened", "answered")]
    logs = (ledger.origin(book), ledger.county_origin(book))
    prints = [key.fingerprint for origin in logs for key in ledger.keys(origin)]
    parts = (book.mark, notices, prints, sorted(said.items()), way, timezone.localdate())
    return Shelf(
        book=book,
        way=way,
        notices=notices,
        first_sealed=book.seals.aggregate(first=Min("period"))["first"] or "",
        token=hashlib.sha256(repr(parts).encode()).hexdigest(),
        changed_at=max((at for at in moments if at), default=book.opened_at),
        read_at=time.monotonic(),
    )


def statement(notice: Notice) -> dict:
    """The statement of a notice, with names; kept, because it never changes."""
    return statements([notice])[0]


def statements(notices: Sequence[Notice]) -> list[dict]:
    """The statements of some notices in their order; one query for those not kept yet."""
    known = {one.pk: _statements.get((one.pk, one.leaf)) for one in notices}
    if missing := [one for one in notices if known[one.pk] is None]:
        rows = disclosure.all_published().select_related(None).order_by()
        texts = dict(rows.filter(pk__in=[one.pk for one in missing]).values_list("pk", "statement"))
        for one in missing:
            told = papers.named(papers.read(texts[one.pk]))
            known[one.pk] = _statements.put((one.pk, one.leaf), told)
    return [known[one.pk] for one in notices]  # type: ignore[misc]


def file(notice: Notice, name: str) -> bytes:
    """One of the three files of a notice, byte for byte as it was sealed."""
    column = {
        "statement.json": "statement",
        "statement.csv": "table_text",
        "notice.pdf": "notice",
    }[name]
    rows = disclosure.all_published().filter(pk=notice.pk)
    content = rows.values_list(column, flat=True).get()
    return content.encode() if isinstance(content, str) else bytes(content)


def release(notice: Notice) -> Any:
    """The row behind a notice, for the acts that are about it."""
    return disclosure.all_published().get(pk=notice.pk)


# --- finding an estate ------------------------------------------------------------------------


@dataclass(frozen=True, slots=True, kw_only=True)
class Found:
    """A book as a list shows it: its name, where it lies, its latest published month ("")."""

    code: str
    name: str
    place: str
    period: str


def name_of(code: str) -> str:
    return places.name(code)


def county_names() -> list[str]:
    return list(places.in_force().filter(level="county").values_list("name", flat=True))


def find(text: str, *, limit: int = 30) -> list[Found]:
    """Books by the name, pinyin initials or code of the estate, or by its community or street."""
    text = text.strip()
    levels = ("estate", "community", "street")
    hits = places.search(text, EVERYWHERE, levels=levels, limit=limit)
    near = Scope(frozenset(place.place for place in hits))
    books = list(ledger.books(near)[:limit])
    rank = {place.place: at for at, place in enumerate(hits)}
    if by_code := ledger.book_of_code(text.upper()):
        books = [by_code, *(book for book in books if book.pk != by_code.pk)]

    def order(book: Any) -> tuple[int, str]:
        mine = [at for code, at in rank.items() if book.place.startswith(code)]
        return (min(mine, default=-1), book.code)

    return _found(sorted(books, key=order))


def of_place(code: str) -> list[Found]:
    """The books of a street or community, by place."""
    return _found(ledger.books(EVERYWHERE.within(code)).order_by("place", "code")[:500])


def _found(books: Any) -> list[Found]:
    books = list(books)
    rows = disclosure.all_published().filter(book__in=books).order_by().select_related(None)
    latest = dict(rows.values_list("book_id").annotate(last=Max("period")))
    named = places.paths({book.place for book in books})
    return [
        Found(
            code=book.code,
            name=book.name,
            place=places.SEPARATOR.join(
                step.name for step in named.get(book.place, ())[:-1] if step.level != "county"
            ),
            period=latest.get(book.pk, ""),
        )
        for book in books
    ]


@dataclass(frozen=True, slots=True, kw_only=True)
class Recent:
    """A publication of late: a month or its correction."""

    book: Found
    version: int
    published_at: datetime


def recent(*, limit: int = 12) -> list[Recent]:
    """The latest publications of all books, one line a book."""
    rows = disclosure.all_published().select_related(None).order_by("-published_at", "-pk")
    seen: dict[int, tuple] = {}
    for row in rows.values_list("book_id", "period", "version", "published_at")[: limit * 8]:
        seen.setdefault(row[0], row)
    chosen = list(seen.values())[:limit]
    books = ledger.books(EVERYWHERE).filter(pk__in=[row[0] for row in chosen])
    named = {book.pk: told for book, told in _with_rows(books)}
    return [
        Recent(
            book=Found(
                code=named[pk].code, name=named[pk].name, place=named[pk].place, period=period
            ),
            version=version,
            published_at=at,
        )
        for pk, period, version, at in chosen
        if pk in named
    ]


def _with_rows(books: Any) -> list[tuple[Any, Found]]:
    rows = list(books)
    return list(zip(rows, _found(rows), strict=True))


def streets() -> list[tuple[places.Named, int]]:
    """The streets that have books, with how many."""
    counts: dict[str, int] = {}
    for place in ledger.books(EVERYWHERE).values_list("place", flat=True):
        counts[place[:9]] = counts.get(place[:9], 0) + 1
    named = places.names(counts)
    return [(places.Named(code, named[code]), n) for code, n in sorted(counts.items())]


# --- what was sent ----------------------------------------------------------------------------


def visitor_of(address: str, now: datetime) -> str:
    """Stands for an address on one day; the address itself is kept nowhere."""
    return vault.keyed_hash(f"visitor {timezone.localdate(now):%Y-%m-%d} {_line_of(address)}")


def _line_of(address: str) -> str:
    """What is one connection: an IPv4 address, or the /64 that a household is given."""
    try:
        found = ipaddress.ip_address(address)
    except ValueError:
        return address
    if isinstance(found, ipaddress.IPv6Address):
        found = found.ipv4_mapped or found
    return str(found) if found.version == 4 else str(ipaddress.ip_network((found, 64), False))


def sent_before(book: Any, nonce: str) -> Any:
    """The objection that a form has made already, if it was sent before."""
    row = Attempt.objects.filter(nonce=nonce).first()
    return disclosure.objections(book).filter(query=row.answer).first() if row else None


def reported_before(nonce: str) -> Any:
    """The report of a lead that a form has made already, if it was sent before."""
    row = Attempt.objects.filter(nonce=nonce, what=Attempt.LEAD).first()
    return leads.by_query(row.answer) if row else None


def applied_before(nonce: str) -> Any:
    """The application that a form has made already, if it was sent before."""
    row = Attempt.objects.filter(nonce=nonce, what=Attempt.APPLY).first()
    return recruitment.by_query(row.answer) if row else None


def named_before(nonce: str) -> Any:
    """The objection to a name that a form has made already, if it was sent before."""
    row = Attempt.objects.filter(nonce=nonce, what=Attempt.NAME).first()
    return recruitment.objection_by_query(row.answer) if row else None


def objected(
    visitor: str, code: str, *, now: datetime, what: str = Attempt.OBJECTION
) -> dict[str, int]:
    """How many objections (or reports) came in the last hour: from an address, about a book."""
    rows = Attempt.objects.filter(what=what, at__gt=now - HOUR)
    return {
        "by_visitor": rows.filter(visitor=visitor).count(),
        "about_book": rows.filter(about=code).count(),
    }


def asked_in_vain(visitor: str, query: str, *, now: datetime) -> dict[str, int]:
    """How often digits did not fit: from an address lately, about a number today."""
    rows = Attempt.objects.filter(what=Attempt.ASK)
    return {
        "by_visitor": rows.filter(visitor=visitor, at__gt=now - QUARTER).count(),
        "about_number": rows.filter(about=query[:16], at__gt=now - DAY).count(),
    }


# --- objections -------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True, kw_only=True)
class Said:
    """An objection as everybody may read it.

    `text`: only once a person has looked for personal data in it; `withheld` and `ground`: why it
    is not shown. `left`: working days until the answer is due, None once it is there.
    """

    number: int
    period: str
    version: int
    figure: str
    made_at: datetime
    state: str
    text: str
    edited: bool
    withheld: str
    ground: str
    due_on: date
    left: int | None
    outcome: str
    answer: str
    answered_at: datetime | None

    @property
    def state_name(self) -> str:
        return rules.STATES[self.state]

    @property
    def late(self) -> bool:
        return self.left is not None and self.left < 0


def objections(book: Any, period: str = "", *, limit: int = 200) -> list[Said]:
    """The objections to a month (or to all), newest first. Two queries."""
    rows = list(disclosure.objections(book, period).order_by("-number")[:limit])
    calendar = places.calendar() if any(row.answered_at is None for row in rows) else None
    today = timezone.localdate()
    return [said(row, calendar, today) for row in rows]


def said(row: Any, calendar: Any, today: date) -> Said:
    """An objection without what nobody may read."""
    left = None
    if row.answered_at is None and calendar is not None:
        left = calendar.left(today, row.due_on, WORK)
    return Said(
        number=row.number,
        period=row.period,
        version=row.version,
        figure=row.figure,
        made_at=row.made_at,
        state=rules.objection_state(
            screened=row.screened_at is not None, answered=row.answered_at is not None
        ),
        text=row.shown if row.screened_at else "",
        edited=bool(row.screened_at and row.shown and row.shown != row.text),
        withheld=row.withheld,
        ground=row.ground,
        due_on=row.due_on,
        left=left,
        outcome=papers.OUTCOMES.get(row.outcome, ""),
        answer=row.answer if row.answered_at else "",
        answered_at=row.answered_at,
    )
