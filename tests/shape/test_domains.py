"""What a domain may contain, what it shows to others, and how its services look."""

import ast
import tomllib

import pytest

from tests.shape.tree import (
    DOMAINS,
    PACKAGE,
    ROOT,
    functions,
    imported,
    modules,
    parsed,
    pure_modules,
    short,
    templates,
)

OFFERED = {"services", "queries", "rules", "flow"}
FILES = {
    "__init__",
    "admin",
    "api",
    "apps",
    "demo",
    "flow",
    "forms",
    "guards",
    "models",
    "queries",
    "rules",
    "services",
    "urls",
    "views",
}
SPLIT = ("_views", "_forms")
# Rooms of a domain that others may enter, too: reads, plain values, readers of files.
ROOMS_OFFERED = {
    "disclosure": {"folder", "receipts"},
    "exams": {"demo", "interviewing", "scoring"},
    "files": {"answers", "wizard"},
    "intake": {
        "bank_file",
        "bank_reading",
        "commands",
        "faults",
        "ledger_reading",
        "ledger_sheet",
        "mapping",
        "mending",
    },
    "leads": {"demo"},
    "ledger": {"posting"},
    "people": {"demo", "proving"},
    "places": {"naming"},
    "premises": {"atlas", "offers"},
    "vetting": {"answering", "demo", "results"},
    "workforce": {"clearance", "demo", "records"},
}
CLOCKS = {"now", "today", "utcnow", "time", "localdate", "localtime", "monotonic"}
# Published as one file that stands alone, so that anybody can read and keep it.
ALONE = {"linli/proof/tools/verify.py"}
FILE_LINES, FUNCTION_LINES, TEMPLATE_LINES = 450, 60, 200


@pytest.mark.parametrize("domain", DOMAINS)
def test_a_domain_says_what_it_is(domain):
    assert ast.get_docstring(parsed(PACKAGE / domain / "__init__.py"))


@pytest.mark.parametrize("domain", DOMAINS)
def test_a_file_beside_the_shape_is_a_room_that_says_what_it_is(domain):
    for path in (PACKAGE / domain).glob("*.py"):
        if path.stem not in FILES and not path.stem.endswith(SPLIT):
            assert ast.get_docstring(parsed(path)), f"{short(path)}: a room of what?"


@pytest.mark.parametrize("domain", DOMAINS)
def test_a_domain_shows_other_domains_only_its_offers(domain):
    for path in (PACKAGE / domain).rglob("*.py"):
        if "migrations" in path.parts:
            continue
        for name in imported(path):
            parts = name.split(".")
            if parts[0] == "linli" and len(parts) > 2 and parts[1] in DOMAINS:
                own = parts[1] == domain
                looked_at = "tests" in path.parts and parts[2] == "models"
                assert (
                    own or looked_at or parts[2] in OFFERED | ROOMS_OFFERED.get(parts[1], set())
                ), f"{short(path)}: {name}"


def test_every_domain_is_under_the_contracts():
    config = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))
    inside, between, _pure = config["tool"]["importlinter"]["contracts"]
    assert inside["containers"] == [f"linli.{domain}" for domain in DOMAINS]
    listed = {name.strip() for layer in between["layers"] for name in layer.split("|")}
    packages = {f"linli.{p.name}" for p in PACKAGE.iterdir() if (p / "__init__.py").exists()}
    assert listed == packages


def services():
    for path in sorted(PACKAGE.glob("*/services.py")):
        for node in parsed(path).body:
            if isinstance(node, ast.FunctionDef) and not node.name.startswith("_"):
                yield pytest.param(path, node, id=f"{path.parent.name}.{node.name}")


@pytest.mark.parametrize(("path", "node"), list(services()))
def test_a_public_service_is_an_act_with_keywords_by_and_now(path, node):
    acts = [
        mark.args[0].value
        for mark in node.decorator_list
        if isinstance(mark, ast.Call) and getattr(mark.func, "id", "") == "act"
    ]
    assert acts, f"{short(path)}: {node.name} is not an act"
    assert acts[0].split(".")[0] == path.parent.name, f"{node.name}: {acts[0]} names another domain"
    assert not node.args.args and not node.args.posonlyargs, f"{node.name} takes positions"
    assert {"by", "now"} <= {arg.arg for arg in node.args.kwonlyargs}, f"{node.name}: by and now"
    assert ast.get_docstring(node), f"{node.name} does not say what it does"


@pytest.mark.parametrize("path", list(pure_modules()), ids=short)
def test_rules_and_flows_have_no_clock(path):
    for node in ast.walk(parsed(path)):
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute):
            assert node.func.attr not in CLOCKS, f"{short(path)}:{node.lineno} looks at a clock"


@pytest.mark.parametrize("path", list(modules(tests=True)), ids=short)
def test_a_file_fits_a_head(path):
    lines = len(path.read_text("utf-8").splitlines())
    assert lines <= FILE_LINES or short(path) in ALONE, f"{lines} lines: one room or two?"
    for node in functions(path):
        length = (node.end_lineno or node.lineno) - node.lineno + 1
        assert length <= FUNCTION_LINES, f"{node.name} has {length} lines"


@pytest.mark.parametrize("path", templates(), ids=short)
def test_a_template_fits_a_head(path):
    assert len(path.read_text("utf-8").splitlines()) <= TEMPLATE_LINES


def test_no_file_is_a_drawer():
    drawers = {"utils", "helpers", "misc", "tools", "manager", "handler"}
    assert not [short(path) for path in modules() if path.stem in drawers]
