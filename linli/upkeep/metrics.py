"""Figures for Prometheus: requests, faults of the database, and how old the last safeguards are.

Counted only where LINLI_METRICS_TOKEN is set. prometheus-client decides at its import whether
several processes count together, so it is imported by the process that counts, after `linli serve`
has named the directory they share.
"""

from __future__ import annotations

import os
import shutil
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from functools import cache
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.signals import got_request_exception
from django.db import DatabaseError
from django.db.models import Max, Sum

from linli.kernel.place import EVERYWHERE
from linli.ledger import queries as ledger
from linli.upkeep import backups

SHARED = "PROMETHEUS_MULTIPROC_DIR"
BUCKETS = (0.005, 0.01, 0.025, 0.05, 0.1, 0.15, 0.25, 0.5, 1, 2.5, 5, 10, 30)


@contextmanager
def shared() -> Iterator[None]:
    """Within, the processes that are started count together."""
    if not settings.METRICS_TOKEN:
        yield
        return
    folder = tempfile.mkdtemp(prefix="linli-metrics-")
    os.environ[SHARED] = folder
    try:
        yield
    finally:
        del os.environ[SHARED]
        shutil.rmtree(folder, ignore_errors=True)


class _Meters:
    def __init__(self) -> None:
        from prometheus_client import CollectorRegistry, Counter, Histogram

        registry = CollectorRegistry()
        self.registry = registry
        self.requests = Counter(
            "linli_requests", "Requests answered", ("route", "method", "status"), registry=registry
        )
        self.seconds = Histogram(
            "linli_request_seconds",
            "Seconds until the answer",
            ("route",),
            buckets=BUCKETS,
            registry=registry,
        )
        self.database_errors = Counter(
            "linli_database_errors", "Requests the database failed", ("kind",), registry=registry
        )


@cache
def _meters() -> _Meters:
    return _Meters()


def begin() -> None:
    """Count the requests that end in an error of the database."""
    got_request_exception.connect(_failed, dispatch_uid="linli.upkeep.metrics")


def _failed(**_told: Any) -> None:
    error = sys.exc_info()[1]
    if settings.METRICS_TOKEN and isinstance(error, DatabaseError):
        _meters().database_errors.labels(type(error).__name__).inc()


def count(*, route: str, method: str, status: int, seconds: float) -> None:
    """One request that was answered."""
    if settings.METRICS_TOKEN:
        _meters().requests.labels(route, method, str(status)).inc()
        _meters().seconds.labels(route).observe(seconds)


class _Installation:
    """What is looked up when it is asked for, not counted."""

    def collect(self) -> Iterator[Any]:
        from prometheus_client.core import GaugeMetricFamily as Gauge

        with suppress(FileNotFoundError):
            free = shutil.disk_usage(settings.DATA).free
            yield Gauge("linli_free_bytes", "Room where the data lies", free)
        made_at = backups.newest_at()
        if made_at is not None:
            age = time.time() - made_at
            yield Gauge("linli_backup_age_seconds", "Age of the newest backup here", age)
        try:
            size = ledger.books(EVERYWHERE).aggregate(size=Sum("log__size"))["size"] or 0
            signed_at = ledger.logs_of_counties().aggregate(at=Max("last_at"))["at"]
        except DatabaseError:
            yield Gauge("linli_database_up", "Whether the database answers", 0)
            return
        yield Gauge("linli_database_up", "Whether the database answers", 1)
        yield Gauge("linli_leaves", "Records in the logs of all books", size)
        if signed_at is not None:
            age = time.time() - signed_at.timestamp()
            yield Gauge("linli_checkpoint_age_seconds", "Age of the newest checkpoint", age)


def page() -> tuple[bytes, str]:
    """The figures of all processes as Prometheus reads them, and their content type."""
    from prometheus_client import CONTENT_TYPE_LATEST, CollectorRegistry, generate_latest
    from prometheus_client.multiprocess import MultiProcessCollector

    if Path(os.environ.get(SHARED, "")).is_dir() and SHARED in os.environ:
        registry = CollectorRegistry()
        MultiProcessCollector(registry)
    else:
        registry = _meters().registry
    looked_up = CollectorRegistry()
    looked_up.register(_Installation())  # type: ignore[arg-type]
    return generate_latest(registry) + generate_latest(looked_up), CONTENT_TYPE_LATEST
