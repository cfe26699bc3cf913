"""Static proof data of a book, for browsers and for whoever keeps checkpoints."""

from __future__ import annotations

import base64
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.utils import timezone

from linli.kernel import merkle, note
from linli.kernel import receipts as small_trees
from linli.ledger import queries as ledger
from linli.portal import queries
from linli.portal.pages import Latest
from linli.portal.queries import Notice, Shelf

_proofs: Latest[bytes] = Latest(2048)


@dataclass(frozen=True, slots=True)
class PublicKey:
    """A public key as a page shows it and a browser needs it.

    `former`: the keys before it, newest first: the day each was handed over, its fingerprint.
    """

    origin: str
    vkey: str
    fingerprint: str
    former: tuple[tuple[date, str], ...] = ()

    @property
    def leaves(self) -> list[str]:
        """The leaves that announce it and those before it, as they stand in the log."""
        return [body.decode() for body in ledger.key_leaves(self.origin)]


def keys(book: Any) -> list[PublicKey]:
    """The keys of a book and its county; a county's first is left out where its file is not here."""
    logs = (ledger.origin(book), ledger.county_origin(book))
    return [_public(some) for some in map(ledger.keys, logs) if some]


def _public(some: Sequence[ledger.LogKey]) -> PublicKey:
    former = [
        (timezone.localdate(after.since), key.fingerprint)
        for key, after in zip(some, some[1:], strict=False)
        if after.since
    ]
    mine = some[-1].verifier
    return PublicKey(mine.name, str(mine), some[-1].fingerprint, tuple(reversed(former)))


def checkpoint(shelf: Shelf) -> Any:
    """The newest signed head of a book's log; None before the first."""
    heads = shelf.book.log.checkpoints
    return heads.order_by("-size").first()


def head_of(shelf: Shelf, size: int) -> Any:
    """The signed head of a size; None if none was signed."""
    return shelf.book.log.checkpoints.filter(size=size).first()


def consistency(shelf: Shelf, old: int, new: int) -> bytes | None:
    """The proof between two sizes, as text (``old <size>`` and hashes in base64).

    None unless both were given out: signed, or printed on a published notice.
    """
    given_out = shelf.book.log.checkpoints.filter(size__in={old, new}).values_list(
        "size", flat=True
    )
    known = {*given_out, *(one.index for one in shelf.notices)}
    if not old <= new or not {old, new} <= known:
        return None
    key = (shelf.book.pk, shelf.book.mark, old, new)
    if (made := _proofs.get(key)) is None:
        hashes = ledger.leaf_hashes(shelf.book.log_id, new)
        proof = merkle.consistency_proof(hashes, old)
        made = _proofs.put(key, note.format_consistency([(old, proof)]))
    return made


def leaf_proof(shelf: Shelf, notice: Notice, head: Any) -> tuple[str, bytes] | None:
    """The body of the leaf that binds a notice, and its tlog-proof under a signed head."""
    if notice.index >= head.size:
        return None
    key = (shelf.book.pk, shelf.book.mark, "leaf", notice.index, head.size)
    if (made := _proofs.get(key)) is None:
        hashes = ledger.leaf_hashes(shelf.book.log_id, head.size)
        path = tuple(merkle.inclusion_proof(hashes, notice.index))
        made = note.format_proof(note.Proof(notice.index, path, head.note.encode()))
        _proofs.put(key, made)
    (leaf,) = ledger.leaves(shelf.book.log_id, notice.index, notice.index + 1)
    return leaf.body, made


def entry_proof(shelf: Shelf, entry: Any, notice: Notice, words: Any) -> bytes:
    """A file that proves an entry under the checkpoint of a published notice.

    `words`: those that may be read (see entries.words); only they are laid open.
    """
    size = notice.index + 1
    key = (shelf.book.pk, shelf.token, entry.number, tuple(words))
    if (made := _proofs.get(key)) is not None:
        return made
    hashes = ledger.leaf_hashes(shelf.book.log_id, size)
    head = ledger.checkpoint_at(ledger.book_log(shelf.book), size)
    salts = entry.wording.salts
    opened = {
        word.name: (bytes.fromhex(salts[word.name]), word.value)
        for word in words
        if not word.withheld
    }
    made = small_trees.format_proof(
        entry=entry.leaf.body.encode(),
        index=entry.leaf.index,
        hashes=merkle.inclusion_proof(hashes, entry.leaf.index),
        checkpoint=head.note.encode(),
        open=opened,
    )
    return _proofs.put(key, made)


def printed_root(told: dict) -> str:
    """The root that a statement's paper notice prints, in hex."""
    return base64.b64decode(told["log"]["root"]).hex()


def of_root(shelf: Shelf, period: str, start: str) -> tuple[Notice, str] | None:
    """The published notice of a month whose printed root begins so, with the whole root."""
    versions = shelf.versions(period)
    for notice, told in zip(versions, queries.statements(versions), strict=True):
        root = printed_root(told)
        if root.startswith(start.lower()):
            return notice, root
    return None
