"""`make check`: every tool that reads the code has nothing to say."""

import os
import subprocess
import sys
from pathlib import Path

import pytest
from django.core.management import get_commands

from tests.shape.tree import DOMAINS, PACKAGE, PURE, ROOT

BIN = Path(sys.executable).parent
CODE = ("linli", "tests", "bench", "battery", "conftest.py", "manage.py")
TYPED = (
    "linli/kernel",
    "linli/sources",
    *(
        f"linli/{domain}/{name}.py"
        for domain in DOMAINS
        for name in sorted(PURE)
        if (PACKAGE / domain / f"{name}.py").exists()
    ),
)


def silent(tmp_path: Path, *command: object) -> None:
    """Run a tool; what it complains about is what the test says."""
    ran = subprocess.run(
        [str(word) for word in command],
        cwd=ROOT,
        env=os.environ | {"PYTHONPATH": str(ROOT), "LINLI_DATA": str(tmp_path), "NO_COLOR": "1"},
        capture_output=True,
        text=True,
        check=False,
    )
    if ran.returncode:
        pytest.fail(f"{' '.join(map(str, command))}\n{ran.stdout}{ran.stderr}", pytrace=False)


def test_the_format_is_ruffs(tmp_path):
    silent(tmp_path, BIN / "ruff", "format", "--check", "-q", *CODE)


def test_ruff_finds_nothing(tmp_path):
    silent(tmp_path, BIN / "ruff", "check", "-q", *CODE)


def test_the_import_contracts_are_kept(tmp_path):
    silent(tmp_path, BIN / "lint-imports", "--no-cache")


def test_the_pure_part_is_typed(tmp_path):
    options = ("--cache-dir", ROOT / ".mypy_cache", "--exclude", "/tests/")
    silent(tmp_path, sys.executable, "-m", "mypy", *options, *TYPED)


def test_the_models_and_their_migrations_agree(tmp_path):
    silent(tmp_path, sys.executable, "-m", "linli", "makemigrations", "--check", "--dry-run")


def test_every_message_has_its_english(tmp_path):
    silent(tmp_path, sys.executable, "-m", "linli", "messages", "--check")


def test_the_drawn_flows_are_up_to_date(tmp_path):
    assert "flowdocs" in get_commands(), "linli flowdocs draws docs/flows"
    silent(tmp_path, sys.executable, "-m", "linli", "flowdocs", "--check")
