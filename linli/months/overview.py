"""The months of a book at a glance, in the same few queries however many there are."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from datetime import date, datetime

from django.utils import timezone

from linli.cases import queries as cases
from linli.disclosure import queries as disclosure
from linli.disclosure import rules as papers
from linli.kernel.period import Period
from linli.ledger import queries as ledger
from linli.months import queries, rules
from linli.months.flow import MONTH
from linli.places import queries as places


@dataclass(frozen=True, slots=True)
class MonthShown:
    """A month in a list: where it stands, when it was due, its seal and its latest version."""

    period: str
    state: str
    due_on: date
    days_late: int
    root: str
    version: int
    published_at: datetime | None

    @property
    def state_name(self) -> str:
        return rules.STATES[self.state]

    @property
    def kind(self) -> str:
        """The kind of badge."""
        if self.state in (rules.SEALED, rules.PUBLISHED, rules.CLOSED):
            return "sealed"
        return "open" if self.state == rules.CLOSING else "wait"


def months(book: object, *, now: datetime) -> list[MonthShown]:
    """Every month of a book from its first one to the present, newest first."""
    today = timezone.localdate(now)
    latest: dict[str, object] = {}
    for release in disclosure.releases(book.pk).defer("statement", "table_text", "notice"):  # type: ignore[attr-defined]
        latest[release.period] = release
    asked = set(
        disclosure.objections(book).filter(answered_at=None).values_list("period", flat=True)
    )
    open_month = ledger.open_period(book)  # type: ignore[arg-type]
    row = queries.month(book, open_month)
    case = cases.find(flow=MONTH, subject=row) if row else None
    closing = case is not None and "close" in cases.done(case)
    calendar = places.calendar()
    found = []
    for period in ledger.offers.periods(book, until=Period.of(today).code):  # type: ignore[arg-type]
        release = latest.get(period)
        due = disclosure.due_on(book, period, calendar)
        published = release.published_at if release else None  # type: ignore[attr-defined]
        state = rules.state(
            handed_in=closing and period == open_month,
            sealed=release is not None,
            published=published is not None,
            shown_until=release.shown_until_on if release else None,  # type: ignore[attr-defined]
            settled=period not in asked,
            today=today,
        )
        late = papers.lateness(
            due_on=due,
            published_on=timezone.localdate(published) if published else None,
            today=today,
        )
        root = release.leaf.hash if release else ""  # type: ignore[attr-defined]
        version = release.version if release else 0  # type: ignore[attr-defined]
        found.append(MonthShown(period, state, due, late.days_late, root, version, published))
    return found


def trend(book: object, *, until: str, count: int = 12) -> dict:
    """Gross income, cost, use and closing of the common fund over some months, for a chart."""
    last = Period(until)
    first = max(last.plus(1 - count).code, book.first_period)  # type: ignore[attr-defined]
    shown = [month.code for month in Period(first).to(last)]
    balance, months = ledger.papers.by_month(book, "common", first, until)  # type: ignore[arg-type]
    told: dict[str, list[int]] = {"income": [], "cost": [], "use": [], "closing": []}
    for code in shown:
        sides = defaultdict(int, months.get(code, {}))
        balance += sides["income"] - sides["cost"] - sides["use"] + sides["transfer"]
        for name in ("income", "cost", "use"):
            told[name].append(sides[name])
        told["closing"].append(balance)
    return {"months": shown, **told}
