"""Row 2: a full disk. A clear error, nothing half, and on it goes once there is room."""

from __future__ import annotations

import os
import shutil
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from pathlib import Path
from typing import Any

import psycopg
from django.conf import settings
from django.db import connection, connections
from psycopg import sql

from battery.faults import JOURNAL, Approving, Keeping, Tally, no_journal, seen, within
from battery.forks import Copy
from battery.frame import Outcome, Size, Untried, row
from battery.ground import ground
from battery.kills import IMPORTING as TORN_IMPORT
from battery.stages import Importing, Sealing, Stage
from battery.strain import TOLD, filled, in_words, volume
from tests.databases import data_directory, pointed_at

VOLUME_MB = {"sqlite": 12, "postgresql": 96}


@contextmanager
def small_ground(size: Size) -> Iterator[Path]:
    """The ground of a row on a disk of a few megabytes; gives where that is."""
    if os.geteuid():
        raise Untried("only root can have a small disk")
    with ground(size), volume(VOLUME_MB[connection.vendor]) as place:
        data = place / "data"
        data.mkdir()
        shutil.copytree(settings.DATA, data, dirs_exist_ok=True)
        with data_directory(data), _moved(size, place):
            yield place


@contextmanager
def _moved(size: Size, place: Path) -> Iterator[None]:
    """Within, the database of this process lies in `place`."""
    if not size.database:
        with pointed_at({"NAME": str(place / "data" / "linli.sqlite3")}):
            yield
        return
    name, space = connection.settings_dict["NAME"], f"linli_{place.name.replace('-', '_')}"
    home, move = place / "postgres", "ALTER DATABASE {} SET TABLESPACE {}"
    connections.close_all()
    with psycopg.connect(size.database, autocommit=True) as admin:
        (cluster,) = admin.execute("SHOW data_directory").fetchone() or ("",)
        if not Path(cluster).is_dir():
            raise Untried("the PostgreSQL server is on another machine, so its disk stays as it is")
        home.mkdir()
        os.chown(home, Path(cluster).stat().st_uid, -1)
        names = sql.Identifier(name), sql.Identifier(space)
        admin.execute(sql.SQL("CREATE TABLESPACE {} LOCATION {}").format(names[1], str(home)))
        admin.execute(sql.SQL(move).format(*names))
        try:
            yield
        finally:
            connections.close_all()
            admin.execute(sql.SQL(move).format(names[0], sql.Identifier("pg_default")))
            admin.execute(sql.SQL("DROP TABLESPACE {}").format(names[1]))


FULL = {"approve": Approving, "import": Importing, "seal": Sealing, "keep a paper": Keeping}
ROOM = (0, 16 << 10, 48 << 10, 160 << 10, 96 << 10, 320 << 10)
"""How many bytes are left when the act begins."""


def full(
    size: Size,
    stage: Callable[[], Stage],
    rounds: int,
    careless: Callable[[], AbstractContextManager[Any]] | None = None,
) -> Tally:
    """Do the act where the disk is full, free some, look, go on; with `careless` to a first fault."""
    tally = Tally()
    with small_ground(size) as place:
        world = stage()
        for number in range(1, rounds + 1):
            work = world.work(number)
            work = within(careless, work) if careless else work
            with filled(place, but=ROOM[number % len(ROOM)]):
                life = Copy(in_words(work)).end()
            tally.rounds += 1
            tally.met += bool(life.finished(TOLD) or life.failure)
            tally.told += bool(life.finished(TOLD))
            tally.faults += [f"full: {life.failure}"] if life.failure else []
            tally.faults += [f"full: {one}" for one in seen(world, number, life)]
            if careless and tally.faults:
                break
    return tally


@row(2)
def a_full_disk(size: Size) -> list[Outcome]:
    careless, how = (TORN_IMPORT.torn, TORN_IMPORT.how) if size.database else (no_journal, JOURNAL)
    control = full(size, Importing, 24, careless)
    shown = f"{how}: {control.faults[0]}" if control.faults else ""
    outcomes = []
    for name, stage in FULL.items():
        if size.database and stage is Approving:
            continue  # its few rows find room in pages that are there
        tally = full(size, stage, size.of(2, 18))
        unmet = () if tally.told else ("the disk was never full",)
        outcomes.append(
            Outcome(
                what=f"{name}: a disk of {VOLUME_MB[connection.vendor]} MB is full",
                rounds=tally.rounds,
                faults=tally.met,
                lost=sum(": lost" in fault for fault in tally.faults),
                broken=(*tally.faults[:20], *unmet),
                control=shown,
                note=f"{tally.told} told that the disk is full; went on once there was room",
            )
        )
    return outcomes
