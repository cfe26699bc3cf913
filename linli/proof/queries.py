"""Verification: everything is folded again from the first leaf and compared (LEDGER §4)."""

from __future__ import annotations

import hashlib
import json
import time
from collections.abc import Callable, Iterator

from django.apps import apps

from linli.disclosure import queries as disclosure
from linli.kernel import receipts as small_trees
from linli.keys import vault
from linli.keys.vault import Kept
from linli.ledger import queries as ledger
from linli.proof.logs import EntryCheck, LogCheck, rows
from linli.proof.rules import Fault, Report, fault
from linli.sources import chart
from linli.trail.guards import all_guards, standing

Progress = Callable[[str, int], None]


def verify(*, book: str = "", progress: Progress | None = None) -> Report:
    """Verify one book, or all with the county's logs, marks and guards.

    `progress(name, leaves)` is called after each log. The report lists every fault found, each
    named by book, row and field.
    """
    started, report = time.monotonic(), Report()
    sql = "SELECT id, code, log_id, county, kind, chart_version FROM ledger_book"
    for row in rows(
        sql + (" WHERE code = %s" if book else "") + " ORDER BY code", [book][: bool(book)]
    ):
        _book(row, report)
        if progress:
            progress(row[1], report.leaves)
    if not book:
        _counties(report)
        _marks(report)
    _guards(report)
    report.seconds = time.monotonic() - started
    return report


def _book(row: tuple, report: Report) -> None:
    book_id, code, log_id, county, kind, version = row
    report.books += 1
    log = LogCheck(code, log_id, f"linli/{county}/{code}")
    report.faults += log.faults()
    report.leaves += log.frontier.size
    report.checkpoints += len(log.checkpoints)
    check = EntryCheck(code, book_id)
    check.uses = frozenset(c.code for c in chart(version) if c.side == "use")
    report.faults += check.faults()
    report.entries += check.count
    report.faults += check.sums()
    report.faults += _chart(code, book_id, kind, version)
    report.faults += _seals(code, book_id, log, check)
    report.faults += _releases(code, book_id, log)
    report.faults += _objections(code, book_id, log)
    report.faults += _receipts(code, book_id)


def _chart(code: str, book_id: int, kind: str, version: int) -> Iterator[Fault]:
    """The categories of the book are those of the chart, word for word."""
    found = {
        (fund, name): (side, told)
        for fund, name, side, told in rows(
            "SELECT fund, code, kind, name FROM ledger_account "
            "WHERE book_id = %s AND kind <> 'money'",
            [book_id],
        )
    }
    should = {
        (c.fund, c.code): (c.side, str(c.name)) for c in chart(version) if c.book in {"", kind}
    }
    for key in sorted(found.keys() | should.keys()):
        if found.get(key) != should.get(key):
            yield fault(code, f"ledger_account {'/'.join(key)}", "name", "column")


def _seals(code: str, book_id: int, log: LogCheck, check: EntryCheck) -> Iterator[Fault]:
    """Seals are chained, one a month, and say what the entries before them fold to."""
    told = {i: leaf for i, leaf in log.leaves.items() if leaf.get("type") == "seal"}
    found = dict(
        rows(
            'SELECT l."index", s.period FROM ledger_seal s JOIN ledger_leaf l ON l.id = s.leaf_id '
            "WHERE s.book_id = %s",
            [book_id],
        )
    )
    if {i: leaf["period"] for i, leaf in told.items()} != found:
        yield fault(code, "ledger_seal", "period", "seal")
    previous: tuple[int, str] | None = None
    for index in sorted(told):
        leaf, where = told[index], f"leaf {index}"
        before = leaf.get("previous")
        if (before and (before["index"], before["leaf"])) != previous:
            yield fault(code, where, "previous", "seal")
        if leaf.get("root") != log.seals.get(index, ("", ""))[0]:
            yield fault(code, where, "root", "seal")
        if sorted(map(tuple, leaf["trial"])) != _trial(check, leaf["period"]):
            yield fault(code, where, "trial", "seal")
        previous = (index, log.seals.get(index, ("", ""))[1])


def _trial(check: EntryCheck, through: str) -> list[tuple]:
    sums: dict[tuple[str, str], list[int]] = {}
    for (fund, account, period), (debit, credit, _n) in check.balances.items():
        if period <= through:
            both = sums.setdefault((fund, account), [0, 0])
            both[0] += debit
            both[1] += credit
    return sorted((f, a, d, c) for (f, a), (d, c) in sums.items())


def _releases(code: str, book_id: int, log: LogCheck) -> Iterator[Fault]:
    """The files of each month are those its seal or correction binds."""
    found = set()
    for release in disclosure.releases(book_id):
        index = release.leaf.index
        found.add(index)
        bound = log.leaves.get(index, {}).get("files", {})
        where = f"disclosure_release {release.period} v{release.version}"
        files = {
            "statement.json": release.statement.encode(),
            "statement.csv": release.table_text.encode(),
            "notice.pdf": bytes(release.notice),
        }
        for name, data in files.items():
            if hashlib.sha256(data).hexdigest() != bound.get(name):
                yield fault(code, where, name, "file")
    for index, leaf in log.leaves.items():
        if leaf.get("type") in {"seal", "correction"} and index not in found:
            yield fault(code, f"leaf {index}", "release", "missing")


