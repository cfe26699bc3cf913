"""Row 4: whatever is changed behind the program's back is named, inside and by outsiders.

An attacker of the database owns it: guards dropped, foreign keys off. One of the published folder
holds the keys of books and county as well, and signs again what was changed, unless it says not.
"""

from __future__ import annotations

import json
import shutil
import subprocess
import tempfile
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from random import Random
from types import SimpleNamespace
from unittest.mock import patch

from django.conf import settings
from django.db import connection, transaction

from battery.frame import Outcome, Size, row
from battery.ground import County, county, ground
from linli.kernel.tests import published as folders
from linli.kernel.tests import test_verify_js as page
from linli.keys import vault
from linli.months import services as months
from linli.proof import queries
from linli.proof.tests import test_columns as columns
from tests.books import NOW
from tests.databases import ROOT

Files = dict[str, bytes]
Case = tuple[str, Files, tuple[bytes, ...]]
"""A tampering of the folder: what it is, the folder afterwards, checkpoints that somebody kept."""

BOUND_BY_NOTHING_YET = "not bound by anything yet (docs/ledger.md): the last row of " + ", ".join(
    sorted(columns.LOOSE)
)


@row(4)
def each_column_and_row(size: Size) -> Sequence[Outcome]:
    """Every column of every protected table by raw SQL; the first and the last row of each."""
    with ground(size):
        columns.tell()
        if queries.verify().faults:
            raise RuntimeError("an untouched store has faults")
        with columns.unguarded():
            changes = list(columns.column_changes())[:: _step(size)]
            losses = list(columns.row_losses())
            missed = [name for name, sql, values in changes if columns.unseen(sql, values)]
            gone = {name for name, sql, values in losses if columns.unseen(sql, values)}
            with patch.object(queries, "_marks", lambda report: None):
                blind = [name for name, sql, values in changes[::9] if columns.unseen(sql, values)]
            unread = _unread("_releases", losses)
    found = len(changes) - len(missed)
    lost = sorted(gone - columns.LOOSE)
    without = f"without marks {', '.join(blind[:3])} … change unseen" if blind else ""
    return [
        Outcome(
            what="columns changed by raw SQL, `linli verify`",
            rounds=len(changes),
            faults=len(changes),
            broken=tuple(f"{name} changed unseen" for name in missed),
            control=without,
            note=f"{found} of {len(changes)} named; an untouched store has no fault",
        ),
        Outcome(
            what="rows deleted by raw SQL, `linli verify`",
            rounds=len(losses),
            faults=len(losses),
            broken=tuple(f"a row of {name} went unseen" for name in lost),
            control=unread,
            note=BOUND_BY_NOTHING_YET,
        ),
    ]


def _step(size: Size) -> int:
    """Every column; a CI run takes some of them, tests/test_columns.py walks all on SQLite."""
    return size.of(6 if size.database else 2, 1)


def _unread(check: str, losses: Iterable[tuple[str, str, list]]) -> str:
    """How many rows would go unseen if verification left one check out."""
    with patch.object(queries, check, lambda *_args: iter(())):
        missed = {name for name, sql, values in losses if columns.unseen(sql, values)}
    more = sorted(missed - columns.LOOSE)
    return f"without {check.strip('_')} a row of {', '.join(more)} goes unseen" if more else ""


# --- whole stores: cut, dropped, put back, swapped ---------------------------------------------


@row(4)
def whole_stores(size: Size) -> Sequence[Outcome]:
    """Tail cut, book dropped, an older database put back, statements swapped, seals reordered."""
    with ground(size):
        told = county()
        if queries.verify().faults or list(queries.published(Path(settings.PUBLIC))):
            raise RuntimeError("an untouched store has faults")
        put_back = _put_back(told)
        with patch.object(queries, "published", lambda folder: iter(())):
            blind = not _put_back(told)
        with columns.unguarded():
            results = {what: _after(change) for what, change in STORES.items()}
    results["an older database put back under what was published since"] = put_back
    return [
        Outcome(
            what="tail, book, older database, statement, seal, `linli verify`",
            rounds=len(results),
            faults=len(results),
            broken=tuple(f"unseen: {what}" for what, seen in results.items() if not seen),
            control="an older database is taken for the newest where the folder is not compared"
            if blind
            else "",
            note="not to be seen by anybody: entries after the last checkpoint cut off with the "
            "head and the sums wound back (docs/ledger.md)",
        )
    ]


