"""What the holder of a receipt can prove: that it is in the books, under a published head."""

from __future__ import annotations

from dataclasses import dataclass

from linli.disclosure import queries
from linli.kernel import merkle
from linli.kernel import receipts as small_trees
from linli.ledger import queries as ledger
from linli.vouchers import queries as vouchers


@dataclass(frozen=True, slots=True)
class Proved:
    """A receipt and how far it has come: issued, posted, sealed, published; `file` is its proof."""

    receipt: object
    entry: object | None = None
    release: object | None = None
    file: bytes | None = None


def find(code: str) -> Proved | None:
    """The receipt of a code, and its proof file once its month is published."""
    receipt = vouchers.receipt_of_code(code)
    if receipt is None:
        return None
    entry = receipt.voucher.entry if receipt.voucher else None
    if entry is None:
        return Proved(receipt)
    release = queries.release(receipt.book, entry.period, 1)
    if release is None or release.published_at is None:
        return Proved(receipt, entry, release)
    return Proved(receipt, entry, release, _proof(receipt, entry, release))


def _proof(receipt: object, entry: object, release: object) -> bytes:
    """The C2SP tlog-proof of the entry, with the receipt's place in the entry's own tree."""
    size = release.leaf.index + 1  # type: ignore[attr-defined]
    book = receipt.book  # type: ignore[attr-defined]
    hashes = ledger.leaf_hashes(book.log_id, size)
    checkpoint = ledger.checkpoint_at(ledger.book_log(book), size)
    bodies = [r.body.encode() for r in vouchers.receipts_of(entry.pk)]  # type: ignore[attr-defined]
    index = bodies.index(receipt.body.encode())  # type: ignore[attr-defined]
    opened = {
        name: (bytes.fromhex(receipt.salts[name]), getattr(receipt, name))  # type: ignore[attr-defined]
        for name in ("code", "summary")
    }
    leaf = entry.leaf  # type: ignore[attr-defined]
    return small_trees.format_proof(
        entry=leaf.body.encode(),
        index=leaf.index,
        hashes=merkle.inclusion_proof(hashes, leaf.index),
        checkpoint=checkpoint.note.encode(),
        held=small_trees.Held(
            body=bodies[index],
            index=index,
            proof=tuple(small_trees.inclusion_proof(bodies, index)),
            open=opened,
        ),
    )
