"""How a figure is measured, and how it is written down."""

from __future__ import annotations

import gc
import os
import platform
import sqlite3
import statistics
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path

LEAST_ROUNDS = 5
PAGE = Path(__file__).parent.parent / "docs" / "benchmarks.md"

Run = Callable[[int], object]


@dataclass(frozen=True, slots=True)
class Side:
    """One way to do the same thing. `prepare` is not measured; what it gives is, with a size.

    `fill`, `each`: as in a Bench, where this side has its own; `until`: the greatest size it takes
    part in, if not any; `lacks`: what it does not do that ours does.
    """

    name: str
    prepare: Callable[[], Run]
    fill: Callable[[int], object] | None = None
    each: int = 0
    until: int = 0
    lacks: str = ""


@dataclass(frozen=True, slots=True)
class Aim:
    """A part of a target that a run can judge: at least `rate` units a second, or at least `times`
    what the side `than` does; or 95 of 100 answers within `seconds`.

    `side`: whose ("" is ours); `size`: at which size (0: at each); `database`: the beginning of the
    name of the one it is about ("": either).
    """

    rate: float = 0
    times: float = 0
    than: str = ""
    seconds: float = 0
    side: str = ""
    size: int = 0
    database: str = ""


@dataclass(frozen=True, slots=True)
class Bench:
    """A question with sides; the first is ours, the others are compared with it.

    `sizes`: how many `unit`s a round does; several of them show growth. Where the size is what is
    there already, `fill(size)` brings it there, unmeasured, and `each` says how many units a round
    does. `target`: the sentence of what should hold. `durable`: how sure a side is that its work
    is on the disk. `most`: rounds that there is work for, if not any number.
    `large`: further sizes, measured with `--large`. `aims`: the target as far as a run can judge it;
    `tried`: where it says what was tried for those that are missed.
    """

    code: str
    title: str
    unit: str
    sizes: tuple[int, ...]
    sides: tuple[Side, ...]
    target: str = ""
    durable: str = ""
    most: int = 0
    large: tuple[int, ...] = ()
    fill: Callable[[int], object] | None = None
    each: int = 0
    aims: tuple[Aim, ...] = ()
    tried: str = ""


@dataclass
class Figure:
    """What one side did at one size: units a second, one for each round; seconds of each single
    answer where a round gives them."""

    bench: Bench
    size: int
    side: str
    rates: list[float] = field(default_factory=list)
    waits: list[float] = field(default_factory=list)

    @property
    def median(self) -> float:
        return statistics.median(self.rates)

    @property
    def late(self) -> float:
        """Within how many seconds 95 of 100 answers came."""
        return statistics.quantiles(self.waits, n=20)[-1]


def measure(
    bench: Bench, *, rounds: int, step: Callable[[str], None], large: bool = False
) -> list[Figure]:
    """Run all sides round after round, in turning order, so that a slow minute hits them alike."""
    figures: list[Figure] = []
    for size in (*bench.sizes, *(bench.large if large else ())):
        if bench.fill:
            bench.fill(size)
        sides = [side for side in bench.sides if size <= (side.until or size)]
        for fill in [side.fill for side in sides if side.fill]:
            fill(size)
        runs = [(side, side.prepare()) for side in sides]
        at_size = {side.name: Figure(bench, size, side.name) for side in sides}
        for number in range(min(max(rounds, LEAST_ROUNDS), bench.most or rounds + LEAST_ROUNDS)):
            turn = number % len(runs)
            for side, run in runs[turn:] + runs[:turn]:
                with _quiet():
                    begun = time.perf_counter()
                    told = run(size)
                    took = time.perf_counter() - begun
                figure = at_size[side.name]
                figure.waits += told if isinstance(told, list) else []
                figure.rates.append((side.each or bench.each or size) / took)
            step(f"{bench.code} {size}: {number + 1}/{rounds}")
        figures += at_size.values()
    return figures


@contextmanager
def _quiet() -> Iterator[None]:
    """No garbage collection inside the clock."""
    gc.collect()
    gc.disable()
    try:
        yield
    finally:
        gc.enable()


def rows(figures: list[Figure]) -> list[tuple[str, ...]]:
    """A table: question, size, side, median, spread, and how our side compares with it."""
    ours = {(f.bench.code, f.size): f.median for f in figures if f.side == f.bench.sides[0].name}
    return [
        (
            figure.bench.title,
            f"{figure.size:,}",
            figure.side,
            f"{figure.median:,.0f} {figure.bench.unit}/s{_late(figure)}",
            f"{min(figure.rates):,.0f}–{max(figure.rates):,.0f}",
            f"{ours[figure.bench.code, figure.size] / figure.median:.2f}×",
        )
        for figure in figures
    ]


