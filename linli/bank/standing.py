"""Every money account of a book at the end of a month, set against its bank, in a few queries.

Everything is asked by month: a row counts from its `period` on, a match likewise, so that what
comes later leaves an earlier month as it was.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from typing import Any

from django.db.models import Manager, Model, Q, QuerySet, Sum
from django.utils import timezone

from linli.bank import rules
from linli.bank.models import (
    BankLine,
    CashCount,
    Confirmation,
    Explanation,
    MatchItem,
    OpeningItem,
    Statement,
)
from linli.kernel.period import Period
from linli.ledger import queries as ledger


def entry_lines() -> Manager:
    """The lines of entries, reached by the foreign key that names them."""
    return MatchItem._meta.get_field("entry_line").related_model.objects  # type: ignore[union-attr]


@dataclass(frozen=True, slots=True, kw_only=True)
class OpenItem:
    """What one side knows and the other does not, at the end of `period`.

    `ref`: "b12" a bank line, "e34" a line of an entry, "o5" an opening item. `fen`: in positive,
    out negative. `since`: the month at whose end it first was open. `explanation`: the newest
    that counts; what was accepted counts only for the month it was accepted for.
    """

    ref: str
    side: str
    on: date
    fen: int
    since: str
    period: str
    summary: str = ""
    counterparty: str = ""
    number: int = 0
    explanation: Explanation | None = None

    def shown_by(self, names: Callable[[str], str]) -> OpenItem:
        """The same with its counterparty as a reader may see it."""
        return replace(self, counterparty=names(self.counterparty))

    @property
    def kind(self) -> str:
        """A key of `rules.KINDS`."""
        return rules.kind_of(side=self.side, amount_fen=self.fen)

    @property
    def kind_name(self) -> str:
        return rules.KINDS[self.kind]

    @property
    def pk(self) -> int:
        """Of the row that the ref names."""
        return int(self.ref[1:])

    @property
    def is_opening(self) -> bool:
        return self.ref.startswith("o")

    @property
    def amount_fen(self) -> int:
        return abs(self.fen)

    @property
    def note(self) -> str:
        return self.explanation.note if self.explanation else ""

    @property
    def accepted(self) -> bool:
        said = self.explanation
        return bool(said and said.accepted_at and said.period == self.period)

    @property
    def old(self) -> bool:
        """Whether it was open already at the end of the month before."""
        return self.since < self.period

    @property
    def must_be_explained(self) -> bool:
        """Whether the month cannot be sealed before it is explained and accepted."""
        return self.old or self.kind == "bank_payment_not_in_book"

    @property
    def days(self) -> int:
        """Its age at the end of the month, in days."""
        return (Period(self.period).last_on - self.on).days

    @property
    def place(self) -> tuple[int, date, str]:
        return list(rules.KINDS).index(self.kind), self.on, self.ref


@dataclass(frozen=True, slots=True, kw_only=True)
class Gap:
    """A statement that does not follow on from what came before it."""

    statement: Statement
    expected_fen: int


@dataclass(slots=True, kw_only=True)
class Standing:
    """One money account at the end of a month.

    `bank_balance_fen` is None while nobody outside the books has said anything. `covered`: the
    statements reach the month's last day and were taken after it. `gaps`: where they do not follow
    on from each other.
    """

    account: Model
    period: str
    book_balance_fen: int
    bank_balance_fen: int | None = None
    statements: list[Statement] = field(default_factory=list)
    gaps: list[Gap] = field(default_factory=list)
    covered: bool = False
    items: list[OpenItem] = field(default_factory=list)
    count: CashCount | None = None
    waiting_count: CashCount | None = None
    confirmation: Confirmation | None = None

    @property
    def banked(self) -> bool:
        """Whether it is held against bank statements."""
        return bool(self.statements) or self.account.holder not in rules.CUSTODY | {rules.CASH}

    @property
    def follows(self) -> bool:
        return not self.gaps

    @property
    def counted(self) -> bool:
        return self.count is not None

    @property
    def bank_only_fen(self) -> int:
        """What the bank knows and the book does not, in less out."""
        return sum(item.fen for item in self.items if item.side == rules.BANK)

    @property
    def book_only_fen(self) -> int:
        """What the book knows and the bank does not, in less out."""
        return sum(item.fen for item in self.items if item.side == rules.BOOK)

    @property
    def adjusted_book_fen(self) -> int:
        """The book's balance once everything that the bank knows is booked."""
        return self.book_balance_fen + self.bank_only_fen

    @property
    def adjusted_bank_fen(self) -> int | None:
        """The bank's balance once everything that the book knows has arrived."""
        bank = self.bank_balance_fen
        return None if bank is None else bank + self.book_only_fen

    @property
    def difference_fen(self) -> int | None:
        """bank − (book − first + second + third − fourth kind of open items)."""
        adjusted = self.adjusted_bank_fen
        return None if adjusted is None else adjusted - self.adjusted_book_fen

    @property
    def status(self) -> str:
        """reconciled, custodian_confirmed or unconfirmed."""
        if self.bank_balance_fen is None:
            return rules.UNCONFIRMED
        if not self.banked and self.account.holder in rules.CUSTODY:
            return rules.CUSTODIAN
        sound = self.difference_fen == 0 and (self.covered or not self.banked)
        return rules.RECONCILED if sound else rules.UNCONFIRMED

    @property
    def unexplained(self) -> list[OpenItem]:
        """Items that keep the month from being sealed."""
        return [i for i in self.items if i.must_be_explained and not (i.note and i.accepted)]

    @property
    def breaks(self) -> list[tuple[Statement, dict]]:
        return [(s, told) for s in self.statements for told in s.breaks]


