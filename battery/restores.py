"""Row 8: a backup made while the service goes on, restored elsewhere, held against what was
published; an older one over newer heads; backups of earlier schemas."""

from __future__ import annotations

import json
import shutil
import tempfile
import threading
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any
from unittest import mock

from django.conf import settings
from django.core.management import call_command
from django.db import connections

from battery.frame import Outcome, Size, row
from battery.ground import county, ground
from linli.disclosure import folder
from linli.ledger import queries as ledger
from linli.ledger import services
from linli.ledger.models import Log
from linli.proof import queries as proof
from linli.upkeep import backups, drills, health
from linli.upkeep.archive import read_key
from linli.upkeep.tests.test_upgrades import KEY, RELEASED, ROOTS
from tests.books import NOW, Estate
from tests.databases import OwnDatabase

SECRET = read_key(KEY)
PERIOD = 8
"""The writer publishes the county's head after so many postings."""


def quiet(*_told: object, **_named: object) -> None:
    """Steps that nobody watches."""


def save(path: Path) -> None:
    backups.make(path, now=NOW, secret=SECRET, step=quiet)


EARLIER = ("ledger", "0001_initial")


@contextmanager
def elsewhere(size: Size, path: Path, *, earlier: bool = False) -> Iterator[OwnDatabase]:
    """Within, the default connection goes to another place, where a backup was put back; with
    `earlier` its tables are the ledger's first beforehand, and are filled as they are."""
    with ground(size) as other:
        if earlier:
            other.run("migrate", *EARLIER, "-v0", check=True)
        backups.put_back(path, now=NOW, secret=SECRET, force=True, step=quiet)
        yield other


def heads() -> dict[str, list]:
    return {log.origin: [log.size, log.root] for log in Log.objects.order_by("origin")}


@dataclass
class Writer:
    """Somebody who posts all the time, and publishes now and then, until told to stop.

    `acknowledged`: size → root of the book's log after each posting that was confirmed.
    """

    estate: Estate
    first: int
    acknowledged: dict[int, str] = field(default_factory=dict)
    failure: str = ""
    over: threading.Event = field(default_factory=threading.Event)

    def post(self, number: int) -> None:
        now = NOW + timedelta(seconds=number)
        self.estate.post(self.estate.draft(key=f"w{number}", date=NOW.date()), now=now)
        size, root = ledger.head(self.estate.book)  # type: ignore[arg-type]
        self.acknowledged[size] = root
        if number % PERIOD == 0:
            publish(self.estate, now)

    def run(self) -> None:
        number = self.first
        try:
            while not self.over.is_set():
                self.post(number)
                number += 1
        except Exception as error:  # noqa: BLE001 - told by the row
            self.failure = f"{type(error).__name__}: {error}"
        finally:
            connections.close_all()


def publish(estate: Estate, now: datetime) -> None:
    """The book's head signed, and the county's newest put where outsiders fetch it."""
    services.checkpoint(by=None, book=estate.book, now=now)  # type: ignore[arg-type]
    folder.refresh_top(Path(settings.PUBLIC))


@dataclass
class Saved:
    """A backup, what had been acknowledged before and after it was made, and what was published
    before it."""

    path: Path
    before: int
    acknowledged: dict[int, str]
    published: list[drills.Head]
    failure: str


def saved_meanwhile(estate: Estate, path: Path, number: int) -> Saved:
    """Make a backup while somebody writes."""
    writer = Writer(estate, first=number * 100_000 + 1)
    writer.post(number * 100_000)
    published = drills.heads(Path(settings.PUBLIC))
    thread = threading.Thread(target=writer.run)
    thread.start()
    try:
        while len(writer.acknowledged) < 3 and thread.is_alive():
            thread.join(0.01)
        before = max(writer.acknowledged)
        save(path)
    finally:
        writer.over.set()
        thread.join(60)
    return Saved(path, before, writer.acknowledged, published, writer.failure)


def faults_of(book: Any, saved: Saved) -> list[str]:
    """What does not hold in the place where it was put back."""
    found = [f"verify: {fault}" for fault in proof.verify().faults[:5]]
    found += [f"public: {fault}" for fault in proof.published(Path(settings.PUBLIC))]
    size, root = ledger.head(book)
    if size < saved.before:
        found.append(f"lost: {saved.before} records were confirmed before it began, {size} are in")
    if saved.acknowledged.get(size) != root:
        found.append(f"what is in is not what was confirmed up to record {size}")
    held = drills.compare(saved.published)
    if held.ahead or held.foreign or not held.held:
        found.append("what was published before it is not in it")
    return found


