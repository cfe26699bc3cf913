"""Where a month stands and what is missing before its seal."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime

from django.utils import timezone

from linli.cases import queries as cases
from linli.disclosure import queries as disclosure
from linli.disclosure import rules as papers
from linli.kernel.identity import mask_text
from linli.kernel.period import Period
from linli.kernel.roles import BOOKKEEPER, FUND_GROUP
from linli.ledger import queries as ledger
from linli.months import rules
from linli.months.flow import MONTH, SEAL_DUTY
from linli.months.models import GateAnswer, Month
from linli.months.rules import Gate, MonthFacts
from linli.notices.rules import EARLIER, Owed
from linli.people import queries as people
from linli.places import queries as places
from linli.sources import chart, number
from linli.vouchers import queries as vouchers

Reading = disclosure.Reading
reading = disclosure.reading


def facts(book: object, period: str, *, now: datetime, read: Reading | None = None) -> MonthFacts:
    """Everything the gates ask of a month. `read`: what was read of it, if nothing has been written
    since."""
    today = timezone.localdate(now)
    read = read or reading(book, period)
    return MonthFacts(
        period=period,
        next_period=ledger.open_period(book),
        today=today,
        draft_numbers=[voucher.number for voucher in vouchers.unposted(book, period)],
        fold_faults=ledger.fold_faults(book, period),
        accounts=[
            rules.AccountFact(
                name=one.account.name,
                holder=one.account.holder,
                banked=one.banked,
                covered=one.covered,
                follows=one.follows,
                difference_fen=one.difference_fen,
                counted=one.counted,
            )
            for one in read.standings
        ],
        items=[
            rules.ItemFact(
                key=item.ref,
                kind=item.kind,
                summary=item.summary,
                amount_fen=item.amount_fen,
                old=item.old,
                note=item.note,
                accepted=item.accepted,
            )
            for one in read.standings
            for item in one.items
        ],
        quiet=_quiet(book, period),
        other=ledger.without_note(book, period),
        unreported=[
            row["name"]
            for row in read.projects
            if not row["stage"] and any(part["paid_fen"] for part in row["funding"])
        ],
        answers=dict(
            GateAnswer.objects.filter(book=book, period=period).values_list("point", "text")
        ),
    )


def _quiet(book: object, period: str) -> dict[str, str]:
    """Income categories that had money in the months before and have none now: code → name."""
    month = Period(period)
    span = number("quiet_category_months", on=month.last_on, place=book.place)  # type: ignore[attr-defined]
    before = [month.plus(-back).code for back in range(1, span + 1)]
    had = ledger.category_months(book, [*before, period])
    names = {c.code: c.name for c in chart(book.chart_version)}  # type: ignore[attr-defined]
    return {
        code: names[code]
        for code, months in had.items()
        if period not in months and set(before) & months
    }


def gates(
    book: object, period: str, *, now: datetime, read: Reading | None = None
) -> tuple[Gate, ...]:
    return rules.gates(facts(book, period, now=now, read=read))


def open_points(found: Sequence[Gate], *, imported: bool = False) -> list[dict]:
    """The soft gates as the statement lists them, with the answer or that there is none."""
    if imported:
        state = "imported"
        return [_point(gate, state, "") for gate in found if not gate.hard]
    return [
        _point(gate, "answered" if gate.answer else "unexplained", gate.answer)
        for gate in found
        if not gate.hard
    ]


def _point(gate: Gate, state: str, answer: str) -> dict:
    told = mask_text(str(gate.ruling))
    return {"code": gate.code, "text": told, "state": state, "answer": mask_text(answer)}


def content(told: Mapping) -> str:
    """The hash of what signers sign."""
    return hashlib.sha256(papers.content(told).encode()).hexdigest()


def preview(book: object, period: str, found: Sequence[Gate], read: Reading | None = None) -> dict:
    """The statement as it would be sealed now, without signers."""
    points = open_points(found)
    return disclosure.statement(book, period, open_points=points, root="00" * 32, read=read)


def month(book: object, period: str) -> Month | None:
    return Month.objects.filter(book=book, period=period).first()


@dataclass(frozen=True, slots=True)
class Standing:
    """A month of a book: its state, its case, its latest release, and when it was due."""

    period: str
    state: str
    month: Month | None
    release: object | None
    due_on: date
    days_late: int

    @property
    def state_name(self) -> str:
        return rules.STATES[self.state]


def standing(book: object, period: str, *, now: datetime) -> Standing:
    """Where a month stands."""
    today = timezone.localdate(now)
    row = month(book, period)
    case = cases.find(flow=MONTH, subject=row) if row else None
    release = disclosure.release(book, period)
    published = release is not None and release.published_at is not None
    open_objections = disclosure.objections(book, period).filter(answered_at=None).exists()
    state = rules.state(
        handed_in=case is not None and "close" in cases.done(case),
        sealed=release is not None,
        published=published,
        shown_until=release.shown_until_on if release else None,
        settled=not open_objections,
        today=today,
    )
    due = disclosure.due_on(book, period)
    late = papers.lateness(
        due_on=due,
        published_on=timezone.localdate(release.published_at) if published else None,
        today=today,
    )
    return Standing(period, state, row, release, due, late.days_late)


def months(book: object, *, now: datetime, count: int = 12) -> list[Standing]:
    """The latest months of a book, newest first, from its first month to the present one."""
    first, this = Period(book.first_period), Period.of(timezone.localdate(now))  # type: ignore[attr-defined]
    found = []
    while this >= first and len(found) < count:
        found.append(standing(book, this.code, now=now))
        this = this.previous
    return found


def owed(access: people.Access, today: date) -> list[Owed]:
    """The months that are over, of the books that somebody keeps; none before a book began."""
    calendar, last = places.calendar(), Period.of(today).previous
    latest = [last.plus(-back) for back in range(EARLIER + 1)]
    return [
        Owed(
            SEAL_DUTY,
            book.place,
            month.code,
            disclosure.due_on(book, month.code, calendar),
            args=(book.code, month.code),
        )
        for book in ledger.books(access.scope(BOOKKEEPER))
        if BOOKKEEPER in access.roles_at(book.place)
        for month in latest
        if month.code >= book.first_period
    ]


def signer_roles(by: object, book: object, now: datetime) -> list[str]:
    """The codes of the fund group's roles that somebody holds at the book's place."""
    found = people.roles_at(by, book.place, timezone.localdate(now))  # type: ignore[attr-defined]
    return sorted(role.code for role in found & FUND_GROUP)
