"""Verifying entries: columns against bodies, words against commitments, sums folded again.

Entries never change, so any span of their numbers is folded by itself, and spans are added up.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime
from hashlib import sha256
from json.encoder import encode_basestring as quoted
from json.scanner import c_make_scanner

from linli.keys import vault
from linli.ledger.queries import line_id, mark_text
from linli.proof.logs import rows
from linli.proof.rules import Fault, fault

WORDS = (
    "counterparty",
    "decision",
    "document",
    "ground",
    "handler",
    "note",
    "summary",
    "voucher",
)
"""In the order in which a body tells their commitments."""
_ENDS = {name: name.encode() + b"\0" for name in WORDS}

Balances = dict[tuple[str, str, str], list[int]]
Tallies = dict[tuple[str, str, str, str], list[int]]


@dataclass(frozen=True, slots=True)
class Of:
    """Whose entries: the book and its log; `uses`: the categories by which money is used."""

    code: str
    book_id: int
    log_id: int
    uses: frozenset[str]


@dataclass(slots=True)
class Folded:
    """What a span of entries folds to, and the faults found in it.

    `balances`: (fund, account, period) → debit, credit (fen), entries; `tallies`: (fund, project,
    restriction, period) → in, out (fen); `receipts`: entry id → number and the digest it binds.
    """

    count: int = 0
    faults: list[Fault] = field(default_factory=list)
    balances: Balances = field(default_factory=dict)
    tallies: Tallies = field(default_factory=dict)
    receipts: dict[int, tuple[int, dict]] = field(default_factory=dict)

    def add(self, other: Folded) -> None:
        self.count += other.count
        self.faults += other.faults
        self.receipts |= other.receipts
        _add(self.balances, other.balances)
        _add(self.tallies, other.tallies)


def _add(sums: dict, more: dict) -> None:
    for key, values in more.items():
        mine = sums.setdefault(key, [0] * len(values))
        mine[:] = map(int.__add__, mine, values)


_ENTRY = """
SELECT e.id, e.number, l.body, l."index", e.key, e.kind, CAST(e.date AS TEXT), e.period,
       CAST(e.original_on AS TEXT), CAST(e.recorded_at AS TEXT), r.number, e.content,
       e.prepared_by_id, e.approved_by_id, e.seconded_by_id, CAST(w.person AS INTEGER), e.mark,
       CAST(w.salts AS TEXT), w.counterparty, w.decision, w.document, w.ground, w.handler,
       w.note, w.summary, w.voucher
