"""Messages are found wherever they are marked, and an incomplete catalogue is told."""

import json

import polib
import pytest

from linli.upkeep.messages import Fault, Message, check, gather, translations, update


@pytest.fixture
def package(tmp_path):
    root = tmp_path / "linli"
    (root / "ledger" / "templates").mkdir(parents=True)
    return root


def texts(package):
    messages, faults = gather(package)
    return [message.text for message in messages], faults


def test_python_marks_are_found_and_a_joined_message_is_a_fault(package):
    (package / "rules.py").write_text(
        'from x import gettext_noop as _\n_("甲" "乙")\nngettext("一条", "多条", n)\nsay(_(word))\n'
        '_(f"共 {n} 条")\n',
        "utf-8",
    )
    found, faults = texts(package)
    assert found == ["甲乙", "一条"]
    assert faults == [Fault("linli/rules.py:5", "the message is not a literal")]


def test_template_marks_are_found_with_their_places(package):
    (package / "ledger" / "templates" / "page.html").write_text(
        '{% translate "凭证（待审批）" %}{% blocktranslate count n=n %}有 {{ n }} 条'
        "{% plural %}有 {{ n }} 条{% endblocktranslate %}"
        '{% include "x" with title=_("银行") %}{# "注释" #}',
        "utf-8",
    )
    found, faults = texts(package)
    assert found == ["凭证（待审批）", "有 %(n)s 条", "银行"]
    assert not faults


def test_tests_and_migrations_are_not_for_readers(package):
    (package / "tests").mkdir()
    (package / "tests" / "test_x.py").write_text('_("测试")', "utf-8")
    assert texts(package) == ([], [])


def test_merging_fills_what_is_given_and_keeps_what_was_there(tmp_path):
    words = tmp_path / "words.json"
    words.write_text(json.dumps({"乙": "two", "没有了": "gone"}), "utf-8")
    messages = [Message("甲", "a.py"), Message("乙", "a.py"), Message("丙 %(n)s", "b.py")]
    first = update(polib.POFile(), messages, {("", "甲"): "one"})
    second = update(first, messages, translations([words]))
    assert {entry.msgid: entry.msgstr for entry in second} == {
        "甲": "one",
        "乙": "two",
        "丙 %(n)s": "",
    }


@pytest.mark.parametrize(
    ("english", "fault"),
    [
        ("", "not translated: 共 %(n)s 条"),
        ("many", "a place is lost: 共 %(n)s 条 → many"),
        ("%(m)s of %(n)s", "the places differ: 共 %(n)s 条 → %(m)s of %(n)s"),
        ("%(n)s in all", None),
    ],
)
def test_a_translation_must_say_the_same_places(english, fault):
    messages = [Message("共 %(n)s 条", "a.py")]
    catalogue = update(polib.POFile(), messages, {("", "共 %(n)s 条"): english})
    assert [found.text for found in check(catalogue, messages)] == ([fault] if fault else [])


def test_an_unsure_or_unused_entry_fails_the_check():
    messages = [Message("甲", "a.py")]
    catalogue = update(polib.POFile(), [*messages, Message("乙", "a.py")], {("", "甲"): "one"})
    catalogue.find("甲").flags.append("fuzzy")
    assert [found.text for found in check(catalogue, messages)] == [
        "unsure (fuzzy): 甲",
        "no longer used: 乙",
    ]


def test_a_place_without_a_name_is_refused():
    messages = [Message("共 %s 条", "a.py")]
    catalogue = update(polib.POFile(), messages, {("", "共 %s 条"): "%s in all"})
    assert any("without a name" in found.text for found in check(catalogue, messages))


def test_a_plural_may_say_one_without_the_number():
    messages = [Message("%(n)s 条", "a.py", plural="%(n)s 条")]
    said = {("", "%(n)s 条"): ["one entry", "%(n)s entries"]}
    assert check(update(polib.POFile(), messages, said), messages) == []