def _objections(code: str, book_id: int, log: LogCheck) -> Iterator[Fault]:
    """What objections and answers say is what their leaves commit to; none is missing."""
    found = set()
    for row in disclosure.objections_of(book_id):
        where = f"disclosure_objection {row.number}"
        parts = [(row.leaf, "text", "text", row.text)]
        if row.answer_leaf:
            parts.append((row.answer_leaf, "text", "answer", row.answer))
            if row.shown:
                parts.append((row.answer_leaf, "shown", "shown", row.shown))
        for leaf, name, salt, value in parts:
            if leaf is None:
                yield fault(code, where, "leaf", "missing")
                continue
            found.add(leaf.index)
            told = log.leaves.get(leaf.index, {}).get("commit", {}).get(name)
            if told != _commitment(row.salts.get(salt, ""), name, value):
                yield fault(code, where, salt, "commitment")
    for index, leaf in log.leaves.items():
        if leaf.get("type") in {"objection", "answer"} and index not in found:
            yield fault(code, f"leaf {index}", "row", "missing")


def _commitment(salt: str, name: str, value: str) -> str:
    told = b"\2" + bytes.fromhex(salt) + name.encode() + b"\0" + value.encode()
    return hashlib.sha256(told).hexdigest()


def _receipts(code: str, book_id: int) -> Iterator[Fault]:
    """Receipts are numbered without gaps, say what they commit to, and add up in their entry."""
    gathered: dict[int, list[bytes]] = {}
    for expected, row in enumerate(
        rows(
            "SELECT r.number, r.code, r.payer, r.summary, r.amount_fen, r.body, r.salts, "
            "v.entry_id FROM vouchers_receipt r LEFT JOIN vouchers_voucher v "
            "ON v.id = r.voucher_id WHERE r.book_id = %s ORDER BY r.number",
            [book_id],
        ),
        1,
    ):
        number, *words, amount, body, salts, entry_id = row
        where = f"vouchers_receipt {number}"
        if number != expected:
            yield fault(code, f"vouchers_receipt {expected}", "number", "missing")
            return
        told = json.loads(body)
        salts = json.loads(salts) if isinstance(salts, str) else salts
        if told["amount"] != amount:
            yield fault(code, where, "amount_fen", "column")
        for name, value in zip(("code", "payer", "summary"), words, strict=True):
            if told["commit"].get(name) != _commitment(salts.get(name, ""), name, value):
                yield fault(code, where, name, "commitment")
        if entry_id:
            gathered.setdefault(entry_id, []).append(body.encode())
    for entry_id, number, body in rows(
        "SELECT e.id, e.number, l.body FROM ledger_entry e JOIN ledger_leaf l ON l.id = e.leaf_id "
        "WHERE e.book_id = %s",
        [book_id],
    ):
        bound = json.loads(body).get("receipts") if '"receipts"' in body else None
        mine = gathered.pop(entry_id, None)
        if (small_trees.digest(mine) if mine else None) != bound:
            yield fault(code, f"entry {number}", "receipts", "commitment")
    for entry_id in gathered:
        yield fault(code, f"entry {entry_id}", "receipts", "extra")


def _counties(report: Report) -> None:
    """The counties' logs, and that every book's checkpoint stands in its county's log."""
    for log_id, origin in rows(
        "SELECT id, origin FROM ledger_log g WHERE NOT EXISTS "
        "(SELECT 1 FROM ledger_book b WHERE b.log_id = g.id) ORDER BY origin"
    ):
        log = LogCheck(origin, log_id, origin)
        try:
            key = vault.signer(origin).verifier
        except FileNotFoundError:
            report.faults.append(fault(origin, "key", "file", "missing"))
            continue
        report.faults += log.faults(key=key)
        report.leaves += log.frontier.size
        report.checkpoints += len(log.checkpoints)
        mine = f"{origin}/"
        for name, size in rows(
            "SELECT g.origin, c.size FROM ledger_checkpoint c JOIN ledger_log g ON g.id = c.log_id "
            "WHERE g.origin LIKE %s AND NOT EXISTS (SELECT 1 FROM ledger_leaf l "
            "WHERE l.log_id = %s AND l.body = c.note)",
            [mine + "%", log_id],
        ):
            report.faults.append(fault(origin, f"checkpoint {name} {size}", "leaf", "missing"))
        told = {
            tuple(body.split("\n")[:2])
            for (body,) in rows(
                "SELECT body FROM ledger_leaf WHERE log_id = %s AND kind = 'checkpoint'", [log_id]
            )
        }
        known = {
            (name, str(size))
            for name, size in rows(
                "SELECT g.origin, c.size FROM ledger_checkpoint c "
                "JOIN ledger_log g ON g.id = c.log_id"
            )
        }
        for name, size in sorted(told - known):
            report.faults.append(fault(name, f"checkpoint {size}", "note", "missing"))


def _marks(report: Report) -> None:
    """Rows that carry a mark fit it."""
    for model in apps.get_models():
        if not issubclass(model, Kept):
            continue
        for row in model.objects.order_by("pk").iterator(chunk_size=2000):
            report.rows += 1
            if row.mark != row.expected_mark():
                report.faults.append(
                    fault(ledger.code_of(row), f"{model._meta.db_table} {row.pk}", "mark", "mark")
                )


def _guards(report: Report) -> None:
    """The triggers stand, word for word."""
    for name, stands in standing(all_guards()).items():
        if not stands:
            report.faults.append(fault("", f"trigger {name}", "sql", "guard"))
