"""What publication and proof ask of the logs: leaves, heads, and where things lie."""

from __future__ import annotations

import json
from collections.abc import Iterable

from linli.kernel import merkle
from linli.kernel.period import Period
from linli.ledger import log as logs
from linli.ledger.models import Book, Checkpoint, Entry, Leaf, Log, Seal


def book_log(book: Book) -> Log:
    return Log.objects.get(pk=book.log_id)


def county_log(book: Book) -> Log:
    """The county's log; raises Log.DoesNotExist before the first seal."""
    return Log.objects.get(origin=logs.county_origin(book.county))


def leaves(log_id: int, start: int, end: int) -> list[Leaf]:
    """Leaves from index `start` up to, without, `end`."""
    return list(
        Leaf.objects.filter(log_id=log_id, index__gte=start, index__lt=end).order_by("index")
    )


def leaf_hashes(log_id: int, size: int) -> list[bytes]:
    """The hashes of the first `size` leaves."""
    found = Leaf.objects.filter(log_id=log_id, index__lt=size).order_by("index")
    return [bytes.fromhex(hash_) for hash_ in found.values_list("hash", flat=True)]


def commitments(leaf: Leaf) -> dict[str, str]:
    """The fields a leaf commits to: name → hex."""
    return json.loads(leaf.body).get("commit", {})


def entries_of_leaves(some: Iterable[Leaf]) -> dict[int, Entry]:
    """The entries of leaves, by leaf id, with their words."""
    ids = [leaf.pk for leaf in some]
    found: dict[int, Entry] = {}
    for start in range(0, len(ids), 5000):
        rows = Entry.objects.filter(leaf_id__in=ids[start : start + 5000])
        found |= {entry.leaf_id: entry for entry in rows.select_related("wording")}
    return found


def leaf_after_last_seal(book: Book, before: int) -> int:
    """The index after the last seal that lies before an index; 0 if there is none."""
    last = (
        Seal.objects.filter(book=book, leaf__index__lt=before)
        .order_by("-period")
        .values_list("leaf__index", flat=True)
        .first()
    )
    return 0 if last is None else last + 1


def early_leaves(book: Book, period: str, start: int) -> list[Leaf]:
    """Leaves of entries dated in a month that lie before an index."""
    return list(
        Leaf.objects.filter(entry__book=book, entry__period=period, index__lt=start).order_by(
            "index"
        )
    )


def early_corrections(book: Book, period: str, start: int) -> list[Leaf]:
    """Leaves of later months' entries whose original date lies in a month, before an index."""
    month_ = Period(period)
    return list(
        Leaf.objects.filter(
            entry__book=book,
            entry__original_on__range=(month_.first_on, month_.last_on),
            entry__period__gt=period,
            index__lt=start,
        ).order_by("index")
    )


def checkpoint_at(log: Log, size: int) -> Checkpoint:
    return Checkpoint.objects.get(log=log, size=size)


def newest_checkpoint(log: Log) -> Checkpoint:
    return Checkpoint.objects.filter(log=log).latest("size")


def witnessed(county: Log, checkpoint: Checkpoint) -> tuple[int, Checkpoint]:
    """Where a book's checkpoint stands in the county's log, and the first head that covers it."""
    hashed = merkle.leaf_hash(checkpoint.note.encode()).hex()
    # The kind stands in the text, so that the index of these leaves is used.
    found = Leaf.objects.filter(log=county, hash=hashed).extra(where=["kind = 'checkpoint'"])
    index = found.values_list("index", flat=True).get()
    return index, Checkpoint.objects.filter(log=county, size__gt=index).earliest("size")
