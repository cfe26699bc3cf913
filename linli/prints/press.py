"""The press: a job as JSON in, the bytes of a PDF out. Knows typst and nothing of linli.

Run as a program it prints one paper in a process of its own, so that the memory a long paper
needs goes back when it is done: `press.py TEMPLATE TAGGED SECONDS < job.json > paper.pdf`.
"""

from __future__ import annotations

import sys
import threading
from datetime import datetime, timedelta, timezone
from functools import cache
from pathlib import Path

import typst

HERE = Path(__file__).parent
TEMPLATES = HERE / "typst"
FONTS = HERE / "fonts"
CHINA = timezone(timedelta(hours=8))

_local = threading.local()


def press(template: str, job: str, *, tagged: bool, moment: int) -> bytes:
    """Print a job. `moment`: seconds since 1970, the paper's only date; `tagged`: for readers of
    the screen. The same job gives the same bytes. Raises typst.TypstError for a broken template.
    """
    pdf = _compiler().compile(
        str(TEMPLATES / f"{template}.typ"),
        format="pdf",
        sys_inputs={"job": job},
        pdf_standards=["a-2a", "ua-1"] if tagged else ["a-2u"],
        pdf_tags=tagged,
        timestamp=datetime.fromtimestamp(moment, CHINA),
    )
    if not isinstance(pdf, bytes):
        raise RuntimeError(f"{template} is not one paper")
    return pdf


def _compiler() -> typst.Compiler:
    """One compiler for each thread, all with the same typefaces: a compiler may not be shared."""
    if not hasattr(_local, "compiler"):
        _local.compiler = typst.Compiler(root=str(TEMPLATES), font_paths=_typefaces())
    compiler: typst.Compiler = _local.compiler
    return compiler


@cache
def _typefaces() -> typst.Fonts:
    paths = [str(FONTS)]
    return typst.Fonts(include_system_fonts=False, include_embedded_fonts=True, font_paths=paths)


def main(template: str, tagged: str, moment: str) -> None:
    job = sys.stdin.buffer.read().decode()
    sys.stdout.buffer.write(press(template, job, tagged=tagged == "1", moment=int(moment)))


if __name__ == "__main__":
    main(*sys.argv[1:])
