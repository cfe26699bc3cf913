"""Verifying logs: every body hashed again, every root and signature, every entry's columns."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator
from datetime import UTC, datetime
from hashlib import sha256

from django.db import connection

from linli.kernel import body as bodies
from linli.kernel import merkle, note
from linli.kernel.keys import NoteError, Verifier
from linli.ledger.queries import leaf_id, line_id, mark_of
from linli.proof.rules import Fault, fault

STEP = 20_000
WORDS = (
    "voucher",
    "counterparty",
    "summary",
    "handler",
    "document",
    "decision",
    "ground",
    "note",
)


def rows(sql: str, params: Iterable[object] = ()) -> Iterator[tuple]:
    """Rows of a query, fetched in large steps."""
    with connection.cursor() as cursor:
        cursor.execute(sql, list(params))
        while part := cursor.fetchmany(STEP):
            yield from part


class LogCheck:
    """One log, checked leaf by leaf in one pass.

    `bulk`: the kind of leaf that others look into: "entry" in a book's log, "checkpoint" in the
    county's. `seals`: index of a seal → (root of the tree before it, its leaf hash), both hashed
    again.
    """

    def __init__(self, name: str, log_id: int, origin: str, *, bulk: str = "entry") -> None:
        self.name, self.log_id, self.origin, self.bulk = name, log_id, origin, bulk
        self.frontier = merkle.Frontier()
        self.key: Verifier | None = None
        self.key_index = 0
        self.leaves: dict[int, dict] = {}
        self.seals: dict[int, tuple[str, str]] = {}
        self.checkpoints = {
            size: (root, text)
            for size, root, text in rows(
                "SELECT size, root, note FROM ledger_checkpoint WHERE log_id = %s", [log_id]
            )
        }

    def faults(self, *, key: Verifier | None = None) -> Iterator[Fault]:
        """Bodies, density, roots, signatures; keeps the decoded leaves that are no entries.

        `key`: the log's first key where no leaf announces it (the county's).
        """
        self.key = key
        for expected, (id_, index, kind, body, hashed) in enumerate(
            rows(
                'SELECT id, "index", kind, body, hash FROM ledger_leaf WHERE log_id = %s '
                'ORDER BY "index"',
                [self.log_id],
            )
        ):
            if index != expected:
                yield fault(self.name, f"leaf {expected}", "index", "missing")
                return
            if id_ != leaf_id(self.log_id, index):
                yield fault(self.name, f"leaf {index}", "id", "column")
            raw = body.encode()
            leaf = sha256(b"\0" + raw).digest()
            if leaf.hex() != hashed:
                yield fault(self.name, f"leaf {index}", "body", "hash")
            if kind == "seal":
                self.seals[index] = (self.frontier.root().hex(), leaf.hex())
            self.frontier.append(leaf)
            yield from self._content(index, kind, raw)
            yield from self._checkpoint(index + 1)
            self.last = raw
        yield from self._head()

    last = b""

    def _content(self, index: int, kind: str, raw: bytes) -> Iterator[Fault]:
        if kind == self.bulk:
            return
        try:
            content = bodies.decode(raw)
        except bodies.BodyError:
            yield fault(self.name, f"leaf {index}", "body", "hash")
            return
        self.leaves[index] = content
        if content.get("type") != kind or content.get("index") != index:
            yield fault(self.name, f"leaf {index}", "kind", "column")
        if kind == "key":
            try:
                self.key, self.key_index = note.open_key_leaf(content, self.key), index
            except (NoteError, bodies.BodyError):
                yield fault(self.name, f"leaf {index}", "signatures", "signature")

    def _checkpoint(self, size: int) -> Iterator[Fault]:
        if size not in self.checkpoints:
            return
        root, text = self.checkpoints[size]
        where = f"checkpoint {size}"
        try:
            head = note.open_checkpoint(text.encode(), [self.key] if self.key else [])
        except NoteError:
            yield fault(self.name, where, "note", "signature")
            return
        now = self.frontier.root()
        if (head.origin, head.size, head.root) != (self.origin, size, now):
            yield fault(self.name, where, "note", "root")
        if root != now.hex():
            yield fault(self.name, where, "root", "root")

    def _head(self) -> Iterator[Fault]:
        found = next(
            rows(
                "SELECT origin, size, root, frontier, entry_count, checked_size, last_at "
                "FROM ledger_log WHERE id = %s",
                [self.log_id],
            ),
            None,
        )
        if found is None:
            yield fault(self.name, "log", "origin", "missing")
            return
        told = (self.origin, self.frontier.size, self.frontier.root().hex())
        for name, is_, should in zip(("origin", "size", "root"), found, told, strict=False):
            if is_ != should:
                yield fault(self.name, "log", name, "root")
        if found[3] != self.frontier.to_bytes().hex():
            yield fault(self.name, "log", "frontier", "root")
        entries = next(
            rows(
                "SELECT COUNT(*) FROM ledger_leaf WHERE log_id = %s AND kind = 'entry'",
                [self.log_id],
            )
        )[0]
        if found[4] != entries:
            yield fault(self.name, "log", "entry_count", "missing")
        if found[5] != max(self.checkpoints, default=0):
            yield fault(self.name, "log", "checked_size", "column")
        if _moment(found[6]) != self._last_moment():
            yield fault(self.name, "log", "last_at", "column")
        for size in self.checkpoints:
            if size > self.frontier.size:
                yield fault(self.name, f"checkpoint {size}", "size", "missing")

    def _last_moment(self) -> str:
        """When the last leaf came: it says so, or (a checkpoint) its row does."""
        if self.bulk == "entry":
            return str(json.loads(self.last or b"{}").get("at", ""))
        made = rows(
            "SELECT made_at FROM ledger_checkpoint WHERE log_id = %s ORDER BY size DESC",
            [self.log_id],
        )
        return _moment(next(made, ("",))[0])


_ENTRY = """
SELECT l."index", l.body, l.kind, e.id, e.number, e.key, e.content, e.kind, e.date, e.period,
       e.original_on, e.recorded_at, e.prepared_by_id, e.approved_by_id, e.seconded_by_id,
       r.number, w.voucher, w.counterparty, w.summary, w.handler, w.document, w.decision,
       w.ground, w.note, w.salts, w.person, e.mark
