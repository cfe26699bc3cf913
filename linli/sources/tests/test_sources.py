"""The law as data: what is written down, and which number or rule holds when and where."""

from __future__ import annotations

import copy
import pickle
import re
from datetime import UTC, date, datetime

import pytest

from linli.kernel.calendar import Calendar
from linli.kernel.period import Period
from linli.sources import (
    CONFIDENCE,
    KINDS,
    SUBJECTS,
    UNITS,
    Worded,
    article,
    articles,
    number,
    number_of,
    rule_of,
    sources,
)
from linli.sources.library import OWN, chinese_number, load

TODAY = date(2026, 11, 22)
PENGLAI, ZHENGZHOU, WEIFANG = "370614001001001", "410102", "370702001"
NEEDED = (
    "民法典:201 民法典:202 民法典:203 民法典:705 民法典:707 民法典:734 民法典:943 民法典:1259 "
    "物业管理条例:54 区分所有权解释:14 会计法:25 会计法:35 会计档案办法:附表1 慈善法:26 慈善法:82 "
    "山东物业条例:50 山东慈善条例:34 个人信息保护法:25 网络安全法:23 等保:7.1.4.1 蓬莱:B3 同江:F3"
).split()


def test_everything_the_rules_rest_on_is_written_down() -> None:
    wanted = {f"民法典:{n}" for n in range(271, 288)} | {f"linli:ledger.{n}" for n in range(1, 11)}
    assert (wanted | set(NEEDED)) <= set(articles())


def test_every_source_says_what_it_is_and_when_it_was_checked() -> None:
    for source in sources().values():
        assert source.kind in KINDS
        assert source.confidence in CONFIDENCE
        assert source.in_force <= source.checked_on <= datetime.now(tz=UTC).date(), source.key
        assert source.title.en and source.name.en, source.key
        assert bool(source.note) == bool(source.note.en), source.key
        assert (
            source.url.startswith("https://") or source.url.startswith("http://") or not source.url
        )


def test_every_article_is_short_and_told_in_both_languages() -> None:
    for cite, one in articles().items():
        assert one.cite == cite
        assert article(cite) is one
        assert 8 <= len(one.text) <= 120, cite
        assert one.text.endswith("。"), cite
        for english in (one.text.en, one.label.en):
            assert english and not re.search("[\u4e00-\u9fff]", english), cite


def test_an_article_is_named_as_people_cite_it() -> None:
    assert article("民法典:282").label == "民法典第282条"
    assert article("民法典:282").label.en == "Civil Code art. 282"
    assert article("民法典:282").title == "中华人民共和国民法典"
    assert article("民法典:282").in_force == date(2021, 1, 1)
    assert article("等保:7.1.4.1").label == "等保7.1.4.1"
    assert article("linli:ledger.2").label == "账本规则第2条"
    with pytest.raises(KeyError):
        article("民法典:9999")


def test_every_number_is_whole_has_a_unit_and_rests_on_a_ground() -> None:
    library = load(OWN)
    assert len(library.numbers) > 40
    for name, values in library.numbers.items():
        for one in values:
            assert one.unit in UNITS, name
            assert one.cite in library.articles, name
            assert type(one.value) is int, name
            assert one.since <= TODAY, name
            assert bool(one.note) == bool(one.note.en), name
        assert len({one.unit for one in values}) == 1, name


def test_numbers_that_the_rules_use_have_their_values() -> None:
    wanted = {
        "two_approvers_above_fen": 500_000,
        "cash_count_persons": 2,
        "reconcile_match_days": 3,
        "reconcile_fee_permille": 10,
        "cash_count_days": 5,
        "reconcile_lookback_days": 35,
        "quiet_category_months": 3,
        "seal_signers": 2,
        "voucher_keep_years": 30,
        "bank_statement_keep_years": 10,
        "network_log_keep_months": 6,
        "grid_people_percent": 70,
        "reserve_age_max": 35,
        "handover_steps": 12,
        "lease_max_years": 20,
    }
    assert {name: number(name, on=TODAY, place=PENGLAI) for name in wanted} == wanted
    warn, overdue = (number(f"outstanding_{n}_days", on=TODAY) for n in ("warn", "overdue"))
    assert 0 < warn < overdue


