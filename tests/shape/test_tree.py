"""What must not be in the tree: download hosts, paths of one machine, something unfinished."""

import json
import re
import subprocess

import pytest

from tests.shape.tree import ROOT, modules, short

UNFINISHED = re.compile(
    r"\b(?:TODO|FIXME|XXX|HACK)\b|raise NotImplementedError|敬请期待|待实现|未完成功能"
)
MACHINE = re.compile(r"(?<![\w.])/(?:home|Users|root)/[a-z]")


def tracked(*patterns: str) -> list[str]:
    ran = subprocess.run(
        ["git", "ls-files", "-z", *patterns], cwd=ROOT, capture_output=True, text=True, check=False
    )
    return [name for name in ran.stdout.split("\0") if name and (ROOT / name).is_file()]


FRONT_ENDS = ("frontend", "frontend/fonts")


@pytest.mark.parametrize("name", ["requirements.lock", *(f"{f}/.npmrc" for f in FRONT_ENDS)])
def test_a_lock_names_no_download_host(name):
    assert "://" not in (ROOT / name).read_text("utf-8")


@pytest.mark.parametrize("folder", FRONT_ENDS)
def test_the_lock_of_the_front_end_names_no_download_host(folder):
    packages = json.loads((ROOT / folder / "package-lock.json").read_text("utf-8"))["packages"]
    assert packages and not [name for name, facts in packages.items() if "resolved" in facts]
    assert all(facts.get("integrity") for name, facts in packages.items() if name)


def test_every_python_package_is_pinned_with_its_hashes():
    pins = re.split(r"\n(?=\S)", (ROOT / "requirements.lock").read_text("utf-8").strip())
    assert len(pins) > 30
    assert all(re.match(r"[\w.-]+==\S+", pin) and "--hash=sha256:" in pin for pin in pins)


BESIDE = [path for folder in ("battery", "bench") for path in sorted((ROOT / folder).glob("*.py"))]


@pytest.mark.parametrize("path", [*modules(), *BESIDE], ids=short)
def test_nothing_is_left_unfinished(path):
    found = UNFINISHED.search(path.read_text("utf-8"))
    assert not found, found


def test_no_path_of_one_machine_is_in_the_tree():
    binary = {".png", ".webp", ".xls", ".xlsx", ".otf", ".ttf", ".woff2", ".ico", ".mo"}
    for name in tracked():
        path = ROOT / name
        if path.suffix not in binary and name != "tests/shape/test_tree.py":
            found = MACHINE.search(path.read_text("utf-8", errors="replace"))
            assert not found, f"{name}: {found}"
