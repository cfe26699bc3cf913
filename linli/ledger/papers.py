"""The books as accountants read and print them: journal, ledger, trial balance, year.

Openings and sums come from the running sums of each month; rows are read in one query.
"""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field

from django.db.models import (
    Case,
    F,
    OuterRef,
    Prefetch,
    Q,
    QuerySet,
    Subquery,
    Sum,
    Value,
    When,
    Window,
)

from linli.kernel.period import Period
from linli.ledger import rules
from linli.ledger.models import Account, Balance, Book, Entry, Line, Seal
from linli.places import queries as places
from linli.sources import FUNDS

MOVED = F("debit_fen") - F("credit_fen")
SIDES = (rules.INCOME, rules.COST, rules.USE, rules.TRANSFER)
SIGN = {rules.INCOME: -1, rules.COST: 1, rules.USE: 1, rules.TRANSFER: -1}
IN_ORDER = ("entry__date", "entry__number", "position")


def head(book: Book, suffix: str) -> dict:
    """What every paper of a book begins with; `suffix` makes its number."""
    return {
        "code": f"{book.code}-{suffix}",
        "unit": book.name,
        "place": places.name_path(book.place),
        "book": book.code,
    }


@dataclass(frozen=True, slots=True)
class Turnover:
    """An account over some months, debit positive, in fen.

    `months`: month → (debit, credit) of every month of these years up to the last one.
    """

    opening_fen: int
    debit_fen: int
    credit_fen: int
    months: dict[str, tuple[int, int]]

    @property
    def closing_fen(self) -> int:
        return self.opening_fen + self.debit_fen - self.credit_fen

    def year_to(self, period: str) -> tuple[int, int]:
        """Debit and credit of a month's year up to and with that month."""
        sums = [v for code, v in self.months.items() if period[:4] <= code <= period]
        return sum(debit for debit, _ in sums), sum(credit for _, credit in sums)


def turnovers(accounts: Iterable[Account], first: str, last: str) -> dict[int, Turnover]:
    """The turnover of accounts from one month to another: account id → Turnover. One query."""
    ids = [account.pk for account in accounts]
    year = f"{first[:4]}-01"
    openings: dict[int, int] = dict.fromkeys(ids, 0)
    months: dict[int, dict[str, tuple[int, int]]] = {id_: {} for id_ in ids}
    rows = Balance.objects.filter(account_id__in=ids, period__lte=last)
    for id_, period, debit, credit in rows.values_list(
        "account_id", "period", "debit_fen", "credit_fen"
    ):
        if period < first:
            openings[id_] += debit - credit
        if period >= year:
            months[id_][period] = (debit, credit)
    found = {}
    for id_ in ids:
        inside = [sums for period, sums in months[id_].items() if period >= first]
        debit, credit = (sum(side) for side in zip(*inside, strict=True)) if inside else (0, 0)
        found[id_] = Turnover(openings[id_], debit, credit, dict(sorted(months[id_].items())))
    return found


def _siblings() -> Prefetch:
    """All lines of the entries with their accounts, in one query."""
    return Prefetch("entry__lines", Line.objects.select_related("account"))


def account_rows(account: Account, first: str, last: str) -> QuerySet[Line]:
    """The lines of an account from one month to another, in order of time, each with `moved_fen`:
    what the account has moved since the first of them. Words and the other lines come along."""
    return (
        Line.objects.filter(account=account, entry__period__gte=first, entry__period__lte=last)
        .select_related("entry__wording", "entry__reverses", "project")
        .prefetch_related(_siblings())
        .annotate(
            moved_fen=Window(Sum("amount_fen"), order_by=[F(name).asc() for name in IN_ORDER])
        )
        .order_by(*IN_ORDER)
    )


def row_count(account: Account, first: str, last: str) -> int:
    """How many rows `account_rows` has."""
    return Line.objects.filter(
        account=account, entry__period__gte=first, entry__period__lte=last
    ).count()


def contra(line: Line) -> tuple[str, ...]:
    """The names of the accounts on the other side of a line's entry."""
    other = [
        each.account.name
        for each in line.entry.lines.all()
        if (each.amount_fen > 0) != (line.amount_fen > 0)
    ]
    return tuple(dict.fromkeys(other))


