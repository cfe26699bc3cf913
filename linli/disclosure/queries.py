"""Reads for what is published."""

from __future__ import annotations

import base64
import hashlib
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from django.db.models import QuerySet
from django.utils import timezone

from linli.bank import queries as bank
from linli.disclosure import notice, rules
from linli.disclosure.models import Beside, Objection, Release
from linli.disclosure.rules import FundFact, LineFact, StatementFacts
from linli.kernel.calendar import Calendar
from linli.kernel.period import Period
from linli.kernel.place import Scope
from linli.ledger import queries as ledger
from linli.places import queries as places
from linli.sources import FUNDS, chart, rule_of

LEAST_OF_A_QUERY = 4


@dataclass(frozen=True, slots=True)
class Papers:
    """The three files of a month, rendered once."""

    statement: dict
    json: bytes
    csv: bytes
    pdf: bytes

    @property
    def hashes(self) -> dict[str, bytes]:
        """SHA-256 of the three files, as a seal binds them."""
        files = {"statement.json": self.json, "statement.csv": self.csv, "notice.pdf": self.pdf}
        return {name: hashlib.sha256(data).digest() for name, data in files.items()}


@dataclass(frozen=True, slots=True)
class Reading:
    """What the gates and the statement of a month are both made of, read once: the money accounts
    with their balances, how they are reconciled, the projects."""

    money: Sequence[Any]
    standings: Sequence[bank.Standing]
    projects: Sequence[dict]


def reading(book: Any, period: str) -> Reading:
    """Read a month of a book."""
    money = ledger.money_accounts(book, period)
    return Reading(money, bank.standings(book, period, money=money), project_facts(book, period))


def fund_facts(
    book: object, period: str, money: Sequence[Any] | None = None
) -> tuple[FundFact, ...]:
    """Each fund of the book in a month, in the order of FUNDS; lines in chart order."""
    flows = ledger.month(book, period)
    held = {account.fund for account in (ledger.money_accounts(book) if money is None else money)}
    notes = ledger.missing_grounds(book, period)
    names = {(c.fund, c.code): c for c in chart(book.chart_version)}  # type: ignore[attr-defined]
    found = []
    for fund in FUNDS:
        flow = flows.get(fund)
        if flow is None and fund not in held:
            continue
        lines = (
            []
            if flow is None
            else [
                LineFact(
                    side=names[fund, code].side,
                    category=code,
                    name=names[fund, code].name,
                    amount_fen=amount,
                    count=count,
                    note=f"未附依据 {notes[code]} 笔" if code in notes else "",
                )
                for code, (amount, count) in flow.lines.items()
            ]
        )
        found.append(
            FundFact(fund=fund, opening_fen=flow.opening_fen if flow else 0, lines=tuple(lines))
        )
    return tuple(found)


def project_facts(book: object, period: str) -> list[dict]:
    """Every project, paid or not, as the statement shows it."""
    return [
        {
            "code": row["project"].code,
            "name": row["project"].name,
            "need": row["project"].need or None,
            "stage": row["project"].stage,
            "funding": row["funding"],
            "progress_percent": None,
            "beneficiaries": None,
            "satisfaction_percent": None,
        }
        for row in ledger.projects(book, period)
    ]


def beside_facts(book: object, period: str) -> list[dict]:
    """The latest word of each other keeper, as of the month's end."""
    latest: dict[str, Beside] = {}
    for row in Beside.objects.filter(book=book, as_of_on__lte=Period(period).last_on).order_by(
        "as_of_on", "pk"
    ):
        latest[row.name] = row
    return [
        {
            "name": row.name,
            "keeper": row.keeper,
            "amount_fen": row.amount_fen,
            "on": row.as_of_on.isoformat(),
            "source": row.source,
            "note": "",
        }
        for row in latest.values()
    ]


def statement(
    book: object,
    period: str,
    *,
    size: int = 0,
    root: str = "",
    previous: Mapping | None = None,
    signers: Sequence[str] = (),
    open_points: Sequence[Mapping] = (),
    read: Reading | None = None,
) -> dict:
    """The statement of a month as the books stand now; `root` is hex. `read`: what was read of the
    month, if nothing has been written since."""
    read = read or reading(book, period)
    return rules.statement(
        StatementFacts(
            book_code=book.code,  # type: ignore[attr-defined]
            book_name=book.name,  # type: ignore[attr-defined]
            period=period,
            version=1,
            funds=fund_facts(book, period, read.money),
            projects=read.projects,
            bank=bank.reconciliation(book, period, read.standings),
            beside=beside_facts(book, period),
            origin=ledger.origin(book),
            size=size,
            root=base64.b64encode(bytes.fromhex(root)).decode(),
            previous_seal=previous,
            signers=signers,
            open_points=open_points,
        )
    )


