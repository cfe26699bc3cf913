"""Verification: everything is folded again from the first leaf and compared (LEDGER §4)."""

from __future__ import annotations

import hashlib
import json
import time
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path

from django.apps import apps
from django.core.exceptions import ObjectDoesNotExist

from linli.bank import queries as bank
from linli.disclosure import queries as disclosure
from linli.kernel import receipts as small_trees
from linli.keys import vault
from linli.keys.vault import Kept
from linli.ledger import queries as ledger
from linli.proof import spread
from linli.proof.entries import Folded, Of, count_faults, fold, sum_faults
from linli.proof.logs import LogCheck, rows
from linli.proof.rules import Fault, Report, fault
from linli.sources import chart
from linli.trail.guards import all_guards, standing, strangers

Progress = Callable[[str, int], None]


def verify(*, book: str = "", progress: Progress | None = None, processes: int = 1) -> Report:
    """Verify one book, or all with the county's logs, marks and guards.

    `progress(name, leaves)` is called after each log. The report lists every fault found, each
    named by book, row and field. `processes`: how many others fold entries; only for a program
    that has one thread and no transaction.
    """
    started, report = time.monotonic(), Report()
    sql = "SELECT id, code, log_id, county, kind, chart_version FROM ledger_book"
    books = list(
        rows(sql + (" WHERE code = %s" if book else "") + " ORDER BY code", [book][: bool(book)])
    )
    mine = {row[0]: Of(row[1], row[0], row[2], _uses(row[5])) for row in books}
    with spread.folding(mine.values(), processes) as parts:
        for row in books:
            _book(row, mine[row[0]], parts[row[0]], report)
            if progress:
                progress(row[1], report.leaves)
    if not book:
        _counties(report)
        _marks(report)
    _guards(report)
    report.seconds = time.monotonic() - started
    return report


def _book(row: tuple, of: Of, parts: spread.Parts, report: Report) -> None:
    book_id, code, log_id, county, kind, version = row
    report.books += 1
    log = LogCheck(code, log_id, f"linli/{county}/{code}")
    report.faults += _read(code, "ledger_leaf", log.bulk_faults)
    check = parts.folded()
    with spread.still():
        check.add(fold(of, parts.upto, None))
        report.faults += _read(code, "ledger_leaf", log.rest_faults)
        report.faults += _key(code, log)
        report.leaves += log.frontier.size
        report.checkpoints += len(log.checkpoints)
        report.faults += check.faults
        report.entries += check.count
        report.faults += _read(code, "ledger_entry", lambda: count_faults(of, check))
        report.faults += _read(code, "ledger_balance", lambda: sum_faults(of, check))
        report.faults += _read(code, "ledger_account", lambda: _chart(code, book_id, kind, version))
        report.faults += _read(code, "ledger_seal", lambda: _seals(code, book_id, log, check))
        report.faults += _read(code, "bank", lambda: _bank(code, book_id, log))
        report.faults += _read(code, "disclosure_release", lambda: _releases(code, book_id, log))
        report.faults += _read(code, "ledger_project", lambda: _told(code, book_id))
        report.faults += _read(
            code, "disclosure_objection", lambda: _objections(code, book_id, log)
        )
        report.faults += _read(code, "vouchers_receipt", lambda: _receipts(code, book_id, check))


def _read(book: str, where: str, check: Callable[[], Iterable[Fault]]) -> Iterator[Fault]:
    """A check's faults; rows that it cannot even read are one more, not the end of it all."""
    try:
        yield from check()
    except (ValueError, TypeError, LookupError, AttributeError) as error:
        yield fault(book, where, type(error).__name__, "unreadable", why=str(error)[:200])


def _key(name: str, log: LogCheck) -> Iterator[Fault]:
    """The key that a log announced last is one whose secret half lies here."""
    try:
        known = log.key and vault.signer(log.key)
    except FileNotFoundError:
        known = None
    if known is None:
        lost = not vault.has_key(log.origin)
        yield fault(name, f"leaf {log.key_index}", "vkey", "lost" if lost else "key")


def _uses(version: int) -> frozenset[str]:
    """The categories by which money is used; none where the chart is unknown, which `_chart` tells."""
    try:
        return frozenset(c.code for c in chart(version) if c.side == "use")
    except LookupError:
        return frozenset()


def _bank(code: str, book_id: int, log: LogCheck) -> Iterator[Fault]:
    """Bank files, lines and matches are what was kept, and what each seal binds is there."""
    seals = {
        leaf["period"]: leaf["bank"] for leaf in log.leaves.values() if leaf.get("type") == "seal"
    }
    for where, name in bank.faults(ledger.book_of_id(book_id), seals):
        yield fault(code, where, name, "seal" if where.startswith("seal") else "bank")


