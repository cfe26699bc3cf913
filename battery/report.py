"""Telling what came of the rows: a table on the terminal, and docs/battery.md."""

from __future__ import annotations

import re
import sys
import time
import traceback
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from xml.etree import ElementTree

from battery.frame import Experiment, Outcome, Size, Untried
from bench.frame import machine, sections

PAGE = Path(__file__).parent.parent / "docs" / "battery.md"
HEAD = """# Battery

Written by `make battery`: linli against kills, faults, races, tampering, bad input, load and wrong
clocks. *Lost*: acts that were acknowledged and then gone, half there, or there twice. *Control*:
the same experiment with the protection taken away; it has to fail, or the experiment shows nothing.
Sizes: `nightly`, or `ci`, which is what `.ci/run` does: all rows on both databases within minutes.
"""
SUMMARY = "In short"
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

    @property
    def held(self) -> bool:
        """Something of it was tried, and whatever was tried held."""
        done = [one for one in self.outcomes if not one.untried]
        return bool(done) and all(one.held for one in done)


def tried(run: Experiment, size: Size) -> Sequence[Outcome]:
    """What an experiment gives; one that breaks off is one that does not hold."""
    begun, started = f"{run.__module__}.{run.__name__}", time.monotonic()
    try:
        outcomes = run(size)
    except (KeyboardInterrupt, SystemExit):
        raise
    except Untried as lacking:
        outcomes = [Outcome(what=begun, rounds=0, faults=0, untried=str(lacking))]
    except BaseException as error:  # noqa: BLE001 - told as an outcome, pytest.fail of a helper too
        traceback.print_exc()
        why = f"{type(error).__name__}: {error}".split("\n")[0][:300]
        outcomes = [Outcome(what=begun, rounds=0, faults=0, broken=(f"broke off: {why}",))]
    if not outcomes:
        outcomes = [Outcome(what=begun, rounds=0, faults=0, broken=("it gave no outcome",))]
    took = time.monotonic() - started
    print(f"   {size.engine} {begun}: {took:.0f} s", file=sys.stderr)
    for one in outcomes:
        said = (
            "holds" if one.held else f"not tried: {one.untried}" if one.untried else "DOES NOT HOLD"
        )
        print(f"   {said}: {one.what}", file=sys.stderr)
    return [replace(one, seconds=took) for one in outcomes]


def faults_of(one: Outcome) -> list[str]:
    """Why an outcome does not hold, a line each."""
    if one.untried:
        return [f"not tried: {one.untried}"]
    lost = [f"{one.lost} acknowledged acts were lost"] if one.lost else []
    control = [] if one.control else ["its control did not fail, so it shows nothing"]
    return [*lost, *one.broken, *control]


def _cells(one: Outcome) -> tuple[str, ...]:
    holds = "yes" if one.held else "not tried" if one.untried else "**no**"
    counts = (f"{one.rounds:,}", f"{one.faults:,}", f"{one.lost:,}")
    return (one.what, *counts, holds, one.control or "none", one.note)


def lines(told: Mapping[int, Told], size: Size) -> list[str]:
    """What is shown on the terminal."""
    shown = ["", f"{size.engine}, {size.name}"]
    for number, row in told.items():
        shown += ["", f"{number}. {TITLES[number]} ({row.seconds:.0f} s)"]
        for one in row.outcomes:
            counts = f"{one.rounds:,} rounds, {one.faults:,} faults, {one.lost:,} lost"
            mark = "✓" if one.held else "–" if one.untried else "✗"
            shown.append(f"   {mark} {one.what}: {counts}")
            shown.append(f"     control: {one.control or 'none'}")
            shown += [f"     {one.note}"] if one.note else []
            shown += [f"     ! {fault}" for fault in faults_of(one)[:20]]
    return shown


