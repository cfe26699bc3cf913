"""The questions one may ask a book. Every figure comes from the running sums."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime

from django.db.models import F, Max, Q, Sum

from linli.kernel.period import Period
from linli.kernel.place import Scope
from linli.kernel.rulings import Ruling, require
from linli.kernel.words import gettext_noop as _
from linli.ledger import log as logs
from linli.ledger import posting, rules
from linli.ledger.models import Account, Balance, Book, Entry, Project, Seal, Tally
from linli.ledger.rules import Draft, DraftLine


def next_code() -> str:
    """The next free book code: B000001, B000002 …"""
    last = Book.objects.filter(code__startswith="B").aggregate(last=Max("code"))["last"]
    return f"B{int(last[1:]) + 1 if last else 1:06d}"


def books(scope: Scope) -> object:
    """The books of the places a scope covers."""
    return Book.objects.within(scope).order_by("code")


def sealed_through(book: Book) -> str:
    """The last sealed month, as 2026-09, or ""."""
    return Seal.objects.filter(book=book).aggregate(last=Max("period"))["last"] or ""


def open_period(book: Book) -> str:
    """The first month that is not sealed."""
    through = sealed_through(book)
    return Period(through).next.code if through else book.first_period


def draft_lines(entry: Entry) -> list[DraftLine]:
    """The lines of an entry as they were drafted."""
    return [
        DraftLine(
            fund=line.account.fund,
            account=line.account.code,
            amount_fen=line.amount_fen,
            project=line.project.code if line.project else "",
            restriction=line.restriction,
        )
        for line in entry.lines.select_related("account", "project").order_by("position")
    ]


@dataclass(slots=True)
class FundFlow:
    """One fund in one month, in fen; `lines`: category code → (amount, entries touching it)."""

    opening_fen: int = 0
    income_fen: int = 0
    cost_fen: int = 0
    use_fen: int = 0
    transfer_fen: int = 0
    deposit_fen: int = 0
    lines: dict[str, tuple[int, int]] = field(default_factory=dict)

    @property
    def closing_fen(self) -> int:
        return self.opening_fen + self.income_fen - self.cost_fen - self.use_fen + self.transfer_fen

    @property
    def net_fen(self) -> int:
        """公共收益: gross income less reasonable cost."""
        return self.income_fen - self.cost_fen


SIGN = {rules.INCOME: -1, rules.COST: 1, rules.USE: 1, rules.TRANSFER: -1, rules.LIABILITY: -1}


def month(book: Book, period: str) -> dict[str, FundFlow]:
    """Each fund's opening, movements and closing in a month: fund → FundFlow, one query.

    The opening is everything before the month, net of deposits held for others.
    """
    flows: dict[str, FundFlow] = defaultdict(FundFlow)
    rows = (
        Balance.objects.filter(account__book=book, period__lte=period)
        .exclude(account__kind__in=[rules.MONEY, rules.LIABILITY])
        .values("account__fund", "account__code", "account__kind", "account__position")
        .annotate(
            before=Sum(F("debit_fen") - F("credit_fen"), filter=Q(period__lt=period), default=0),
            moved=Sum(F("debit_fen") - F("credit_fen"), filter=Q(period=period), default=0),
            touched=Sum("entry_count", filter=Q(period=period), default=0),
        )
        .order_by("account__position")
    )
    for row in rows:
        flow = flows[row["account__fund"]]
        flow.opening_fen -= int(row["before"])
        kind = row["account__kind"]
        if not row["touched"] or kind == rules.NET_ASSETS:
            continue
        amount = SIGN[kind] * int(row["moved"])
        setattr(flow, f"{kind}_fen", getattr(flow, f"{kind}_fen") + amount)
        flow.lines[row["account__code"]] = (amount, int(row["touched"]))
    return dict(flows)


def trial_balance(book: Book, through: str) -> list[dict]:
    """Every account with gross debits and credits of all months up to one: for seal and print."""
    return list(
        Balance.objects.filter(account__book=book, period__lte=through)
        .values("account_id", "account__fund", "account__code", "account__kind", "account__name")
        .annotate(
            debit=Sum("debit_fen"),
            credit=Sum("credit_fen"),
            debit_now=Sum("debit_fen", filter=Q(period=through), default=0),
            credit_now=Sum("credit_fen", filter=Q(period=through), default=0),
        )
        .order_by("account__position")
    )


def money_accounts(book: Book, through: str | None = None) -> list[Account]:
    """The money accounts, each with `balance_fen` at the end of a month (None: of all)."""
    upto = Q(balances__period__lte=through) if through else Q()
    return list(
        Account.objects.filter(book=book, kind=rules.MONEY)
        .annotate(
            balance_fen=Sum(
                F("balances__debit_fen") - F("balances__credit_fen"), filter=upto, default=0
            )
        )
        .order_by("position")
    )


def projects(book: Book, period: str) -> list[dict]:
    """Every project with budget, paid this month and paid to date per fund, in fen."""
    paid: dict[tuple[str, str], list[int]] = defaultdict(lambda: [0, 0])
    for row in Tally.objects.filter(book=book, period__lte=period).exclude(project=""):
        sums = paid[row.project, row.fund]
        sums[1] += row.out_fen
        if row.period == period:
            sums[0] += row.out_fen
    return [
        {
            "project": project,
            "funding": [
                {
                    "fund": budget.fund,
                    "budget_fen": budget.budget_fen,
                    "paid_fen": paid[project.code, budget.fund][0],
                    "paid_to_date_fen": paid[project.code, budget.fund][1],
                }
                for budget in project.budgets.all()
            ],
        }
        for project in Project.objects.filter(book=book).prefetch_related("budgets")
    ]


def entries(book: Book, **where: object) -> object:
    """Entries of a book with words and people, newest first; `where` narrows."""
    return (
        Entry.objects.filter(book=book, **where)
        .select_related("wording", "prepared_by", "approved_by", "seconded_by", "reverses")
        .prefetch_related("lines__account", "lines__project", "papers")
        .order_by("-number")
    )


def entry(book: Book, number: int) -> Entry:
    """One entry by its number; raises Entry.DoesNotExist."""
    return Entry.objects.get(book=book, number=number)


def reversed_by(entry: Entry) -> int | None:
    """The number of the entry that reverses this one."""
    return Entry.objects.filter(reverses=entry).values_list("number", flat=True).first()


def accounts(book: Book, ids: Iterable[int]) -> dict[int, Account]:
    """Accounts of a book by id. Raises Refused for an id that is not the book's."""
    wanted = set(ids)
    found = {a.pk: a for a in Account.objects.filter(book=book, pk__in=wanted)}
    require(len(found) == len(wanted), _("科目不属于本账套"), "linli:ledger.2").enforce()
    return found


def lock(book: Book) -> None:
    """Hold the book's lock until the transaction ends."""
    logs.locked(book.log_id)


def preview(book: Book, draft: Draft, *, now: datetime) -> tuple[Ruling, bool]:
    """What would refuse a posting, and whether its payment is above the book's limit."""
    found = posting.facts(book, [draft], now=now)
    return rules.may_post(draft, found), rules.paid(draft, found) > book.limit_fen