def _late(figure: Figure) -> str:
    return f", p95 {figure.late * 1000:,.0f} ms" if figure.waits else ""


def judged(bench: Bench, figures: list[Figure], database: str) -> list[str]:
    """A line for each aim that the figures of one question can answer: met, or missed by how much."""
    found, missed = [], False
    for aim in bench.aims:
        side = aim.side or bench.sides[0].name
        mine = {f.size: f for f in figures if f.side == side and f.size == (aim.size or f.size)}
        if not database.startswith(aim.database):
            continue
        for size, figure in mine.items():
            told = _against(aim, figure, [f for f in figures if f.size == size])
            if told is None:
                continue
            said, share = told
            missed |= share < 1
            ruling = "met" if share >= 1 else f"missed by {1 - share:.0%}"
            found.append(f"- {ruling}: {side}, {size:,}: {said}")
    return [*found, f"- what was tried: {bench.tried}"] if missed and bench.tried else found


def _against(aim: Aim, figure: Figure, beside: list[Figure]) -> tuple[str, float] | None:
    """What was found against what was wanted, and the share of it that was reached."""
    if aim.seconds:
        if not figure.waits:
            return None
        said = f"p95 {figure.late * 1000:,.0f} ms, wanted {aim.seconds * 1000:,.0f}"
        return said, aim.seconds / figure.late
    if aim.than:
        other = next((f for f in beside if f.side == aim.than), None)
        if other is None:
            return None
        times = figure.median / other.median
        return f"{times:.2f} times {aim.than}, wanted {aim.times:g}", times / aim.times
    unit = f"{figure.bench.unit}/s"
    return f"{figure.median:,.0f} {unit}, wanted {aim.rate:,.0f}", figure.median / aim.rate


HEADINGS = ("what", "size", "side", "median", "lowest–highest", "ours ÷ this")


def machine(database: str, *, module: str = "bench") -> list[str]:
    """Where and with what it was measured; `module`: what was run, with this process's arguments."""
    memory = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") / 2**30
    return [
        f"- {datetime.now(UTC):%Y-%m-%d}, {_processor()}, {os.cpu_count()} cores, {memory:.0f} GB",
        f"- {platform.system()} {platform.release()}, Python {platform.python_version()}, "
        f"SQLite {sqlite3.sqlite_version}; database: {database}",
        f"- `{' '.join([f'python -m {module}', *sys.argv[1:]])}`",
    ]


def _processor() -> str:
    try:
        lines = Path("/proc/cpuinfo").read_text("utf-8").splitlines()
    except OSError:
        return platform.processor() or platform.machine()
    names = [line.partition(":")[2].strip() for line in lines if line.startswith("model name")]
    return names[0] if names else platform.machine()


def write(figures: list[Figure], database: str, *, page: Path = PAGE) -> None:
    """Put the figures of one database into the page, each question in place of its last answer.

    What was not asked this time stays, with the day and the command of its own run.
    """
    head = "# Benchmarks\n\nWritten by `make bench`. Medians of interleaved rounds.\n"
    told = sections(page.read_text("utf-8"), "## ") if page.exists() else {}
    answers = sections(told.get(database, ""), "### ")
    for bench in {figure.bench.code: figure.bench for figure in figures}.values():
        mine = [figure for figure in figures if figure.bench.code == bench.code]
        table = ["| " + " | ".join(HEADINGS) + " |", "|" + "---|" * len(HEADINGS)]
        table += ["| " + " | ".join(row) + " |" for row in rows(mine)]
        notes = [f"- target: {bench.target}"] if bench.target else []
        notes += judged(bench, mine, database)
        notes += [f"- {bench.durable}"] if bench.durable else []
        notes += [f"- {side.name}: {side.lacks}" for side in bench.sides if side.lacks]
        answers[bench.title] = "\n".join([*machine(database), *notes, "", *table])
    answered = "\n\n".join(f"### {title}\n\n{text}" for title, text in answers.items())
    told[database] = answered
    parts = [f"## {name}\n\n{told[name].strip()}" for name in sorted(told)]
    page.write_text(head + "\n" + "\n\n".join(parts) + "\n", "utf-8")


def sections(text: str, mark: str) -> dict[str, str]:
    """Heading → what stands under it, for every heading that begins with a mark."""
    found = {}
    for part in f"\n{text}".split(f"\n{mark}")[1:]:
        name, _line, rest = part.partition("\n")
        found[name.strip()] = rest.strip()
    return found