def voucher_number(entry: Entry) -> str:
    """The number on the voucher; of an entry without one its own."""
    return entry.wording.voucher or f"{entry.number:04d}"


def reversed_numbers(entries: Iterable[Entry]) -> dict[int, int]:
    """Which of some entries were reversed: entry id → number of the reversal. One query."""
    rows = Entry.objects.filter(reverses__in=[entry.pk for entry in entries])
    return dict(rows.values_list("reverses_id", "number"))


def account_paper(accounts: Sequence[Account], first: str, last: str) -> list[dict]:
    """Accounts with all their rows, in the shape of prints.shapes.BookAccount. Few queries."""
    sums = turnovers(accounts, first, last)
    lines: dict[int, list[Line]] = defaultdict(list)
    rows = (
        Line.objects.filter(account__in=accounts, entry__period__gte=first, entry__period__lte=last)
        .select_related("entry__wording")
        .prefetch_related(_siblings())
        .order_by(*IN_ORDER)
    )
    for line in rows:
        lines[line.account_id].append(line)
    done = reversed_numbers({line.entry for some in lines.values() for line in some})
    return [_account_paper(a, sums[a.pk], first, lines[a.pk], done) for a in accounts]


def _account_paper(
    account: Account, sums: Turnover, first: str, lines: Sequence[Line], done: dict[int, int]
) -> dict:
    before = Period(first).previous.code
    debit, credit = sums.year_to(before) if before[:4] == first[:4] else (0, 0)
    told = {
        "code": account.code,
        "name": account.name,
        "fund": account.fund,
        "opening_fen": sums.opening_fen,
        "year_debit_fen": debit,
        "year_credit_fen": credit,
        "rows": [_row_paper(line, done) for line in lines],
    }
    if account.bank:
        told["bank"] = account.bank
    if account.tail:
        told["tail"] = account.tail
    return told


def _row_paper(line: Line, done: dict[int, int]) -> dict:
    entry = line.entry
    told = {
        "on": entry.date,
        "voucher": voucher_number(entry),
        "summary": entry.wording.summary,
        "contra": "、".join(contra(line))[:200],
        "debit_fen": max(0, line.amount_fen),
        "credit_fen": max(0, -line.amount_fen),
    }
    if entry.kind == rules.REVERSAL:
        told["mark"] = "reversal"
    elif entry.pk in done:
        told["mark"] = "reversed"
    if entry.original_on:
        told["original_on"] = entry.original_on
    return told


def all_lines(book: Book, first: str, last: str) -> Iterator[Line]:
    """Every line of the book between two months with all that is known of its entry, in order."""
    rows = (
        Line.objects.filter(entry__book=book, entry__period__gte=first, entry__period__lte=last)
        .select_related("account", "project", "entry__wording", "entry__leaf", "entry__reverses")
        .order_by("entry__number", "position")
    )
    return rows.iterator(chunk_size=2000)


def journal_accounts(book: Book, kind: str) -> list[Account]:
    """The money accounts of the cash journal ("cash") or of the bank journal (all others)."""
    found = Account.objects.filter(book=book, kind=rules.MONEY).order_by("position")
    return list(found.filter(holder="cash") if kind == "cash" else found.exclude(holder="cash"))


def moved_accounts(book: Book, first: str, last: str) -> list[Account]:
    """Accounts that held or moved anything between two months, in the book's order."""
    rows = Account.objects.filter(book=book).annotate(
        before=Sum(
            F("balances__debit_fen") - F("balances__credit_fen"),
            filter=Q(balances__period__lt=first),
            default=0,
        ),
        touched=Sum(
            "balances__entry_count",
            filter=Q(balances__period__gte=first, balances__period__lte=last),
            default=0,
        ),
    )
    return list(rows.filter(~Q(before=0) | Q(touched__gt=0)).order_by("position"))


