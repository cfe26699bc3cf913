"""Telling what came of the rows: a table on the terminal, and docs/battery.md."""

from __future__ import annotations

import re
import sys
import traceback
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from battery.frame import Experiment, Outcome, Size
from bench.frame import machine, sections

PAGE = Path(__file__).parent.parent / "docs" / "battery.md"
HEAD = """# Battery

Written by `make battery`: linli against kills, faults, races, tampering, bad input, load and wrong
clocks. *Lost*: acts that were acknowledged and then gone, half there, or there twice. *Control*:
the same experiment with the protection taken away; it has to fail, or the experiment shows nothing.
"""
TITLES = {
    1: "kill -9 while posting, importing, sealing, publishing, serving",
    2: "I/O errors and a full disk",
    3: "double submit and races",
    4: "tampering",
    5: "bad input",
    6: "who may do what",
    7: "load",
    8: "backup, restore, upgrade",
    9: "clocks and calendars",
}
HEADINGS = ("what", "rounds", "faults", "lost", "holds", "control", "note")


@dataclass(frozen=True, slots=True)
class Told:
    """What a row gave, and how long it took."""

    outcomes: tuple[Outcome, ...]
    seconds: float


def tried(run: Experiment, size: Size) -> Sequence[Outcome]:
    """What an experiment gives; one that breaks off is one that does not hold."""
    begun = f"{run.__module__}.{run.__name__}"
    try:
        outcomes = run(size)
    except (KeyboardInterrupt, SystemExit):
        raise
    except BaseException as error:  # noqa: BLE001 - told as an outcome, pytest.fail of a helper too
        traceback.print_exc()
        why = f"{type(error).__name__}: {error}".split("\n")[0][:300]
        outcomes = [Outcome(what=begun, rounds=0, faults=0, broken=(f"broke off: {why}",))]
    if not outcomes:
        outcomes = [Outcome(what=begun, rounds=0, faults=0, broken=("it gave no outcome",))]
    for one in outcomes:
        print(f"   {'holds' if one.held else 'DOES NOT HOLD'}: {one.what}", file=sys.stderr)
    return outcomes


def faults_of(one: Outcome) -> list[str]:
    """Why an outcome does not hold, a line each."""
    lost = [f"{one.lost} acknowledged acts were lost"] if one.lost else []
    control = [] if one.control else ["its control did not fail, so it shows nothing"]
    return [*lost, *one.broken, *control]


def _cells(one: Outcome) -> tuple[str, ...]:
    holds = "yes" if one.held else "**no**"
    counts = (f"{one.rounds:,}", f"{one.faults:,}", f"{one.lost:,}")
    return (one.what, *counts, holds, one.control or "none", one.note)


def lines(told: Mapping[int, Told]) -> list[str]:
    """What is shown on the terminal."""
    shown = []
    for number, row in told.items():
        shown += ["", f"{number}. {TITLES[number]} ({row.seconds:.0f} s)"]
        for one in row.outcomes:
            counts = f"{one.rounds:,} rounds, {one.faults:,} faults, {one.lost:,} lost"
            shown.append(f"   {'✓' if one.held else '✗'} {one.what}: {counts}")
            shown.append(f"     control: {one.control or 'none'}")
            shown += [f"     {one.note}"] if one.note else []
            shown += [f"     ! {fault}" for fault in faults_of(one)[:20]]
    return shown


def table(row: Told) -> list[str]:
    """One row of the battery as Markdown."""
    text = ["| " + " | ".join(HEADINGS) + " |", "|" + "---|" * len(HEADINGS)]
    for one in row.outcomes:
        cells = (cell.replace("|", "\\|").replace("\n", " ") for cell in _cells(one))
        text.append("| " + " | ".join(cells) + " |")
    broken = [f"- **{one.what}**: {fault}" for one in row.outcomes for fault in faults_of(one)]
    return [*text, *(["", *broken] if broken else [])]


def write(told: Mapping[int, Told], size: Size, *, page: Path = PAGE) -> None:
    """Put the rows of this engine and size into the page, each in place of its last answer.

    What was not run this time stays, with the day and the command of its own run.
    """
    known = sections(page.read_text("utf-8"), "## ") if page.exists() else {}
    name = f"{size.engine}, {size.name}"
    answers = sections(known.get(name, ""), "### ")
    for number, row in told.items():
        title = f"{number}. {TITLES[number]}"
        about = [
            re.sub(r"postgres\S+:\S+", "URL", line)
            for line in machine(_database(), module="battery")
        ]
        answers[title] = "\n".join([*about, f"- {row.seconds:.0f} s", "", *table(row)])
    parts = (f"### {title}\n\n{answers[title]}" for title in sorted(answers))
    known[name] = "\n\n".join(parts)
    body = "\n\n".join(f"## {name}\n\n{known[name].strip()}" for name in sorted(known))
    page.write_text(f"{HEAD}\n{body}\n", "utf-8")


def _database() -> str:
    from django.conf import settings
    from django.db import connection

    if connection.vendor == "postgresql":
        number = connection.cursor().connection.info.server_version
        return f"PostgreSQL {number // 10000}.{number % 10000}"
    return f"SQLite, journal_mode={settings.JOURNAL}, synchronous=FULL"
