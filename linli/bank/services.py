"""The verbs of the bank's side."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import asdict, dataclass
from datetime import date, datetime

from django.contrib.auth.models import AbstractBaseUser
from django.db.models import Max, Model
from django.utils import timezone

from linli.bank import matching, queries, rules, standing, writing
from linli.bank.matching import Suggestion
from linli.bank.models import (
    CashCount,
    Confirmation,
    Explanation,
    Match,
    MatchItem,
    OpeningItem,
    Statement,
)
from linli.bank.rules import Chosen, StatementDraft
from linli.kernel.period import Period
from linli.kernel.roles import CASHIER, FUND_GROUP, Role
from linli.kernel.rulings import require
from linli.kernel.words import gettext_noop as _
from linli.ledger import queries as ledger
from linli.ledger.rules import tidy
from linli.people import queries as people
from linli.sources import number
from linli.trail.acts import act

User = AbstractBaseUser | None


@dataclass(frozen=True, slots=True)
class Filed:
    """A statement that was kept. `again`: this very file was kept before, nothing was added."""

    subject: Statement
    again: bool
    new_count: int
    known_count: int

    @property
    def facts(self) -> dict:
        return {"again": self.again, "new": self.new_count, "known": self.known_count}


@dataclass(frozen=True, slots=True)
class AutoMatched:
    """What matching by itself did in a book, and what it leaves to a person."""

    subject: Model
    matches: tuple[Match, ...]
    suggestions: tuple[Suggestion, ...]
    open_count: int

    @property
    def facts(self) -> dict:
        return {"matches": [str(one.pk) for one in self.matches], "open": self.open_count}


@dataclass(frozen=True, slots=True)
class Undone:
    """What was taken back, and the book it was in."""

    subject: Model
    facts: dict


def _roles(by: User, account: Model, now: datetime) -> frozenset[Role]:
    return people.roles_at(by, account.book.place, timezone.localdate(now))


def _may_reconcile(by: User, account: Model, now: datetime) -> None:
    """The bookkeeper of the place; nobody (a command of the system) may, too."""
    if by is not None:
        rules.may_reconcile(_roles(by, account, now)).enforce()


# --- statements ---------------------------------------------------------------------------------


@act("bank.keep_statement")
def keep_statement(*, by: User, account: Model, draft: StatementDraft, now: datetime) -> Filed:
    """Keep a bank's file: its lines that are new; the known ones are recognised, not doubled.

    The same file for the same days again is the first statement. `by` None: a command.
    """
    _may_reconcile(by, account, now)
    ledger.lock(account.book)
    draft = draft.tidied()
    kept = Statement.objects.filter(account=account)
    if same := kept.filter(sha256=draft.sha256, from_on=draft.from_on, to_on=draft.to_on).first():
        return Filed(same, True, 0, same.line_count)
    known = queries.known_lines(account, [line.key for line in draft.lines])
    rules.may_keep(
        draft=draft,
        today=timezone.localdate(now),
        known=known,
        elsewhere=queries.kept_elsewhere(account, draft.sha256),
    ).enforce()
    before = kept.filter(to_on__lt=draft.from_on).order_by("-to_on", "-number").first()
    settled, ruling = rules.settle(draft, before_fen=before.closing_fen if before else None)
    ruling.enforce()
    assert settled is not None
    opened = ledger.open_period(account.book)
    fresh = [line for line in draft.lines if line.key not in known]
    told = [rules.line_body(line, account=account.code) for line in fresh]
    statement = Statement(
        account=account,
        number=(kept.aggregate(last=Max("number"))["last"] or 0) + 1,
        period=rules.counts_in(Period.of(draft.from_on).code, open_period=opened),
        sha256=draft.sha256,
        file_name=draft.file_name,
        profile=draft.profile,
        from_on=draft.from_on,
        to_on=draft.to_on,
        opening_fen=settled.opening_fen,
        closing_fen=settled.closing_fen,
        line_count=len(draft.lines),
        known_count=len(draft.lines) - len(fresh),
        root=rules.lines_root(told),
        month_ends=dict(settled.month_ends),
        breaks=[asdict(one) for one in settled.breaks],
        kept_by=by,
        kept_at=now,
    )
    statement.save()
    writing.lines(statement, fresh, told, opened)
    return Filed(statement, False, len(fresh), statement.known_count)


@act("bank.declare_opening")
def declare_opening(
    *,
    by: User,
    account: Model,
    side: str,
    on: date,
    amount_fen: int,
    summary: str,
    now: datetime,
    counterparty: str = "",
) -> OpeningItem:
    """Declare what was open already when the account's statements begin.

    `side`: who knows it, book or bank; `amount_fen`: in positive, out negative.
    """
    _may_reconcile(by, account, now)
    ledger.lock(account.book)
    statements = Statement.objects.filter(account=account)
    begin = standing.begins(statements, account.book.first_period)
    opened = ledger.open_period(account.book)
    rules.may_declare(
        side=side,
        amount_fen=amount_fen,
        on=on,
        begins_on=begin.first_on if begin else Period(opened).first_on,
        summary=summary,
    ).enforce()
    item = OpeningItem(
        account=account,
        period=opened,
        side=side,
        on=on,
        amount_fen=amount_fen,
        summary=tidy(summary)[:200],
        counterparty=tidy(counterparty)[:100],
        declared_by=by,
        declared_at=now,
    )
    item.save()
    return item


@act("bank.withdraw_opening")
def withdraw_opening(*, by: User, item: OpeningItem, now: datetime) -> Undone:
    """Take back an opening item that was declared by mistake, while its month is open."""
    account = item.account
    _may_reconcile(by, account, now)
    ledger.lock(account.book)
    _may_change(account, item.period)
    used = MatchItem.objects.filter(opening=item).exists()
    told = Explanation.objects.filter(opening=item).exists()
    require(
        not used and not told,
        _("这一项已经对上或已有说明，不能撤回"),
        "linli:ledger.match",
    ).enforce()
    facts = {"side": item.side, "on": item.on.isoformat(), "fen": item.amount_fen}
    item.delete()
    return Undone(account.book, facts)


# --- matching -----------------------------------------------------------------------------------


@act("bank.match")
def match(
    *, by: User, account: Model, refs: Sequence[str], now: datetime, how: str = matching.BY_HAND
) -> Match:
    """Match bank lines with entries of the account: m to n, equal sums, none matched before.

    `refs`: "b12" a bank line, "e34" a line of an entry, "o5" an opening item.
    """
    _may_reconcile(by, account, now)
    ledger.lock(account.book)
    found, taken, missing = queries.chosen(account, refs)
    rules.may_match(
        Chosen(
            bank_fen=sum(item.fen for item in found if item.side == rules.BANK),
            book_fen=sum(item.fen for item in found if item.side == rules.BOOK),
            count=len(found),
            taken=[f"{i.on.isoformat()} {i.summary}".strip() for i in found if i.ref in taken],
            missing_count=missing,
        )
    ).enforce()
    opened = ledger.open_period(account.book)
    return writing.matches([(found, how)], account=account, opened=opened, by=by, now=now)[0]


@act("bank.unmatch")
def unmatch(*, by: User, match: Match, now: datetime) -> Undone:
    """Take a match apart again, as long as the month it counts in is open."""
    account = match.account
    _may_reconcile(by, account, now)
    ledger.lock(account.book)
    standing_match = Match.objects.filter(pk=match.pk).first()
    require(standing_match, _("这组核对已经撤销"), "linli:ledger.match").enforce()
    _may_change(account, match.period)
    items = MatchItem.objects.filter(match=match)
    facts = {"how": match.how, "items": [standing.ref_of(item) for item in items]}
    kept = [item.pk for item in items]
    # Its own row goes first: while it stands, the database lets none of its items go.
    Match.objects.filter(pk=match.pk).delete()
    MatchItem.objects.filter(pk__in=kept).delete()
    return Undone(account.book, facts)


def _may_change(account: Model, period: str) -> None:
    through = ledger.sealed_through(account.book)
    rules.may_change(period=period, sealed_through=through).enforce()


@act("bank.auto_match")
def auto_match(*, by: User, account: Model, through: str, now: datetime) -> AutoMatched:
    """Match what is certain up to the end of a month (LEDGER §5), and suggest the rest.

    `by` None: a command. Running it again on the same rows changes nothing.
    """
    _may_reconcile(by, account, now)
    ledger.lock(account.book)
    found = queries.desk(account, through, steps=matching.STEPS)
    by_ref = {item.ref: item for item in (*found.bank, *found.book)}
    groups = [
        ([by_ref[ref] for ref in (*pair.bank, *pair.book)], pair.how)
        for pair in found.pairing.pairs
    ]
    opened = ledger.open_period(account.book)
    made = writing.matches(groups, account=account, opened=opened, by=by, now=now)
    done = sum(len(group) for group, _how in groups)
    left = [ref for ref in by_ref if ref not in found.early]
    return AutoMatched(account.book, tuple(made), found.pairing.suggestions, len(left) - done)


# --- explaining ---------------------------------------------------------------------------------


@act("bank.explain")
def explain(
    *, by: User, account: Model, ref: str, period: str, note: str, now: datetime
) -> Explanation:
    """Say why an item is open at the end of a month; a new word replaces the one before."""
    ledger.lock(account.book)
    _may_change(account, period)
    is_open = any(item.ref == ref for item in queries.outstanding(account, period))
    rules.may_explain(roles=_roles(by, account, now), note=note, is_open=is_open).enforce()
    said = Explanation(
        account=account,
        period=period,
        note=tidy(note)[:200],
        explained_by=by,
        explained_at=now,
        **writing.named(ref),
    )
    said.save()
    return said


@act("bank.accept_explanation")
def accept_explanation(*, by: User, explanation: Explanation, now: datetime) -> Explanation:
    """The resident representative accepts what the bookkeeper said of an item."""
    account = explanation.account
    ledger.lock(account.book)
    _may_change(account, explanation.period)
    said = Explanation.objects.select_for_update().get(pk=explanation.pk)
    later = Explanation.objects.filter(
        pk__gt=said.pk,
        line=said.line_id,
        entry_line=said.entry_line_id,
        opening=said.opening_id,
    )
    rules.may_accept(
        roles=_roles(by, account, now),
        own=said.explained_by_id in people.one_person(by),
        accepted=said.accepted_at is not None,
        newest=not later.exists(),
    ).enforce()
    said.accepted_by, said.accepted_at = by, now
    said.save(update_fields=["accepted_by", "accepted_at"])
    return said


# --- cash and custody ---------------------------------------------------------------------------


@act("bank.count_cash")
def count_cash(
    *,
    by: User,
    account: Model,
    period: str,
    on: date,
    counted_fen: int,
    now: datetime,
    note: str = "",
) -> CashCount:
    """Count a cash box for the end of a month; it counts once a second person confirms it."""
    ledger.lock(account.book)
    _may_change(account, period)
    roles, last = _roles(by, account, now), Period(period).last_on
    rules.may_count(
        roles=roles,
        holder=account.holder,
        fen=counted_fen,
        on=on,
        last=last,
        days=number("cash_count_days", on=last, place=account.book.place),
        today=timezone.localdate(now),
    ).enforce()
    count = CashCount(
        account=account,
        period=period,
        on=on,
        counted_fen=counted_fen,
        note=tidy(note)[:200],
        counted_by=by,
        counted_role=_counting_role(roles),
        counted_at=now,
    )
    count.save()
    return count


@act("bank.confirm_count")
def confirm_count(*, by: User, count: CashCount, now: datetime) -> CashCount:
    """A second person confirms that they counted the same; one of the two is the cashier."""
    account = count.account
    ledger.lock(account.book)
    _may_change(account, count.period)
    count = CashCount.objects.select_for_update().get(pk=count.pk)
    roles = _roles(by, account, now)
    first = {role for role in FUND_GROUP if role.code == count.counted_role}
    rules.may_confirm_count(
        roles=roles,
        first_roles=first,
        same_person=count.counted_by_id in people.one_person(by),
        confirmed=count.confirmed_at is not None,
    ).enforce()
    last = Period(count.period).last_on
    count.after_fen = standing.moved_between({account.pk: (last, count.on)})[account.pk]
    count.confirmed_by, count.confirmed_role = by, _counting_role(roles)
    count.confirmed_at = now
    count.save(update_fields=["after_fen", "confirmed_by", "confirmed_role", "confirmed_at"])
    return count


def _counting_role(roles: Collection[Role]) -> str:
    """The role in which somebody counts: as the cashier if they are."""
    return min((role.code for role in roles & FUND_GROUP), key=lambda c: (c != CASHIER.code, c))


@act("bank.confirm_custody")
def confirm_custody(
    *,
    by: User,
    account: Model,
    period: str,
    balance_fen: int,
    on: date,
    custodian: str,
    paper: Model | None,
    now: datetime,
) -> Confirmation:
    """Record what a custodian confirmed on paper: the balance at the end of a month.

    `paper`: the kept file of the signed confirmation (`files.File`).
    """
    ledger.lock(account.book)
    _may_change(account, period)
    (
        rules.may_reconcile(_roles(by, account, now))
        & rules.may_confirm_custody(
            holder=account.holder,
            custodian=custodian,
            has_paper=paper is not None,
            on=on,
            period=period,
            today=timezone.localdate(now),
        )
    ).enforce()
    said = Confirmation(
        account=account,
        period=period,
        balance_fen=balance_fen,
        on=on,
        custodian=tidy(custodian)[:64],
        paper=paper,
        recorded_by=by,
        recorded_at=now,
    )
    said.save()
    return said