FROM ledger_entry e
JOIN ledger_leaf l ON l.id = e.leaf_id AND l.log_id = %s AND l.kind = 'entry'
LEFT JOIN ledger_entry r ON r.id = e.reverses_id
LEFT JOIN ledger_wording w ON w.entry_id = e.id
WHERE e.book_id = %s AND e.number > %s {upto} ORDER BY e.number
"""
_LINES = """
SELECT l.entry_id, l.id, l.position, l.account_id, l.project_id, l.restriction, l.amount_fen
FROM ledger_entry e JOIN ledger_line l ON l.entry_id = e.id
WHERE e.book_id = %s AND e.number > %s {upto} ORDER BY e.number, l.id
"""
_PAPERS = """
SELECT p.entry_id, p.sha256 FROM ledger_entry e JOIN ledger_paper p ON p.entry_id = e.id
WHERE e.book_id = %s AND e.number > %s {upto} ORDER BY e.number, p.position
"""
_APPROVED = re.compile(r'\{(?:"approved_by":\["[a-z][a-z0-9_]*"(?:,"[a-z][a-z0-9_]*")*\],)?')
_RECORDED = re.compile(r',"recorded_by":"[a-z][a-z0-9_]*","type":"entry","v":1\}')
_NONE: list[tuple] = []
_TRUTH = {None: False, 0: False, 1: True}
_decoded = c_make_scanner(json.JSONDecoder())


def fold(of: Of, after: int | None, upto: int | None) -> Folded:
    """Check and fold the entries numbered above `after` up to and with `upto`; None: no bound."""
    span = _Span(of, after, upto)
    try:
        span.read()
    except (ValueError, TypeError, LookupError, AttributeError) as error:
        span.folded.faults.append(
            fault(of.code, "ledger_entry", type(error).__name__, "unreadable", why=str(error)[:200])
        )
    return span.folded


def count_faults(of: Of, folded: Folded) -> Iterator[Fault]:
    """Every entry leaf has its entry, every entry was read."""
    for sql, params in (
        (
            "SELECT COUNT(*) FROM ledger_leaf WHERE log_id = %s AND kind = 'entry'",
            [of.log_id],
        ),
        ("SELECT COUNT(*) FROM ledger_entry WHERE book_id = %s", [of.book_id]),
    ):
        if next(rows(sql, params))[0] != folded.count:
            yield fault(of.code, "ledger_entry", "number", "missing")
            return


def sum_faults(of: Of, folded: Folded) -> Iterator[Fault]:
    """The running sums against what the entries fold to."""
    balances = {
        (fund, code, period): [debit, credit, n]
        for fund, code, period, debit, credit, n in rows(
            "SELECT a.fund, a.code, b.period, b.debit_fen, b.credit_fen, b.entry_count "
            "FROM ledger_balance b JOIN ledger_account a ON a.id = b.account_id "
            "WHERE a.book_id = %s",
            [of.book_id],
        )
    }
    tallies = {
        (fund, project, code, period): [into, out]
        for fund, project, code, period, into, out in rows(
            "SELECT fund, project, restriction, period, in_fen, out_fen FROM ledger_tally "
            "WHERE book_id = %s",
            [of.book_id],
        )
    }
    told: tuple[tuple[str, dict, dict], ...] = (
        ("ledger_balance", folded.balances, balances),
        ("ledger_tally", folded.tallies, tallies),
    )
    for table, should, found in told:
        for key in sorted(should.keys() | found.keys()):
            if should.get(key) != found.get(key):
                yield fault(of.code, f"{table} {'/'.join(key)}", "sum", "sum")


class _Span:
    def __init__(self, of: Of, after: int | None, upto: int | None) -> None:
        self.of, self.folded = of, Folded()
        self.bounds = [-1 << 40 if after is None else after, *([] if upto is None else [upto])]
        self.upto = "" if upto is None else "AND e.number <= %s"
        self.first = (after or 0) + 1
        self.mark = vault.marker()
        self.book = quoted(of.code)
        self.befores, self.afters = {"{"}, set[str]()
        self.sums: dict[tuple[int, str], list[int]] = {}
        self.erased: set[tuple[int, str]] = set()
        self.accounts = {
            id_: (fund, code, f"[{quoted(fund)},{quoted(code)},")
            for id_, fund, code in rows(
                "SELECT id, fund, code FROM ledger_account WHERE book_id = %s", [of.book_id]
            )
        }
        self.projects = {None: ("", '""')} | {
            id_: (code, quoted(code))
            for id_, code in rows(
                "SELECT id, code FROM ledger_project WHERE book_id = %s", [of.book_id]
            )
        }

    def read(self) -> None:
        lines, papers = self._grouped(_LINES), self._grouped(_PAPERS)
        next_lines, next_papers = next(lines), next(papers)
        entries = rows(
            _ENTRY.format(upto=self.upto), [self.of.log_id, self.of.book_id, *self.bounds]
        )
        for number, row in enumerate(entries, self.first):
            mine = sheets = _NONE
            if next_lines[0] == row[0]:
                mine, next_lines = next_lines[1], next(lines)
            if next_papers[0] == row[0]:
                sheets, next_papers = next_papers[1], next(papers)
            if not self._fits(row, mine, sheets, number):
                self.folded.faults += self._faults(row, mine, sheets, number)
            self.folded.count += 1
        if next_lines[0] or next_papers[0]:
            self.folded.faults.append(fault(self.of.code, "ledger_entry", "leaf_id", "missing"))

    def _grouped(self, sql: str) -> Iterator[tuple[int | None, list[tuple]]]:
        """The rows of each entry: entry id, rows; after the last one None."""
        last, group = None, _NONE
        for row in rows(sql.format(upto=self.upto), [self.of.book_id, *self.bounds]):
            if row[0] != last:
                if last is not None:
                    yield last, group
                last, group = row[0], []
            group.append(row)
        if last is not None:
            yield last, group
        while True:
            yield None, _NONE

    # --- the quick way: a body that is, byte for byte, what the columns call for ---------------

    def _fits(self, row: tuple, lines: list[tuple], papers: list[tuple], expected: int) -> bool:
        """Whether the columns, spelt as a body, are this body; then the entry is folded.

        Every text is quoted and every number printed as one, so equal bytes mean equal columns.
        What no column tells (the roles) is held to its form. Whatever does not fit, or is rare,
        is looked at field by field by `_faults`.
        """
        id_, number, body, index, key, kind, date, period, original, at, reverses, *rest = row
        content, prepared, approved, seconded, person, mark, salts, *words = rest
        if reverses is not None or salts is None or number != expected:
            return False
        people = (prepared, approved, seconded, _TRUTH.get(person, person))
        if mark != self.mark(mark_text(id_, content, *people)):
            return False
        try:
            middle = (
                f'"at":"{_at(at)}","book":{self.book},{_commitments(salts, words)}'
                f'"date":{quoted(date)},"index":{index:d},"key":{quoted(key)},'
                f'"kind":{quoted(kind)},"lines":[{self._spelt(id_, lines)}],"number":{number:d},'
                f"{_optional(original, papers)}"
                f'"period":{quoted(period)}'
            )
        except (ValueError, TypeError, LookupError):
            return False
        before, found, after = body.partition(middle)
        if not found or before not in self.befores or after not in self.afters:
            if not (found and _APPROVED.fullmatch(before) and _RECORDED.fullmatch(after)):
                return False
            self.befores.add(before)
            self.afters.add(after)
        self._fold_lines(period, lines)
        return True

    def _spelt(self, entry_id: int, lines: list[tuple]) -> str:
        """The lines as a body spells them; raises LookupError or ValueError where they cannot be.

        An account or a project of another book is not among ours.
        """
        accounts, projects, spelt = self.accounts, self.projects, []
        first_id = line_id(entry_id, 0)
        for place, (_entry, id_, position, account, project, restriction, fen) in enumerate(lines):
            if id_ != first_id + place or position != place:
                raise ValueError("out of order")
            spelt.append(
                f"{accounts[account][2]}{projects[project][1]},{quoted(restriction)},{fen:d}]"
            )
        return ",".join(spelt)

    def _fold_lines(self, period: str, lines: list[tuple]) -> None:
        """As `_fold` does it from a body, from lines that are that body's."""
        touched = []
        for _entry, _id, _position, account, project, restriction, fen in lines:
            sums = self.sums.get((account, period))
            if sums is None:
                fund, code, _spelt = self.accounts[account]
                sums = self.folded.balances.setdefault((fund, code, period), [0, 0, 0])
                self.sums[account, period] = sums
            if fen < 0:
                sums[1] -= fen
            else:
                sums[0] += fen
            if account not in touched:
                touched.append(account)
                sums[2] += 1
            if project is not None or restriction:
                fund, code, _spelt = self.accounts[account]
                self._tally(fund, code, self.projects[project][0], restriction, period, fen)

    def _tally(
        self, fund: str, account: str, project: str, restriction: str, period: str, fen: int
    ) -> None:
        if account.startswith("money-"):
            return
        tally = self.folded.tallies.setdefault((fund, project, restriction, period), [0, 0])
        if account in self.of.uses:
            tally[1] += fen
        else:
            tally[0] -= fen

    # --- the long way: every field by itself, and each that does not fit is named --------------

    def _faults(
        self, row: tuple, lines: list[tuple], papers: list[tuple], expected: int
    ) -> Iterator[Fault]:
        id_, number, body, index, key, kind, date, period, original, at, reverses, *rest = row
        content, prepared, approved, seconded, person, mark, salts, *words = rest
        code, where = self.of.code, f"leaf {index}"
        try:
            told = json.loads(body)
            self._fold(told)
        except (ValueError, TypeError, KeyError):
            yield fault(code, where, "body", "hash")
            return
        if bound := told.get("receipts"):
            self.folded.receipts[id_] = (number, bound)
        lines = sorted(lines, key=lambda line: line[2])
        accounts = [self._account(line[3]) for line in lines]
        projects = [self._project(line[4]) for line in lines]
        columns = {
            "type": "entry",
            "book": code,
            "index": index,
            "number": number,
            "key": key,
            "kind": kind,
            "date": date,
            "period": period,
            "original": original,
            "at": _moment(at),
            "reverses": reverses,
            "lines": [
                [account[0], account[1], project[0], line[5], line[6]]
                for line, account, project in zip(lines, accounts, projects, strict=True)
            ],
            "papers": [sha for _entry, sha in papers] or None,
        }
        for name, value in columns.items():
            if told.get(name) != value:
                yield fault(code, where, name, "column")
        for place, line in enumerate(lines):
            if (line[1], line[2]) != (line_id(id_, place), place):
                yield fault(code, where, f"lines {place} position", "column")
            if line[3] not in self.accounts or line[4] not in self.projects:
                yield fault(code, where, f"lines {place} account", "column")
        if number != expected:
            yield fault(code, where, "number", "missing")
        people = (prepared, approved, seconded, _TRUTH.get(person, person))
        if mark != self.mark(mark_text(id_, content, *people)):
            yield fault(code, where, "mark", "mark")
        yield from self._words(where, id_, told.get("commit", {}), salts, words)

    def _account(self, id_: int) -> tuple:
        """Fund and code of an account, whosever it is."""
        sql = "SELECT fund, code FROM ledger_account WHERE id = %s"
        return self.accounts.get(id_) or next(rows(sql, [id_]), (None, None))

    def _project(self, id_: int | None) -> tuple:
        sql = "SELECT code FROM ledger_project WHERE id = %s"
        return self.projects.get(id_) or next(rows(sql, [id_]), (None,))

    def _words(
        self, where: str, id_: int, commit: dict, salts: str | None, words: list[str]
    ) -> Iterator[Fault]:
        """Words fit their commitments; a word that is gone was erased by the act that erases."""
        code = self.of.code
        if salts is None:
            yield fault(code, where, "wording", "missing")
            return
        known = json.loads(salts)
        for name, value in zip(WORDS, words, strict=True):
            if name not in known:
                if value or (name in commit and not self._was_erased(id_, name)):
                    yield fault(code, where, name, "commitment")
            elif _commitment(known[name], name, value) != commit.get(name):
                yield fault(code, where, name, "commitment")

    def _was_erased(self, entry_id: int, word: str) -> bool:
        if (entry_id, word) not in self.erased:
            self.erased = _erased()
        return (entry_id, word) in self.erased

    def _fold(self, told: dict) -> None:
        period, touched = told["period"], set()
        for fund, account, project, restriction, fen in told["lines"]:
            sums = self.folded.balances.setdefault((fund, account, period), [0, 0, 0])
            sums[fen < 0] += abs(fen)
            if (fund, account) not in touched:
                touched.add((fund, account))
                sums[2] += 1
            if project or restriction:
                self._tally(fund, account, project, restriction, period, fen)


