"""The one posting function's engine room: facts in few reads, rows in few writes.

Plain SQL, because an entry costs a dozen rows and the book is locked while they are written.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass
from datetime import date, datetime

from django.db import connection
from django.utils import timezone

from linli.kernel import body as bodies
from linli.kernel import leaves
from linli.keys import vault
from linli.ledger import log as logs
from linli.ledger import rules
from linli.ledger.models import WORDS, Book, Log
from linli.ledger.rules import AccountFact, BookFacts, Draft

ENTRIES_A_BOOK = 1 << 24
LINES_AN_ENTRY = 1 << 12
Salt = Callable[[], bytes]


@dataclass(frozen=True, slots=True)
class Posted:
    """`numbers`: the entry number of each draft, in order; `fresh_count`: how many are new."""

    subject: Book
    numbers: tuple[int, ...]
    fresh_count: int

    @property
    def facts(self) -> dict:
        return {"numbers": [self.numbers[0], self.numbers[-1]], "fresh": self.fresh_count}


def entry_id(book_id: int, number: int) -> int:
    """An entry's id follows from its book and number."""
    return book_id * ENTRIES_A_BOOK + number


def line_id(entry_id: int, position: int) -> int:
    """A line's id follows from its entry and place."""
    return entry_id * LINES_AN_ENTRY + position


def mark_text(
    id_: int,
    content: str,
    prepared: int | None,
    approved: int | None,
    seconded: int | None,
    person: bool,
) -> str:
    """What the mark of an entry covers, ready for the keyed hash: its id, content hash, preparer,
    approver, second approver, and whether it tells of a person."""
    return (
        f"ledger_entry|{id_}|{content}|{'' if prepared is None else prepared}|"
        f"{'' if approved is None else approved}|{'' if seconded is None else seconded}|{person}"
    )


def read(
    book: Book, drafts: Sequence[Draft], *, now: datetime
) -> tuple[Log, dict[str, tuple[int, str]], BookFacts]:
    """The book's log, locked, and what these drafts need to know, read under the lock: keys
    already used in the book (key → entry number, content hash), and the book as it stands."""
    keys = [draft.key for draft in drafts]
    parts = [keys[start : start + _KEYS] for start in range(0, len(keys), _KEYS)]
    lock, *rest = logs.ask(
        logs.lock(book.log_id),
        *[(_KNOWN % _marks(part), [book.pk, *part]) for part in parts],
        *_questions(book, drafts),
    )
    known = {key: (n, content) for rows in rest[: len(parts)] for key, n, content in rows}
    return logs.found(lock), known, _answered(book, now, *rest[len(parts) :])


def facts(book: Book, drafts: Sequence[Draft], *, now: datetime) -> BookFacts:
    """The book as it stands, as far as these drafts ask."""
    return _answered(book, now, *logs.ask(*_questions(book, drafts)))


def _questions(book: Book, drafts: Sequence[Draft]) -> list[tuple[str, Sequence]]:
    """Accounts; tallies by restriction and projects, if any of the drafts has to do with them."""
    lines = [line for draft in drafts for line in draft.lines]
    codes = {line.account for line in lines} or {""}
    asked: list[tuple[str, Sequence]] = [(_ACCOUNTS % _marks(codes), [book.pk, book.pk, *codes])]
    if any(line.fund in rules.RESTRICTED or line.project for line in lines):
        asked += [(_RESTRICTED, [book.pk]), (_PROJECTS, [book.pk])]
    return asked


def _marks(some: Collection) -> str:
    return ", ".join(["%s"] * len(some))


def _answered(
    book: Book,
    now: datetime,
    accounts: list[tuple],
    restricted: Sequence[tuple] = (),
    projects: Sequence[tuple] = (),
) -> BookFacts:
    found = BookFacts(
        accounts={
            (row[1], row[2]): AccountFact(
                id=row[0],
                fund=row[1],
                code=row[2],
                kind=row[3],
                name=row[4],
                opened_on=_day(row[5]),
                closed_on=_day(row[6]),
            )
            for row in accounts
        },
        money_fen={row[0]: int(row[7]) for row in accounts if row[3] == rules.MONEY},
        owed_fen={row[0]: -int(row[7]) for row in accounts if row[3] == rules.LIABILITY},
        sealed_through=accounts[0][8] if accounts else "",
        projects={},
        first_period=book.first_period,
        live_from=book.live_from,
        limit_fen=book.limit_fen,
        today=timezone.localdate(now),
    )
    found.restricted_fen |= {(fund, code): int(fen) for fund, code, fen in restricted}
    for code, id_, fund, budget, paid in projects:
        found.projects[code] = id_
        if fund:
            found.budget_fen[code, fund] = int(budget)
            found.paid_fen[code, fund] = int(paid)
    return found


