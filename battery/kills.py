"""Row 1: kill -9 at any moment. What was acknowledged is there once, and nothing is there in part."""

from __future__ import annotations

import random
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from unittest import mock

from django.db import connection, transaction

from battery.forks import ENDED, PATIENCE_SECONDS, Copy, Life, Say, Work
from battery.frame import Outcome, Size, row
from battery.ground import ground
from battery.stages import Importing, Posting, Publishing, Sealing, Stage
from linli.disclosure import staging
from linli.intake import services as intake
from linli.ledger import services as ledger

PAUSE_SECONDS = 0.003
"""How long the torn acts of the controls wait between their halves, where a kill comes by chance."""
CONTROL_ROUNDS = 400
GAP = "gap"
"""What a torn act says between its halves where the kill comes exactly then."""
Pause = Callable[[], None]


def pause() -> None:
    time.sleep(PAUSE_SECONDS)


def long_pause() -> None:
    time.sleep(20 * PAUSE_SECONDS)


@dataclass
class Tally:
    """What rounds of killing gave. `last`: the line that acknowledges the last part of an act;
    `shown`: what a CI run's control gave, in the world of its rounds."""

    last: str
    rounds: int = 0
    kills: int = 0
    inside: int = 0
    parts: int = 0
    mended: int = 0
    seconds: float = 0.0
    shown: str = ""
    faults: list[str] = field(default_factory=list)

    def count(self, life: Life, faults: Sequence[str]) -> None:
        begun = sum(line.startswith("began ") for line in life.said)
        self.rounds += 1
        self.kills += life.killed
        self.inside += life.killed and begun > len(life.finished(self.last))
        self.parts += sum(not line.startswith(("began ", ENDED)) for line in life.said)
        self.faults += faults


@dataclass(frozen=True)
class Trial:
    """An act to be killed in: `torn` takes away what makes it one, in the copy; `block`: rounds in
    one world; `last`: the line that acknowledges the last part of an act; `pause`: what comes
    between the halves where the kill comes by chance."""

    what: str
    stage: Callable[[], Stage]
    last: str
    torn: Callable[[Pause], AbstractContextManager[Any]]
    how: str
    block: int = 50
    mended: str = ""
    pause: Pause = pause


def committing_after(module: Any, name: str, gap: Pause) -> AbstractContextManager[Any]:
    """A service whose writes are committed at once, whatever the act around it still has to do."""
    whole = getattr(module, name)

    def torn(*args: Any, **kwargs: Any) -> Any:
        result = whole(*args, **kwargs)
        connection.connection.commit()
        gap()
        return result

    return mock.patch.object(module, name, torn)


@contextmanager
def one_by_one(gap: Pause = pause) -> Iterator[None]:
    """A sheet whose rows are posted each in a transaction of its own, with none around them."""
    whole = ledger.post

    def torn(*, drafts: Sequence[Any], **given: Any) -> Any:
        for draft in drafts:
            with transaction.atomic():
                done = whole(drafts=[draft], **given)
            gap()
        return done

    flat = intake.import_ledger.__wrapped__  # type: ignore[attr-defined]
    with (
        mock.patch.object(ledger, "post", torn),
        mock.patch.object(intake, "take_ledger", intake.take_ledger.__wrapped__),  # type: ignore[attr-defined]
        mock.patch.object(intake, "import_ledger", flat),
    ):
        yield


def where_they_stand(gap: Pause = pause) -> AbstractContextManager[Any]:
    """Published files written where they are read, one after the other."""

    def put(out: Path, files: Mapping[str, bytes]) -> list[Path]:
        for path, data in files.items():
            (out / path).parent.mkdir(parents=True, exist_ok=True)
            (out / path).write_bytes(data)
            gap()
        return [out / path for path in files]

    return mock.patch.object(staging, "put", put)


POSTING = Trial(
    "vouchers drafted, handed in, approved",
    Posting,
    "post",
    lambda gap: committing_after(ledger, "post", gap),
    "the entry committed before its voucher",
)
IMPORTING = Trial(
    "import-ledger and import-bank",
    Importing,
    "bank",
    one_by_one,
    "rows posted without the transaction around them",
    block=25,
)
SEALING = Trial(
    "seal",
    Sealing,
    "seal",
    lambda gap: committing_after(ledger, "seal", gap),
    "the seal committed before its release",
    pause=long_pause,
    block=25,
)
PUBLISHING = Trial(
    "publish",
    Publishing,
    "publish",
    where_they_stand,
    "files written where they stand",
    block=120,
    mended="of them between the renames: put right by `linli checkpoint`, as its timer does",
)