def trial(book: Book, period: str) -> dict[str, list[dict]]:
    """The trial balance of a month: fund → rows, money first. One query.

    A row: account_id, code, name, kind, opening_fen (debit positive), debit_fen, credit_fen,
    year_debit_fen, year_credit_fen, closing_fen.
    """
    year = Q(period__gte=f"{period[:4]}-01")
    rows = (
        Balance.objects.filter(account__book=book, period__lte=period)
        .values("account_id", "account__fund", "account__code", "account__name", "account__kind")
        .annotate(
            opening=Sum(MOVED, filter=Q(period__lt=period), default=0),
            debit=Sum("debit_fen", filter=Q(period=period), default=0),
            credit=Sum("credit_fen", filter=Q(period=period), default=0),
            year_debit=Sum("debit_fen", filter=year, default=0),
            year_credit=Sum("credit_fen", filter=year, default=0),
        )
        .order_by("account__position")
    )
    found: dict[str, list[dict]] = {fund: [] for fund in FUNDS}
    for row in rows:
        told = {f"{name}_fen": int(row[name]) for name in _TRIAL}
        told["closing_fen"] = told["opening_fen"] + told["debit_fen"] - told["credit_fen"]
        if any(told.values()):
            found[row["account__fund"]].append(
                {
                    "account_id": row["account_id"],
                    "code": row["account__code"],
                    "name": row["account__name"],
                    "kind": row["account__kind"],
                    **told,
                }
            )
    for some in found.values():
        some.sort(key=lambda row: _ORDER.get(row["kind"], 1))
    return {fund: some for fund, some in found.items() if some}


_ORDER = {rules.MONEY: 0, rules.NET_ASSETS: 2}
"""Money stands first, net assets last; between them the chart's own order."""
_TRIAL = ("opening", "debit", "credit", "year_debit", "year_credit")


@dataclass(slots=True)
class YearLine:
    """A category over twelve months, January first, in fen."""

    account_id: int
    code: str
    name: str
    side: str
    months: list[int] = field(default_factory=lambda: [0] * 12)
    word: object = ""

    @property
    def total_fen(self) -> int:
        return sum(self.months)


@dataclass(slots=True)
class YearFund:
    """A fund over a year; net assets that came in with an opening belong to its opening."""

    fund: str
    opening_fen: int = 0
    lines: list[YearLine] = field(default_factory=list)

    def side(self, side: str) -> list[int]:
        """What one side comes to in each month."""
        chosen = [line.months for line in self.lines if line.side == side]
        return [sum(month) for month in zip(*chosen, strict=True)] if chosen else [0] * 12

    @property
    def net(self) -> list[int]:
        """公共收益 of each month: gross income less reasonable cost."""
        pairs = zip(self.side(rules.INCOME), self.side(rules.COST), strict=True)
        return [income - cost for income, cost in pairs]

    @property
    def net_fen(self) -> int:
        return sum(self.net)

    @property
    def closing(self) -> list[int]:
        """What the fund has at the end of each month."""
        balance, found = self.opening_fen, []
        sides = zip(self.net, self.side(rules.USE), self.side(rules.TRANSFER), strict=True)
        for net, use, transfer in sides:
            balance += net - use + transfer
            found.append(balance)
        return found


def latest(book: Book, count: int) -> list[Entry]:
    """The newest entries with words, people and `total_fen`, what each moved. One query."""
    lines = Line.objects.filter(entry=OuterRef("pk"), amount_fen__gt=0).order_by()
    moved = lines.values("entry").annotate(fen=Sum("amount_fen")).values("fen")
    return list(
        Entry.objects.filter(book=book)
        .select_related("wording", "prepared_by", "approved_by", "seconded_by", "reverses")
        .annotate(total_fen=Subquery(moved))
        .order_by("-number")[:count]
    )


def year(book: Book, number: int) -> list[YearFund]:
    """Twelve months of every fund of the book, in the order of FUNDS. One query."""
    funds: dict[str, YearFund] = {}
    lines: dict[int, YearLine] = {}
    rows = (
        Balance.objects.filter(account__book=book, period__lte=f"{number}-12")
        .exclude(account__kind__in=[rules.MONEY, rules.LIABILITY])
        .select_related("account")
        .order_by("account__position", "period")
    )
    for row in rows:
        account, moved = row.account, row.debit_fen - row.credit_fen
        fund = funds.setdefault(account.fund, YearFund(account.fund))
        if row.period < f"{number}-01" or account.kind == rules.NET_ASSETS:
            fund.opening_fen -= moved
            continue
        if account.pk not in lines:
            lines[account.pk] = YearLine(account.pk, account.code, account.name, account.kind)
            fund.lines.append(lines[account.pk])
        lines[account.pk].months[int(row.period[5:]) - 1] = SIGN[account.kind] * moved
    return [funds[code] for code in FUNDS if code in funds]