def _commitment(salt: str, name: str, value: str) -> str:
    return sha256(b"\2" + bytes.fromhex(salt) + _ENDS[name] + value.encode()).hexdigest()


def _commitments(salts: str, words: list[str]) -> str:
    """The commitments to an entry's words as its body spells them; ValueError where a word has no
    salt."""
    known, end = _decoded(salts, 0)
    if end != len(salts):
        raise ValueError("more than salts")
    spelt = []
    for name, value in zip(WORDS, words, strict=True):
        if name in known:
            spelt.append(f'"{name}":"{_commitment(known[name], name, value)}"')
        elif value:
            raise ValueError("a word without salt")
    return f'"commit":{{{",".join(spelt)}}},' if spelt else ""


def _optional(original: str | None, papers: list[tuple]) -> str:
    told = f'"original":{quoted(original)},' if original is not None else ""
    if papers:
        told += f'"papers":[{",".join(quoted(sha) for _entry, sha in papers)}],'
    return told


def _at(text: str) -> str:
    """A moment in UTC, as the database spells it, as a body spells it; ValueError for another."""
    rest = text[19:].removesuffix("+00")
    if text[10] != " " or rest and not (rest[0] == "." and rest[1:].isdigit()):
        raise ValueError("not in UTC")
    return f"{text[:10]}T{text[11:19]}Z"


def _moment(text: str) -> str:
    """As `_at`, of any moment; "" where it is none."""
    try:
        at = datetime.fromisoformat(text)
    except ValueError:
        return ""
    aware = at if at.tzinfo else at.replace(tzinfo=UTC)
    return aware.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


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
