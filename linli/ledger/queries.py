"""The questions one may ask a book. Every figure comes from the running sums."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date, datetime

from django.db.models import Count, F, Max, Q, QuerySet, Sum

from linli.kernel.period import Period
from linli.kernel.place import Scope
from linli.kernel.rulings import Ruling, require
from linli.kernel.words import gettext_noop as _
from linli.ledger import figures as figures
from linli.ledger import log as logs
from linli.ledger import offers as offers
from linli.ledger import papers as papers
from linli.ledger import posting, rules
from linli.ledger.log import leaf_id as leaf_id
from linli.ledger.models import (
    Account,
    Balance,
    Book,
    Entry,
    Line,
    Log,
    Project,
    Seal,
    Tally,
)
from linli.ledger.posting import line_id as line_id
from linli.ledger.posting import mark_text as mark_text
from linli.ledger.proofs import book_log as book_log
from linli.ledger.proofs import checkpoint_at as checkpoint_at
from linli.ledger.proofs import commitments as commitments
from linli.ledger.proofs import county_log as county_log
from linli.ledger.proofs import early_corrections as early_corrections
from linli.ledger.proofs import early_leaves as early_leaves
from linli.ledger.proofs import entries_of_leaves as entries_of_leaves
from linli.ledger.proofs import leaf_after_last_seal as leaf_after_last_seal
from linli.ledger.proofs import leaf_hashes as leaf_hashes
from linli.ledger.proofs import leaves as leaves
from linli.ledger.proofs import newest_checkpoint as newest_checkpoint
from linli.ledger.proofs import witnessed as witnessed
from linli.ledger.rules import Draft, DraftLine
from linli.ledger.signing import LogKey as LogKey
from linli.ledger.signing import key_at as key_at
from linli.ledger.signing import key_leaves as key_leaves
from linli.ledger.signing import keys as keys
from linli.ledger.signing import lost as lost
from linli.ledger.signing import signer as signer
from linli.ledger.signing import signer_at as signer_at
from linli.sources import chart


def next_code() -> str:
    """The next free book code: B000001, B000002 …"""
    last = Book.objects.filter(code__startswith="B").aggregate(last=Max("code"))["last"]
    return f"B{int(last[1:]) + 1 if last else 1:06d}"


def books(scope: Scope) -> QuerySet[Book]:
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


SIGN = figures.SIGN


def month(book: Book, period: str) -> dict[str, FundFlow]:
    """Each fund's opening, movements and closing in a month: fund → FundFlow, one query."""
    return span(book, period, period)