def _put_back(told: County) -> bool:
    """Whether an older database betrays itself: it is rolled back, what was published is not."""
    public = Path(settings.PUBLIC)
    kept = public.with_name("kept")
    shutil.copytree(public, kept)
    try:
        with transaction.atomic():
            estate = told.other
            estate.post(estate.draft(date=NOW.date().replace(month=10, day=9), key="later"))
            _publish(estate.book, "2026-10")
            transaction.set_rollback(True)
        return bool(columns.faults() or list(queries.published(public)))
    finally:
        shutil.rmtree(public)
        kept.rename(public)


def _publish(book: object, period: str) -> None:
    months.seal_imported(by=None, book=book, period=period, now=NOW)
    months.publish(by=None, book=book, period=period, now=NOW, out=Path(settings.PUBLIC))


def _after(change: Callable[[], Iterable[str]]) -> bool:
    """Whether verification names a change; it is taken back."""
    with transaction.atomic(), connection.cursor() as cursor:
        if columns.on_postgres():
            cursor.execute("SET CONSTRAINTS ALL DEFERRED")
        for statement in change():
            cursor.execute(statement)
        seen = bool(columns.faults() or list(queries.published(Path(settings.PUBLIC))))
        transaction.set_rollback(True)
    return seen


LAST = "(SELECT MAX(id) FROM ledger_entry WHERE book_id = (SELECT MIN(id) FROM ledger_book))"
OTHER = "(SELECT id FROM ledger_book WHERE code = 'B000002')"
OTHER_LOG = "(SELECT log_id FROM ledger_book WHERE code = 'B000002')"


def _tail() -> list[str]:
    leaf = f"(SELECT leaf_id FROM ledger_entry WHERE id = {LAST})"
    return [
        f"CREATE TEMPORARY TABLE cut AS SELECT {LAST} AS entry, {leaf} AS leaf",
        "DELETE FROM ledger_line WHERE entry_id = (SELECT entry FROM cut)",
        "DELETE FROM ledger_wording WHERE entry_id = (SELECT entry FROM cut)",
        "DELETE FROM ledger_paper WHERE entry_id = (SELECT entry FROM cut)",
        "DELETE FROM ledger_entry WHERE id = (SELECT entry FROM cut)",
        "DELETE FROM ledger_leaf WHERE id = (SELECT leaf FROM cut)",
        "DROP TABLE cut",
    ]


def _book() -> list[str]:
    entries = f"(SELECT id FROM ledger_entry WHERE book_id = {OTHER})"
    accounts = f"(SELECT id FROM ledger_account WHERE book_id = {OTHER})"
    of_entry = ("line", "wording", "paper")
    return [
        *(f"DELETE FROM ledger_{name} WHERE entry_id IN {entries}" for name in of_entry),
        f"DELETE FROM ledger_entry WHERE book_id = {OTHER}",
        f"DELETE FROM ledger_balance WHERE account_id IN {accounts}",
        f"DELETE FROM disclosure_release WHERE book_id = {OTHER}",
        f"DELETE FROM ledger_seal WHERE book_id = {OTHER}",
        f"DELETE FROM ledger_account WHERE book_id = {OTHER}",
        f"DELETE FROM ledger_checkpoint WHERE log_id = {OTHER_LOG}",
        f"DELETE FROM ledger_leaf WHERE log_id = {OTHER_LOG}",
        "DELETE FROM ledger_book WHERE code = 'B000002'",
        "DELETE FROM ledger_log WHERE origin LIKE '%%/B000002'",
    ]


def _swap(table: str, column: str, where: str) -> list[str]:
    """Two rows of the first book change a column between them."""
    of = f"FROM {table} t WHERE {where}"
    first, second = (f"(SELECT {end}(t.id) {of})" for end in ("MIN", "MAX"))
    return [
        f'CREATE TEMPORARY TABLE swap AS SELECT t.id AS id, t."{column}" AS told FROM {table} t '
        f"WHERE t.id IN ({first}, {second})",
        f"""UPDATE {table} SET "{column}" = '2099-01' WHERE id IN (SELECT id FROM swap)"""
        if column == "period"
        else "SELECT 1",
        *(
            f'UPDATE {table} SET "{column}" = (SELECT told FROM swap WHERE swap.id <> {table}.id) '
            f"WHERE id = (SELECT {end}(id) FROM swap)"
            for end in ("MIN", "MAX")
        ),
        "DROP TABLE swap",
    ]


