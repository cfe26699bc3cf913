"""Many estates' months at a glance, in the same few queries however many there are."""

from __future__ import annotations

import time
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from django.db.models import Count, Exists, Max, OuterRef, Q, QuerySet
from django.utils import timezone

from linli.cases import queries as cases
from linli.disclosure import queries as disclosure
from linli.kernel.calendar import Calendar
from linli.kernel.period import Period
from linli.kernel.place import Scope
from linli.kernel.roles import APPROVER, RESIDENT
from linli.ledger import queries as ledger
from linli.months.flow import MONTH
from linli.oversight import rules
from linli.oversight.models import Followup
from linli.oversight.rules import Cell, MonthFacts, Row, Tally
from linli.places import queries as places
from linli.sources import DisclosureRule, rule_of

MONTHS = 12
KEEP_SECONDS = 600
_rules: dict[tuple[str, str], DisclosureRule] = {}
_read_at = 0.0


@dataclass(frozen=True, slots=True)
class Matrix:
    """Estates × months. `months`: oldest first; `tallies`: one for each."""

    months: tuple[Period, ...]
    rows: list[Row]
    tallies: tuple[Tally, ...]


@dataclass(frozen=True, slots=True)
class _Published:
    on: date
    until: date | None
    version: int


def periods(today: date, count: int = MONTHS) -> tuple[Period, ...]:
    """The months that are over, the latest last, and as many as asked for."""
    last = Period.of(today).previous
    return tuple(last.plus(n) for n in range(1 - count, 1))


def matrix(
    scope: Scope, *, now: datetime, text: str = "", code: str = "", months: int = MONTHS
) -> Matrix:
    """The months of every book within a scope. `text`: of name or code; `code`: one book only."""
    today = timezone.localdate(now)
    span = periods(today, months)
    books = _books(scope, text=text, code=code)
    ids = [book.pk for book in books]
    told = _Told(ids, span, scope)
    calendar = places.calendar()
    ways = places.paths({book.place for book in books})
    rows = [
        Row(
            code=book.code,
            name=book.name,
            place=book.place,
            path=_around(ways.get(book.place, ())),
            cells=tuple(_cell(book, month.code, told, calendar, today) for month in span),
        )
        for book in books
    ]
    return Matrix(span, rows, tuple(rules.tally(rows, at) for at in range(len(span))))


def _around(way: tuple[places.Named, ...]) -> str:
    """Street and community of an estate."""
    steps = [step.name for step in way if step.level in ("street", "community")]
    return places.SEPARATOR.join(steps)


def _books(scope: Scope, *, text: str, code: str) -> list[Any]:
    """Books with the last sealed month, and whether their open month waits for signatures."""
    waits = cases.waiting({APPROVER: scope, RESIDENT: scope}).filter(
        case__flow=MONTH.code, place=OuterRef("place")
    )
    found = ledger.books(scope).annotate(through=Max("seals__period"), signing=Exists(waits))
    if code:
        found = found.filter(code=code)
    if text := text.strip():
        found = found.filter(Q(name__icontains=text) | Q(code__iexact=text))
    return list(found.order_by("place", "code"))


class _Told:
    """What is published, objected and followed up in a span of months; three queries."""

    def __init__(self, ids: list[int], span: tuple[Period, ...], scope: Scope) -> None:
        first, last = span[0].code, span[-1].code
        months: dict[str, Any] = {"period__gte": first, "period__lte": last}
        self.published: dict[tuple[int, str], _Published] = {}
        rows = disclosure.all_published().filter(book__in=ids, **months).select_related(None)
        for book, period, version, at, until in rows.order_by("version").values_list(
            "book_id", "period", "version", "published_at", "shown_until_on"
        ):
            earlier = self.published.get((book, period))
            on = earlier.on if earlier else timezone.localdate(at)
            self.published[book, period] = _Published(on, until, version)
        asked = (
            ledger.books(scope)
            .filter(pk__in=ids, objections__isnull=False, objections__answered_at=None)
            .order_by()
            .values_list("pk", "objections__period")
            .annotate(n=Count("objections"))
        )
        self.objections = {(book, period): n for book, period, n in asked}
        open_ = Followup.objects.filter(book__in=ids, closed_at=None, **months)
        self.followups = {
            (book, period): (pk, due)
            for book, period, pk, due in open_.values_list("book_id", "period", "pk", "due_on")
        }


def _cell(book: Any, period: str, told: _Told, calendar: Calendar, today: date) -> Cell:
    key = (book.pk, period)
    published = told.published.get(key)
    followup, due = told.followups.get(key, (0, None))
    through = book.through or ""
    facts = MonthFacts(
        period=period,
        first_period=book.first_period,
        sealed_through=through,
        handed_in=book.signing and period == _open_month(book, through),
        published_on=published.on if published else None,
        shown_until_on=published.until if published else None,
        version=published.version if published else 0,
        objections=told.objections.get(key, 0),
        due_on=_rule(book.place, period).due_on(Period(period), calendar),
        followup=followup,
        followup_due_on=due,
    )
    return rules.cell(facts, today=today)


def _open_month(book: Any, through: str) -> str:
    return Period(through).next.code if through else book.first_period


def _rule(place: str, period: str) -> DisclosureRule:
    """The publication rule of a place and month, remembered for some minutes."""
    global _read_at
    if time.monotonic() - _read_at > KEEP_SECONDS:
        _rules.clear()
        _read_at = time.monotonic()
    key = (place, period)
    if key not in _rules:
        _rules[key] = rule_of("common", on=Period(period).last_on, place=place)
    return _rules[key]


def narrowed(
    rows: Iterable[Row], *, wanted: str = "", month: str = "", order: str = ""
) -> list[Row]:
    """Rows that fit a filter (in one month), in an order (see rules)."""
    return rules.ordered([row for row in rows if row.fits(wanted, month)], order)


def places_in(scope: Scope) -> list[places.Named]:
    """Streets and communities within a scope, to narrow the list to."""
    found = places.in_force().filter(level__in=("street", "community")).within(scope)
    rows = found.order_by("place").values_list("place", "name")
    return [places.Named(code, name) for code, name in rows]


# --- follow-ups -------------------------------------------------------------------------------


def followups(
    scope: Scope, *, text: str = "", state: str = "", period: str = "", today: date
) -> QuerySet[Followup]:
    """Follow-ups within a scope, the open ones first; state: open, late, closed."""
    found = Followup.objects.within(scope).select_related("book", "raised_by")
    if state == "open":
        found = found.filter(closed_at=None)
    elif state == "late":
        found = found.filter(closed_at=None, due_on__lt=today)
    elif state == "closed":
        found = found.filter(closed_at__isnull=False)
    if period:
        found = found.filter(period=period)
    if text := text.strip():
        like = Q(text__icontains=text) | Q(book__name__icontains=text)
        found = found.filter(like | Q(book__code__iexact=text))
    return found.order_by("closed_at", "due_on", "pk")


def of_book(book: Any) -> QuerySet[Followup]:
    """The follow-ups of a book, newest first."""
    return Followup.objects.filter(book=book).select_related("raised_by").order_by("-number")
