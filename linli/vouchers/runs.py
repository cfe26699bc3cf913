"""Runs of receipt numbers as a clerk writes them: 128-140、150. Pure."""

from __future__ import annotations

import re
from collections.abc import Iterable

MOST = 200
_BETWEEN = re.compile(r"[,，、;；\s]+")
_RUN = re.compile(r"(\d{1,9})(?:[-–—~～至到](\d{1,9}))?", re.ASCII)


def read(text: str) -> list[tuple[int, int]]:
    """(first, last) of each run; raises ValueError for anything else, or for too many of them."""
    spaced = re.sub(r"\s*([-–—~～至到]+)\s*", lambda dash: dash[1][0], text.strip())
    found = []
    for part in filter(None, _BETWEEN.split(spaced)):
        run = _RUN.fullmatch(part)
        if run is None or len(found) == MOST:
            raise ValueError(part)
        first = int(run[1])
        found.append((first, int(run[2] or first)))
        if found[-1][0] > found[-1][1]:
            raise ValueError(part)
    return found


def write(numbers: Iterable[int]) -> str:
    """The numbers in as few runs as there are: {1, 2, 3, 7} → "1-3,7"."""
    runs: list[list[int]] = []
    for number in sorted(set(numbers)):
        if runs and runs[-1][1] == number - 1:
            runs[-1][1] = number
        else:
            runs.append([number, number])
    return ",".join(f"{a}" if a == b else f"{a}-{b}" for a, b in runs)
