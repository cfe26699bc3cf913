"""Whether statements, lines, matches and confirmations still are what was kept and sealed."""

from __future__ import annotations

import hashlib
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence

from django.db.models import Model, QuerySet

from linli.bank import rules
from linli.bank.models import BankLine, CashCount, Confirmation, MatchItem, OpeningItem, Statement
from linli.bank.rules import BankLineDraft
from linli.kernel import body as bodies
from linli.kernel import receipts
from linli.ledger import queries as ledger

Fault = tuple[str, str]
"""The row, named by its table, and what of it does not hold."""


def faults(book: Model, seals: Mapping[str, Sequence[Mapping]]) -> Iterator[Fault]:
    """Rows that no longer are what was kept, or that a seal binds and are gone; for `verify`.

    `seals`: month → the `bank` of its seal's leaf.
    """
    accounts = {(a.fund, a.code): a for a in ledger.money_accounts(book)}  # type: ignore[arg-type]
    ids = [account.pk for account in accounts.values()]
    statements = list(Statement.objects.filter(account__in=ids).order_by("account", "number"))
    yield from _statements(statements)
    kept = {(s.account_id, s.sha256, p, fen) for s in statements for p, fen in s.month_ends.items()}
    matches = bodies_of(MatchItem.objects.filter(match__account__in=ids))
    said = set(
        Confirmation.objects.filter(account__in=ids).values_list(
            "account_id", "period", "balance_fen"
        )
    )
    counted = set(
        CashCount.objects.filter(account__in=ids, confirmed_at__isnull=False).values_list(
            "account_id", "period"
        )
    )
    for period, bank in seals.items():
        for one in bank:
            where, account = f"seal {period} {one['account']}", accounts.get(_key(one))
            if account is None:
                yield where, "ledger_account"
                continue
            for file in one.get("files", ()):
                if (account.pk, file["sha256"], period, file["closing"]) not in kept:
                    yield where, "bank_statement"
            told = matches.get((account.pk, period), [])
            if (receipts.matches_digest(sorted(told)) if told else None) != one.get("matches"):
                yield where, "bank_match"
            confirmed = (account.pk, period, one.get("closing"))
            if one["status"] == rules.CUSTODIAN and confirmed not in said:
                yield where, "bank_confirmation"
            cash = one["status"] == rules.RECONCILED and account.holder == rules.CASH
            if cash and "files" not in one and (account.pk, period) not in counted:
                yield where, "bank_cashcount"


def _key(one: Mapping) -> tuple[str, str]:
    return one["fund"], one["account"]


def _statements(statements: Sequence[Statement]) -> Iterator[Fault]:
    """Statements are numbered without gaps and have the lines that came with them."""
    lines: dict[int, list[bytes]] = defaultdict(list)
    rows = BankLine.objects.filter(statement__in=[s.pk for s in statements])
    for line in rows.select_related("account").order_by("statement", "position"):
        body = rules.line_body(draft_of(line), account=line.account.code)
        lines[line.statement_id].append(body)
        if hashlib.sha256(body).hexdigest() != line.digest:
            yield f"bank_bankline {line.pk}", "digest"
    last: dict[int, int] = defaultdict(int)
    for statement in statements:
        where, kept = f"bank_statement {statement.pk}", lines[statement.pk]
        last[statement.account_id] += 1
        if statement.number != last[statement.account_id]:
            yield where, "number"
        whole = len(kept) == statement.line_count - statement.known_count
        if not whole or rules.lines_root(kept) != statement.root:
            yield where, "root"


def draft_of(line: BankLine) -> BankLineDraft:
    """A kept line as it came."""
    names = ("on", "amount_fen", "key", "at", "balance_fen", "summary", "counterparty", "serial")
    return BankLineDraft(**{name: getattr(line, name) for name in names})


def match_bodies(accounts: Iterable[int], period: str) -> Mapping[int, list[bytes]]:
    """The bodies of the matches that count in a month, by account, in their order in the seal."""
    items = MatchItem.objects.filter(match__account__in=accounts, match__period=period)
    return {account: sorted(told) for (account, _period), told in bodies_of(items).items()}


def bodies_of(items: QuerySet[MatchItem]) -> Mapping[tuple[int, str], list[bytes]]:
    """The bodies of matches, made of their items: (account id, month) → bodies."""
    lines: dict[object, list[bytes]] = defaultdict(list)
    entries: dict[object, list[int]] = defaultdict(list)
    matches: dict[object, tuple[int, str]] = {}
    for item in items.select_related("match", "line", "opening", "entry_line__entry"):
        key = item.match_id
        matches[key] = item.match.account_id, item.match.period
        entries[key] += [item.entry_line.entry.number] if item.entry_line_id else []
        if item.line_id:
            lines[key].append(bytes.fromhex(item.line.digest))
        elif item.opening_id:
            lines[key].append(opening_digest(item.opening))
    found: dict[tuple[int, str], list[bytes]] = defaultdict(list)
    for key, place in matches.items():
        body = receipts.match(lines=lines[key], entries=entries[key])
        found[place].append(bodies.encode(body))
    return found


def opening_digest(item: OpeningItem) -> bytes:
    """What stands for an opening item in a seal: the SHA-256 of what it says."""
    told = {
        "fen": item.amount_fen,
        "on": item.on.isoformat(),
        "side": item.side,
        "summary": item.summary,
    }
    return hashlib.sha256(bodies.encode(told)).digest()
