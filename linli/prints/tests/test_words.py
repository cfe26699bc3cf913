"""Labels: the templates and the marked words hold the same; nothing is said outside of them."""

from __future__ import annotations

import re

from linli.prints import papers
from linli.prints.press import TEMPLATES
from linli.prints.samples import SAMPLES
from linli.prints.words import WORDS
from linli.settings import ROOT

SAID = re.compile(r'\bt\(\s*"([^"]*)"')
HAN = re.compile(r"[\u4e00-\u9fff]")
DRAWN = {"邻", "亿千百十万千百十元角分"}
"""Carved or ruled, not said: the same in every language."""
DAY = re.compile(r"\[year\]年\[month padding:none\]月(?:\[day padding:none\]日)?")
"""How a day is written where the language is Chinese; the English form stands beside it."""


def sources() -> dict[str, str]:
    return {path.name: path.read_text("utf-8") for path in sorted(TEMPLATES.glob("*.typ"))}


def test_templates_say_exactly_the_marked_words():
    said = {text for source in sources().values() for text in SAID.findall(source)}
    assert said == set(WORDS)
    assert len(WORDS) == len(set(WORDS))


def test_no_chinese_stands_in_a_template_outside_of_a_label():
    for name, source in sources().items():
        code = re.sub(r"(?m)//.*$", "", SAID.sub("", source))
        bare = [text for text in re.findall(r'"([^"\n]*)"', code) if HAN.search(text)]
        assert {text for text in bare if not DAY.fullmatch(text)} <= DRAWN, name
        outside = re.sub(r'"[^"\n]*"', "", code)
        assert not HAN.search(outside), (name, HAN.search(outside))


def test_user_text_is_never_evaluated():
    assert not [name for name, source in sources().items() if re.search(r"\beval\(", source)]


def test_the_places_of_a_label_are_filled_by_its_template():
    for source in sources().values():
        for call in re.finditer(r'\bt\(\s*"([^"]*%\((\w+)\)s[^"]*)"([^%]{0,300})', source):
            for place in re.findall(r"%\((\w+)\)s", call[1]):
                assert f"{place}:" in call[3], call[1]


def test_the_seal_on_paper_is_the_seal_on_screen():
    screen = (ROOT / "linli/web/templates/web/components/seal.html").read_text("utf-8")
    paper = sources()["seal.typ"]
    shapes = re.findall(r'#let _\w+ = "(M[^"]+)"', paper)
    assert len(shapes) == 5
    assert not [shape[:40] for shape in shapes if shape not in screen]


def test_every_template_file_is_of_a_shape():
    shared = {"base.typ", "book.typ", "seal.typ"}
    templates = {template for template, _data in SAMPLES.values()}
    assert {name.removesuffix(".typ") for name in sources().keys() - shared} == templates


def test_words_follow_the_language_and_keep_their_places():
    assert papers._words("zh-hans") == {text: text for text in WORDS}
    for text, english in papers._words("en").items():
        places = re.findall(r"%\(\w+\)s", text)
        assert sorted(places) == sorted(re.findall(r"%\(\w+\)s", english)), text
