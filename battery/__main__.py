"""`python -m battery [rows…] [--size ci|nightly] [--database URL]…`: what holds, and what not.

Ends with 1 if anything does not hold. `--database sqlite` is what is taken if none is named; `here`
takes the server of this machine, and does nothing where there is none. Of several databases a run
of size ci tries all at once, a nightly one after the other.
"""

from __future__ import annotations

import argparse
import os
import pkgutil
import sys
import time
from importlib import import_module
from pathlib import Path
from xml.etree import ElementTree

from battery import keeper
from battery.frame import Size
from battery.reach import NotReached, server_here


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m battery", description=__doc__)
    parser.add_argument("rows", nargs="*", type=int, metavar="ROW", help="1–9; all of them if none")
    parser.add_argument("--size", choices=("ci", "nightly"), default="nightly")
    parser.add_argument("--database", action="append", help="sqlite, here, or a PostgreSQL server")
    parser.add_argument("--write", action="store_true", help="keep it in docs/battery.md")
    parser.add_argument(
        "--junit", type=Path, metavar="FILE", help="tell the outcomes as JUnit does"
    )
    asked = parser.parse_args()
    try:
        sizes = [Size(asked.size, url) for url in _databases(asked.database or ["sqlite"])]
    except NotReached as error:
        print(error, file=sys.stderr)
        return 1
    rows = set(asked.rows)
    at_once = asked.size == "ci"
    suites = ElementTree.Element("testsuites")
    with keeper.Keeper() as kept:
        jobs = [
            _job(rows, size, kept.place / str(n), write=asked.write) for n, size in enumerate(sizes)
        ]
        codes = kept.run(jobs, at_once=at_once, servers=[size.database for size in sizes])
        for number, (size, code) in enumerate(zip(sizes, codes, strict=True)):
            suites.append(_suite(kept.place / f"{number}.xml", size, code))
    if asked.junit:
        ElementTree.ElementTree(suites).write(asked.junit, "utf-8", xml_declaration=True)
    return max(codes, default=0)


def _databases(asked: list[str]) -> list[str]:
    """Their addresses, "" for SQLite."""
    found = []
    for one in asked:
        if one != "here":
            found.append("" if one == "sqlite" else one)
        elif url := server_here():
            found.append(url)
        else:
            print("no PostgreSQL of version 15 or later answers here")
    return found


def _job(rows: set[int], size: Size, data: Path, *, write: bool) -> keeper.Job:
    def job() -> int:
        os.environ |= {
            "DJANGO_SETTINGS_MODULE": "linli.settings",
            "LINLI_SECRET": "battery",
            "LINLI_DATA": str(data),
            "LINLI_DATABASE_URL": size.database,
            "LINLI_OWNER_URL": "",
        }
        return run(rows, size, write=write, junit=data.with_suffix(".xml"))

    return job


def _suite(path: Path, size: Size, code: int) -> ElementTree.Element:
    """What a run told; one that was cut off is a failure."""
    if path.exists():
        return ElementTree.parse(path).getroot()
    suite = ElementTree.Element(
        "testsuite", name=f"battery, {size.engine}", tests="1", failures="1"
    )
    case = ElementTree.SubElement(suite, "testcase", name="it comes to its end")
    ElementTree.SubElement(case, "failure", message=f"it ended with {code}")
    return suite


def run(rows: set[int], size: Size, *, write: bool, junit: Path) -> int:
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
        print(f"{size.engine} {number}. {report.TITLES[number]}", file=sys.stderr)
        begun = time.monotonic()
        outcomes = [one for each in ROWS[number] for one in report.tried(each, size)]
        told[number] = report.Told(tuple(outcomes), time.monotonic() - begun)
    print("\n".join(report.lines(told, size)), flush=True)
    ElementTree.ElementTree(report.junit(told, size)).write(junit, "utf-8")
    if write:
        report.write(told, size)
    return 0 if all(each.held for each in told.values()) else 1


if __name__ == "__main__":
    sys.exit(main())
