"""Folding entries in other processes, while nothing is held still, and what must be held still."""

from __future__ import annotations

import multiprocessing
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import Future, ProcessPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass, field

from django.db import connection, connections, transaction

from linli.proof.entries import Folded, Of, fold
from linli.proof.logs import rows

SPAN = 10_000
"""Entries folded at once; books with fewer in all are not worth another process."""


@dataclass(slots=True)
class Parts:
    """The spans of a book's entries up to `upto`, the last number when the check began."""

    upto: int
    spans: list[Callable[[], Folded]] = field(default_factory=list)

    def folded(self) -> Folded:
        """All spans together; waits for them."""
        whole = Folded()
        for span in self.spans:
            whole.add(span())
        return whole


@contextmanager
def folding(books: Iterable[Of], processes: int) -> Iterator[dict[int, Parts]]:
    """The parts of each book by its id, being folded meanwhile by so many other processes."""
    ends = {of: _last_number(of) for of in books}
    found = {of.book_id: Parts(upto) for of, upto in ends.items()}
    if processes < 2 or connection.in_atomic_block or sum(ends.values()) < SPAN:
        for of, upto in ends.items():
            found[of.book_id].spans = [
                lambda of=of, span=span: fold(of, *span) for span in _spans(upto)
            ]
        yield found
        return
    connection.close()  # no process may inherit it
    context = multiprocessing.get_context("fork")
    with ProcessPoolExecutor(processes, context, initializer=_begin_afresh) as pool:
        for of, upto in ends.items():
            futures: list[Future[Folded]] = [pool.submit(fold, of, *span) for span in _spans(upto)]
            found[of.book_id].spans = [future.result for future in futures]
        try:
            yield found
        finally:
            pool.shutdown(cancel_futures=True)


_INHERITED: list[object] = []
"""Kept, because to end one would end it for the process it belongs to."""


def _begin_afresh() -> None:
    """A connection that came with the fork is another's. There may be one that `connection` did not
    close: beside a running event loop Django keeps others than without it, and a fork has none."""
    for held in connections.all(initialized_only=True):
        _INHERITED.append(held)
        del connections[held.alias]


def _last_number(of: Of) -> int:
    last = next(rows("SELECT MAX(number) FROM ledger_entry WHERE book_id = %s", [of.book_id]))[0]
    return last if isinstance(last, int) and 0 < last < 1 << 32 else 0


def _spans(upto: int) -> list[tuple[int | None, int]]:
    ends = [*range(SPAN, upto, SPAN), upto] if upto else []
    return list(zip([None, *ends[:-1]], ends, strict=True)) if ends else []


@contextmanager
def still() -> Iterator[None]:
    """Within, the database is read as it was at one moment, whoever writes meanwhile."""
    outermost = not connection.in_atomic_block
    with transaction.atomic():
        if outermost and connection.vendor == "postgresql":
            with connection.cursor() as cursor:
                cursor.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ")
        yield
