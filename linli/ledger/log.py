"""Appending to a log under its lock. Called from services only."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager
from datetime import UTC, datetime

from django.db import connection

from linli.kernel import merkle
from linli.kernel import note as notes
from linli.keys import vault
from linli.ledger import signing
from linli.ledger.models import Book, Checkpoint, Log

LEAVES_A_LOG = 1 << 28
_FEW = 16


def insert(cursor: object, table: str, columns: Sequence[str], rows: Sequence[tuple]) -> None:
    """INSERT many rows the shortest way each database has; triggers and constraints see them all."""
    names = ", ".join(f'"{name}"' for name in columns)
    if connection.vendor == "postgresql" and len(rows) > _FEW:
        sql = f"COPY {table} ({names}) FROM STDIN"
        with connection.wrap_database_errors, cursor.copy(sql) as copy:  # type: ignore[attr-defined]
            for row in rows:
                copy.write_row(row)
        return
    one = "(" + ", ".join(["%s"] * len(columns)) + ")"
    if len(rows) > _FEW:
        cursor.executemany(f"INSERT INTO {table} ({names}) VALUES {one}", rows)  # type: ignore[attr-defined]
    elif rows:
        cursor.execute(  # type: ignore[attr-defined]
            f"INSERT INTO {table} ({names}) VALUES " + ", ".join([one] * len(rows)),
            [value for row in rows for value in row],
        )


@contextmanager
def in_one_go(rows: int) -> Iterator[None]:
    """Send the statements inside without waiting for each one's answer, where that can be done.

    On PostgreSQL (with `rows` few enough not to be copied) what is refused is raised at the end,
    and what is asked is fetched after it.
    """
    if connection.vendor != "postgresql" or rows > _FEW:
        yield
        return
    with connection.wrap_database_errors, connection.connection.pipeline():
        yield


def create(origin: str) -> Log:
    """A new, empty log and the key that signs it."""
    empty = merkle.Frontier()
    log = Log.objects.create(
        origin=origin, root=empty.root().hex(), frontier=empty.to_bytes().hex()
    )
    vault.first_key(origin)
    return log


def ask(*questions: tuple[str, Sequence]) -> list[list[tuple]]:
    """The rows of several questions, each answered after the one before it, in one go where that
    can be done."""
    with ExitStack() as stack:
        cursors = [stack.enter_context(connection.cursor()) for _ in questions]
        with in_one_go(0):
            for cursor, question in zip(cursors, questions, strict=True):
                cursor.execute(*question)
        return [cursor.fetchall() for cursor in cursors]


_FIELDS = [field.attname for field in Log._meta.concrete_fields]
_READ = f"SELECT {', '.join(_FIELDS)} FROM ledger_log WHERE id = %s"
_KEEP = (
    "UPDATE ledger_log SET size = %s, root = %s, frontier = %s, entry_count = %s, "
    "checked_size = %s, last_at = %s WHERE id = %s"
)


def lock(log_id: int) -> tuple[str, Sequence]:
    """The question for a log's row that locks it until the transaction ends (SQLite locks the
    whole file); `found` makes the log of its answer."""
    ending = " FOR UPDATE" if connection.features.has_select_for_update else ""
    return _READ + ending, [log_id]


def found(rows: list[tuple]) -> Log:
    """The log that `lock` asked for. Raises Log.DoesNotExist."""
    if not rows:
        raise Log.DoesNotExist
    log = Log.from_db(connection.alias, _FIELDS, rows[0])
    if log.last_at is not None and log.last_at.tzinfo is None:
        log.last_at = log.last_at.replace(tzinfo=UTC)
    return log


def locked(log_id: int) -> Log:
    """The log's row, locked until the transaction ends. Raises Log.DoesNotExist."""
    return found(ask(lock(log_id))[0])


def append(log: Log, leaves: Sequence[tuple[str, bytes]], *, now: datetime) -> list[int]:
    """Append bodies (kind, exact bytes) to a locked log; returns the ids of the new leaves."""
    frontier = merkle.Frontier.from_bytes(bytes.fromhex(log.frontier))
    rows = []
    for kind, body in leaves:
        hashed = merkle.leaf_hash(body)
        index = frontier.size
        frontier.append(hashed)
        rows.append((leaf_id(log.pk, index), log.pk, index, kind, body.decode(), hashed.hex()))
    with connection.cursor() as cursor:
        insert(cursor, "ledger_leaf", ("id", "log_id", "index", "kind", "body", "hash"), rows)
    log.size, log.root = frontier.size, frontier.root().hex()
    log.frontier, log.last_at = frontier.to_bytes().hex(), now
    return [row[0] for row in rows]


def leaf_id(log_id: int, index: int) -> int:
    """A leaf's id follows from its log and index."""
    return log_id * LEAVES_A_LOG + index


def keep(log: Log) -> None:
    """Write the log's new head."""
    moment = connection.ops.adapt_datetimefield_value(log.last_at)
    with connection.cursor() as cursor:
        cursor.execute(
            _KEEP,
            [
                log.size,
                log.root,
                log.frontier,
                log.entry_count,
                log.checked_size,
                moment,
                log.pk,
            ],
        )


def sign(log: Log, *, now: datetime) -> Checkpoint:
    """Sign the head of a locked log."""
    head = notes.Checkpoint(log.origin, log.size, bytes.fromhex(log.root))
    text = notes.sign_checkpoint(head, signing.signer(log.origin)).decode()
    log.checked_size = log.size
    log.save(update_fields=["checked_size"])
    return Checkpoint.objects.create(log=log, size=log.size, root=log.root, note=text, made_at=now)


def checkpoint(book: Book, log: Log, *, now: datetime) -> Checkpoint:
    """Sign the head of a book's locked log and put that into the county's; once for each size."""
    if found := Checkpoint.objects.filter(log=log, size=log.size).first():
        return found
    signed = sign(log, now=now)
    origin = county_origin(book.county)
    county = Log.objects.select_for_update().filter(origin=origin).first() or create(origin)
    append(county, [("checkpoint", signed.note.encode())], now=now)
    keep(county)
    sign(county, now=now)
    return signed


def county_origin(county: str) -> str:
    return f"linli/{county}"


def book_origin(book: Book) -> str:
    return f"linli/{book.county}/{book.code}"
