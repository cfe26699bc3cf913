"""What is typed, and how it is compared."""

import pytest

from linli.search import words
from linli.search.templatetags.marks import marked


@pytest.mark.parametrize(
    ("text", "letters"), [("碧海家园", "bhjy"), ("3号楼", "3hl"), ("A座", "az"), ("", "")]
)
def test_the_initials_of_a_name(text, letters):
    assert words.initials(text) == letters


@pytest.mark.parametrize(
    ("typed", "text"),
    [
        ("  碧海\u3000 家园 ", "碧海 家园"),
        ("ＷＪＧ１２", "WJG12"),
        ("王\u200b建\x00", "王建"),
        ("长" * 80, "长" * 64),
    ],
)
def test_the_accidents_of_an_input_method_do_not_matter(typed, text):
    assert words.tidy(typed) == text


@pytest.mark.parametrize(
    ("text", "latin"),
    [("3AQW IOLX", "3aqwiolx"), ("记-202610", ""), ("3号楼", ""), ("<b>", ""), ("wjg", "wjg")],
)
def test_only_letters_and_figures_may_mean_initials_or_a_code(text, latin):
    assert words.latin(text) == latin


def test_what_was_searched_for_stands_out_and_nothing_of_it_is_markup():
    assert marked("碧海家园", "海") == "碧<mark>海</mark>家园"
    assert marked("Abc", "B") == "A<mark>b</mark>c"
    assert marked("<b>海</b>", "海") == "&lt;b&gt;<mark>海</mark>&lt;/b&gt;"
    assert marked("<script>", "<script>") == "<mark>&lt;script&gt;</mark>"
    assert marked("a.c abc", "a.c") == "<mark>a.c</mark> abc"
    assert marked("&amp;", "") == "&amp;amp;"
