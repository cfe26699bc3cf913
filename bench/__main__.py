"""`python -m bench [names…] [--rounds N] [--large] [--write]`: measure, show, and with --write keep."""

from __future__ import annotations

import argparse
import os
import pkgutil
import signal
import sys
from importlib import import_module


def main() -> None:
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "linli.settings")
    os.environ.setdefault("LINLI_SECRET", "bench")
    import django

    django.setup()
    import bench
    from bench.frame import HEADINGS, LEAST_ROUNDS, Bench, measure, rows, write
    from bench.place import installed

    modules = [
        import_module(f"bench.{found.name}")
        for found in pkgutil.iter_modules(bench.__path__)
        if found.name not in {"__main__", "frame", "place", "peers"}
    ]
    benches: list[Bench] = [one for module in modules for one in module.BENCHES]
    parser = argparse.ArgumentParser(prog="python -m bench", description=__doc__)
    parser.add_argument("names", nargs="*", metavar="NAME", help=", ".join(b.code for b in benches))
    parser.add_argument("--rounds", type=int, default=LEAST_ROUNDS)
    parser.add_argument("--large", action="store_true", help="sizes that take minutes to fill, too")
    parser.add_argument("--write", action="store_true", help="keep them in docs/benchmarks.md")
    asked = parser.parse_args()
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))  # servers and databases go, too
    figures = []
    with installed() as database:
        for one in benches:
            if not asked.names or one.code in asked.names:
                figures += measure(
                    one,
                    rounds=asked.rounds,
                    large=asked.large,
                    step=lambda text: print(text, file=sys.stderr),
                )
        table = [HEADINGS, *rows(figures)]
        widths = [max(len(row[column]) for row in table) for column in range(len(HEADINGS))]
        for row in table:
            print("  ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)))
        if asked.write:
            write(figures, database)


if __name__ == "__main__":
    main()
