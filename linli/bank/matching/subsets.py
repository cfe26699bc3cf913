"""Which of some amounts add up to a sum: exact, bounded, deterministic."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

Ways = dict[int, list[tuple[int, ...]]]


@dataclass
class Effort:
    """What a search may cost; used up as it goes, so that many searches share one.

    `sums`: how many different sums one half of a search may hold; `steps`: how many additions all
    searches together may make.
    """

    sums: int = 1 << 14
    steps: int = 2_000_000


def subsets(
    amounts: Sequence[int], target: int, *, effort: Effort, most: int = 2
) -> list[tuple[int, ...]] | None:
    """Up to `most` subsets of positive amounts that add up to a positive target.

    Each subset is the positions of its amounts, rising; the list is the same for the same
    arguments. None when the effort does not suffice to be sure.
    """
    total = sum(amounts)
    if target <= 0 or target > total:
        return []
    if total - target >= target:
        return _search(amounts, target, effort, most)
    rest = _search(amounts, total - target, effort, most)
    everything = frozenset(range(len(amounts)))
    return rest and [tuple(sorted(everything.difference(left_out))) for left_out in rest]


def _search(
    amounts: Sequence[int], target: int, effort: Effort, most: int
) -> list[tuple[int, ...]] | None:
    """Meet in the middle: the sums of each half are held, equal sums only once."""
    small = [place for place, amount in enumerate(amounts) if amount <= target]
    middle = len(small) // 2
    left = _sums(amounts, small[:middle], target, effort, most)
    right = left and _sums(amounts, small[middle:], target, effort, most)
    if not left or not right:
        return None
    found: list[tuple[int, ...]] = []
    for total in sorted(left):
        for head in left[total]:
            for tail in right.get(target - total, ()):
                found.append(head + tail)
                if len(found) == most:
                    return found
    return found


def _sums(
    amounts: Sequence[int], places: Sequence[int], target: int, effort: Effort, most: int
) -> Ways | None:
    """Every sum up to the target, with up to `most` ways to reach it."""
    found: Ways = {0: [()]}
    for place in places:
        effort.steps -= len(found)
        if effort.steps < 0 or len(found) > effort.sums:
            return None
        # From the largest down: what is added now is not added to again.
        for total, ways in sorted(found.items(), reverse=True):
            reached = total + amounts[place]
            if reached <= target:
                known = found.setdefault(reached, [])
                known += [(*way, place) for way in ways[: most - len(known)]]
    return found