def standings(book: Model, period: str, *, money: Sequence[Any] | None = None) -> list[Standing]:
    """Every money account at the end of a month, in the order of the chart. `money`: what
    `ledger.money_accounts` gave for the month, if it was asked already.

    The number of queries does not depend on how many accounts or rows there are.
    """
    month = Period(period)
    told = [
        Standing(account=account, period=period, book_balance_fen=int(account.balance_fen))
        for account in (ledger.money_accounts(book, period) if money is None else money)
        if _exists(account, month)
    ]
    by_id = {one.account.pk: one for one in told}
    for statement in Statement.objects.filter(account__in=by_id, period__lte=period):
        by_id[statement.account_id].statements.append(statement)
    banked = [one for one in told if one.banked]
    for one in banked:
        _from_statements(one, month)
    _find_gaps(banked, period)
    _open_items([one for one in banked if one.statements], book, month)
    _explain(told, period)
    others = {one.account.pk: one for one in told if not one.banked}
    _counts(others, month)
    _confirmations(others, period)
    return told


def _exists(account: Model, month: Period) -> bool:
    """Whether an account was open at the end of a month, or had money in it."""
    opened = account.opened_on is None or account.opened_on <= month.last_on
    closed = account.closed_on is not None and account.closed_on < month.first_on
    return (opened and not closed) or account.balance_fen != 0


# --- statements ---------------------------------------------------------------------------------


def _from_statements(one: Standing, month: Period) -> None:
    """The bank's balance at the month's end: the newest word of the furthest statement."""
    reaching = [s for s in one.statements if s.from_on <= month.last_on]
    if not reaching:
        return
    best = max(reaching, key=lambda s: (min(s.to_on, month.last_on), s.number))
    one.bank_balance_fen = best.month_ends.get(month.code, best.closing_fen)
    one.covered = any(
        s.to_on >= month.last_on and timezone.localdate(s.kept_at) > month.last_on for s in reaching
    )


def _find_gaps(told: Sequence[Standing], period: str) -> None:
    """Statements whose opening is neither the last closing nor what the lines before add up to."""
    doubtful = {one.account.pk: pairs for one in told if (pairs := _doubtful(one))}
    if not doubtful:
        return
    moved = _moved(doubtful, period)
    for one in told:
        for first, earlier, later in doubtful.get(one.account.pk, ()):
            expected = earlier.closing_fen
            if later.from_on <= earlier.to_on:
                before = [fen for on, fen in moved[one.account.pk] if on < later.from_on]
                expected = first.opening_fen + sum(before)
            if later.opening_fen != expected:
                one.gaps.append(Gap(statement=later, expected_fen=expected))


def _doubtful(one: Standing) -> list[tuple[Statement, Statement, Statement]]:
    """(the first, the one before, a statement that does not begin where that one ended)."""
    inside = sorted(one.statements, key=lambda s: (s.from_on, s.to_on, s.number))
    found, reached = [], None
    for statement in inside:
        if reached and statement.opening_fen != reached.closing_fen:
            found.append((inside[0], reached, statement))
        if reached is None or statement.to_on >= reached.to_on:
            reached = statement
    return found


def _moved(accounts: Collection[int], period: str) -> Mapping[int, list[tuple[date, int]]]:
    found: dict[int, list[tuple[date, int]]] = defaultdict(list)
    rows = (
        BankLine.objects.filter(account__in=accounts, period__lte=period)
        .values_list("account_id", "on")
        .annotate(fen=Sum("amount_fen"))
        .order_by()
    )
    for account, on, fen in rows:
        found[account].append((on, int(fen)))
    return found


# --- open items ---------------------------------------------------------------------------------


def begins(statements: Iterable[Statement], first_period: str) -> Period | None:
    """The month from which entries are held against the bank: that of the first statement."""
    days = [statement.from_on for statement in statements]
    return Period(max(Period.of(min(days)).code, first_period)) if days else None


def unmatched(period: str = "") -> Q:
    """Not matched by the end of a month (none given: not matched at all)."""
    free = Q(match_item__isnull=True)
    return free | Q(match_item__match__period__gt=period) if period else free


def bank_lines(account_begins: Mapping[int, Period], through: date) -> QuerySet[BankLine]:
    """Bank lines of accounts up to a day, from the first statement's month on."""
    wanted = Q()
    for account, begin in account_begins.items():
        wanted |= Q(account=account, on__gte=begin.first_on)
    return BankLine.objects.filter(wanted, on__lte=through)