def test_a_number_holds_only_where_and_since_when_it_does() -> None:
    assert number("decision_post_days", on=TODAY, place=PENGLAI) == 3
    assert number_of("decision_post_days", on=TODAY, place="37").cite == "山东物业条例:32"
    with pytest.raises(LookupError):
        number("decision_post_days", on=TODAY, place="41")
    with pytest.raises(LookupError):
        number("decision_post_days", on=date(2018, 12, 31), place=PENGLAI)
    with pytest.raises(KeyError):
        number("no_such_number", on=TODAY)


@pytest.mark.parametrize("subject", sorted(SUBJECTS))
def test_there_is_a_publication_rule_for_every_subject_everywhere(subject: str) -> None:
    for place in ("", "11", PENGLAI):
        rule = rule_of(subject, on=TODAY, place=place)
        assert rule.reply_days and rule.min_display_days and rule.places and rule.publisher
        assert all(cite in articles() for cite in rule.cites)
        assert rule.due_months or rule.due_days
        assert bool(rule.note) == bool(rule.note.en)


def test_penglai_publishes_every_month_where_the_law_asks_for_every_quarter() -> None:
    rule = rule_of("common", on=TODAY, place=PENGLAI)
    assert (rule.period, rule.place, rule.cites[0]) == ("month", "370614", "蓬莱:B3")
    least = rule_of("common", on=TODAY, place=PENGLAI, legal=True)
    assert (least.period, least.place) == ("quarter", "")
    assert rule_of("common", on=TODAY, place="370613").period == "quarter"
    assert rule_of("common", on=TODAY, place=WEIFANG).period == "half"
    assert rule_of("maintenance", on=TODAY, place="310101").cites == ("上海物业规定:66",)


def test_henan_posts_in_the_first_month_for_thirty_working_days_since_its_rules_began() -> None:
    rule = rule_of("common", on=TODAY, place=ZHENGZHOU)
    assert (rule.min_display_days, rule.day_kind) == (30, "work")
    assert rule.places == ("board", "stairs", "lift")
    assert rule_of("common", on=date(2026, 2, 28), place=ZHENGZHOU).place == ""


def test_a_rule_reckons_its_days() -> None:
    calendar = Calendar({date(2026, 10, 1): True}, frozenset({2026}))
    monthly = rule_of("common", on=TODAY, place=PENGLAI)
    assert monthly.span(Period("2026-10")).code == "2026-10"
    assert monthly.due_on(Period("2026-10"), calendar) == date(2026, 11, 16)  # the 15th is Sunday
    assert monthly.displayed_until(date(2026, 11, 10), calendar) == date(2026, 12, 10)
    assert monthly.reply_by(date(2026, 11, 20), calendar) == date(2026, 11, 27)
    quarterly = rule_of("common", on=TODAY, place=ZHENGZHOU)
    assert quarterly.span(Period("2026-08")).code == "2026-Q3"
    assert quarterly.due_on(Period("2026-08"), calendar) == date(2026, 10, 31)
    assert quarterly.displayed_until(date(2026, 10, 30), calendar) == date(2026, 12, 11)


def test_no_publication_rule_is_an_error_that_says_so() -> None:
    with pytest.raises(LookupError, match="no publication rule"):
        rule_of("lottery", on=TODAY)
    with pytest.raises(LookupError, match="no publication rule"):
        rule_of("common", on=date(2019, 12, 31))


def test_a_word_carries_its_english_wherever_it_goes() -> None:
    word = Worded("公共收益", "common-area proceeds")
    assert word == "公共收益"
    assert word.in_language("en") == word.en == "common-area proceeds"
    assert word.in_language("zh-hans") == "公共收益"
    assert Worded("公共收益").in_language("en") == "公共收益"
    assert pickle.loads(pickle.dumps(word)).en == word.en
    assert copy.deepcopy(word).en == word.en


@pytest.mark.parametrize(
    ("number", "said"),
    [
        (1, "一"),
        (10, "十"),
        (11, "十一"),
        (28, "二十八"),
        (101, "一百零一"),
        (110, "一百一十"),
        (278, "二百七十八"),
        (1005, "一千零五"),
        (1260, "一千二百六十"),
    ],
)
def test_an_article_s_number_is_written_as_laws_write_it(number, said):
    assert chinese_number(number) == said


def test_a_letter_names_a_law_in_full():
    assert article("民法典:282").formal == "《中华人民共和国民法典》第二百八十二条"
