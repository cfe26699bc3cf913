"""The entries behind a published figure, and one entry with what may be read of it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.core.paginator import Page, Paginator
from django.db.models import Q, QuerySet, Sum

from linli.bank import queries as bank
from linli.kernel import body as bodies
from linli.kernel.period import Period
from linli.ledger import queries as ledger
from linli.ledger.queries import figures
from linli.portal import rules
from linli.portal.queries import Notice, Shelf
from linli.vouchers import queries as vouchers

PER_PAGE = 50


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """An entry as a list of a figure shows it.

    `fen`: what it adds to the figure. `counterparty`: the name, or "" where `withheld` says why.
    """

    entry: Any
    fen: int
    summary: str
    counterparty: str
    withheld: str
    projects: tuple[Any, ...]
    categories: tuple[Any, ...]
    paper_count: int

    @property
    def original_on(self) -> date | None:
        return self.entry.original_on


def page(
    shelf: Shelf, chosen: figures.Chosen, number: object, *, opening: bool = False, **where: object
) -> Page:
    """A page of the entries behind a figure, as rows. `where`: their month or months.

    `opening`: the openings themselves; else everything but them.
    """
    found = figures.entries(shelf.book, chosen.lines, **where)
    found = found.filter(kind="opening") if opening else found.exclude(kind="opening")
    shown = Paginator(found, PER_PAGE).get_page(number)
    shown.object_list = rows(shelf, chosen, shown.object_list)
    return shown


def rows(shelf: Shelf, chosen: figures.Chosen, some: Sequence[Any]) -> list[Row]:
    """Entries as rows, those left out that may not be seen yet."""
    return [_row(entry, chosen) for entry in some if shelf.shows(entry)]


def _row(entry: Any, chosen: figures.Chosen) -> Row:
    lines = [line for line in entry.lines.all() if chosen.counts(line)]
    told = {word.name: word for word in words(entry)}
    party, summary = told.get("counterparty"), told.get("summary")
    return Row(
        entry=entry,
        fen=chosen.fen(entry),
        summary=summary.value if summary else "",
        counterparty=party.value if party else "",
        withheld=party.withheld if party else "",
        projects=tuple(dict.fromkeys(line.project for line in lines if line.project)),
        categories=tuple(dict.fromkeys((line.account.fund, line.account.code) for line in lines)),
        paper_count=entry.paper_count,
    )


def of_month(shelf: Shelf, period: str, *, fund: str = "", category: str = "") -> QuerySet:
    """The entries of a month, oldest first; those that touch a fund or a category of it."""
    lines = Q()
    if fund:
        lines &= Q(account__fund=fund)
    if category:
        lines &= Q(account__code=category)
    return figures.entries(shelf.book, lines, period=period)


def of_number(shelf: Shelf, number: int) -> Any:
    """One entry with everything a list has along; None if it may not be seen."""
    found = figures.entries(shelf.book, Q(entry__number=number), number=number).first()
    return found if found is not None and shelf.shows(found) else None


def later(shelf: Shelf, chosen: figures.Chosen, period: str) -> list[Row]:
    """Entries of later months that correct a figure of this one, as far as they are published."""
    month = Period(period)
    found = figures.entries(
        shelf.book,
        chosen.lines,
        period__gt=period,
        original_on__range=(month.first_on, month.last_on),
    )
    return rows(shelf, chosen, found[:500])


def used(book: Any, period: str) -> list[rules.Used]:
    """What each fund used in a month by category and project, for the picture. One query."""
    found = (
        ledger.entries(book, period=period, lines__account__kind="use")
        .prefetch_related(None)
        .select_related(None)
        .order_by()
        .values_list("lines__account__fund", "lines__account__code", "lines__project__code")
        .annotate(fen=Sum("lines__amount_fen"))
    )
    return [
        rules.Used(fund=fund, category=code, project=project or "", fen=int(fen))
        for fund, code, project, fen in found
    ]


# --- money accounts ---------------------------------------------------------------------------


def account_at(book: Any, told: dict, position: int) -> tuple[dict, Any] | None:
    """The account at a place (1, 2, …) in a statement's list, and the row it was told of."""
    if not 1 <= position <= len(told["bank"]):
        return None
    found = bank.accounts_told(book, told["bank"])[position - 1]
    return (told["bank"][position - 1], found) if found else None