def book_lines(account_begins: Mapping[int, date], through: date) -> QuerySet:
    """Lines of entries on money accounts between a day and a day; openings are no movements."""
    wanted = Q()
    for account, begin in account_begins.items():
        wanted |= Q(account=account, entry__date__gte=begin)
    found = entry_lines().filter(wanted, entry__date__lte=through)
    return found.exclude(entry__kind="opening").select_related("entry__wording", "entry__reverses")


def _open_items(told: Sequence[Standing], book: Model, month: Period) -> None:
    period, by_id = month.code, {one.account.pk: one for one in told}
    if not told:
        return
    start = {key: begins(one.statements, book.first_period) for key, one in by_id.items()}
    lines = bank_lines(start, month.last_on).filter(unmatched(period), period__lte=period)
    for line in lines:
        by_id[line.account_id].items.append(of_bank_line(line, period))
    first = {key: begin.first_on for key, begin in start.items()}
    for line in book_lines(first, month.last_on).filter(unmatched(period)):
        by_id[line.account_id].items.append(of_entry_line(line, period))
    openings = OpeningItem.objects.filter(unmatched(period), account__in=by_id, period__lte=period)
    for item in openings:
        by_id[item.account_id].items.append(of_opening(item, period))
    for one in told:
        one.items.sort(key=lambda item: item.place)


def of_bank_line(line: BankLine, period: str) -> OpenItem:
    return OpenItem(
        ref=f"b{line.pk}",
        side=rules.BANK,
        on=line.on,
        fen=line.amount_fen,
        since=line.period,
        period=period,
        summary=line.summary,
        counterparty=line.counterparty,
    )


def of_entry_line(line: Model, period: str) -> OpenItem:
    return OpenItem(
        ref=f"e{line.pk}",
        side=rules.BOOK,
        on=line.entry.date,
        fen=line.amount_fen,
        since=line.entry.period,
        period=period,
        summary=line.entry.wording.summary,
        counterparty=line.entry.wording.counterparty,
        number=line.entry.number,
    )


def of_opening(item: OpeningItem, period: str) -> OpenItem:
    return OpenItem(
        ref=f"o{item.pk}",
        side=item.side,
        on=item.on,
        fen=item.amount_fen,
        since=min(Period.of(item.on).code, item.period),
        period=period,
        summary=item.summary,
        counterparty=item.counterparty,
    )


def _explain(told: Sequence[Standing], period: str) -> None:
    """Give each item the newest explanation that counts by the end of the month."""
    by_ref: dict[str, Explanation] = {}
    accounts = [one.account.pk for one in told if one.items]
    if accounts:
        found = Explanation.objects.filter(account__in=accounts, period__lte=period)
        for said in found.select_related("explained_by", "accepted_by").order_by("period", "id"):
            by_ref[ref_of(said)] = said
    for one in told:
        one.items = [
            replace(item, explanation=by_ref[item.ref]) if item.ref in by_ref else item
            for item in one.items
        ]


def ref_of(row: Explanation | MatchItem) -> str:
    """The ref of what a match item or an explanation is about."""
    if row.line_id is not None:
        return f"b{row.line_id}"
    return f"e{row.entry_line_id}" if row.entry_line_id is not None else f"o{row.opening_id}"


# --- cash and custody ---------------------------------------------------------------------------


def _counts(told: Mapping[int, Standing], month: Period) -> None:
    """The last confirmed count of a cash box, brought to the month's end by what moved between."""
    boxes = [key for key, one in told.items() if one.account.holder == rules.CASH]
    if not boxes:
        return
    for count in CashCount.objects.filter(account__in=boxes, period=month.code).order_by("id"):
        one = told[count.account_id]
        if count.confirmed_at:
            one.count, one.waiting_count = count, None
        else:
            one.waiting_count = count
    counted = {key: told[key].count for key in boxes if told[key].count}
    moved = moved_between(
        {key: (count.on, month.last_on) for key, count in counted.items() if count}
    )
    for key, count in counted.items():
        if count:
            told[key].bank_balance_fen = count.counted_fen + moved[key] - count.after_fen


def moved_between(spans: Mapping[int, tuple[date, date]]) -> Mapping[int, int]:
    """What the books show to have moved on accounts after a day and up to another, in fen."""
    wanted = Q()
    for account, (after, until) in spans.items():
        if after < until:
            wanted |= Q(account=account, entry__date__gt=after, entry__date__lte=until)
    found: dict[int, int] = dict.fromkeys(spans, 0)
    if wanted:
        rows = entry_lines().filter(wanted).exclude(entry__kind="opening")
        rows = rows.values_list("account_id").annotate(fen=Sum("amount_fen")).order_by()
        found |= {account: int(fen) for account, fen in rows}
    return found


def _confirmations(told: Mapping[int, Standing], period: str) -> None:
    held = [key for key, one in told.items() if one.account.holder in rules.CUSTODY]
    if held:
        for said in Confirmation.objects.filter(account__in=held, period=period).order_by("id"):
            told[said.account_id].confirmation = said
            told[said.account_id].bank_balance_fen = said.balance_fen
