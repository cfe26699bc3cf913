"""`python -m battery.torn --port N --workers N`: the service without a protection, as a control.

An approval's entry is committed before the voucher that asked for it; with `--waits` it then makes
the file `gap` and waits to be killed. Or, with `--unlocked`, nobody waits for anybody.
"""

from __future__ import annotations

import argparse
import time
from pathlib import Path
from typing import Any

from granian import Granian
from granian.constants import Interfaces

PAUSE_SECONDS, WAITS_SECONDS = 0.05, 60.0
GAP = "gap"
"""A file of the data directory: the entry is committed, its voucher is not."""


def application(environ: dict[str, Any], start: Any) -> Any:
    """The service of `linli.wsgi`, with a posting that commits too early."""
    from linli.wsgi import application as whole

    _tear(waits=False)
    return whole(environ, start)


def waiting(environ: dict[str, Any], start: Any) -> Any:
    """The same, which waits there."""
    from linli.wsgi import application as whole

    _tear(waits=True)
    return whole(environ, start)


def _tear(*, waits: bool) -> None:
    from django.conf import settings
    from django.db import connection

    from linli.ledger import services

    post = services.post
    if hasattr(post, "torn"):
        return

    def torn(*args: Any, **kwargs: Any) -> Any:
        result = post(*args, **kwargs)
        connection.connection.commit()
        if not waits:
            time.sleep(PAUSE_SECONDS)
            return result
        (Path(settings.DATA) / GAP).touch()
        time.sleep(WAITS_SECONDS)
        return result

    torn.torn = True  # type: ignore[attr-defined]
    services.post = torn  # type: ignore[assignment]


def unlocked(environ: dict[str, Any], start: Any) -> Any:
    """The service of `linli.wsgi` without its locks."""
    from linli.wsgi import application as whole

    with _without_locks():
        return whole(environ, start)


def _without_locks() -> Any:
    from battery.races import unlocked as without

    return without()


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("--waits", dest="served", action="store_const", const="waiting")
    parser.add_argument("--unlocked", dest="served", action="store_const", const="unlocked")
    parser.add_argument("--port", type=int, required=True)
    parser.add_argument("--workers", type=int, required=True)
    asked = parser.parse_args()
    Granian(
        f"battery.torn:{asked.served or 'application'}",
        address="127.0.0.1",
        port=asked.port,
        interface=Interfaces.WSGI,
        workers=asked.workers,
        blocking_threads=4,
        respawn_failed_workers=True,
    ).serve()


if __name__ == "__main__":
    main()