def moved(account: Any, period: str) -> tuple[int, int]:
    """What came into (positive) and went out of (negative) an account in a month, in fen."""
    row = account.balances.filter(period=period).first()
    return (row.debit_fen, -row.credit_fen) if row else (0, 0)


def behind_items(shelf: Shelf, account: Any, items: Sequence[dict]) -> dict[int, int]:
    """Which entry an outstanding item of the books is: place in the list → entry number.

    Only where day and amount fit exactly one entry of the account.
    """
    own = {at: item for at, item in enumerate(items) if item["kind"].startswith("book_")}
    if not own:
        return {}
    days = {item["date"] for item in own.values()}
    chosen = figures.of_account(account)
    found = rows(shelf, chosen, figures.entries(shelf.book, chosen.lines, date__in=days))
    told = {}
    for at, item in own.items():
        sign = -1 if "payment" in item["kind"] else 1
        fits = [
            row.entry.number
            for row in found
            if (row.entry.date.isoformat(), row.fen) == (item["date"], sign * item["amount_fen"])
        ]
        if len(fits) == 1:
            told[at] = fits[0]
    return told


# --- one entry --------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True, kw_only=True)
class Word:
    """A word of an entry: its value, or why it is withheld (a key of rules.WITHHELD)."""

    name: str
    value: str
    withheld: str


@dataclass(frozen=True, slots=True, kw_only=True)
class PaperShown:
    """A paper of an entry. `file`: what may be opened; `why`: why there is none."""

    position: int
    sha256: str
    file: Any
    why: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Whole:
    """One entry with everything that may be read of it."""

    entry: Any
    lines: tuple[Any, ...]
    words: tuple[Word, ...]
    papers: tuple[PaperShown, ...]
    reverses: Any
    reversed_by: Any
    notice: Notice | None
    body: dict


def whole(shelf: Shelf, number: int) -> Whole | None:
    """One entry of a book; None if there is none or it may not be seen yet."""
    entry = (
        ledger.entries(shelf.book, number=number)
        .prefetch_related(None)
        .select_related("wording", "leaf", "reverses__leaf", "reversed_by__leaf", "voucher")
        .first()
    )
    if entry is None or not shelf.shows(entry):
        return None
    undone = getattr(entry, "reversed_by", None)
    return Whole(
        entry=entry,
        lines=tuple(entry.lines.select_related("account", "project").order_by("position")),
        words=words(entry),
        papers=tuple(_papers(entry)),
        reverses=entry.reverses if entry.reverses and shelf.shows(entry.reverses) else None,
        reversed_by=undone if undone and shelf.shows(undone) else None,
        notice=covering(shelf, entry),
        body=bodies.decode(entry.leaf.body.encode()),
    )


def words(entry: Any) -> tuple[Word, ...]:
    """The committed words of an entry, each shown or withheld as in the published folder."""
    wording, made = entry.wording, ledger.commitments(entry.leaf)
    told = []
    for name in rules.WORDS:
        if name in made:
            text, salted = getattr(wording, name), name in wording.salts
            why = rules.withheld(name, text, person=wording.person, salted=salted)
            told.append(Word(name=name, value="" if why else text, withheld=why))
    return tuple(told)


def covering(shelf: Shelf, entry: Any) -> Notice | None:
    """The earliest published notice whose checkpoint covers an entry."""
    fits = [one for one in shelf.notices if one.index > entry.leaf.index]
    return min(fits, key=lambda one: one.index, default=None)


def _papers(entry: Any) -> list[PaperShown]:
    hashes = list(entry.papers.order_by("position").values_list("position", "sha256"))
    voucher = getattr(entry, "voucher", None)
    kept = voucher.papers.select_related("file") if hashes and voucher else ()
    known = {paper.file.sha256: paper for paper in kept}
    told = []
    for position, sha256 in hashes:
        paper = known.get(sha256)
        file = paper.file if paper else None
        shown = paper is not None and paper.public and not paper.file.personal
        why = rules.PAPER_GONE if file is None else "" if shown else rules.PAPER_WITHHELD
        told.append(
            PaperShown(position=position, sha256=sha256, file=None if why else file, why=why)
        )
    return told


def receipt_count(entry: Any) -> int:
    """How many receipts an entry gathers."""
    return vouchers.receipts_of(entry.pk).count()