def span(book: Book, first: str, last: str) -> dict[str, FundFlow]:
    """The same from one month to another.

    The opening is everything before the first one, net of deposits held for others.
    """
    inside = Q(period__gte=first)
    flows: dict[str, FundFlow] = defaultdict(FundFlow)
    rows = (
        Balance.objects.filter(account__book=book, period__lte=last)
        .exclude(account__kind__in=[rules.MONEY, rules.LIABILITY])
        .values("account__fund", "account__code", "account__kind", "account__position")
        .annotate(
            before=Sum(F("debit_fen") - F("credit_fen"), filter=~inside, default=0),
            moved=Sum(F("debit_fen") - F("credit_fen"), filter=inside, default=0),
            touched=Sum("entry_count", filter=inside, default=0),
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
    found = list(Project.objects.filter(book=book).prefetch_related("budgets"))
    if not found:
        return []
    sums = (
        Tally.objects.filter(book=book, period__lte=period)
        .exclude(project="")
        .values_list("project", "fund")
        .annotate(
            now=Sum("out_fen", filter=Q(period=period), default=0),
            upto=Sum("out_fen", default=0),
        )
        .order_by()
    )
    paid = {(project, fund): (int(now), int(upto)) for project, fund, now, upto in sums}
    nothing = (0, 0)
    return [
        {
            "project": project,
            "funding": [
                {
                    "fund": budget.fund,
                    "budget_fen": budget.budget_fen,
                    "paid_fen": paid.get((project.code, budget.fund), nothing)[0],
                    "paid_to_date_fen": paid.get((project.code, budget.fund), nothing)[1],
                }
                for budget in project.budgets.all()
            ],
        }
        for project in found
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


def hold(log: Log) -> None:
    """Hold a log's lock until the transaction ends."""
    logs.locked(log.pk)


def preview(book: Book, draft: Draft, *, now: datetime) -> tuple[Ruling, bool]:
    """What would refuse a posting, and whether its payment is above the book's limit."""
    found = posting.facts(book, [draft], now=now)
    return rules.may_post(draft, found), rules.paid(draft, found) > book.limit_fen


def origin(book: Book) -> str:
    """The name of the book's log."""
    return logs.book_origin(book)


def county_origin(book: Book) -> str:
    """The name of the county's log."""
    return logs.county_origin(book.county)


def logs_of_counties() -> QuerySet[Log]:
    """The logs whose leaves are the books' checkpoints."""
    return Log.objects.filter(book=None).order_by("origin")


def log_named(origin: str) -> Log | None:
    return Log.objects.filter(origin=origin).first()


def unsigned(scope: Scope, *, before: datetime | None = None) -> QuerySet[Book]:
    """Books whose last leaf no checkpoint covers; `before`: only where it came before a moment."""
    found = books(scope).filter(log__size__gt=F("log__checked_size"))
    return found.filter(log__last_at__lt=before) if before else found


def head(book: Book) -> tuple[int, str]:
    """Size and root (hex) of the book's log."""
    log = Log.objects.get(pk=book.log_id)
    return log.size, log.root


def missing_grounds(book: Book, period: str) -> dict[str, int]:
    """Cost categories with entries of a month that name neither ground nor bill: code → how many."""
    rows = (
        Line.objects.filter(
            entry__book=book,
            entry__period=period,
            entry__kind__in=[rules.VOUCHER, rules.IMPORT],
            account__kind=rules.COST,
            entry__wording__ground="",
            entry__wording__document="",
        )
        .values("account__code")
        .annotate(n=Count("entry", distinct=True))
    )
    return {row["account__code"]: row["n"] for row in rows}


def later_corrections(book: Book, period: str) -> dict[tuple[str, str], int]:
    """What entries of later months changed in a month's lines: (fund, category) → fen.

    Such an entry names an original date that lies in the month.
    """
    month_ = Period(period)
    rows = (
        Line.objects.filter(
            entry__book=book,
            entry__period__gt=period,
            entry__original_on__range=(month_.first_on, month_.last_on),
        )
        .exclude(account__kind__in=[rules.MONEY, rules.NET_ASSETS])
        .values("account__fund", "account__code", "account__kind")
        .annotate(moved=Sum("amount_fen"))
    )
    return {
        (row["account__fund"], row["account__code"]): SIGN[row["account__kind"]] * int(row["moved"])
        for row in rows
        if row["moved"]
    }


def fold_faults(book: Book, period: str) -> list[str]:
    """Accounts whose running sums of a month do not equal its lines: their names."""
    lines = (
        Line.objects.filter(entry__book=book, entry__period=period)
        .order_by()
        .values_list("account_id")
        .annotate(
            debit=Sum("amount_fen", filter=Q(amount_fen__gt=0), default=0),
            credit=-Sum("amount_fen", filter=Q(amount_fen__lt=0), default=0),
            n=Count("entry", distinct=True),
        )
    )
    kept = (
        Balance.objects.filter(account__book=book, period=period)
        .order_by()
        .values_list("account_id", "debit_fen", "credit_fen", "entry_count")
    )
    told = Counter(
        (id_, int(debit), int(credit), n) for id_, debit, credit, n in lines.union(kept, all=True)
    )
    wrong = {row[0] for row, times in told.items() if times != 2}
    if not wrong:
        return []
    return list(Account.objects.filter(pk__in=wrong).values_list("name", flat=True))


def category_months(book: Book, periods: Iterable[str]) -> dict[str, set[str]]:
    """In which of some months each income category had entries: code → months."""
    found: dict[str, set[str]] = defaultdict(set)
    for code, period in Balance.objects.filter(
        account__book=book, account__kind=rules.INCOME, period__in=list(periods)
    ).values_list("account__code", "period"):
        found[code].add(period)
    return found


def without_note(book: Book, period: str) -> list[tuple[int, str]]:
    """Entries of a month in categories that need a note and have none: (number, category name)."""
    wanted = [c.code for c in chart(book.chart_version) if c.needs_note]
    return list(
        Line.objects.filter(
            entry__book=book,
            entry__period=period,
            account__code__in=wanted,
            entry__wording__note="",
        )
        .exclude(entry__kind=rules.REVERSAL)
        .values_list("entry__number", "account__name")
    )


def chart_rows(book: Book) -> list[tuple[str, str, str, str]]:
    """The book's accounts as a seal binds them: (fund, code, side, name), in chart order."""
    rows = Account.objects.filter(book=book).order_by("position")
    return list(rows.values_list("fund", "code", "kind", "name"))


def code_of(row: object) -> str:
    """The code of the book a protected row belongs to, or ""."""
    for name in ("book", "account", "project", "entry", "statement", "match"):
        if (owner := getattr(row, name, None)) is not None:
            return owner.code if isinstance(owner, Book) else code_of(owner)
    return row.code if isinstance(row, Book) else ""


def book_of_code(code: str) -> Book | None:
    return Book.objects.filter(code=code).first()


def book_of_id(pk: int) -> Book:
    return Book.objects.get(pk=pk)


def book_named(name: str, code: str = "") -> Book | None:
    """The book of a code, else the one book of an estate's name. Refused where several fit."""
    if code and (found := Book.objects.filter(code=code).first()):
        return found
    some = list(Book.objects.filter(name=name)[:2])
    require(len(some) < 2, _("有多个叫“%(name)s”的账套，请用编号指定"), name=name).enforce()
    return None if code or not some else some[0]


def has_entries(book: Book) -> bool:
    return Entry.objects.filter(book=book).exists()


def fund_balances(book: Book, on: date) -> dict[str, int]:
    """What each fund has at the end of the month a day lies in, net of deposits, in fen."""
    rows = (
        Balance.objects.filter(account__book=book, period__lte=f"{on:%Y-%m}")
        .exclude(account__kind__in=[rules.MONEY, rules.LIABILITY])
        .values("account__fund")
        .annotate(net=Sum(F("credit_fen") - F("debit_fen")))
    )
    return {row["account__fund"]: int(row["net"]) for row in rows}


def category_of(book: Book, fund: str, code: str) -> Account | None:
    """A category by fund and code; None if the book has none of that name."""
    found = Account.objects.filter(book=book, fund=fund, code=code, kind__in=SIGN)
    return found.first()


def sides_of(book: Book) -> dict[tuple[str, str], str]:
    """On which side each category of a book stands: (fund, code) → kind."""
    return {(c.fund, c.code): c.side for c in chart(book.chart_version)}


def account_of(book: Book, fund: str, code: str) -> Account:
    """One account by fund and code; raises Account.DoesNotExist."""
    return Account.objects.get(book=book, fund=fund, code=code)


def project_of(book: Book, code: str) -> Project:
    """One project by its code; raises Project.DoesNotExist."""
    return Project.objects.get(book=book, code=code)