def by_month(book: Book, fund: str, first: str, last: str) -> tuple[int, dict[str, dict[str, int]]]:
    """What a fund had before a month, and from then until another: month → side → fen. One query;
    its rows are as many as the months. Net assets that came in with an opening belong to the first."""
    opening, months = 0, defaultdict[str, dict[str, int]](dict)
    rows = (
        Balance.objects.filter(account__book=book, account__fund=fund, period__lte=last)
        .exclude(account__kind__in=[rules.MONEY, rules.LIABILITY])
        .annotate(at=Case(When(period__gte=first, then=F("period")), default=Value("")))
        .values_list("at", "account__kind")
        .annotate(fen=Sum(F("debit_fen") - F("credit_fen")))
        .order_by()
    )
    for at, kind, fen in rows:
        if not at or kind == rules.NET_ASSETS:
            opening -= int(fen)
        else:
            months[at][kind] = SIGN[kind] * int(fen)
    return opening, months


def roots(book: Book, number: int) -> list[str | None]:
    """The root that the seal of each month of a year binds, in hex; None where there is none."""
    rows = Seal.objects.filter(book=book, period__startswith=f"{number}-").select_related("leaf")
    known = {seal.period: json.loads(seal.leaf.body)["root"] for seal in rows}
    return [known.get(f"{number}-{month:02d}") for month in range(1, 13)]


def year_paper(book: Book, number: int) -> dict:
    """The year in the shape of prints.shapes.Year: sealed months, and what lies before them."""
    sealed = roots(book, number)
    last = max((at for at, root in enumerate(sealed) if root), default=-1)
    told = head(book, f"{number}-ND") | {"year": number, "roots": sealed, "funds": []}
    for fund in year(book, number):
        lines = [
            {
                "side": line.side,
                "name": line.name,
                "months": [fen if at <= last else None for at, fen in enumerate(line.months)],
            }
            for line in fund.lines
        ]
        quiet = {"side": rules.INCOME, "name": FUNDS[fund.fund].name, "months": [None] * 12}
        quiet["months"] = [0 if at <= last else None for at in range(12)]
        told["funds"].append(
            {"fund": fund.fund, "opening_fen": fund.opening_fen, "lines": lines or [quiet]}
        )
    if last >= 0:
        told["seal"] = {"period": str(number), "root": sealed[last]}
    return told


def trial_paper(book: Book, period: str) -> dict:
    """The trial balance in the shape of prints.shapes.TrialBalance."""
    names = ("opening", "debit", "credit", "year_debit", "year_credit")
    return head(book, f"{period}-YEB") | {
        "period": period,
        "funds": [
            {
                "fund": fund,
                "rows": [
                    {"code": row["code"], "name": row["name"]}
                    | {f"{name}_fen": row[f"{name}_fen"] for name in names}
                    for row in rows
                ],
            }
            for fund, rows in trial(book, period).items()
        ],
    }


def journal_paper(book: Book, kind: str, first: str, last: str) -> dict:
    """The bank ("bank") or cash ("cash") journal in the shape of prints.shapes.Journal."""
    return _book_paper(book, journal_accounts(book, kind), first, last, "RJZ") | {"kind": kind}


def ledger_paper(book: Book, first: str, last: str, accounts: Sequence[Account] = ()) -> dict:
    """The detailed ledger of some accounts (of none: of all that moved), as prints.shapes.Ledger."""
    chosen = accounts or moved_accounts(book, first, last)
    return _book_paper(book, chosen, first, last, "MXZ")


def _book_paper(
    book: Book, accounts: Sequence[Account], first: str, last: str, suffix: str
) -> dict:
    span = first if first == last else f"{first}~{last}"
    return head(book, f"{span}-{suffix}") | {
        "from_on": Period(first).first_on,
        "until_on": Period(last).last_on,
        "accounts": account_paper(accounts, first, last),
    }