def junit(told: Mapping[int, Told], size: Size) -> ElementTree.Element:
    """A test suite as JUnit writes it: one case for each outcome, one more for a row of which
    nothing could be tried."""
    suite = ElementTree.Element("testsuite", name=f"battery, {size.engine}")
    counts = dict.fromkeys(("tests", "failures", "errors", "skipped"), 0)
    for number, row in told.items():
        outcomes = list(row.outcomes)
        if all(one.untried for one in outcomes):
            nothing = ("nothing of it could be tried",)
            outcomes.append(Outcome(what=TITLES[number], rounds=0, faults=0, broken=nothing))
        for one in outcomes:
            case = ElementTree.SubElement(suite, "testcase", name=one.what)
            case.set("classname", f"battery.{size.engine}.row{number}")
            case.set("time", f"{one.seconds / len(row.outcomes):.1f}")
            counts["tests"] += 1
            if one.untried:
                counts["skipped"] += 1
                ElementTree.SubElement(case, "skipped", message=one.untried)
            elif not one.held:
                counts["failures"] += 1
                said = faults_of(one)
                ElementTree.SubElement(case, "failure", message=said[0]).text = "\n".join(said)
    for name, count in counts.items():
        suite.set(name, str(count))
    return suite


def table(row: Told) -> list[str]:
    """One row of the battery as Markdown."""
    text = ["| " + " | ".join(HEADINGS) + " |", "|" + "---|" * len(HEADINGS)]
    for one in row.outcomes:
        cells = (cell.replace("|", "\\|").replace("\n", " ") for cell in _cells(one))
        text.append("| " + " | ".join(cells) + " |")
    broken = [f"- **{one.what}**: {fault}" for one in row.outcomes for fault in faults_of(one)]
    return [*text, *(["", *broken] if broken else [])]


def write(told: Mapping[int, Told], size: Size, *, page: Path = PAGE) -> None:
    """Put the rows of this engine into the page, each in place of its last answer.

    What was not run this time stays, with the day and the command of its own run. A nightly answer
    takes the place of a CI run's; a CI run leaves it as it is.
    """
    known = _known(page)
    small, large = (known.setdefault(f"{size.engine}, {name}", {}) for name in ("ci", "nightly"))
    for number, row in told.items():
        title = f"{number}. {TITLES[number]}"
        if size.name == "ci" and title in large:
            continue
        about = [
            re.sub(r"postgres\S+:\S+", "URL", line)
            for line in machine(_database(), module="battery")
        ]
        small.pop(title, None)
        answers = small if size.name == "ci" else large
        answers[title] = "\n".join([*about, f"- {row.seconds:.0f} s", "", *table(row)])
    page.write_text(_page(known), "utf-8")


Answers = dict[str, dict[str, str]]
"""Engine and size → title of a row → what was told of it."""


def _known(page: Path) -> Answers:
    text = page.read_text("utf-8") if page.exists() else ""
    parts = sections(text, "## ")
    return {name: sections(part, "### ") for name, part in parts.items() if name != SUMMARY}


def _page(known: Answers) -> str:
    body = [f"## {SUMMARY}", "\n".join(_summary(known))]
    for name, answers in sorted(known.items()):
        body += [f"## {name}"] if answers else []
        body += [f"### {title}\n\n{answers[title].strip()}" for title in sorted(answers)]
    return "\n\n".join([HEAD.rstrip(), *body]) + "\n"


def _summary(known: Answers) -> list[str]:
    """A line for each row and engine: what was done in all, and when."""
    heads = ("row", "database", "size", "rounds", "faults", "lost", "controls that failed", "date")
    text = ["| " + " | ".join(heads) + " |", "|" + "---|" * len(heads)]
    found = [
        (title, *name.split(", "), said)
        for name, row in known.items()
        for title, said in row.items()
    ]
    for title, engine, size, said in sorted(found):
        rows = [re.split(r"(?<!\\)\|", line)[1:-1] for line in said.splitlines() if line[:1] == "|"]
        cells = [[cell.strip() for cell in row] for row in rows[2:]]
        sums = [f"{sum(int(row[n].replace(',', '')) for row in cells):,}" for n in (1, 2, 3)]
        failed = f"{sum(row[5] != 'none' for row in cells)} of {len(cells)}"
        day = said.strip().removeprefix("- ").partition(",")[0]
        text.append("| " + " | ".join((title, engine, size, *sums, failed, day)) + " |")
    return text


def _database() -> str:
    from django.conf import settings
    from django.db import connection

    if connection.vendor == "postgresql":
        number = connection.cursor().connection.info.server_version
        return f"PostgreSQL {number // 10000}.{number % 10000}"
    return f"SQLite, journal_mode={settings.JOURNAL}, synchronous=FULL"
