"""Can a backup be believed? What was published is held against what was restored.

A head that was published (a checkpoint in the public folder, or the copy a street kept) says how
many records a log had and what they hash to. A backup that holds the same records is the truth;
one that ends before them is older than the public knows; one with others is not ours.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

from linli.kernel.keys import NoteError
from linli.kernel.merkle import Frontier
from linli.kernel.note import Checkpoint, read_checkpoint
from linli.ledger import queries as ledger

PLACES = ("*checkpoint", "*/*/*checkpoint", "*/*/v*/*checkpoint")


@dataclass(frozen=True, slots=True)
class Head:
    """A published checkpoint, and in which file it stood. Its signature is not judged: what
    decides is whether the records are there."""

    where: str
    told: Checkpoint


@dataclass(frozen=True, slots=True)
class Comparison:
    """Published heads beside this database: those it holds, those it ends before (with the number
    of records it has), those that tell of other records."""

    held: tuple[Head, ...] = ()
    ahead: tuple[tuple[Head, int], ...] = ()
    foreign: tuple[Head, ...] = ()

    @property
    def newest(self) -> Head | None:
        return max(self.held, key=lambda head: head.told.size, default=None)


def heads(place: Path) -> list[Head]:
    """The checkpoints of a published folder, or the one in a file; what cannot be read is left
    to `linli verify`."""
    paths = [place] if place.is_file() else sorted({p for name in PLACES for p in place.glob(name)})
    found = []
    for path in paths:
        try:
            found.append(Head(str(path), read_checkpoint(path.read_bytes())))
        except NoteError:
            continue
    return found


def compare(published: Iterable[Head]) -> Comparison:
    """Hold published heads against the logs of this database."""
    held: list[Head] = []
    ahead: list[tuple[Head, int]] = []
    foreign: list[Head] = []
    roots: dict[tuple[str, int], bytes] = {}
    for head in published:
        told = head.told
        log = ledger.log_named(told.origin)
        size = log.size if log else 0
        if size < told.size or log is None:
            ahead.append((head, size))
            continue
        if (told.origin, told.size) not in roots:
            hashes = ledger.leaf_hashes(log.pk, told.size)
            roots[told.origin, told.size] = Frontier().extend(hashes).root()
        same = roots[told.origin, told.size] == told.root
        (held if same else foreign).append(head)
    return Comparison(tuple(held), tuple(ahead), tuple(foreign))
