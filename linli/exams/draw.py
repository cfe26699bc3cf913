"""Draws that anybody can make again: an order that follows from a published seed alone. No database."""

from __future__ import annotations

import hashlib
from collections import deque
from collections.abc import Iterable, Sequence
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Hall:
    """A room to be filled: its number, its seats, and how many stand side by side."""

    number: int
    seats: int
    across: int

    def left_of(self, seat: int) -> int | None:
        """The seat beside one in the column before it (columns wind like a snake); seats from 0."""
        depth = -(-self.seats // self.across)
        column, at = divmod(seat, depth)
        return column * depth - 1 - at if column else None


@dataclass(frozen=True, slots=True)
class Seat:
    """Where a key sits; seats are counted from 1."""

    key: str
    room: int
    seat: int


def lot(seed: str, key: str) -> str:
    """The lot of a key: SHA-256 of ``seed|key``, hexadecimal; the smallest comes first."""
    return hashlib.sha256(f"{seed}|{key}".encode()).hexdigest()


def shuffled(keys: Iterable[str], seed: str) -> list[str]:
    """Keys by their lots. The order in which they are given does not matter."""
    return sorted(keys, key=lambda key: (lot(seed, key), key))


def seated(people: Sequence[tuple[str, str]], halls: Sequence[Hall], seed: str) -> list[Seat]:
    """Seats for (key, group), the halls filled in order.

    By lot, but whoever would sit beside or behind somebody of the same group waits for the next
    seat, as long as there is another; no two of a group sit one after the other unless more than
    half of those who are left are of it.
    """
    groups = dict(people)
    order = {key: at for at, key in enumerate(shuffled(groups, seed))}
    queues: dict[str, deque[str]] = {}
    for key in order:
        queues.setdefault(groups[key], deque()).append(key)
    found: list[Seat] = []
    for hall in halls:
        taken: list[str] = []
        while len(taken) < hall.seats and queues:
            beside = hall.left_of(len(taken))
            group = _next(
                queues,
                order,
                left=len(order) - len(found),
                last=taken[-1] if taken else None,
                beside=taken[beside] if beside is not None else None,
            )
            key = queues[group].popleft()
            if not queues[group]:
                del queues[group]
            taken.append(group)
            found.append(Seat(key, hall.number, len(taken)))
    return found


def _next(
    queues: dict[str, deque[str]],
    order: dict[str, int],
    *,
    left: int,
    last: str | None,
    beside: str | None,
) -> str:
    """The group whose next one sits down."""
    most = max(queues, key=lambda group: (len(queues[group]), -order[queues[group][0]]))
    if len(queues[most]) * 2 > left and most != last:
        return most
    by_lot = sorted(queues, key=lambda group: order[queues[group][0]])
    apart = [group for group in by_lot if group != last]
    return next((group for group in apart if group != beside), (apart or by_lot)[0])