@row(8)
def while_serving(size: Size) -> Sequence[Outcome]:
    """Backups are made while somebody posts and publishes, and are put back elsewhere."""
    rounds, broken, during = size.of(1 if size.database else 2, 25), [], 0
    with ground(size), tempfile.TemporaryDirectory() as name:
        estate, place = county().told.estate, Path(name)
        for number in range(rounds):
            saved = saved_meanwhile(estate, place / str(number), number + 1)
            during += sum(size_ > saved.before for size_ in saved.acknowledged)
            found = [f"the writer: {saved.failure}"] if saved.failure else []
            with elsewhere(size, saved.path):
                found += faults_of(estate.book, saved)
            broken += [f"{number}: {fault}" for fault in found]
        with _folder_taken_last(estate):
            save(place / "control")
        with elsewhere(size, place / "control"):
            named = [str(fault) for fault in proof.published(Path(settings.PUBLIC))]
    return [
        Outcome(
            what="a backup made while the service goes on, put back elsewhere",
            rounds=rounds,
            faults=during,
            lost=sum(": lost" in fault for fault in broken),
            broken=tuple(broken[:20]),
            control=f"with the public folder taken after the database: {named[0]}" if named else "",
            note=f"{during} entries were posted while the backups were made",
        )
    ]


@contextmanager
def _folder_taken_last(estate: Estate) -> Iterator[None]:
    """Somebody publishes in the middle, and the folder is taken only then."""
    take = backups._take_database

    def wrongly(staging: Path, step: backups.Step) -> dict[str, Any]:
        facts = take(staging, step)
        estate.post(estate.draft(key="between", date=NOW.date()), now=NOW + timedelta(days=9))
        publish(estate, NOW + timedelta(days=9))
        shutil.copytree(settings.PUBLIC, staging / backups.PUBLIC, dirs_exist_ok=True)
        return facts

    with (
        mock.patch.object(backups, "_take_public", lambda _target: None),
        mock.patch.object(backups, "_take_database", wrongly),
    ):
        yield


@row(8)
def older_than_published(size: Size) -> Sequence[Outcome]:
    """A backup that ends before what was published is put back, and must be called a rollback."""
    rounds, broken, unseen = size.of(1 if size.database else 2, 20), [], 0
    with ground(size), tempfile.TemporaryDirectory() as name:
        estate = county().told.estate
        for number in range(rounds):
            path = Path(name) / str(number)
            save(path)
            now = NOW + timedelta(hours=number + 1)
            estate.post(estate.draft(key=f"after {number}", date=NOW.date()), now=now)
            publish(estate, now)
            published = drills.heads(Path(settings.PUBLIC))
            with elsewhere(size, path):
                unseen += not proof.verify().faults
                unseen -= bool(list(proof.published(Path(settings.PUBLIC))))
                found = drills.compare(published)
            if not found.ahead or found.foreign:
                broken.append(f"{number}: the rollback is not named")
    return [
        Outcome(
            what="an older backup under newer published checkpoints",
            rounds=rounds,
            faults=rounds,
            broken=tuple(broken),
            control=f"alone, {unseen} of them hold: nothing inside a backup can tell"
            if unseen == rounds
            else "",
        )
    ]


@row(8)
def upgrades(size: Size) -> Sequence[Outcome]:
    """Backups of released versions, and of the ledger's first tables, are brought up to date."""
    broken = []
    for version, roots in ROOTS.items():
        with elsewhere(size, RELEASED / f"{version}.sealed"):
            broken += [f"{version}: {fault}" for fault in _not_current(roots)]
    with tempfile.TemporaryDirectory() as name:
        path = Path(name) / "earlier"
        with ground(size) as own:
            county()
            roots = heads()
            own.run("migrate", *EARLIER, "-v0", check=True)
            save(path)
        # making all earlier tables anew is tried by the released versions already
        with _not_migrated(), elsewhere(size, path, earlier=size.name == "ci"):
            left = health.lacking()
            call_command("migrate", verbosity=0, interactive=False)
            broken += [f"earlier tables: {fault}" for fault in _not_current(roots)]
    return [
        Outcome(
            what="backups of released and of earlier schemas, restored by this version",
            rounds=len(ROOTS) + 1,
            faults=len(ROOTS) + 1,
            broken=tuple(broken),
            control=f"put back without migrating it is not ready: {', '.join(left)}"
            if left
            else "",
            note=f"released: {', '.join(ROOTS)}",
        )
    ]


def _not_migrated() -> Any:
    """Within, what is put back stays as it was when the backup was made."""
    return mock.patch.object(backups, "call_command", quiet)


def _not_current(roots: dict[str, list]) -> list[str]:
    found = [f"verify: {fault}" for fault in proof.verify().faults[:5]]
    found += [f"still lacking: {what}" for what in health.lacking()]
    if heads() != roots:
        found.append(f"other roots: {json.dumps(heads())}")
    return found
