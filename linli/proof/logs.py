"""Verifying logs: every body hashed again, every root and every signature."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator
from datetime import UTC, datetime
from hashlib import sha256

from django.db import connection

from linli.kernel import body as bodies
from linli.kernel import merkle, note
from linli.kernel.keys import NoteError, Verifier
from linli.ledger.queries import leaf_id
from linli.proof.rules import Fault, fault

STEP = 5_000
A_READING = 20_000
"""Leaves asked for at once: few enough to be sorted in memory."""
END = 1 << 40
"""More than any index."""


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
        self.broken = False
        size = next(rows("SELECT size FROM ledger_log WHERE id = %s", [log_id]), (0,))[0]
        self.size = size if isinstance(size, int) else 0
        self.checkpoints = self._told()

    def _told(self) -> dict[int, tuple[str, str]]:
        told = rows(
            "SELECT size, root, note FROM ledger_checkpoint WHERE log_id = %s", [self.log_id]
        )
        return {size: (root, text) for size, root, text in told}

    def bulk_faults(self, *, key: Verifier | None = None) -> Iterator[Fault]:
        """The leaves that the head counted when the check began; they never change, so nothing
        need be held still meanwhile. Density, bodies, roots, signatures; keeps the decoded leaves
        that are no entries.

        `key`: the log's first key where no leaf announces it (the county's).
        """
        self.key = key
        for end in [*range(A_READING, self.size, A_READING), self.size]:
            yield from self._leaves_before(end)

    def rest_faults(self) -> Iterator[Fault]:
        """The leaves that came meanwhile, and the head. Nobody may write now."""
        seen, self.checkpoints = self.checkpoints, self._told()
        if self.frontier.size not in seen and not self.broken:
            yield from self._checkpoint(self.frontier.size)
        yield from self._leaves_before(None)
        if not self.broken:
            yield from self._head()

    def _leaves_before(self, end: int | None) -> Iterator[Fault]:
        if self.broken:
            return
        before = "" if end is None else 'AND "index" < %s'
        found = rows(
            'SELECT id, "index", kind, body, hash FROM ledger_leaf WHERE log_id = %s '
            f'AND "index" >= %s {before} ORDER BY "index"',
            [self.log_id, self.frontier.size or -END, *([] if end is None else [end])],
        )
        bulk, checked, first_id = self.bulk, self.checkpoints, leaf_id(self.log_id, 0)
        waiting: list[bytes] = []
        for expected, (id_, index, kind, body, hashed) in enumerate(found, self.frontier.size):
            if index != expected:
                yield fault(self.name, f"leaf {expected}", "index", "missing")
                self.broken = True
                break
            if id_ != first_id + index:
                yield fault(self.name, f"leaf {index}", "id", "column")
            raw = body.encode()
            leaf = sha256(b"\0" + raw).digest()
            if leaf.hex() != hashed:
                yield fault(self.name, f"leaf {index}", "body", "hash")
            if kind == bulk and index + 1 not in checked:
                waiting.append(leaf)
                continue
            self.frontier.extend(waiting)
            waiting.clear()
            if kind == "seal":
                self.seals[index] = (self.frontier.root().hex(), leaf.hex())
            self.frontier.append(leaf)
            yield from self._content(index, kind, raw)
            yield from self._checkpoint(index + 1)
        self.frontier.extend(waiting)

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
        if moment(found[6]) != self._last_moment():
            yield fault(self.name, "log", "last_at", "column")
        for size in self.checkpoints:
            if size > self.frontier.size:
                yield fault(self.name, f"checkpoint {size}", "size", "missing")

    def _last_moment(self) -> str:
        """When the last leaf came: it says so, or (a checkpoint) its row does."""
        if self.bulk == "entry":
            sql = 'SELECT body FROM ledger_leaf WHERE log_id = %s ORDER BY "index" DESC LIMIT 1'
            return str(json.loads(next(rows(sql, [self.log_id]), ("{}",))[0]).get("at", ""))
        made = rows(
            "SELECT made_at FROM ledger_checkpoint WHERE log_id = %s ORDER BY size DESC",
            [self.log_id],
        )
        return moment(next(made, ("",))[0])


def moment(value: object) -> str:
    """A moment as leaves tell it. SQLite gives moments as text in UTC."""
    if not value:
        return ""
    if isinstance(value, str):
        return f"{value[:10]}T{value[11:19]}Z"
    assert isinstance(value, datetime)
    aware = value if value.tzinfo else value.replace(tzinfo=UTC)
    return aware.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
