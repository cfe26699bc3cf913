"""The tree of the package, read once for the tests of its shape."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from functools import cache
from pathlib import Path

ROOT = Path(__file__).parent.parent.parent
PACKAGE = ROOT / "linli"
FOUNDATION = frozenset(
    {
        "demo",
        "kernel",
        "keys",
        "prints",
        "scope",
        "search",
        "indicators",
        "sheets",
        "sources",
        "trail",
        "upkeep",
        "web",
    }
)
DOMAINS = tuple(
    sorted(
        path.name
        for path in PACKAGE.iterdir()
        if (path / "__init__.py").exists() and path.name not in FOUNDATION
    )
)
PURE = frozenset({"rules", "flow"})


@cache
def parsed(path: Path) -> ast.Module:
    return ast.parse(path.read_text("utf-8"), filename=str(path))


def short(path: Path) -> str:
    return path.relative_to(ROOT).as_posix()


def modules(*, tests: bool = False, migrations: bool = False) -> Iterator[Path]:
    """The Python files of the package."""
    for path in sorted(PACKAGE.rglob("*.py")):
        parts = path.relative_to(PACKAGE).parts
        if ("tests" in parts and not tests) or ("migrations" in parts and not migrations):
            continue
        yield path


def pure_modules() -> Iterator[Path]:
    """Files that know no database, no clock and no request."""
    for path in modules():
        where = path.relative_to(PACKAGE).parts
        if where[0] == "kernel" or (where[0] in DOMAINS and path.stem in PURE):
            yield path


def templates() -> list[Path]:
    return sorted(path for path in PACKAGE.rglob("templates/**/*.html"))


def imported(path: Path) -> Iterator[str]:
    """Dotted names a file imports; `from a.b import c` gives a.b.c."""
    for node in ast.walk(parsed(path)):
        if isinstance(node, ast.ImportFrom) and node.module and not node.level:
            yield from (f"{node.module}.{alias.name}" for alias in node.names)
        elif isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)


def functions(path: Path) -> Iterator[ast.FunctionDef | ast.AsyncFunctionDef]:
    for node in ast.walk(parsed(path)):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            yield node
