"""Row 9: clocks that step, the edge of a month in Shanghai, a year whose holidays nobody entered."""

from __future__ import annotations

import random
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import UTC, date, datetime, timedelta
from unittest import mock

from django.db import DatabaseError, connection
from django.utils import timezone

from battery.frame import Outcome, Size, row
from battery.ground import ground
from linli.kernel.once import forget
from linli.kernel.rulings import Refused, Ruling
from linli.ledger import queries as ledger
from linli.ledger import rules
from linli.ledger.models import Entry, Leaf
from linli.months import services as months
from linli.places import queries as places
from linli.places import services as place_services
from linli.places.models import Holiday, HolidayYear
from linli.portal.tests.conftest import open_custody_book
from linli.proof import queries as proof
from linli.trail.guards import all_guards, put_up
from linli.trail.models import Line
from linli.upkeep.checks import FAULT, WARNING, clock, holidays
from linli.upkeep.database import as_owner
from tests.books import NOW, Estate
from tests.people import lay_places

STEPS = (
    timedelta(seconds=-1),
    timedelta(minutes=-10),
    timedelta(days=-1),
    timedelta(days=-35),
    timedelta(days=-400),
    timedelta(seconds=1),
    timedelta(hours=9),
    timedelta(days=40),
)
SEALED, OPEN = date(2026, 9, 15), date(2026, 10, 5)
MIDNIGHT = datetime(2026, 10, 31, 16, tzinfo=UTC)
"""When November begins in Shanghai."""
GUARD = "guard_entry_in_an_open_month"


def told(period: str = "") -> Estate:
    """A book with an opening and one entry of September, which is sealed if `period` says so."""
    lay_places()
    estate = open_custody_book()
    estate.post(estate.draft(key="first"))
    if period:
        months.seal_imported(by=None, book=estate.book, period=period, now=NOW)
    return estate


@row(9)
def steps(size: Size) -> Sequence[Outcome]:
    """The clock of the machine jumps while entries come in; September is sealed."""
    chance, rounds = random.Random(9), size.of(150, 2000)
    broken: list[str] = []
    refused = accepted = jumps = 0
    with ground(size):
        estate = told("2026-09")
        now = NOW
        for number in range(rounds):
            if chance.random() < 0.6:
                now, jumps = NOW + chance.choice(STEPS), jumps + 1
            sealed = chance.random() < 0.3
            drafted = estate.draft(key=f"k{number}", date=SEALED if sealed else OPEN)
            try:
                estate.post(drafted, now=now)
            except Refused:
                refused += 1
                if not sealed and timezone.localdate(now) >= OPEN:
                    broken.append(f"{number}: an entry of the open month was refused at {now}")
            else:
                accepted += 1
                if sealed or timezone.localdate(now) < OPEN:
                    broken.append(f"{number}: an entry of {drafted.date} was taken at {now}")
        found = list(Entry.objects.order_by("number").values_list("number", "recorded_at", "key"))
        if [number for number, *_rest in found] != list(range(1, len(found) + 1)):
            broken.append("the numbers have gaps")
        if [key for *_rest, key in found] != ["first", *_accepted(estate)]:
            broken.append("the numbers are not in the order of the postings")
        broken += [f"verify: {fault}" for fault in proof.verify().faults[:5]]
        astray = _astray([at for _number, at, _key in found])
        now = Line.objects.latest("at").at - timedelta(hours=1)
        if not any(each.state == FAULT for each in clock(now)):
            broken.append("nobody is told that the clock stands before the last act")
        control = f"ordered by the clock {astray} of {len(found)} entries would stand elsewhere"
    return [
        Outcome(
            what="the clock steps back and forth while entries are posted",
            rounds=rounds,
            faults=jumps,
            lost=accepted + 1 - len(found),
            broken=tuple(broken[:20]),
            control=control if astray else "",
            note=f"{accepted} taken, {refused} refused: sealed month, or a date still to come",
        )
    ]


def _accepted(estate: Estate) -> list[str]:
    """Keys in the order in which the log took them."""
    leaves = Leaf.objects.filter(log_id=estate.book.log_id, kind="entry").order_by("index")  # type: ignore[attr-defined]
    keys = dict(Entry.objects.values_list("leaf_id", "key"))
    return [keys[leaf.pk] for leaf in leaves][1:]


def _astray(moments: list[datetime]) -> int:
    ordered = sorted(range(len(moments)), key=lambda place: moments[place])
    return sum(place != there for place, there in enumerate(ordered))


