from __future__ import annotations

import re
from pathlib import Path

import pytest
from django.template.loader import get_template, render_to_string
from django.utils import translation

from linli.web import views
from linli.web.templatetags import linli_ui

WEB = Path(__file__).parent.parent
TEMPLATES = sorted((WEB / "templates").rglob("*.html"))
BLOCKS = re.compile(r"{% (comment|blocktranslate)\b.*?{% end\1 %}", re.S)
TAGS = re.compile(r"{#.*?#}|{%.*?%}|{{.*?}}", re.S)


def gallery(ask, language, **query):
    with translation.override(language):
        return views.gallery(ask(**query)).content.decode()


@pytest.mark.parametrize("language", ["zh-hans", "en"])
def test_the_gallery_shows_every_component_in_both_languages(ask, language):
    page = gallery(ask, language)
    assert f'<html lang="{language}"' in page
    for mark in ("data-confirm", "data-match", "data-files", 'data-chart="sankey"', "seal-draft"):
        assert mark in page


def test_every_component_stands_in_the_gallery(ask):
    page = gallery(ask, "zh-hans")
    marks = {
        "account": 'class="account"',
        "action": 'class="barred"',
        "board": 'class="board"',
        "chart": 'class="chart"',
        "confirm": 'class="confirm"',
        "copy": 'class="copy"',
        "deadline": "clock-late",
        "desk_item": 'class="desk-item"',
        "empty": 'class="empty"',
        "errors": "有 4 处需要改正",
        "facts": 'class="facts"',
        "field": 'class="field',
        "ground": 'class="ground"',
        "match": "data-match",
        "pager": 'class="pager"',
        "progress": 'class="long-work"',
        "refusal": 'class="refusal"',
        "seal": 'class="seal',
        "stepper": 'class="stepper"',
        "tabs": 'class="tabs"',
        "timeline": 'class="timeline"',
    }
    missing = [name for name, mark in marks.items() if mark not in page]
    assert not missing


def test_an_id_stands_once_on_a_page(ask):
    ids = re.findall(r'\sid="([^"]+)"', gallery(ask, "zh-hans"))
    assert sorted(ids) == sorted(set(ids))


def test_what_describes_a_field_is_there(ask):
    page = gallery(ask, "zh-hans")
    ids = set(re.findall(r'\sid="([^"]+)"', page))
    for names in re.findall(r'aria-(?:describedby|labelledby)="([^"]+)"', page):
        assert set(names.split()) <= ids


@pytest.mark.parametrize("path", TEMPLATES, ids=lambda path: path.name)
def test_a_template_holds_no_bare_chinese_and_nothing_a_strict_policy_refuses(path):
    source = path.read_text("utf-8")
    bare = TAGS.sub("", BLOCKS.sub("", source))
    assert not re.search(r"[\u4e00-\u9fff]", bare)
    assert not re.search(r"\son[a-z]+\s*=", source), "an event handler in the template"
    assert not re.search(r"\sstyle\s*=|<style", source), "a style in the template"
    assert not re.search(r"<script(?![^>]*\ssrc=)", source), "a script in the template"
    assert len(source.splitlines()) <= 200


@pytest.mark.parametrize("path", TEMPLATES, ids=lambda path: path.name)
def test_a_template_says_what_it_is_and_what_it_needs(path):
    get_template(f"web/{path.relative_to(WEB / 'templates' / 'web').as_posix()}")
    assert "{% comment %}" in path.read_text("utf-8")


@pytest.mark.parametrize("path", TEMPLATES, ids=lambda path: path.name)
def test_a_template_includes_only_what_exists(path):
    for name in re.findall(r'{% (?:include|extends) "([^"]+)"', path.read_text("utf-8")):
        get_template(name)


def test_a_refusal_shows_all_reasons_with_their_ground(ask):
    page = gallery(ask, "zh-hans")
    refusal = page[page.index('class="refusal"') :]
    assert "审批人（小区党支部）或居民代表" in refusal
    assert refusal.index("民法典第278条") < refusal.index("民法典第282条")


def test_user_text_is_escaped_in_every_component():
    evil = "<b>&"
    shown = render_to_string("web/components/facts.html", {"facts": [("x", evil)]})
    shown += render_to_string("web/components/copy.html", {"text": evil, "name": "x"})
    shown += render_to_string("web/components/desk_item.html", {"item": {"title": evil, "url": ""}})
    assert "<b>" not in shown
    assert shown.count("&lt;b&gt;&amp;") >= 4


def test_a_public_page_holds_no_token_so_that_it_may_be_cached(ask):
    page = views.not_found(ask()).content.decode()
    assert "csrf" not in page.lower()


def test_the_reference_names_every_tag_and_every_component():
    said = (WEB.parents[1] / "docs" / "components.md").read_text("utf-8")
    tags = [f"{{% {name} " for name in linli_ui.register.tags]
    files = [f"`{path.name}`" for path in (WEB / "templates/web/components").glob("*.html")]
    assert [name for name in (*tags, *files) if name not in said] == []