_KEYS = 5000
_KNOWN = "SELECT key, number, content FROM ledger_entry WHERE book_id = %%s AND key IN (%s)"
_ACCOUNTS = (
    "SELECT a.id, a.fund, a.code, a.kind, a.name, a.opened_on, a.closed_on, "
    "CASE WHEN a.kind IN ('money', 'liability') THEN (SELECT COALESCE(SUM(b.debit_fen - b.credit_fen), 0) "
    "FROM ledger_balance b WHERE b.account_id = a.id) END, "
    "(SELECT COALESCE(MAX(period), '') FROM ledger_seal WHERE book_id = %%s) "
    "FROM ledger_account a WHERE a.book_id = %%s AND (a.kind IN ('money', 'liability') "
    "OR a.code IN (%s))"
)
_PROJECTS = (
    "SELECT p.code, p.id, b.fund, b.budget_fen, (SELECT COALESCE(SUM(t.out_fen), 0) "
    "FROM ledger_tally t WHERE t.book_id = p.book_id AND t.project = p.code AND t.fund = b.fund) "
    "FROM ledger_project p LEFT JOIN ledger_budget b ON b.project_id = p.id "
    "WHERE p.book_id = %s"
)
_RESTRICTED = (
    "SELECT fund, restriction, SUM(in_fen - out_fen) FROM ledger_tally "
    "WHERE book_id = %s AND restriction <> '' GROUP BY fund, restriction"
)


def _day(value: object) -> date | None:
    """SQLite gives dates as text."""
    return date.fromisoformat(value) if isinstance(value, str) else value  # type: ignore[return-value]