def killed(size: Size, trial: Trial, rounds: int, seed: str, *, torn: bool = False) -> Tally:
    """Kill the act `rounds` times; with `torn`, until the first fault is seen. A CI run's control
    comes at the end, in the same world: one kill, exactly between the halves."""
    chance, tally, begun = random.Random(seed), Tally(trial.last), time.monotonic()
    while tally.rounds < rounds and not (torn and tally.faults):
        with ground(size):
            stage = trial.stage()
            _block(stage, trial, tally, min(trial.block, rounds - tally.rounds), chance, torn=torn)
            if size.name == "ci" and not tally.faults:
                tally.shown = killed_in_the_gap(stage, trial, rounds + 1)
    tally.seconds = time.monotonic() - begun
    return tally


def _block(
    stage: Stage, trial: Trial, tally: Tally, rounds: int, chance: random.Random, *, torn: bool
) -> None:
    """Rounds in one world. How long the act takes there is seen once, and then as it goes: a kill
    that came too late makes the next ones earlier."""
    work = stage.work(0)
    started = time.monotonic()
    life = Copy(work).end()
    takes = time.monotonic() - started
    tally.faults += _faults(stage, 0, life)
    for number in range(1, rounds + 1):
        work = stage.work(number)
        work = _torn(work, trial.torn, trial.pause) if torn else work
        life = Copy(work).killed_after(_moment(takes, chance))
        takes *= 1.02 if life.killed else 0.85
        tally.count(life, _faults(stage, number, life))
        if torn and tally.faults:
            break
    tally.mended += stage.mended


def _moment(takes: float, chance: random.Random) -> float:
    """When to kill: half of the times anywhere in the act, else in its last third, where it writes."""
    return chance.uniform(0 if chance.random() < 0.5 else takes * 2 / 3, takes)


def _faults(stage: Stage, number: int, life: Life) -> list[str]:
    failed = [f"{stage.act} {number}: {life.failure}"] if life.failure else []
    return stage.faults(number, life) + failed


def _torn(work: Work, tear: Callable[[Pause], AbstractContextManager[Any]], gap: Pause) -> Work:
    def torn(say: Say) -> None:
        with tear(gap):
            work(say)

    return torn


def killed_in_the_gap(stage: Stage, trial: Trial, number: int) -> str:
    """What is seen of a torn act that is killed exactly between its halves."""
    work = stage.work(number)

    def torn(say: Say) -> None:
        def gap() -> None:
            say(GAP)
            time.sleep(PATIENCE_SECONDS)

        _torn(work, trial.torn, gap)(say)

    found = _faults(stage, number, Copy(torn).killed_at(GAP))
    return f"in the gap: {found[0]}" if found else ""


def outcome(size: Size, trial: Trial, rounds: int) -> Outcome:
    tally = killed(size, trial, rounds, f"{trial.what} {size.name}")
    shown = tally.shown
    if size.name != "ci":
        control = killed(size, trial, CONTROL_ROUNDS, f"control {trial.what}", torn=True)
        shown = next((f"round {control.rounds}: {fault}" for fault in control.faults), "")
    lost = [fault for fault in tally.faults if ": lost" in fault]
    mended = f"; {tally.mended} {trial.mended}" if tally.mended else ""
    return Outcome(
        what=trial.what,
        rounds=tally.rounds,
        faults=tally.kills,
        lost=len(lost),
        broken=tuple(tally.faults[:20]),
        control=f"{trial.how}: {shown}" if shown else "",
        note=f"{tally.inside} kills in the middle of an act, {tally.parts} parts acknowledged, "
        f"{tally.seconds:.0f} s{mended}",
    )


@row(1)
def posting(size: Size) -> list[Outcome]:
    return [outcome(size, POSTING, size.of(12, 860))]


@row(1)
def importing(size: Size) -> list[Outcome]:
    return [outcome(size, IMPORTING, size.of(2, 70))]


@row(1)
def sealing(size: Size) -> list[Outcome]:
    return [outcome(size, SEALING, size.of(2, 50))]


@row(1)
def publishing(size: Size) -> list[Outcome]:
    return [outcome(size, PUBLISHING, size.of(3, 60))]