def _told(code: str, book_id: int) -> Iterator[Fault]:
    """Projects, their agreements and the money beside that the last statement tells are there."""
    last = disclosure.releases(book_id).last()
    if last is None:
        return
    told = json.loads(last.statement)
    budgets = set(
        rows(
            "SELECT p.code, b.fund, b.budget_fen FROM ledger_project p "
            "LEFT JOIN ledger_budget b ON b.project_id = p.id WHERE p.book_id = %s",
            [book_id],
        )
    )
    known = {project for project, _fund, _fen in budgets}
    for project in told["projects"]:
        where = f"ledger_project {project['code']}"
        if project["code"] not in known:
            yield fault(code, where, "code", "missing")
        for part in project["funding"]:
            if (project["code"], part["fund"], part["budget_fen"]) not in budgets:
                yield fault(code, where, f"budget {part['fund']}", "missing")
    beside = {
        (name, keeper, fen, str(on), source)
        for name, keeper, fen, on, source in rows(
            "SELECT name, keeper, amount_fen, as_of_on, source FROM disclosure_beside "
            "WHERE book_id = %s",
            [book_id],
        )
    }
    for one in told["beside"]:
        names = ("name", "keeper", "amount_fen", "on", "source")
        if tuple(one[name] for name in names) not in beside:
            yield fault(code, f"disclosure_beside {one['name']}", "amount_fen", "missing")


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


def _seals(code: str, book_id: int, log: LogCheck, check: Folded) -> Iterator[Fault]:
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


def _trial(check: Folded, through: str) -> list[tuple]:
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


def _receipts(code: str, book_id: int, check: Folded) -> Iterator[Fault]:
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
    for entry_id in gathered.keys() | check.receipts.keys():
        number, bound = check.receipts.get(entry_id, (0, None))
        mine = gathered.get(entry_id)
        if (small_trees.digest(mine) if mine else None) != bound:
            yield fault(code, f"entry {number or entry_id}", "receipts", "commitment")


def _county_log(log: LogCheck) -> Iterator[Fault]:
    """A county's log from its first key on, which its first change of key tells, or the file."""
    known = ledger.keys(log.origin)
    if not known:
        yield fault(log.origin, "leaf 0", "vkey", "lost")
        return
    yield from log.bulk_faults(key=known[0].verifier)
    with spread.still():
        yield from log.rest_faults()
    yield from _key(log.origin, log)


def _counties(report: Report) -> None:
    """The counties' logs, and that every book's checkpoint stands in its county's log."""
    for (county,) in rows(
        "SELECT DISTINCT b.county FROM ledger_book b "
        "JOIN ledger_checkpoint c ON c.log_id = b.log_id"
    ):
        origin = f"linli/{county}"
        if next(rows("SELECT 1 FROM ledger_log WHERE origin = %s", [origin]), None) is None:
            report.faults.append(fault(origin, "log", "origin", "missing"))
    for log_id, origin in rows(
        "SELECT id, origin FROM ledger_log g WHERE NOT EXISTS "
        "(SELECT 1 FROM ledger_book b WHERE b.log_id = g.id) ORDER BY origin"
    ):
        log = LogCheck(origin, log_id, origin, bulk="checkpoint")
        report.faults += _read(origin, "ledger_leaf", lambda log=log: _county_log(log))  # type: ignore[misc]
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
                where = f"{model._meta.db_table} {row.pk}"
                report.faults.append(fault(_code_of(row), where, "mark", "mark"))


def _code_of(row: Kept) -> str:
    """The code of a row's book; "" where the row names none that there is."""
    try:
        return ledger.code_of(row)
    except ObjectDoesNotExist:
        return ""


def published(folder: Path) -> Iterator[Fault]:
    """Every head that was given to the public is one of this database's: it was not put back."""
    known = {note for (note,) in rows("SELECT note FROM ledger_checkpoint")}
    for name in ("checkpoint", "county-checkpoint"):
        places = (folder.glob(f"{place}{name}") for place in ("", "*/*/", "*/*/v*/"))
        for path in sorted(found for some in places for found in some):
            if path.read_text("utf-8", "replace") not in known:
                *book, _name = path.relative_to(folder).parts
                yield fault("".join(book[:1]), "/".join(book[1:]), name, "ahead")


def _guards(report: Report) -> None:
    """The triggers stand, word for word, and no others."""
    state = standing(all_guards())
    for name in [name for name, stands in state.items() if not stands] + strangers(all_guards()):
        report.faults.append(fault("", f"trigger {name}", "sql", "guard"))