class Writer:
    """Collects the rows of a batch of entries and writes them, lines first."""

    def __init__(self, book: Book, log: Log, found: BookFacts, now: datetime, salt: Salt) -> None:
        self.book, self.log, self.facts, self.now, self.salt = book, log, found, now, salt
        self.number, self.index = log.entry_count, log.size
        self.mark = vault.marker()
        self.recorded_at = connection.ops.adapt_datetimefield_value(now)
        self.bodies: list[tuple[str, bytes]] = []
        self.lines: list[tuple] = []
        self.entries: list[tuple] = []
        self.wordings: list[tuple] = []
        self.papers: list[tuple[int, int, str]] = []
        self.balances: dict[tuple[int, str], list[int]] = {}
        self.tallies: dict[tuple[str, str, str, str], list[int]] = {}

    def add(self, draft: Draft, content: str) -> int:
        """Add one entry; returns its number."""
        self.number += 1
        id_ = entry_id(self.book.pk, self.number)
        words = {name: rules.tidy(draft.words.get(name, "")) for name in WORDS}
        salts = {name: self.salt() for name, text in words.items() if text}
        self.bodies.append(("entry", self._body(draft, words, salts)))
        self._add_lines(draft, id_)
        self._add_entry(draft, id_, content)
        self.wordings.append(
            (
                id_,
                *(words[name] for name in WORDS),
                draft.person,
                json.dumps({name: salt.hex() for name, salt in salts.items()}),
            )
        )
        self.papers += [(id_, place, sha) for place, sha in enumerate(draft.papers)]
        self.facts.after(draft)
        self.index += 1
        return self.number

    def _body(self, draft: Draft, words: dict[str, str], salts: dict[str, bytes]) -> bytes:
        receipts = draft.receipts
        return bodies.encode(
            leaves.entry(
                book=self.book.code,
                index=self.index,
                number=self.number,
                at=self.now,
                date=draft.date,
                kind=draft.kind,
                key=draft.key,
                lines=[
                    (line.fund, line.account, line.project, line.restriction, line.amount_fen)
                    for line in draft.lines
                ],
                commit=bodies.commit({name: (salt, words[name]) for name, salt in salts.items()}),
                papers=[bytes.fromhex(sha) for sha in draft.papers],
                receipts=receipts and {"n": receipts[0], "sum": receipts[1], "root": receipts[2]},
                recorded_by=draft.prepared_role,
                approved_by=[role for role in (draft.approved_role, draft.seconded_role) if role],
                reverses=draft.reverses,
                original=draft.original,
            )
        )

    def _add_lines(self, draft: Draft, id_: int) -> None:
        touched: set[int] = set()
        for position, line in enumerate(draft.lines):
            account = self.facts.accounts[line.fund, line.account]
            project = self.facts.projects[line.project] if line.project else None
            self.lines.append(
                (
                    line_id(id_, position),
                    id_,
                    position,
                    account.id,
                    project,
                    line.restriction,
                    line.amount_fen,
                )
            )
            sums = self.balances.setdefault((account.id, draft.period), [0, 0, 0])
            sums[0 if line.amount_fen > 0 else 1] += abs(line.amount_fen)
            if account.id not in touched:
                touched.add(account.id)
                sums[2] += 1
            if (project or line.restriction) and account.kind != rules.MONEY:
                tally = self.tallies.setdefault(
                    (line.fund, line.project, line.restriction, draft.period), [0, 0]
                )
                if account.kind == rules.USE:
                    tally[1] += line.amount_fen
                else:
                    tally[0] -= line.amount_fen

    def _add_entry(self, draft: Draft, id_: int, content: str) -> None:
        day = connection.ops.adapt_datefield_value
        self.entries.append(
            (
                id_,
                self.book.pk,
                self.number,
                logs.leaf_id(self.log.pk, self.index),
                draft.key,
                content,
                draft.kind,
                day(draft.date),
                draft.period,
                day(draft.original) if draft.original else None,
                self.recorded_at,
                draft.prepared_by,
                draft.approved_by,
                draft.seconded_by,
                entry_id(self.book.pk, draft.reverses) if draft.reverses else None,
                self.mark(
                    mark_text(
                        id_,
                        content,
                        draft.prepared_by,
                        draft.approved_by,
                        draft.seconded_by,
                        draft.person,
                    )
                ),
            )
        )

    def write(self) -> None:
        """Write everything: leaves and lines, then entries (whose triggers close them), sums."""
        with logs.in_one_go(len(self.lines)):
            logs.append(self.log, self.bodies, now=self.now)
            self.log.entry_count = self.number
            with connection.cursor() as cursor:
                logs.insert(cursor, "ledger_line", _LINE, self.lines)
                logs.insert(cursor, "ledger_entry", _ENTRY, self.entries)
                logs.insert(
                    cursor, "ledger_wording", ("entry_id", *WORDS, "person", "salts"), self.wordings
                )
                self._write_sums(cursor)
            logs.keep(self.log)

    def _write_sums(self, cursor: object) -> None:
        rows = [(a, p, *sums) for (a, p), sums in sorted(self.balances.items())]
        for start in range(0, len(rows), _BALANCES):
            part = rows[start : start + _BALANCES]
            cursor.execute(  # type: ignore[attr-defined]
                _ADD_BALANCE % ", ".join(["(%s, %s, %s, %s, %s)"] * len(part)),
                [value for row in part for value in row],
            )
        for (fund, project, code, period), (into, out) in sorted(self.tallies.items()):
            cursor.execute(  # type: ignore[attr-defined]
                _ADD_TALLY, (self.book.pk, fund, project, code, period, into, out)
            )


_LINE = ("id", "entry_id", "position", "account_id", "project_id", "restriction", "amount_fen")
_ENTRY = (
    "id",
    "book_id",
    "number",
    "leaf_id",
    "key",
    "content",
    "kind",
    "date",
    "period",
    "original_on",
    "recorded_at",
    "prepared_by_id",
    "approved_by_id",
    "seconded_by_id",
    "reverses_id",
    "mark",
)
_BALANCES = 500
_ADD_BALANCE = (
    "INSERT INTO ledger_balance AS b (account_id, period, debit_fen, credit_fen, entry_count) "
    "VALUES %s ON CONFLICT (account_id, period) DO UPDATE SET "
    "debit_fen = b.debit_fen + excluded.debit_fen, "
    "credit_fen = b.credit_fen + excluded.credit_fen, "
    "entry_count = b.entry_count + excluded.entry_count"
)
_ADD_TALLY = (
    "INSERT INTO ledger_tally AS t (book_id, fund, project, restriction, period, in_fen, out_fen) "
    "VALUES (%s, %s, %s, %s, %s, %s, %s) "
    "ON CONFLICT (book_id, fund, project, restriction, period) DO UPDATE SET "
    "in_fen = t.in_fen + excluded.in_fen, out_fen = t.out_fen + excluded.out_fen"
)