def correction(release: Release, *, reason: str, size: int, root: str) -> dict:
    """A sealed statement again, with what later months changed in a column of its own."""
    told = json.loads(release.statement)
    later = ledger.later_corrections(release.book, release.period)
    told |= {"version": release.version + 1, "reason": reason, "signers": []}
    told["log"] |= {"size": size, "root": base64.b64encode(bytes.fromhex(root)).decode()}
    names = {(c.fund, c.code): c for c in chart(release.book.chart_version)}
    for fund in told["funds"]:
        for line in fund["lines"]:
            line["later_fen"] = later.pop((fund["fund"], line["category"]), 0)
        for key in [key for key in later if key[0] == fund["fund"]]:
            category = names[key]
            fund["lines"].append(
                {
                    "side": category.side,
                    "category": category.code,
                    "name": category.name,
                    "amount_fen": 0,
                    "count": 0,
                    "note": "",
                    "later_fen": later.pop(key),
                }
            )
        order = {c.code: c.order for c in chart(release.book.chart_version)}
        fund["lines"].sort(key=lambda line: order[line["category"]])
    return told


def papers(book: object, told: dict, *, now: datetime) -> Papers:
    """Render the three files of a statement; the PDF bears the moment of rendering."""
    return Papers(
        statement=told,
        json=rules.to_json(told),
        csv=rules.to_csv(told),
        pdf=notice.render(book, told, now=now),
    )


def release(book: object, period: str, version: int | None = None) -> Release | None:
    """A month's latest release, or the one of a version."""
    found = Release.objects.filter(book=book, period=period).order_by("-version")
    return (found.filter(version=version) if version else found).first()


def published(book: object) -> QuerySet[Release]:
    """What the public may see of a book, latest month and version first."""
    return Release.objects.filter(book=book, published_at__isnull=False).order_by(
        "-period", "-version"
    )


def due_on(book: object, period: str, calendar: Calendar | None = None) -> date:
    """The day by which a month has to be published, by the rule in force at its place.

    `calendar`: for many months at once; read here otherwise.
    """
    month = Period(period)
    rule = rule_of("common", on=month.last_on, place=book.place)  # type: ignore[attr-defined]
    return rule.due_on(month, calendar or places.calendar())


def objections(book: object, period: str = "") -> QuerySet[Objection]:
    found = Objection.objects.filter(book=book)
    return found.filter(period=period) if period else found


def asked(query: str, tail: str) -> Objection | None:
    """The objection with a query number, if the phone's last digits fit."""
    found = Objection.objects.filter(query=query.strip().upper()).select_related("book").first()
    digits = "".join(c for c in tail if c.isdigit())
    return found if found and len(digits) >= 4 and found.phone.endswith(digits) else None


def today(now: datetime) -> date:
    return timezone.localdate(now)


def releases(book_id: int) -> QuerySet[Release]:
    """Every release of a book with its leaf, for verification."""
    return Release.objects.filter(book_id=book_id).select_related("leaf").order_by("leaf__index")


def find_objections(query: str, scope: Scope, *, limit: int) -> list[Objection]:
    """Objections within a scope by the beginning of their query number, four figures at least."""
    if len(query) < LEAST_OF_A_QUERY:
        return []
    found = Objection.objects.within(scope).filter(query__begins=query.upper())
    return list(found.select_related("book").order_by("query")[:limit])


def objections_of(book_id: int) -> QuerySet[Objection]:
    """Every objection of a book with its leaves, for verification."""
    return Objection.objects.filter(book_id=book_id).select_related("leaf", "answer_leaf")


def versions(book: object, period: str) -> QuerySet[Release]:
    """Every release of a month, the sealed one first."""
    return Release.objects.filter(book=book, period=period).order_by("version")


def draft_notice(book: object, told: dict, *, now: datetime) -> bytes:
    """The notice as it would be printed now, marked as a draft on every page."""
    return notice.render(book, told, now=now, draft=True)


def all_published() -> QuerySet[Release]:
    """Every published release of every book, in order."""
    found = Release.objects.filter(published_at__isnull=False)
    return found.select_related("book", "leaf").order_by("book__code", "period", "version")
