"""Text made safe for paper, and what the typefaces can show."""

from __future__ import annotations

import pytest

from linli.prints.glyphs import MISSING, Cleaner, covered
from linli.prints.papers import TYPEFACES
from linli.prints.press import FONTS
from linli.prints.tests.reading import needs_typefaces

ASCII = frozenset(range(32, 127)) | {ord(MISSING), ord("é")}


@pytest.fixture
def clean():
    return Cleaner(ASCII).clean


@pytest.mark.parametrize(
    ("written", "printed"),
    [
        ("plain", "plain"),
        ("a\tb\r\nc\u2028d", "a b  c d"),
        ("1\u202e23\u202c4\u200b5\ufeff6\u00ad7", "1234567"),
        ("\u0000\u0007\u009f", ""),
        ("e\u0301", "é"),
        ("A\ufe0f\U000e0100", "A"),
        ("\ud800\ue000\U0003fffe", MISSING * 3),
        ("中", MISSING),
        ("", ""),
    ],
)
def test_only_what_can_be_shown_and_seen_is_left(clean, written, printed):
    assert clean(written) == printed


def test_long_runs_may_break_and_short_ones_stay_whole(clean):
    assert clean("x" * 24) == "x" * 24
    pieces = clean("y" * 25 + " " + "z" * 30).split("\u200b")
    assert "".join(pieces) == "y" * 25 + " " + "z" * 30
    assert max(map(len, pieces)) <= 16 and len(pieces) > 4


def test_our_typefaces_show_the_characters_of_names_and_of_our_papers():
    needs_typefaces()
    regular, bold, serif = (covered(FONTS / name) for name in TYPEFACES)
    assert len(regular) > 20_000
    assert regular <= bold, "a bold word would lose characters"
    assert serif & regular > frozenset(map(ord, "壹贰叁肆伍陆柒捌玖拾佰仟万亿元角分整零人民币"))
    for text in ("王淼㛃玥喆龘鱻䶮燚犇", "¥√−±—…“”〔〕《》·〓", "ⅠⅡ①②"):
        assert not [sign for sign in text if ord(sign) not in regular]


def test_a_file_that_is_no_typeface_is_refused(tmp_path):
    path = tmp_path / "a.ttf"
    path.write_bytes(b"\0\1\0\0" + b"\0" * 30)
    with pytest.raises(ValueError, match="no character map"):
        covered(path)
