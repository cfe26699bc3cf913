"""What the figures of a book are made of: which lines count, and what each of them adds.

A figure is named by two words, as in an address: a fund and what of it (``common/income``,
``common/parking``, ``seed/closing``), or ``project`` and its code.
"""

from __future__ import annotations

from collections.abc import Callable, Collection
from dataclasses import dataclass
from typing import Any

from django.db.models import Count, OuterRef, Prefetch, Q, QuerySet, Subquery, Sum
from django.db.models.functions import Coalesce

from linli.ledger import rules
from linli.ledger.models import Account, Book, Entry, Line, Paper
from linli.ledger.rules import COST, INCOME, NET_ASSETS, TRANSFER, USE

SIGN = {INCOME: -1, COST: 1, USE: 1, TRANSFER: -1, rules.LIABILITY: -1}
"""How an amount of a kind of account is read (lines are debit positive)."""
FREE = (INCOME, COST, USE, TRANSFER)
"""The kinds of account that move a fund's free balance."""
PROJECT = "project"
_SUMS = {
    INCOME: (INCOME,),
    COST: (COST,),
    USE: (USE,),
    TRANSFER: (TRANSFER,),
    rules.NET: (INCOME, COST),
    rules.CLOSING: FREE,
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Chosen:
    """Which entries make up a figure.

    `lines`: which of their lines count; `counts`: the same of a line that was read with its
    account and project; `sign`: kind of account → how its amounts are read.
    """

    lines: Q
    counts: Callable[[Any], bool]
    sign: Callable[[str], int]

    def fen(self, entry: Entry) -> int:
        """What an entry, read by `entries`, adds to the figure."""
        lines = [line for line in entry.lines.all() if self.counts(line)]
        return sum(self.sign(line.account.kind) * line.amount_fen for line in lines)


def of_category(fund: str, code: str) -> Chosen:
    return Chosen(
        lines=Q(account__fund=fund, account__code=code),
        counts=lambda line: (line.account.fund, line.account.code) == (fund, code),
        sign=SIGN.__getitem__,
    )


def of_sides(fund: str, sides: Collection[str]) -> Chosen:
    """All categories of one side of a fund; of several what they add to its balance."""
    return Chosen(
        lines=Q(account__fund=fund, account__kind__in=sides),
        counts=lambda line: line.account.fund == fund and line.account.kind in sides,
        sign=SIGN.__getitem__ if len(sides) == 1 else _credit,
    )


def of_opening(fund: str) -> Chosen:
    """What the fund began with: the other side of openings."""
    return Chosen(
        lines=Q(account__fund=fund, account__kind=NET_ASSETS),
        counts=lambda line: line.account.fund == fund and line.account.kind == NET_ASSETS,
        sign=_credit,
    )


def of_project(code: str) -> Chosen:
    """What a project was paid, out of whatever fund."""
    return Chosen(
        lines=Q(project__code=code, account__kind=USE),
        counts=lambda line: (
            line.account.kind == USE and bool(line.project) and line.project.code == code
        ),
        sign=_debit,
    )


def of_account(account: Account) -> Chosen:
    """What came into (positive) and went out of a money account."""
    return Chosen(
        lines=Q(account=account),
        counts=lambda line: line.account_id == account.pk,
        sign=_debit,
    )


def _credit(_kind: str) -> int:
    return -1


def _debit(_kind: str) -> int:
    return 1


def of(fund: str, part: str) -> Chosen:
    """What a figure is made of, by its name."""
    if fund == PROJECT:
        return of_project(part)
    if part == rules.OPENING:
        return of_opening(fund)
    return of_sides(fund, _SUMS[part]) if part in _SUMS else of_category(fund, part)


def entries(book: Book, lines: Q, **where: object) -> QuerySet[Entry]:
    """Entries of a book with a line that fits, oldest first, each with words, lines, leaf, and
    `paper_count`. `where`: which of them, as in a filter."""
    fitting = Line.objects.filter(lines, entry__book=book).values("entry")
    papers = Paper.objects.filter(entry=OuterRef("pk")).order_by().values("entry")
    return (
        Entry.objects.filter(book=book, pk__in=fitting, **where)
        .select_related("wording", "leaf", "reverses", "reversed_by")
        .prefetch_related(Prefetch("lines", Line.objects.select_related("account", "project")))
        .annotate(paper_count=Coalesce(Subquery(papers.annotate(n=Count("pk")).values("n")), 0))
        .order_by("date", "number")
    )


def total(book: Book, chosen: Chosen, **where: object) -> int:
    """What a figure comes to, openings apart. `where`: which entries, as in a filter."""
    rows = (
        Line.objects.filter(chosen.lines, entry__book=book)
        .filter(**{f"entry__{name}": value for name, value in where.items()})
        .exclude(entry__kind=rules.OPENING)
        .values("account__kind")
        .annotate(fen=Sum("amount_fen"))
        .order_by()
    )
    return sum(chosen.sign(row["account__kind"]) * int(row["fen"]) for row in rows)
