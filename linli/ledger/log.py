"""Appending to a log under its lock. Called from services only."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime

from django.db import connection, transaction

from linli.kernel import merkle
from linli.kernel import note as notes
from linli.keys import vault
from linli.ledger.models import Book, Checkpoint, Leaf, Log

LEAVES_A_LOG = 1 << 28


def insert(cursor: object, table: str, columns: Sequence[str], rows: Sequence[tuple]) -> None:
    """INSERT many rows in as few statements as the databases allow."""
    step = 30_000 // len(columns)
    names = ", ".join(f'"{name}"' for name in columns)
    one = "(" + ", ".join(["%s"] * len(columns)) + ")"
    for start in range(0, len(rows), step):
        part = rows[start : start + step]
        values = ", ".join([one] * len(part))
        cursor.execute(  # type: ignore[attr-defined]
            f"INSERT INTO {table} ({names}) VALUES {values}",
            [value for row in part for value in row],
        )


def create(origin: str) -> Log:
    """A new, empty log and the key that signs it."""
    empty = merkle.Frontier()
    log = Log.objects.create(
        origin=origin, root=empty.root().hex(), frontier=empty.to_bytes().hex()
    )
    vault.new_key(origin)
    return log


_FIELDS = [field.attname for field in Log._meta.concrete_fields]
_READ = f"SELECT {', '.join(_FIELDS)} FROM ledger_log WHERE id = %s"
_KEEP = (
    "UPDATE ledger_log SET size = %s, root = %s, frontier = %s, entry_count = %s, "
    "checked_size = %s, last_at = %s WHERE id = %s"
)


def locked(log_id: int) -> Log:
    """The log's row, locked until the transaction ends (SQLite locks the whole file).

    Raises Log.DoesNotExist.
    """
    lock = " FOR UPDATE" if connection.features.has_select_for_update else ""
    with connection.cursor() as cursor:
        cursor.execute(_READ + lock, [log_id])
        row = cursor.fetchone()
    if row is None:
        raise Log.DoesNotExist(log_id)
    log = Log.from_db(connection.alias, _FIELDS, row)
    if log.last_at is not None and log.last_at.tzinfo is None:
        log.last_at = log.last_at.replace(tzinfo=UTC)
    return log


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
    """Sign the head of a locked log, once for each size."""
    found = Checkpoint.objects.filter(log=log, size=log.size).first()
    if found:
        return found
    text = notes.sign_checkpoint(
        notes.Checkpoint(log.origin, log.size, bytes.fromhex(log.root)), vault.signer(log.origin)
    ).decode()
    log.checked_size = log.size
    log.save(update_fields=["checked_size"])
    return Checkpoint.objects.create(log=log, size=log.size, root=log.root, note=text, made_at=now)


def county_origin(county: str) -> str:
    return f"linli/{county}"


def book_origin(book: Book) -> str:
    return f"linli/{book.county}/{book.code}"


def witness(book: Book, checkpoint: Checkpoint, *, now: datetime) -> Checkpoint:
    """Put a book's checkpoint into the county's log and sign that, too."""
    origin = county_origin(book.county)
    with transaction.atomic():
        log = Log.objects.select_for_update().filter(origin=origin).first() or create(origin)
        body = checkpoint.note.encode()
        last = Leaf.objects.filter(log=log, kind="checkpoint", body=checkpoint.note).exists()
        if not last:
            append(log, [("checkpoint", body)], now=now)
            keep(log)
        return sign(log, now=now)
