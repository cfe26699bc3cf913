"""Other ledgers, each in a process of its own and in an environment of the bench's own.

`python -m bench.peers --setup` makes the environment in `<LINLI_DATA>/peers`; without it the
benches run without peers.
"""

from __future__ import annotations

import json
import os
import shutil
import subprocess
from collections.abc import Callable
from contextlib import contextmanager
from functools import cache
from pathlib import Path

from django.db import connection

from bench.frame import Run, Side
from bench.place import here, until_the_end
from linli.upkeep.database import as_owner

HERE = Path(__file__).parent
HOME = Path(os.environ.get("LINLI_DATA") or "data").resolve() / "peers"
PYTHON = HOME / "bin" / "python"
NO_LOG = "no hash, no key that posts once, no row that the database keeps from being changed"
LACKS = {
    "django-ledger": f"{NO_LOG}; sums may differ by 0.02, no dense numbers, no sealed month",
    "django-hordak": f"{NO_LOG}; the database checks the sum of an entry; no numbers, no months",
    "django-import-export": "rows of a text into one bare table: no entry, no check of sums, "
    "balances, dates or words, no key that takes a row once",
    "beancount": "a text file, read anew each time: nothing is durable, nothing is refused on "
    "writing, anything may be changed",
    "hledger": "a text file, read anew each time: nothing is durable, nothing is refused on "
    "writing, anything may be changed",
}


class Peer:
    """A process that does what it is told and says when it has."""

    def __init__(self, process: subprocess.Popen[str]) -> None:
        self.process = process

    def do(self, what: str, size: int) -> None:
        """Raises RuntimeError with what the peer said if it did not."""
        assert self.process.stdin and self.process.stdout
        self.process.stdin.write(json.dumps([what, size]) + "\n")
        self.process.stdin.flush()
        answer = self.process.stdout.readline()
        if answer != "done\n":
            raise RuntimeError(f"{what} {size}: {answer}")


@cache
def peer(name: str) -> Peer:
    """The process of a peer over this bench's database server; it ends with the bench."""
    return until_the_end(_running(name))


@contextmanager
def _running(name: str):  # type: ignore[no-untyped-def]
    own = here()
    schema = f"peer_{name.replace('-', '_')}"
    if connection.vendor == "postgresql":
        with as_owner(), connection.cursor() as cursor:
            cursor.execute(f"CREATE SCHEMA {schema}")
    told = {"url": own.environment.get("LINLI_OWNER_URL", ""), "schema": schema}
    command = [str(PYTHON), "-W", "ignore", str(HERE / "program.py"), name, str(own.data)]
    with subprocess.Popen(
        [*command, json.dumps(told)],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
        env=_environment(),
    ) as process:
        try:
            yield Peer(process)
        finally:
            assert process.stdin
            process.stdin.close()
            process.wait(timeout=30)


def _environment() -> dict[str, str]:
    """Ours, without Django's settings, and without the files that beancount keeps what it read in."""
    kept = {key: value for key, value in os.environ.items() if not key.startswith("DJANGO")}
    return kept | {"BEANCOUNT_DISABLE_LOAD_CACHE": "1"}


def side(name: str, what: str, *, each: int = 0, until: int = 0, fill: bool = False) -> Side:
    """A peer's side of a bench. `what`: what it does; `each`: how often in a round; `until`: the
    greatest size it takes part in."""

    def prepare() -> Run:
        peer(name)
        return lambda size: peer(name).do(what, each or size)

    filling: Callable[[int], object] = lambda size: peer(name).do("fill", size)  # noqa: E731
    return Side(
        name, prepare, fill=filling if fill else None, each=each, until=until, lacks=LACKS[name]
    )


def there(*names: str) -> list[str]:
    """Those of the peers that can run here: the environment is made, the database is theirs."""
    if not PYTHON.exists():
        return []
    able = {"django-ledger", "django-import-export", "beancount"}
    able |= {"django-hordak"} if connection.vendor == "postgresql" else set()
    able |= {"hledger"} if shutil.which("hledger") else set()
    return [name for name in names if name in able]
