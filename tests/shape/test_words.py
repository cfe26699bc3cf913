"""Words: no bare Chinese in templates, fixed English terms, every cite written down."""

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import polib
import pytest

from linli.sources import articles, number_of, sources
from linli.trail.words import ACTS
from tests.shape.tree import ROOT, functions, modules, parsed, short, templates

MARKED = re.compile(
    r"{%\s*comment\b.*?endcomment\s*%}"
    r"|{%\s*blocktrans(?:late)?\b.*?endblocktrans(?:late)?\s*%}|{#.*?#}|{%.*?%}|{{.*?}}",
    re.S,
)
HAN = re.compile(r"[\u4e00-\u9fff]")
CATALOGUE = ROOT / "locale" / "en" / "LC_MESSAGES" / "django.po"
GLOSSARY = ROOT / "docs" / "glossary.md"


@pytest.mark.parametrize("path", templates(), ids=short)
def test_no_bare_chinese_in_a_template(path):
    bare = MARKED.sub("", path.read_text("utf-8"))
    found = [line.strip() for line in bare.splitlines() if HAN.search(line)]
    assert not found, f"not marked for translation: {found[:5]}"


def terms() -> list[tuple[str, tuple[str, ...]]]:
    """Rows of the glossary: the Chinese term and the English it may become."""
    rows = re.findall(r"^\| ([^|]+?) \| ([^|]+?) \|", GLOSSARY.read_text("utf-8"), re.M)
    return [
        (chinese, tuple(word.strip().lower() for word in english.split("/")))
        for chinese, english in rows
        if HAN.search(chinese)
    ]


def test_a_term_of_the_glossary_is_always_the_same_word_in_english():
    known = terms()
    assert len(known) > 20
    longer = {a: [b for b, _ in known if a in b and a != b] for a, _ in known}
    faults = []
    for entry in polib.pofile(str(CATALOGUE)) if CATALOGUE.exists() else ():
        said = " ".join([entry.msgstr, *entry.msgstr_plural.values()]).lower()
        if not said.strip():
            continue
        for term, english in known:
            text = entry.msgid
            for other in longer[term]:
                text = text.replace(other, "")
            if term in text and not any(word in said for word in english):
                faults.append(f"{term} = {'/'.join(english)}: {entry.msgid} → {said}")
    assert not faults, "\n".join(faults)


def acts() -> Iterator[str]:
    """The codes of all acts in the code."""
    for path in modules():
        for function in functions(path):
            for mark in function.decorator_list:
                if isinstance(mark, ast.Call) and getattr(mark.func, "id", "") == "act":
                    assert isinstance(mark.args[0], ast.Constant), short(path)
                    yield mark.args[0].value


def test_every_act_has_a_name_for_whoever_reads_the_trail():
    """Acts that are no service (signing in is a signal's) have names too, none twice the same."""
    missing = sorted(set(acts()) - set(ACTS))
    assert not missing, f"no name in linli/trail/words.py: {missing}"
    assert len(set(ACTS.values())) == len(ACTS)


def cites() -> Iterator[tuple[Path, int, str]]:
    """Every ground that the code names: after the sentence of a refusal, or as `cites=…`."""
    for path in modules():
        constants = _constants(path)
        for node in ast.walk(parsed(path)):
            if isinstance(node, ast.Call):
                for ground in _grounds(node):
                    for cite in _strings(ground, constants):
                        yield path, node.lineno, cite


def _grounds(node: ast.Call) -> Iterator[ast.expr]:
    first = {"require": 2, "refuse": 1}.get(getattr(node.func, "id", ""))
    if first is not None:
        yield from node.args[first:]
    yield from (word.value for word in node.keywords if word.arg in {"cites", "cite"})


def _constants(path: Path) -> dict[str, ast.expr]:
    return {
        target.id: node.value
        for node in parsed(path).body
        if isinstance(node, ast.Assign)
        for target in node.targets
        if isinstance(target, ast.Name)
    }


def _strings(node: ast.expr, constants: dict[str, ast.expr]) -> Iterator[str]:
    if isinstance(node, ast.Constant) and isinstance(node.value, str) and node.value:
        yield node.value
    elif isinstance(node, ast.Starred):
        yield from _strings(node.value, constants)
    elif isinstance(node, ast.Tuple | ast.List):
        for inner in node.elts:
            yield from _strings(inner, constants)
    elif isinstance(node, ast.Name) and node.id in constants:
        yield from _strings(constants[node.id], {})


def test_every_cite_is_written_down():
    found = list(cites())
    missing = {f"{short(path)}:{line}: {c}" for path, line, c in found if c not in articles()}
    assert found and not missing, "\n".join(sorted(missing))


def test_every_ground_in_the_words_of_the_code_is_written_down():
    keys = "|".join(sorted(map(re.escape, sources()), key=len, reverse=True))
    ground = re.compile(rf"(?:{keys}):\S+")
    for path in modules():
        for node in ast.walk(parsed(path)):
            if isinstance(node, ast.Constant) and isinstance(node.value, str):
                if ground.fullmatch(node.value):
                    assert node.value in articles(), f"{short(path)}:{node.lineno}"


def test_every_number_that_is_looked_up_is_written_down():
    from datetime import date

    for path in modules():
        for node in ast.walk(parsed(path)):
            if isinstance(node, ast.Call) and getattr(node.func, "id", "") in (
                "number",
                "number_of",
            ):
                if node.args and isinstance(node.args[0], ast.Constant):
                    assert number_of(node.args[0].value, on=date(2100, 1, 1)), short(path)