@row(9)
def sealed_months(size: Size) -> Sequence[Outcome]:
    """The clock falls back into a sealed month, and somebody posts "today"."""
    broken: list[str] = []
    days = [date(2026, 9, 1) + timedelta(number) for number in range(size.of(10, 30))]
    with ground(size):
        estate = told("2026-09")
        for day in days:
            now = datetime(day.year, day.month, day.day, 4, tzinfo=UTC)
            if _posted(estate, f"back {day}", day, now):
                broken.append(f"{day}: an entry went into the sealed month")
            with mock.patch.object(rules, "may_post", lambda *_told: Ruling()):
                if _posted(estate, f"forced {day}", day, now):
                    broken.append(f"{day}: without the rule the database let it in")
        broken += [f"verify: {fault}" for fault in proof.verify().faults[:5]]
        with _unguarded(), mock.patch.object(rules, "may_post", lambda *_told: Ruling()):
            let_in = _posted(estate, "control", days[-1], NOW)
        named = [str(fault) for fault in proof.verify().faults]
    return [
        Outcome(
            what="the clock stands in a sealed month, and an entry is dated today",
            rounds=2 * len(days),
            faults=2 * len(days),
            broken=tuple(broken[:20]),
            control=f"without rule and trigger it is posted, and verify says: {named[0]}"
            if let_in and named
            else "",
        )
    ]


def _posted(estate: Estate, key: str, day: date, now: datetime) -> bool:
    """Whether an entry of that day is in the books afterwards."""
    try:
        estate.post(estate.draft(key=key, date=day), now=now)
    except (Refused, DatabaseError):
        pass
    return Entry.objects.filter(key=key).exists()


@contextmanager
def _unguarded() -> Iterator[None]:
    """Within, the trigger of sealed months is gone, as its owner could do it."""
    guard = next(each for each in all_guards() if each.trigger == GUARD)
    with as_owner(), connection.cursor() as cursor:
        for statement in guard.drop(connection.vendor):
            cursor.execute(statement)
    try:
        yield
    finally:
        with as_owner():
            put_up((guard,))


@row(9)
def month_edge(size: Size) -> Sequence[Outcome]:
    """October ends at 16:00 UTC, whatever the clock of the machine calls it."""
    broken: list[str] = []
    rounds = 0
    before, after = MIDNIGHT - timedelta(seconds=1), MIDNIGHT
    for number in range(size.of(1, 5)):
        with ground(size):
            estate = told("2026-09")
            rounds += 1
            told_so = {
                "an entry of November before it began": (date(2026, 11, 1), before, False),
                "an entry of October in its last second": (date(2026, 10, 31), before, True),
                "an entry of November in its first second": (date(2026, 11, 1), after, True),
            }
            for what, (day, now, wanted) in told_so.items():
                if _posted(estate, f"{what} {number}", day, now) != wanted:
                    broken.append(f"{what}: {'refused' if wanted else 'taken'}")
            if _sealed(estate, before):
                broken.append("October was sealed before it was over")
            with timezone.override(UTC):
                control = not _sealed(estate, after)
            if not _sealed(estate, after):
                broken.append("October could not be sealed when it was over")
            if _posted(estate, "late", date(2026, 10, 31), after + timedelta(hours=1)):
                broken.append("an entry went into October after its seal")
            broken += [f"verify: {fault}" for fault in proof.verify().faults[:5]]
    return [
        Outcome(
            what="the edge of a month in Shanghai time",
            rounds=rounds,
            faults=6 * rounds,
            broken=tuple(broken),
            control="by UTC October would last eight hours longer" if control else "",
        )
    ]


def _sealed(estate: Estate, now: datetime) -> bool:
    try:
        months.seal_imported(by=None, book=estate.book, period="2026-10", now=now)
    except Refused:
        pass
    return ledger.sealed_through(estate.book) >= "2026-10"  # type: ignore[arg-type]


@row(9)
def holidays_missing(size: Size) -> Sequence[Outcome]:
    """A year without its table of holidays is counted by weekdays, and said to be."""
    broken: list[str] = []
    with ground(size):
        lay_places()
        for year in (2026, 2027):
            Holiday.objects.filter(day__year=year).delete()
            HolidayYear.objects.filter(year=year).delete()
        forget(places.CALENDAR)
        for now in (NOW, datetime(2026, 12, 31, 15, 59, tzinfo=UTC), MIDNIGHT):
            if not any("2026" in each.text for each in holidays(now) if each.state == WARNING):
                broken.append(f"{now}: nobody is told that 2026 is missing")
        turn = datetime(2026, 12, 31, 16, tzinfo=UTC)
        if not any("2027" in each.text for each in holidays(turn) if each.state == WARNING):
            broken.append("in the first second of 2027 nobody is told that it is missing")
        calendar = places.calendar()
        if calendar.gaps(date(2026, 9, 28), date(2026, 10, 9)).allowed:
            broken.append("a deadline over the missing table is given without a warning")
        place_services.set_holidays(
            by=None,
            year=2026,
            days=[(date(2026, 10, day), True, "国庆节") for day in range(1, 8)],
            source="国办发明电",
            now=NOW,
        )
        silent = not any(each.state == WARNING for each in holidays(NOW))
    return [
        Outcome(
            what="a year's table of holidays is missing",
            rounds=5,
            faults=2,
            broken=tuple(broken),
            control="with the table entered nobody is warned" if silent else "",
        )
    ]
