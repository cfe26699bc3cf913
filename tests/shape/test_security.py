"""docs/security.md names only tests, attacks and settings that there are."""

import ast
import re

import pytest

from linli import settings
from tests.shape.tree import ROOT, parsed

PAGE = (ROOT / "docs" / "security.md").read_text("utf-8")
NAMED = re.findall(r"`((?:[\w.-]+/)+[\w.-]+)(?:::(\w+))?`", PAGE)
SETTINGS = re.findall(r"`settings\.(\w+)`", PAGE)


def functions_of(path: str) -> set[str]:
    nodes = ast.walk(parsed(ROOT / path))
    return {node.name for node in nodes if isinstance(node, ast.FunctionDef)}


@pytest.mark.parametrize(("path", "name"), sorted(set(NAMED)), ids="::".join)
def test_what_security_stands_on_is_there(path, name):
    assert (ROOT / path).is_file()
    assert not name or name in functions_of(path)


def test_every_named_setting_is_one():
    assert SETTINGS and all(getattr(settings, name, None) for name in SETTINGS)


def test_the_table_is_a_table():
    """The control: names are found at all, and a name that does not exist would be missed."""
    assert len(NAMED) > 80
    assert "test_that_nobody_wrote" not in functions_of("tests/test_headers.py")
    rows = [line for line in PAGE.splitlines() if line.startswith("|")]
    assert all(line.endswith("|") and line.count("|") in (3, 4) for line in rows)
