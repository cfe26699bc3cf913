"""What the service writes down: one JSON line for each request and fault, and nobody's data.

Our own lines have fixed words and fields. What a library writes may hold an address, a name or a
row ("Key (phone)=(…) already exists"), so of it only who wrote it, where, and the kind and place
of the error are kept, never its words.
"""

from __future__ import annotations

import logging
import traceback
from collections.abc import MutableMapping
from pathlib import Path
from types import TracebackType
from typing import Any

import structlog

Event = MutableMapping[str, Any]
OURS = "linli."
MOST_FRAMES = 15


def formatter() -> logging.Formatter:
    """The formatter that settings name; readies structlog for this process, too."""
    structlog.configure(
        processors=[
            structlog.stdlib.filter_by_level,
            structlog.stdlib.add_logger_name,
            structlog.stdlib.ProcessorFormatter.wrap_for_formatter,
        ],
        logger_factory=structlog.stdlib.LoggerFactory(),
        cache_logger_on_first_use=True,
    )
    return structlog.stdlib.ProcessorFormatter(
        foreign_pre_chain=[structlog.stdlib.add_logger_name, without_words],
        processors=[
            structlog.contextvars.merge_contextvars,
            structlog.stdlib.add_log_level,
            structlog.processors.TimeStamper(fmt="iso", utc=True),
            only_where,
            structlog.stdlib.ProcessorFormatter.remove_processors_meta,
            structlog.processors.JSONRenderer(ensure_ascii=False),
        ],
    )


def without_words(_logger: Any, _method: str, event: Event) -> Event:
    """Of a line that is not ours: where it was written, not what it says."""
    record: logging.LogRecord = event["_record"]
    if not record.name.startswith(OURS):
        event["event"] = f"{record.module}:{record.lineno}"
    event.pop("positional_args", None)
    return event


def only_where(_logger: Any, _method: str, event: Event) -> Event:
    """Of an exception: its kinds and the places it came through, not its message."""
    told = event.pop("exc_info", None) or event["_record"].exc_info
    event.pop("stack_info", None)
    if isinstance(told, tuple) and told[1] is not None:
        event["fault"] = _kinds(told[1])
        event["through"] = _places(told[2])
    return event


def _kinds(error: BaseException | None) -> list[str]:
    """The error and what it came from, outermost first."""
    kinds: list[str] = []
    while error is not None and len(kinds) < 5:
        kinds.append(f"{type(error).__module__}.{type(error).__qualname__}")
        error = error.__cause__ or error.__context__
    return kinds


def _places(frames: TracebackType | None) -> list[str]:
    return [
        f"{'/'.join(Path(frame.filename).parts[-3:])}:{frame.lineno}"
        for frame in traceback.extract_tb(frames)[-MOST_FRAMES:]
    ]
