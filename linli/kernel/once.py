"""What is read once while one request is answered, and forgotten with it."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from typing import Any, TypeVar

T = TypeVar("T")
_kept: ContextVar[dict[str, Any] | None] = ContextVar("read_once", default=None)


@contextmanager
def reading_once() -> Iterator[None]:
    """Within this, `once` keeps what it read; outside of it everything is read anew."""
    before = _kept.set({})
    try:
        yield
    finally:
        _kept.reset(before)


def once(name: str, read: Callable[[], T]) -> T:
    """What `read` gives, or gave already under this name."""
    kept = _kept.get()
    if kept is None:
        return read()
    if name not in kept:
        kept[name] = read()
    found: T = kept[name]
    return found


def forget(name: str) -> None:
    """It was changed: the next one reads anew."""
    kept = _kept.get()
    if kept is not None:
        kept.pop(name, None)