FIRST_BOOK = "t.book_id = (SELECT MIN(id) FROM ledger_book) AND t.period IN ('2026-09', '2026-10')"
SEALS = "t.kind = 'seal' AND t.log_id = (SELECT MIN(log_id) FROM ledger_book)"
STORES: dict[str, Callable[[], list[str]]] = {
    "the tail cut off": _tail,
    "a book dropped": _book,
    "two statements swapped": lambda: _swap(
        "disclosure_release", "statement", f"{FIRST_BOOK} AND t.version = 1"
    ),
    "two notices swapped": lambda: _swap(
        "disclosure_release", "notice", f"{FIRST_BOOK} AND t.version = 1"
    ),
    "two seals' leaves swapped": lambda: _swap("ledger_leaf", "body", SEALS),
    "the hashes of two seals' leaves swapped": lambda: _swap("ledger_leaf", "hash", SEALS),
    "checkpoints deleted with the county's leaves": lambda: [
        "DELETE FROM ledger_checkpoint",
        "DELETE FROM ledger_leaf WHERE kind = 'checkpoint'",
    ],
}


# --- the published folder ----------------------------------------------------------------------


@row(4)
def the_published_folder(size: Size) -> Sequence[Outcome]:
    """The same attacks on what was published, judged by verify.py and by the page's JavaScript."""
    with ground(size):
        cases = list(_folder_cases(county(), size))[:: size.of(4 if size.database else 2, 1)]
        honest = _published()
        faults = _blinded(honest)
    told = [_judged("verify.py", _by_verify_py, honest, cases, faults, _verify_py_blind)]
    name = "verify.html (its JavaScript under node)"
    if not page.NODE:
        return [*told, Outcome(what=_of_folder(name), rounds=0, faults=0, untried=page.WHY)]
    return [*told, _judged(name, _by_the_page, honest, cases, faults, _page_blind)]


def _of_folder(name: str) -> str:
    return f"the published folder, {name}"


def _judged(
    name: str,
    tool: Callable[[Sequence[Case]], list[bool]],
    honest: Files,
    cases: Sequence[Case],
    unsigned: Case,
    blind: Callable[[Case], bool],
) -> Outcome:
    untouched, seen, *rest = tool([("untouched", honest, ()), unsigned, *cases])
    broken = [what for (what, *_), named in zip(cases, rest, strict=True) if not named]
    if untouched:
        broken.append("an untouched folder has faults")
    unseen = seen and blind(unsigned)
    return Outcome(
        what=_of_folder(name),
        rounds=len(cases),
        faults=len(cases),
        broken=tuple(broken),
        control="with its check of signatures taken out, a false signature passes"
        if unseen
        else "",
        note="without a kept checkpoint nobody sees by design: an older folder put back, a book "
        "left out, a log made anew with the keys (these are judged with --since); columns that "
        "are not published",
    )


def _published() -> Files:
    public = Path(settings.PUBLIC)
    return {
        path.relative_to(public).as_posix(): path.read_bytes()
        for path in public.rglob("*")
        if path.is_file()
    }


def _folder_cases(told: County, size: Size) -> Iterator[Case]:
    files = _published()
    yield from _bytes(files, Random(4), size.of(1, 100))
    keys = [
        SimpleNamespace(code=code, signer=vault.first_key(f"linli/370614/{code}"))
        for code in ("B000001", "B000002")
    ]
    county_key = SimpleNamespace(signer=vault.first_key("linli/370614"))
    for what, changed in _rewritten(files):
        yield what, folders.resign(changed, county_key, *keys), ()
    kept = files["B000002/2026-09/checkpoint"]
    newest = files["county-checkpoint"]
    dropped = {name: data for name, data in files.items() if not name.startswith("B000002/")}
    yield "a book left out", folders.resign(dropped, county_key, keys[0]), (kept,)
    older = {
        name: data
        for name, data in files.items()
        if "/2026-10/" not in name and "/v2/" not in name and not name.startswith("B000002/")
    }
    older["county-checkpoint"] = files["B000001/2026-09/county-checkpoint"]
    older.pop("county-consistency", None)
    yield "an older folder put back", folders.resign(older, county_key, keys[0]), (newest,)


def _bytes(files: Files, seeded: Random, flips: int) -> Iterator[Case]:
    """Without any key: each file flipped, cut, deleted; with many flips also lengthened and copied."""
    for name, data in sorted(files.items()):
        yield f"{name} deleted", {n: d for n, d in files.items() if n != name}, ()
        if not data or flips > 1:
            yield f"{name} lengthened", {**files, name: data + b"x"}, ()
            yield f"{name} doubled beside itself", {**files, name + "x": data}, ()
        if data:
            yield f"{name} cut", {**files, name: data[:-1]}, ()
        for _ in range(flips if data else 0):
            at, bit = seeded.randrange(len(data)), 1 << seeded.randrange(8)
            flipped = data[:at] + bytes([data[at] ^ bit]) + data[at + 1 :]
            yield f"{name} flipped at {at}", {**files, name: flipped}, ()