FROM ledger_entry e
JOIN ledger_book b ON b.id = e.book_id
JOIN ledger_leaf l ON l.id = e.leaf_id AND l.log_id = b.log_id AND l.kind = 'entry'
LEFT JOIN ledger_entry r ON r.id = e.reverses_id
LEFT JOIN ledger_wording w ON w.entry_id = e.id
WHERE e.book_id = %s ORDER BY e.number
"""
_LINES = """
SELECT l.entry_id, l.id, l.position, a.fund, a.code, p.code, l.restriction, l.amount_fen,
       a.book_id, COALESCE(p.book_id, a.book_id)
FROM ledger_line l JOIN ledger_entry e ON e.id = l.entry_id
LEFT JOIN ledger_account a ON a.id = l.account_id
LEFT JOIN ledger_project p ON p.id = l.project_id
WHERE e.book_id = %s ORDER BY l.entry_id, l.position
"""
_PAPERS = """
SELECT p.entry_id, p.sha256 FROM ledger_paper p JOIN ledger_entry e ON e.id = p.entry_id
WHERE e.book_id = %s ORDER BY p.entry_id, p.position
"""


class EntryCheck:
    """The entries of one book against their leaves, and the sums they fold to."""

    def __init__(self, code: str, book_id: int) -> None:
        self.code, self.book_id = code, book_id
        self.count = 0
        self.erased = _erased()
        self.balances: dict[tuple[str, str, str], list[int]] = {}
        self.tallies: dict[tuple[str, str, str, str], list[int]] = {}

    def faults(self, uses: frozenset[str]) -> Iterator[Fault]:
        """Columns = body, words = commitments, numbers dense, every entry leaf has its entry.

        `uses`: the categories by which money is used.
        """
        self.uses = uses
        lines = self._grouped(_LINES)
        papers = self._grouped(_PAPERS)
        line_rows, paper_rows = next(lines, None), next(papers, None)
        for row in rows(_ENTRY, [self.book_id]):
            self.count += 1
            entry_id, mine, sheets = row[3], [], []
            while line_rows is not None and line_rows[0] <= entry_id:
                mine = line_rows[1] if line_rows[0] == entry_id else mine
                line_rows = next(lines, None)
            while paper_rows is not None and paper_rows[0] <= entry_id:
                sheets = paper_rows[1] if paper_rows[0] == entry_id else sheets
                paper_rows = next(papers, None)
            yield from self._entry(row, mine, [sheet[1] for sheet in sheets])
        wanted = next(
            rows(
                "SELECT COUNT(*) FROM ledger_leaf l JOIN ledger_book b ON b.log_id = l.log_id "
                "WHERE b.id = %s AND l.kind = 'entry'",
                [self.book_id],
            )
        )[0]
        if wanted != self.count:
            yield fault(self.code, "ledger_entry", "number", "missing")

    def _grouped(self, sql: str) -> Iterator[tuple[int, list[tuple]]]:
        group: list[tuple] = []
        for row in rows(sql, [self.book_id]):
            if group and group[0][0] != row[0]:
                yield group[0][0], group
                group = []
            group.append(row)
        if group:
            yield group[0][0], group

    def _entry(self, row: tuple, lines: list[tuple], papers: list[str]) -> Iterator[Fault]:
        index, text, kind = row[0], row[1], row[2]
        where = f"leaf {index}"
        try:
            told = json.loads(text)
            self._fold(told)
        except (ValueError, TypeError, KeyError):
            yield fault(self.code, where, "body", "hash")
            return
        columns = {
            "type": kind,
            "book": self.code,
            "index": index,
            "number": row[4],
            "key": row[5],
            "kind": row[7],
            "date": _iso(row[8]),
            "period": row[9],
            "original": _iso(row[10]),
            "at": _moment(row[11]),
            "reverses": row[15],
            "lines": [[f, c, p or "", r, fen] for _e, _i, _n, f, c, p, r, fen, *_b in lines],
            "papers": papers or None,
        }
        for name, value in columns.items():
            if told.get(name) != value:
                yield fault(self.code, where, name, "column")
        for place, (entry_id, id_, position, *_told, book, project_book) in enumerate(lines):
            if (id_, position) != (line_id(entry_id, place), place):
                yield fault(self.code, where, f"lines {place} position", "column")
            if (book, project_book) != (self.book_id, self.book_id):
                yield fault(self.code, where, f"lines {place} account", "column")
        if row[4] != self.count:
            yield fault(self.code, where, "number", "missing")
        if row[26] != mark_of(row[3], row[6], *row[12:15], bool(row[25])):
            yield fault(self.code, where, "mark", "mark")
        yield from self._words(where, told.get("commit", {}), row)

    def _words(self, where: str, commit: dict, row: tuple) -> Iterator[Fault]:
        """Words fit their commitments; a word that is gone was erased by the act that erases."""
        if row[24] is None:
            yield fault(self.code, where, "wording", "missing")
            return
        salts = json.loads(row[24]) if isinstance(row[24], str) else row[24]
        for name, value in zip(WORDS, row[16:24], strict=True):
            salt = salts.get(name)
            if salt is None:
                if value or (name in commit and (row[3], name) not in self.erased):
                    yield fault(self.code, where, name, "commitment")
            elif sha256(
                b"\2" + bytes.fromhex(salt) + name.encode() + b"\0" + value.encode()
            ).hexdigest() != commit.get(name):
                yield fault(self.code, where, name, "commitment")

    def _fold(self, told: dict) -> None:
        period, touched = told["period"], set()
        for fund, account, project, restriction, fen in told["lines"]:
            sums = self.balances.setdefault((fund, account, period), [0, 0, 0])
            sums[fen < 0] += abs(fen)
            if (fund, account) not in touched:
                touched.add((fund, account))
                sums[2] += 1
            if (project or restriction) and not account.startswith("money-"):
                tally = self.tallies.setdefault((fund, project, restriction, period), [0, 0])
                if account in self.uses:
                    tally[1] += fen
                else:
                    tally[0] -= fen

    uses: frozenset[str] = frozenset()

    def sums(self) -> Iterator[Fault]:
        """The running sums against what the bodies fold to."""
        found = {
            (fund, code, period): [debit, credit, n]
            for fund, code, period, debit, credit, n in rows(
                "SELECT a.fund, a.code, b.period, b.debit_fen, b.credit_fen, b.entry_count "
                "FROM ledger_balance b JOIN ledger_account a ON a.id = b.account_id "
                "WHERE a.book_id = %s",
                [self.book_id],
            )
        }
        for key in sorted(self.balances.keys() | found.keys()):
            if self.balances.get(key) != found.get(key):
                yield fault(self.code, f"ledger_balance {'/'.join(key)}", "sum", "sum")
        held = {
            (fund, project, code, period): [into, out]
            for fund, project, code, period, into, out in rows(
                "SELECT fund, project, restriction, period, in_fen, out_fen FROM ledger_tally "
                "WHERE book_id = %s",
                [self.book_id],
            )
        }
        for tally in sorted(self.tallies.keys() | held.keys()):
            if self.tallies.get(tally) != held.get(tally):
                yield fault(self.code, f"ledger_tally {'/'.join(tally)}", "sum", "sum")


def _erased() -> set[tuple[int, str]]:
    """(entry id, word) of every word that was erased, as the trail tells."""
    found = rows(
        "SELECT subject, facts FROM trail_line WHERE act = 'ledger.erase' AND done = %s", [True]
    )
    return {
        (int(subject.partition(":")[2]), _facts(facts).get("field", "")) for subject, facts in found
    }


def _facts(value: object) -> dict:
    """SQLite gives JSON as text."""
    return json.loads(value) if isinstance(value, str) else value  # type: ignore[return-value]


def _iso(value: object) -> str | None:
    return value if value is None or isinstance(value, str) else value.isoformat()  # type: ignore[attr-defined]


def _moment(value: object) -> str:
    """SQLite gives moments as text in UTC."""
    if not value:
        return ""
    if isinstance(value, str):
        return f"{value[:10]}T{value[11:19]}Z"
    assert isinstance(value, datetime)
    aware = value if value.tzinfo else value.replace(tzinfo=UTC)
    return aware.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
