"""`python -m battery [rows…] [--size ci|nightly] [--database URL] [--write]`: what holds, and what not.

Ends with 1 if anything does not hold. `--database here` takes the server of this machine, and does
nothing where there is none.
"""

from __future__ import annotations

import argparse
import os
import pkgutil
import sys
import tempfile
import time
from importlib import import_module

from battery.frame import Size
from battery.reach import server_here


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m battery", description=__doc__)
    parser.add_argument("rows", nargs="*", type=int, metavar="ROW", help="1–9; all of them if none")
    parser.add_argument("--size", choices=("ci", "nightly"), default="nightly")
    parser.add_argument("--database", default="", help="a PostgreSQL server; without it SQLite")
    parser.add_argument("--write", action="store_true", help="keep it in docs/battery.md")
    asked = parser.parse_args()
    database = asked.database
    if database == "here":
        database = server_here()
        if not database:
            print("no PostgreSQL of version 15 or later answers here")
            return 0
    with tempfile.TemporaryDirectory(prefix="linli-battery-") as data:
        os.environ |= {
            "DJANGO_SETTINGS_MODULE": "linli.settings",
            "LINLI_SECRET": "battery",
            "LINLI_DATA": data,
            "LINLI_DATABASE_URL": database,
            "LINLI_OWNER_URL": "",
        }
        return run(set(asked.rows), Size(asked.size, database), write=asked.write)


def run(rows: set[int], size: Size, *, write: bool) -> int:
    """Run the rows asked for (none: all), show what came of them; 1 if something does not hold."""
    import django

    django.setup()
    import battery
    from battery import report
    from battery.frame import ROWS

    for found in pkgutil.iter_modules(battery.__path__):
        if found.name != "__main__":
            import_module(f"battery.{found.name}")
    if unknown := rows - ROWS.keys():
        print(f"no such row: {sorted(unknown)}; there are {sorted(ROWS)}")
        return 2
    told = {}
    for number in sorted(rows or ROWS.keys()):
        print(f"{number}. {report.TITLES[number]}", file=sys.stderr)
        begun = time.monotonic()
        outcomes = [one for each in ROWS[number] for one in report.tried(each, size)]
        told[number] = report.Told(tuple(outcomes), time.monotonic() - begun)
    print("\n".join(report.lines(told)))
    if write:
        report.write(told, size)
    return 0 if all(one.held for each in told.values() for one in each.outcomes) else 1


if __name__ == "__main__":
    sys.exit(main())