def _rewritten(files: Files) -> Iterator[tuple[str, Files]]:
    """With all keys: months, statements and seals changed places, entries left out or changed."""
    nine, ten = "B000001/2026-09/", "B000001/2026-10/"
    for name in ("statement.json", "statement.csv", "notice.pdf", "seal.json", "checkpoint"):
        swapped = {nine + name: files[ten + name], ten + name: files[nine + name]}
        yield f"{name} of two months swapped", files | swapped
    moved = {
        n.replace(nine, "\0").replace(ten, nine).replace("\0", ten): d for n, d in files.items()
    }
    yield "two months' folders swapped", moved
    other = {n.replace("B000001", "B000002"): d for n, d in files.items() if n.startswith(nine)}
    yield (
        "one book's month in another's place",
        files | {n: d for n, d in other.items() if "/v2/" not in n},
    )
    for name in sorted(n for n in files if n.endswith("entries.jsonl")):
        lines = files[name].splitlines(keepends=True)
        for at in range(len(lines)):
            yield (
                f"line {at + 1} of {name} left out",
                files | {name: b"".join(lines[:at] + lines[at + 1 :])},
            )
        yield f"the lines of {name} turned round", files | {name: b"".join(lines[::-1])}
    for name in (nine + "statement.json", ten + "statement.json"):
        told = json.loads(files[name])
        for fund in told["funds"]:
            for key in [key for key in fund if key.endswith("_fen")]:
                fund[key] += 1
                text = json.dumps(told, ensure_ascii=False).encode()
                yield f"{key} of {fund['fund']} in {name}", files | {name: text}
                fund[key] -= 1


def _by_verify_py(cases: Sequence[Case]) -> list[bool]:
    return [bool(folders.check(files, (), since).faults) for _what, files, since in cases]


def _by_the_page(cases: Sequence[Case]) -> list[bool]:
    return [bool(one) for part in _parts(cases) for one in _asked(part, ROOT)]


def _parts(cases: Sequence[Case], at_once: int = 60) -> Iterator[Sequence[Case]]:
    for start in range(0, len(cases), at_once):
        yield cases[start : start + at_once]


def _asked(cases: Sequence[Case], root: Path) -> list[list[object]]:
    """The faults that the page's JavaScript of a tree finds in each folder."""
    asked = [
        {
            "files": {name: page.b64(data) for name, data in files.items()},
            "trust": [],
            "since": [page.b64(kept) for kept in since],
        }
        for _what, files, since in cases
    ]
    done = subprocess.run(
        [page.NODE, str(root / CHECK)],
        input=json.dumps({"folders": asked}).encode(),
        capture_output=True,
        check=True,
    )
    return [one["faults"] for one in json.loads(done.stdout)["folders"]]


# --- controls ----------------------------------------------------------------------------------

CHECK = "linli/kernel/tests/js/check.mjs"


def _blinded(files: Files) -> Case:
    """A folder whose top note is signed by nobody: the signature's last bytes are others."""
    name = "SHA256SUMS"
    text, dash, signed = files[name].decode().rpartition("\u2014 ")
    key, mark = signed.rsplit(" ", 1)
    false = mark[:40] + ("A" if mark[40] != "A" else "B") + mark[41:]
    return "a false signature", files | {name: f"{text}{dash}{key} {false}".encode()}, ()


def _verify_py_blind(case: Case) -> bool:
    with patch.object(folders.verify, "ed25519", lambda *_args: True):
        return not _by_verify_py([case])[0]


def _page_blind(case: Case) -> bool:
    with _blind_page() as root:
        return not _asked([case], root)[0]


@contextmanager
def _blind_page() -> Iterator[Path]:
    """A copy of the page's sources in which every signature is right."""
    with tempfile.TemporaryDirectory() as name:
        root = Path(name)
        (root / CHECK).parent.mkdir(parents=True)
        shutil.copy(ROOT / CHECK, root / CHECK)
        shutil.copytree(ROOT / "frontend" / "verify", root / "frontend" / "verify")
        modules = ROOT / "frontend" / "node_modules"
        (root / "frontend" / "node_modules").symlink_to(modules)
        shutil.copy(ROOT / "frontend" / "package.json", root / "frontend")
        source = root / "frontend" / "verify" / "crypto.js"
        text = source.read_text("utf-8")
        mark = "export function verifyEd25519("
        if mark not in text:
            raise RuntimeError("the page checks signatures elsewhere")
        source.write_text(
            text.replace(mark, "export function verifyEd25519() { return true; }\nfunction once("),
            "utf-8",
        )
        yield root
